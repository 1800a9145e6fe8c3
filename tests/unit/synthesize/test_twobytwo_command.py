import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from catalog.errors import InvalidInput
from synthesize.tables2x2 import METHODS
from synthesize.twobytwo import app

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
    fisher = shown["estimates"][0]
    assert fisher["p_value"] == pytest.approx(1 / 7, rel=1e-12)


def test_one_method_can_be_chosen_and_another_is_refused_with_the_nearest():
    shown = json.loads(printed("1", "5", "2", "2", "--method", "fisher_midp", "--json"))
    assert [estimate["method"] for estimate in shown["estimates"]] == ["fisher_midp"]
    result = runner.invoke(app, ["1", "5", "2", "2", "--method", "fisher_mid"])
    assert isinstance(result.exception, InvalidInput)
    assert "Did you mean 'fisher_midp'?" in str(result.exception)


def test_methods_are_listed_without_data():
    assert [line.split()[0] for line in printed("--methods").splitlines()] == list(METHODS)


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
