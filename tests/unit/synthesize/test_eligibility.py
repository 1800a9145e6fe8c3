"""Who counts: every unit gets a decision with its reason, and what may be one counts once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.topic import Analysis, load_topic
from synthesize.eligibility import select
from synthesize.load import Evidence

TOPIC = load_topic("hcc-sorafenib-cr")
RATE = Analysis("primary", "cr_rate", "all")
TIME = Analysis("primary", "time_to_cr", "all")


def study(name: str, **more: object) -> dict:
    base = {"study_id": name, "design": "cohort", "n_treated": 100, "n_cr": 1, "denominator": "treated_population",
            "monotherapy": "yes", "criterion": "mRECIST", "retracted_by": None}  # fmt: skip
    return {**base, **more}


def patient(name: str, study_id: str, **more: object) -> dict:
    base = {
        "patient_id": name, "study_id": study_id, "cr_certainty": "confirmed", "concomitant_treatment": None,
        "drug_after_cr": "maintained", "recurrence": "no", "time_to_cr_months_lower": 3.0,
        "time_to_cr_months_upper": 3.0, "disease_free_from_cr_months_lower": 9.0,
    }  # fmt: skip
    return {**base, **more}


def evidence(studies: list[dict], patients: list[dict] = (), overlaps: list[dict] = ()) -> Evidence:  # type: ignore[assignment]
    return Evidence(
        {row["study_id"]: row for row in studies}, {row["patient_id"]: row for row in patients},
        tuple(overlaps), (), (), (), {},
    )  # fmt: skip


def pair(kind: str, first: str, second: str, decision: str) -> dict:
    return {"unit_kind": kind, "first_id": first, "second_id": second, "overlap_decision": decision}


def reasons(selection) -> dict[str, str]:
    return {decision.unit_id: decision.reason_code for decision in selection.decisions}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"design": "case_report", "denominator": "numerator_only"}, "selected_on_outcome"),
        ({"denominator": "selected_on_response"}, "selected_on_response"),
        ({"denominator": "numerator_only"}, "no_denominator"),
        ({"n_cr": None}, "cr_count_not_seen"),
        ({"monotherapy": "no"}, "combined_treatment"),
        ({"monotherapy": "unclear"}, ""),
        ({"retracted_by": "1"}, "retracted"),
    ],
)
def test_a_study_is_left_out_of_the_rate_with_its_reason(change: dict, code: str) -> None:
    assert reasons(select(evidence([study("a", **change)]), TOPIC, RATE)) == {"a": code}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"cr_certainty": "not_verified"}, "cr_not_verified"),
        ({"cr_certainty": "near_complete"}, "near_complete"),
        ({"cr_certainty": "marker_led"}, "marker_led"),
        ({"concomitant_treatment": "EBRT;TACE"}, "combined_treatment"),
        ({"concomitant_treatment": "none"}, ""),
        ({"time_to_cr_months_lower": None, "time_to_cr_months_upper": None}, "time_not_reported"),
        ({"time_to_cr_months_upper": None}, ""),
    ],
)
def test_a_patient_is_left_out_of_the_time_with_the_reason(change: dict, code: str) -> None:
    found = evidence([study("a")], [patient("a_p1", "a", **change)])
    assert reasons(select(found, TOPIC, TIME)) == {"a_p1": code}


def test_the_patients_of_a_retracted_report_leave_with_it() -> None:
    found = evidence([study("a", retracted_by="1")], [patient("a_p1", "a")])
    assert reasons(select(found, TOPIC, TIME)) == {"a_p1": "retracted"}


def test_resected_patients_count_in_the_time_and_not_in_the_recurrence() -> None:
    found = evidence([study("a")], [patient("a_p1", "a", drug_after_cr="surgery")])
    assert reasons(select(found, TOPIC, TIME)) == {"a_p1": ""}
    recurrence = Analysis("primary", "recurrence", "all")
    assert reasons(select(found, TOPIC, recurrence)) == {"a_p1": "resected"}
    assert reasons(select(found, TOPIC, replace(recurrence, lift=("resected",)))) == {"a_p1": ""}


@pytest.mark.parametrize(
    ("decision", "overlaps", "kept"),
    [
        ("unsure", "once", {"large"}),
        ("same", "once", {"large"}),
        ("different", "once", {"large", "small"}),
        ("unsure", "all", {"large", "small"}),
        ("same", "all", {"large"}),
    ],
)
def test_of_two_studies_that_may_overlap_the_larger_counts(decision: str, overlaps: str, kept: set[str]) -> None:
    found = evidence(
        [study("small", n_treated=90), study("large", n_treated=3000)],
        overlaps=[pair("study", "large", "small", decision)],
    )
    selection = select(found, TOPIC, replace(RATE, overlaps=overlaps))  # type: ignore[arg-type]
    assert {row["study_id"] for row in selection.rows} == kept


def test_a_study_comes_back_when_its_larger_twin_is_outside_the_subset() -> None:
    found = evidence(
        [study("small", n_treated=90), study("large", n_treated=3000, monotherapy="unclear")],
        overlaps=[pair("study", "large", "small", "unsure")],
    )
    selection = select(found, TOPIC, replace(RATE, keep={"monotherapy": ("yes",)}))
    assert [row["study_id"] for row in selection.rows] == ["small"]


def test_of_two_records_of_a_patient_the_fuller_one_counts() -> None:
    found = evidence(
        [study("a"), study("b", design="case_report")],
        [patient("a_p4", "a", age_years=71), patient("b_p1", "b", age_years=None)],
        [pair("patient", "a_p4", "b_p1", "unsure")],
    )
    selection = select(found, TOPIC, TIME)
    assert [row["patient_id"] for row in selection.rows] == ["a_p4"]
    assert "may be the patient a_p4" in selection.decisions[1].reason


def test_three_studies_in_a_row_keep_both_ends_when_only_the_middle_overlaps() -> None:
    found = evidence(
        [study("a", n_treated=50), study("b", n_treated=40), study("c", n_treated=30)],
        overlaps=[pair("study", "a", "b", "unsure"), pair("study", "b", "c", "unsure")],
    )
    assert {row["study_id"] for row in select(found, TOPIC, RATE).rows} == {"a", "c"}
