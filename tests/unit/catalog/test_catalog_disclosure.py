import pytest

from catalog.disclosure import shown_age, shown_ages, shown_list, shown_row


@pytest.mark.parametrize(
    ("age", "shown"), [(48, 48), (89, 89), (89.5, 90), (90, 90), (93, 90), (104, 90), (0, 0), (None, None)]
)
def test_ages_over_89_are_one_category(age, shown):
    assert shown_age(age) == shown


@pytest.mark.parametrize(
    ("text", "unit", "shown"),
    [
        ("93", "years", "90"), ("93.5 years", None, "90 years"), ("88-95", None, "88-90"), (">91", None, ">90"),
        ("89", None, "89"), ("1104", "months", "1080"), ("1060", "months", "1060"), ("w_p95", None, "w_p95"),
        ("the median of 95 patients", None, "the median of 95 patients"), ("523", None, "523"), ("2.93", None, "2.93"),
        ("0% missing in version 92, 100% now", None, "0% missing in version 92, 100% now"), ("99.5 %", None, "99.5 %"),
        ("it is number 95 of the 97 values", None, "it is number 95 of the 97 values"),
        ("38 to 88 in version 4, 38 to 97 now", None, "38 to 88 in version 4, 38 to 90 now"),
    ],
)  # fmt: skip
def test_ages_in_a_text(text, unit, shown):
    assert shown_ages(text, unit) == shown


def test_only_ages_are_taken_out_of_a_line_of_evidence():
    line = "age_years 91 and 92 (2.9); max_tumor_size_cm 95 (2.7); drug_duration 91 months and 92 months"
    assert shown_list(line) == line.replace("age_years 91 and 92", "age_years 90 and 90")
    assert shown_row({"evidence_for": line, "evidence_against": None})["evidence_for"] == shown_list(line)


def test_a_row_about_ages_and_one_that_only_counts_them():
    told = {"field": "age_years", "statistic": "max", "printed": "91", "recomputed": "94", "unit": "years"}
    assert shown_row(told) == told | {"printed": "90", "recomputed": "90"}
    counted = {"field": "age_years", "category": ">60", "statistic": "count", "printed": "95", "unit": "patients"}
    assert shown_row(counted) == counted
    other = {"field": "albumin_g_dl", "printed": "93"}
    assert shown_row(other) == other


def test_a_finding_of_several_columns_has_its_age_capped_by_its_place():
    found = {"column": "study_id, age_years, afp_baseline_ng_ml", "found": "w, 93, 95"}
    assert shown_row(found)["found"] == "w, 90, 95"
    assert shown_row(found | {"found": "as a whole, 93"})["found"] == "as a whole, 90"
