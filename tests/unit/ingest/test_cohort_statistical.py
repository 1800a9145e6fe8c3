"""SPSS, Stata and SAS files: labels for codes, missing codes named, dates by their formats, numbers as they are.

The files are written here by pyreadstat; those of other people are read in tests/reference/test_cohort_probes.py.
"""

import datetime

import pandas as pd
import pyreadstat
import pytest
from support.cohort_files import Desk, column, ignored

from catalog.errors import Problems
from ingest.cohort.counted_dates import SAS, SPSS, STATA, counted_text, shown_by
from ingest.cohort.readers import read_records


def read(path):
    problems = Problems()
    return read_records(path, problems), [str(problem) for problem in problems]


@pytest.fixture
def frame():
    return pd.DataFrame({
        "no": [1, 2, 3],
        "sex": [1.0, 2.0, 9.0],
        "afp": [3.5, 20000, -9],
        "seen": [datetime.date(2012, 3, 5), datetime.date(2012, 4, 30), None],
        "words": ["Köln", "", "x"],
    })  # fmt: skip


def test_spss_labels_missing_codes_and_dates(tmp_path, frame):
    pyreadstat.write_sav(
        frame, tmp_path / "w.sav", column_labels=["Number", "Sex of patient", "AFP (ng/mL)", "Seen", "Words"],
        variable_value_labels={"sex": {1: "male", 2: "female", 9: "not known"}, "afp": {-9: "not done"}},
        missing_ranges={"sex": [9], "afp": [{"lo": -99, "hi": -1}]},
    )  # fmt: skip
    records, problems = read(tmp_path / "w.sav")
    assert problems == []
    assert records.columns == {
        "no": ["1", "2", "3"], "sex": ["male", "female", "not known"], "afp": ["3.5", "20000", "not done"],
        "seen": ["2012-03-05", "2012-04-30", None], "words": ["Köln", None, "x"],
    }  # fmt: skip
    assert records.missing == {"sex": {"not known": "9"}, "afp": {"not done": "-9"}}
    assert records.dates == {"seen"}
    assert records.labels["afp"] == "AFP (ng/mL)"
    assert records.read_as == "SPSS file in UTF-8"
    assert list(records.rows) == [1, 2, 3]


def test_stata_letters_for_missing(tmp_path, frame):
    frame = frame.astype({"afp": object})
    frame.loc[2, "afp"] = "a"
    pyreadstat.write_dta(
        frame.drop(columns="sex"), tmp_path / "w.dta", missing_user_values={"afp": ["a"]},
        variable_value_labels={"afp": {"a": "not done"}},
    )  # fmt: skip
    records, problems = read(tmp_path / "w.dta")
    assert problems == []
    assert records.columns["afp"] == ["3.5", "20000", "not done"]
    assert records.missing == {"afp": {"not done": ".a"}}
    assert records.columns["seen"] == ["2012-03-05", "2012-04-30", None]


def test_sas_transport_files_and_dates(tmp_path, frame):
    pyreadstat.write_xport(frame, tmp_path / "w.xpt")
    records, problems = read(tmp_path / "w.xpt")
    assert problems == []
    assert records.columns["seen"] == ["2012-03-05", "2012-04-30", None]
    assert records.columns["afp"] == ["3.5", "20000", "-9"]
    assert records.read_as == "SAS file"


def test_a_label_that_two_codes_share_carries_its_code(tmp_path):
    frame = pd.DataFrame({"no": [1, 2], "dead": [1.0, 2.0]})
    pyreadstat.write_sav(frame, tmp_path / "w.sav", variable_value_labels={"dead": {1: "yes", 2: "yes"}})
    assert read(tmp_path / "w.sav")[0].columns["dead"] == ["yes (1)", "yes (2)"]


@pytest.mark.parametrize("ending", [".sav", ".zsav", ".por", ".dta", ".xpt", ".sas7bdat"])
@pytest.mark.parametrize("data", [b"No,x\n1,2\n", b"$FL2" + bytes(200), b"<stata_dta>" + bytes(300)])
def test_a_file_of_another_kind_is_refused(tmp_path, ending, data):
    path = tmp_path / f"w{ending}"
    path.write_bytes(data)
    records, problems = read(path)
    assert len(records) == 0
    assert len(problems) == 1
    assert " that can be read: " in problems[0]


@pytest.mark.parametrize(
    ("program", "stated", "value", "text"),
    [
        (SPSS, "ADATE10", 13744944000, "2018-05-06"),
        (SPSS, "DATETIME20", 13744980610, "2018-05-06 10:10:10"),
        (SPSS, "QYR8", 13631500800, "2014-Q4"),
        (SPSS, "MOYR8", 13631500800, "2014-10"),
        (SPSS, "TIME8", 36610, "10:10:10"),
        (SPSS, "DATETIME20", 6306150067200, "6306150067200"),  # a year beyond 9999: haven-datetime.sav has one
        (SPSS, "WKYR10", 13631500800, "13631500800"),
        (STATA, "%td", 21310, "2018-05-06"),
        (STATA, "%tdDD/NN/CCYY", -29093, "1880-05-06"),
        (STATA, "%d", 0, "1960-01-01"),
        (STATA, "%tc", 1841220610000, "2018-05-06 10:10:10"),
        (STATA, "%tcHH:MM:SS", 36610000, "10:10:10"),
        (STATA, "%tm", 700, "700"),
        (SAS, "DATE9", 21310, "2018-05-06"),
        (SAS, "YYMMDD10", 21310, "2018-05-06"),
        (SAS, "DATETIME20", 1841220610, "2018-05-06 10:10:10"),
        (SAS, "MONYY7", 21310, "2018-05"),
        (SAS, "E8601DA10", 21310, "2018-05-06"),
    ],
)
def test_counted_dates_are_shown_as_far_as_their_format_shows_them(program, stated, value, text):
    """Values of sample.sav, sample.dta and sample.xpt of pyreadstat, which give 6 May 2018, 10:10:10."""
    assert counted_text(program, value, *shown_by(program, stated)) == text


@pytest.mark.parametrize(("program", "stated"), [(SPSS, "F8.2"), (SPSS, "A10"), (STATA, "%9.0g"), (STATA, "%-12s"),
                                                 (SAS, "BEST12"), (SAS, "$10"), (SAS, "")])  # fmt: skip
def test_other_formats_are_of_numbers_and_texts(program, stated):
    assert shown_by(program, stated) is None


def test_codes_of_the_file_are_missing_unless_the_mapping_reads_them(tmp_path, frame):
    path = tmp_path / "w.sav"
    pyreadstat.write_sav(
        frame[["no", "sex", "afp"]].rename(columns={"no": "No"}), path,
        variable_value_labels={"sex": {1: "male", 2: "female", 9: "refused"}},
        missing_ranges={"sex": [9], "afp": [-9]},
    )  # fmt: skip
    desk = Desk(tmp_path)
    desk.load(path, column("sex", "sex"), column("afp", "afp_baseline_ng_ml", unit='"ng/mL"'))
    assert desk.words("sex") == {"w_p1": "male", "w_p2": "female"}
    assert desk.words("afp_baseline_ng_ml") == {"w_p1": "3.5", "w_p2": "20000"}
    assert "sex: 1 missing by the file's own codes: refused (9)" in desk.said
    assert "afp: 1 missing by the file's own codes: -9" in desk.said
    desk.load(path, column("sex", "sex", values='{ "refused" = "not_reported" }'), ignored("afp"))
    assert desk.words("sex")["w_p3"] == "not_reported"


def test_dates_of_the_file_need_no_format(tmp_path):
    frame = pd.DataFrame({"No": [1], "start": [datetime.date(2012, 3, 5)], "cr": [datetime.date(2012, 4, 30)]})
    pyreadstat.write_dta(frame, tmp_path / "w.dta")
    desk = Desk(tmp_path)
    desk.load(tmp_path / "w.dta", '[dates]\nindex = "start"\n', '[[difference]]\nfield = "time_to_cr"\nuntil = "cr"\n')
    assert desk.words("time_to_cr") == {"w_p1": "56 days"}
