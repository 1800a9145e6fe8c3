"""The verdict: what blocks, what it is bound to, what a topic may tune. A stand-in replaces the engine here."""

import csv
from dataclasses import replace

import pytest
from support.chain import shipped_topic, store_of
from support.command import call

from catalog.errors import GateBlocked, InvalidInput
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.tables import TABLES
from catalog.topic import Tuning
from catalog.verdict import require_verdict, suite_hash, why_blocked
from expectations.__main__ import app
from expectations.gate import run_gate
from expectations.suite import Result

TOPIC = shipped_topic()
COUNTED = "study.listed_equals_counted"  # critical
TIMED = "patient.recurrence_timed"  # warning
KNOWN = "patient.time_to_cr_known"  # info


@pytest.fixture
def outcomes(monkeypatch):
    """Outcomes by check for the stand-in; every other check passes. `calls` counts its runs."""

    class Outcomes(dict):
        calls = 0

    wanted = Outcomes()

    def stand_in(checks, frames, keys):
        wanted.calls += 1
        return [
            Result(check, wanted.get(check.id, "passed"), 5, int(wanted.get(check.id) == "failed"),
                   ({"key": "park2015", "found": "7, 8"},) if wanted.get(check.id) == "failed" else (),
                   "it broke" if wanted.get(check.id) == "error" else "")
            for check in checks
        ]  # fmt: skip

    monkeypatch.setattr("expectations.suite.run_checks", stand_in)
    return wanted


@pytest.fixture
def store(harmonized_copy, outcomes):
    return store_of(harmonized_copy)


def verdict(store):
    (row,) = store.read("verdict").to_pylist()
    return row


@pytest.mark.parametrize(
    ("wanted", "passed", "n_critical", "n_warning"),
    [
        ({}, True, 0, 0),
        ({COUNTED: "failed"}, False, 1, 0),
        ({COUNTED: "error"}, False, 1, 0),
        ({COUNTED: "not_applicable"}, True, 0, 0),
        ({TIMED: "failed"}, True, 0, 1),
        ({TIMED: "error"}, True, 0, 1),
        ({KNOWN: "failed"}, True, 0, 0),
        ({COUNTED: "failed", TIMED: "failed", KNOWN: "error"}, False, 1, 1),
    ],
)
def test_critical_blocks_a_warning_does_not(store, outcomes, wanted, passed, n_critical, n_warning):
    outcomes.update(wanted)
    assert run_gate(TOPIC, store).passed is passed
    row = verdict(store)
    assert (row["verdict"], row["n_critical"], row["n_warning"]) == (
        "passed" if passed else "blocked", n_critical, n_warning,
    )  # fmt: skip
    kept = {row["check_id"]: row for row in store.read("check").to_pylist()}
    assert all(kept[name]["outcome"] == outcome for name, outcome in wanted.items())
    assert kept["patient.patient_id_unique"]["table_version"] == store.version("patient")


def test_a_blocked_gate_leaves_with_3_and_says_where_the_rows_are(store, outcomes):
    outcomes[COUNTED] = "failed"
    called = call(app, "--data", store.root.parent)
    assert called.code == 3
    assert called.err == f"error: critical checks failed; the rows are in {store.root / 'result' / 'findings.csv'}\n"
    assert (
        "critical: study: a study that lists its CR patients lists as many as it counts: 1 of 5 rows "
        "(Cochrane Handbook 7.2.2)" in called.out
    )
    (row,) = csv.DictReader((store.root / "result" / "findings.csv").open(encoding="utf-8"))
    assert (row["file"], row["row"], row["column"], row["found"]) == ("studies.csv", "2", "n_cr, n_listed", "7, 8")


def test_a_passing_gate_leaves_with_0(store, outcomes):
    outcomes[TIMED] = "failed"
    called = call(app, "--data", store.root.parent)
    assert (called.code, called.err) == (0, "")
    assert "verdict: passed; findings: " in called.out


def test_a_verdict_that_stands_is_not_made_twice(store, outcomes):
    assert run_gate(TOPIC, store).fresh
    again = run_gate(TOPIC, store)
    assert (again.fresh, again.passed, outcomes.calls) == (False, True, 1)
    assert run_gate(TOPIC, store, again=True).fresh
    (store.root / "result" / "findings.csv").unlink()
    assert run_gate(TOPIC, store).fresh
    assert outcomes.calls == 3


def test_before_any_check_analysis_is_held_back(store):
    assert why_blocked(store, TOPIC) == (
        "the tables have not been checked. Run python -m expectations --topic hcc-sorafenib-cr"
    )
    with pytest.raises(GateBlocked) as raised:
        require_verdict(store, TOPIC)
    assert raised.value.exit_code == 3


def test_a_changed_table_makes_the_verdict_stale(store):
    run_gate(TOPIC, store)
    assert why_blocked(store, TOPIC) is None
    rows = store.read("study").to_pylist()
    rows[0]["n_centres"] = 4
    store.replace("study", from_rows(TABLES["study"], rows), Lineage("test"))
    assert why_blocked(store, TOPIC).startswith("the tables have changed since they were checked")
    assert run_gate(TOPIC, store).fresh
    assert why_blocked(store, TOPIC) is None


def test_changed_rules_make_the_verdict_stale(store):
    run_gate(TOPIC, store)
    tuned = replace(TOPIC, tunings=(Tuning(TIMED, "info", "a test"),))
    assert suite_hash(tuned) != suite_hash(TOPIC)
    assert why_blocked(store, tuned).startswith("the rules have changed since the tables were checked")
    assert run_gate(tuned, store).fresh


def test_a_failed_verdict_says_how_many_checks_failed(store, outcomes):
    outcomes.update({COUNTED: "failed", "patient.patient_id_unique": "failed"})
    run_gate(TOPIC, store)
    assert why_blocked(store, TOPIC) == "2 critical checks failed; python -m expectations lists the rows"


def test_a_topic_may_lift_a_block_with_its_reason_beside_it(store, outcomes):
    outcomes[COUNTED] = "failed"
    tuned = replace(TOPIC, tunings=(Tuning(COUNTED, "warning", "lists are partial"),))
    assert run_gate(tuned, store).passed
    (check,) = [row for row in store.read("check").to_pylist() if row["check_id"] == COUNTED]
    assert (check["severity"], check["note"]) == ("warning", "severity set by the topic: lists are partial")


def test_a_tuning_of_an_unknown_rule_is_refused_before_anything_is_checked(store, outcomes):
    tuned = replace(TOPIC, tunings=(Tuning("study.listed_equal_counted", "info", "a test"),))
    with pytest.raises(InvalidInput, match=f"an unknown rule; .* Did you mean '{COUNTED}'"):
        run_gate(tuned, store)
    assert outcomes.calls == 0
    assert store.version("verdict") is None
