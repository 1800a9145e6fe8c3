"""`python -m expectations`: one suite, JSON, exit codes, first rows, pages. A stand-in replaces the engine here."""

import json

import pytest
from support.chain import store_of
from support.command import call

from catalog.lineage import Lineage
from expectations.__main__ import app
from expectations.suite import Result

COUNTED = "study.listed_equals_counted"  # critical
TIMED = "patient.recurrence_timed"  # warning


@pytest.fixture
def outcomes(monkeypatch):
    """Outcomes by check for the stand-in; every other check passes. `asked` holds the tables of its last run."""

    class Outcomes(dict):
        asked = frozenset()

    wanted = Outcomes()

    def stand_in(checks, tables, keys):
        wanted.asked = {check.table for check in checks}
        return [
            Result(check, wanted.get(check.id, "passed"), 9, 5 * (wanted.get(check.id) == "failed"),
                   tuple({"key": f"k{i}", "found": "7, 8"} for i in range(5 * (wanted.get(check.id) == "failed"))),
                   "it broke" if wanted.get(check.id) == "error" else "")
            for check in checks
        ]  # fmt: skip

    monkeypatch.setattr("expectations.suite.run_checks", stand_in)
    return wanted


@pytest.fixture
def store(harmonized_copy, outcomes):
    return store_of(harmonized_copy)


def gate(store, *arguments):
    return call(app, "--data", store.root.parent, *arguments)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, 0),
        ({TIMED: "failed"}, 0),
        ({TIMED: "error"}, 0),
        ({COUNTED: "failed"}, 3),
        ({COUNTED: "error"}, 1),
        ({COUNTED: "error", "study.cr_within_treated": "failed"}, 1),
    ],
)
def test_blocked_and_broken_leave_differently(store, outcomes, wanted, code):
    outcomes.update(wanted)
    called = gate(store)
    assert called.code == code
    assert "Traceback" not in called.err
    assert ("critical checks broke" in called.err) == (code == 1)


def test_the_first_rows_are_printed_and_the_others_counted(store, outcomes):
    outcomes[COUNTED] = "failed"
    out = gate(store).out
    assert "  k0: n_cr, n_listed: 7, 8\n" in out
    assert "  k2: n_cr, n_listed: 7, 8\n  and 2 more\n" in out
    assert "k3" not in out


def test_a_source_that_changed_since_it_was_harmonized_holds_the_analysis_back(store, outcomes):
    assert gate(store).code == 0
    store.replace("overlap_choice", store.read("overlap_choice").slice(1), Lineage("test"))
    called = gate(store)
    assert (called.code, "verdict: passed (stood already" in called.out) == (3, True)
    assert "sources have changed since they were harmonized: overlap_choice. Run python -m harmonize" in called.err
    assert "overlap_choice" in json.loads(gate(store, "--json").out)["outdated"]
    assert gate(store, "--suite", "study").code == 0


def test_a_check_that_broke_says_why(store, outcomes):
    outcomes[COUNTED] = "error"
    assert "lists as many as it counts: the check broke: it broke" in gate(store).out


def test_one_suite_is_run_and_printed_and_decides_nothing(store, outcomes):
    outcomes[COUNTED] = "failed"
    called = gate(store, "--suite", "patient")
    assert (called.code, outcomes.asked) == (0, {"patient"})
    assert "suite patient only, no verdict" in called.out
    assert "measurement" not in called.out
    assert (store.version("verdict"), store.version("check")) == (None, None)
    assert not (store.root / "result" / "findings.csv").exists()
    assert gate(store, "--suite", "study").code == 3


def test_one_suite_of_a_standing_verdict_is_shown_without_checking_again(store, outcomes):
    gate(store)
    version, outcomes.asked = store.version("verdict"), set()
    called = gate(store, "--suite", "overlap")
    assert (called.code, outcomes.asked, store.version("verdict")) == (0, set(), version)


def test_an_unknown_suite_is_refused_with_the_nearest(store):
    called = gate(store, "--suite", "patients")
    assert called.code == 2
    assert "no such suite; found 'patients'; allowed: study, patient" in called.err
    assert "Did you mean 'patient'?" in called.err


def test_json_is_one_object_with_everything(store, outcomes):
    outcomes.update({COUNTED: "failed", TIMED: "error"})
    called = gate(store, "--json")
    said = json.loads(called.out)
    assert (called.code, said["verdict"], said["suite"], said["fresh"]) == (3, "blocked", None, True)
    assert sum(said["counts"].values()) == len(said["checks"])
    assert (said["counts"]["failed"], said["counts"]["error"]) == (1, 1)
    (check,) = [check for check in said["checks"] if check["check_id"] == COUNTED]
    assert [row["key"] for row in check["first_rows"]] == ["k0", "k1", "k2"]
    assert said["table_versions"]["study"] == store.version("study")
    again = json.loads(gate(store, "--json").out)
    assert (again["fresh"], again["verdict"], again["counts"]) == (False, "blocked", said["counts"])
    assert {row["check_id"]: row for row in again["checks"]} == {row["check_id"]: row for row in said["checks"]}


def test_json_of_a_suite_has_no_verdict(store):
    said = json.loads(gate(store, "--suite", "claim", "--json").out)
    assert (said["verdict"], said["suite"]) == (None, "claim")
    assert {check["table"] for check in said["checks"]} == {"claim"}


def test_pages_lie_with_the_data_and_need_no_network(store, outcomes):
    outcomes[COUNTED] = "failed"
    called = gate(store)
    pages = store.root / "result" / "data_docs"
    assert f"data docs: {pages / 'index.html'}" in called.out
    text = (pages / "index.html").read_text(encoding="utf-8")
    assert "://" not in text.split("<body>")[0]
    assert "Failed (1)" in text
    assert "a study that lists its CR patients lists as many as it counts" in text
    before = {path.name: path.read_bytes() for path in pages.iterdir()}
    gate(store, "--again")
    assert {path.name: path.read_bytes() for path in pages.iterdir()} == before


def test_a_standing_verdict_prints_what_the_first_run_printed(store, outcomes):
    outcomes.update({TIMED: "failed", "overlap.decided": "failed", "claim.printed_median_within": "failed"})
    first, second = (gate(store).out.splitlines() for _ in range(2))
    assert [line for line in first if not line.startswith("verdict")] == [
        line for line in second if not line.startswith("verdict")
    ]
