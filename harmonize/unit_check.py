"""Whether the columns of the sources can be in their stated units: missing and implausible units are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from catalog.errors import Problems
from catalog.fields import Field
from catalog.units import KEPT, UNITS, likely_units, needs_unit
from harmonize.stated import Reading, Refusal
from harmonize.units import implausible

COLUMN = ("observation_method", "file", "column", "unit")
Group = tuple[str | None, str | None, str | None, str | None]
"""What tells the columns of the sources apart: how stated, file, column, unit."""


def check_units(
    field: Field,
    texts: Sequence[str],
    statements: pa.Table,
    readings: Mapping[tuple[str, str | None], Reading | Refusal],
    problems: Problems,
) -> None:
    """Add a problem for each column whose unit is missing, or is implausible for the values of the whole column.

    `texts` are the values as read of each statement, `readings` what each distinct text and unit gives. Only a cohort's
    file can lack a unit: in curated sheets the column's name states it.
    """
    if field.name not in UNITS:
        return
    named = (statements[name].to_pylist() for name in COLUMN)
    groups: dict[Group, dict[str, int]] = {}
    for group, text in zip(zip(*named, strict=True), texts, strict=True):
        counted = groups.setdefault(group, {})
        counted[text] = counted.get(text, 0) + 1
    check_counted(field, groups, readings, kept_units(statements), problems)


def check_counted(
    field: Field,
    groups: Mapping[Group, Mapping[str, int]],
    readings: Mapping[tuple[str, str | None], Reading | Refusal],
    kept: Set[tuple[str | None, str | None]],
    problems: Problems,
) -> None:
    """Do what `check_units` does with statements that are counted already, by column of a source and text.

    Problems come in order of files and columns, however the groups are given.
    """
    for group in sorted(groups, key=lambda one: [part or "" for part in (*one[1:], one[0])]):
        (method, file, column, unit), counted = group, groups[group]
        read = {text: readings[text, unit] for text in counted}
        values = [
            cast(float, reading[field.name])
            for text, reading in read.items()
            if not isinstance(reading, Refusal)
            for _ in range(counted[text])
        ]
        allowed = ", ".join(one.name for one in UNITS[field.name] if one.per_declared)
        if unit is None and method == "cohort" and needs_unit(field.name):
            names = " or ".join(repr(one.name) for one in likely_units(field.name, values))
            remedy = "State it as unit in the mapping" + (f"; the values are usual as {names}" if names else "")
            problems.add(f"{field.name}: the unit is missing", file=file, column=column, allowed=allowed, remedy=remedy)
            continue
        why = None if (file, column) in kept else implausible(field, unit, values)
        if why:
            remedy = "Correct the unit, or the values"
            if method == "cohort":
                remedy += "; if both are right, write unit_reason in the mapping"
            problems.add(f"{field.name}: {why}", file=file, column=column, found=unit, allowed=allowed, remedy=remedy)


def kept_units(statements: pa.Table) -> set[tuple[str | None, str | None]]:
    """Return file and column of the statements whose unit stands by a written reason, whatever the values."""
    said = statements.filter(pc.fill_null(pc.starts_with(statements["note"].cast(pa.string()), KEPT), False))
    return set(zip(said["file"].to_pylist(), said["column"].to_pylist(), strict=True))
