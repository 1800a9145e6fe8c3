"""Rules asked once for all rows that are alike say of each row what they say when asked about it alone."""

import random

import numpy as np
import pytest

from catalog.errors import Problems
from catalog.fields import FIELDS
from catalog.schema import arrow_array, from_rows
from catalog.tables import TABLES
from catalog.vocabulary import vocabulary
from harmonize.complete_large import SCHEMA, clashing, completed, in_wrong_order, refused_by
from harmonize.consistency import CHECKS, clashes_in
from harmonize.derive import derive_patient, fill_unsaid
from harmonize.tables import DERIVED_TIMES, _check_derived, _check_order

PATIENT = TABLES["patient"]
FEW = {
    "bilirubin_mg_dl": (0.0, -0.0, 1.0, 2.0, 2.5, 3.0, 3.5), "albumin_g_dl": (2.0, 2.8, 3.0, 3.5, 4.0),
    "inr": (1.0, 1.7, 2.0, 2.3, 2.5), "child_pugh_score": (5, 6, 7, 9, 12), "albi_score": (-3.0, -2.6, -2.0, -1.0),
    "vessel_site": ("portal vein", "hepatic vein"), "row": (2, 3),
}  # fmt: skip


def values(name):
    field = FIELDS[name]
    if name in FEW:
        return FEW[name]
    if "_months_" in name:
        return (0.0, 1.0, 2.0, 6.0, 30.0)
    if field.vocabulary:
        return tuple(vocabulary(field.vocabulary).codes)
    return {"integer": (1, 2), "number": (1.0, 2.0), "quantity": (1.0, 2.0)}.get(field.kind, ("a", "b"))


def stated(rows, seed):
    """Return columns in which most is not stated and little fits together."""
    rng = random.Random(seed)
    columns = {PATIENT.key: [f"p{number:04}" for number in range(rows)]}
    for name in PATIENT.columns[1:]:
        if name != "also_patient_ids":
            chances = [None, *values(name), *values(name)]
            columns[name] = [rng.choice(chances) for _ in range(rows)]
    return columns


@pytest.mark.parametrize("seed", range(3))
def test_many_rows_are_completed_and_checked_as_each_alone(seed):
    columns = stated(2000, seed)
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    problems, of_many = Problems(), Problems()
    for row in rows:
        derive_patient(row)
        fill_unsaid("patient", row, problems)
    _check_order("patient", rows, problems)
    _check_derived(rows, problems)

    typed = {name: arrow_array(cells, SCHEMA.field(name).type) for name, cells in columns.items()}
    table = completed(typed, of_many)
    _check_order("patient", in_wrong_order(table), of_many)
    _check_derived(refused_by(_check_derived, DERIVED_TIMES, table), of_many)

    whole = [{name: row.get(name) for name in PATIENT.columns} for row in rows]
    assert table.equals(from_rows(PATIENT, whole))
    for name in ("drug_stop_from_cr_months_lower", "albi_score"):
        made = np.array([row[name] for row in rows], dtype=float)
        assert np.array_equal(np.signbit(np.asarray(table[name].fill_null(np.nan))), np.signbit(made))
    assert list(of_many) == list(problems)
    clashes = clashes_in(rows)
    assert [(row["patient_id"], clash) for row, clash in clashes_in(clashing(table))] == [
        (row["patient_id"], clash) for row, clash in clashes
    ]
    for check in CHECKS:
        assert any(next(check.find(row), None) for row in rows), check.find.__name__


def test_a_rule_is_asked_about_an_empty_table_too():
    table = completed({name: arrow_array([], SCHEMA.field(name).type) for name in PATIENT.columns}, Problems())
    assert (len(table), clashing(table), in_wrong_order(table)) == (0, [], [])
