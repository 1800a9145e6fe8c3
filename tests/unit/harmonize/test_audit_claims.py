"""One claim at a time against a small synthetic group: who is meant, what agrees, and what would explain a slip."""

import pytest

from harmonize.audit import audit

AGES = [40, 52, 45, 61, 70, 58, 66]
SIZES = [3.0, 9.0, 5.0, 4.0, 7.0, 6.0, 2.0]


def months(name, value):
    lower, upper = value if isinstance(value, tuple) else (value, value)
    return {f"{name}_months_lower": lower, f"{name}_months_upper": upper}


PATIENTS = [
    {
        "patient_id": f"s_p{n}", "study_id": "s", "file": "s.csv", "row": n + 1, "age_years": float(age),
        "sex": "F" if n == 7 else "M", "etiology": "HBV;alcohol" if n == 2 else "HCV" if n in (3, 5) else "HBV",
        "max_tumor_size_cm": size,
        "drug_after_cr": "stopped_after_cr" if n in (1, 6) else "maintained" if n < 5 else "reduced",
        "recurrence": "yes" if n in (1, 6) else "no", "prior_treatment": "none" if n < 4 else "TACE",
        "child_pugh_score": 5 + n % 3, "harms": "not_reported" if n == 4 else "yes",
        **months("time_to_cr", n), **months("drug_duration", 10 + n),
    }
    for n, age, size in zip(range(1, 8), AGES, SIZES, strict=True)
]  # fmt: skip


def claim(field, statistic, printed, category=None, *, subject="CR patients", of_total=7, name="c", **more):
    return {
        "claim_id": name, "study_id": "s", "subject": subject, "field": field, "category": category,
        "statistic": statistic, "printed": printed, "spread": None, "unit": None, "of_total": of_total,
        "source_url": None, "where_in_source": None, **more,
    }  # fmt: skip


def found(*claims, patients=PATIENTS, studies=()):
    return audit(claims, patients, list(studies))


@pytest.mark.parametrize(("of_total", "outcome"), [(7, "agrees"), (6, "contradicted"), (8, "agrees"), (None, "agrees")])
def test_a_figure_of_everybody_is_of_as_many_as_are_listed(of_total, outcome):
    assert one("age_years", "median", "58", of_total=of_total).outcome == outcome
    assert one("sex", "count", "6", "male", of_total=of_total).outcome == outcome
    known = one("harms", "count", "6", "yes", of_total=of_total)  # of one it is not known
    assert known.outcome == "agrees"


def test_a_figure_of_fewer_than_are_listed_says_so():
    found_ = one("age_years", "median", "58", of_total=6)
    assert (found_.recomputed, found_.explanation) == ("58 of 7", "printed of 6, 7 are listed")


def one(*arguments, **more):
    (finding,) = found(claim(*arguments, **more))
    return finding


@pytest.mark.parametrize(
    ("field", "statistic", "printed", "category"),
    [
        ("age_years", "min", "40", None), ("age_years", "max", "70", None), ("age_years", "median", "58", None),
        ("max_tumor_size_cm", "median", "5", None), ("max_tumor_size_cm", "median", "5.0", None),
        ("etiology", "count", "5", "HBV"), ("etiology", "percent", "71", "HBV"), ("etiology", "percent", "71.4", "HBV"),
        ("sex", "count", "6", "male"), ("child_pugh_score", "count", "5", "5-6"), ("time_to_cr", "count", "5", "<6"),
        ("time_to_cr", "count", "6", "<=6"), ("time_to_cr_months", "median", "4", None),
        ("harms", "missing", "1", None),
        ("drug_after_cr", "count", "2", "discontinued"), ("drug_after_cr", "count", "5", "maintained"),
        ("drug_after_cr", "count", "2", "reduced"), ("age_years", "count", "7", None),
        ("harms", "percent", "86", "yes"), ("harms", "percent", "100", "yes"),  # of all, of those of whom it is known
    ],
)  # fmt: skip
def test_what_the_rows_bear_out(field, statistic, printed, category):
    assert one(field, statistic, printed, category).outcome == "agrees"


@pytest.mark.parametrize(
    ("subject", "printed"),
    [
        ("CR patients with recurrence", "49"),  # 40 and 58
        ("CR patients without recurrence", "61"),  # 45 52 61 66 70
        ("CR patients with the drug maintained", "61"),
        ("CR patients who stopped", "49"),
        ("men with CR", "55"),  # 40 45 52 58 61 70: 52 and 58
        ("women", "66"),
        ("patients, etiology=HCV", "57.5"),  # 45 and 70
        ("patients", "58"),
        ("", "58"),
        (None, "58"),
    ],
)
def test_the_subject_names_the_subset(subject, printed):
    finding = one("age_years", "median", printed, subject=subject, of_total=None)
    assert (finding.outcome, finding.recomputed) == ("agrees", printed)


@pytest.mark.parametrize("subject", ["the young ones", "CR patients with fever", "patients, etiology=plague"])
def test_a_subject_that_is_not_understood_is_not_checked(subject):
    for total in (3, 6):  # as many as are listed may be others by chance
        finding = one("age_years", "median", "59", subject=subject, of_total=total)
        assert finding.outcome == "not_checkable"
        assert finding.explanation == f"whom {subject!r} means is not understood; the patients are not listed"


def test_a_whole_cohort_is_recomputed_when_all_of_it_is_listed():
    assert one("age_years", "median", "58", subject="cohort").outcome == "agrees"
    assert one("age_years", "median", "59", subject="cohort").outcome == "contradicted"
    assert one("age_years", "median", "59", subject="cohort", of_total=500).outcome == "not_checkable"


def test_a_unit_of_time_is_converted():
    assert one("time_to_cr", "median", "17.4", unit="weeks").outcome == "agrees"
    assert one("time_to_cr", "median", "4", unit="fortnights").outcome == "not_checkable"


def test_times_known_as_intervals_agree_with_any_figure_that_they_allow():
    rows = [{**row, **months("time_to_cr", (0.0, 6.0))} for row in PATIENTS[:3]]

    def verdict(printed):
        return found(claim("time_to_cr", "median", printed, of_total=3), patients=rows)[0]

    assert verdict("4").outcome == "agrees"
    assert (verdict("7").outcome, verdict("7").recomputed) == ("contradicted", "0 to 6")


def test_an_open_end_allows_any_larger_figure():
    rows = [{**PATIENTS[0], **months("time_to_cr", (35.0, None))}]
    assert found(claim("time_to_cr", "max", "50", of_total=1), patients=rows)[0].outcome == "agrees"
    assert found(claim("time_to_cr", "max", "30", of_total=1), patients=rows)[0].outcome == "contradicted"


def test_a_mean_and_its_standard_deviation():
    assert one("age_years", "mean_sd", "56.0", spread="10.9").outcome == "agrees"  # 392 / 7 and √(718 / 6)
    off = one("age_years", "mean_sd", "56.0", spread="14.9")
    assert (off.outcome, off.claim["printed"], off.explanation) == (
        "contradicted", "56.0 ± 14.9", "the standard deviation differs",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("max_tumor_size_cm", "median", "4"), "it is the third of the seven values in order of size"),
        (("age_years", "median", "61"), "it is the fifth of the seven values in order of size"),
        (("age_years", "mean_sd", "58.0"), "it is the median"),
        (("age_years", "median", "56"), "it is the mean"),
        (("age_years", "max", "66"), "it is the maximum without s_p5"),
        (("age_years", "min", "45"), "it is the minimum of the five with the drug maintained"),
        (("age_years", "max", "71"), "misprint: 71 for 70, one digit"),
        (("age_years", "max", "7"), "misprint: 7 for 70, one digit missing"),
        (("age_years", "max", "700"), "misprint: 700 for 70, one digit too many"),
        (("age_years", "median", "85"), "misprint: 85 for 58, two digits exchanged"),
        (("age_years", "median", "5.8"), "misprint: 5.8 for 58, the decimal point moved"),
        (("drug_duration", "max", "10"), "it is the maximum counted from CR, not from the start"),
        (("etiology", "count", "4", "HBV"), "4 have nothing beside HBV"),
        (("prior_treatment", "count", "4", "none"), "4 is the number in the other categories"),
        (("time_to_cr", "count", "6", "<6"), "with s_p6, exactly 6, counted the other way (<= 6)"),
        (("sex", "count", "7", "M"), "7 is the number of all"),
        (("sex", "count", "5", "M"), "one of the six was left out"),
        (("etiology", "percent", "57", "HBV"), "5 of 7; it is 4 of 7"),
        (("etiology", "percent", "28", "HCV"), "2 of 7; cut off instead of rounded"),
    ],
)
def test_what_would_explain_a_slip(arguments, words):
    finding = one(*arguments)
    assert finding.outcome == "contradicted"
    assert words in finding.explanation


def test_a_median_of_values_left_unsorted():
    rows = [{**row, "age_years": float(age)} for row, age in zip(PATIENTS, (50, 60, 55, 71, 40, 45, 52), strict=True)]
    finding = found(claim("age_years", "median", "71"), patients=rows)[0]
    assert "the seventh of the seven values in order of size" in finding.explanation
    rows = [{**row, "patient_id": f"s_p{30 - n}"} for n, row in enumerate(rows)]  # names do not order the table
    assert found(claim("age_years", "median", "52"), patients=rows)[0].outcome == "agrees"


def test_only_rounding_and_exact_bounds_are_minor():
    assert one("etiology", "percent", "28", "HCV").severity == "info"
    assert one("time_to_cr", "count", "6", "<6").severity == "info"
    assert one("etiology", "percent", "57", "HBV").severity == "warning"


def test_a_patient_counted_under_another_category():
    first, second = found(
        claim("etiology", "count", "6", "HBV", name="b"), claim("etiology", "count", "1", "HCV", name="c")
    )
    assert first.explanation == second.explanation == "as if one with HCV had been counted under HBV"


def test_a_percentage_follows_from_its_count():
    _, share = found(
        claim("etiology", "count", "6", "HBV", name="n"), claim("etiology", "percent", "86", "HBV", name="p")
    )
    assert share.explanation == "5 of 7; follows from the printed count, 6 (n)"


def test_the_same_figure_printed_rightly_elsewhere():
    wrong, _ = found(claim("age_years", "median", "59", name="a"),
                     claim("age_years", "median", "58", name="b", where_in_source="abstract"))  # fmt: skip
    assert wrong.explanation.startswith("58 in another place (abstract)")


def test_who_is_not_known_could_be_in_any_category():
    assert one("harms", "count", "7", "yes").outcome == "not_checkable"
    assert one("harms", "count", "5", "yes").outcome == "contradicted"
    assert one("harms", "count", "1", "no").outcome == "not_checkable"


def test_patients_who_are_not_listed_could_explain_a_figure_unless_nobody_could():
    assert one("age_years", "median", "57", of_total=9).outcome == "not_checkable"
    assert one("age_years", "max", "75", of_total=9).outcome == "not_checkable"
    assert one("age_years", "max", "65", of_total=9).outcome == "contradicted"
    assert one("age_years", "min", "41", of_total=9).outcome == "contradicted"
    assert one("sex", "count", "7", "M", of_total=9).outcome == "not_checkable"
    assert one("sex", "count", "5", "M", of_total=9).outcome == "contradicted"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("age_years", "median", "about 58"), "what is printed is no number"),
        (("weight_kg", "median", "58"), "weight_kg is no field of patients"),
        (("sex", "median", "1"), "sex is no number"),
        (("etiology", "count", "1", "plague"), "'plague' is no category of etiology that is understood"),
        (("etiology", "percent", "71"), "a percentage needs its category"),
        (("afp_baseline_ng_ml", "median", "5"), "afp_baseline_ng_ml is not listed of any of these patients"),
    ],
)
def test_what_cannot_be_checked_says_why(arguments, words):
    finding = one(*arguments)
    assert (finding.outcome, finding.explanation) == ("not_checkable", words)


def test_elevated_markers_have_a_usual_limit():
    rows = [
        {**row, "afp_baseline_ng_ml": value} for row, value in zip(PATIENTS, (5, 20, 21, 400, 3, 900, 10), strict=True)
    ]
    subject = {"subject": "CR patients with elevated AFP", "of_total": 3}
    assert found(claim("afp_baseline_ng_ml", "count", "3", **subject), patients=rows)[0].outcome == "agrees"
    assert found(claim("afp_baseline_ng_ml", "median", "400", **subject), patients=rows)[0].outcome == "agrees"


def test_a_study_of_which_one_part_is_not_listed_is_not_recomputed():
    finding = found(claim("age_years", "median", "59", study_id="s+t"))[0]
    assert (finding.outcome, finding.explanation) == ("not_checkable", "the patients are not listed")


def test_nothing_to_audit():
    assert found() == []
    assert found(claim("age_years", "median", "59"), patients=[])[0].outcome == "not_checkable"
