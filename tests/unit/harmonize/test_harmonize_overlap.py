import pytest

from catalog.errors import Problems
from catalog.identity import pair_id
from harmonize.overlap import BY_RULE, overlaps

# Park 2015 patient 4 and the man of the 2017 report, as harmonized
COHORT_MAN = {
    "patient_id": "park2015_p4", "study_id": "park2015", "age_years": 71.0, "sex": "M", "etiology": "HCV",
    "max_tumor_size_cm": 13.0, "portal_vein_invasion": "yes", "extrahepatic_metastasis": "no",
    "afp_baseline_ng_ml": 30376.0, "afp_baseline_ng_ml_qualifier": "=",
}  # fmt: skip
REPORTED_MAN = {
    "patient_id": "park2017_ol_p1", "study_id": "park2017_ol", "age_years": 72.0, "sex": "M", "etiology": "HCV",
    "max_tumor_size_cm": 13.0, "portal_vein_invasion": "yes", "extrahepatic_metastasis": "not_reported",
}  # fmt: skip
STUDIES = [{"study_id": "park2015"}, {"study_id": "park2017_ol"}]


def rows_of(choices, studies, patients, problems):
    return [pair.as_row() for pair in overlaps(choices, studies, patients, problems)]


def proposed(first, second):
    problems = Problems()
    found = rows_of([], STUDIES, [first, second], problems)
    assert not len(problems)
    return found


def choice(first, second, decision="different", kind="patient", row=2):
    return {
        "pair_id": pair_id(first, second), "unit_kind": kind, "first_id": first, "second_id": second,
        "overlap_decision": decision, "evidence_for": "…", "decided_by": "a reader", "file": "overlaps.csv", "row": row,
    }  # fmt: skip


def test_a_pair_alike_in_every_known_trait_is_proposed_as_unsure():
    (pair,) = proposed(REPORTED_MAN, COHORT_MAN)
    assert pair["pair_id"] == "park2015_p4|park2017_ol_p1"
    assert (pair["first_id"], pair["second_id"]) == ("park2015_p4", "park2017_ol_p1")
    assert (pair["overlap_decision"], pair["decided_by"]) == ("unsure", BY_RULE)
    assert pair["evidence_for"] == (
        "age_years 71 and 72; max_tumor_size_cm 13; sex M; etiology HCV; portal_vein_invasion yes"
    )


@pytest.mark.parametrize(
    "differing",
    [
        {"age_years": 74.0},
        {"max_tumor_size_cm": 12.0},
        {"sex": "F"},
        {"etiology": "HBV"},
        {"portal_vein_invasion": "no"},
        {"extrahepatic_metastasis": "yes"},
        {"afp_baseline_ng_ml": 868.0, "afp_baseline_ng_ml_qualifier": "="},
    ],
)
def test_one_differing_hard_fact_is_a_veto(differing):
    assert proposed(COHORT_MAN, {**REPORTED_MAN, **differing}) == []


@pytest.mark.parametrize("qualifier", [">", ">=", "<", "~"])
def test_a_number_known_only_within_bounds_is_neither_for_nor_against(qualifier):
    censored = {"afp_baseline_ng_ml": 20000.0, "afp_baseline_ng_ml_qualifier": qualifier}
    (pair,) = proposed(COHORT_MAN, {**REPORTED_MAN, **censored})
    assert "afp" not in pair["evidence_for"]


def test_one_number_or_two_traits_are_not_enough():
    assert proposed({**COHORT_MAN, "max_tumor_size_cm": None}, REPORTED_MAN) == []
    unknown = {"sex": "not_reported", "etiology": "not_reported", "portal_vein_invasion": "not_reported"}
    assert proposed(COHORT_MAN, {**REPORTED_MAN, **unknown}) == []


def test_patients_of_one_study_are_not_proposed():
    assert proposed(COHORT_MAN, {**REPORTED_MAN, "study_id": "park2015"}) == []


def test_a_decision_stands_in_place_of_the_proposal():
    problems = Problems()
    found = rows_of([choice("park2017_ol_p1", "park2015_p4")], STUDIES, [COHORT_MAN, REPORTED_MAN], problems)
    assert [pair["overlap_decision"] for pair in found] == ["different"]
    assert not len(problems)


def test_a_decision_about_nobody_is_refused():
    problems = Problems()
    overlaps([choice("park2015", "gone", kind="study")], STUDIES, [], problems)
    assert [str(problem) for problem in problems] == [
        "overlaps.csv, row 2, column 'second_id': no such study; found 'gone'"
    ]


def test_two_decisions_that_disagree_are_refused_with_both_places():
    choices = [choice("park2015", "park2017_ol", kind="study"),
               choice("park2015", "park2017_ol", "same", kind="study", row=5)]  # fmt: skip
    problems = Problems()
    overlaps(choices, STUDIES, [], problems)
    assert [str(problem) for problem in problems] == [
        (
            "overlaps.csv, row 5, column 'overlap_decision': decided otherwise in overlaps.csv, row 2; found 'same'; "
            "allowed: different. Correct one of the two"
        )
    ]
