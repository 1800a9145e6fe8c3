import pytest

from catalog.errors import InvalidInput, Problems
from catalog.lineage import sha256
from catalog.tables import TABLES
from ingest.files import check_cells, check_sheet, parse_csv, read_bytes


def parsed(text):
    problems = Problems()
    data = text if isinstance(text, bytes) else text.encode()
    return parse_csv("f.csv", data, problems), [str(problem) for problem in problems]


def test_cells_are_text_without_surrounding_blanks_and_an_empty_cell_is_none():
    records, problems = parsed("a,b\n 1 ,\n,x y\n")
    assert problems == []
    assert records.columns == {"a": ["1", None], "b": [None, "x y"]}
    assert list(records.rows) == [2, 3]
    assert records.sha256 == sha256(b"a,b\n 1 ,\n,x y\n")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm():
    records, problems = parsed("\ufeffstudy,größe\r\n1,2\r\n".encode())
    assert (records.columns, problems) == ({"study": ["1"], "größe": ["2"]}, [])


def test_quoted_commas_quotes_and_line_breaks_stay_in_their_cell():
    records, problems = parsed('a,b\n"13,913","says ""CR"""\n"two\nlines",x\n,last\n')
    assert problems == []
    assert records.columns == {"a": ["13,913", "two\nlines", None], "b": ['says "CR"', "x", "last"]}


def test_a_row_is_named_by_the_line_on_which_it_begins():
    records, _ = parsed('a\n"two\nlines"\n\nlast\n')
    assert records.rows == [2, 5]


def test_empty_lines_are_no_rows():
    records, problems = parsed("a,b\n\n1,2\n,\n3,4\n")
    assert (records.rows, problems) == ([3, 5], [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "f.csv: the file is empty"),
        (b"\n\n", "f.csv: the file is empty"),
        ("Größe\n1\n".encode("latin-1"), "f.csv, row 1: not UTF-8 text; found 'byte 0xf6'. Save"),
        (b"a,b,a\n1,2,3\n", "f.csv, row 1, column 'a': a column name stands twice in the header"),
        (b"a,b\n1,2\n1,2,3\n", "f.csv, row 3: wrong number of cells; found '3'; allowed: 2. Put a cell that holds"),
        (b'a,b\n1,"2\n3,4\n', "f.csv, row 2: not comma-separated text: unexpected end of data. Close every double"),
        (b'a,b\n1,"2"x\n', "f.csv, row 2: not comma-separated text: ',' expected after '\"'. Close every double"),
        (b"a\n" + b"x" * 200_000 + b"\n", "f.csv, row 2: not comma-separated text: field larger than field limit"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(text, problem):
    _, problems = parsed(text)
    assert problems[0].startswith(problem)


def test_all_rows_are_looked_at():
    records, problems = parsed("a,b\n1\n1,2\n1,2,3\n")
    assert [problem.split(":")[0] for problem in problems] == ["f.csv, row 2", "f.csv, row 4"]
    assert records.rows == [3]


def test_a_missing_file_and_a_folder_are_the_users_to_put_right(tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        read_bytes(tmp_path / "gone.csv")
    with pytest.raises(InvalidInput, match="cannot be read: Is a directory"):
        read_bytes(tmp_path)


def test_a_sheet_is_checked_for_columns_filled_cells_and_keys():
    records, _ = parsed("patient_id,study_id,sexx\np1,a,M\np1,a,F\n,a,M\np4,,M\n")
    problems = Problems()
    check_sheet(records, TABLES["patient_sheet"], problems)
    found = [str(problem) for problem in problems]
    assert found[0].startswith("f.csv, row 1, column 'sexx': unknown column; allowed: study_id, patient_id")
    assert found[0].endswith("Did you mean 'sex'?")
    assert found[1:] == [
        "f.csv, row 4, column 'patient_id': a required value is missing",
        "f.csv, row 5, column 'study_id': a required value is missing",
        "f.csv, row 3, column 'patient_id': stands already in row 2; found 'p1'",
    ]


def test_a_missing_required_column_is_named():
    records, _ = parsed("patient_id\np1\n")
    problems = Problems()
    check_sheet(records, TABLES["patient_sheet"], problems)
    assert [str(problem) for problem in problems] == ["f.csv, row 1, column 'study_id': a required column is missing"]


def test_cells_stored_as_numbers_and_codes_are_checked_before_they_are_stored():
    records, _ = parsed("year,statistic,of_total\n2015,count,7\n20x5,counts,-1\n1492,median,1000000001\n,,\n")
    problems = Problems()
    check_cells(records, ("year", "statistic", "of_total", "unit_kind"), problems)
    assert [str(problem) for problem in problems] == [
        "f.csv, row 3, column 'year': not a whole number that can be; found '20x5'; allowed: 1950 to 2100",
        "f.csv, row 4, column 'year': not a whole number that can be; found '1492'; allowed: 1950 to 2100",
        (
            "f.csv, row 3, column 'statistic': unknown value; found 'counts'; "
            "allowed: count, percent, min, max, median, mean_sd, missing"
        ),
        "f.csv, row 3, column 'of_total': not a whole number that can be; found '-1'; allowed: 0 to 1000000000",
        "f.csv, row 4, column 'of_total': not a whole number that can be; found '1000000001'; allowed: 0 to 1000000000",
    ]
