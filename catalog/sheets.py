"""Reading a file of rows strictly: every problem in one list, each with its row and column."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from catalog.cells import Cells
from catalog.errors import InvalidInput, Problem, Problems, nearest, repeated
from catalog.fields import FIELDS
from catalog.lineage import sha256
from catalog.plain_text import read_plain
from catalog.tables import Table
from catalog.vocabulary import vocabulary

LARGEST = 10**9
"""No count in a report is larger."""
NAMELESS = "Name it in the file; rows above the one with the names must go"
"""What to do with a column without a name, which is often one below a title."""
PART = 10_000
"""So many rows are held as such before they go into columns."""


@dataclass(frozen=True)
class Records:
    """The cells of a file by column, as text; an empty cell is None. `rows` are line numbers (header = 1)."""

    name: str
    sha256: str
    columns: dict[str, Cells]
    rows: Sequence[int]

    def __len__(self) -> int:
        return len(self.rows)


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; a missing or unreadable file is the user's to put right."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput([Problem("no such file", file=str(path))]) from None
    except OSError as error:
        raise InvalidInput([Problem(f"cannot be read: {error.strerror}", file=str(path))]) from None


def parse_csv(name: str, data: bytes, problems: Problems, *, delimiter: str = ",") -> Records:
    """Return delimited UTF-8 text as records; what is wrong goes into `problems`."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add("not UTF-8 text", file=name, row=data.count(b"\n", 0, error.start) + 1,
                     found=f"byte {data[error.start]:#x}", remedy="Save the file as CSV UTF-8")  # fmt: skip
        return Records(name, sha256(data), {}, [])
    before = len(problems)
    lines = _lines(name, data, delimiter, problems)
    begins, names = next(lines, (0, []))
    header = [cell.strip() for cell in names]
    if not header:
        if len(problems) == before:
            problems.add("the file is empty", file=name)
        return Records(name, sha256(data), {}, [])
    twice = repeated(filter(None, header))
    for again in twice:
        problems.add("a column name stands twice in the header", file=name, row=1, column=again)
    if twice:
        deque(lines, maxlen=0)  # for what else is wrong
        return Records(name, sha256(data), {}, [])
    plain = read_plain(data, delimiter, len(header)) if begins == 1 else None
    rows, columns = plain or _one_by_one(name, header, lines, delimiter, problems)
    return Records(name, sha256(data), _named(name, header, columns, problems), rows)


def _named(name: str, header: list[str], columns: Sequence[Cells], problems: Problems) -> dict[str, Cells]:
    """Return columns by their names; one without a name is left out, and refused when it has cells."""
    named = {}
    for place, (title, cells) in enumerate(zip(header, columns, strict=True), start=1):
        if title:
            named[title] = cells
        elif cells.filled().any():
            problems.add("a column without a name", file=name, row=1, found=f"column {place}", remedy=NAMELESS)
    return named


def _one_by_one(
    name: str, header: list[str], lines: Iterator[tuple[int, list[str]]], delimiter: str, problems: Problems
) -> tuple[Sequence[int], list[Cells]]:
    """Return line numbers and columns of the rows that have as many cells as the header; others are problems."""
    rows: list[int] = []
    columns: list[list[str | None]] = [[] for _ in header]
    texts = [_Stripped() for _ in header]
    while part := list(islice(lines, PART)):
        kept = []
        for number, cells in part:
            if len(cells) != len(header):
                mark = "a comma" if delimiter == "," else repr(delimiter)
                problems.add("wrong number of cells", file=name, row=number, found=len(cells), allowed=str(len(header)),
                             remedy=f"Put a cell that holds {mark} into double quotes")  # fmt: skip
                continue
            rows.append(number)
            kept.append(cells)
        for cells_of, column, known in zip(zip(*kept, strict=True), columns, texts, strict=bool(kept)):
            column.extend(map(known.__getitem__, cells_of))
    return rows, [Cells.of(column) for column in columns]


class _Stripped(dict[str, str | None]):
    """A column's cells without white space around them, an empty one as None; equal cells share one text."""

    def __missing__(self, cell: str) -> str | None:
        text = cell.strip() or None
        self[cell] = text
        return text


def _lines(name: str, data: bytes, delimiter: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row that has any, with the line on which the row begins."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True, delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        separated = "comma-separated text" if delimiter == "," else f"text separated by {delimiter!r}"
        problems.add(f"not {separated}: {error}", file=name, row=begins,
                     remedy="Close every double quote, and double one that stands inside a quoted cell")  # fmt: skip


def check_sheet(records: Records, sheet: Table, problems: Problems, *, keys: tuple[str, ...] = ()) -> None:
    """Check a sheet's header, its filled columns and its key against the declaration."""
    for column in records.columns:
        if column not in sheet.columns:
            like = nearest(column, sheet.columns)
            remedy = f"Did you mean {like!r}?" if like else None
            problems.add("unknown column", file=records.name, row=1, column=column, remedy=remedy,
                         allowed=", ".join(sheet.columns))  # fmt: skip
    filled = (*(keys or (sheet.key,)), *sheet.required)
    for column in filled:
        if column not in records.columns:
            problems.add("a required column is missing", file=records.name, row=1, column=column)
            continue
        for row, cell in zip(records.rows, records.columns[column], strict=True):
            if cell is None:
                problems.add("a required value is missing", file=records.name, row=row, column=column)
    if all(key in records.columns for key in keys or (sheet.key,)):
        first_row: dict[tuple, int] = {}
        names = zip(*(records.columns[key] for key in keys or (sheet.key,)), strict=True)
        for row, name in zip(records.rows, names, strict=True):
            if None not in name and first_row.setdefault(name, row) != row:
                problems.add(f"stands already in row {first_row[name]}", file=records.name, row=row,
                             column=", ".join(keys or (sheet.key,)), found=" ".join(name))  # fmt: skip


def check_cells(records: Records, columns: tuple[str, ...], problems: Problems) -> None:
    """Check cells that are stored as a number or a code before anything harmonizes them."""
    for column in columns:
        field = FIELDS[column]
        codes = vocabulary(field.vocabulary).codes if field.vocabulary else ()
        low, high = field.minimum or 0, field.maximum or LARGEST
        for row, cell in zip(records.rows, records.columns.get(column, [None] * len(records)), strict=True):
            if cell is None:
                continue
            if codes and cell not in codes:
                problems.add("unknown value", file=records.name, row=row, column=column, found=cell,
                             allowed=", ".join(codes))  # fmt: skip
            elif not codes and not (re.fullmatch("[0-9]{1,18}", cell) and low <= int(cell) <= high):
                problems.add("not a whole number that can be", file=records.name, row=row, column=column, found=cell,
                             allowed=f"{low:.15g} to {high:.15g}")  # fmt: skip
