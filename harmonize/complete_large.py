"""Many patients in columns, completed and checked: a rule is asked once for all rows that state the same to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.errors import Problems
from catalog.fields import FIELDS
from catalog.rules import ORDERS
from catalog.schema import arrow_array, arrow_schema
from catalog.tables import LOCATOR, TABLES
from harmonize.build import Columns
from harmonize.consistency import CHECKS, Check
from harmonize.derive import DERIVATIONS, fill_unsaid, unsaid_word

Row = dict[str, Any]
PATIENT = TABLES["patient"]
SCHEMA = arrow_schema(PATIENT)
CODES = 2**62
"""So many combinations are told apart by one number."""


def completed(columns: Columns, problems: Problems) -> pa.Table:
    """Return what was stated, given in order of names, as the table of patients with all that follows from it."""
    rows = len(columns[PATIENT.key])
    table = pa.table({field.name: columns.get(field.name, pa.nulls(rows, field.type)) for field in SCHEMA})
    for one in DERIVATIONS:
        at, which = _distinct(table, one.reads)
        made: list[Row] = table.select(one.reads).take(at).to_pylist()
        for row in made:
            one.derive(row)
        for name in one.fills:
            values = arrow_array([row.get(name) for row in made], SCHEMA.field(name).type)
            table = _with(table, name, values.take(pa.array(which)))
    return pa.Table.from_arrays(_unsaid_filled(table, problems).columns, schema=SCHEMA)


def _unsaid_filled(table: pa.Table, problems: Problems) -> pa.Table:
    """Do what `harmonize.derive.fill_unsaid` does to a row to all of them."""
    refused = np.zeros(len(table), dtype=bool)
    for name in PATIENT.required:
        vocabulary = FIELDS[name].vocabulary
        if not vocabulary or not table[name].null_count:
            continue
        unsaid = unsaid_word(vocabulary)
        if unsaid is None:
            refused |= _true(pc.is_null(table[name]))
        else:
            table = _with(table, name, pc.fill_null(table[name], unsaid))
    for row in _rows(table, refused):
        fill_unsaid("patient", row, problems)
    return table


def first_of_each(patients: pa.Table, column: str) -> list[Row]:
    """Return the first patient of each value of a column."""
    which = _distinct(patients, [column])[1]
    rows: list[Row] = patients.take(pa.array(np.unique(which, return_index=True)[1])).to_pylist()
    return rows


def in_wrong_order(patients: pa.Table) -> list[Row]:
    """Return the patients in whom two numbers stand in an order that cannot be."""
    found = np.zeros(len(patients), dtype=bool)
    for rule in ORDERS:
        if rule.table == PATIENT.name:
            found |= _true(pc.greater(patients[rule.smaller], patients[rule.larger]))
    return _rows(patients, found)


def refused_by(
    check: Callable[[Sequence[Row], Problems], object], reads: Sequence[str], patients: pa.Table
) -> list[Row]:
    """Return the patients about whom a check that is decided by the columns `reads` finds a problem."""

    def refuses(row: Row) -> bool:
        problems = Problems()
        check([row], problems)
        return len(problems) > 0

    return _rows(patients, _told(patients, reads, refuses))


def clashing(patients: pa.Table) -> list[Row]:
    """Return the patients in whose rows `harmonize.consistency` finds contradictions."""
    found = np.zeros(len(patients), dtype=bool)
    for check in CHECKS:
        found |= _told(patients, check.reads, partial(_finds, check), check.alike)
    return _rows(patients, found)


def _finds(check: Check, row: Row) -> bool:
    return next(check.find(row), None) is not None


def _told(
    table: pa.Table, reads: Sequence[str], says: Callable[[Row], bool],
    alike: Mapping[str, Callable[[Any], object]] | None = None,
) -> Any:  # fmt: skip
    """Return of which rows `says` is true, which is decided by the columns `reads`."""
    at, which = _distinct(table, reads, alike or {})
    some = table.select(dict.fromkeys((PATIENT.key, *LOCATOR, *reads))).take(at)
    return np.array([says(row) for row in some.to_pylist()], dtype=bool)[which]


def _distinct(
    table: pa.Table, names: Sequence[str], alike: Mapping[str, Callable[[Any], object]] | None = None
) -> tuple[pa.Array, Any]:
    """Return a row of each combination of values in some columns, and the number of each row's combination."""
    which, count = np.zeros(len(table), dtype=np.int64), 1
    for name in names:
        codes, several = _coded(table[name], (alike or {}).get(name))
        if count * several >= CODES:
            which, count = _coded(pa.array(which))
        which, count = which * several + codes, count * several
    which, count = _coded(pa.array(which))
    at = np.zeros(count, dtype=np.int64)
    at[which] = np.arange(len(table))
    return pa.array(at), which


def _coded(column: Any, alike: Callable[[Any], object] | None = None) -> tuple[Any, int]:
    """Return a number for each value of a column, and how many there are; numbers are the same only to the last bit."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    bits = whole.view(pa.int64()) if pa.types.is_floating(whole.type) else whole
    coded = bits.dictionary_encode(null_encoding="encode")
    codes, values = np.asarray(coded.indices).astype(np.int64), coded.dictionary
    if alike is None or not len(values):
        return codes, len(values)
    made = [alike(value) for value in values.view(whole.type).to_pylist()]
    number = {value: place for place, value in enumerate(dict.fromkeys(made))}
    return np.array([number[value] for value in made])[codes], len(number)


def _with(table: pa.Table, name: str, column: Any) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)


def _true(column: Any) -> Any:
    return np.asarray(pc.fill_null(column, False))


def _rows(table: pa.Table, chosen: Any) -> list[Row]:
    rows: list[Row] = table.take(pa.array(np.flatnonzero(chosen))).to_pylist()
    return rows
