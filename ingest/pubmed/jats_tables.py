"""Tables of a JATS article as rows and columns: spans expanded, header rows known, footnotes beside them.

In case reports the numbers are here. A cell that spans rows or columns stands in each of them, as a reader takes it.
Source: XHTML table model, https://jats.nlm.nih.gov/archiving/tag-library/1.3/element/table.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingest.pubmed.markup import text_of

WIDEST = 500
"""Columns that a table may have; a wider span is cut, so that a wrong number cannot fill the memory."""


@dataclass(frozen=True)
class JatsTable:
    """One table. The first `header_rows` of `rows` are its header; all rows have the same number of cells.

    `rows` is empty when the article gives the table as a picture only (`is_image`).
    """

    label: str | None
    caption: str | None
    section: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    header_rows: int
    footnotes: tuple[str, ...]
    is_image: bool
    xml_path: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The name of each column: its header cells from top to bottom, a spanning one named once."""
        header = self.rows[: self.header_rows]
        return tuple(" / ".join(dict.fromkeys(filter(None, cells))) for cells in zip(*header, strict=True))


def read_table(wrap: Any, section: tuple[str, ...], xml_path: str) -> JatsTable:
    """Return a ``table-wrap`` as a table; several ``table`` elements in one follow each other."""
    header: list[tuple[str, ...]] = []
    rows: list[tuple[str, ...]] = []
    for table in wrap.iter("table"):
        first = not rows
        for part, cells in _parts(table):
            (header if part == "thead" and first else rows).extend(cells)
    width = max((len(row) for row in (*header, *rows)), default=0)
    whole = tuple((*row, *[""] * (width - len(row))) for row in (*header, *rows))
    notes = (text_of(note) for note in wrap.iterfind("table-wrap-foot//p"))
    return JatsTable(
        label=_text(wrap.find("label")),
        caption=_text(wrap.find("caption")),
        section=section,
        rows=whole,
        header_rows=len(header),
        footnotes=tuple(note for note in notes if note),
        is_image=not whole,
        xml_path=xml_path,
    )


def _text(element: Any) -> str | None:
    return None if element is None else text_of(element) or None


def _parts(table: Any) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Return the parts of a table with their rows; leading rows of ``th`` alone are a header where none is marked."""
    parts = [(part.tag, list(part.iterchildren("tr"))) for part in table.iterchildren("thead", "tbody", "tfoot")]
    parts = parts or [("tbody", list(table.iterchildren("tr")))]
    if all(tag != "thead" for tag, _ in parts):
        lines = parts[0][1]
        count = next((place for place, row in enumerate(lines) if not _is_header(row)), 0)
        parts = [("thead", lines[:count]), (parts[0][0], lines[count:]), *parts[1:]]
    return [(tag, _expanded(lines)) for tag, lines in parts]


def _is_header(row: Any) -> bool:
    return len(row) > 0 and all(cell.tag == "th" for cell in row)


def _expanded(lines: list[Any]) -> list[tuple[str, ...]]:
    """Return rows with every spanning cell in all the places it covers."""
    held: dict[int, tuple[str, int]] = {}  # column -> text and the number of rows it still covers
    rows = []
    for place, line in enumerate(lines):
        row: list[str] = []
        for cell in line.iterchildren("td", "th"):
            _fill(row, held)
            text = text_of(cell)
            down = _span(cell, "rowspan", len(lines) - place)
            for _ in range(_span(cell, "colspan", WIDEST)):
                if len(row) < WIDEST:
                    held[len(row)] = (text, down)
                    _fill(row, held, once=True)
        _fill(row, held)
        rows.append(tuple(row))
    return rows


def _fill(row: list[str], held: dict[int, tuple[str, int]], *, once: bool = False) -> None:
    """Add to `row` what cells of earlier rows put into its next places."""
    while len(row) in held:
        text, left = held.pop(len(row))
        if left > 1:
            held[len(row)] = (text, left - 1)
        row.append(text)
        if once:
            return


def _span(cell: Any, name: str, most: int) -> int:
    """Return a span as a number from 1 to `most`; ``rowspan="0"`` means to the end, what is no number means 1."""
    stated = (cell.get(name) or "").strip()
    number = int(stated) if stated.isdecimal() and len(stated) < 10 else 1
    if number == 0:
        return most if name == "rowspan" else 1
    return min(number, most)
