"""The declared reading of cells: words by the mapping's table, numbers without local marks, other assays' units."""

from __future__ import annotations

import re
from collections.abc import Collection

from catalog.errors import Problems
from catalog.fields import FIELDS
from ingest.cohort.entries import Column, FirstOf
from ingest.cohort.numerals import COMMA, Notation, declared, kinds_of, notation_of
from ingest.cohort.records import Cells, CohortRecords, number_text
from ingest.cohort.rows import Taken

NUMERIC = ("integer", "number", "quantity", "duration")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


class CellWords:
    """Reads the distinct cells of a column, so that a million rows cost no more than their different words."""

    def __init__(self, records: CohortRecords, decimal: str, problems: Problems, notes: list[str]) -> None:
        self.records = records
        self.decimal = decimal
        self.problems = problems
        self.notes = notes
        self._kinds = {
            name: {} if name in records.dates else kinds_of(cells.distinct()) for name, cells in records.columns.items()
        }
        self._commas = sum(COMMA in kinds for kinds in self._kinds.values())

    def read(self, entry: Column | FirstOf, field: str, taken: Taken, column: str) -> Cells:
        """Return the reading of each cell where it differs from the cell, else None; problems name `column`."""
        distinct = taken.cells.distinct()
        split = {cell: self._split(entry, cell) for cell in distinct}
        readings = {cell: ";".join(entry.values.get(word, word) for word in words) for cell, words in split.items()}
        if FIELDS[field].kind in NUMERIC:
            # What the values table says is the mapping's own word and needs no reading.
            stated = {cell for cell in distinct if cell not in entry.values}
            readings |= self._numbers(entry, field, {cell: readings[cell] for cell in stated}, taken, column)
        unused = sorted(set(entry.values) - {word for words in split.values() for word in words})
        if unused:
            self.notes.append(f"{column}: the mapping explains words that do not occur: {', '.join(unused)}")
        return taken.cells.read({cell: reading for cell, reading in readings.items() if reading != cell})

    def plain(self, entry: Column | FirstOf, cells: Cells, column: str) -> dict[str, str]:
        """Return the cells of a column with their numbers written with a point, as far as that can be told."""
        distinct = cells.distinct()
        notation = self._noted(entry, distinct, column)
        return {} if isinstance(notation, str) else {cell: notation.plain(cell) or cell for cell in distinct}

    def _split(self, entry: Column | FirstOf, cell: str) -> list[str]:
        return [word.strip() for word in cell.split(entry.separator)] if entry.separator else [cell]

    def _numbers(
        self, entry: Column | FirstOf, field: str, readings: dict[str, str], taken: Taken, column: str
    ) -> dict[str, str]:
        notation = self._notation(entry, readings, column)
        if notation is None:
            return readings
        plain = {cell: notation.plain(reading) for cell, reading in readings.items()}
        for cell in sorted(cell for cell, reading in plain.items() if reading is None):
            self.problems.add(
                "a number that is not written as the others", file=self.records.name,
                row=taken.rows[taken.cells.index(cell)], column=column, found=cell,
                allowed=f"decimal {notation.decimal!r}, thousands {notation.thousands or 'without a mark'!r}",
            )  # fmt: skip
        numbers = {cell: reading for cell, reading in plain.items() if reading is not None}
        if entry.factor == 1:
            return numbers
        unit = FIELDS[field].unit
        self.notes.append(f"{column}: 1 {entry.unit} read as {entry.factor:g} {unit} ({entry.factor_source})")
        times = lambda found: number_text(float(found[0]) * entry.factor) or ""  # noqa: E731
        return {cell: NUMBER.sub(times, reading) for cell, reading in numbers.items()}

    def _notation(self, entry: Column | FirstOf, readings: dict[str, str], column: str) -> Notation | None:
        """Return how the column writes its numbers: as declared, else as its cells show; None with a problem."""
        found = self._noted(entry, readings.values(), column)
        if isinstance(found, str):
            self.problems.add(f"the numbers can be read in two ways: {found}", file=self.records.name, column=column,
                              remedy="Declare decimal or thousands for the column in the mapping")  # fmt: skip
            return None
        if not self._declared(entry, column) and (found.decimal == COMMA or "," in "".join(readings.values())):
            mark = "decimal comma" if found.decimal == COMMA else "commas between thousands"
            self.notes.append(f"{column}: read with {mark}")
        return found

    def _noted(self, entry: Column | FirstOf, cells: Collection[str], column: str) -> Notation | str:
        """Return how cells write their numbers, or why that cannot be told."""
        kinds = kinds_of(cells)
        return self._declared(entry, column) or notation_of(kinds, commas_elsewhere=self._commas > (COMMA in kinds))

    def _declared(self, entry: Column | FirstOf, column: str) -> Notation | None:
        decimal = entry.decimal or ("" if entry.thousands else self.records.decimals.get(column, "") or self.decimal)
        return declared(decimal, entry.thousands)
