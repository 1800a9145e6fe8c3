"""Names of patients from the cells of their rows; rows that are no patient's are refused: totals, footnotes, errors."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from catalog.errors import Problems
from ingest.cohort.entries import ROW, Cohort
from ingest.cohort.records import Cells, CohortRecords

SHOWN = 6
SUMMARIES = frozenset(
    ["total", "totals", "mean", "median", "average", "range", "overall", "summe", "gesamt", "insgesamt", "mittelwert",
     "somme", "moyenne", "médiane", "mediana", "promedio", "合计", "总计", "平均", "合計", "総計", "합계", "평균"]
)  # fmt: skip
"""What stands before a row of totals below a table; not SD, Max or All, which may be initials."""
NOTHING = frozenset(["?", "??", ".", "-", "--", "n/a", "na", "nan", "null", "none", "unknown"])
ERRORS = frozenset(["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"])
"""What Excel shows in a cell that it could not calculate (ISO/IEC 29500-1, 18.17.3)."""


def names_of(
    records: CohortRecords, cohort: Cohort, counted: Sequence[int], problems: Problems, notes: list[str]
) -> list[str]:
    """Return the name that each row gives its patient; a part that is empty or names nobody is a problem."""
    names = [cohort.patient_id.replace("{" + ROW + "}", str(records.rows[place])) for place in counted]
    parts = [records.columns[column].take(counted) for column in cohort.columns]
    for column, cells in zip(cohort.columns, parts, strict=True):
        for at in np.flatnonzero(~cells.filled()).tolist():
            problems.add("a patient without a name", file=records.name, row=records.rows[counted[at]], column=column)
        for cell in sorted(filter(_names_nobody, cells.distinct())):
            problems.add(
                "a total, an error or nothing in the place of a patient", file=records.name,
                row=records.rows[counted[cells.index(cell)]], column=column, found=cell,
                remedy="Take the row out of the file, or correct the cell",
            )  # fmt: skip
        part = "{" + column + "}"
        names = [name.replace(part, cell or "") for name, cell in zip(names, cells, strict=True)]
    _refuse_alike(records, names, parts, counted, problems)
    _look_at_bare(records, cohort, names, counted, problems, notes)
    return names


def _names_nobody(cell: str) -> bool:
    """Return whether a cell stands for something else than a patient: a total, an error, nothing."""
    return cell.casefold() in NOTHING or cell.casefold().strip(" :.") in SUMMARIES or cell in ERRORS


def _refuse_alike(
    records: CohortRecords, names: list[str], parts: list[Cells], counted: Sequence[int], problems: Problems
) -> None:
    """Add a problem for each name that different cells make: site 1, number 11 and site 11, number 1."""
    if len(parts) < 2:
        return
    first: dict[str, tuple[str | None, ...]] = {}
    for name, cells, place in zip(names, zip(*parts, strict=True), counted, strict=True):
        if first.setdefault(name, cells) != cells:
            problems.add(
                "two patients would have one name", file=records.name, row=records.rows[place], found=name,
                remedy="Put a mark between the parts of patient_id, as in {Site}-{No}",
            )  # fmt: skip
            first[name] = cells


def _look_at_bare(
    records: CohortRecords,
    cohort: Cohort,
    names: list[str],
    counted: Sequence[int],
    problems: Problems,
    notes: list[str],
) -> None:
    """Refuse a footnote: prose for a name, and nothing else in any row; note other patients of whom nothing is said."""
    others = [cells for name, cells in records.columns.items() if name not in cohort.columns]
    if not others or not cohort.columns:
        return
    says = np.zeros(len(counted), dtype=bool)
    for cells in others:
        says |= cells.filled()[np.asarray(counted, dtype=np.int64)]
        if says.all():
            return
    known = {names[at] for at in np.flatnonzero(says).tolist()}
    bare = {names[at]: records.rows[counted[at]] for at in np.flatnonzero(~says).tolist() if names[at] not in known}
    for name, row in bare.items():
        if re.search(r"\S\s+\S", name):
            problems.add("words in the place of a patient, and nothing else in the row", file=records.name, row=row,
                         found=name, remedy="Take the row out of the file")  # fmt: skip
    if bare:
        shown = ", ".join(f"{name} (row {row})" for name, row in list(bare.items())[:SHOWN])
        notes.append(f"{len(bare)} of whom the file says nothing: {shown}{', …' * (len(bare) > SHOWN)}")
