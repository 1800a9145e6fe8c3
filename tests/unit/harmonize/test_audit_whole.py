"""Printed figures of groups whose patients are not listed, held against each other."""

import pytest

from harmonize.audit import audit


def claims(*rows):
    """Each row: field, category, statistic, printed[, of_total]."""
    made = []
    for number, (field, category, statistic, printed, *total) in enumerate(rows, 1):
        made.append({
            "claim_id": f"w{number}", "study_id": "s", "subject": "cohort", "field": field, "category": category,
            "statistic": statistic, "printed": printed, "spread": None, "unit": None,
            "of_total": total[0] if total else 200, "source_url": None, "where_in_source": None,
        })  # fmt: skip
    return made


def found(*rows, studies=(), patients=()):
    return audit(claims(*rows), list(patients), list(studies))


def wrong(*rows, **more):
    return [(one.claim.get("claim_id"), one.recomputed, one.kind, one.explanation)
            for one in found(*rows, **more) if one.outcome == "contradicted"]  # fmt: skip


def test_a_percentage_is_its_count_in_the_total_rounded_as_printed():
    assert wrong(("sex", "M", "count", "151"), ("sex", "M", "percent", "75.5")) == []
    assert wrong(("sex", "M", "count", "151"), ("sex", "M", "percent", "76")) == []
    ((name, recomputed, _, words),) = wrong(("sex", "M", "count", "151"), ("sex", "M", "percent", "75.9"))
    assert (name, recomputed, words) == ("w2", "75.5", "151 of 200")


@pytest.mark.parametrize(
    ("printed", "total", "recomputed", "words"),
    [
        (
            "83.4",
            12,
            "83.33",
            "no whole number of 12 gives 83.4 %; 10 of 12 is the nearest; rounded up where it rounds down",
        ),
        ("10", 7, "14.3", "no whole number of 7 gives 10 %; 1 of 7 is the nearest"),
    ],
)
def test_a_percentage_that_no_count_gives(printed, total, recomputed, words):
    ((_, found_text, _, explanation),) = wrong(("etiology", "HCV", "percent", printed, total))
    assert (found_text, explanation) == (recomputed, words)


@pytest.mark.parametrize(("printed", "total"), [("58", 12), ("91.7", 12), ("0", 12), ("100", 7), ("33.3", 3)])
def test_a_percentage_that_some_count_gives(printed, total):
    assert wrong(("etiology", "HCV", "percent", printed, total)) == []


def test_a_count_larger_than_the_group():
    assert wrong(("sex", "M", "count", "201"))[0][:2] == ("w1", "200")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("sex", "M", "count", "150"), ("sex", "F", "count", "60")], "add to the total (w1 and w2)"),
        ([("sex", "M", "count", "150"), ("sex", "F", "count", "40")], "add to the total (w1 and w2)"),
        ([("etiology", "HBV", "count", "100"), ("etiology", "other", "count", "90")], "add to the total (w1 and w2)"),
        ([("ecog", "0", "count", "150"), ("ecog", "1", "count", "60")], "add to the total (w1 and w2)"),
        (
            [("sex", "M", "percent", "70"), ("sex", "F", "percent", "40")],
            "the percentages do not add to 100 (w1 and w2)",
        ),
        (
            [("age_years", None, "median", "34"), ("age_years", None, "max", "6")],
            "the median is above the max (w1 and w2)",
        ),
        (
            [("age_years", None, "median", "34"), ("age_years", None, "median", "3")],
            "one figure printed twice (w1 and w2)",
        ),
    ],
)
def test_figures_that_cannot_all_be_right(rows, words):
    ((_, _, kind, explanation),) = wrong(*rows)
    assert kind == "claims_disagree"
    assert explanation.endswith(words)


@pytest.mark.parametrize(
    "rows",
    [
        [("sex", "M", "count", "150"), ("sex", "F", "count", "50")],
        # nobody says that these are all the categories
        [("ecog", "0", "count", "100"), ("ecog", "1", "count", "60")],
        [("response", "CR", "count", "0"), ("response", "PR", "count", "12")],
        # one patient can have two causes
        [("etiology", "HBV", "count", "150"), ("etiology", "HCV", "count", "100")],
        [("etiology", "HBV", "percent", "75"), ("etiology", "alcohol", "percent", "50")],
        # 33.3 three times is 99.9
        [("ecog", "0", "percent", "33.3", 3), ("ecog", "1", "percent", "33.3", 3), ("ecog", "2", "percent", "33.3", 3)],
        [("age_years", None, "median", "1.3"), ("age_years", None, "median", "1.34")],
        [("age_years", None, "min", "3"), ("age_years", None, "median", "3"), ("age_years", None, "max", "9")],
    ],
)
def test_figures_that_can_all_be_right(rows):
    assert wrong(*rows) == []


STUDY = {"study_id": "s", "n_cr": 7, "n_treated": 523}


def test_the_count_of_cr_is_held_against_what_enters_the_analysis():
    (agreeing,) = found(("response", "CR", "count", "7", 523), studies=[STUDY])
    assert (agreeing.outcome, agreeing.recomputed) == ("agrees", "7 of 523")
    for printed, total in (("8", 523), ("7", 532)):
        ((_, recomputed, _, words),) = wrong(("response", "CR", "count", printed, total), studies=[STUDY])
        assert (recomputed, words) == ("7 of 523", "what enters the analysis")


def test_two_studies_together_are_added():
    rows = claims(("response", "CR", "count", "9", 600))
    rows[0]["study_id"] = "s+t"
    assert audit(rows, [], [STUDY, {"study_id": "t", "n_cr": 2, "n_treated": 77}])[0].outcome == "agrees"
    assert audit(rows, [], [STUDY, {"study_id": "t", "n_cr": 2, "n_treated": 78}])[0].outcome == "contradicted"
    assert audit(rows, [], [STUDY, {"study_id": "t", "n_cr": None, "n_treated": 78}])[0].outcome == "not_checkable"


def test_without_studies_the_count_of_cr_is_held_against_the_patients_listed():
    patients = [{"patient_id": f"s_p{n}", "study_id": "s"} for n in range(7)]
    assert found(("response", "CR", "count", "7", 523), patients=patients)[0].outcome == "agrees"
    assert wrong(("response", "CR", "count", "6", 523), patients=patients)[0][1] == "7"
    assert found(("response", "CR", "count", "9", 523), patients=patients)[0].outcome == "not_checkable"


def test_what_nothing_can_be_held_against_says_so():
    reasons = [one.explanation for one in found(("age_years", None, "median", "60"), ("sex", "M", "count", "9"))]
    assert reasons == [
        "the patients are not listed",
        "the patients are not listed, and nothing is printed that would show it",
    ]


def test_an_implausible_unit_is_named():
    rows = claims(("platelets_10e9_l", None, "mean_sd", "184"))
    rows[0]["unit"] = "/uL"
    (found_,) = audit(rows, [], [])
    assert (found_.outcome, found_.recomputed, found_.severity) == ("contradicted", "184 10^9/L or 10^3/µL", "info")
    assert found_.explanation == "184 /uL cannot be; as 10^9/L or 10^3/µL it would be usual"
    rows[0]["unit"] = "10^3/uL"
    assert audit(rows, [], [])[0].outcome == "not_checkable"


def test_a_count_below_nothing():
    assert wrong(("sex", "M", "count", "-2"))[0][1] == "0 or more"


def test_a_count_and_its_percentage_of_two_totals():
    rows = ("etiology", "HBV", "count", "60", 100), ("etiology", "HBV", "percent", "66.7", 90)
    assert wrong(*rows) == [
        (None, "of 90", "claims_disagree", "a count and its percentage are of two totals (w1 and w2)")
    ]
    assert wrong(("etiology", "HBV", "count", "60", 90), rows[1]) == []


def test_a_count_of_cr_in_a_part_of_the_cohort_is_not_held_against_the_whole():
    rows = claims(("response", "CR", "count", "2", 90))
    rows[0]["subject"] = "women"
    assert audit(rows, [], [STUDY])[0].outcome == "not_checkable"


def test_a_huge_group_is_no_obstacle():
    assert wrong(("etiology", "HCV", "percent", "34", 10**9)) == []
