"""Confirmed statements into one column a field: every distinct statement is read once, every problem is listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.basis import CONFIRMED
from catalog.compact import holds, plain
from catalog.errors import Problem, Problems
from catalog.fields import FIELDS, Field
from harmonize.stated import Reading, Refusal, join, read
from harmonize.unit_check import check_units

AT = ("file", "row", "column")
Columns = dict[str, Any]
"""By name, a list with one entry a subject; of many subjects an Arrow array."""


def subjects(observations: pa.Table, unit_kind: str) -> pa.Table:
    """Return the statements about studies or patients that a person stands behind."""
    return plain(observations.filter(about(observations, unit_kind)))


def about(observations: pa.Table, unit_kind: str) -> pa.ChunkedArray:
    """Return which statements are about studies or patients and have a person who stands behind them."""
    return pc.and_(holds(observations["unit_kind"], (unit_kind,)), holds(observations["observation_status"], CONFIRMED))


def columns_of(statements: pa.Table, key: str, problems: Problems) -> Columns:
    """Return harmonized columns, one entry a subject in order of its name, with the subject's locator.

    Two statements that disagree about a field of one subject are a problem; codes of several statements join.
    """
    statements = statements.sort_by([(name, "ascending") for name in AT])
    units = sorted(set(statements["unit_id"].to_pylist()))
    place = {unit: index for index, unit in enumerate(units)}
    columns: Columns = {key: units}
    for name in sorted(set(statements["field"].to_pylist())):
        of_field = statements.filter(pc.equal(statements["field"], name))
        read_field(name, of_field, place, columns, problems)
    _locate(statements, place, columns, problems)
    return columns


def read_field(name: str, statements: pa.Table, place: Mapping[str, int], columns: Columns, problems: Problems) -> None:
    """Add the columns of one field, from its statements in order of file, row and column."""
    field = FIELDS[name]
    cells = {key: statements[key].to_pylist() for key in ("unit_id", "stated", "value", "unit", *AT)}
    texts = [value or stated for value, stated in zip(cells["value"], cells["stated"], strict=True)]
    readings = {pair: read(field, *pair) for pair in set(zip(texts, cells["unit"], strict=True))}
    check_units(field, texts, statements, readings, problems)
    first: dict[int, int] = {}
    for index, pair in enumerate(zip(texts, cells["unit"], strict=True)):
        at = {key: cells[key][index] for key in AT}
        stated, reading = cells["stated"][index], readings[pair]
        if isinstance(reading, Refusal):
            found = stated if pair[0] == stated else f"{stated} → {pair[0]}"
            problems.add(f"{name}: {reading.why}", **at, found=found, allowed=reading.allowed, remedy=reading.remedy)
            continue
        subject = place[cells["unit_id"][index]]
        before = first.setdefault(subject, index)
        standing = reading if before == index else {column: columns[column][subject] for column in reading}
        agreed = _agreed(standing, reading, field)
        if agreed is None:
            where = Problem("", *(cells[key][before] for key in AT)).place
            problems.add(f"{name}: disagrees with {where} about {cells['unit_id'][index]}", **at, found=stated,
                         allowed=cells["stated"][before], remedy="Correct one of the two")  # fmt: skip
            continue
        for column, value in agreed.items():
            if column not in columns:
                columns[column] = [None] * len(place)
            columns[column][subject] = value


def _agreed(standing: Reading, reading: Reading, field: Field) -> Reading | None:
    """Return what two statements say together, or None when they disagree; several codes of one subject join."""
    if standing == reading:
        return reading
    if field.kind != "codes":
        return None
    codes = {code for cell in (*standing.values(), *reading.values()) for code in str(cell).split(";")}
    joined = join(field, codes)
    return None if isinstance(joined, Refusal) else joined


def _locate(statements: pa.Table, place: Mapping[str, int], columns: Columns, problems: Problems) -> None:
    """Give each subject the place of its first statement, by file and row, and every place in the source."""
    names = ("study_id", "file", "row", "source_url", "where_in_source")
    spoken: dict[str, list[tuple]] = {unit: [] for unit in place}
    cells = (statements[name].to_pylist() for name in ("unit_id", *names))
    for unit, *of_statement in zip(*cells, strict=True):
        spoken[unit].append(tuple(of_statement))
    located = []
    for unit, own in spoken.items():
        study_id, file, row, url, _ = own[0]
        studies = sorted({cells[0] for cells in own})
        if len(studies) > 1:
            problems.add(f"{unit} stands in several studies", file=file, row=row, found=", ".join(studies),
                         remedy="Give each patient a name of its own")  # fmt: skip
        places = "; ".join(sorted({cells[4] for cells in own if cells[4]}))
        located.append((study_id, file, row, url, places or None))
    for index, name in enumerate(names):
        columns[name] = [cells[index] for cells in located]
