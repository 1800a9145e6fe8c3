"""Excel workbooks: one sheet, cached values, real dates; merged cells and formulas never calculated are refused."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import Any

from catalog.errors import Problems, first_line
from catalog.lineage import sha256
from ingest.cohort.records import Cells, CohortRecords, moment_text, number_text
from ingest.files import NAMELESS

ZIP, OLD_OFFICE = b"PK", b"\xd0\xcf\x11\xe0"
"""How workbooks of today begin, and those of Excel 97, in which an encrypted one is wrapped (MS-OFFCRYPTO 2.3.4)."""
UNCALCULATED = "Open the workbook in Excel, let it calculate, and save it"


def read_excel(name: str, data: bytes, sheet: str, problems: Problems) -> CohortRecords:
    """Return one sheet of a workbook as records; the first row with cells is the header.

    Refuses a workbook of several sheets when none is chosen, merged cells, formulas without a cached value, columns
    without a name, and files that are no workbook or need a password.
    """
    from openpyxl import load_workbook

    nothing = CohortRecords(name, sha256(data), {}, [])
    if data.startswith(OLD_OFFICE):
        problems.add("a workbook with a password, or one of Excel 97", file=name,
                     remedy="Save it as .xlsx without a password")  # fmt: skip
        return nothing
    if not data.startswith(ZIP):
        problems.add(
            "not an Excel workbook, whatever its name says", file=name, remedy="Give it the ending of what it is"
        )
        return nothing
    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:  # openpyxl raises whatever the broken part of the package raises
        problems.add(f"not an Excel workbook that can be read: {first_line(error)}", file=name,
                     remedy="Open it in Excel and save it anew")  # fmt: skip
        return nothing
    chosen = _sheet(name, book, sheet, problems)
    if chosen is None:
        return nothing
    for merged in chosen.merged_cells.ranges:
        problems.add("merged cells", file=name, row=merged.min_row, found=merged.coord,
                     remedy="Unmerge them and write each cell's own value")  # fmt: skip
    _refuse_uncalculated(name, data, chosen, problems)
    columns, dates, rows = _cells(name, chosen, problems)
    read_as = f"Excel sheet {chosen.title!r}{_hidden(chosen)}"
    return CohortRecords(name, sha256(data), columns, rows, read_as, dates=frozenset(dates))


def _hidden(sheet: Any) -> str:
    """Return how many rows and columns are read that a person does not see in Excel."""
    rows = sum(row.hidden for row in sheet.row_dimensions.values())
    columns = sum(column.max - column.min + 1 for column in sheet.column_dimensions.values() if column.hidden)
    said = [f"{count} {what}{'s' * (count != 1)}" for count, what in ((rows, "row"), (columns, "column")) if count]
    return f", with {' and '.join(said)} hidden in it" if said else ""


def _sheet(name: str, book: Any, wanted: str, problems: Problems) -> Any:
    """Return the sheet named `wanted`, or the only one that has cells; None with a problem otherwise."""
    filled = [
        sheet for sheet in book.worksheets if sheet.max_row > 1 or any(cell.value is not None for cell in sheet[1])
    ]
    titles = ", ".join(repr(sheet.title) for sheet in filled)
    for sheet in book.worksheets:
        if sheet.title == wanted:
            return sheet
    if wanted:
        problems.add("the workbook has no such sheet", file=name, found=wanted, allowed=titles or None)
    elif len(filled) > 1:
        problems.add("the workbook has several sheets", file=name, allowed=titles, remedy="Choose one with --sheet")
    elif not filled:
        problems.add("the file is empty", file=name)
    return filled[0] if len(filled) == 1 and not wanted else None


def _refuse_uncalculated(name: str, data: bytes, sheet: Any, problems: Problems) -> None:
    """Add a problem for each formula whose value is not in the file: a program wrote it and nothing calculated it.

    A program may write 0 as the value (XlsxWriter, "Formula Results") and ask Excel to calculate on opening. A formula
    that gave the empty text has a value.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [part for part in package.namelist() if part.startswith("xl/worksheets/")]
        if not any(b"<f" in package.read(part) for part in parts if part.endswith(".xml")):
            return  # reading the workbook again for its formulas costs as much as the first time
        awaited = any(
            re.search(rb'<calcPr[^>]*\sfullCalcOnLoad="(?:1|true)"', package.read(part))
            for part in package.namelist()
            if part.endswith("workbook.xml")
        )
    from openpyxl import load_workbook

    for row in load_workbook(io.BytesIO(data))[sheet.title].iter_rows():
        for cell in row:
            if cell.data_type != "f":
                continue
            saved = sheet[cell.coordinate]
            if saved.value is None and saved.data_type != "str":
                problems.add("a formula without a value", file=name, row=cell.row, found=cell.coordinate,
                             remedy=UNCALCULATED)  # fmt: skip
            elif saved.value == 0 and awaited:
                problems.add("a formula with 0 in a workbook that waits to be calculated", file=name, row=cell.row,
                             found=cell.coordinate, remedy=UNCALCULATED)  # fmt: skip


def _cells(name: str, sheet: Any, problems: Problems) -> tuple[dict[str, Cells], set[str], list[int]]:
    """Return the cells by column, the columns that hold dates, and the row numbers of rows with cells."""
    numbered = [(number, row) for number, row in enumerate(sheet.iter_rows(values_only=True), start=1) if _filled(row)]
    if not numbered:
        return {}, set(), []
    (head, header), body = numbered[0], numbered[1:]
    columns: dict[str, Cells] = {}
    dates = set()
    for place, title in enumerate(header):
        values = [row[place] for _, row in body]
        column = _text(title) or ""
        if not column and not _filled(values):
            continue
        if not column or column in columns:
            from openpyxl.utils import get_column_letter

            what = "a column name stands twice in the header" if column else "a column without a name"
            problems.add(
                what, file=name, row=head, column=column or None, found=f"{get_column_letter(place + 1)}{head}",
                remedy=None if column else NAMELESS,
            )  # fmt: skip
            continue
        if any(isinstance(value, datetime.date) for value in values):
            dates.add(column)
        columns[column] = Cells.of(_text(value) for value in values)
    return columns, dates, [number for number, _ in body]


def _filled(values: Any) -> bool:
    return any(_text(value) for value in values)


def _text(value: Any) -> str | None:
    """Return a cell as it would stand in a CSV; a truth value as Excel shows it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, datetime.date):
        return moment_text(value)
    return None if value is None else str(value).strip() or None
