"""Curated sheets that are wrong: each is refused by name, and nothing is written."""

import pytest
from support.workplace import CLAIMS, OVERLAPS, PATIENTS, STUDIES


@pytest.mark.parametrize(
    ("sheet", "content", "problem"),
    [
        pytest.param(
            "patients", PATIENTS.replace(",M,HBV", ",M"),
            "patients.csv, row 2: wrong number of cells; found '15'; allowed: 16. "
            "Put a cell that holds a comma into double quotes",
            id="wrong number of cells",
        ),
        pytest.param(
            "studies", STUDIES.replace("Nobody", "Größe").encode("latin-1"),
            "studies.csv, row 2: not UTF-8 text; found 'byte 0xf6'. Save the file as CSV UTF-8",
            id="not UTF-8",
        ),
        pytest.param(
            "patients", PATIENTS.replace("synthetic2_p1", "synthetic1_p1"),
            "patients.csv, row 4, column 'patient_id': stands already in row 2; found 'synthetic1_p1'",
            id="a patient twice",
        ),
        pytest.param(
            "studies", STUDIES.replace("synthetic2", "synthetic1"),
            "studies.csv, row 3, column 'study_id': stands already in row 2; found 'synthetic1'",
            id="a study twice",
        ),
        pytest.param(
            "claims", CLAIMS + CLAIMS.splitlines()[1] + "\n",
            "claims.csv, row 3, column 'claim_id': stands already in row 2; found 'c1'",
            id="a claim twice",
        ),
        pytest.param(
            "overlaps", OVERLAPS + OVERLAPS.splitlines()[1].replace("synthetic1,synthetic2", "synthetic2,synthetic1"),
            "overlaps.csv, row 3, column 'first_id, second_id': the pair stands already in row 2; "
            "found 'synthetic2 synthetic1'",
            id="a pair twice, the other way round",
        ),
        pytest.param(
            "studies", STUDIES.replace(",cohort,", ",,"),
            "studies.csv, row 2, column 'design': a required value is missing",
            id="a missing required value",
        ),
        pytest.param(
            "studies", STUDIES.replace("criterion,", "design,"),
            "studies.csv, row 1, column 'design': a column name stands twice in the header",
            id="a column twice",
        ),
        pytest.param("claims", "", "claims.csv: the file is empty", id="an empty file"),
        pytest.param(
            "patients", PATIENTS.replace("table 2", '"table 2', 1),
            "patients.csv, row 2: not comma-separated text: unexpected end of data. "
            "Close every double quote, and double one that stands inside a quoted cell",
            id="a quote that is never closed",
        ),
        pytest.param(
            "studies", STUDIES.replace(",2020,", ",about 2020,"),
            "studies.csv, row 2, column 'year': not a whole number that can be; found 'about 2020'; "
            "allowed: 1950 to 2100",
            id="a year in words",
        ),
        pytest.param(
            "claims", CLAIMS.replace(",2,", ",two,"),
            "claims.csv, row 2, column 'of_total': not a whole number that can be; found 'two'; "
            "allowed: 0 to 1000000000",
            id="a group size in words",
        ),
        pytest.param(
            "claims", CLAIMS.replace("median", "middle"),
            "claims.csv, row 2, column 'statistic': unknown value; found 'middle'; "
            "allowed: count, percent, min, max, median, mean_sd, missing",
            id="an unknown statistic",
        ),
        pytest.param(
            "overlaps", OVERLAPS.replace(",different,", ",perhaps,"),
            "overlaps.csv, row 2, column 'overlap_decision': unknown value; found 'perhaps'; "
            "allowed: same, different, unsure",
            id="an unknown decision",
        ),
    ],
)  # fmt: skip
def test_a_spoiled_sheet_is_refused(work, sheet, content, problem):
    assert work.import_sheets(**{sheet: content}) == [problem]


def test_an_unknown_column_names_the_nearest(work):
    unknown, missing = work.import_sheets(studies=STUDIES.replace(",design,", ",desing,"))
    assert unknown.startswith("studies.csv, row 1, column 'desing': unknown column; allowed: study_id, first_author,")
    assert unknown.endswith(". Did you mean 'design'?")
    assert missing == "studies.csv, row 1, column 'design': a required column is missing"


def test_a_missing_key_column_is_named(work):
    problems = work.import_sheets(patients=PATIENTS.replace("patient_id", "name", 1))
    assert problems[1] == "patients.csv, row 1, column 'patient_id': a required column is missing"


def test_missing_files_and_folders_are_named(work):
    from ingest.curation.__main__ import app

    (work.folder / "sheets" / "studies.csv").unlink()
    (problem,) = work.import_sheets()
    assert problem.endswith("studies.csv: the sheet of studies is missing")
    (problem,) = work.refused(app, "import", work.folder / "nowhere")
    assert problem.endswith("nowhere: no such folder of curated evidence")


def test_the_problems_of_all_sheets_come_in_one_list(work):
    problems = work.import_sheets(
        studies=STUDIES.replace(",cohort,", ",,").replace(",2021,", ",1021,"),
        patients=PATIENTS.replace("synthetic2_p1", "synthetic1_p1").replace(",M,HBV", ",M"),
        claims=CLAIMS.replace("median", "middle"),
        overlaps=OVERLAPS.replace("study,", "studies,"),
    )
    assert [problem.split(",")[0].split(":")[0] for problem in problems] == [
        "patients.csv", "studies.csv", "studies.csv", "claims.csv", "overlaps.csv",
    ]  # fmt: skip
