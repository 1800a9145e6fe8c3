"""What speaks for and against two records being one: weights, vetoes, and who is worth a person's look."""

import math

import pytest

from harmonize.overlap_patients import Patients
from harmonize.overlap_studies import Studies


def patient(number, study, **traits):
    return {"patient_id": f"{study}_p{number}", "study_id": study, **traits}


def crowd():
    """Twenty men of a cohort, one of them with a rare cause, and a woman."""
    rows = [
        patient(n, "cohort", age_years=40.0 + 2 * n, sex="M", etiology="HBV", max_tumor_size_cm=2.0 + 0.6 * n)
        for n in range(20)
    ]
    rows[3]["etiology"] = "haemochromatosis"
    rows.append(patient(20, "cohort", age_years=90.0, sex="F", etiology="HBV", max_tumor_size_cm=20.0))
    return rows


def compared(rows, studies=()):
    people = Patients(rows, list(studies))
    return people.compare_named(rows[-2]["patient_id"], rows[-1]["patient_id"])


def weight_of(pair, field):
    return next(one.weight for one in pair.agree if one.field == field)


def test_agreement_on_a_rare_value_weighs_minus_log2_of_its_share():
    rows = [*crowd()]
    rare = patient(1, "report", sex="M", etiology="haemochromatosis")
    pair = Patients([*rows, rare], []).compare_named("cohort_p3", "report_p1")
    assert weight_of(pair, "etiology") == pytest.approx(-math.log2(2 / 22))
    assert weight_of(pair, "sex") == pytest.approx(-math.log2(21 / 22))
    assert pair.weight == pytest.approx(sum(one.weight for one in pair.agree))


def test_a_number_weighs_by_how_many_lie_as_near():
    other = patient(1, "report", age_years=46.0)
    pair = Patients([*crowd(), other], []).compare_named("cohort_p3", "report_p1")
    # 46 and 46 themselves; the next are 44 and 48
    assert weight_of(pair, "age_years") == pytest.approx(-math.log2(2 / 22))


def test_a_value_that_all_share_weighs_nothing():
    pair = compared([patient(1, "a", sex="M"), patient(1, "b", sex="M")])
    assert weight_of(pair, "sex") == 0


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        ({"sex": "M"}, {"sex": "F"}, "sex"),
        ({"age_years": 60.0}, {"age_years": 61.5}, "age_years"),
        ({"etiology": "HBV"}, {"etiology": "HCV"}, "etiology"),
        ({"max_tumor_size_cm": 5.0}, {"max_tumor_size_cm": 6.0}, "max_tumor_size_cm"),
        ({"afp_baseline_ng_ml": 100.0}, {"afp_baseline_ng_ml": 301.0}, "afp_baseline_ng_ml"),
    ],
)
def test_a_hard_fact_that_differs_is_a_veto(one, other, field):
    pair = compared([patient(1, "a", **one), patient(1, "b", **other)])
    assert [(difference.field, difference.hard) for difference in pair.differ] == [(field, True)]
    assert pair.vetoed


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        ({"etiology": "HBV;alcohol"}, {"etiology": "HBV"}, "etiology"),
        ({"afp_baseline_ng_ml": 100.0}, {"afp_baseline_ng_ml": 150.0}, "afp_baseline_ng_ml"),
        ({"time_to_cr_months_lower": 3.0, "time_to_cr_months_upper": 3.0},
         {"time_to_cr_months_lower": 4.0, "time_to_cr_months_upper": 4.0}, "time_to_cr"),
        ({"prior_treatment": "none"}, {"prior_treatment": "TACE"}, "prior_treatment"),
    ],
)  # fmt: skip
def test_what_two_reports_of_one_man_may_tell_differently_speaks_against_without_a_veto(one, other, field):
    pair = compared([patient(1, "a", **one), patient(1, "b", **other)])
    assert [(difference.field, difference.hard) for difference in pair.differ] == [(field, False)]


@pytest.mark.parametrize("unknown", [{}, {"sex": None}, {"sex": "not_reported"}])
def test_what_is_not_known_says_nothing(unknown):
    pair = compared([patient(1, "a", sex="M"), patient(1, "b", **unknown)])
    assert (pair.agree, pair.differ) == ((), ())


def test_a_bound_speaks_against_but_never_for():
    exact = {"afp_baseline_ng_ml": 100.0, "afp_baseline_ng_ml_qualifier": "="}
    above = {"afp_baseline_ng_ml": 20000.0, "afp_baseline_ng_ml_qualifier": ">"}
    assert compared([patient(1, "a", **exact), patient(1, "b", **above)]).vetoed
    alike = compared([patient(1, "a", **above), patient(1, "b", **above)])
    assert (alike.agree, alike.differ) == ((), ())


def course(**more):
    times = {}
    for name in ("drug_duration", "disease_free_from_cr"):
        if name in more:
            times[f"{name}_months_lower"], times[f"{name}_months_upper"] = more.pop(name)
    return {**more, **times}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # stopped for good at 6 months, yet 30 months on the drug
        (course(drug_after_cr="stopped_after_cr", drug_duration=(6, 6)), course(drug_duration=(30, 30))),
        # recurred at 3 months, yet free for 40
        (course(recurrence="yes", disease_free_from_cr=(3, 3)), course(recurrence="no", disease_free_from_cr=(40, 40))),
        (course(recurrence="yes", disease_free_from_cr=(3, 3)), course(recurrence="yes", disease_free_from_cr=(9, 9))),
    ],
)
def test_courses_that_one_patient_cannot_have_are_a_veto(one, other):
    assert compared([patient(1, "a", **one), patient(1, "b", **other)]).vetoed
    assert compared([patient(1, "a", **other), patient(1, "b", **one)]).vetoed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the later report counts on
        (course(drug_after_cr="reduced", drug_duration=(47, 47)),
         course(drug_after_cr="stopped_after_cr", drug_duration=(48, 48))),
        (course(recurrence="no", disease_free_from_cr=(9, 9)), course(recurrence="yes", disease_free_from_cr=(40, 40))),
        (course(recurrence="yes", disease_free_from_cr=(3, 3)),
         course(recurrence="not_reported", disease_free_from_cr=(40, 40))),
    ],
)  # fmt: skip
def test_a_later_report_may_tell_more(one, other):
    assert not compared([patient(1, "a", **one), patient(1, "b", **other)]).vetoed


STUDIES = [
    {"study_id": "a", "first_author": "Park JG", "country": "South Korea", "start_year": 2010, "end_year": 2013},
    {"study_id": "b", "first_author": "Park JG", "year": 2017},
    {"study_id": "c", "country": "Italy", "year": 2008},
    {"study_id": "d", "country": "multinational", "first_author": "Kudo M"},
]


def test_authors_countries_and_years_of_the_studies_speak_too():
    alike = compared([patient(1, "a"), patient(1, "b")], STUDIES)
    assert [one.field for one in alike.agree] == ["first_author"]
    apart = compared([patient(1, "a"), patient(1, "c")], STUDIES)
    assert [(one.field, one.hard) for one in apart.differ] == [("country", True), ("year", True)]
    nowhere = compared([patient(1, "a"), patient(1, "d")], STUDIES)
    assert (nowhere.agree, nowhere.differ) == ((), ())


def test_candidates_are_few_and_the_heaviest_first():
    twin = patient(1, "report", age_years=47.0, sex="M", etiology="haemochromatosis", max_tumor_size_cm=3.8)
    plain = patient(1, "other", age_years=52.0, sex="M", etiology="HBV", max_tumor_size_cm=5.6)
    woman = patient(1, "third", age_years=46.0, sex="F", etiology="haemochromatosis", max_tumor_size_cm=3.8)
    found = list(Patients([*crowd(), twin, plain, woman], []).candidates())
    assert [(pair.first_id, pair.second_id) for pair in found] == [
        ("cohort_p3", "report_p1"), ("cohort_p6", "other_p1"),
    ]  # fmt: skip
    assert found[0].weight > found[1].weight


def test_no_patients_and_one_study_give_no_candidates():
    assert list(Patients([], []).candidates()) == []
    assert list(Patients(crowd(), []).candidates()) == []


def test_the_order_of_patients_does_not_matter():
    rows = [*crowd(), patient(1, "report", age_years=47.0, sex="M", etiology="haemochromatosis", max_tumor_size_cm=3.8)]
    assert list(Patients(rows, []).candidates()) == list(Patients(rows[::-1], []).candidates())


def arm(name, **more):
    return {"study_id": name, "design": "cohort", **more}


@pytest.mark.parametrize(
    ("one", "other", "is_candidate"),
    [
        ({"report_id": "pmid:1"}, {"report_id": "pmid:1"}, True),
        ({"first_author": "Park JG", "country": "South Korea"}, {"first_author": "Park JG"}, True),
        ({"first_author": "Kudo M", "country": "Japan"}, {"first_author": "Kudo M", "country": "multinational"}, False),
        ({"country": "Japan"}, {"country": "Japan"}, False),
        ({"country": "Japan", "start_year": 2008, "end_year": 2012},
         {"country": "Japan", "start_year": 2012, "end_year": 2014}, True),
        ({"country": "Japan", "start_year": 2008, "end_year": 2011},
         {"country": "Japan", "start_year": 2012, "end_year": 2014}, False),
        ({"first_author": "Park JG", "country": "South Korea"}, {"first_author": "Park JG", "country": "Italy"}, False),
        ({"first_author": "Qin S", "design": "trial_arm"}, {"first_author": "Qin S", "design": "trial_arm"}, False),
        ({"first_author": "Park JG", "start_year": 2010}, {"first_author": "Park JG", "year": 2009}, False),
    ],
)  # fmt: skip
def test_which_studies_may_share_patients(one, other, is_candidate):
    found = list(Studies([arm("a", **one), arm("b", **other)]).candidates())
    assert [(pair.first_id, pair.second_id) for pair in found] == ([("a", "b")] if is_candidate else [])
