import csv

from expectations.checks import Check
from expectations.findings import COLUMNS, findings, write
from expectations.suite import Result

CHECK = Check("patient", "age_years_within", "age is possible", "critical", "between", ("age_years",))
PLACES = {"patient": {"p1": {"file": "patients.csv", "row": 2}}}


def failed(*violations):
    return Result(CHECK, "failed", 9, len(violations), violations)


def test_a_violation_is_a_row_with_its_place_its_value_and_what_to_do():
    (row,) = findings([failed({"key": "p1", "found": "300"})], PLACES)
    assert row == {
        "severity": "critical", "table": "patient", "rule": "age_years_within", "sentence": "age is possible",
        "key": "p1", "file": "patients.csv", "row": 2, "column": "age_years", "found": "300",
        "remedy": "Correct the source and load it again, or state in the topic file why it may stand",
    }  # fmt: skip


def test_a_row_without_a_place_and_a_check_that_broke_are_listed_too():
    broke = Result(CHECK, "error", 0, 0, message="no such column")
    unplaced, error = findings([failed({"key": "p9", "found": "300"}), broke], PLACES)
    assert (unplaced["key"], unplaced["file"], unplaced["row"]) == ("p9", None, None)
    assert (error["found"], error["remedy"]) == ("no such column", "The check itself broke; report it")


def test_the_file_has_a_header_even_without_findings_and_empty_cells_stay_empty(tmp_path):
    path = tmp_path / "result" / "findings.csv"
    write(path, [])
    assert path.read_text(encoding="utf-8").splitlines() == [",".join(COLUMNS)]
    write(path, findings([failed({"key": "p9", "found": 'a "b", c'})], PLACES))
    (row,) = csv.DictReader(path.open(encoding="utf-8"))
    assert (row["file"], row["row"], row["found"]) == ("", "", 'a "b", c')
    assert [found.name for found in path.parent.iterdir()] == ["findings.csv"]
