"""``python -m synthesize.survival``: the three forms of a file, its JSON, and one message per mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from catalog.errors import InvalidInput
from synthesize.survival.analyses import METHODS
from synthesize.survival.command import app

FOUNDING = """time,status,group
10,1,on\n42,1,off\n9,2,on\n43,0,on\n3,1,on\n7,0,on\n25,0,on
"""


def _file(folder: Path, text: str) -> str:
    path = folder / "times.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _json(folder: Path, text: str, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, [_file(folder, text), "--json", *options], catch_exceptions=False)
    assert result.exit_code == 0
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def _of(printed: dict[str, Any], method: str, subset: str = "all") -> dict[str, Any]:
    return next(one for one in printed["estimates"] if (one["method"], one["subset"]) == (method, subset))


def test_every_method_gives_a_number_or_a_reason(tmp_path: Path) -> None:
    printed = _json(tmp_path, FOUNDING)
    named = {one["method"] for one in printed["estimates"] + printed["not_estimable"]}
    assert named == set(METHODS)
    assert printed["input"]["form"] == "time,status"
    assert _of(printed, "kaplan_meier")["value"] == 42
    assert _of(printed, "aalen_johansen", "all: event 1")["value"] == pytest.approx(4 / 7, abs=1e-15)
    assert _of(printed, "cox_firth", "on against off")["value"] == pytest.approx(0.6976, abs=5e-5)
    assert any("competing events" in warning for warning in printed["warnings"])


def test_exact_times_as_intervals(tmp_path: Path) -> None:
    rows = "".join(f"{month},{month},1\n" for month in (2, 6, 2, 3, 2, 5, 3))
    printed = _json(tmp_path, "lower,upper,event\n" + rows)
    for method in ("kaplan_meier", "turnbull"):
        found = _of(printed, method)
        assert (found["value"], found["lower"], found["upper"]) == (3, 2, 5)
        assert set(found["detail"]) >= {"median", "quartiles", "curve"}


def test_intervals_leave_kaplan_meier_with_a_reason_and_touching_ends_with_a_warning(tmp_path: Path) -> None:
    printed = _json(tmp_path, "lower,upper,event\n1,2,1\n2,3,1\n0,4,1\n5,,0\n6,9,0\n")
    reasons = {one["method"]: one["reason"] for one in printed["not_estimable"]}
    assert reasons["kaplan_meier"].startswith("3 of 5 times")
    assert "(lower, upper]" in printed["warnings"][0]
    assert _of(printed, "turnbull")["n_events"] == 3
    assert _of(printed, "turnbull")["detail"]["right_censored"] == 2


def test_without_an_event_column_an_empty_upper_end_is_censored(tmp_path: Path) -> None:
    printed = _json(tmp_path, "left;right\n1;2\n3;NA\n")
    assert _of(printed, "turnbull")["n_events"] == 1


def test_rates_of_groups_are_named_by_the_group_alone(tmp_path: Path) -> None:
    """A group called *stopped* is not on a drug because it comes second in the alphabet."""
    printed = _json(tmp_path, "time,status,group\n10,1,kept\n42,0,kept\n9,1,stopped\n7,1,stopped\n3,0,stopped\n")
    assert not [one for one in printed["estimates"] if one["method"] in ("person_time_rate_on", "person_time_rate_off")]
    assert _of(printed, "person_time_rate", "stopped")["value"] == pytest.approx(100 * 2 / 19)
    assert _of(printed, "person_time_rate", "kept")["value"] == pytest.approx(100 * 1 / 52)
    assert _of(printed, "person_time_rate", "stopped")["n_patients"] == 3
    assert _of(printed, "cox_firth", "stopped against kept")["n_patients"] == 5


def test_an_end_that_is_not_reached_is_said(tmp_path: Path) -> None:
    printed = CliRunner().invoke(app, [_file(tmp_path, "time,status\n10,1\n42,0\n9,0\n")]).stdout
    assert "95 % interval" in printed
    assert "10 – not reached" in printed


def test_start_stop_rows(tmp_path: Path) -> None:
    """The founding paper's status after CR, split at the stop: Cox 0.4294, rates 1 in 88.5 and 2 in 50.5."""
    rows = "start,stop,status,drug\n0,1.5,0,1\n1.5,10,1,0\n0,42,1,0\n0,9,0,1\n0,43,0,1\n0,3,1,1\n0,7,0,1\n0,25,0,1\n"
    printed = _json(tmp_path, rows, "--group", "drug")
    assert _of(printed, "cox_firth", "1 against 0")["value"] == pytest.approx(0.4294, abs=5e-5)
    assert _of(printed, "person_time_rate_ratio", "1 against 0")["value"] == pytest.approx(0.2853, abs=5e-5)
    assert _of(printed, "kaplan_meier")["n_patients"] is None
    # off the drug: patients 1 and 2, with the recurrences at 10 and 42; between them the curve rests at 1/2
    assert _of(printed, "kaplan_meier", "0")["value"] == 26


def test_three_groups_have_a_log_rank_test_only(tmp_path: Path) -> None:
    rows = "".join(f"{month},1,{'abc'[month % 3]}\n" for month in range(1, 13))
    printed = _json(tmp_path, "time,status,group\n" + rows)
    assert _of(printed, "logrank", "groups")["p_value"] > 0
    reasons = {one["method"]: one["reason"] for one in printed["not_estimable"]}
    assert "3" in reasons["cox_firth"]


def test_printed_medians_are_pooled_and_nothing_else_applies(tmp_path: Path) -> None:
    rows = "study,n,median,min,q1,q3,max\nA,7,3,2,,,6\nB,25,6,,3.5,11,\nC,9,4,,,,\n"
    printed = _json(tmp_path, rows)
    assert [one["method"] for one in printed["estimates"]] == ["pooled_median_quantile"]
    assert {one["method"] for one in printed["not_estimable"]} == set(METHODS) - {"pooled_median_quantile"}
    assert _of(printed, "pooled_median_quantile")["k_studies"] == 2
    assert "C left out" in printed["warnings"][0]


def test_one_method_and_another_scale(tmp_path: Path) -> None:
    printed = _json(tmp_path, FOUNDING, "--method", "kaplan_meier", "--conf-type", "plain", "--level", "0.9")
    assert {one["method"] for one in printed["estimates"]} == {"kaplan_meier"}
    assert _of(printed, "kaplan_meier")["level"] == 0.9


def test_no_resamples(tmp_path: Path) -> None:
    found = _of(_json(tmp_path, FOUNDING, "--resamples", "0"), "turnbull")
    assert found["detail"]["lower"] == "no bootstrap was asked for"


def test_the_methods_are_listed() -> None:
    result = CliRunner().invoke(app, ["--methods"])
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(METHODS)


def test_an_event_at_month_zero(tmp_path: Path) -> None:
    printed = _json(tmp_path, "time,status,group\n0,1,a\n4,1,b\n5,1,a\n")
    reasons = {(one["method"], one["subset"]): one["reason"] for one in printed["not_estimable"]}
    assert "month 0" in reasons["cox_firth", "b against a"]
    assert "no logarithm" in reasons["weibull", "all"]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,b\n1,2\n", [], "columns of no form"),
        ("time,status,start,stop\n1,1,0,1\n", [], "columns of two forms"),
        ("lower,upper,event\n5,2,1\n", [], "ends before it starts"),
        ("lower,upper,event\n5,,1\n", [], "without the month by which"),
        ("lower,upper,event\n5,6,2\n", [], "allowed: 0 or 1"),
        ("time,status\n5,2\n6,1\n", [], "2 may mean"),
        ("time,status\n-5,1\n", [], "at least 0"),
        ("time,status\n5,yes\n", [], "not a value of this column"),
        ("start,stop,status\n5,5,1\n", [], "must stop after it starts"),
        ("time,status,group\n5,1,\n", [], "no group is given"),
        ("time,status,drug\n5,1,x\n", ["--group", "drugs"], "Did you mean 'drug'"),
        (FOUNDING, ["--level", "95"], "not a confidence level"),
        (FOUNDING, ["--conf-type", "logit"], "not a kind of interval"),
        (FOUNDING, ["--resamples", "-1"], "not a number of resamples"),
        (FOUNDING, ["--seed", "-1"], "not a seed"),
        (FOUNDING, ["--method", "kaplan"], "Did you mean 'kaplan_meier'"),
    ],
)
def test_each_mistake_has_its_message(tmp_path: Path, text: str, options: list[str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        CliRunner().invoke(app, [_file(tmp_path, text), *options], catch_exceptions=False)


def test_all_wrong_rows_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="2 problems"):
        CliRunner().invoke(app, [_file(tmp_path, "lower,upper,event\n5,2,1\n7,1,1\n")], catch_exceptions=False)


def test_a_call_without_a_file_is_told_how() -> None:
    with pytest.raises(InvalidInput, match="no file given"):
        CliRunner().invoke(app, [], catch_exceptions=False)
