import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.fields import FIELDS
from catalog.tables import PATIENT_SHEET, STUDY_SHEET
from harmonize.stated import Refusal, join, read

EXACT = 1e-12  # one multiplication and one division of doubles
WEEK = 7 / 30.4375  # months in a week: 365.25 / 12 days in a month


def ends(text, unit=None, field="time_to_cr"):
    reading = read(FIELDS[field], text, unit)
    assert not isinstance(reading, Refusal), reading
    return reading[f"{field}_months_lower"], reading[f"{field}_months_upper"]


def test_a_missing_code_is_no_concentration():
    """Doubtful values are kept and found by the gate; below 0 they are none."""
    for field in ("afp_baseline_ng_ml", "bilirubin_mg_dl", "platelets_10e9_l"):
        refusal = refused(field, "-9", FIELDS[field].unit)
        assert (refusal.why, refusal.remedy) == (
            "the value is impossible", "Check the value; a missing code belongs into the mapping",
        )  # fmt: skip
    assert read(FIELDS["albi_score"], "-2.6", None) == {"albi_score": -2.6}
    assert str(read(FIELDS["afp_baseline_ng_ml"], "-0", "ng/mL")["afp_baseline_ng_ml"]) == "0.0"


def test_a_time_without_its_unit_is_said_to_lack_it():
    remedy = "State it in the cell, or as unit in the mapping"
    for unit, why in ((None, "the unit is missing"), ("fortnights", "unit 'fortnights' is not known here")):
        refusal = refused("drug_duration", "60", unit)
        assert (refusal.why, refusal.allowed, refusal.remedy) == (why, "days, weeks, months, years", remedy)


def test_a_dose_is_not_an_assay():
    assert refused("start_dose_mg_per_day", "400", "mg").remedy == "State which of them it is"


def refused(field, text, unit=None):
    reading = read(FIELDS[field], text, unit)
    assert isinstance(reading, Refusal)
    return reading


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("4 months", 4, 4),
        ("4.5 mo", 4.5, 4.5),
        ("~4 months", 4, 4),
        ("23 weeks", 23 * WEEK, 23 * WEEK),
        ("6 wk", 6 * WEEK, 6 * WEEK),
        ("30.4375 days", 1, 1),
        ("1 d", 1 / 30.4375, 1 / 30.4375),
        ("2 years", 24, 24),
        ("1 y", 12, 12),
        (">35 months", 35, None),
        (">=35 months", 35, None),
        ("≥35 months", 35, None),
        ("<6 months", 0, 6),
        ("<=6 months", 0, 6),
        ("≤6 Months", 0, 6),
        ("3-6 months", 3, 6),
        ("3 – 6 months", 3, 6),
        ("3 to 6 months", 3, 6),
        ("0 days", 0, 0),
        (".5months", 0.5, 0.5),
    ],
)
def test_durations_become_intervals_in_months(text, lower, upper):
    assert ends(text) == (pytest.approx(lower, rel=EXACT), None if upper is None else pytest.approx(upper, rel=EXACT))


def test_the_founding_report_of_23_weeks_is_5_29_months():
    assert round(ends("23 weeks")[0], 2) == 5.29


def test_a_unit_in_the_words_goes_before_the_unit_of_the_mapping():
    assert ends("6", "months") == (6, 6)
    assert ends("6 weeks", "months")[0] == pytest.approx(6 * WEEK, rel=EXACT)


@pytest.mark.parametrize(
    "text",
    ["soon", "six months", "1,5 months", "3 months to 6 months", ">3-6 months", "", "6 months?"],
)
def test_words_that_are_no_duration_are_refused(text):
    assert refused("time_to_cr", text).why == "not a duration"


def test_a_reversed_range_is_refused():
    assert refused("time_to_cr", "6-3 months").why == "the range ends before it begins"


@pytest.mark.parametrize(
    "text", ["-3 months", "121 months", "3-121 months", ">121 months", "40 years", "9" * 400 + "d"]
)
def test_a_duration_beyond_its_declared_bounds_is_impossible(text):
    refusal = refused("time_to_cr", text)
    assert refusal.why == "the value is impossible"
    assert refusal.allowed == "0 to 120 months"


@pytest.mark.parametrize(("text", "value"), [("48", 48), ("48.5", 48.5), ("+48", 48), ("4.", 4), (".5", 0.5)])
def test_numbers(text, value):
    assert read(FIELDS["age_years"], text, None) == {"age_years": value}


@pytest.mark.parametrize("text", ["13,913", "1e3", "forty", "", "4 8", "nan", "inf", "0x10", "4_8"])
def test_words_that_are_no_number_are_refused(text):
    assert refused("age_years", text).why == "not a number"


def test_whole_numbers():
    assert read(FIELDS["child_pugh_score"], "7", None) == {"child_pugh_score": 7}
    assert read(FIELDS["child_pugh_score"], "7.0", None) == {"child_pugh_score": 7}
    assert refused("child_pugh_score", "7.5").why == "not a whole number"


@pytest.mark.parametrize(
    ("field", "text", "allowed"),
    [
        ("age_years", "300", "0 to 110 years"),
        ("age_years", "-1", "0 to 110 years"),
        ("child_pugh_score", "4", "5 to 15"),
        ("n_treated", "0", "1 to …"),
        ("n_treated", "9" * 30, "1 to …"),
        ("n_treated", "9" * 400, "1 to …"),
        ("n_centres", "9" * 400, "1 to …"),
    ],
)
def test_an_impossible_number_is_refused_with_its_bounds(field, text, allowed):
    refusal = refused(field, text)
    assert refusal.why == "the value is impossible"
    assert refusal.allowed == allowed


def test_an_unlikely_laboratory_value_is_left_to_the_gate():
    assert read(FIELDS["platelets_10e9_l"], "4", None) == {"platelets_10e9_l": 4}


def test_units_are_converted_and_unknown_ones_refused():
    assert read(FIELDS["max_tumor_size_cm"], "23", "mm") == {"max_tumor_size_cm": 2.3}
    assert read(FIELDS["platelets_10e9_l"], "118000", "/uL") == {"platelets_10e9_l": 118}
    refusal = refused("bilirubin_mg_dl", "20", "IU/L")
    assert refusal.why == "unit 'IU/L' is not known here"
    assert refusal.allowed == "mg/dL, µmol/L"
    assert refused("inr", "1.2", "g").allowed == "no unit"


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("13913", 13913, "="),
        (">20000", 20000, ">"),
        ("> 20000", 20000, ">"),
        ("<5", 5, "<"),
        (">=7", 7, ">="),
        ("≥7", 7, ">="),
        ("<=7", 7, "<="),
        ("≤7", 7, "<="),
        ("~7", 7, "~"),
    ],
)
def test_a_quantity_keeps_its_qualifier(text, value, qualifier):
    reading = read(FIELDS["afp_baseline_ng_ml"], text, None)
    assert reading == {"afp_baseline_ng_ml": value, "afp_baseline_ng_ml_qualifier": qualifier}


@pytest.mark.parametrize("text", ["13,913", "Not checked", ">>5", "5-7", ""])
def test_words_that_are_no_quantity_are_refused(text):
    assert refused("afp_baseline_ng_ml", text).allowed == "a number in ng/mL"


def test_codes_are_found_by_code_or_synonym_and_never_guessed():
    assert read(FIELDS["sex"], "Female", None) == {"sex": "F"}
    assert read(FIELDS["criterion"], "RECIST 1.1", None) == {"criterion": "RECIST_1.1"}
    refusal = refused("sex", "girl")
    assert (refusal.why, refusal.allowed) == ("unknown value", "F, M, not_reported")


def test_several_codes_are_sorted_and_each_is_known():
    assert read(FIELDS["etiology"], "HBV; Alcohol;HBV", None) == {"etiology": "HBV;alcohol"}
    assert refused("etiology", "HBV;gin").why == "unknown value 'gin'"
    assert refused("etiology", "HBV;").why == "unknown value ''"


@pytest.mark.parametrize("text", ["none;TACE", "not_reported;RFA", "not_applicable;none"])
def test_nothing_beside_something_contradicts_itself(text):
    assert refused("prior_treatment", text).why == "the codes contradict each other"


def test_codes_of_several_statements_join_in_order():
    assert join(FIELDS["recurrence_site"], {"lung", "intrahepatic"}) == {"recurrence_site": "intrahepatic;lung"}


def test_text_stays_as_stated():
    assert read(FIELDS["vessel_site"], "P5, 6", None) == {"vessel_site": "P5, 6"}


STATED = sorted({*STUDY_SHEET, *PATIENT_SHEET})


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(STATED),
    text=st.one_of(
        st.text(max_size=20), st.from_regex(r"[<>~≥≤]?=?[ 0-9.,-]{0,9} ?(months|weeks|days|y)?", fullmatch=True)
    ),
    unit=st.sampled_from([None, "months", "mm", "/uL", "g/L", "IU/L"]),
)
def test_any_words_are_read_or_refused_and_intervals_are_ordered(name, text, unit):
    reading = read(FIELDS[name], text, unit)
    if isinstance(reading, Refusal):
        assert "None" not in f"{reading.why} {reading.allowed}"
        return
    assert all(value == value for value in reading.values() if value is not None)
    if FIELDS[name].kind == "duration":
        lower, upper = reading[f"{name}_months_lower"], reading[f"{name}_months_upper"]
        assert 0 <= lower <= (lower if upper is None else upper)
