"""Confirmed statements into one column a field: every distinct statement is read once, every problem is listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.errors import Problems
from catalog.fields import FIELDS
from harmonize.stated import Refusal, read

CONFIRMED = ("confirmed", "corrected")
Columns = dict[str, list[Any]]


def subjects(observations: pa.Table, unit_kind: str) -> pa.Table:
    """Return the statements about studies or patients that a person stands behind."""
    kept = pc.and_(
        pc.equal(observations["unit_kind"], unit_kind),
        pc.is_in(observations["observation_status"], pa.array(CONFIRMED)),
    )
    return observations.filter(kept)


def columns_of(statements: pa.Table, key: str, problems: Problems) -> Columns:
    """Return harmonized columns, one entry a subject in order of its name, with the subject's locator.

    Two statements that disagree about a field of one subject are a problem; codes of several statements join.
    """
    units = sorted(set(statements["unit_id"].to_pylist()))
    place = {unit: index for index, unit in enumerate(units)}
    columns: Columns = {key: units}
    for name in sorted(set(statements["field"].to_pylist())):
        of_field = statements.filter(pc.equal(statements["field"], name))
        _read_field(name, of_field, place, columns, problems)
    _locate(statements, place, columns)
    return columns


def _read_field(
    name: str, statements: pa.Table, place: Mapping[str, int], columns: Columns, problems: Problems
) -> None:
    field = FIELDS[name]
    texts = pc.coalesce(statements["value"], statements["stated"]).to_pylist()
    units = statements["unit"].to_pylist()
    readings = {pair: read(field, *pair) for pair in set(zip(texts, units, strict=True))}
    where = {column: statements[column].to_pylist() for column in ("unit_id", "file", "row", "column", "stated")}
    filled: dict[int, int] = {}
    for index, pair in enumerate(zip(texts, units, strict=True)):
        reading = readings[pair]
        at = {"file": where["file"][index], "row": where["row"][index], "column": where["column"][index]}
        if isinstance(reading, Refusal):
            found = (
                where["stated"][index] if pair[0] == where["stated"][index] else f"{where['stated'][index]} → {pair[0]}"
            )
            problems.add(f"{name}: {reading.why}", **at, found=found, allowed=reading.allowed, remedy=reading.remedy)
            continue
        subject = place[where["unit_id"][index]]
        before = filled.setdefault(subject, index)
        for column, value in reading.items():
            values = columns.setdefault(column, [None] * len(place))
            if before != index and values[subject] != value:
                if field.kind != "codes":
                    problems.add(
                        f"{name}: disagrees with {where['file'][before]}, row {where['row'][before]}, "
                        f"column {where['column'][before]!r} about {where['unit_id'][index]}",
                        **at, found=where["stated"][index], allowed=where["stated"][before],
                        remedy="Correct one of the two",
                    )  # fmt: skip
                    continue
                values[subject] = ";".join(sorted({*str(values[subject]).split(";"), *str(value).split(";")}))
                continue
            values[subject] = value


def _locate(statements: pa.Table, place: Mapping[str, int], columns: Columns) -> None:
    """Give each subject the place of its first statement: the row that speaks of it."""
    names = ("study_id", "file", "row", "source_url", "where_in_source")
    cells = {name: statements[name].to_pylist() for name in names}
    first: dict[str, int] = {}
    for index, unit in enumerate(statements["unit_id"].to_pylist()):
        first.setdefault(unit, index)
    for name in names:
        columns[name] = [cells[name][first[unit]] for unit in place]
