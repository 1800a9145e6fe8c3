"""Rows of a table that are too many to be held as dicts at once: given one by one, a part of them at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import pyarrow as pa
import pyarrow.compute as pc

from catalog.schema import from_rows
from catalog.tables import TABLES

Row = dict[str, Any]
PART = 20_000


class Held(Sequence[Row]):
    """Rows of a declared table as Arrow columns; a row is a dict as long as somebody looks at it."""

    def __init__(self, name: str, table: pa.Table) -> None:
        self.name = name
        self.table = table

    def __len__(self) -> int:
        return len(self.table)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            raise TypeError("rows are taken one by one")
        row: Row = self.table.slice(place, 1).to_pylist()[0]
        return row

    def __iter__(self) -> Iterator[Row]:
        for at in range(0, len(self), PART):
            yield from self.table.slice(at, PART).to_pylist()

    def where(self, column: str, values: Sequence[str]) -> list[Row]:
        """Return the rows that have one of `values` in a column."""
        rows: list[Row] = self.table.filter(pc.is_in(self.table[column], pa.array(values, pa.string()))).to_pylist()
        return rows

    def filled(self, column: str) -> list[Row]:
        """Return the rows in which a column is filled."""
        rows: list[Row] = self.table.filter(pc.is_valid(self.table[column])).to_pylist()
        return rows

    def with_rows(self, rows: Sequence[Row], gone: Sequence[str]) -> Held:
        """Return the table with `rows` in the place of those of their names, and without those named in `gone`."""
        declared = TABLES[self.name]
        names = pa.array([*gone, *(row[declared.key] for row in rows)], pa.string())
        kept = self.table.filter(pc.invert(pc.is_in(self.table[declared.key], names)))
        new = from_rows(declared, [{column: row.get(column) for column in declared.columns} for row in rows])
        return Held(self.name, pa.concat_tables([kept, new]).sort_by(declared.key) if rows else self.table)


def chosen(rows: Sequence[Row], column: str, values: Sequence[str]) -> list[Row]:
    """Return the rows that have one of `values` in a column, in their order."""
    if isinstance(rows, Held):
        return rows.where(column, values)
    wanted = set(values)
    return [row for row in rows if row[column] in wanted]


def cells(rows: Sequence[Row], column: str) -> list[Any]:
    """Return one column of rows, None where a row does not state it."""
    if isinstance(rows, Held):
        found: list[Any] = rows.table[column].to_pylist() if column in rows.table.column_names else [None] * len(rows)
        return found
    return [row.get(column) for row in rows]
