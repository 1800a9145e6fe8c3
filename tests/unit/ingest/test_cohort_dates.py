"""Dates become times before anything is stored; a date without its day is a span, a format is never assumed."""

import datetime

import pytest
from support.cohort_files import Desk, column, ignored

from ingest.cohort.dates import apart, earliest, fitting, read_date

DATES = '[dates]\nindex = "Start"\nevent = "start_of_drug"\n'
CR = '[[difference]]\nfield = "time_to_cr"\nuntil = "CR"\n'


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def day(text):
    moment = datetime.date.fromisoformat(text)
    return moment, moment


@pytest.mark.parametrize(
    ("cell", "form", "first", "last"),
    [
        ("2012-03-05", "", "2012-03-05", "2012-03-05"),
        ("2012-03-05 10:30", "", "2012-03-05", "2012-03-05"),
        ("2012-03-05T10:30:00.5", "", "2012-03-05", "2012-03-05"),
        ("2012-02", "", "2012-02-01", "2012-02-29"),
        ("2012", "", "2012-01-01", "2012-12-31"),
        ("5.3.2012", "%d.%m.%Y", "2012-03-05", "2012-03-05"),
        ("3/5/2012", "%m/%d/%Y", "2012-03-05", "2012-03-05"),
        ("Feb 2011", "%b %Y", "2011-02-01", "2011-02-28"),
        ("12-DEC-05", "%d-%b-%y", "2005-12-12", "2005-12-12"),
    ],
)
def test_a_date_is_the_days_it_can_be(cell, form, first, last):
    assert read_date(cell, form) == (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("cell", "form"),
    [("2012-02-30", ""), ("2012-13", ""), ("5.3.2012", ""), ("12", ""), ("31.2.2012", "%d.%m.%Y"), ("", "%Y"),
     ("2012-03-05", "%d.%m.%Y"), ("0000", "")],
)  # fmt: skip
def test_what_is_no_date_is_none(cell, form):
    assert read_date(cell, form) is None


@pytest.mark.parametrize(
    ("since", "until", "unit", "time"),
    [
        (day("2012-01-01"), day("2012-02-26"), "days", "56 days"),
        (day("2012-01-01"), day("2012-01-01"), "days", "0 days"),
        (day("2012-01-01"), day("2012-01-31"), "months", "0.9856262833675564 months"),
        (day("2012-01-01"), read_date("2012-02", ""), "days", "31-59 days"),
        (read_date("2012-01", ""), day("2012-01-10"), "days", "0-9 days"),
        (day("2012-02-01"), day("2012-01-31"), "days", None),
        (day("1950-06-30"), day("2012-06-29"), "years", "61"),
        (day("1950-06-30"), day("2012-06-30"), "years", "62"),
        (day("1952-02-29"), day("2013-02-28"), "years", "60"),
        (day("1952-02-29"), day("2013-03-01"), "years", "61"),
        (read_date("1950-06", ""), day("2012-07-15"), "years", "62"),
        (read_date("1950", ""), day("2012-07-15"), "years", None),
    ],
)
def test_the_time_between_two_dates(since, until, unit, time):
    assert apart(since, until, unit) == time


def test_the_earliest_of_two_spans_may_be_on_any_day_of_either():
    assert earliest([read_date("2012-03", ""), day("2012-03-10")]) == (
        datetime.date(2012, 3, 1), datetime.date(2012, 3, 10),
    )  # fmt: skip


def test_only_formats_that_fit_all_cells_are_proposed():
    assert fitting(["12/16/2005", "2/2/2006"]) == ["%m/%d/%Y"]
    assert fitting(["2/3/2006"]) == ["%d/%m/%Y", "%m/%d/%Y"]


def test_a_time_is_stored_and_no_date(desk):
    text = "No,Start,CR\n1,5.3.2012,30.4.2012\n2,1.1.2013,\n3,1.1.2013,n.d.\n"
    desk.load(text, DATES + 'format = "%d.%m.%Y"\nmissing = ["n.d."]\n', CR)
    assert desk.stated("time_to_cr") == {"w_p1": ("56 days", None)}
    assert desk.stated("time_to_cr_origin") == {"w_p1": ("start_of_drug", None)}
    stored = str(desk.store.read("observation").to_pylist())
    assert "2012" not in stored
    assert "2013" not in stored
    assert {row["column"] for row in desk.store.read("observation").to_pylist()} >= {"CR − Start"}
    patient = desk.harmonized()["w_p1"]
    assert patient["time_to_cr_months_lower"] == pytest.approx(56 / 30.4375, rel=1e-15)
    assert patient["time_to_cr_origin"] == "start_of_drug"


def test_an_age_comes_from_the_date_of_birth_and_the_index_event(desk):
    age = '[[difference]]\nfield = "age_years"\nsince = "Born"\nuntil = "Start"\nunit = "years"\n'
    desk.load("No,Born,Start\n1,1950-06-30,2012-06-29\n2,1960-01,2012-06-29\n", DATES, age)
    assert desk.words("age_years") == {"w_p1": "61", "w_p2": "52"}


def test_a_date_without_its_day_gives_a_range(desk):
    desk.load("No,Start,CR\n1,2012-01-01,2012-02\n", DATES, CR)
    assert desk.words("time_to_cr") == {"w_p1": "31-59 days"}
    assert desk.harmonized()["w_p1"]["time_to_cr_months_upper"] == pytest.approx(59 / 30.4375, rel=1e-15)


def test_the_earliest_of_several_dates_ends_a_time_and_its_being_there_answers(desk):
    free = '[[difference]]\nfield = "disease_free"\nuntil = ["Recurrence", "Seen"]\n'
    answer = '[[any_of]]\nfield = "recurrence"\nnames = ["Recurrence"]\nyes_when_filled = true\nno = ["."]\n'
    text = "No,Start,Recurrence,Seen\n1,2012-01-01,2012-01-11,2012-01-21\n2,2012-01-01,.,2012-01-31\n3,2012-01-01,,\n"
    desk.load(text, DATES + 'missing = ["."]\n', free, answer)
    assert desk.words("disease_free") == {"w_p1": "10 days", "w_p2": "30 days"}
    assert desk.stated("recurrence") == {"w_p1": ("Recurrence: filled", "yes"), "w_p2": ("Recurrence: .", "no")}
    assert desk.words("disease_free_origin") == {"w_p1": "start_of_drug", "w_p2": "start_of_drug"}


def test_an_empty_cell_is_no_answer_unless_the_mapping_says_so(desk):
    answer = '[[any_of]]\nfield = "recurrence"\nnames = ["Recurrence"]\nyes_when_filled = true\nno = [""]\n'
    desk.load("No,Recurrence\n1,2012-01-11\n2,\n", answer)
    assert desk.words("recurrence") == {"w_p1": "yes", "w_p2": "no"}


@pytest.mark.parametrize(
    ("text", "entries", "problem"),
    [
        (
            "No,Start,CR\n1,2/3/2012,3/4/2012\n",
            (DATES, CR),
            (
                "w.csv, column 'Start': the format of the dates is not declared; allowed: '%d/%m/%Y', '%m/%d/%Y'. "
                "Declare format or formats in [dates] of the mapping"
            ),
        ),
        (
            "No,Start,CR\n1,2012-01-01,2011-12-20\n",
            (DATES, CR),
            "w.csv, row 2, column 'CR − Start': the second date is 12 days before the first. Check both dates",
        ),
        (
            "No,Start,CR\n1,2012-01-01,soon\n2,2012-01-01,2012-02-01\n",
            (DATES, CR),
            (
                "w.csv, row 2, column 'CR': not a date; found 'soon'; allowed: a date as 2012-03-05, 2012-03 or 2012. "
                "Correct it, or name it in missing of [dates]"
            ),
        ),
        (
            "No,Start,CR\n1,40909,2012-03-05\n",
            (DATES, CR),
            (
                "w.csv, column 'Start': the format of the dates is not declared; found '40909'. "
                "Days counted from 1900 or 1904, as Excel stores them: show them as dates in Excel, and save"
            ),
        ),
        (
            "No,Start,CR\n1,2012-01-01,2012-03-05 23:05:00+00:00\n2,2012-01-01,2012-02-01\n",
            (DATES, CR),
            (
                "w.csv, row 2, column 'CR': not a date; found '2012-03-05 23:05:00+00:00'; "
                "allowed: a date as 2012-03-05, 2012-03 or 2012. "
                "Its day depends on the zone: write the day alone, as it was where the patient was"
            ),
        ),
        (
            "No,Born,Start\n1,1950,2012-06-29\n",
            (DATES, '[[difference]]\nfield = "age_years"\nsince = "Born"\nuntil = "Start"\nunit = "years"\n'),
            "w.csv, row 2, column 'Start − Born': a date without its day, so the age cannot be told. Check both dates",
        ),
        (
            "No,CR\n1,2012-01-01\n",
            (CR,),
            "w.toml, column 'time_to_cr': a difference needs since, or the index of [dates]",
        ),
    ],
)
def test_dates_that_cannot_be_read_are_one_problem(desk, text, entries, problem):
    assert desk.refused(text, *entries)[0] == problem


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('[dates]\nformat = "dd.mm.yyyy"\n', "w.toml, column 'format': not a format of a date in [dates]"),
        ('[dates]\nindex = "Start"\nevent = "beginning"\n', "w.toml, column 'event': no such event in [dates]"),
        ('[dates]\nevent = "CR"\n', "w.toml, column 'index': an event without the column of its date in [dates]"),
        (CR + 'unit = "weeks"\n', "w.toml, column 'unit': no unit for a difference in [difference] time_to_cr"),
        (CR.replace("time_to_cr", "sex"), "w.toml, column 'field': a difference of dates is a time or an age"),
        (CR.replace('"CR"', "5"), "w.toml, column 'until': wrong type in [difference] time_to_cr; found '5'"),
        ("[[dates]]\n[[dates]]\n", "w.toml: there can be only one section [dates]"),
    ],
)
def test_a_mapping_that_cannot_mean_it_is_refused(desk, entry, problem):
    assert desk.refused("No,Start,CR\n1,2012-01-01,2012-02-01\n", entry, ignored("Start"))[0].startswith(problem)


def test_an_exact_date_cannot_be_mapped_as_it_stands(desk):
    assert desk.refused("No,CR\n1,2012-03-05\n", column("CR", "time_to_cr")) == [
        (
            "w.csv, column 'CR': the column looks like an exact date. "
            "Drop it with [[ignored]] in w.toml, or use it in a [[difference]]"
        )
    ]
