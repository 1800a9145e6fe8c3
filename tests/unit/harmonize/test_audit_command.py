"""python -m harmonize audit: on the topic's tables and on any two files."""

import json

import pytest
from support.chain import store_of
from support.command import call

from harmonize.__main__ import app

PATIENTS = """\
study_id,patient_id,age_years,sex,etiology,time_to_cr,time_to_cr_origin,drug_duration,drug_after_cr,recurrence
s,s_p1,40,M,HBV,2 months,start_of_drug,5 months,maintained,no
s,s_p2,50,female,HBV;alcohol,13 weeks,start_of_drug,9 months,reduced,yes
s,s_p3,63,M,HCV,6 months,start_of_drug,12 months,stopped_after_cr,no
"""
CLAIMS = """\
claim_id,study_id,subject,field,category,statistic,printed,unit,of_total
k1,s,CR patients,age_years,,median,50,years,3
k2,s,CR patients,age_years,,max,36,years,3
k3,s,CR patients,etiology,HBV,percent,66.7,percent,3
k4,s,cohort,age_years,,median,55,years,90
"""


@pytest.fixture
def files(tmp_path):
    def write(patients=PATIENTS, claims=CLAIMS):
        (tmp_path / "p.csv").write_text(patients)
        (tmp_path / "c.csv").write_text(claims)
        return "--patients", tmp_path / "p.csv", "--claims", tmp_path / "c.csv"

    return write


def audited(*arguments):
    called = call(app, "audit", *arguments, "--json")
    assert called.code == 0, called.err
    return json.loads(called.out)


def test_two_files_are_audited_without_any_data_folder(files):
    document = audited(*files())
    assert document["counts"] == {"contradicted": 1, "agrees": 2, "not_checkable": 1}
    (found,) = document["discrepancies"]
    assert (found["claim_id"], found["printed"], found["recomputed"], found["severity"], found["explanation"]) == (
        "k2", "36", "63", "warning", "misprint: 36 for 63, two digits exchanged",
    )  # fmt: skip
    assert (found["file"], found["row"]) == ("c.csv", 3)
    assert "agrees" not in document


def test_all_shows_what_agrees_and_what_cannot_be_checked(files):
    document = audited(*files(), "--all")
    assert [one["claim_id"] for one in document["agrees"]] == ["k1", "k3"]
    assert [(one["claim_id"], one["explanation"]) for one in document["not_checkable"]] == [
        ("k4", "the patients are not listed")
    ]


def test_a_person_reads_the_same(files):
    text = call(app, "audit", *files(), "--all").out
    assert "k2: s, CR patients, age_years, max\n    printed 36 years, recomputed 63  [warning]\n" in text
    assert "k3: s, CR patients, etiology, HBV, percent\n    printed 66.7 %, recomputed 66.67  [agrees]\n" in text
    assert text.endswith("1 contradicted, 2 agree, 1 not checkable\n")


def test_contradictions_within_rows_of_a_file_are_found(files):
    patients = "study_id,patient_id,bclc_stage,portal_vein_invasion\ns,s_p1,B,yes\ns,s_p2,C,yes\n"
    document = audited(*files(patients, CLAIMS.splitlines()[0] + "\n"))
    (found,) = document["discrepancies"]
    assert (found["discrepancy_kind"], found["patient_id"], found["field"], found["row"]) == (
        "row_inconsistency", "s_p1", "bclc_stage", 2,
    )  # fmt: skip


def test_an_export_of_the_harmonized_patients_gives_the_same_as_the_topic(harmonized_data, tmp_path):
    from catalog.rows import printed

    store = store_of(harmonized_data)
    for name in ("patient", "claim"):
        rows = store.read(name)
        if name == "claim":
            rows = rows.drop_columns(["origin", "file", "file_sha256", "row", "column"])
        (tmp_path / f"{name}.csv").write_text("".join(printed(rows, "csv", None)))
    theirs = audited("--patients", tmp_path / "patient.csv", "--claims", tmp_path / "claim.csv")
    ours = json.loads(call(app, "--data", harmonized_data, "audit", "--json").out)
    park = {one["discrepancy_id"] for one in ours["discrepancies"] if one["study_id"] == "park2015"}
    assert {one["discrepancy_id"] for one in theirs["discrepancies"] if one["study_id"] == "park2015"} == park


def test_the_topic_is_audited_as_its_sources_are_now(harmonized_data):
    called = call(app, "audit", "--data", harmonized_data)
    assert called.code == 0
    assert (
        "c28: park2015, CR patients, time_to_cr, median (results: characteristics of complete remission)" in called.out
    )
    assert "printed 34 months, recomputed 3  [warning]" in called.out


@pytest.mark.parametrize(
    ("patients", "claims", "messages"),
    [
        (PATIENTS.replace("HCV", "plague").replace("63", "old"), CLAIMS.replace(",max,", ",largest,"),
         ["p.csv, row 4, column 'etiology'", "p.csv, row 4, column 'age_years'",
          "c.csv, row 3, column 'statistic': unknown value; found 'largest'"]),
        (PATIENTS.replace("age_years", "age"), CLAIMS.replace("printed", "figure"),
         ["p.csv, row 1, column 'age': unknown column", "c.csv, row 1, column 'figure': unknown column",
          "c.csv, row 1, column 'printed': a required column is missing"]),
        (PATIENTS.replace("s_p2", "s_p1"), CLAIMS.replace(",90", ",many"),
         ["p.csv, row 3, column 'patient_id': stands already in row 2; found 's_p1'",
          "c.csv, row 5, column 'of_total': not a whole number that can be; found 'many'"]),
        ("", "claim_id\n", ["p.csv: the file is empty", "c.csv, row 1, column 'study_id'"]),
        ("study_id,patient_id\n", CLAIMS.replace("k2", ""), ["c.csv, row 3, column 'claim_id': a required value is"]),
    ],
)  # fmt: skip
def test_everything_wrong_in_both_files_is_one_list(files, patients, claims, messages):
    called = call(app, "audit", *files(patients, claims))
    assert called.code == 2
    assert "Traceback" not in called.err
    for message in messages:
        assert message in called.err


def test_patients_and_claims_go_together(tmp_path):
    called = call(app, "audit", "--claims", tmp_path / "gone.csv")
    assert called.code == 2
    assert "patients and claims go together" in called.err
    assert "no such file" in called.err


def test_without_sources_the_command_says_which_comes_first(tmp_path):
    called = call(app, "audit", "--data", tmp_path)
    assert called.code == 2
    assert "table 'observation' is not there yet" in called.err


def test_no_patients_and_no_claims_are_nothing_to_say(files):
    document = audited(*files("study_id,patient_id\n", CLAIMS.splitlines()[0] + "\n"), "--all")
    assert document["counts"] == {"contradicted": 0, "agrees": 0, "not_checkable": 0}
