"""How far a table moved between two versions: pure functions first, then through the gate with a stand-in."""

from dataclasses import replace

import pyarrow as pa
import pytest
from support.chain import shipped_topic, store_of

from catalog.errors import InvalidInput
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.tables import TABLES
from catalog.topic import Tuning
from expectations.checks import all_checks
from expectations.drift import LEAST, drift
from expectations.findings import read
from expectations.gate import run_gate
from expectations.suite import Result

TOPIC = shipped_topic()
CHECKS = {check.id: check for check in all_checks() if check.kind == "drift"}


def patients(n=20, **columns):
    rows = [{"patient_id": f"p{i:03}"} for i in range(n)]
    for name, cells in columns.items():
        for row, cell in zip(rows, cells, strict=True):
            row[name] = cell
    return from_rows(TABLES["patient"], rows)


def moved(rule, before, now, version=3):
    return drift(CHECKS[f"patient.{rule}"], before, now, version)


def said(result):
    return [(row["column"], row["found"]) for row in result.violations]


@pytest.mark.parametrize("rule", ["rows_kept", "missing_steady", "words_steady", "range_steady"])
def test_nothing_before_is_nothing_to_compare_and_no_change_is_no_drift(rule):
    table = patients(sex=["M", "F"] * 10, age_years=[float(i) for i in range(20)])
    assert moved(rule, None, table, None).outcome == "not_applicable"
    assert moved(rule, table, table).outcome == "passed"


def test_rows_that_go_are_seen_and_rows_that_come_are_not():
    assert said(moved("rows_kept", patients(20), patients(17))) == [("", "20 rows in version 3, 17 rows now")]
    assert moved("rows_kept", patients(20), patients(18)).outcome == "passed"
    assert moved("rows_kept", patients(20), patients(40)).outcome == "passed"


def test_a_column_that_empties_or_fills_is_seen_with_both_figures():
    full, half = patients(age_years=[50.0] * 20), patients(age_years=[50.0] * 10 + [None] * 10)
    assert said(moved("missing_steady", full, half)) == [("age_years", "0% missing in version 3, 50% now")]
    assert said(moved("missing_steady", half, full)) == [("age_years", "50% missing in version 3, 0% now")]


def test_exactly_the_bound_is_not_too_far():
    assert moved("missing_steady", patients(age_years=[50.0] * 20),
                 patients(age_years=[50.0] * 18 + [None] * 2)).outcome == "passed"  # fmt: skip


def test_not_reported_is_missing():
    known, unsaid = patients(sex=["M"] * 20), patients(sex=["M"] * 10 + ["not_reported"] * 10)
    assert said(moved("missing_steady", known, unsaid)) == [("sex", "0% missing in version 3, 50% now")]


def test_the_word_that_moved_most_is_named_and_several_codes_count_each():
    before = patients(etiology=["HBV"] * 20)
    now = patients(etiology=["HBV;alcohol"] * 10 + ["HBV"] * 10)
    assert said(moved("words_steady", before, now)) == [("etiology", "alcohol 0% in version 3, 50% now")]


def test_a_range_that_widens_is_seen_with_both_ranges():
    before = patients(age_years=[40.0 + i for i in range(20)])
    now = patients(age_years=[40.0 + i for i in range(19)] + [90.0])
    assert said(moved("range_steady", before, now)) == [("age_years", "40 to 59 in version 3, 40 to 90 now")]


def test_few_known_cells_are_not_compared():
    few = LEAST - 1
    before = patients(age_years=[40.0 + i for i in range(few)] + [None] * (20 - few))
    now = patients(age_years=[400.0 + i for i in range(few)] + [None] * (20 - few))
    assert moved("range_steady", before, now).outcome == "not_applicable"
    assert moved("missing_steady", patients(few), patients(few)).outcome == "not_applicable"


@pytest.fixture
def store(harmonized_copy, monkeypatch):
    monkeypatch.setattr("expectations.suite.run_checks", lambda checks, tables, keys: [
        Result(check, "passed", 5, 0) for check in checks
    ])  # fmt: skip
    return store_of(harmonized_copy)


def forget_ages(store):
    table = store.read("patient")
    place = table.column_names.index("age_years")
    store.replace("patient", table.set_column(place, "age_years", pa.nulls(len(table), pa.float64())), Lineage("test"))


def outcomes(store, rule):
    return {row["check_id"]: row["outcome"] for row in store.read("check").to_pylist()}[rule]


def test_the_gate_compares_with_what_last_passed_warns_and_stays_the_same_when_asked_again(store):
    run_gate(TOPIC, store)
    assert outcomes(store, "patient.missing_steady") == "not_applicable"
    was = store.version("patient")
    forget_ages(store)
    first = run_gate(TOPIC, store)
    assert first.passed
    assert outcomes(store, "patient.missing_steady") == "failed"
    (row,) = [row for row in read(first.findings_file) if row["rule"] == "missing_steady" and row["table"] == "patient"]
    assert (row["severity"], row["column"]) == ("warning", "age_years")
    assert row["found"].endswith(f"missing in version {was}, 100% now")
    versions, findings = (store.version("check"), store.version("verdict")), first.findings_file.read_bytes()
    for again in (False, True):
        outcome = run_gate(TOPIC, store, again=again)
        assert (store.version("check"), store.version("verdict")) == versions
        assert outcome.findings_file.read_bytes() == findings


def test_a_topic_tunes_a_bound_with_its_reason(store):
    tuned = replace(TOPIC, tunings=(Tuning("patient.missing_steady", "info", "ages were withdrawn", 1.0),))
    run_gate(tuned, store)
    forget_ages(store)
    run_gate(tuned, store)
    (check,) = [row for row in store.read("check").to_pylist() if row["check_id"] == "patient.missing_steady"]
    assert (check["outcome"], check["severity"]) == ("passed", "info")
    assert check["note"] == "bound 1 set by the topic: ages were withdrawn"


def test_only_a_drift_has_a_bound(store):
    tuned = replace(TOPIC, tunings=(Tuning("study.cr_within_treated", "info", "a test", 0.5),))
    with pytest.raises(InvalidInput, match="only a drift has a bound"):
        run_gate(tuned, store)


def test_a_bound_below_nothing_and_a_second_tuning_are_refused(store):
    tuning = Tuning("patient.missing_steady", "info", "a test", -0.5)
    with pytest.raises(InvalidInput) as raised:
        run_gate(replace(TOPIC, tunings=(tuning, tuning)), store)
    assert {problem.what for problem in raised.value.problems} == {
        "a bound is a share, 0 or more", "the topic tunes a rule twice",
    }  # fmt: skip
