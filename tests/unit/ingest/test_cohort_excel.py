"""Excel workbooks: one sheet, cached values, real dates; what a workbook hides is refused with its cell."""

import io
import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook
from support.cohort_files import Desk, column

from catalog.errors import Problems
from ingest.cohort.excel import read_excel

moment = datetime.fromisoformat


def book(rows, title="Patients"):
    made = Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return made


def saved(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def calculated(data, value):
    """Return a workbook as Excel would have saved it: its formulas with a value (openpyxl writes none)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as changed:
        for part in package.namelist():
            text = package.read(part)
            if part.startswith("xl/worksheets/"):
                text = re.sub(rb"<v\s*/>|<v></v>", f"<v>{value}</v>".encode(), text)
            changed.writestr(part, text)
    return out.getvalue()


def replaced(data, pattern, new):
    """Return a workbook with other bytes in the place of those that fit."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as changed:
        for part in package.namelist():
            changed.writestr(part, re.sub(pattern, new, package.read(part)))
    return out.getvalue()


def read(data, sheet=""):
    problems = Problems()
    return read_excel("w.xlsx", data, sheet, problems), [str(problem) for problem in problems]


def test_cells_are_as_they_would_stand_in_a_csv():
    made = book([
        ["No", "AFP", "Seen", "Alive", "Words", None],
        [1, 3.5, moment("2012-03-05"), True, " x ", None],
        [2, 20.0, moment("2012-03-06 10:30"), False, "", None],
        [None, None, None, None, None, None],
        [3, None, None, None, "#N/A", None],
    ])  # fmt: skip
    records, problems = read(saved(made))
    assert problems == []
    assert records.columns == {
        "No": ["1", "2", "3"], "AFP": ["3.5", "20", None], "Seen": ["2012-03-05", "2012-03-06 10:30:00", None],
        "Alive": ["TRUE", "FALSE", None], "Words": ["x", None, "#N/A"],
    }  # fmt: skip
    assert records.rows == [2, 3, 5]
    assert records.dates == {"Seen"}
    assert records.read_as == "Excel sheet 'Patients'"


def test_rows_above_the_header_may_be_empty():
    records, problems = read(saved(book([[], [None], ["No", "x"], [1, 2]])))
    assert (records.columns, records.rows, problems) == ({"No": ["1"], "x": ["2"]}, [4], [])


def test_one_of_several_sheets_is_chosen_or_asked_for():
    made = book([["No"], [1]])
    made.create_sheet("Labs").append(["No", "AFP"])
    made["Labs"].append([1, 5])
    made.create_sheet("Empty")
    assert read(saved(made), "Labs")[0].columns == {"No": ["1"], "AFP": ["5"]}
    assert read(saved(made))[1] == [
        "w.xlsx: the workbook has several sheets; allowed: 'Patients', 'Labs'. Choose one with --sheet"
    ]
    assert read(saved(made), "Lab")[1] == [
        "w.xlsx: the workbook has no such sheet; found 'Lab'; allowed: 'Patients', 'Labs'"
    ]


def test_an_empty_sheet_beside_a_filled_one_needs_no_choice():
    made = book([["No"], [1]])
    made.create_sheet("Sheet2")
    assert read(saved(made))[0].columns == {"No": ["1"]}


def test_merged_cells_are_refused_with_their_range():
    made = book([["No", "Stage"], [1, "C"], [2, None]])
    made.active.merge_cells("B2:B3")
    assert read(saved(made))[1] == [
        "w.xlsx, row 2: merged cells; found 'B2:B3'. Unmerge them and write each cell's own value"
    ]


def test_a_formula_counts_with_the_value_that_was_saved_and_is_refused_without():
    data = saved(book([["No", "Months"], [1, "=7*4/30.4375"]]))
    assert read(data)[1] == [
        (
            "w.xlsx, row 2: a formula without a value; found 'B2'. "
            "Open the workbook in Excel, let it calculate, and save it"
        )
    ]
    records, problems = read(calculated(data, 0.92))
    assert (records.columns["Months"], problems) == (["0.92"], [])


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([["No", "x", "x"], [1, 2, 3]],
         "w.xlsx, row 1, column 'x': a column name stands twice in the header; found 'C1'"),
        ([["No", None, "x"], [1, 2, 3]], ("w.xlsx, row 1: a column without a name; found 'B1'. "
         "Name it in the file; rows above the one with the names must go")),
        ([], "w.xlsx: the file is empty"),
    ],
)  # fmt: skip
def test_a_header_that_names_too_little_or_twice_is_refused(rows, problem):
    assert read(saved(book(rows)))[1] == [problem]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"No,x\n1,2\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_a_file_that_is_no_workbook_is_said_to_be_none(data):
    records, problems = read(data)
    assert len(records) == 0
    assert len(problems) == 1
    assert problems[0].startswith("w.xlsx: not an Excel workbook") or data.startswith(b"\xd0\xcf")


def test_a_workbook_with_a_password_is_said_to_have_one():
    assert read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))[1] == [
        "w.xlsx: a workbook with a password, or one of Excel 97. Save it as .xlsx without a password"
    ]


def test_a_formula_that_gave_the_empty_text_is_an_empty_cell():
    """Excel saves the value of =IF(A2="","x","") so."""
    data = replaced(saved(book([["No", "Sex"], [1, "=A1"]])), rb'<c r="B2"><f>', rb'<c r="B2" t="str"><f>')
    records, problems = read(data)
    assert (records.columns["No"], problems) == (["1"], [])
    assert "Sex" not in records.columns or records.columns["Sex"] == [None]


def test_a_zero_that_only_stands_for_a_formula_is_refused():
    """XlsxWriter writes 0 for each formula and asks Excel to calculate on opening."""
    data = calculated(saved(book([["No", "Months"], [1, "=7*4"]])), 0)
    assert read(data)[1] == [
        (
            "w.xlsx, row 2: a formula with 0 in a workbook that waits to be calculated; found 'B2'. "
            "Open the workbook in Excel, let it calculate, and save it"
        )
    ]
    assert read(replaced(data, rb'fullCalcOnLoad="1"', b""))[1] == []


def test_rows_and_columns_that_excel_hides_are_read_and_said():
    made = book([["No", "Sex", "Age"], [1, "M", 61], [2, "F", 70]])
    made.active.row_dimensions[3].hidden = True
    made.active.column_dimensions["C"].hidden = True
    records, problems = read(saved(made))
    assert (records.columns["Age"], problems) == (["61", "70"], [])
    assert records.read_as == "Excel sheet 'Patients', with 1 row and 1 column hidden in it"


def test_real_dates_beside_a_date_left_as_text_are_refused(tmp_path):
    """Excel in one country reads 3.4. of another as 4 March and leaves 25.4. as text: the others may be swapped."""
    desk = Desk(tmp_path)
    made = book([
        ["No", "Start", "CR"],
        [1, moment("2012-01-02"), moment("2012-03-04")],
        [2, moment("2012-01-02"), "25/4/2012"],
    ])  # fmt: skip
    path = desk.write("w.xlsx", saved(made))
    entries = (
        '[dates]\nindex = "Start"\nformat = "%d/%m/%Y"\n',
        '[[difference]]\nfield = "time_to_cr"\nuntil = "CR"\n',
    )
    assert desk.refused(path, *entries) == [
        (
            "w.xlsx, row 3, column 'CR': not a date; found '25/4/2012'; allowed: a date as 2012-03-05, 2012-03 or "
            "2012. "
            "Correct it, or name it in missing of [dates]; "
            "the other cells are real dates, in which a program may have swapped day and month"
        )
    ]


def test_a_workbook_is_loaded_by_its_sheet(tmp_path):
    desk = Desk(tmp_path)
    made = book([["No", "Age"], [1, 48], [2, 61]])
    made.create_sheet("Notes").append(["read me"])
    path = desk.write("w.xlsx", saved(made))
    desk.load(path, column("Age", "age_years"), sheet="Patients")
    assert desk.words("age_years") == {"w_p1": "48", "w_p2": "61"}
    assert desk.said[0] == "read as Excel sheet 'Patients'"
    desk.load(path, column("Age", "age_years"), '[file]\nsheet = "Patients"\n')
    assert desk.refused(desk.write("w.csv", "No,Age\n1,4\n"), column("Age", "age_years"), sheet="Patients") == [
        "w.csv: only a workbook has sheets; found 'Patients'"
    ]
