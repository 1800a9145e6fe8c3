"""`python -m synthesize.rate`: what it reads, what it refuses and what it prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import InvalidInput
from synthesize.rate import OFFERED, app

TEXT = """study,events,total,stratum,year
A,7,523,mRECIST,2015
B,18,3047,RECIST,2008
C,2,90,RECIST,2010
D,0,449,RECIST,2015
"""
FIELDS = [
    "question", "method", "value", "lower", "upper", "level", "prediction_lower", "prediction_upper",
    "k_studies", "n_patients", "n_events", "tau2", "i2", "loglik", "p_value", "detail",
]  # fmt: skip


@pytest.fixture
def rates(tmp_path: Path) -> Path:
    path = tmp_path / "rates.csv"
    path.write_text(TEXT)
    return path


def run(*arguments: str | Path) -> None:
    app([str(argument) for argument in arguments], standalone_mode=False)


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    run(*arguments, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_json_holds_input_estimates_reasons_and_warnings(rates: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, rates)
    assert list(found) == ["input", "estimates", "not_estimable", "warnings"]
    assert found["input"] == {"file": str(rates), "studies": 4, "events": 27, "total": 4109, "level": 0.95}
    first = found["estimates"][0]
    assert [name for name in FIELDS if name not in first] == []
    assert (first["method"], first["subset"]) == ("glmm_t", "all")
    assert first["value"] == pytest.approx(0.0068573, abs=1e-7)
    assert {"method", "reason"} <= set(found["not_estimable"][0])
    assert any("glmm_bayes_nm4_hn1" in warning for warning in found["warnings"])


def test_each_stratum_follows_all_studies(rates: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, rates, "--method", "glmm_t")
    assert [(one["subset"], one["k_studies"]) for one in found["estimates"]] == [("all", 4), ("RECIST", 3)]
    assert [one["subset"] for one in found["not_estimable"]] == ["mRECIST"]


@pytest.mark.parametrize("header", ["xi,ni", "event,n", "events,total", "Events,Total", "r,n"])
def test_other_tools_names_are_understood(header: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"{header}\n7,523\n18,3047\n2,90\n")
    found = as_json(capsys, path, "--method", "complete_pooling_exact", "--level", "0.9")
    assert found["estimates"][0]["value"] == pytest.approx(27 / 3660)
    assert found["estimates"][0]["level"] == 0.9


def test_the_table_names_every_method(rates: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(rates)
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("glmm_t", "freeman_tukey_reml", "fisher_homogeneity", "warning:"))


def test_methods_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    run("--methods")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(OFFERED)


def test_help_carries_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    run("--help")
    assert "python -m synthesize.rate rates.csv" in capsys.readouterr().out


def test_subgroup_moderator_leave_one_out_and_cumulative(rates: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(
        capsys, rates, "--subgroup", "stratum", "--moderator", "year", "--leave-one-out", "--cumulative", "year"
    )
    by_name = {(one["method"], one["subset"]) for one in [*found["estimates"], *found["not_estimable"]]}
    assert {
        ("subgroup_test", "all"), ("glmm_t_common_tau", "RECIST"), ("glmm_regression", "per unit of year"),
        ("glmm_t", "without D"), ("glmm_t", "up to 2015"),
    } <= by_name  # fmt: skip


def test_groups_that_share_a_name_with_a_stratum_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "two.csv"
    path.write_text("study,events,total,stratum,design\nA,1,50,x,x\nB,2,60,x,y\nC,3,70,y,y\nD,1,80,y,x\n")
    found = as_json(capsys, path, "--subgroup", "design", "--method", "complete_pooling_exact")
    assert [one["subset"] for one in found["estimates"]] == ["all", "x", "y", "design x", "design y"]


def test_a_forest_is_drawn(rates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("forest.svg", "forest.png"):
        run(rates, "--plot", tmp_path / name, "--method", "glmm_t")
        assert (tmp_path / name).stat().st_size > 10_000
    assert "Random-intercept logistic model" in (tmp_path / "forest.svg").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forest.png", "forest.svg", "rates.csv"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("study,events,total\nA,7,5\nB,1,0\nC,-1,9\n", ["row 3", "'total'", "row 4", "'events'", "'-1'"]),
        ("study,events,total\nA,7,5\nB,9,8\n", ["2 problems", "row 2", "7 of 5", "0 to 5", "row 3", "exchanged"]),
        ("study,cases,total\nA,7,9\n", ["required column is missing", "'events'"]),
        ("study,events,total\nA,,9\n", ["row 2", "a value is missing"]),
        ("study,events,total\nA,1.5,9\n", ["whole number"]),
        ("study,events,total\n", ["a header and no rows"]),
        ("", ["empty"]),
    ],
)
def test_wrong_files_are_refused_with_every_problem(text: str, says: list[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        run(path)
    assert all(part in str(caught.value) for part in says)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--method", "glmm"], "unknown method"),
        (["--method", "glmm_tt"], "Did you mean 'glmm_t'"),
        (["--level", "95"], "between 0 and 1"),
        (["--subgroup", "yaer"], "Did you mean 'year'"),
        (["--moderator", "stratum"], "not a number"),
        (["--method", "subgroup_test"], "--subgroup COLUMN"),
        (["--plot", "forest.pdf"], ".svg or .png"),
        (["--plot", "/no/such/folder/forest.png"], "no such folder"),
    ],
)
def test_wrong_calls_are_refused(arguments: list[str], says: str, rates: Path) -> None:
    with pytest.raises(InvalidInput, match=says):
        run(rates, *arguments)


def test_a_call_without_a_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no file given"):
        run("--level", "0.9")


def test_studies_of_one_name_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "same.csv"
    path.write_text("study,events,total\nKim,7,523\nKim,18,3047\nLee,2,90\n,1,80\n")
    found = as_json(capsys, path, "--leave-one-out", "--method", "glmm_t")
    assert [one["subset"] for one in found["estimates"]] == [
        "all", "without Kim (row 2)", "without Kim (row 3)", "without Lee", "without row 5",
    ]  # fmt: skip
