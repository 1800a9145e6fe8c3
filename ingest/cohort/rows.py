"""Which rows are whose: rows that count, patients and their rows, and which of a patient's cells is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from catalog.cells import EMPTY
from catalog.errors import Problems
from ingest.cohort.entries import ROW, Cohort, Rows, Where
from ingest.cohort.records import Cells, CohortRecords
from ingest.cohort.redcap import STRUCTURE

SHOWN = 6


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


def patients_of(records: CohortRecords, cohort: Cohort, rows: Rows | None, problems: Problems) -> Patients:
    """Return the patients of the rows that count; a missing part of a name, and a name that repeats, is a problem.

    With [rows] in the mapping the rows of one name are one patient.
    """
    counted = matching(records, rows.where if rows else {})
    each = _names(records, cohort, counted, problems)
    if rows is None:
        _refuse_twice(records, each, problems)
        return Patients(each, [(place,) for place in counted], several=False)
    places: dict[str, list[int]] = {}
    for name, place in zip(each, counted, strict=True):
        places.setdefault(name, []).append(place)
    return Patients(list(places), list(places.values()), several=True)


def _names(records: CohortRecords, cohort: Cohort, counted: Sequence[int], problems: Problems) -> list[str]:
    """Return the name that each row gives its patient; an empty part is a problem."""
    names = [cohort.patient_id.replace("{" + ROW + "}", str(records.rows[place])) for place in counted]
    for column in cohort.columns:
        cells = records.columns[column].take(counted)
        for at in np.flatnonzero(~cells.filled()).tolist():
            problems.add("a patient without a name", file=records.name, row=records.rows[counted[at]], column=column)
        part = "{" + column + "}"
        names = [name.replace(part, cell or "") for name, cell in zip(names, cells, strict=True)]
    return names


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

    def __init__(self, records: CohortRecords, patients: Patients, rows: Rows | None, problems: Problems) -> None:
        self.records = records
        self.patients = patients
        self.rules = rows or Rows()
        self.problems = problems
        self._order: list[float] | None = None

    def take(self, column: str, cells: Cells, where: Where, take: str) -> Taken:
        """Return each patient's cell of `cells` (one a row of the file; `column` names them in problems).

        Of several filled cells the rule `take` picks one; "only" refuses two that differ.
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
            place = self._pick(name, column, cells, filled, rule) if filled else None
            taken.append(EMPTY if place is None else place)
            rows.append(None if place is None else every[place])
        return Taken(cells.take(taken), rows)

    def _pick(self, name: str, column: str, cells: Cells, filled: list[int], rule: str) -> int | None:
        if rule in ("first", "last"):
            order = self._ordered()
            if not order:
                return None
            end = (min if rule == "first" else max)(order[place] for place in filled)
            filled = [place for place in filled if order[place] == end]
        elif rule != "only":
            return self._extreme(column, cells, filled, largest=rule == "largest")
        if len({cells[place] for place in filled}) > 1:
            others = ", ".join(f"row {self.records.rows[place]}" for place in filled[1:SHOWN])
            self.problems.add(
                f"several cells of {name}, where one is to be taken: also {others}", file=self.records.name,
                row=self.records.rows[filled[0]], column=column, found=cells[filled[0]],
                remedy="Choose rows with where, or one of them with take and order",
            )  # fmt: skip
            return None
        return filled[0]

    def _extreme(self, column: str, cells: Cells, filled: list[int], *, largest: bool) -> int | None:
        sizes = {place: _number(str(cells[place])) for place in filled}
        for place, size in sizes.items():
            if size is None:
                self.problems.add("not a number, so neither smallest nor largest", file=self.records.name,
                                  row=self.records.rows[place], column=column, found=cells[place])  # fmt: skip
                return None
        return (max if largest else min)(filled, key=lambda place: sizes[place] or 0)

    def _ordered(self) -> list[float]:
        """Return what orders the rows: the declared column, as dates or numbers, or the rows' own order."""
        if self._order is None:
            self._order = self._read_order()
        return self._order

    def _read_order(self) -> list[float]:
        column = self.rules.order
        if column == ROW:
            return [float(row) for row in self.records.rows]
        cells = self.records.columns[column]
        keys = {cell: _number(cell.replace("-", "")) if cell else 0.0 for cell in {None, *cells.distinct()}}
        for row, cell in zip(self.records.rows, cells, strict=True):
            if keys[cell] is None:
                self.problems.add("neither a number nor a date as 2012-03-05, so no order", file=self.records.name,
                                  row=row, column=column, found=cell)  # fmt: skip
                return []
        return [keys[cell] or 0.0 for cell in cells]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
