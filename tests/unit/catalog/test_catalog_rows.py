"""Rows chosen by conditions and printed: nothing lost, nothing rounded, whatever the format."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pytest

from catalog.compact import compacted
from catalog.errors import InvalidInput
from catalog.rows import as_json, as_table, chosen, printed, text
from catalog.schema import from_rows
from catalog.tables import TABLES

PATIENTS = from_rows(
    TABLES["patient"],
    [
        {"patient_id": "a", "study_id": "s", "etiology": "HBV;HCV", "age_years": 48.0, "ecog": 0, "sex": "M"},
        {"patient_id": "b", "study_id": "s", "etiology": "HCV", "age_years": 61.5, "ecog": 1, "sex": "F"},
        {"patient_id": "c", "study_id": "t", "etiology": "not_reported", "sex": "M"},
    ],
)
STUDIES = from_rows(
    TABLES["study"], [{"study_id": "s", "present_cohort": True}, {"study_id": "t", "present_cohort": False}]
)


COMPACT = compacted(PATIENTS, "patient_id")
HELD = pytest.mark.parametrize("held", [PATIENTS, COMPACT], ids=["plain", "compact"])


def ids(*conditions: str, held: pa.Table = PATIENTS) -> list[str]:
    return chosen(held, "patient", conditions)["patient_id"].to_pylist()


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], ["a", "b", "c"]),
        (["study_id=s"], ["a", "b"]),
        (["etiology=HCV"], ["a", "b"]),
        (["etiology=hepatitis c"], ["a", "b"]),
        (["sex=male", "study_id=t"], ["c"]),
        (["age_years=48"], ["a"]),
        (["age_years=61.5"], ["b"]),
        (["ecog=1"], ["b"]),
        (["age_years="], ["c"]),
        (["study_id="], []),
        (["study_id=a=b"], []),
        (["study_id=a=b", "sex=male"], []),
    ],
)
@HELD
def test_conditions_choose_rows(conditions: list[str], expected: list[str], held: pa.Table) -> None:
    assert ids(*conditions, held=held) == expected


def test_a_yes_or_no_column_is_asked_for_by_true_and_false() -> None:
    assert chosen(STUDIES, "study", ["present_cohort=false"])["study_id"].to_pylist() == ["t"]


@HELD
def test_all_wrong_conditions_are_said_at_once(held: pa.Table) -> None:
    with pytest.raises(InvalidInput) as refused:
        ids("age", "aeg_years=5", "sex=X", "ecog=one", "age_years=young", held=held)
    parts = (
        "needs an equals sign",
        "Did you mean 'age_years'?",
        "unknown value",
        "allowed: integer",
        "allowed: number",
    )
    assert len(refused.value.problems) == len(parts)
    for part, problem in zip(parts, refused.value.problems, strict=True):
        assert part in str(problem)


def test_cells_are_printed_whole() -> None:
    assert [text(cell) for cell in (None, True, False, 3, 48.0, 1.379876796714579, 1e-7, "x")] == [
        "", "true", "false", "3", "48", "1.379876796714579", "1e-07", "x",
    ]  # fmt: skip


def test_csv_holds_every_cell() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(printed(PATIENTS, "csv", None)))))
    assert [row["age_years"] for row in rows] == ["48", "61.5", ""]
    assert list(rows[0]) == list(TABLES["patient"].columns)


@pytest.mark.parametrize("at_most", [None, 0, 2, 3, 9])
@HELD
def test_csv_is_the_same_made_in_parts(held: pa.Table, at_most: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = "".join(printed(PATIENTS, "csv", at_most))
    monkeypatch.setattr("catalog.rows.PART", 2)
    assert "".join(printed(held, "csv", at_most)) == whole
    assert whole.count("\n") == 1 + min(3 if at_most is None else at_most, 3)


@HELD
def test_json_holds_every_cell(held: pa.Table) -> None:
    assert json.loads("".join(printed(held, "json", None))) == PATIENTS.to_pylist()


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"value": float("nan")})


def test_a_narrow_table_is_aligned_with_numbers_to_the_right() -> None:
    assert as_table(("name", "n"), [("a", 5), ("longer", 123), ("c", None)]) == [
        "name      n",
        "a         5",
        "longer  123",
        "c",
    ]


def test_a_wide_table_is_printed_as_records_without_empty_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = "".join(printed(PATIENTS, "table", 1)).splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["patient_id", "a"],
        ["study_id", "s"],
        ["age_years", "48", "years"],
    ]
    assert all("inr" not in line for line in lines)
    assert lines[-1] == "1 of 3 rows; --rows 3 shows all"


def test_a_table_that_fits_the_terminal_is_printed_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "2000")
    lines = "".join(printed(PATIENTS, "table", None)).splitlines()
    assert len(lines) == 4
    assert lines[0].split() == list(TABLES["patient"].columns)


def test_no_rows_are_said_to_be_none() -> None:
    none = PATIENTS.slice(0, 0)
    assert "".join(printed(none, "json", None)) == "[]\n"
    assert "".join(printed(none, "csv", None)).count("\n") == 1
    assert "".join(printed(none, "table", None)) == "no rows\n"
