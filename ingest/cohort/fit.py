"""Whether a mapping and a file fit: the same columns, nothing read twice."""

from __future__ import annotations

from catalog.errors import Problems
from catalog.fields import FIELDS
from ingest.cohort.mapping import CohortMapping, Column, refuse_unknown


def check_against(mapping: CohortMapping, name: str, file: str, header: list[str], problems: Problems) -> None:
    """Check that the mapping and the file's header speak of the same columns."""
    used = {column.name for column in mapping.columns} | set(mapping.cohort.columns)
    used |= {ignored.name for ignored in mapping.ignored} | {one for any_ in mapping.any_of for one in any_.names}
    for column in sorted(used - set(header)):
        refuse_unknown(f"the mapping names a column that {file} does not have", column, tuple(header), name, problems)
    for column in header:
        if column not in used:
            problems.add(
                "the column is neither mapped nor ignored", file=file, row=1, column=column,
                remedy=f"Add a [[column]] or an [[ignored]] entry with a reason to {name}",
            )  # fmt: skip
    readings = [(column.name, field) for column in mapping.columns for field in _fields(column)]
    readings += [("constant", constant.field) for constant in mapping.constants]
    for column, field in sorted({reading for reading in readings if readings.count(reading) > 1}):
        problems.add("the mapping reads the same field twice from the same place", file=name, column=column,
                     found=field, remedy="Keep one of the entries")  # fmt: skip
    for any_of in mapping.any_of:
        if FIELDS[any_of.field].kind != "code":
            problems.add("any_of gives yes or no, which this field does not take", file=name, column=any_of.field)


def _fields(column: Column) -> set[str]:
    """Return the fields that one entry reads from its column."""
    said = {name for says in column.says for name in says.facts}
    return said | ({column.field} if column.field else set())
