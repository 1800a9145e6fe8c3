import pytest

from catalog.fields import DAYS_PER_MONTH
from harmonize.units import IN_DECLARED, divisor, months_per


def test_a_month_is_a_twelfth_of_365_25_days():
    assert DAYS_PER_MONTH == 365.25 / 12 == 30.4375


@pytest.mark.parametrize(
    ("stated", "declared", "per"),
    [
        ("/uL", "10^9/L", 1000),  # 1 per µL is 10^6 per L
        ("10^3/uL", "10^9/L", 1),
        ("g/L", "g/dL", 10),
        ("mm", "cm", 10),
        ("ug/L", "ng/mL", 1),
        ("µg/L", "ng/mL", 1),
        ("U/L", "IU/L", 1),
    ],
)
def test_every_unit_of_the_table(stated, declared, per):
    assert divisor(stated, declared) == per


def test_the_table_is_tested_whole():
    assert len(IN_DECLARED) == 7


def test_no_unit_and_the_declared_unit_are_the_same():
    assert divisor(None, "cm") == divisor("cm", "cm") == divisor(None, None) == 1


@pytest.mark.parametrize(("stated", "declared"), [("cm", "mm"), ("µmol/L", "mg/dL"), ("cm", None), ("", "cm")])
def test_an_unknown_unit_is_none(stated, declared):
    assert divisor(stated, declared) is None


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
