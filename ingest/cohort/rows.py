"""Which rows are whose: rows that count, patients and their rows, and which of a patient's cells is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.cells import EMPTY
from catalog.errors import Problems
from ingest.cohort.entries import Cohort, Dates, Rows, Where
from ingest.cohort.records import Cells, CohortRecords
from ingest.cohort.redcap import STRUCTURE
from ingest.cohort.row_names import names_of
from ingest.cohort.row_order import Key, number_of, order_of

SHOWN = 6
NO_DATES = Dates()
NO_WORDS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Patients:
    """Patients in the order of their first rows, and the places of each one's rows in the file's columns."""

    names: list[str]
    places: Sequence[Sequence[int]]
    several: bool
    """Whether the mapping lets a patient have several rows."""


@dataclass(frozen=True)
class Taken:
    """One cell a patient, and the row of the file it stands in, which says nothing where the cell is empty."""

    cells: Cells
    rows: Sequence[int | None]


def patients_of(
    records: CohortRecords, cohort: Cohort, rows: Rows | None, problems: Problems, notes: list[str]
) -> Patients:
    """Return the patients of the rows that count; a missing part of a name, and a name that repeats, is a problem.

    With [rows] in the mapping the rows of one name are one patient.
    """
    counted = matching(records, rows.where if rows else {})
    each = names_of(records, cohort, counted, problems, notes)
    if rows is None:
        _refuse_twice(records, each, problems)
        return Patients(each, [(place,) for place in counted], several=False)
    places: dict[str, list[int]] = {}
    for name, place in zip(each, counted, strict=True):
        places.setdefault(name, []).append(place)
    return Patients(list(places), list(places.values()), several=True)


def _refuse_twice(records: CohortRecords, names: list[str], problems: Problems) -> None:
    """Add a problem for each row whose patient stands in a row before; one for all when REDCap made them on purpose."""
    if len(set(names)) == len(names):
        return
    first: dict[str, int] = {}
    kinds = [column for column in STRUCTURE[:2] if column in records.columns]
    for name, row in zip(names, records.rows, strict=True):
        if first.setdefault(name, row) == row:
            continue
        if kinds:
            cells = sorted({cell for column in kinds for cell in records.columns[column].distinct()})
            problems.add(
                "patients have several rows: events or repeats", file=records.name, row=row, column=", ".join(kinds),
                found=", ".join(cells[:SHOWN]) + (", …" if len(cells) > SHOWN else ""),
                remedy="Say in [rows] how they become one, and in a column's where which of them it reads",
            )  # fmt: skip
            return
        problems.add(
            f"the patient stands already in row {first[name]}", file=records.name, row=row, found=name,
            remedy="Correct the number; or say in [rows] how the rows of a patient become one",
        )  # fmt: skip


def matching(records: CohortRecords, where: Where) -> Sequence[int]:
    """Return the places of rows in which every column of `where` holds one of its cells; "" is an empty cell."""
    if not where:
        return range(len(records))
    matches = np.ones(len(records), dtype=bool)
    for column, wanted in where.items():
        cells = records.columns[column]
        allowed = cells.without(cells.distinct() - {*wanted}).filled()
        matches &= (allowed | ~cells.filled()) if "" in wanted else allowed
    return np.flatnonzero(matches).tolist()


class Taking:
    """Takes one cell a patient from columns of a file whose patients may have several rows."""

    def __init__(
        self, records: CohortRecords, patients: Patients, rows: Rows | None, problems: Problems, dates: Dates = NO_DATES
    ) -> None:
        self.records = records
        self.patients = patients
        self.rules = rows or Rows()
        self.problems = problems
        self.form = dates.formats.get(self.rules.order, dates.format)
        self._order: list[Key | None] | None = None
        self._unordered: set[tuple[int, str]] = set()

    def take(self, column: str, cells: Cells, where: Where, take: str, plain: Mapping[str, str] = NO_WORDS) -> Taken:
        """Return each patient's cell of `cells` (one a row of the file; `column` names them in problems).

        Of several filled cells the rule `take` picks one; "only" refuses two that differ, and sizes are those of the
        cells as `plain` writes them.
        """
        every = self.records.rows
        if not self.patients.several and not where and len(self.patients.names) == len(every):
            return Taken(cells, every)
        rule = take or self.rules.take
        counted = set(matching(self.records, where)) if where else None
        taken: list[int] = []
        rows: list[int | None] = []
        stated = list(cells)
        for name, places in zip(self.patients.names, self.patients.places, strict=True):
            filled = [place for place in places if stated[place] and (counted is None or place in counted)]
            place = self._pick(name, column, cells, filled, rule, plain) if filled else None
            taken.append(EMPTY if place is None else place)
            rows.append(None if place is None else every[place])
        return Taken(cells.take(taken), rows)

    def _pick(
        self, name: str, column: str, cells: Cells, filled: list[int], rule: str, plain: Mapping[str, str]
    ) -> int | None:
        if rule in ("first", "last"):
            filled = self._at_end(filled, last=rule == "last")
            if not filled:
                return None
        elif rule != "only":
            return self._extreme(column, cells, filled, plain, largest=rule == "largest")
        if len({cells[place] for place in filled}) > 1:
            others = ", ".join(f"row {self.records.rows[place]}" for place in filled[1:SHOWN])
            self.problems.add(
                f"several cells of {name}, where one is to be taken: also {others}", file=self.records.name,
                row=self.records.rows[filled[0]], column=column, found=cells[filled[0]],
                remedy="Choose rows with where, or one of them with take and order",
            )  # fmt: skip
            return None
        return filled[0]

    def _extreme(
        self, column: str, cells: Cells, filled: list[int], plain: Mapping[str, str], *, largest: bool
    ) -> int | None:
        """Return the place of the smallest or largest number; `plain` writes each cell with a point."""
        sizes = {place: number_of(plain.get(str(cells[place]), str(cells[place]))) for place in filled}
        for place, size in sizes.items():
            if size is None:
                self.problems.add("not a number, so neither smallest nor largest", file=self.records.name,
                                  row=self.records.rows[place], column=column, found=cells[place])  # fmt: skip
                return None
        return (max if largest else min)(filled, key=lambda place: sizes[place] or 0)

    def _at_end(self, filled: list[int], *, last: bool) -> list[int]:
        """Return the places that come first or last; none, with a problem, when one of several has no order."""
        if self._order is None:
            self._order = order_of(self.records, self.rules.order, self.form, self.problems)
        order = self._order
        keys = {place: order[place] for place in filled} if order else {}
        for place in sorted(place for place, key in keys.items() if key is None and len(keys) > 1):
            problem = (self.records.rows[place], self.rules.order)
            if problem not in self._unordered:
                self._unordered.add(problem)
                self.problems.add("an empty cell, so the row is neither first nor last", file=self.records.name,
                                  row=problem[0], column=problem[1],
                                  remedy="Fill it, or leave the row out with where")  # fmt: skip
            keys = {}
        end = (max if last else min)((key for key in keys.values() if key is not None), default=None)
        return [place for place in filled if len(keys) == 1 or (keys and keys[place] == end)]
