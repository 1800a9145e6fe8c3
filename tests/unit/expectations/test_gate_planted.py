"""Violations planted in the harmonized tables, past everything that would refuse them earlier: the gate finds each."""

import csv

import pytest
from support.chain import copied, shipped_topic, store_of
from support.command import call
from support.workplace import fill

from catalog.compact import compacted
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES
from catalog.verdict import why_blocked
from expectations.__main__ import app
from expectations.checks import all_checks
from expectations.gate import run_gate


def change(store, table, key, **cells):
    """Change cells of the row with a key."""
    rows = store.read(table).to_pylist()
    row = next(row for row in rows if row[TABLES[table].key] == key)
    row.update(cells)
    store.replace(table, from_rows(TABLES[table], rows), Lineage("test"))


# rule: how many rows break it, key of one of them, what is found there, file and row
PLANTED = {
    "study.design_known": (1, "kcc2015", "cohorts", "studies.csv"),
    "study.n_centres_within": (1, "rimola2018", "0", "studies.csv"),
    "study.report_id_is_a_report": (1, "lee2015", "pmid:0", "studies.csv"),
    "study.cr_within_treated": (1, "kudo2010", "90, 91", "studies.csv"),
    "study.case_reports_have_no_denominator": (1, "so2008", "treated_population", "studies.csv"),
    "study.treated_population_counted": (1, "so2008", "nothing", "studies.csv"),
    "study.listed_equals_counted": (1, "park2015", "8, 7", "studies.csv"),
    "patient.study_id_is_a_study": (1, "huan2014_p1", "nowhere", "patients.csv"),
    "patient.age_years_within": (1, "liu2015_p1", "300", "patients.csv"),
    "patient.age_years_usual": (1, "liu2015_p1", "300", "patients.csv"),
    "patient.alt_iu_l_usual": (1, "sacco2011_p1", "0", "patients.csv"),
    "patient.etiology_known": (1, "kim2013_p1", "HBV;gin", "patients.csv"),
    "patient.alt_iu_l_within": (1, "sacco2011_p1", "0", "patients.csv"),
    "patient.disease_free_from_cr_ordered": (1, "shinoda2015_p1", "34, 40", "patients.csv"),
    "patient.disease_free_from_cr_months_lower_within": (1, "park2015_p5", "-3", "park2015_tables_2_to_5.csv"),
    "patient.follow_up_as_stated": (2, "park2015_p5", "-3, 3", "park2015_tables_2_to_5.csv"),
    "patient.recurrence_timed": (1, "park2015_p1", "nothing", "park2015_tables_2_to_5.csv"),
    "patient.off_the_drug_at_cr": (1, "park2015_p3", "9, 2", "park2015_tables_2_to_5.csv"),
    "patient.maintained_agrees": (1, "park2015_p3", "stopped_before_cr", "park2015_tables_2_to_5.csv"),
    "patient.no_site_without_recurrence": (1, "park2015_p4", "lung", "park2015_tables_2_to_5.csv"),
    "measurement.patient_id_is_a_patient": (1, "park2015_p1:AFP:baseline", "nobody", ""),
    "measurement.marker_value_within": (1, "park2015_p2:AFP:baseline", "-468", ""),
    "patient.markers_measured": (1, "park2015_p1", "afp_baseline_ng_ml", "park2015_tables_2_to_5.csv"),
    "measurement.value_agrees_with_patient": (1, "park2015_p2:AFP:baseline", "-468, 468", ""),
    "measurement.afp_possible": (1, "park2015_p2:AFP:baseline", "-468", ""),
    "overlap.pair_id_unique": (2, "kcc2015|lee2015", "kcc2015|lee2015", ""),
    "overlap.second_id_is_a_patient": (1, "park2015_p4|park2017_ol_p1", "nobody", ""),
    "overlap.first_id_is_a_study": (1, "kudo2010|shiba2014", "nowhere", ""),
}


@pytest.fixture(scope="module")
def planted(gated_data, tmp_path_factory):
    store = store_of(copied(gated_data, tmp_path_factory.mktemp("planted") / "data"))
    change(store, "study", "kcc2015", design="cohorts")
    change(store, "study", "rimola2018", n_centres=0)
    change(store, "study", "lee2015", report_id="pmid:0")
    change(store, "study", "kudo2010", n_cr=91)
    change(store, "study", "so2008", denominator="treated_population")
    change(store, "study", "park2015", n_cr=8)
    change(store, "patient", "huan2014_p1", study_id="nowhere")
    change(store, "patient", "liu2015_p1", age_years=300.0)
    change(store, "patient", "kim2013_p1", etiology="HBV;gin")
    change(store, "patient", "sacco2011_p1", alt_iu_l=0.0)
    change(store, "patient", "shinoda2015_p1", disease_free_from_cr_months_lower=40.0)
    change(store, "patient", "park2015_p5", disease_free_from_cr_months_lower=-3.0)
    change(store, "patient", "park2015_p1", disease_free_from_cr_months_lower=None)
    change(store, "patient", "park2015_p3", drug_after_cr="stopped_before_cr")
    change(store, "patient", "park2015_p4", recurrence_site="lung")
    change(store, "measurement", "park2015_p1:AFP:baseline", patient_id="nobody")
    change(store, "measurement", "park2015_p2:AFP:baseline", marker_value=-468.0)
    change(store, "overlap", "korea2021|lee2015", pair_id="kcc2015|lee2015")
    change(store, "overlap", "park2015_p4|park2017_ol_p1", second_id="nobody")
    change(store, "overlap", "kudo2010|shiba2014", first_id="nowhere")
    return store


@pytest.fixture(scope="module")
def called(planted):
    return call(app, "--data", planted.root.parent)


@pytest.fixture(scope="module")
def found(planted, called):
    rows = csv.DictReader((planted.root / "result" / "findings.csv").open(encoding="utf-8"))
    return [{**row, "check": f"{row['table']}.{row['rule']}"} for row in rows]


def test_the_gate_blocks_and_says_so(planted, called):
    assert called.code == 3
    assert called.err.startswith("error: critical checks failed; the rows are in ")
    assert "verdict: blocked" in called.out
    assert "critical checks failed" in why_blocked(planted, shipped_topic())


@pytest.mark.parametrize("check", PLANTED)
def test_each_planted_violation_is_found_where_it_stands(found, check):
    count, key, value, file = PLANTED[check]
    own = [row for row in found if row["check"] == check]
    assert len(own) == count
    (row,) = {tuple(row.items()): row for row in own if row["key"] == key}.values()
    assert (row["found"], row["file"]) == (value, file)
    assert row["row"].isdigit() if file else row["row"] == ""
    assert row["column"]
    assert row["remedy"] == "Correct the source and load it again, or state in the topic file why it may stand"


def test_nothing_else_fails_than_before_and_what_was_planted(planted, called, gated_data):
    before = {row["check_id"]: row["outcome"] for row in store_of(gated_data).read("check").to_pylist()}
    after = {row["check_id"]: row["outcome"] for row in planted.read("check").to_pylist()}
    drifts = {check.id for check in all_checks() if check.kind == "drift"}  # which had nothing before to look at
    assert {name for name in after if after[name] != before[name]} - drifts == set(PLANTED)
    assert {after[name] for name in PLANTED} == {"failed"}


def test_a_large_table_gives_the_same_checks_and_findings(planted, called, found, monkeypatch):
    """A large one comes from the store with its texts as codes."""
    read = Store.read

    def as_large(self, name, version=None, *, compact=False):
        rows = read(self, name, version)
        return compacted(rows, TABLES[name].key) if compact else rows

    before = planted.read("check").to_pylist()
    monkeypatch.setattr(Store, "read", as_large)
    outcome = run_gate(shipped_topic(), planted, again=True)
    assert {row["check_id"]: row for row in outcome.checks} == {row["check_id"]: row for row in before}
    again = csv.DictReader(outcome.findings_file.open(encoding="utf-8"))
    assert [{**row, "check": f"{row['table']}.{row['rule']}"} for row in again] == found


def test_no_cell_of_the_findings_is_a_machines_word_for_nothing(found):
    assert not {cell for row in found for cell in row.values()} & {"nan", "NaN", "None", "<NA>", "nan, nan"}


def test_a_groups_own_cohort_passes_the_gate_and_empty_columns_are_not_called_passed(tmp_path):
    """From end to end: synthetic sheets, and a ward's file with a [study] section, to a passing verdict."""
    folder = fill(tmp_path)
    called = call(app, "--data", folder / "data")
    assert (called.code, called.err) == (0, "")
    store = Store(folder / "data", "hcc-sorafenib-cr")
    assert why_blocked(store, shipped_topic()) is None
    outcomes = {row["check_id"]: row["outcome"] for row in store.read("check").to_pylist()}
    assert outcomes["study.listed_equals_counted"] == outcomes["study.report_id_is_a_report"] == "passed"
    assert outcomes["patient.alt_iu_l_within"] == outcomes["measurement.marker_known"] == "not_applicable"
    assert "error" not in outcomes.values()
