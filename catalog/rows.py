"""Rows of a table for a person or a program: chosen by conditions; as a table, as records, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from shutil import get_terminal_size
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import compact_column
from catalog.disclosure import shown_row
from catalog.errors import Problems, nearest
from catalog.fields import FIELDS
from catalog.tables import TABLES
from catalog.vocabulary import vocabulary

Format = Literal["table", "csv", "json"]
GAP = 2
ROWS_IN_A_TERMINAL = 20
PART = 10_000
"""So many rows are made text at once."""


def printed(rows: pa.Table, shape: Format, at_most: int | None) -> Iterator[str]:
    """Yield rows as text: CSV and JSON whole, a terminal's worth as a table or as records, unless `at_most` says.

    Ages are shown as they may leave the data folder.
    """
    shown = at_most if at_most is not None else ROWS_IN_A_TERMINAL if shape == "table" else rows.num_rows
    header = rows.column_names
    if shape == "csv":
        yield as_csv(header, ())
        for at in range(0, min(shown, rows.num_rows), PART):
            yield csv_lines(row.values() for row in _leaving(rows.slice(at, min(PART, shown - at))))
        return
    leaving = _leaving(rows.slice(0, shown))
    cells = [list(row.values()) for row in leaving]
    if shape == "json":
        yield as_json(leaving) + "\n"
    elif not rows.num_rows:
        yield "no rows\n"
    else:
        lines = as_table(header, cells)
        if max(map(len, lines)) > get_terminal_size().columns:
            lines = list(as_records(header, cells, [FIELDS[name].unit for name in header]))
        yield from (f"{line}\n" for line in lines)
        if shown < rows.num_rows:
            yield f"\n{shown} of {rows.num_rows} rows; --rows {rows.num_rows} shows all\n"


def _leaving(rows: pa.Table) -> list[dict[str, Any]]:
    return [shown_row(row) for row in rows.to_pylist()]


def chosen(rows: pa.Table, name: str, conditions: Sequence[str]) -> pa.Table:
    """Return the rows of table `name` in which every ``COLUMN=VALUE`` holds.

    A column of several codes holds each of them; ``COLUMN=`` asks for empty cells. Raises `InvalidInput` for an
    unknown column, an unknown code, a value that cannot stand in the column, or a condition without ``=``.
    """
    problems = Problems()
    columns = TABLES[name].columns
    for condition in conditions:
        column, sign, value = condition.partition("=")
        if not sign:
            problems.add(
                "a condition needs an equals sign", found=condition, remedy="For example --where design=cohort"
            )
        elif column not in columns:
            like = nearest(column, columns)
            remedy = f"Did you mean {like!r}?" if like else None
            problems.add(f"table {name!r} has no such column", found=column, allowed=", ".join(columns),
                         remedy=remedy)  # fmt: skip
        else:
            rows = rows.filter(_holds(rows[column], column, value, problems))
    problems.raise_if_any()
    return rows


def _holds(cells: pa.ChunkedArray, column: str, value: str, problems: Problems) -> pa.ChunkedArray:
    """Return where `cells` hold `value`, given as text; what is wrong with it goes into `problems`."""
    if value == "":
        return pc.is_null(cells)
    if pa.types.is_dictionary(cells.type):
        coded = compact_column(cells)
        return _holds(pa.chunked_array([coded.dictionary]), column, value, problems).take(coded.indices)
    field = FIELDS[column]
    if field.vocabulary:
        words = vocabulary(field.vocabulary)
        code = words.code(value)
        if code is None:
            like = nearest(value, words.codes)
            problems.add("unknown value", column=column, found=value, allowed=words.allowed,
                         remedy=f"Did you mean {like!r}?" if like else None)  # fmt: skip
            return pc.is_null(cells)
        pattern = f";{code};"
        return pc.match_substring(pc.binary_join_element_wise("", cells, "", ";"), pattern)
    try:
        wanted = pa.scalar(value).cast(cells.type)
    except pa.ArrowInvalid:
        problems.add("not a value of this column", column=column, found=value, allowed=field.kind)
        return pc.is_null(cells)
    return pc.equal(cells, wanted)


def text(value: Any) -> str:
    """Return a cell at full precision: empty for None, whole numbers without a decimal point, true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as comma-separated text with a header; an empty cell is None."""
    return csv_lines([header]) + csv_lines(rows)


def csv_lines(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as comma-separated text; an empty cell is None."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([text(cell) for cell in row] for row in rows)
    return out.getvalue()


def as_json(document: Any) -> str:
    """Return plain JSON, indented; refuses a number that is not finite."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def as_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return aligned lines, header first; numbers stand right."""
    cells = [[str(name) for name in header], *([text(cell) for cell in row] for row in rows)]
    right = [any(isinstance(row[place], int | float) for row in rows) for place in range(len(header))]
    widths = [max(len(row[place]) for row in cells) for place in range(len(header))]
    return [
        (" " * GAP)
        .join(
            cell.rjust(width) if on_right else cell.ljust(width)
            for cell, width, on_right in zip(row, widths, right, strict=True)
        )
        .rstrip()
        for row in cells
    ]


def as_records(header: Sequence[str], rows: Iterable[Sequence[Any]], units: Sequence[str | None]) -> Iterator[str]:
    """Yield each row as a block of ``column  value unit`` lines; empty cells are left out."""
    width = max(len(name) for name in header)
    for place, row in enumerate(rows):
        if place:
            yield ""
        for name, cell, unit in zip(header, row, units, strict=True):
            if cell is not None:
                yield f"{name:<{width}}{' ' * GAP}{text(cell)}" + (f" {unit}" if unit else "")
