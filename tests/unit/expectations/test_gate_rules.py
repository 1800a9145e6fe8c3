"""Every rule on synthetic rows, one that breaks it and one that keeps it, through the engine, all in one run."""

import pyarrow as pa
import pytest

from catalog.rule_kinds import Computed, Drift
from catalog.rules import ORDERS, RULES
from catalog.schema import from_rows
from catalog.tables import TABLES
from expectations.checks import all_checks
from expectations.suite import run_checks

COMPUTED_NUMBERS = {"n_listed", "start_to_stop_months", "start_to_last_look_months", "patient_value",
                    "n_treated_of_cohort"}  # fmt: skip
COMPUTED = COMPUTED_NUMBERS | {rule.found for rule in RULES if isinstance(rule, Computed)}

# rule: what breaks it, what keeps it (cells of a row that is empty otherwise)
ROWS = {
    "study.case_reports_have_no_denominator": (
        {"design": "case_series", "denominator": "treated_population"},
        {"design": "case_series", "denominator": "numerator_only"},
    ),
    "study.treated_population_counted": (
        {"denominator": "treated_population"},
        {"denominator": "treated_population", "n_treated": 9},
    ),
    "study.listed_equals_counted": ({"n_cr": 2, "n_listed": 1}, {"n_cr": 2, "n_listed": 2}),
    "study.no_concern": ({"concern_by": "123"}, {}),
    "study.case_report_is_one": ({"design": "case_report", "n_cr": 2}, {"design": "case_report", "n_cr": 1}),
    "study.case_series_has_cr": ({"design": "case_series", "n_cr": 0}, {"design": "case_series", "n_cr": 3}),
    "study.trial_arm_is_treated_population": (
        {"design": "trial_arm", "denominator": "numerator_only"},
        {"design": "trial_arm", "denominator": "treated_population"},
    ),
    "study.rate_has_criterion": (
        {"denominator": "treated_population", "criterion": "not_reported"},
        {"denominator": "treated_population", "criterion": "mRECIST"},
    ),
    "study.published_after_treatment": ({"end_year": 2016, "year": 2015}, {"end_year": 2015, "year": 2015}),
    "study.study_located": ({}, {"file": "studies.csv"}),
    "study.treated_population_is_of_many": (
        {"denominator": "treated_population", "n_treated": 4},
        {"denominator": "selected_on_response", "n_treated": 4},
    ),
    "patient.child_pugh_a": (
        {"child_pugh_class": "A", "child_pugh_score": 7},
        {"child_pugh_class": "A", "child_pugh_score": 6},
    ),
    "patient.child_pugh_b": (
        {"child_pugh_class": "B", "child_pugh_score": 6},
        {"child_pugh_class": "B", "child_pugh_score": 9},
    ),
    "patient.child_pugh_c": (
        {"child_pugh_class": "C", "child_pugh_score": 9},
        {"child_pugh_class": "C", "child_pugh_score": 10},
    ),
    "patient.albi_grade_1": ({"albi_grade": "1", "albi_score": -2.5}, {"albi_grade": "1", "albi_score": -2.6}),
    "patient.albi_grade_2": ({"albi_grade": "2", "albi_score": -1.3}, {"albi_grade": "2", "albi_score": -1.39}),
    "patient.albi_grade_3": ({"albi_grade": "3", "albi_score": -2.0}, {"albi_grade": "3", "albi_score": -1.0}),
    "patient.advanced_when_spread": (
        {"portal_vein_invasion": "yes", "bclc_stage": "B"},
        {"portal_vein_invasion": "yes", "bclc_stage": "C"},
    ),
    "patient.advanced_when_metastatic": (
        {"extrahepatic_metastasis": "yes", "bclc_stage": "A"},
        {"extrahepatic_metastasis": "no", "bclc_stage": "A"},
    ),
    "patient.performance_fits_stage": ({"bclc_stage": "C", "ecog": 3}, {"bclc_stage": "D", "ecog": 3}),
    "patient.no_site_without_metastasis": (
        {"extrahepatic_metastasis": "no", "extrahepatic_sites": "lung"},
        {"extrahepatic_metastasis": "yes", "extrahepatic_sites": "lung"},
    ),
    "patient.sites_lie_outside_the_liver": (
        {"extrahepatic_sites": "intrahepatic;lung"},
        {"extrahepatic_sites": "bone;lung"},
    ),
    "patient.time_to_cr_known": (
        {"cr_certainty": "confirmed"},
        {"cr_certainty": "confirmed", "time_to_cr_months_lower": 3.0},
    ),
    "patient.time_to_cr_possible": (
        {"time_to_cr_months_lower": 0.0, "time_to_cr_months_upper": 0.9},
        {"time_to_cr_months_lower": 0.0, "time_to_cr_months_upper": 28 / 30.4375},
    ),
    "patient.time_to_cr_from_start": (
        {"time_to_cr_months_lower": 3.0, "time_to_cr_origin": "diagnosis"},
        {"time_to_cr_months_lower": 3.0, "time_to_cr_origin": "start_of_drug_presumed"},
    ),
    "patient.time_to_cr_origin_stated": (
        {"time_to_cr_months_lower": 3.0, "time_to_cr_origin": "not_stated"},
        {"time_to_cr_origin": "not_stated"},
    ),
    "patient.marker_alone_confirms_nothing": (
        {"cr_certainty": "confirmed", "cr_basis": "biochemical"},
        {"cr_certainty": "confirmed", "cr_basis": "biochemical;radiologic"},
    ),
    "patient.imaging_criterion_has_imaging": (
        {"criterion": "mRECIST", "cr_basis": "biochemical;clinical"},
        {"criterion": "mRECIST", "cr_basis": "biochemical;radiologic"},
    ),
    "patient.pathology_criterion_has_pathology": (
        {"criterion": "pathology", "cr_basis": "radiologic"},
        {"criterion": "pathology", "cr_basis": "pathologic;radiologic"},
    ),
    "patient.afp_falls": (
        {"afp_baseline_ng_ml": 3.0, "afp_at_cr_ng_ml": 4.0},
        {"afp_baseline_ng_ml": 4.0, "afp_at_cr_ng_ml": 4.0},
    ),
    "patient.afp_low_at_cr": ({"afp_at_cr_ng_ml": 401.0}, {"afp_at_cr_ng_ml": 400.0, "afp_baseline_ng_ml": 5e4}),
    "patient.pivka_falls": (
        {"pivka_baseline_mau_ml": 3.0, "pivka_at_cr_mau_ml": 4.0},
        {"pivka_baseline_mau_ml": 5.0, "pivka_at_cr_mau_ml": 4.0},
    ),
    "patient.not_maintained_agrees": (
        {"drug_maintained": "no", "drug_after_cr": "maintained"},
        {"drug_maintained": "no", "drug_after_cr": "surgery"},
    ),
    "patient.maintained_agrees": (
        {"drug_maintained": "yes", "drug_after_cr": "stopped_before_cr"},
        {"drug_maintained": "yes", "drug_after_cr": "reduced"},
    ),
    "patient.reduced_agrees": (
        {"drug_after_cr": "reduced", "dose_reduction": "no"},
        {"drug_after_cr": "reduced", "dose_reduction": "yes"},
    ),
    "patient.stop_timed": (
        {"drug_after_cr": "stopped_after_cr"},
        {"drug_after_cr": "stopped_after_cr", "drug_stop_from_cr_months_lower": 2.0},
    ),
    "patient.no_stop_time_without_stop": (
        {"drug_after_cr": "maintained", "drug_stop_months_lower": 2.0},
        {"drug_after_cr": "surgery", "drug_stop_months_lower": 2.0},
    ),
    "patient.no_stop_reason_without_stop": (
        {"drug_after_cr": "reduced", "drug_stop_reason": "cost"},
        {"drug_after_cr": "reduced", "drug_stop_reason": "not_applicable"},
    ),
    "patient.stop_after_cr_is_after": (
        {"drug_after_cr": "stopped_after_cr", "drug_stop_from_cr_months_upper": -1.0},
        {"drug_after_cr": "stopped_after_cr", "drug_stop_from_cr_months_upper": 0.0},
    ),
    "patient.stop_before_cr_is_before": (
        {"drug_after_cr": "stopped_before_cr", "drug_stop_from_cr_months_lower": 1.0},
        {"drug_after_cr": "stopped_before_cr", "drug_stop_from_cr_months_lower": -1.0},
    ),
    "patient.on_the_drug_at_cr": (
        {"drug_after_cr": "maintained", "time_to_cr_months_lower": 6.0, "drug_duration_months_upper": 4.9},
        {"drug_after_cr": "maintained", "time_to_cr_months_lower": 6.0, "drug_duration_months_upper": 5.0},
    ),
    "patient.off_the_drug_at_cr": (
        {"drug_after_cr": "stopped_before_cr", "drug_duration_months_lower": 7.1, "time_to_cr_months_upper": 6.0},
        {"drug_after_cr": "stopped_before_cr", "drug_duration_months_lower": 7.0, "time_to_cr_months_upper": 6.0},
    ),
    "patient.duration_reaches_the_stop": (
        {"drug_duration_months_lower": 5.0, "start_to_stop_months": 3.4},
        {"drug_duration_months_lower": 5.0, "start_to_stop_months": 6.0},
    ),
    "patient.duration_within_follow_up": (
        {"recurrence": "no", "drug_duration_months_lower": 9.0, "start_to_last_look_months": 7.0},
        {"recurrence": "yes", "drug_duration_months_lower": 9.0, "start_to_last_look_months": 7.0},
    ),
    "patient.stop_within_follow_up": (
        {"recurrence": "no", "drug_stop_from_cr_months_lower": 11.1, "disease_free_from_cr_months_upper": 10.0},
        {"recurrence": "no", "drug_stop_from_cr_months_lower": 11.0, "disease_free_from_cr_months_upper": 10.0},
    ),
    "patient.recurrence_timed": (
        {"recurrence": "yes"},
        {"recurrence": "yes", "disease_free_from_cr_months_lower": 1.0},
    ),
    "patient.recurrence_bounded": (
        {"recurrence": "yes"},
        {"recurrence": "yes", "disease_free_from_cr_months_upper": 1.0},
    ),
    "patient.recurrence_after_cr": (
        {"recurrence": "yes", "disease_free_from_cr_months_upper": 0.0},
        {"recurrence": "yes", "disease_free_from_cr_months_upper": 1 / 30.4375},
    ),
    "patient.no_site_without_recurrence": (
        {"recurrence": "no", "recurrence_site": "lung"},
        {"recurrence": "no", "recurrence_site": "not_applicable"},
    ),
    "patient.site_means_recurrence": (
        {"recurrence": "not_reported", "recurrence_site": "bone;lung"},
        {"recurrence": "yes", "recurrence_site": "bone;lung"},
    ),
    "patient.no_salvage_without_recurrence": (
        {"recurrence": "no", "salvage_treatment": "RFA"},
        {"recurrence": "no", "salvage_treatment": "none"},
    ),
    "patient.no_tumour_death_without_recurrence": (
        {"recurrence": "no", "status_last": "dead_hcc"},
        {"recurrence": "no", "status_last": "dead_other"},
    ),
    "patient.follow_up_has_outcome": (
        {"disease_free_months_lower": 3.0, "recurrence": "not_reported"},
        {"disease_free_months_lower": 3.0, "recurrence": "no"},
    ),
    "patient.follow_up_from_cr": (
        {"disease_free_months_lower": 3.0},
        {"disease_free_months_lower": 3.0, "disease_free_from_cr_months_lower": 3.0},
    ),
    "patient.follow_up_as_stated": (
        {"disease_free_origin": "CR", "disease_free_months_lower": 43.0, "disease_free_from_cr_months_lower": 44.0},
        {"disease_free_origin": "stop", "disease_free_months_lower": 43.0, "disease_free_from_cr_months_lower": 44.0},
    ),
    "patient.follow_up_ends_as_stated": (
        {"disease_free_origin": "CR", "disease_free_months_upper": 43.0, "disease_free_from_cr_months_upper": 44.0},
        {"disease_free_origin": "CR", "disease_free_months_upper": 43.0, "disease_free_from_cr_months_upper": 43.0},
    ),
    "patient.stop_as_stated": (
        {"drug_stop_origin": "CR", "drug_stop_months_lower": 2.0, "drug_stop_from_cr_months_lower": 8.0},
        {"drug_stop_origin": "CR", "drug_stop_months_lower": 2.0, "drug_stop_from_cr_months_lower": 2.0},
    ),
    "patient.surgery_was_done": (
        {"disease_free_origin": "surgery", "drug_after_cr": "unclear"},
        {"disease_free_origin": "surgery", "drug_after_cr": "surgery"},
    ),
    "patient.age_years_usual": ({"age_years": 7.0}, {"age_years": 70.0}),
    "patient.alt_iu_l_usual": ({"alt_iu_l": 7800.0}, {"alt_iu_l": 78.0}),
    "patient.bilirubin_mg_dl_usual": ({"bilirubin_mg_dl": 17.1}, {"bilirubin_mg_dl": 1.0}),
    "patient.albumin_g_dl_usual": ({"albumin_g_dl": 6.5}, {"albumin_g_dl": 3.5}),
    "patient.platelets_10e9_l_usual": ({"platelets_10e9_l": 980.0}, {"platelets_10e9_l": 98.0}),
    "patient.max_tumor_size_cm_usual": ({"max_tumor_size_cm": 38.0}, {"max_tumor_size_cm": 3.8}),
    "patient.patient_located": ({}, {"file": "patients.csv"}),
    "measurement.value_agrees_with_patient": (
        {"marker_value": 3.0, "patient_value": 4.0},
        {"marker_value": 3.0, "patient_value": 3.0},
    ),
    "measurement.afp_unit": (
        {"marker": "AFP", "marker_unit": "mAU/mL"},
        {"marker": "AFP", "marker_unit": "ng/mL"},
    ),
    "measurement.pivka_unit": (
        {"marker": "PIVKA-II", "marker_unit": "ng/mL"},
        {"marker": "PIVKA-II", "marker_unit": "mAU/mL"},
    ),
    "measurement.afp_possible": (
        {"marker": "AFP", "marker_value": 2e7},
        {"marker": "AFP", "marker_value": 1e7},
    ),
    "measurement.pivka_possible": (
        {"marker": "PIVKA-II", "marker_value": -1.0},
        {"marker": "PIVKA-II", "marker_value": 0.0},
    ),
    "overlap.not_with_itself": ({"first_id": "a", "second_id": "a"}, {"first_id": "a", "second_id": "b"}),
    "overlap.decided": ({"overlap_decision": "unsure"}, {"overlap_decision": "different"}),
    "overlap.decision_reasoned": (
        {"overlap_decision": "same"},
        {"overlap_decision": "same", "evidence_for": "one author"},
    ),
    "overlap.decision_dated": (
        {"overlap_decision": "different"},
        {"overlap_decision": "different", "decided_on": "2026-01-01"},
    ),
    "report.merged_into_another": (
        {"report_status": "merged"},
        {"report_status": "merged", "merged_into": "123"},
    ),
    "report.pmid_shape": ({"pmid": "PMC123"}, {"pmid": "26523272"}),
    "report.pmcid_shape": ({"pmcid": "123"}, {"pmcid": "PMC4612285"}),
    "report.doi_shape": (
        {"doi": "doi:10.3350/cmh.2015.21.3.287"},
        {"doi": "10.3350/cmh.2015.21.3.287"},
    ),
    "claim.printed_is_a_number": ({"printed": "three"}, {"printed": "-1,234.5"}),
    "claim.whole_cohort_counted": (
        {"of_total": 522, "n_treated_of_cohort": 523},
        {"of_total": 523, "n_treated_of_cohort": 523},
    ),
    "discrepancy.no_critical_contradiction": ({"severity": "critical"}, {"severity": "warning"}),
}  # fmt: skip
ALIKE = {
    "study.counted_alike_once": {"n_treated": 3047, "n_cr": 18},
    "patient.patient_once": {
        "study_id": "s", "age_years": 61.0, "sex": "M", "max_tumor_size_cm": 5.0, "afp_baseline_ng_ml": 7.0,
        "time_to_cr_months_lower": 3.0,
    },
    "measurement.measured_once": {"patient_id": "p", "marker": "AFP", "time_point": "baseline"},
}  # fmt: skip
"""Rules against the same row twice: both rows of it break them."""


def table(name):
    """Two rows a rule of the table, named by the rule and what becomes of them; computed columns as given."""
    key = TABLES[name].key
    rows = [
        {key: f"{rule} {which}", **cells}
        for rule, pair in ROWS.items()
        if rule.startswith(f"{name}.")
        for which, cells in zip(("breaks", "keeps"), pair, strict=True)
    ]
    rows += [
        {key: f"{rule} {which}", **cells}
        for rule, cells in ALIKE.items()
        if rule.startswith(f"{name}.")
        for which in ("breaks", "breaks too")
    ]
    stored = from_rows(TABLES[name], [{k: v for k, v in row.items() if k not in COMPUTED} for row in rows])
    placed = {row[key]: row for row in rows}
    for column in sorted(COMPUTED):
        kind = pa.float64() if column in COMPUTED_NUMBERS else pa.string()
        cells = [placed[name_].get(column) for name_ in stored[key].to_pylist()]
        stored = stored.append_column(column, pa.array(cells, kind))
    return stored


@pytest.fixture(scope="module")
def broken():
    checks = [check for check in all_checks() if check.id in {*ROWS, *ALIKE}]
    tables = {name: table(name) for name in {check.table for check in checks}}
    results = run_checks(checks, tables, {name: TABLES[name].key for name in tables})
    assert not [result.message for result in results if result.outcome == "error"]
    return {result.check.id: {row["key"] for row in result.violations} for result in results}


@pytest.mark.parametrize("rule", ROWS)
def test_a_rule_finds_the_row_that_breaks_it_and_not_the_one_that_keeps_it(broken, rule):
    assert f"{rule} breaks" in broken[rule]
    assert f"{rule} keeps" not in broken[rule]


@pytest.mark.parametrize("rule", ALIKE)
def test_a_row_that_stands_twice_is_found_twice_and_rows_that_lack_something_are_left_alone(broken, rule):
    assert broken[rule] == {f"{rule} breaks", f"{rule} breaks too"}


def test_every_rule_is_tried_here_or_where_its_column_is_computed():
    elsewhere = {rule.id for rule in (*ORDERS, *(rule for rule in RULES if isinstance(rule, Computed | Drift)))}
    assert {rule.id for rule in RULES} == {*ROWS, *ALIKE} | elsewhere
