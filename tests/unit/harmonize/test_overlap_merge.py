"""Patients decided to be the same: one row with what both sources state, and every disagreement beside it."""

import pytest

from catalog.errors import Problems
from catalog.identity import pair_id
from harmonize.overlap import overlaps
from harmonize.overlap_merge import merge

TIMES = ("time_to_cr", "drug_duration", "drug_stop", "disease_free")


def patient(name, study, **traits):
    row = {"patient_id": name, "study_id": study, "file": f"{study}.csv", "row": 2, "sex": "not_reported"}
    for time in TIMES:
        row[f"{time}_months_lower"] = row[f"{time}_months_upper"] = row[f"{time}_origin"] = None
        if time in traits:
            lower, upper, origin = traits.pop(time)
            row |= {f"{time}_months_lower": lower, f"{time}_months_upper": upper, f"{time}_origin": origin}
    return row | traits


def decided(first, second, decision="same"):
    return {
        "pair_id": pair_id(first, second), "unit_kind": "patient", "first_id": first, "second_id": second,
        "overlap_decision": decision, "decided_by": "a reader", "file": "overlaps.csv", "row": 2,
    }  # fmt: skip


def merged(patients, *choices):
    problems = Problems()
    studies = [{"study_id": name} for name in sorted({row["study_id"] for row in patients})]
    rows, found = merge(overlaps(list(choices), studies, patients, problems), patients, problems)
    return rows, found, [str(problem) for problem in problems]


FULL = patient("a_p1", "a", age_years=71.0, sex="M", etiology="HCV", max_tumor_size_cm=13.0)
LATER = patient("b_p1", "b", age_years=72.0, etiology="HCV", drug_stop=(48, 48, "start_of_drug"),
                time_to_cr=(4, 4, "start_of_drug"))  # fmt: skip


@pytest.mark.parametrize("decision", ["different", "unsure"])
def test_nothing_is_merged_unless_decided_to_be_the_same(decision):
    rows, found, problems = merged([FULL, LATER], decided("a_p1", "b_p1", decision))
    assert (rows, found, problems) == ([FULL, LATER], [], [])
    assert merged([FULL, LATER])[0] == [FULL, LATER]


def test_the_fuller_record_stays_with_what_the_other_adds():
    (row,), _, problems = merged([FULL, LATER], decided("a_p1", "b_p1"))
    assert problems == []
    assert (row["patient_id"], row["study_id"], row["file"]) == ("b_p1", "b", "b.csv")  # more fields are filled
    assert (row["also_patient_ids"], row["also_study_ids"]) == ("a_p1", "a")
    assert (row["sex"], row["max_tumor_size_cm"], row["age_years"]) == ("M", 13, 72)
    assert row["drug_stop_from_cr_months_lower"] == 44


def test_of_equally_full_records_the_first_by_name_stays():
    (row,), _, _ = merged([patient("b_p1", "b", sex="M"), patient("a_p1", "a", sex="M")], decided("b_p1", "a_p1"))
    assert row["patient_id"] == "a_p1"


def test_every_disagreement_is_listed_with_both_figures():
    _, found, _ = merged([FULL, LATER], decided("a_p1", "b_p1"))
    (age,) = found
    assert (age["discrepancy_kind"], age["field"]) == ("sources_disagree", "age_years")
    assert (age["printed"], age["recomputed"], age["unit"]) == ("72", "71", "years")
    assert age["explanation"] == "b_p1 states the first, a_p1 the second; the first stands"
    assert (age["severity"], age["patient_id"], age["study_id"]) == ("info", "b_p1", "b")


def test_what_an_estimate_is_computed_from_is_a_warning():
    one = patient("a_p1", "a", time_to_cr=(3, 3, "start_of_drug_presumed"))
    _, (found,), _ = merged([one, LATER], decided("a_p1", "b_p1"))
    assert (found["field"], found["printed"], found["recomputed"], found["severity"]) == (
        "time_to_cr", "4 months (start_of_drug)", "3 months (start_of_drug_presumed)", "warning",
    )  # fmt: skip


def test_a_time_and_its_origin_and_a_number_and_its_sign_come_from_one_source():
    one = patient("a_p1", "a", sex="M", etiology="HCV", ecog=0, disease_free=(9, 9, "CR"))
    other = patient("b_p1", "b", disease_free=(20, None, "stop"), afp_baseline_ng_ml=20000.0,
                    afp_baseline_ng_ml_qualifier=">")  # fmt: skip
    (row,), found, _ = merged([one, other], decided("a_p1", "b_p1"))
    assert (row["disease_free_months_upper"], row["disease_free_origin"]) == (9, "CR")
    assert (row["afp_baseline_ng_ml"], row["afp_baseline_ng_ml_qualifier"]) == (20000, ">")
    assert [(one["field"], one["recomputed"]) for one in found] == [("disease_free", "20 months or more (stop)")]


def test_a_stop_is_not_taken_beside_a_drug_that_the_other_source_says_was_kept():
    kept = patient("a_p1", "a", age_years=71.0, sex="M", etiology="HCV", ecog=0, drug_after_cr="reduced",
                   drug_stop_reason="not_applicable")  # fmt: skip
    stopped = patient("b_p1", "b", drug_after_cr="stopped_after_cr", drug_stop=(48, 48, "start_of_drug"),
                      drug_stop_reason="adverse_event")  # fmt: skip
    (row,), found, _ = merged([kept, stopped], decided("a_p1", "b_p1"))
    assert (row["drug_after_cr"], row["drug_stop_months_lower"], row["drug_stop_reason"]) == (
        "reduced", None, "not_applicable",
    )  # fmt: skip
    listed = {one["field"]: (one["printed"], one["recomputed"]) for one in found}
    assert listed == {
        "drug_after_cr": ("reduced", "stopped_after_cr"),
        "drug_stop": ("not stated", "48 months (start_of_drug)"),
        "drug_stop_reason": ("not stated", "adverse_event"),
    }
    why = "only b_p1 states it; not taken, since the two disagree about drug_after_cr"
    assert [one["explanation"] for one in found if one["field"] == "drug_stop"] == [why]


def test_a_site_is_taken_where_the_two_agree_that_there_was_a_recurrence():
    bare = patient("a_p1", "a", sex="M", etiology="HCV", recurrence="yes")
    told = patient("b_p1", "b", recurrence="yes", recurrence_site="bone")
    (row,), found, _ = merged([bare, told], decided("a_p1", "b_p1"))
    assert (row["patient_id"], row["recurrence_site"], found) == ("a_p1", "bone", [])


def test_codes_of_both_sources_stand_unless_they_deny_each_other():
    one = patient("a_p1", "a", etiology="HBV", prior_treatment="none", sex="M")
    other = patient("b_p1", "b", etiology="alcohol;HBV", prior_treatment="TACE")
    (row,), found, _ = merged([one, other], decided("a_p1", "b_p1"))
    assert (row["etiology"], row["prior_treatment"]) == ("HBV;alcohol", "none")
    assert {one["field"]: one["explanation"].split("; ")[1] for one in found} == {
        "etiology": "both stand", "prior_treatment": "the first stands",
    }  # fmt: skip


def test_three_records_of_one_patient_become_one():
    third = patient("c_p1", "c", ecog=1)
    rows, _, problems = merged([FULL, LATER, third], decided("a_p1", "b_p1"), decided("a_p1", "c_p1"))
    assert problems == []
    assert [(row["patient_id"], row["also_patient_ids"], row["ecog"]) for row in rows] == [("b_p1", "a_p1;c_p1", 1)]


def test_decisions_that_contradict_each_other_are_refused():
    third = patient("c_p1", "c")
    _, _, problems = merged([FULL, LATER, third], decided("a_p1", "b_p1"), decided("b_p1", "c_p1"),
                            decided("a_p1", "c_p1", "different"))  # fmt: skip
    (problem,) = problems
    assert problem == (
        "overlaps.csv, row 2, column 'overlap_decision': decided to be different, but other decisions make the two one "
        "patient; found 'a_p1|c_p1'. python -m harmonize overlaps lists the decisions"
    )


def test_two_patients_of_one_study_become_one_only_by_a_decision_about_themselves():
    twin = patient("a_p2", "a", ecog=1)
    others = decided("a_p1", "b_p1"), decided("a_p2", "b_p1")
    _, _, problems = merged([FULL, LATER, twin], *others)
    (problem,) = problems
    assert problem == (
        "a.csv, row 2, column 'patient_id': one study lists both, but decisions about others make the two one patient; "
        "found 'a_p1|a_p2'. Decide the two themselves, or correct one of the others: python -m harmonize overlaps "
        "lists the decisions"
    )
    rows, _, problems = merged([FULL, LATER, twin], *others, decided("a_p1", "a_p2"))
    assert (len(rows), problems) == (1, [])


def test_who_is_decided_the_same_against_what_cannot_be_is_critical():
    other = patient("b_p1", "b", age_years=43.0, sex="M", etiology="HCV", ecog=1)
    _, found, _ = merged([FULL | {"ecog": 0}, other], decided("a_p1", "b_p1"))
    assert {row["field"]: row["severity"] for row in found} == {"age_years": "critical", "ecog": "info"}


def test_the_sources_rows_are_not_changed():
    before = dict(FULL), dict(LATER)
    merged([FULL, LATER], decided("a_p1", "b_p1"))
    assert before == (FULL, LATER)
