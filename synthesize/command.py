"""What the commands for any data share: read a CSV strictly, print results as a table or as JSON, save a figure."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from catalog.errors import InvalidInput, Problem, Problems, nearest, repeated
from catalog.whole import write_whole
from synthesize.estimate import Estimate, NotEstimable, Result, document

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENDINGS = ("svg", "png")
"""What a figure of ``--plot`` can be."""
Kind = Literal["text", "count", "number"]
WIDE = 200
"""Columns of a printed table: a number is never cut to the width of a terminal."""
OPEN = {"", "inf", "+inf", "infinity", "na", "n/a", "."}


@dataclass(frozen=True)
class Column:
    """A column that a command takes: its name, other tools' names for it, and what may stand in it.

    `count` is a whole number of at least 0, `number` any finite number, `text` anything. An empty cell (or
    ``Inf``, ``NA``) is None where `open_` says so, and a problem otherwise.
    """

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    required: bool = True
    open_: bool = False
    minimum: float | None = None


@dataclass(frozen=True)
class Table:
    """The cells of a CSV by declared column; `rows` holds each one's line number in the file (header = 1)."""

    path: str
    values: Mapping[str, list[Any]]
    rows: list[int]
    extra: Mapping[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def has(self, name: str) -> bool:
        """Say whether the file has the declared column `name` (under any of its names)."""
        return name in self.values


def read_table(path: Path, columns: Sequence[Column]) -> Table:
    """Read `path` as CSV (comma, semicolon or tab; BOM allowed) into the declared columns.

    Columns that are not declared are kept as text in `extra` (for ``--subgroup`` and the like). Every
    problem of the file is reported at once. Raises `InvalidInput`.
    """
    header, lines = _read_lines(path)
    problems = Problems()
    places = _match_header(path, header, columns, problems)
    problems.raise_if_any()
    values: dict[str, list[Any]] = {column.name: [] for column, _ in places}
    taken = {index for _, index in places}
    extra = {name: [] for index, name in enumerate(header) if index not in taken}  # type: dict[str, list[str]]
    rows: list[int] = []
    for number, cells in lines:
        if len(cells) != len(header):
            problems.add(
                f"the row has {len(cells)} cells where the header has {len(header)}",
                file=str(path),
                row=number,
            )
            continue
        rows.append(number)
        for column, index in places:
            values[column.name].append(_cell(path, number, column, cells[index].strip(), problems))
        for index, name in enumerate(header):
            if index not in taken:
                extra[name].append(cells[index].strip())
    if not rows and not len(problems):
        problems.add("the file has a header and no rows", file=str(path))
    problems.raise_if_any()
    return Table(str(path), values, rows, extra)


def _read_lines(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidInput([Problem("no such file", file=str(path))]) from None
    except (IsADirectoryError, PermissionError, UnicodeDecodeError) as error:
        remedy = "Give a UTF-8 text file with comma-separated values"
        raise InvalidInput([Problem(f"cannot be read ({error})", file=str(path), remedy=remedy)]) from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    if not lines:
        raise InvalidInput([Problem("the file is empty", file=str(path))])
    return [name.strip() for name in lines[0][1]], lines[1:]


def _match_header(
    path: Path, header: list[str], columns: Sequence[Column], problems: Problems
) -> list[tuple[Column, int]]:
    lowered = [name.lower() for name in header]
    for name in repeated(lowered):
        problems.add("a column name stands twice in the header", file=str(path), row=1, column=name)
    places = []
    for column in columns:
        names = (column.name, *column.aliases)
        found = [lowered.index(name.lower()) for name in names if name.lower() in lowered]
        if len(found) > 1:
            both = " and ".join(header[index] for index in found)
            problems.add(f"two columns mean {column.name}: {both}", file=str(path), row=1)
        if found:
            places.append((column, found[0]))
        elif column.required:
            like = nearest(column.name, header)
            problems.add(
                "a required column is missing",
                file=str(path),
                column=column.name,
                found=", ".join(header),
                allowed=" or ".join(names),
                remedy=f"Did you mean {like!r}?" if like else None,
            )
    return places


def _cell(path: Path, row: int, column: Column, text: str, problems: Problems) -> Any:
    if column.kind == "text":
        return text
    if text.lower() in OPEN:
        if not column.open_:
            problems.add("a value is missing", file=str(path), row=row, column=column.name, found=text)
        return None
    allowed = "a whole number of at least 0" if column.kind == "count" else "a number"
    if column.minimum is not None:
        allowed += f", at least {column.minimum:g}"
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    wrong = not math.isfinite(number) or (column.kind == "count" and (number < 0 or number != int(number)))
    if wrong or (column.minimum is not None and number < column.minimum):
        problems.add("not a value of this column", file=str(path), row=row, column=column.name, found=text,
                     allowed=allowed)  # fmt: skip
        return None
    return int(number) if column.kind == "count" else number


def choose(method: str, results: list[Result]) -> list[Result]:
    """Return `results`, or only those of `method`; refuse a name that no result has."""
    if method == "all":
        return results
    known = sorted({result.method for result in results})
    if method not in known:
        like = nearest(method, known)
        remedy = f"Did you mean {like!r}?" if like else "--methods lists them"
        raise InvalidInput([Problem("unknown method", found=method, allowed=", ".join(known), remedy=remedy)])
    return [result for result in results if result.method == method]


def check_plot(path: Path) -> None:
    """Refuse a name that no figure can be written to. Raises `InvalidInput`."""
    ending = path.suffix.lower().lstrip(".")
    if ending not in ENDINGS:
        allowed = " or ".join(f".{one}" for one in ENDINGS)
        raise InvalidInput([Problem("not the name of a figure", file=str(path), found=ending, allowed=allowed)])
    if not path.parent.is_dir():
        raise InvalidInput([Problem("no such folder", file=str(path.parent))])


def save_plot(path: Path, figure: Figure) -> None:
    """Write the figure whole or not at all, in the format of its name. Raises `InvalidInput` when it cannot be."""
    from synthesize.report.figures.saving import rendered

    try:
        write_whole(path, rendered(figure)[path.suffix.lower().lstrip(".")])
    except OSError as error:
        raise InvalidInput([Problem(f"cannot be written ({error})", file=str(path))]) from None


def show(input_summary: Mapping[str, Any], results: list[Result], warnings: list[str], *, as_json: bool) -> None:
    """Print the results: one JSON object, or a table with what cannot be estimated and the warnings below."""
    if as_json:
        print(json.dumps(document(input_summary, results, warnings), indent=2, ensure_ascii=False, allow_nan=False))
        return
    from rich.console import Console
    from rich.table import Table as RichTable

    estimates = [result for result in results if isinstance(result, Estimate)]
    levels = {result.level for result in estimates if result.lower is not None and result.level is not None}
    stated = f"{100 * levels.pop():.4g} %" if len(levels) == 1 else ""
    names = ("method", "subset", "value", f"{stated} interval".strip(), "prediction", "k", "n", "events", "p")
    columns = [(name, cells) for name, cells in zip(names, zip(*map(_row, estimates), strict=True), strict=False)
               if any(cells)]  # fmt: skip
    console = Console(width=WIDE, highlight=False)
    table = RichTable(box=None, pad_edge=False, header_style="bold")
    for name, _ in columns:
        table.add_column(name, justify="left" if name in ("method", "subset") else "right", no_wrap=True)
    for row in zip(*(cells for _, cells in columns), strict=True):
        table.add_row(*row)
    console.print(table)
    for (subset, reason), methods in _refused(results).items():
        console.print(f"not estimable: {', '.join(methods)} ({subset}): {reason}", markup=False)
    for warning in warnings:
        console.print(f"warning: {warning}", markup=False)


def _refused(results: Sequence[Result]) -> dict[tuple[str, str], list[str]]:
    """Return the methods without an estimate by subset and reason: one reason often holds for several."""
    found: dict[tuple[str, str], list[str]] = {}
    for result in results:
        if isinstance(result, NotEstimable):
            found.setdefault((result.subset, result.reason), []).append(result.method)
    return found


def _row(estimate: Estimate) -> list[str]:
    return [
        estimate.method,
        estimate.subset,
        number_text(estimate.value) or ("" if estimate.p_value is not None else _why_none(estimate, "value")),
        span(estimate, "lower", "upper"),
        span(estimate, "prediction_lower", "prediction_upper"),
        *("" if count is None else str(count)
          for count in (estimate.k_studies, estimate.n_patients, estimate.n_events)),
        "" if estimate.p_value is None else f"{estimate.p_value:.3g}",
    ]  # fmt: skip


def number_text(value: float | None) -> str:
    """Return four significant digits, or an empty string for a number that does not exist."""
    return "" if value is None else f"{value:.4g}"


def span(estimate: Estimate, *names: str) -> str:
    """Return ``lower – upper``; an end without a number is said in words, an interval without either is empty.

    Limits without a level are no confidence limits but the extremes of what could be, and are called so.
    """
    ends = [getattr(estimate, name) for name in names]
    if ends == [None, None]:
        return ""
    words = [number_text(end) or _why_none(estimate, name) or "open" for name, end in zip(names, ends, strict=True)]
    return f"{'extremes ' if estimate.level is None else ''}{' – '.join(words)}"


def _why_none(estimate: Estimate, name: str) -> str:
    """Return in words why a number does not exist, such as *not reached*; nothing where the method gives none."""
    said = estimate.detail.get(name)
    return said if isinstance(said, str) else ""
