"""A cohort's file or its mapping that is wrong: each is refused by name, and nothing is written."""

from pathlib import Path

import pytest
from support.workplace import MAPPING, WARD


@pytest.mark.parametrize(
    ("records", "problems"),
    [
        pytest.param(
            WARD.replace(",kept,", ",lost,"),
            [("ward7.csv, row 2, column 'Course': the mapping does not say what this cell says; found 'lost'. "
             "Add a [[column.says]] entry"),
             ("ward7.csv, column 'Course': the mapping explains a cell that does not occur; found 'kept'. "
             "Remove or correct the entry")],
            id="a cell that says does not know",
        ),
        pytest.param(
            WARD.replace("2,43", "1,43"),
            [("ward7.csv, row 3: the patient stands already in row 2; found 'ward7_p1'. "
             "Correct the number; or say in [rows] how the rows of a patient become one")],
            id="a patient twice",
        ),
        pytest.param(
            WARD.replace("\n2,", "\n,"),
            ["ward7.csv, row 3, column 'No': a patient without a name"],
            id="a patient without a name",
        ),
        pytest.param(
            WARD.replace("Sex", "Gender"),
            [("ward7.toml: the mapping names a column that ward7.csv does not have; found 'Sex'; "
             "allowed: No, Age, Gender, Course, Months"),
             ("ward7.csv, row 1, column 'Gender': the column is neither mapped nor ignored. "
             "Add a [[column]] or an [[ignored]] entry with a reason to ward7.toml")],
            id="a column renamed",
        ),
        pytest.param(
            WARD.replace("Months", "Months,Phone").replace(",2\n", ",2,0\n").replace(",6\n", ",6,0\n"),
            [("ward7.csv, row 1, column 'Phone': the column is neither mapped nor ignored. "
             "Add a [[column]] or an [[ignored]] entry with a reason to ward7.toml")],
            id="an unmapped column",
        ),
        pytest.param(
            WARD.replace(",M,", ","),
            [("ward7.csv, row 2: wrong number of cells; found '4'; allowed: 5. "
             "Put a cell that holds a comma into double quotes")],
            id="wrong number of cells",
        ),
        pytest.param(
            WARD.replace("kept", "für immer").encode("latin-1"),
            [("ward7.csv, row 2: not UTF-8 text; found 'byte 0xfc'; allowed: cp1252 reads 'für'; cp1250 reads 'für'; "
             "cp1251 reads 'fьr'; gb18030 reads 'f黵'. "
             "Save the file as CSV UTF-8, or declare encoding in [file] of the mapping")],
            id="not UTF-8",
        ),
        pytest.param("", ["ward7.csv: the file is empty"], id="an empty file"),
    ],
)  # fmt: skip
def test_a_spoiled_file_is_refused(work, records, problems):
    assert work.load_cohort(records=records) == problems


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        pytest.param(
            MAPPING.replace("[cohort]", "[cohort"),
            "ward7.toml: not a TOML file: Expected ']' at the end of a table declaration (at line 1, column 8)",
            id="not TOML",
        ),
        pytest.param(
            MAPPING.replace("unit =", "units ="),
            "ward7.toml: unknown key in [column] Months; found 'units'; "
            "allowed: unit, place, separator, decimal, thousands, missing, values, factor, factor_source, "
            "unit_reason, free_text, where, take, name, field, says. Did you mean 'unit'?",
            id="an unknown key",
        ),
        pytest.param(
            MAPPING.replace("[[constant]]", "[[constants]]"),
            "ward7.toml: unknown section; found 'constants'; "
            "allowed: cohort, file, rows, dates, constant, column, first_of, difference, any_of, ignored, study. "
            "Did you mean 'constant'?",
            id="an unknown section",
        ),
        pytest.param(
            MAPPING.replace('name = "Months"', 'name = "Month"'),
            "ward7.toml: the mapping names a column that ward7.csv does not have; found 'Month'; "
            "allowed: No, Age, Sex, Course, Months. Did you mean 'Months'?",
            id="an unknown column",
        ),
        pytest.param(
            MAPPING.replace("{No}", "{Number}"),
            "ward7.toml: the mapping names a column that ward7.csv does not have; found 'Number'; "
            "allowed: No, Age, Sex, Course, Months",
            id="a name from an unknown column",
        ),
        pytest.param(
            MAPPING.replace("n_treated = 40", 'n_treated = "forty"'),
            "ward7.toml, column 'n_treated': wrong type in [study]; found 'forty'; allowed: a whole number",
            id="a count in words",
        ),
        pytest.param(
            MAPPING.replace('study_id = "ward7"\n', ""),
            "ward7.toml, column 'study_id': [cohort] needs a key",
            id="a cohort without a name",
        ),
    ],
)
def test_a_spoiled_mapping_is_refused(work, mapping, problem):
    assert work.load_cohort(mapping=mapping)[0] == problem


def test_an_unknown_field_names_the_nearest(work):
    (problem,) = work.load_cohort(mapping=MAPPING.replace('field = "age_years"', 'field = "ages_years"'))
    assert problem.startswith("ward7.toml: unknown field in [column] Age; found 'ages_years'; allowed: age_years, sex,")
    assert problem.endswith(". Did you mean 'age_years'?")
    (problem,) = work.load_cohort(mapping=MAPPING.replace("n_treated = 40", "n_treat = 40"))
    assert problem.startswith("ward7.toml: unknown field in [study]; found 'n_treat'; allowed: first_author, year,")
    assert problem.endswith(". Did you mean 'n_treated'?")


def test_problems_of_mapping_and_file_come_in_one_list(work):
    problems = work.load_cohort(
        records=WARD.replace(",M,", ","), mapping=MAPPING.replace("unit =", "units =").replace('"sex"', '"sexx"')
    )
    assert [problem.split(":")[0] for problem in problems] == ["ward7.toml", "ward7.toml", "ward7.csv, row 2"]


def test_a_missing_file_and_a_missing_mapping_are_named(work):
    from ingest.cohort.__main__ import app
    from ingest.cohort.readers import ENDINGS

    records, mapping = work.folder / "ward7.csv", work.folder / "ward7.toml"
    (problem,) = work.refused(app, work.folder / "gone.csv", "--mapping", mapping)
    assert problem.endswith("gone.csv: no such file")
    (problem,) = work.refused(app, records, "--mapping", work.folder / "gone.toml")
    assert problem.endswith("gone.toml: no such file")
    both = work.refused(app, work.folder / "gone.csv", "--mapping", work.folder / "gone.toml")
    assert [Path(problem.split(": ")[0]).name for problem in both] == ["gone.toml", "gone.csv"]
    (problem,) = work.refused(app, work.write("ward7.docx", b""), "--mapping", mapping)
    assert problem.endswith("no reader for this kind of file; found '.docx'; allowed: " + ", ".join(ENDINGS))


def test_words_that_no_vocabulary_knows_are_refused_when_harmonized(work):
    """Loading keeps the words as stated; reading them is the harmonizer's."""
    from support.command import call

    from harmonize.__main__ import app as harmonize
    from ingest.cohort.__main__ import app as cohort

    records = work.write("ward7.csv", WARD.replace(",F,", ",woman?,").replace(",2\n", ",-2\n"))
    mapping = work.folder / "ward7.toml"
    assert call(cohort, records, "--mapping", mapping, "--data", work.folder / "data").code == 0
    assert work.refused(harmonize) == [
        (
            "ward7.csv, row 3, column 'Sex': sex: unknown value; found 'woman?'; allowed: F, M, not_reported. "
            "Use one of them, or map the word onto one"
        ),
        (
            "ward7.csv, row 2, column 'Months': time_to_cr: the value is impossible; found '-2'; "
            "allowed: 0 to 120 months. Check the value and its unit"
        ),
    ]
