import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from catalog.errors import InvalidInput
from synthesize.tables2x2 import METHODS
from synthesize.twobytwo import OFFERED, app

runner = CliRunner()


def printed(*arguments):
    result = runner.invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_json_is_the_declared_object():
    shown = json.loads(printed("1", "5", "2", "2", "--json"))
    assert list(shown) == ["input", "estimates", "not_estimable", "warnings"]
    assert shown["input"] == {"a": 1, "n1": 5, "c": 2, "n2": 2, "level": 0.95}
    assert [estimate["method"] for estimate in shown["estimates"]] == list(METHODS)
    assert [refused["method"] for refused in shown["not_estimable"]] == ["missing_outcome_bounds"]
    fisher = shown["estimates"][0]
    assert fisher["p_value"] == pytest.approx(1 / 7, rel=1e-12)


def test_one_method_can_be_chosen_and_another_is_refused_with_the_nearest():
    shown = json.loads(printed("1", "5", "2", "2", "--method", "fisher_midp", "--json"))
    assert [estimate["method"] for estimate in shown["estimates"]] == ["fisher_midp"]
    result = runner.invoke(app, ["1", "5", "2", "2", "--method", "fisher_mid"])
    assert isinstance(result.exception, InvalidInput)
    assert "Did you mean 'fisher_midp'?" in str(result.exception)


def test_methods_are_listed_without_data():
    assert [line.split()[0] for line in printed("--methods").splitlines()] == list(OFFERED)


def test_a_disagreement_of_the_tests_is_a_warning():
    shown = json.loads(printed("1", "5", "2", "2", "--level", "0.9", "--json"))
    assert "both sides of 0.1" in shown["warnings"][0]
    assert json.loads(printed("3", "10", "3", "10", "--json"))["warnings"] == []


def test_missing_counts_are_named():
    result = runner.invoke(app, ["1", "5"])
    assert isinstance(result.exception, InvalidInput)
    assert "missing: C, N2" in str(result.exception)


def test_a_users_mistake_leaves_with_2_and_no_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "synthesize.twobytwo", "6", "5", "2", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "more events (a) than patients (n1)" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_outcomes_are_bounded_when_their_number_is_given():
    shown = json.loads(printed("1", "5", "2", "2", "--missing", "2", "1", "--json"))
    bounds = next(e for e in shown["estimates"] if e["method"] == "missing_outcome_bounds")
    assert bounds["lower"] == pytest.approx(1 / 7 - 1)
    assert shown["input"]["missing"] == [2, 1]


@pytest.fixture
def tables(tmp_path):
    path = tmp_path / "tables.csv"
    path.write_text(
        "study,ai,n1i,ci,n2i,stratum\npark,1,5,2,2,cohort\nr1,0,1,0,0,reports\nr2,0,0,1,1,reports\n"
        "r3,1,1,0,0,reports\n",
        encoding="utf-8",
    )
    return path


def test_rows_of_a_stratum_are_added_up_and_the_strata_compared_together(tables):
    shown = json.loads(printed("--file", str(tables), "--json"))
    assert {k: shown["input"][k] for k in ("tables", "strata")} == {"tables": 4, "strata": 2}
    subsets = dict.fromkeys(estimate["subset"] for estimate in shown["estimates"])
    assert list(subsets) == ["cohort", "reports", "2 strata"]
    common = next(e for e in shown["estimates"] if e["method"] == "stratified_conditional_or")
    assert (common["k_studies"], common["n_patients"]) == (2, 10)


def test_without_the_column_each_row_is_a_stratum_and_same_names_are_told_apart(tmp_path):
    path = tmp_path / "tables.csv"
    path.write_text("label;a;n1;c;n2\npark;1;5;2;2\npark;2;10;3;8\n;1;9;2;8\n", encoding="utf-8")
    shown = json.loads(printed("--file", str(path), "--method", "fisher_exact", "--json"))
    assert [e["subset"] for e in shown["estimates"]] == ["park (row 2)", "park (row 3)", "row 4"]


def test_all_impossible_rows_of_a_file_are_told_at_once(tmp_path):
    path = tmp_path / "tables.csv"
    path.write_text("a,n1,c,n2\n6,5,2,2\n1,5,2,2\n1,5,3,2\n", encoding="utf-8")
    result = runner.invoke(app, ["--file", str(path)])
    assert isinstance(result.exception, InvalidInput)
    assert [problem.row for problem in result.exception.problems] == [2, 4]


def test_counts_and_a_file_together_are_refused(tables):
    result = runner.invoke(app, ["1", "5", "2", "2", "--file", str(tables)])
    assert "counts and a file were both given" in str(result.exception)


def test_the_extremes_of_unreported_outcomes_do_not_pass_for_an_interval():
    shown = printed("0", "5", "2", "2", "--missing", "1", "1")
    (line,) = [line for line in shown.splitlines() if line.startswith("missing_outcome_bounds")]
    assert "extremes -1 – -0.5" in line
    assert "95 % interval" in shown
