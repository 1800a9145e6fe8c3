"""The shipped evidence, harmonized: what each published patient's words mean as intervals, status and certainty."""

import pytest
from support.chain import shipped_topic, store_of

from catalog.errors import Problems
from catalog.tables import GATED, TABLES
from harmonize.overlap import overlaps
from harmonize.tables import harmonize

WEEKS_23 = 23 * 7 / 30.4375


@pytest.fixture(scope="module")
def store(harmonized_data):
    return store_of(harmonized_data)


@pytest.fixture(scope="module")
def studies(store):
    return {row["study_id"]: row for row in store.read("study").to_pylist()}


@pytest.fixture(scope="module")
def patients(store):
    return {row["patient_id"]: row for row in store.read("patient").to_pylist()}


NOTHING = (None, None)
# patient: certainty, time to CR, the drug after CR, time from CR to the stop, disease-free time from CR
PUBLISHED = {
    # CR within 6 months of treatment; 6 months without recurrence after stopping
    "so2008_p1": ("confirmed", (0, 6), "stopped_after_cr", (0, 6), (6, 12)),
    # half the size at month 3, CR at month 6
    "sacco2011_p1": ("confirmed", (3, 6), "unclear", NOTHING, NOTHING),
    # 12 months of drug are the total or counted from CR
    "kim2013_p1": ("confirmed", (4, 4), "stopped_after_cr", (8, 12), (12, 16)),
    "huan2014_p1": ("confirmed", NOTHING, "unclear", NOTHING, NOTHING),
    # resected: the specimen gives only an upper bound
    "kermiche2013_p1": ("confirmed", (0, 9), "surgery", NOTHING, NOTHING),
    # more than 35 months: open above
    "liu2015_p1": ("confirmed", (WEEKS_23, WEEKS_23), "maintained", NOTHING, (35, None)),
    "shinoda2015_p1": ("confirmed", (8, 8), "reduced", NOTHING, (34, 34)),
    "katafuchi2015_p1": ("confirmed", NOTHING, "unclear", NOTHING, NOTHING),
    # follow-up from surgery, on which CR was found
    "cmh2017_p1": ("confirmed", (0, 12), "surgery", NOTHING, (12, 12)),
    # stopped for heart failure at 48 months; 52 months of follow-up without an origin
    "park2017_ol_p1": ("confirmed", (4, 4), "stopped_after_cr", (44, 44), NOTHING),
    "adzic2023_p1": ("confirmed", NOTHING, "unclear", NOTHING, NOTHING),
    "acemap2013_p1": ("near_complete", NOTHING, "maintained", NOTHING, NOTHING),
    # CR only after the drug was stopped
    "pmid32557088_p1": ("confirmed", (2, None), "stopped_before_cr", NOTHING, (17, 17)),
    # 5 months are the time to a normal AFP
    "pmid21985853_p1": ("marker_led", NOTHING, "unclear", NOTHING, NOTHING),
    "rasul2012_p1": ("confirmed", NOTHING, "unclear", NOTHING, NOTHING),
    "cjg2015_p1": ("confirmed", (0, 5), "surgery", NOTHING, NOTHING),
    "scilit2cases_p1": ("confirmed", (0, 10), "surgery", NOTHING, (12, 12)),
    "scilit2cases_p2": ("confirmed", (0, 12), "surgery", NOTHING, (16, 16)),
    "annhepatol2019_p1": ("not_verified", NOTHING, "unclear", NOTHING, NOTHING),
    "guo2021_p1": ("confirmed", NOTHING, "unclear", NOTHING, NOTHING),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_patients(patients, name):
    row = patients[name]
    times = [(row[f"{what}_months_lower"], row[f"{what}_months_upper"])
             for what in ("time_to_cr", "drug_stop_from_cr", "disease_free_from_cr")]  # fmt: skip
    certainty, to_cr, after, stop, free = PUBLISHED[name]
    assert (row["cr_certainty"], row["drug_after_cr"]) == (certainty, after)
    for found, expected in zip(times, (to_cr, stop, free), strict=True):
        assert found == tuple(pytest.approx(end, rel=1e-12) if end is not None else None for end in expected)


def test_no_published_patient_is_left_out(patients):
    assert {name for name in patients if not name.startswith("park2015_")} == set(PUBLISHED)


def test_a_censored_marker_keeps_its_sign_and_an_unknown_unit_no_value(store, patients):
    assert (patients["annhepatol2019_p1"]["afp_baseline_ng_ml"], patients["annhepatol2019_p1"]
            ["afp_baseline_ng_ml_qualifier"]) == (20000, ">")  # fmt: skip
    measured = {row["measurement_id"]: row for row in store.read("measurement").to_pylist()}
    assert measured["annhepatol2019_p1:AFP:baseline"]["marker_qualifier"] == ">"
    assert "scilit2cases_p1:AFP:baseline" not in measured


def test_combined_and_prior_treatment_are_kept_apart(patients):
    assert patients["cjg2015_p1"]["concomitant_treatment"] == "EBRT"
    assert patients["guo2021_p1"]["concomitant_treatment"] == "intervention"
    assert patients["shinoda2015_p1"]["prior_treatment"] == "HAIC;RFA;TACE"
    assert patients["shinoda2015_p1"]["concomitant_treatment"] is None


def test_only_the_own_cohort_is_the_present_one(studies):
    assert [name for name, row in studies.items() if row["present_cohort"]] == ["park2015"]
    assert studies["park2015"]["file"] == "studies.csv"


def test_a_study_without_its_own_population_has_no_denominator(studies):
    assert studies["kudo2010_japan15"]["denominator"] == "numerator_only"
    assert studies["kudo2010_japan15"]["n_treated"] is None
    assert studies["italy_mirna34"]["denominator"] == "selected_on_response"
    counted = [row for row in studies.values() if row["denominator"] == "treated_population"]
    assert sum(row["n_cr"] is not None for row in counted) == 13  # 14 counts, of which one chosen by response
    assert studies["rationale301"]["criterion"] == "central_review"


def test_two_arms_of_one_publication_share_its_report(store, studies):
    assert studies["kudo2010"]["report_id"] == studies["kudo2010_japan15"]["report_id"] == "pmid:20616599"
    reports = store.read("report")["report_id"].to_pylist()
    assert len(reports) == len(set(reports)) == len(studies) - 1


def test_what_nobody_reported_is_said_so_and_never_left_empty(studies, patients):
    for name, rows in (("study", studies), ("patient", patients)):
        for row in rows.values():
            assert all(row[column] is not None for column in TABLES[name].required)
    assert patients["kim2013_p1"]["cr_basis"] == "not_reported"
    assert patients["kim2013_p1"]["drug_maintained"] == "not_reported"


def test_without_any_decision_one_pair_of_patients_alone_is_proposed(studies, patients):
    problems = Problems()
    pairs = overlaps([], list(studies.values()), list(patients.values()), problems)
    assert not len(problems)
    assert {pair.decision for pair in pairs} == {"unsure"}
    assert [pair.name for pair in pairs if pair.evidence.unit_kind == "patient"] == ["park2015_p4|park2017_ol_p1"]


def test_decisions_of_people_are_kept_with_their_evidence(store):
    pairs = {row["pair_id"]: row for row in store.read("overlap").to_pylist()}
    assert pairs["kudo2010|shiba2014"]["overlap_decision"] == "same"
    assert pairs["park2015_p4|park2017_ol_p1"]["decided_by"] == "curators"
    assert pairs["korea2021|park2015"]["overlap_decision"] == "unsure"
    assert {"adzic2023|lucev2026", "annhepatol2019|lopes2019"} <= set(pairs)


def test_a_second_run_changes_nothing(harmonized_copy):
    store = store_of(harmonized_copy)
    before = store.versions(GATED)
    assert not any(commit.changed for commit in harmonize(shipped_topic(), store))
    assert store.versions(GATED) == before
