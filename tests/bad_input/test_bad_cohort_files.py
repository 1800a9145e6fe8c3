"""One file for each way in which a hospital's file can be wrong: refused by name, with what to do, and nothing written.

Nobody in these files exists. Two files are refused only when harmonized: their words are kept as stated till then.
"""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook
from support.command import call
from support.workplace import MAPPING, WARD, Workplace

DATED = MAPPING + '\n[dates]\nindex = "Start"\n\n[[difference]]\nfield = "drug_duration"\nuntil = "End"\n'


def widened(name: str, first: str, second: str, text: str = WARD) -> str:
    """Return the ward's file with one column more."""
    header, *rows = text.splitlines()
    return "\n".join([f"{header},{name}", *(f"{row},{cell}" for row, cell in zip(rows, (first, second), strict=True))])


def mapped(name: str, field: str, keys: str = "") -> str:
    return f'{MAPPING}\n[[column]]\nname = "{name}"\nfield = "{field}"\n{keys}'


def workbook(*, merged: str = "", formula: str = "", sheets: int = 1) -> bytes:
    book = Workbook()
    for number in range(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for line in WARD.splitlines():
            sheet.append(line.split(","))
        if formula:
            sheet["E2"] = formula
        if merged:
            sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "mapping", "problem"),
    [
        pytest.param(
            "w.csv", "No;Age,Sex;Course\n1;48,M;kept\n2;43,F;stopped\n", MAPPING,
            "w.csv: the cells may be separated in several ways; found 'by commas, or by semicolons'. "
            "Declare delimiter in [file] of the mapping",
            id="two delimiters",
        ),
        pytest.param(
            "w.csv", widened("AFP", '"13,913"', "468"), mapped("AFP", "afp_baseline_ng_ml", 'unit = "ng/mL"\n'),
            "w.csv, column 'AFP': the numbers can be read in two ways: the comma of '13,913' may be a decimal comma or "
            "stand between thousands. Declare decimal or thousands for the column in the mapping",
            id="a comma that may be a decimal comma",
        ),
        pytest.param(
            "w.csv", widened("Born", "1950-06-30", "1961-01-01"), mapped("Born", "note", "free_text = true\n"),
            "w.csv, column 'Born': the column looks like an exact date. "
            "Drop it with [[ignored]] in w.toml, or use it in a [[difference]]",
            id="a date to be stored",
        ),
        pytest.param(
            "w.csv", widened("Surname", "Nobody", "Nemo"), mapped("Surname", "note", "free_text = true\n"),
            "w.csv, column 'Surname': the column looks like a name. Drop it with [[ignored]] in w.toml",
            id="a name to be stored",
        ),
        pytest.param(
            "w.csv", widened("Where", "segment 7", "left lobe"), mapped("Where", "tumor_location"),
            "w.toml, column 'Where': free text is stored only when the mapping asks for it. "
            "Read it, then write free_text = true, or ignore the column",
            id="free text",
        ),
        pytest.param(
            "w.csv", WARD.replace("\n1,", "\n20123451,").replace("\n2,", "\n20123452,"), MAPPING,
            "w.csv, column 'No': patients are named by a column that looks like a record number. Number them anew in "
            "the file; or write pseudonyms = true in [cohort] if these numbers mean nothing outside the study",
            id="patients named by record numbers",
        ),
        pytest.param(
            "w.csv", widened("Start,End", "2.3.2012,2012-05-04", "1.1.2013,2013-02-02"), DATED,
            "w.csv, column 'Start': the format of the dates is not declared; "
            "allowed: '%d.%m.%Y'. Declare format or formats in [dates] of the mapping",
            id="dates without a format",
        ),
        pytest.param(
            "w.csv", widened("Start,End", "2012-03-02,2012-02-01", "2013-01-01,2013-02-02"), DATED,
            "w.csv, row 2, column 'End − Start': the second date is 30 days before the first. Check both dates",
            id="dates in the wrong order",
        ),
        pytest.param(
            "w.csv", widened("redcap_event_name", "baseline_arm_1", "cr_arm_1").replace("\n2,43", "\n1,43"),
            MAPPING + '\n[[ignored]]\nname = "redcap_event_name"\nreason = "event"\n',
            "w.csv, row 3, column 'redcap_event_name': patients have several rows: events or repeats; "
            "found 'baseline_arm_1, cr_arm_1'. Say in [rows] how they become one, and in a column's where which of "
            "them it reads",
            id="events of REDCap",
        ),
        pytest.param(
            "w.xlsx", workbook(sheets=2), MAPPING,
            "w.xlsx: the workbook has several sheets; allowed: 'Sheet', 'Sheet1'. Choose one with --sheet",
            id="several sheets",
        ),
        pytest.param(
            "w.xlsx", workbook(merged="C2:C3"), MAPPING,
            "w.xlsx, row 2: merged cells; found 'C2:C3'. Unmerge them and write each cell's own value",
            id="merged cells",
        ),
        pytest.param(
            "w.xlsx", workbook(formula="=14/7"), MAPPING,
            "w.xlsx, row 2: a formula without a value; found 'E2'. "
            "Open the workbook in Excel, let it calculate, and save it",
            id="a formula never calculated",
        ),
        pytest.param(
            "w.xlsx", WARD, MAPPING,
            "w.xlsx: not an Excel workbook, whatever its name says. Give it the ending of what it is",
            id="a workbook that is none",
        ),
        pytest.param(
            "w.sav", WARD, MAPPING, "w.sav: not a file of SPSS that can be read: Unable to read from file",
            id="an SPSS file that is none",
        ),
        pytest.param(
            "w.csv", WARD, MAPPING + '\n[[first_of]]\nfield = "ecog"\nnames = ["ECOG 1", "Age"]\n',
            "w.toml: the mapping names a column that w.csv does not have; found 'ECOG 1'; "
            "allowed: No, Age, Sex, Course, Months",
            id="a column to choose from that is not there",
        ),
    ],
)  # fmt: skip
def test_a_file_is_refused(work: Workplace, name: str, content: str | bytes, mapping: str, problem: str) -> None:
    from ingest.cohort.__main__ import app

    assert work.refused(app, work.write(name, content), "--mapping", work.write("w.toml", mapping)) == [problem]


def test_everything_that_is_wrong_with_a_file_comes_in_one_list(work: Workplace) -> None:
    from ingest.cohort.__main__ import app

    header, *rows = WARD.splitlines()
    text = "\n".join([f"{header},Phone,AFP,Where", *(f'{row},+82 2 2228 1930,"13,913",liver' for row in rows)])
    mapping = mapped("Phone", "ecog") + '\n[[column]]\nname = "Where"\nfield = "vessel_site"\n'
    mapping += '\n[[column]]\nname = "AFP"\nfield = "afp_baseline_ng_ml"\nunit = "ng/mL"\n'
    problems = work.refused(app, work.write("w.csv", text), "--mapping", work.write("w.toml", mapping))
    assert [problem.split(": ")[1].split(". ")[0] for problem in problems] == [
        "the column looks like a phone number",
        "free text is stored only when the mapping asks for it",
        "the numbers can be read in two ways",
    ]


@pytest.mark.parametrize(
    ("cells", "keys", "problem"),
    [
        (
            ("118", "184"), 'unit = "/uL"\n',
            ("w.csv, column 'PLT': platelets_10e9_l: a median of 151 in '/uL' is implausible; as '10^9/L' or '10^3/µL' "
            "it would be usual; found '/uL'; allowed: 10^9/L, 10^3/µL, 10^4/µL, /µL. Correct the unit, or the values; "
            "if both are right, write unit_reason in the mapping"),
        ),
        (
            ("118", "184"), "",
            ("w.csv, column 'PLT': platelets_10e9_l: the unit is missing; allowed: 10^9/L, 10^3/µL, 10^4/µL, /µL. "
            "State it as unit in the mapping; the values are usual as '10^9/L' or '10^3/µL'"),
        ),
    ],
)  # fmt: skip
def test_a_unit_that_cannot_be_is_refused_when_harmonized(
    work: Workplace, cells: tuple[str, str], keys: str, problem: str
) -> None:
    from harmonize.__main__ import app as harmonize
    from ingest.cohort.__main__ import app as cohort

    records = work.write("w.csv", widened("PLT", *cells))
    mapping = work.write("w.toml", mapped("PLT", "platelets_10e9_l", keys))
    assert call(cohort, records, "--mapping", mapping, "--data", work.folder / "data").code == 0
    assert work.refused(harmonize) == [problem]
