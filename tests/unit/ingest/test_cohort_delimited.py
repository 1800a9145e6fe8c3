"""Delimited text: encoding and delimiter are found out and stated, or the person is told what to declare."""

import pytest

from catalog.errors import Problems
from ingest.cohort.delimited import read_delimited
from ingest.cohort.entries import FileForm

TEXT = "No;Größe;Ort\n1;3,5;Köln\n2;12,0;Zürich\n"


def read(data, **form):
    problems = Problems()
    records = read_delimited("w.csv", data if isinstance(data, bytes) else data.encode(), FileForm(**form), problems)
    return records, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("data", "form", "read_as"),
    [
        (TEXT.encode(), {}, "text in UTF-8, cells separated by semicolons"),
        (TEXT.encode("utf-8-sig"), {}, "text in UTF-8 with byte order mark, cells separated by semicolons"),
        (TEXT.encode("utf-16"), {}, "text in UTF-16 with byte order mark, cells separated by semicolons"),
        (TEXT.encode("utf-32"), {}, "text in UTF-32 with byte order mark, cells separated by semicolons"),
        (TEXT.encode("utf-16-le"), {"encoding": "utf-16-le"}, "text in utf-16-le, cells separated by semicolons"),
        (TEXT.encode("cp1252"), {"encoding": "cp1252"}, "text in cp1252, cells separated by semicolons"),
        (TEXT.replace(";", "\t").encode(), {}, "text in UTF-8, cells separated by tabs"),
        (TEXT.replace(";", "|").encode(), {}, "text in UTF-8, cells separated by bars"),
        (("sep=;\r\n" + TEXT).encode(), {}, "text in UTF-8, cells separated by semicolons"),
        (TEXT.replace(";", "~").encode(), {"delimiter": "~"}, "text in UTF-8, cells separated by '~'"),
        (TEXT.replace("\n", "\r\n").encode(), {}, "text in UTF-8, cells separated by semicolons"),
    ],
)
def test_the_same_cells_in_many_forms(data, form, read_as):
    records, problems = read(data, **form)
    assert problems == []
    assert records.columns == {"No": ["1", "2"], "Größe": ["3,5", "12,0"], "Ort": ["Köln", "Zürich"]}
    assert records.read_as == read_as


def test_rows_keep_the_lines_of_the_file():
    assert read("sep=;\nNo;x\n1;a\n\n2;b\n")[0].rows == [3, 5]


def test_quoted_cells_do_not_count_as_delimiters():
    records, problems = read('No,"Sites; all","a;b"\n1,"bone; lung",2\n2,"x;y",3\n')
    assert problems == []
    assert list(records.columns) == ["No", "Sites; all", "a;b"]


def test_one_column_needs_no_delimiter():
    assert read("No\n1\n2\n")[0].columns == {"No": ["1", "2"]}


def test_a_row_too_short_does_not_change_the_delimiter():
    records, problems = read("No,A,B\n1,2,3\n2,3\n3,4,5\n")
    assert records.rows == [2, 4]
    assert problems == [
        ("w.csv, row 3: wrong number of cells; found '2'; allowed: 3. Put a cell that holds a comma into double quotes")
    ]


def test_cells_that_may_be_separated_in_two_ways_are_refused_until_declared():
    text = "No;A,B;C\n1;2,5;3\n"
    _, problems = read(text)
    assert problems == [
        (
            "w.csv: the cells may be separated in several ways; found 'by commas, or by semicolons'. "
            "Declare delimiter in [file] of the mapping"
        )
    ]
    assert list(read(text, delimiter=";")[0].columns) == ["No", "A,B", "C"]


def test_bytes_that_are_no_unicode_are_shown_in_the_code_pages_they_may_be():
    _, problems = read("No,Ort\n1,Köln\n".encode("cp1252"))
    assert len(problems) == 1
    assert problems[0].startswith("w.csv, row 2: not UTF-8 text; found 'byte 0xf6'; allowed: cp1252 reads 'Köln'")
    _, problems = read("No,이름\n1,서울\n".encode("cp949"))
    assert "cp949 reads '이름'" in problems[0]


@pytest.mark.parametrize(
    ("data", "form", "problem"),
    [
        (b"", {}, "w.csv: the file is empty"),
        (b"No,x\n1,\0\n", {}, "w.csv, row 2: the text holds zero bytes. Declare encoding"),
        (TEXT.encode("utf-16-le"), {}, "w.csv, row 1: not UTF-8 text"),
        (TEXT.encode("cp1252"), {"encoding": "ascii"}, "w.csv, row 1: not ascii text; found 'byte 0xf6'"),
        (
            TEXT.encode(), {"encoding": "cp1252"},
            "w.csv: the text is UTF-8, and the mapping declares another encoding; found 'cp1252'. Take encoding out",
        ),
        (b"No\n1\n", {"encoding": "a\0b"}, "w.csv: no such encoding; found 'a\\x00b'"),
        (b"No\n1\n", {"encoding": "undefined"}, "w.csv: no such encoding; found 'undefined'"),
        (b"No\n1\n", {"encoding": "utf-99"}, "w.csv: no such encoding; found 'utf-99'; allowed: utf-8, utf-16, cp1252"),
        (b"No,,x\n1,2,3\n", {}, "w.csv, row 1: a column without a name; found 'column 2'. Name it in the file"),
        (b"No,No\n1,2\n", {}, "w.csv, row 1, column 'No': a column name stands twice in the header"),
        (b'No;x\n1;"a\n', {}, "w.csv, row 2: not text separated by ';': unexpected end of data"),
    ],
)  # fmt: skip
def test_one_way_of_being_wrong_is_one_problem(data, form, problem):
    _, problems = read(data, **form)
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_a_column_without_name_and_cells_is_let_be():
    for text in ("No,x,\n1,2,\n", "No,x,,,\n1,2,,,\n"):
        records, problems = read(text)
        assert (list(records.columns), problems) == (["No", "x"], [])


def test_each_column_without_a_name_is_refused_by_its_place():
    assert read("Ward 7,,\nNo,x,y\n1,2,3\n")[1] == [
        f"w.csv, row 1: a column without a name; found 'column {place}'. "
        "Name it in the file; rows above the one with the names must go"
        for place in (2, 3)
    ]
