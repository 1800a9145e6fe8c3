"""A table of proportions as the command reads it: studies, counts, and columns to compare or order by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.errors import InvalidInput, Problem, Problems, nearest
from synthesize.command import Column, Table, read_table

COLUMNS = (
    Column("study", "text", ("label", "name", "slab", "author"), required=False),
    Column("events", "count", ("xi", "event", "r")),
    Column("total", "count", ("ni", "n", "totals"), minimum=1),
    Column("stratum", "text", ("strata",), required=False),
)
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Proportions:
    """Studies with their counts; `table` keeps every other column as text."""

    table: Table
    labels: list[str]
    events: list[int]
    totals: list[int]
    strata: list[str]

    def __len__(self) -> int:
        return len(self.events)

    def texts(self, column: str) -> list[str]:
        """Return `column` as text, an empty cell as ``not stated``. Raises `InvalidInput` if there is none."""
        cells = self._cells(column)
        return [cell or NOT_STATED for cell in cells]

    def numbers(self, column: str) -> list[float]:
        """Return `column` as numbers. Raises `InvalidInput` with every cell that is none."""
        problems, numbers = Problems(), []
        for row, cell in zip(self.table.rows, self._cells(column), strict=True):
            number = _number(cell)
            numbers.append(0.0 if number is None else number)
            if number is None:
                problems.add("not a number", file=self.table.path, row=row, column=column, found=cell,
                             remedy="Give a number in every row; --subgroup compares groups by name")  # fmt: skip
        problems.raise_if_any()
        return numbers

    def order(self, column: str) -> Sequence[float] | Sequence[str]:
        """Return `column` as numbers where all its cells are, otherwise as text."""
        cells = self._cells(column)
        numbers = [_number(cell) for cell in cells]
        if all(number is not None for number in numbers):
            return [number for number in numbers if number is not None]
        return self.texts(column)

    def _cells(self, column: str) -> list[str]:
        known = {**{name: [str(cell) for cell in cells] for name, cells in self.table.values.items()},
                 **self.table.extra}  # fmt: skip
        by_lower = {name.lower(): cells for name, cells in known.items()}
        if column.lower() in by_lower:
            return by_lower[column.lower()]
        like = nearest(column, known)
        raise InvalidInput([
            Problem("no such column", file=self.table.path, column=column, allowed=", ".join(known),
                    remedy=f"Did you mean {like!r}?" if like else None)
        ])  # fmt: skip


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def read_proportions(path: Path) -> Proportions:
    """Read `path`; every problem of the file is reported at once. Raises `InvalidInput`."""
    table = read_table(path, COLUMNS)
    events, totals = table.values["events"], table.values["total"]
    problems = [
        Problem("more events than patients", file=table.path, row=row, column="events",
                found=f"{x} of {n}", allowed=f"0 to {n}", remedy="Check whether the two columns are exchanged")
        for row, x, n in zip(table.rows, events, totals, strict=True)
        if x > n
    ]  # fmt: skip
    if problems:
        raise InvalidInput(problems)
    labels = table.values.get("study") or [""] * len(table)
    named = [label or f"row {row}" for label, row in zip(labels, table.rows, strict=True)]
    strata = [stratum or NOT_STATED for stratum in table.values.get("stratum", [])]
    return Proportions(table, _distinct(named, table.rows), events, totals, strata)


def _distinct(labels: list[str], rows: list[int]) -> list[str]:
    """Add the row to labels that stand more than once, so that a subset names one study."""
    return [
        f"{label} (row {row})" if labels.count(label) > 1 else label for label, row in zip(labels, rows, strict=True)
    ]
