"""Word: landscape A4, repeated header row, superscript marks, footnotes below the table (as journals want them).

Byte for byte the same for the same table: fixed dates in the properties and in the archive
(https://python-docx.readthedocs.io/).
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from synthesize.report.table import Column, Line, ReportTable

BODY_PT = 6.5
NOTE_PT = 7.0
LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def as_docx(tables: Sequence[ReportTable]) -> bytes:
    """Return a Word document with one table after another, each on a page of its own."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(10)
    section.top_margin = section.bottom_margin = Mm(12)
    style = document.styles["Normal"]
    style.font.name = "Arial"
    style.font.size = Pt(BODY_PT)
    style.paragraph_format.space_after = Pt(0)
    for place, table in enumerate(tables):
        if place:
            document.add_page_break()
        _add_table(document, table)
    properties = document.core_properties
    properties.title = tables[0].title
    properties.author = ""
    properties.created = properties.modified = LONG_AGO
    buffer = io.BytesIO()
    document.save(buffer)
    return _without_times(buffer.getvalue())


def _add_table(document: Any, table: ReportTable) -> None:
    from docx.shared import Mm, Pt

    _paragraph(document, table.title, size=10, bold=True)
    if table.stamp:
        _paragraph(document, table.stamp, size=10, bold=True)
    columns = table.compact
    grid = document.add_table(rows=1 + len(table.lines), cols=len(columns))
    grid.autofit = False
    total = sum(column.width for column in columns)
    widths = [Mm(277 * column.width / total) for column in columns]
    for place, width in enumerate(widths):
        grid.columns[place].width = width
    _fill_header(grid.rows[0], columns, widths)
    for row, line in zip(list(grid.rows)[1:], table.lines, strict=True):
        _fill(row, line, columns, widths)
    _rule_lines(grid)
    for note in table.footnotes:
        paragraph = _paragraph(document, "", size=NOTE_PT, before=Pt(2))
        if note.mark:
            paragraph.add_run(note.mark).font.superscript = True
        paragraph.add_run(f" {note.text}" if note.mark else note.text)


def _paragraph(document: Any, text: str, *, size: float, bold: bool = False, before: Any = None) -> Any:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    if before is not None:
        paragraph.paragraph_format.space_before = before
    if text:
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        run.bold = bold
    return paragraph


def _fill_header(row: Any, columns: Sequence[Column], widths: Sequence[Any]) -> None:
    from docx.oxml import OxmlElement

    repeat = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(repeat)
    for cell, column, width in zip(row.cells, columns, widths, strict=True):
        cell.width = width
        cell.paragraphs[0].add_run(column.heading).bold = True
        _align(cell.paragraphs[0], column)


def _fill(row: Any, line: Line, columns: Sequence[Column], widths: Sequence[Any]) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    cells = row.cells
    if line.kind != "body":
        merged = cells[0].merge(cells[-1])
        merged.paragraphs[0].add_run(line.text).bold = line.kind == "group"
        return
    if line.wide:
        first = [column.name for column in columns].index(line.wide)
        last = first
        while last + 1 < len(columns) and columns[last + 1].name not in line.cells:
            last += 1
        cells[first].merge(cells[last])
    for cell, column, width in zip(cells, columns, widths, strict=True):
        if column.name not in line.cells:
            continue
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.add_run(line.cells[column.name])
        _align(paragraph, column)
        marks = line.marks.get(column.name)
        if marks:
            paragraph.add_run(marks).font.superscript = True


def _align(paragraph: Any, column: Column) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    if column.numeric:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _rule_lines(grid: Any) -> None:
    """Draw a rule above, below and under the header, and none that stands upright."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{edge}")
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), "8" if edge != "insideH" else "2")
        line.set(qn("w:color"), "000000" if edge != "insideH" else "BFBFBF")
        borders.append(line)
    grid._tbl.tblPr.append(borders)


def _without_times(data: bytes) -> bytes:
    """Return the archive with one fixed date on every member, so that equal tables give equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()
