"""Files of other people, read whole: what their own programs show is what lands, or it is refused with a reason.

The format probes are those of pyreadstat and haven, the REDCap exports those of REDCapR, the two cancer tables those of
the R package asaur. They are not part of the project; without them beside the repository these tests are skipped.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from support.cohort_files import COHORT, Desk, column, ignored

from catalog.errors import Problems
from ingest.cohort.draft import draft_mapping
from ingest.cohort.entries import FileForm
from ingest.cohort.fit import check_against
from ingest.cohort.mapping import parse_mapping
from ingest.cohort.readers import read_records
from ingest.cohort.records import CohortRecords

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "cohort-tables"
FORMATS, REDCAP = CORPUS / "formats", CORPUS / "redcap"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
with_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R, which reads .rda, is not installed")


def read(path: Path, dictionary: Path | None = None) -> CohortRecords:
    problems = Problems()
    records = read_records(path, problems, dictionary=dictionary)
    assert [str(problem) for problem in problems] == []
    return records


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("name", ["sample.sav", "sample.zsav", "sample.por", "sample.dta", "sample.xpt"])
def test_the_same_sample_in_five_formats(name: str) -> None:
    """Cells of sample.sav as R 4.2.2 shows them (foreign 0.8.84, read.spss, dates from 1582-10-14)."""
    records = read(FORMATS / name)
    columns = {column.casefold(): cells for column, cells in records.columns.items()}
    labelled = name != "sample.xpt"
    assert columns == {
        "mychar": ["a", "b", "c", "d", "e"],
        "mynum": ["1.1", "1.2", "-1000.3", "-1.4", "1000.3"],
        "mydate": ["2018-05-06", "1880-05-06", "1960-01-01", "1583-01-01", None],
        "dtime": ["2018-05-06 10:10:10", "1880-05-06 10:10:10", "1960-01-01", "1583-01-01", None],
        "mylabl": ["Male", "Female", "Male", "Female", "Male"] if labelled else ["1", "2", "1", "2", "1"],
        "myord": ["low", "medium", "high", "low", "low"] if labelled else ["1", "2", "3", "1", "1"],
        "mytime": ["10:10:10", "23:10:10", "0:00:00", "16:10:10", None],
    }
    assert {date.casefold() for date in records.dates} == {"mydate", "dtime"}


@pytest.mark.parametrize(
    ("name", "column_name", "cells", "missing"),
    [
        ("sample_missing.sav", "mylabl", ["Male", "Female", "Male", "Female", "Male", "undetermined", None],
         {"undetermined": "-1"}),
        ("sample_missing.sav", "mynum", ["1.1", "1.2", "-1000.3", "-1.4", "1000.3", "-1", "2500"],
         {"-1": "-1", "2500": "2500"}),
        ("sample_missing.sav", "myord", ["low", "medium", "high", "low", "low", "missing", "-3"],
         {"missing": "-1", "-3": "-3"}),
        ("simple_alltypes.sav", "x", ["red", "green", "blue", "4", "8", "9"], {"8": "8"}),
        ("simple_alltypes.sav", "z", ["-9", None, "1.234", "skipped", "3.14159", None],
         {"-9": "-9", "skipped": "999"}),
        ("simple_alltypes.sav", "quarter", ["2014-Q4"] * 4 + ["2015-Q1"] * 2, {}),
        ("missing_char.sav", "mychar", ["Z", "labeled"], {"Z": "Z"}),
        ("missing_test.sav", "var1", ["missing", "2"], {"missing": "1"}),
        ("haven-labelled-num-na.sav", "VAR00002", ["This is one", "9"], {"9": "9"}),
        ("haven-labelled-str.sav", "gender", ["Male", "Female"], {}),
        ("haven-umlauts.sav", "var1", ["the ä umlaut", "the ü umlaut", "the ä umlaut", "the ö umlaut"], {}),
        ("haven-datetime.sav", "date.posix", ["6306150067200", "2014-09-23 15:59:20"], {}),
        ("haven-tagged-na-double.dta", "x", ["1", "2", "3", "4", "5", "apple", ".h", ".zebra"],
         {"apple": ".a", ".h": ".h", ".zebra": ".z"}),
        ("haven-tagged-na-int.dta", "x", ["1", "2", "3", "4", "5", "apple", ".h", ".zebra"],
         {"apple": ".a", ".h": ".h", ".zebra": ".z"}),
        ("haven-types.dta", "vfloat", ["3.14", "7"], {}),
        ("haven-types.dta", "vdate", ["1960-01-01", "2015-12-01"], {}),
        ("haven-types.dta", "vdatetime", ["2015-12-01 03:14:15", "1960-01-01"], {}),
        ("haven-datetime-d.dta", "date", ["2015-11-02"], {}),
    ],
)  # fmt: skip
def test_awkward_columns_of_spss_and_stata(
    name: str, column_name: str, cells: list[str | None], missing: dict[str, str]
) -> None:
    """SPSS: labels, dates and `missings` of foreign::read.spss (R 4.2.2); Stata: the frames of pyreadstat 1.3.7."""
    records = read(FORMATS / name)
    assert records.columns[column_name] == cells
    assert dict(records.missing.get(column_name, {})) == missing


def test_every_probe_is_read_with_its_encoding_and_labels() -> None:
    paths = sorted(FORMATS.iterdir())
    assert len(paths) == 22
    for path in paths:
        records = read(path)
        assert records.columns
        assert all(len(cells) == len(records) for cells in records.columns.values())
    assert read(FORMATS / "haven-umlauts.sav").labels == {"var1": "This is an ä-umlaut"}
    assert list(read(FORMATS / "hebrews.sav").columns) == ["ותק_ב"]


def test_a_date_beyond_the_calendar_is_refused_where_it_is_used(desk: Desk) -> None:
    dates = '[dates]\nindex = "date"\n[[difference]]\nfield = "time_to_cr"\nuntil = "date.posix"\n'
    head = COHORT.replace("{No}", "{row}")
    problems = desk.refused(FORMATS / "haven-datetime.sav", dates, ignored("time"), head=head)
    assert problems[0].startswith("haven-datetime.sav, row 1, column 'date.posix': not a date; found '6306150067200'")


@pytest.mark.parametrize(
    ("name", "identifying"),
    [
        ("clinical-trial-1", {"name_last", "name_first", "address", "phone", "dob"}),
        ("longitudinal",
         {"first_name", "last_name", "telephone_1", "email", "dob", "ec_phone", "next_of_kin_contact_phone"}),
        ("decimal-comma-and-dot", {"name"}),
        ("checkboxes-1", set()),
    ],
)  # fmt: skip
def test_redcap_exports_with_their_dictionaries(name: str, identifying: set[str]) -> None:
    records = read(REDCAP / f"{name}-data.csv", REDCAP / f"{name}-dictionary.csv")
    assert records.identifying == identifying


def test_checkboxes_of_redcap() -> None:
    records = read(REDCAP / "checkboxes-1-data.csv", REDCAP / "checkboxes-1-dictionary.csv")
    assert records.columns["check_one"] == ["one", None, "one; two; three; four", None]
    assert records.columns["check_two"] == ["A; C", "B; D", None, None]
    assert records.columns["check_two___a"] == ["Checked", "Unchecked", "Unchecked", "Unchecked"]


def test_the_long_export_of_redcap_is_refused_until_its_rows_are_declared(desk: Desk) -> None:
    path, dictionary = REDCAP / "longitudinal-data.csv", REDCAP / "longitudinal-dictionary.csv"
    with path.open(encoding="utf-8") as lines:
        header = next(csv.reader(lines))
    boxes = {name.split("___")[0] for name in header if "___" in name}
    rest = sorted((set(header) | boxes) - {"study_id", "sex", "age", "redcap_event_name"})
    rest = [name for name in rest if "___" not in name]
    entries = (column("sex", "sex"), column("age", "age_years"), ignored(*rest))
    head = COHORT.replace("{No}", "{study_id}")
    (problem,) = desk.refused(path, *entries, ignored("redcap_event_name"), head=head, dictionary=dictionary)
    assert "patients have several rows: events or repeats" in problem
    desk.load(path, '[rows]\ntake = "only"\n', *entries, ignored("redcap_event_name"), head=head, dictionary=dictionary)
    assert desk.words("sex") == {"w_p100": "Male", "w_p220": "Female", "w_p304": "Female"}
    assert desk.words("age_years") == {"w_p100": "31", "w_p220": "4", "w_p304": "9"}


def as_csv(name: str, target: Path) -> Path:
    """Write a data frame of the corpus as CSV with R 4.2, which alone reads .rda."""
    program = f'load("{CORPUS / name}.rda"); write.csv({name}, "{target}", row.names = FALSE, quote = FALSE, na = "")'
    subprocess.run(["Rscript", "-e", program], check=True, capture_output=True)
    return target


@with_r
def test_the_liver_cancer_table(desk: Desk) -> None:
    """Li et al. 2014 (doi:10.1371/journal.pone.0110064), 227 patients; figures by summary() and table() of R 4.2."""
    path = as_csv("hepatoCellular", desk.folder / "hcc.csv")
    mapped = {"Number", "Age", "Gender", "HBsAg", "Vascularinvasion", "BCLC", "RFS", "Recurrence", "Death"}
    rest = [name for name in path.read_text().splitlines()[0].split(",") if name not in mapped]
    entries = (
        '[[constant]]\nfield = "disease_free_origin"\nvalue = "surgery"\n',
        column("Age", "age_years"), column("Gender", "sex", values='{ "0" = "F", "1" = "M" }'),
        column("HBsAg", "etiology", values='{ "1" = "HBV" }', missing='["0"]'),
        column("Vascularinvasion", "portal_vein_invasion"), column("RFS", "disease_free", unit='"months"'),
        column("Recurrence", "recurrence"), column("BCLC", "bclc_stage", values='{ "1" = "A", "2" = "B" }'),
        column("Death", "status_last", values='{ "0" = "alive", "1" = "died" }'),
    )  # fmt: skip
    head = COHORT.replace("{No}", "{Number}")
    desk.load(path, *entries, ignored(*rest), head=head)
    patients = list(desk.harmonized().values())
    assert len(patients) == 227
    free = sorted(patient["disease_free_months_lower"] for patient in patients)
    assert (free[0], free[113], free[-1]) == (1, 18, 81)
    assert [sum(patient[name] == value for patient in patients) for name, value in (
        ("sex", "M"), ("etiology", "HBV"), ("portal_vein_invasion", "yes"), ("recurrence", "yes"),
        ("status_last", "dead"), ("status_last", "alive"), ("bclc_stage", "B"),
    )] == [197, 209, 41, 143, 97, 130, 91]  # fmt: skip
    without_afp = [name for name in rest if name != "AFP"]
    coded = column("AFP", "afp_baseline_ng_ml", unit='"ng/mL"')
    (problem,) = desk.refused(path, *entries, coded, ignored(*without_afp), head=head)
    assert problem.startswith("hcc.csv, column 'AFP': codes for categories rather than measurements; found '1, 2'")


@with_r
def test_a_draft_of_the_liver_cancer_table_leaves_nothing_out_and_takes_no_ratio_for_a_phone_number(desk: Desk) -> None:
    path = as_csv("hepatoCellular", desk.folder / "hcc.csv")
    text = draft_mapping(path, None, FileForm())
    draft = tomllib.loads(text)
    assert {one["name"]: one["field"] for one in draft["column"]} == {
        "Age": "age_years", "Gender": "sex", "Vascularinvasion": "portal_vein_invasion", "BCLC": "bclc_stage",
        "Death": "status_last", "RFS": "disease_free", "Recurrence": "recurrence",
    }  # fmt: skip
    reasons = {one["name"]: one["reason"] for one in draft["ignored"]}
    assert len(reasons) + len(draft["column"]) + len(["Number"]) == 48
    assert not [reason for reason in reasons.values() if "looks like" in reason]
    coded = [name for name, reason in reasons.items() if reason.endswith("1, 2: codes for categories?")]
    assert coded == ["ALT", "AFP", "Tumorsize"]
    assert 'unit = "months"  # guess: nothing says the unit' in text


@with_r
def test_a_draft_of_the_pancreatic_table_finds_the_american_dates(desk: Desk) -> None:
    draft = tomllib.loads(draft_mapping(as_csv("pancreatic", desk.folder / "pancreatic.csv"), None, FileForm()))
    dates = draft["dates"]
    assert (dates["index"], dates["formats"]["progression"], dates["missing"]) == ("onstudy", "%m/%d/%Y", ["."])
    assert draft["difference"] == [{"field": "disease_free", "until": "progression"}]


@pytest.mark.parametrize(
    "path", [*sorted(FORMATS.glob("*")), *sorted(REDCAP.glob("*-data.csv"))], ids=lambda one: one.name
)
def test_every_probe_is_drafted_and_its_draft_fits_its_file(path: Path) -> None:
    """A column is mapped, ends a time, names the patients or is ignored; none is forgotten, none is named twice."""
    dictionary = path.with_name(path.name.replace("-data", "-dictionary")) if path.parent == REDCAP else None
    text = draft_mapping(path, None, FileForm(), dictionary=dictionary)
    problems = Problems()
    mapping = parse_mapping("draft.toml", text.encode(), problems)
    assert mapping is not None
    check_against(mapping, "draft.toml", read_records(path, problems, dictionary=dictionary), problems)
    assert [str(problem) for problem in problems] == []


@with_r
def test_the_pancreatic_table(desk: Desk) -> None:
    """Moss et al. 2012: dates as 12/16/2005, '.' for no progression; days as in pancreatic2, which asaur derived."""
    path = as_csv("pancreatic", desk.folder / "pancreatic.csv")
    derived = as_csv("pancreatic2", desk.folder / "pancreatic2.csv")
    dates = '[dates]\nindex = "onstudy"\nevent = "start_of_drug"\nformat = "%m/%d/%Y"\nmissing = ["."]\n'
    free = '[[difference]]\nfield = "disease_free"\nuntil = ["progression", "death"]\n'
    answer = '[[any_of]]\nfield = "recurrence"\nnames = ["progression"]\nyes_when_filled = true\nno = ["."]\n'
    desk.load(path, dates, free, answer, ignored("stage"), head=COHORT.replace("{No}", "{row}"))
    with derived.open() as lines:
        days = [row["pfs"] for row in csv.DictReader(lines)]
    words = desk.words("disease_free")
    assert [words[f"w_p{row}"] for row in range(2, 43)] == [f"{day} days" for day in days]
    assert sorted(desk.words("recurrence").values()).count("no") == 15
    assert "named by their rows" in desk.said[1]
    undeclared = dates.replace('format = "%m/%d/%Y"\n', "")
    problems = desk.refused(path, undeclared, free, answer, ignored("stage"), head=COHORT.replace("{No}", "{row}"))
    assert problems[0] == (
        "pancreatic.csv, column 'onstudy': the format of the dates is not declared; allowed: '%m/%d/%Y'. "
        "Declare format or formats in [dates] of the mapping"
    )
