"""Units: every one of the table with its factor, the spellings that mean it, and units that cannot be right."""

import pytest

from catalog.errors import Problems
from catalog.fields import DAYS_PER_MONTH, FIELDS
from catalog.tables import PATIENT_SHEET
from catalog.units import UNITS, USUAL, known_unit, likely_units, median, needs_unit, spelled
from harmonize.stated import Refusal, read
from harmonize.unit_check import check_counted
from harmonize.units import divisor, implausible, months_per, why_not

PLATELETS = FIELDS["platelets_10e9_l"]


def test_a_month_is_a_twelfth_of_365_25_days():
    assert DAYS_PER_MONTH == 365.25 / 12 == 30.4375


def test_the_first_unit_of_a_field_is_the_declared_one():
    assert all(units[0].name == FIELDS[field].unit and units[0].per_declared == 1 for field, units in UNITS.items())


def test_every_field_with_a_unit_that_a_sheet_may_hold_is_in_the_table():
    measured = {name for name in PATIENT_SHEET if FIELDS[name].unit}
    assert measured == set(UNITS)


def test_every_range_lies_within_the_bounds_of_its_field():
    for name, usual in USUAL.items():
        assert (FIELDS[name].minimum or 0) <= usual.low < usual.high <= FIELDS[name].maximum


def test_every_unit_has_a_source():
    assert all(unit.source for units in UNITS.values() for unit in units)


@pytest.mark.parametrize(
    ("field", "stated", "text", "value"),
    [
        ("platelets_10e9_l", "/uL", "118000", 118),
        ("platelets_10e9_l", "10^3/uL", "118", 118),
        ("platelets_10e9_l", "×10⁴/μL", "11.8", 118),
        ("platelets_10e9_l", "10^9/L", "118", 118),
        ("albumin_g_dl", "g/L", "35", 3.5),
        ("bilirubin_mg_dl", "µmol/L", "17.1", 1),
        ("max_tumor_size_cm", "mm", "23", 2.3),
        ("alt_iu_l", "U/L", "40", 40),
        ("alt_iu_l", "µkat/L", "1", 60),
        ("afp_baseline_ng_ml", "ug/L", "400", 400),
        ("afp_at_cr_ng_ml", "mg/L", "0.4", 400),
        ("pivka_baseline_mau_ml", "AU/L", "40", 40),
        ("pivka_at_cr_mau_ml", "AU/mL", "0.04", 40),
        ("start_dose_mg_per_day", "mg twice daily", "400", 800),
        ("start_dose_mg_per_day", "mg bid", "400", 800),
        ("start_dose_mg_per_day", "mg every other day", "400", 200),
        ("age_years", "months", "600", 50),
    ],
)
def test_a_stated_unit_is_converted(field, stated, text, value):
    assert read(FIELDS[field], text, stated)[field] == pytest.approx(value, rel=1e-15)  # one rounding of a division


def test_the_decimal_units_convert_without_rounding():
    assert read(FIELDS["max_tumor_size_cm"], "23", "mm") == {"max_tumor_size_cm": 2.3}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("µmol/L", "umol/l"),
        ("µmol/L", "mcmol/L"),
        ("μmol/L", "µmol/L"),
        ("mcg/L", "µg/L"),
        ("10⁹/L", "10^9/L"),
        ("x10^9/l", "×10e9/L"),
        ("10*9/L", "10E9 / L"),
        ("10**3/mcL", "10^3/µL"),
    ],
)
def test_spellings_of_one_unit(one, other):
    assert spelled(one) == spelled(other)


def test_giga_and_gram_per_litre_are_told_apart_by_the_field():
    assert known_unit("platelets_10e9_l", "G/L").name == "10^9/L"
    assert known_unit("albumin_g_dl", "g/L").name == "g/L"


def test_no_unit_and_the_declared_unit_are_the_same():
    size, inr = FIELDS["max_tumor_size_cm"], FIELDS["inr"]
    assert divisor(size, None) == divisor(size, "cm") == divisor(inr, None) == 1


@pytest.mark.parametrize(
    ("field", "stated"),
    [("max_tumor_size_cm", "inch"), ("max_tumor_size_cm", ""), ("albumin_g_dl", "µmol/L"), ("inr", "g")],
)
def test_an_unknown_unit_is_none(field, stated):
    assert divisor(FIELDS[field], stated) is None


def test_an_unknown_unit_is_refused_with_the_known_ones_and_the_nearest():
    assert why_not(FIELDS["bilirubin_mg_dl"], "mmol/L") == (
        "unit 'mmol/L' is not known here", "mg/dL, µmol/L", "Did you mean 'µmol/L'?",
    )  # fmt: skip


ASSAY = "Convert with your assay's factor: factor and factor_source in the mapping"


@pytest.mark.parametrize(
    ("field", "stated", "why", "remedy"),
    [
        ("afp_baseline_ng_ml", "IU/mL", "1 IU is 0.86 to 1.28 ng", ASSAY),
        ("pivka_baseline_mau_ml", "ng/mL", "kits cannot be used for each other", ASSAY),
        ("start_dose_mg_per_day", "mg", "a dose, or a day's total?", "State which of them it is"),
    ],
)
def test_a_unit_without_one_factor_is_refused_with_the_reason(field, stated, why, remedy):
    refusal = read(FIELDS[field], "100", stated)
    assert isinstance(refusal, Refusal)
    assert refusal.why.startswith(f"there is no one factor for {stated!r}: ")
    assert why in refusal.why
    assert refusal.remedy.startswith(remedy)


def test_only_measurements_need_a_unit():
    assert [needs_unit(name) for name in ("platelets_10e9_l", "age_years", "inr", "ecog")] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("field", "stated", "printed", "likely"),
    [
        ("platelets_10e9_l", "/uL", [118, 105, 184], "'10^9/L' or '10^3/µL'"),
        ("platelets_10e9_l", "10^9/L", [118000, 105000, 184000], "'/µL'"),
        ("platelets_10e9_l", None, [11.8, 10.5, 18.4], "'10^4/µL'"),
        ("albumin_g_dl", "g/dL", [35, 41, 28], "'g/L'"),
        ("albumin_g_dl", "g/L", [3.5, 4.1, 2.8], "'g/dL'"),
        ("bilirubin_mg_dl", "mg/dL", [12, 17, 30], "'µmol/L'"),
        ("bilirubin_mg_dl", "µmol/L", [0.6, 1.1, 2.2], "'mg/dL'"),
        ("max_tumor_size_cm", "cm", [23, 60, 98], "'mm'"),
        ("max_tumor_size_cm", "mm", [2.3, 6, 9.8], "'cm'"),
        ("platelets_10e9_l", "/uL", [184], "'10^9/L' or '10^3/µL'"),
    ],
)
def test_values_that_another_unit_would_make_usual_are_found(field, stated, printed, likely):
    values = [value / (divisor(FIELDS[field], stated) or 1) for value in printed]
    why = implausible(FIELDS[field], stated, values)
    assert f"a median of {median(printed):.4g} " in why
    assert f"as {likely} it would be usual" in why


@pytest.mark.parametrize(
    ("field", "stated", "values"),
    [
        ("platelets_10e9_l", "10^3/uL", [118, 105, 179]),
        ("platelets_10e9_l", "10^9/L", [9]),  # one patient may be that low
        ("albumin_g_dl", "g/dL", [1.4, 2.1]),
        ("bilirubin_mg_dl", "mg/dL", [22]),
        ("afp_baseline_ng_ml", "ng/mL", [1, 2, 500000]),
        ("platelets_10e9_l", "10^9/L", []),
    ],
)
def test_values_that_can_be_are_left_alone(field, stated, values):
    assert implausible(FIELDS[field], stated, values) is None


def test_likely_units_come_with_the_declared_one_first():
    assert [unit.name for unit in likely_units("platelets_10e9_l", [118, 105])] == ["10^9/L", "10^3/µL"]
    assert likely_units("afp_baseline_ng_ml", [5]) == likely_units("platelets_10e9_l", []) == []


@pytest.mark.parametrize(
    ("words", "months"),
    [
        (("d", "day", "days", "Days"), 1 / 30.4375),
        (("wk", "week", "weeks"), 7 / 30.4375),
        (("mo", "month", "MONTHS"), 1),
        (("y", "yr", "year", "years"), 12),
    ],
)
def test_words_for_units_of_time(words, months):
    assert [months_per(word) for word in words] == [pytest.approx(months, rel=1e-15)] * len(words)


def test_other_words_are_no_units_of_time():
    assert months_per("m") is None
    assert months_per("") is None


def test_implausible_units_come_in_order_of_files_however_their_columns_were_counted():
    groups = {("cohort", file, "Alb", "g/dL"): {"39": 3} for file in ("b.csv", "a.csv")}
    problems = Problems()
    check_counted(FIELDS["albumin_g_dl"], groups, {("39", "g/dL"): {"albumin_g_dl": 39.0}}, set(), problems)
    assert [str(problem).split(",")[0] for problem in problems] == ["a.csv", "b.csv"]
