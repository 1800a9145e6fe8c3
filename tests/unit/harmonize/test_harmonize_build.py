import pytest

from catalog.compact import compacted
from catalog.errors import Problems
from catalog.schema import from_rows
from catalog.tables import TABLES
from harmonize.build import about, columns_of, subjects
from harmonize.build_large import ManyStatements


def said(unit_id, field, stated, **more):
    place = {"file": "a.csv", "row": 2, "column": field}
    return {
        "unit_kind": "patient", "unit_id": unit_id, "study_id": "a", "field": field, "stated": stated,
        "origin": "curated:a", "observation_method": "person", "observation_status": "confirmed", **place, **more,
    }  # fmt: skip


def observed(*statements):
    rows = [{**row, "observation_id": str(number)} for number, row in enumerate(statements)]
    return from_rows(TABLES["observation"], rows)


def built(*statements):
    """Build the columns as of few statements, and see that many give the same columns and problems."""
    problems, of_many = Problems(), Problems()
    table = observed(*statements)
    columns = columns_of(table, "patient_id", problems)
    if statements:
        many = compacted(table, "observation_id")
        large = ManyStatements(many, about(many, "patient")).columns("patient_id", of_many)
        assert {name: cells.to_pylist() for name, cells in large.items()} == columns
        assert list(of_many) == list(problems)
    return columns, [str(problem) for problem in problems]


def test_only_what_a_person_stands_behind_counts():
    table = observed(
        said("p1", "sex", "M"),
        said("p2", "sex", "M", observation_status="candidate"),
        said("p3", "sex", "M", observation_status="corrected"),
        said("p4", "sex", "M", observation_status="rejected"),
        said("s1", "design", "cohort", unit_kind="study"),
    )
    assert subjects(table, "patient")["unit_id"].to_pylist() == ["p1", "p3"]


def test_one_column_a_field_and_one_row_a_subject_in_order_of_names():
    columns, problems = built(said("p2", "age_years", "71"), said("p1", "sex", "male"), said("p2", "sex", "F"))
    assert problems == []
    assert columns["patient_id"] == ["p1", "p2"]
    assert columns["age_years"] == [None, 71]
    assert columns["sex"] == ["M", "F"]


def test_the_mappings_reading_goes_before_the_words_and_both_are_shown_when_refused():
    columns, problems = built(said("p1", "afp_baseline_ng_ml", "13,913", value="13913"))
    assert (columns["afp_baseline_ng_ml"], problems) == ([13913], [])
    _, problems = built(said("p1", "sex", "1", value="girl"))
    assert problems == [
        (
            "a.csv, row 2, column 'sex': sex: unknown value; found '1 → girl'; allowed: F, M, not_reported. "
            "Use one of them, or map the word onto one"
        )
    ]


def test_statements_that_agree_are_one():
    columns, problems = built(said("p1", "time_to_cr", "6 months"), said("p1", "time_to_cr", "0.5 years", file="b.csv"))
    assert problems == []
    assert columns["time_to_cr_months_upper"] == [6]


def test_statements_that_disagree_are_listed_once_with_both_places():
    _, problems = built(
        said("p1", "time_to_cr", "6 months"),
        said("p1", "time_to_cr", "7 months", file="b.csv", row=9, column="Time"),
    )
    assert problems == [
        (
            "b.csv, row 9, column 'Time': time_to_cr: disagrees with a.csv, row 2, column 'time_to_cr' about p1; "
            "found '7 months'; allowed: 6 months. Correct one of the two"
        )
    ]


def test_a_place_without_a_row_is_named_without_one():
    _, problems = built(
        said("p1", "sex", "M", file="a.toml", row=None, column="[study]"), said("p1", "sex", "F", file="b.csv")
    )
    assert "disagrees with a.toml, column '[study]' about p1" in problems[0]


@pytest.mark.parametrize(("one", "other"), [("3 months", ">3 months"), (">3 months", "3 months")])
def test_exact_and_open_times_disagree(one, other):
    _, problems = built(said("p1", "disease_free", one), said("p1", "disease_free", other, file="b.csv"))
    assert len(problems) == 1


def test_codes_of_several_statements_join_and_contradictions_are_refused():
    columns, problems = built(
        said("p1", "recurrence_site", "lung"), said("p1", "recurrence_site", "intrahepatic", column="other")
    )
    assert (columns["recurrence_site"], problems) == (["intrahepatic;lung"], [])
    _, problems = built(said("p1", "prior_treatment", "none"), said("p1", "prior_treatment", "TACE", file="b.csv"))
    assert "prior_treatment: disagrees with a.csv, row 2, column 'prior_treatment' about p1" in problems[0]


def test_a_refused_statement_does_not_hide_the_next():
    columns, problems = built(said("p1", "age_years", "old"), said("p1", "age_years", "71", file="b.csv"))
    assert columns["age_years"] == [71]
    assert len(problems) == 1


def test_a_subject_is_located_at_its_first_row_and_at_every_place_of_the_source():
    columns, _ = built(
        said("p1", "sex", "M", file="b.csv", row=2, where_in_source="table 2"),
        said("p1", "age_years", "50", row=7, where_in_source="table 3", source_url="https://example.org/a"),
        said("p1", "ecog", "0", row=7, where_in_source="table 2"),
    )
    assert (columns["file"], columns["row"]) == (["a.csv"], [7])
    assert columns["where_in_source"] == ["table 2; table 3"]


def test_a_patient_of_two_studies_is_refused():
    _, problems = built(said("p1", "sex", "M"), said("p1", "age_years", "50", study_id="b"))
    assert problems == ["a.csv, row 2: p1 stands in several studies; found 'a, b'. Give each patient a name of its own"]


def test_several_subjects_with_gaps_in_many_fields():
    columns, problems = built(
        *(said(f"p{number}", "age_years", str(40 + number % 9), row=number) for number in range(0, 200, 2)),
        *(said(f"p{number}", "time_to_cr", f"{number % 7} months", row=number) for number in range(0, 200, 3)),
        *(
            said(f"p{number}", "afp_baseline_ng_ml", ">400", row=number, unit="ng/mL", where_in_source=f"t{number}")
            for number in range(0, 200, 2)
        ),
    )
    assert problems == []
    assert len(columns["patient_id"]) == len({*range(0, 200, 2), *range(0, 200, 3)})
    assert columns["where_in_source"][:2] == ["t0", "t10"]  # p0, p10


def test_a_missing_unit_is_a_problem_of_the_column():
    _, problems = built(
        *(said(f"p{number}", "platelets_10e9_l", "184", row=number, observation_method="cohort") for number in range(9))
    )
    assert len(problems) == 1
    assert "the unit is missing" in problems[0]


def test_no_statements_are_no_rows():
    columns, problems = built()
    assert (columns["patient_id"], problems) == ([], [])
