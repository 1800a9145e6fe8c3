"""Cohort files whatever is in them: numbers come back in every notation or are asked about; reading never fails."""

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import Problems
from catalog.units import UNITS, spelled
from ingest.cohort.dates import USUAL, apart, read_date
from ingest.cohort.delimited import read_delimited
from ingest.cohort.entries import FileForm
from ingest.cohort.numerals import Notation, kinds_of, notation_of
from ingest.cohort.privacy import named, shown_by_cells, shown_by_words

NOTATIONS = [Notation(".", ","), Notation(",", "."), Notation(",", ""), Notation(".", "")]
NUMBERS = st.decimals(0, 9_999_999, places=2)


def written(number, notation):
    whole, _, part = f"{number:,.2f}".partition(".")
    return whole.replace(",", notation.thousands) + notation.decimal + part


@given(st.lists(NUMBERS, min_size=1, max_size=8), st.sampled_from(NOTATIONS))
def test_numbers_with_two_decimals_are_read_back_in_every_notation(numbers, notation):
    cells = [written(number, notation) for number in numbers]
    found = notation_of(kinds_of(cells), commas_elsewhere=False)
    assert isinstance(found, Notation)
    assert [float(found.plain(cell)) for cell in cells] == [float(number) for number in numbers]


@given(st.lists(st.integers(0, 9_999_999), min_size=1, max_size=8), st.sampled_from([",", "."]))
def test_whole_numbers_with_thousands_are_read_right_or_asked_about(numbers, mark):
    cells = [f"{number:,}".replace(",", mark) for number in numbers]
    found = notation_of(kinds_of(cells), commas_elsewhere=True)
    if isinstance(found, Notation):
        assert [float(found.plain(cell)) for cell in cells] == numbers


@settings(max_examples=150)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    problems = Problems()
    records = read_delimited("w.csv", data, FileForm(), problems)
    assert all(len(cells) == len(records.rows) for cells in records.columns.values())
    assert records.columns or len(problems)


@given(st.dates(), st.dates(), st.sampled_from([form for form in USUAL if "%Y" in form and "%d" in form]))
def test_dates_in_any_format_are_as_far_apart_as_they_are(one, other, form):
    first, second = (read_date(day.strftime(form), form) for day in (one, other))
    if one.year < 1000 or other.year < 1000:  # strftime writes such years without zeros, and %Y wants four digits
        return
    assert (first, second) == ((one, one), (other, other))
    days = (other - one).days
    assert apart(first, second, "days") == (f"{days} days" if days >= 0 else None)


@given(st.dates(), st.dates())
def test_a_month_holds_every_day_of_it(one, other):
    since, until = read_date(f"{one:%Y-%m}".zfill(7), ""), read_date(other.isoformat(), "")
    assert since[0] <= one <= since[1]
    span = apart(since, until, "days")
    if (other - one).days >= 0:
        low, _, high = span.removesuffix(" days").partition("-")
        assert int(low) <= (other - one).days <= int(high or low)


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=8))
def test_any_name_and_cells_are_judged(name, cells):
    for judged in (named(name), shown_by_cells(cells), shown_by_words(set(cells))):
        assert judged is None or isinstance(judged, str)


@given(st.sampled_from([unit.name for units in UNITS.values() for unit in units]), st.text(max_size=12))
def test_spelling_a_unit_twice_changes_nothing(name, text):
    assert spelled(spelled(name)) == spelled(name)
    assert isinstance(spelled(text), str)
