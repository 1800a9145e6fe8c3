"""Rows that are no patient's, names that two patients would share, and the order in which one of several is taken."""

import pytest
from support.cohort_files import COHORT, Desk, column, ignored

AGE = column("Age", "age_years")
AFP = column("AFP", "afp_baseline_ng_ml", unit='"ng/mL"')
FIRST = '[rows]\ntake = "first"\norder = "Day"\n'
UNORDERED = "w.csv, row {}, column 'Day': not a number or whole date as the others, so no order; found "


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.mark.parametrize("name", ["Total", "Mean:", "Summe", "合计", "#N/A", "#REF!", "?", "unknown"])
def test_a_row_of_totals_or_an_error_is_no_patient(desk, name):
    assert desk.refused(f"No,Age\n1,61\n{name},62\n", AGE) == [
        (
            f"w.csv, row 3, column 'No': a total, an error or nothing in the place of a patient; found {name!r}. "
            "Take the row out of the file, or correct the cell"
        )
    ]


def test_a_footnote_is_no_patient_and_an_empty_row_is_said(desk):
    assert desk.refused("No,Age\n1,61\n* as of 2012,\n", AGE) == [
        (
            "w.csv, row 3: words in the place of a patient, and nothing else in the row; found 'w_p* as of 2012'. "
            "Take the row out of the file"
        )
    ]
    desk.load("No,Age\n1,61\n2,\n", AGE)
    assert "1 of whom the file says nothing: w_p2 (row 3)" in desk.said


def test_two_patients_do_not_become_one_by_how_their_name_is_put_together(desk):
    text = "Site,No,Age\n1,11,50\n11,1,60\n"
    rows = '[rows]\ntake = "only"\n'
    assert desk.refused(text, AGE, rows, head=COHORT.replace("{No}", "{Site}{No}")) == [
        (
            "w.csv, row 3: two patients would have one name; found 'w_p111'. "
            "Put a mark between the parts of patient_id, as in {Site}-{No}"
        ),
        (
            "w.csv, row 2, column 'Age': several cells of w_p111, where one is to be taken: also row 3; found '50'. "
            "Choose rows with where, or one of them with take and order"
        ),
    ]
    desk.load(text, AGE, rows, head=COHORT.replace("{No}", "{Site}-{No}"))
    assert desk.words("age_years") == {"w_p1-11": "50", "w_p11-1": "60"}


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        ("-14", "7", ""),
        ("2012-02-15", "2012-03-01", ""),
        ("2012-03-01 09:00", "2012-03-01 10:00", ""),
        ("2012-03-01", "2012-03-01 10:00", ""),
        ("2.5", "10", ""),
        ("06.03.2012", "05.04.2012", '[dates]\nformat = "%d.%m.%Y"\n'),
    ],
)
def test_rows_are_ordered_by_numbers_or_by_dates(desk, first, second, more):
    for days in ((first, second), (second, first)):
        cells = {first: "100", second: "50"}
        desk.load("No,Day,AFP\n" + "".join(f"1,{day},{cells[day]}\n" for day in days), FIRST, AFP, more)
        assert desk.words("afp_baseline_ng_ml") == {"w_p1": "100"}


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        (("2012-03", "2012-02-15"), UNORDERED.format(2) + "'2012-03'"),
        (("20120301", "2012-02-01"), UNORDERED.format(2) + "'20120301'"),
        (("nan", "7"), UNORDERED.format(2) + "'nan'"),
        (("05.03", "06.02"), UNORDERED.format(2) + "'05.03'"),
        (("", "7"), "w.csv, row 2, column 'Day': an empty cell, so the row is neither first nor last. Fill it"),
    ],
)
def test_rows_without_an_order_are_refused_once(desk, days, problem):
    text = "No,Day,AFP,Age\n" + "".join(f"1,{day},100,{age}\n" for day, age in zip(days, ("60", "61"), strict=True))
    problems = desk.refused(text, FIRST, AFP, AGE)
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_a_row_without_an_order_needs_none_where_it_is_the_only_one(desk):
    desk.load("No,Day,AFP\n1,,100\n2,7,50\n2,9,40\n", FIRST, AFP)
    assert desk.words("afp_baseline_ng_ml") == {"w_p1": "100", "w_p2": "50"}


@pytest.mark.parametrize(
    ("cells", "more", "largest"),
    [
        (("10,5", "9,2"), "", "10.5"),
        (("1.250", "900"), '[file]\ndecimal = ","\n', "1.250"),
        (("1,250,000", "900"), "", "1250000"),
    ],
)
def test_the_largest_is_found_as_the_column_writes_its_numbers(desk, cells, more, largest):
    rows = '[rows]\ntake = "largest"\n'
    thousands = AFP.replace("unit", 'thousands = "."\nunit') if more else AFP
    desk.load("No;AFP\n" + "".join(f"1;{cell}\n" for cell in cells), rows, thousands)
    assert desk.words("afp_baseline_ng_ml") == {"w_p1": largest.replace(".", "") if more else largest}


@pytest.mark.parametrize("cell", ["nan", "inf", "1_0", "<5"])
def test_what_is_no_number_is_neither_smallest_nor_largest(desk, cell):
    assert desk.refused(f"No,AFP\n1,{cell}\n1,9\n", '[rows]\ntake = "largest"\n', AFP) == [
        f"w.csv, row 2, column 'AFP': not a number, so neither smallest nor largest; found {cell!r}"
    ]


def test_cells_that_where_asks_for_and_nobody_has_are_said(desk):
    desk.load("No,Resp,Age\n1,CR,61\n", '[rows]\nwhere = { Resp = ["cr", "CR"] }\n', AGE)
    assert "Resp: where of [rows] names cells that do not occur: cr" in desk.said
    desk.load("No,Resp,Age\n1,CR,61\n", AGE + 'where = { Resp = "PR" }\n', ignored("No ")[:0])
    assert "Resp: where of age_years names cells that do not occur: PR" in desk.said
