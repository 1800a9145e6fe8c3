import datetime
import decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import InvalidInput, Problems
from ingest.cohort.entries import FileForm
from ingest.cohort.readers import read_records


def read(path):
    problems = Problems()
    return read_records(path, problems), [str(problem) for problem in problems]


def parquet(tmp_path, columns, names=None):
    path = tmp_path / "cohort.parquet"
    table = pa.Table.from_arrays(list(columns.values()), names=names or list(columns))
    pq.write_table(table, path)
    return read(path)


def test_a_csv_and_a_parquet_file_of_the_same_cells_are_the_same_records(tmp_path):
    (tmp_path / "cohort.csv").write_text('\ufeffNo,AFP,Sites\n1,"13,913",\n2,3.5,lung\n', encoding="utf-8")
    from_csv, no_problems = read(tmp_path / "cohort.csv")
    from_parquet, none_either = parquet(
        tmp_path, {"No": pa.array([1, 2]), "AFP": pa.array(["13,913", "3.5"]), "Sites": pa.array(["", " lung "])}
    )
    assert no_problems == none_either == []
    assert from_csv.columns == from_parquet.columns
    assert list(from_csv.rows) == list(from_parquet.rows) == [2, 3]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pa.array([1, None]), ["1", None]),
        (pa.array([800.0, 9.8]), ["800", "9.8"]),
        (pa.array([9.8, None], pa.float32()), ["9.8", None]),
        (pa.array([1, 2], pa.uint8()), ["1", "2"]),
        (pa.array([float("nan"), 0.1]), [None, "0.1"]),
        (pa.array([True, False]), ["True", "False"]),
        (pa.array([datetime.date(2012, 3, 1), None]), ["2012-03-01", None]),
        (pa.array([decimal.Decimal("3.50"), decimal.Decimal("12.00")]), ["3.50", "12.00"]),
        (pa.array(["HBV", "HCV"]).dictionary_encode(), ["HBV", "HCV"]),
        (pa.DictionaryArray.from_arrays(pa.array([0, None], pa.uint32()), ["HBV"]), ["HBV", None]),
        (pa.array(["x", None], pa.large_string()), ["x", None]),
        (pa.nulls(2), [None, None]),
        (pa.array([b"x", None]), ["x", None]),
        (pa.DictionaryArray.from_arrays(pa.array([0, None], pa.uint8()), pa.array(["HBV", "HCV"])), ["HBV", None]),
        (pa.ExtensionArray.from_storage(pa.json_(), pa.array(["x", None])), ["x", None]),
    ],
)
def test_every_plain_parquet_type_is_read_as_it_would_stand_in_a_csv(tmp_path, column, cells):
    records, problems = parquet(tmp_path, {"x": column})
    assert (records.columns, problems) == ({"x": cells}, [])


def test_lists_and_structures_are_refused(tmp_path):
    _, problems = parquet(tmp_path, {"x": pa.array([[1, 2]]), "y": pa.array([{"a": 1}])})
    assert problems == [
        "cohort.parquet, column 'x': a column of lists or structures cannot be read",
        "cohort.parquet, column 'y': a column of lists or structures cannot be read",
    ]


def test_a_column_that_stands_twice_is_refused(tmp_path):
    _, problems = parquet(tmp_path, {"x": pa.array([1]), "y": pa.array([2])}, names=["x", "x"])
    assert problems == ["cohort.parquet, column 'x': a column name stands twice"]


@pytest.mark.parametrize("damage", [b"PAR1", b"patient,age\n1,48\n", None])
def test_a_file_that_is_no_parquet_is_said_to_be_none(tmp_path, damage):
    path = tmp_path / "cohort.parquet"
    pq.write_table(pa.table({"x": [1, 2, 3]}), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + whole[-8:] if damage is None else damage)
    records, problems = read(path)
    assert problems[0].startswith("cohort.parquet: not a Parquet file: ")
    assert len(records) == 0


def test_other_endings_and_missing_files_are_refused(tmp_path):
    with pytest.raises(InvalidInput, match=r"no reader for this kind of file; found '\.xls'; allowed: \.csv, \.tsv, "):
        read(tmp_path / "cohort.xls")
    with pytest.raises(InvalidInput, match="no such file"):
        read(tmp_path / "cohort.parquet")


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04rest", "a ZIP archive or a workbook of Excel"), (b"\x1f\x8b\x08", "a gzip archive"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old document of Office"), (b"%PDF-1.7", "a PDF"), (b"$FL2@(#)", "an SPSS file"),
        (b"PAR1\x15", "a Parquet file"), (b"<stata_dta><header>", "a Stata file"),
        (b"HEADER RECORD*******LIBRARY", "a SAS transport file"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_with_the_ending_of_a_text_is_named(tmp_path, start, what):
    (tmp_path / "w.csv").write_bytes(start)
    _, problems = read(tmp_path / "w.csv")
    remedy = "Unpack it, or give it the ending of what it is"
    assert problems == [f"w.csv: not text, whatever its name says; found '{what}'. {remedy}"]


@pytest.mark.parametrize(
    ("ending", "remedy"), [(".xls", "Save it as .xlsx"), (".zip", "Unpack it"), (".rda", "Write it from R as CSV")]
)
def test_what_is_often_sent_and_cannot_be_read_comes_with_what_to_do(tmp_path, ending, remedy):
    with pytest.raises(InvalidInput, match=f"no reader for this kind of file; found '{ending}'.*{remedy}"):
        read_records(tmp_path / f"w{ending}", Problems())


def test_what_file_declares_and_the_kind_of_file_does_not_have_is_said(tmp_path):
    (tmp_path / "w.csv").write_text("No,Age\n1,48\n")
    pq.write_table(pa.table({"No": [1]}), tmp_path / "w.parquet")
    for name, form, key in (
        ("w.csv", FileForm(sheet="Patients"), "sheet"), ("w.parquet", FileForm(delimiter=";"), "delimiter"),
        ("w.parquet", FileForm(encoding="cp1252"), "encoding"),
    ):  # fmt: skip
        problems = Problems()
        read_records(tmp_path / name, problems, form)
        (problem,) = map(str, problems)
        assert f"[file] declares a {key}, which this kind of file does not have; found" in problem


@pytest.mark.parametrize(
    ("column", "what"),
    [
        (pa.array([b"\xff", None]), "binary; found 'Invalid UTF8 payload'"),
        (pa.array([10**7, 1], pa.date32()), "dates beyond the calendar or in an unknown time zone; found 'date value"),
        (pa.array([1, 2], pa.timestamp("us", "Mars/Olympus")), "dates beyond the calendar or in an unknown time zone"),
    ],
)
def test_a_parquet_column_that_cannot_be_read_is_one_problem(tmp_path, column, what):
    records, problems = parquet(tmp_path, {"x": column})
    assert len(problems) == 1
    assert problems[0].startswith(f"cohort.parquet, column 'x': a column that cannot be read: {what}")
    assert list(records.columns) == ["x"]  # so that a mapping which names it is not blamed


def test_a_parquet_column_needs_a_name_and_a_file_columns(tmp_path):
    assert parquet(tmp_path, {"x": pa.array([1]), "": pa.array([2])})[1] == [
        "cohort.parquet: a column without a name; found 'column 2'. Name it in the file"
    ]
    assert parquet(tmp_path, {})[1] == ["cohort.parquet: no columns"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".sav", ".dta", ".xpt", ".sas7bdat", ".parquet"])
def test_an_empty_file_is_said_to_be_empty(tmp_path, ending):
    path = tmp_path / f"w{ending}"
    path.write_bytes(b"")
    assert read(path)[1] == [f"w{ending}: the file is empty"]
