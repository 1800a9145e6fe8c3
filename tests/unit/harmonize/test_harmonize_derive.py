import pytest

from catalog.errors import Problems
from harmonize.derive import derive_patient, fill_unsaid


def derived(**stated):
    """Return the row after deriving; times are given as (lower, upper) in months."""
    row = {}
    for name, value in stated.items():
        if isinstance(value, tuple):
            row[f"{name}_months_lower"], row[f"{name}_months_upper"] = value
        else:
            row[name] = value
    derive_patient(row)
    return row


def from_cr(row, name):
    return row[f"{name}_from_cr_months_lower"], row[f"{name}_from_cr_months_upper"]


@pytest.mark.parametrize(
    ("origin", "stated", "time_to_cr", "expected"),
    [
        ("CR", (9, 9), (3, 3), (9, 9)),
        ("CR", (35, None), (None, None), (35, None)),
        ("start_of_drug", (12, 12), (3, 3), (9, 9)),
        ("start_of_drug_presumed", (12, 12), (3, 3), (9, 9)),
        # between CR at month 3 and CR at month 6 lie three months of not knowing
        ("start_of_drug", (12, 12), (3, 6), (6, 9)),
        ("start_of_drug", (24, None), (0, 6), (18, None)),
        ("start_of_drug", (12, 12), (2, None), (None, 10)),
        ("start_of_drug", (12, 12), (None, None), (None, None)),
        ("start_of_drug_or_cr", (12, 12), (4, 4), (8, 12)),
        ("diagnosis", (12, 12), (3, 3), (None, None)),
        ("surgery", (12, 12), (3, 3), (None, None)),
        ("not_stated", (12, 12), (3, 3), (None, None)),
        (None, (12, 12), (3, 3), (None, None)),
    ],
)
def test_disease_free_time_is_counted_from_cr_as_far_as_its_origin_allows(origin, stated, time_to_cr, expected):
    row = derived(disease_free=stated, disease_free_origin=origin, time_to_cr=time_to_cr)
    assert from_cr(row, "disease_free") == expected


@pytest.mark.parametrize(
    ("origin", "stated", "time_to_cr", "expected"),
    [
        ("CR", (1.5, 1.5), (2, 2), (1.5, 1.5)),
        ("start_of_drug", (48, 48), (4, 4), (44, 44)),
        ("start_of_drug", (6, 6), (0, 6), (0, 6)),
        ("start_of_drug_presumed", (1, 1), (6, 6), (-5, -5)),
        ("start_of_drug_or_cr", (12, 12), (4, 4), (8, 12)),
        ("start_of_drug", (2, None), (2, None), (None, None)),
        ("surgery", (2, 2), (1, 1), (None, None)),
    ],
)
def test_the_stop_is_counted_from_cr_and_negative_before_it(origin, stated, time_to_cr, expected):
    assert from_cr(derived(drug_stop=stated, drug_stop_origin=origin, time_to_cr=time_to_cr), "drug_stop") == expected


def test_follow_up_from_the_stop_adds_to_the_time_of_the_stop():
    # clinical CR somewhere within 6 months of treatment, then 6 months without recurrence after stopping
    row = derived(
        time_to_cr=(0, 6), drug_stop=(6, 6), drug_stop_origin="start_of_drug",
        disease_free=(6, 6), disease_free_origin="stop",
    )  # fmt: skip
    assert from_cr(row, "drug_stop") == (0, 6)
    assert from_cr(row, "disease_free") == (6, 12)


def test_follow_up_from_an_unknown_stop_stays_unknown():
    row = derived(disease_free=(6, 6), disease_free_origin="stop", time_to_cr=(3, 3))
    assert from_cr(row, "disease_free") == (None, None)


def test_cr_of_a_resected_tumour_is_found_on_the_day_of_surgery():
    row = derived(
        disease_free=(12, 12), disease_free_origin="surgery", drug_after_cr="surgery", time_to_cr=(0, 10)
    )  # fmt: skip
    assert from_cr(row, "disease_free") == (12, 12)
    assert (row["time_to_cr_months_lower"], row["time_to_cr_months_upper"]) == (0, 10)


def test_an_imprecise_time_does_not_reach_before_cr_but_a_recurrence_before_it_stays_to_be_refused():
    imprecise = derived(disease_free=(10, 10), disease_free_origin="start_of_drug", time_to_cr=(3, 12))
    assert from_cr(imprecise, "disease_free") == (0, 7)
    impossible = derived(disease_free=(2, 2), disease_free_origin="start_of_drug", time_to_cr=(6, 6))
    assert from_cr(impossible, "disease_free") == (-4, -4)


def test_a_stop_after_cr_does_not_reach_before_it():
    stop = {"drug_stop": (6, 6), "drug_stop_origin": "start_of_drug", "time_to_cr": (3, 9)}
    assert from_cr(derived(**stop, drug_after_cr="stopped_after_cr"), "drug_stop") == (0, 3)
    assert from_cr(derived(**stop, drug_after_cr="unclear"), "drug_stop") == (-3, 3)


@pytest.mark.parametrize(("score", "letter"), [(5, "A"), (6, "A"), (7, "B"), (9, "B"), (10, "C"), (15, "C")])
def test_child_pugh_class_follows_from_the_score(score, letter):
    assert derived(child_pugh_score=score)["child_pugh_class"] == letter


def test_what_is_stated_goes_before_what_follows():
    row = derived(child_pugh_score=6, child_pugh_class="B", drug_maintained="yes", drug_after_cr="reduced")
    assert (row["child_pugh_class"], row["drug_after_cr"]) == ("B", "reduced")
    assert derived(drug_maintained="yes")["drug_after_cr"] == "maintained"
    assert derived(drug_maintained="no").get("drug_after_cr") is None


def test_what_nobody_stated_gets_the_vocabularys_word_for_it():
    row = {"patient_id": "a_p1", "file": "f.csv", "row": 2, "cr_certainty": "confirmed", "sex": "M"}
    problems = Problems()
    fill_unsaid("patient", row, problems)
    assert not len(problems)
    assert row["sex"] == "M"
    assert row["recurrence"] == "not_reported"
    assert row["time_to_cr_origin"] == "not_stated"
    assert row["drug_after_cr"] == "unclear"


def test_what_has_no_word_for_unsaid_must_be_stated():
    problems = Problems()
    fill_unsaid("study", {"study_id": "a", "file": "f.csv", "row": 2}, problems)
    assert [str(problem).split(";")[0] for problem in problems] == [
        "f.csv, row 2: design of a must be stated",
        "f.csv, row 2: denominator of a must be stated",
    ]
