"""The words and numbers of a forest plot: columns that fit, a line or more for each study, footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from synthesize.report.figures.page import BODY, GREY, INK, LINE, MARGIN, PALE, Page, clean, text_width, wrap

if TYPE_CHECKING:
    from synthesize.report.figures.forest import ForestRow, PooledRow

PITCH, DENSE, GAP, INDENT = 11.5, 9.4, 12.0, 6.0
MANY = 40  # rows; beyond that they stand closer, so that 60 studies still fit on a page
LABELS_AT_MOST = 0.36  # of the page; longer names go on a second line
LETTERS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"


@dataclass(frozen=True)
class _Columns:
    """Where labels, counts, value and interval end, in points; the height of a row; how numbers are written."""

    label: float
    counts: float
    value: float
    interval: float
    pitch: float
    factor: float
    decimals: int
    letters: dict[tuple[bool, str], str]

    def number(self, share: float | None) -> str:
        return "–" if share is None else f"{share * self.factor:.{self.decimals}f}"

    def span(self, lower: float | None, upper: float | None) -> str:
        return "" if lower is None and upper is None else f"[{self.number(lower)}–{self.number(upper)}]"


@dataclass(frozen=True)
class Table:
    """Where the panel belongs (points; left, right, top, bottom) and the middle of each row, in the order given.

    `studies`, `pooled` and `predictions` hold the middles; a pooled row without prediction has None there.
    """

    panel: tuple[float, float, float, float]
    factor: float
    studies: list[float]
    pooled: list[float] = field(default_factory=list)
    predictions: list[float | None] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)


def write_table(
    page: Page, rows: Sequence[ForestRow], pooled: Sequence[PooledRow], head: tuple[str, str, str], factor: float
) -> Table:
    """Write head (counts, value, interval), studies and pooled rows; return where the marks belong."""
    columns = _columns(page, rows, pooled, head, factor)
    _write_line(page, columns, ("Study", *head), weight="bold", indent=0.0)
    page.y += 2
    page.line((MARGIN, page.width - MARGIN), page.y)
    top = page.y
    page.y += 3
    studies = _write_studies(page, columns, rows)
    if rows and pooled:
        page.y += 3
        page.line((MARGIN, page.width - MARGIN), page.y, color=PALE)
        page.y += 3
    places = [_write_pooled(page, columns, row, first=row is pooled[0]) for row in pooled]
    shown = [columns.number(row.value) for row in rows] + [columns.number(row.value) for row in pooled]
    panel = (columns.counts + GAP, columns.value - _widest([head[1], *shown]) - GAP, top, page.y + 2)
    page.y += 2
    return Table(panel, factor, studies, [p for p, _ in places], [p for _, p in places], _footnotes(columns))


def _columns(
    page: Page, rows: Sequence[ForestRow], pooled: Sequence[PooledRow], head: tuple[str, str, str], factor: float
) -> _Columns:
    ends = [(row.lower, row.upper) for row in rows] + [(row.lower, row.upper) for row in pooled]
    ends += [(row.prediction_lower, row.prediction_upper) for row in pooled]
    values = [row.value for row in rows] + [row.value for row in pooled] + [upper for _, upper in ends]
    decimals = 1 if min((value for value in values if value), default=0.0) * factor >= 10 else 2
    pitch = DENSE if len(rows) + len(pooled) > MANY else PITCH
    letters = _letters(rows)
    draft = _Columns(0, 0, 0, 0, pitch, factor, decimals, letters)
    spans = [draft.span(lower, upper) for lower, upper in ends]
    labels = [row.label + letters.get((row.counted, row.remark), "") for row in rows]
    labels += [row.label for row in pooled]
    label = MARGIN + min(_widest(["Study", *labels]) + INDENT + 1, LABELS_AT_MOST * page.width)
    counts = label + GAP + _widest([head[0], *(_counts(row) for row in rows)])
    interval = page.width - MARGIN
    return replace(
        draft, label=label, counts=counts, interval=interval, value=interval - _widest([head[2], *spans]) - 6
    )


def _widest(texts: Sequence[str]) -> float:
    """Return the width of the widest, as if all were bold: the first pooled row and the head are."""
    return max(text_width(clean(text), BODY, "bold") for text in texts)


def _letters(rows: Sequence[ForestRow]) -> dict[tuple[bool, str], str]:
    """Give every different remark a raised letter, in reading order; after z the letters are doubled."""
    in_order = [row for group in dict.fromkeys(row.group for row in rows) for row in rows if row.group == group]
    remarks = dict.fromkeys((row.counted, row.remark) for row in in_order if row.remark)
    count = len(LETTERS)
    return {remark: LETTERS[place % count] * (place // count + 1) for place, remark in enumerate(remarks)}


def _footnotes(columns: _Columns) -> list[str]:
    """Return one note on the studies that do not count and one on those that do."""
    notes = []
    for counts, begin in ((False, "Not counted: "), (True, "")):
        said = [
            f"{letter} {remark.strip().rstrip('.')}"
            for (counted, remark), letter in columns.letters.items()
            if counted == counts
        ]
        if said:
            notes.append(f"{begin}{'; '.join(said)}.")
    return notes


def _counts(row: ForestRow) -> str:
    events, total = ("–" if count is None else f"{count:,}" for count in (row.events, row.total))
    return f"{events} / {total}"


def _write_studies(page: Page, columns: _Columns, rows: Sequence[ForestRow]) -> list[float]:
    places: dict[int, float] = {}
    for group in dict.fromkeys(row.group for row in rows):
        if group:
            page.y += 0.3 * columns.pitch
            _write_line(page, columns, (group, "", "", ""), weight="bold", indent=0.0)
        for index, row in enumerate(rows):
            if row.group == group:
                letter = columns.letters.get((row.counted, row.remark), "")
                numbers = (_counts(row), columns.number(row.value), columns.span(row.lower, row.upper))
                colour = INK if row.counted else GREY
                places[index] = _write_line(page, columns, (row.label + letter, *numbers), color=colour)
    return [places[index] for index in range(len(rows))]


def _write_pooled(page: Page, columns: _Columns, row: PooledRow, *, first: bool) -> tuple[float, float | None]:
    numbers = (columns.number(row.value), columns.span(row.lower, row.upper))
    weight = "bold" if first else "normal"
    middle = _write_line(page, columns, (row.label, "", *numbers), indent=0.0, weight=weight)
    if row.prediction_lower is None and row.prediction_upper is None:
        return middle, None
    span = columns.span(row.prediction_lower, row.prediction_upper)
    return middle, _write_line(page, columns, ("Prediction interval", "", "", span), color=GREY)


def _write_line(
    page: Page, columns: _Columns, cells: tuple[str, str, str, str], *,
    indent: float = INDENT, color: str = INK, weight: str = "normal",
) -> float:  # fmt: skip
    """Write a row, its label in as many lines as it needs, and move on; return the middle of its first line."""
    left = MARGIN + indent
    middle = page.y + columns.pitch / 2
    # a heading may run on where counts would stand, but never into the panel
    right = columns.label if any(cells[1:]) else columns.counts
    lines = wrap(cells[0], right - left, BODY, weight)
    for place, line in enumerate(lines):
        page.write(left, middle + place * LINE * BODY, line, color=color, weight=weight)
    for text, end in zip(cells[1:], (columns.counts, columns.value, columns.interval), strict=True):
        if text:
            page.write(end, middle, text, align="right", color=color, weight=weight)
    page.y += columns.pitch + max(len(lines) - 1, 0) * LINE * BODY
    return middle
