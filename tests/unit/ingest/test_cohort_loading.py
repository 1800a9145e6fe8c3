"""A group's own cohort through its mapping. The ward 7 cohort is synthetic: nobody in it exists."""

import pytest

from catalog.errors import InvalidInput
from catalog.lineage import sha256
from catalog.store import Store
from catalog.topic import load_topic
from harmonize.tables import harmonize
from ingest.cohort.loading import load_cohort

TOPIC = load_topic("hcc-sorafenib-cr")
RECORDS = """\
No,Initials,Age,Sex,Cause,AFP,Weeks to CR,Course,Liver,Lung,Free
1,A.B.,61,m,"HBV, Alcohol","1,250",14,stopped for cost 2 months after CR,No,No,21
2,C.D.,70,f,HCV,n.d.,>26 weeks,,Yes,No,9
3,E.F.,,m,HCV,>20000,8-10 weeks,kept,,No,
"""
MAPPING = """\
[cohort]
study_id = "ward7"
patient_id = "ward7_p{No}"
source_url = "https://example.org/ward7"
recorded_by = "a synthetic reader"

[study]
title_short = "Synthetic ward cohort"
year = 2026
country = "Nowhere"
design = "cohort"
n_treated = 120
n_cr = 3
denominator = "treated_population"
monotherapy = "yes"
criterion = "mRECIST"
start_year = 2019
end_year = 2024
where_in_source = "ward register"
note = "synthetic"

[[constant]]
field = "cr_certainty"
value = "confirmed"

[[constant]]
field = "time_to_cr_origin"
value = "start_of_drug"

[[constant]]
field = "disease_free_origin"
value = "CR"

[[column]]
name = "Age"
field = "age_years"

[[column]]
name = "Sex"
field = "sex"

[[column]]
name = "Cause"
field = "etiology"
separator = ","
place = "sheet 1"

[[column]]
name = "AFP"
field = "afp_baseline_ng_ml"
unit = "ug/L"
thousands = ","
missing = ["n.d."]

[[column]]
name = "Weeks to CR"
field = "time_to_cr"
unit = "weeks"

[[column]]
name = "Course"
says = [
  { cell = "stopped for cost 2 months after CR", drug_after_cr = "stopped_after_cr", drug_stop = "2 months", drug_stop_origin = "CR", drug_stop_reason = "cost" },
  { cell = "kept", drug_after_cr = "maintained" },
]

[[any_of]]
names = ["Liver", "Lung"]
field = "recurrence"
yes = ["Yes"]
no = ["No"]

[[column]]
name = "Free"
field = "disease_free"
unit = "months"

[[ignored]]
name = "Initials"
reason = "identifies the patient"
"""  # noqa: E501
COURSE = '[[column]]\nname = "Course"'


def load(folder, store, records=RECORDS, mapping=MAPPING):
    (folder / "ward7.csv").write_text(records, encoding="utf-8")
    (folder / "ward7.toml").write_text(mapping, encoding="utf-8")
    return load_cohort(folder / "ward7.csv", folder / "ward7.toml", TOPIC, store)


def problems_of(folder, **wrong):
    with pytest.raises(InvalidInput) as raised:
        load(folder, Store(folder / "data", TOPIC.slug), **wrong)
    return [str(problem) for problem in raised.value.problems]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ward7")
    store = Store(folder / "data", TOPIC.slug)
    load(folder, store)
    harmonize(TOPIC, store)
    return store


@pytest.fixture(scope="module")
def observations(store):
    return store.read("observation").to_pylist()


def of(observations, unit, field):
    return next(row for row in observations if (row["unit_id"], row["field"]) == (unit, field))


def test_words_stay_as_stated_beside_the_declared_reading(observations):
    afp = of(observations, "ward7_p1", "afp_baseline_ng_ml")
    assert (afp["stated"], afp["value"], afp["unit"]) == ("1,250", "1250", "ug/L")
    cause = of(observations, "ward7_p1", "etiology")
    assert (cause["stated"], cause["value"], cause["where_in_source"]) == ("HBV, Alcohol", "HBV;Alcohol", "sheet 1")
    course = of(observations, "ward7_p1", "drug_stop")
    assert (course["stated"], course["value"]) == ("stopped for cost 2 months after CR", "2 months")
    recurrence = of(observations, "ward7_p2", "recurrence")
    assert (recurrence["stated"], recurrence["value"]) == ("Liver: Yes; Lung: No", "yes")


def test_every_statement_has_its_file_row_and_column(observations):
    for row in observations:
        assert (row["origin"], row["observation_method"], row["recorded_by"]) == (
            "cohort:ward7", "cohort", "a synthetic reader",
        )  # fmt: skip
        if row["unit_kind"] == "patient":
            assert (row["file"], row["file_sha256"]) == ("ward7.csv", sha256(RECORDS.encode()))
            assert row["row"] == int(row["unit_id"][-1]) + 1
    columns = {row["column"] for row in observations}
    assert {"Age", "Weeks to CR", "Liver + Lung", "constant cr_certainty", "[study]"} <= columns
    assert "Initials" not in columns


def test_what_is_not_stated_is_no_statement(observations):
    stated = {(row["unit_id"], row["field"]) for row in observations}
    assert ("ward7_p2", "afp_baseline_ng_ml") not in stated  # a missing code
    assert ("ward7_p3", "age_years") not in stated  # an empty cell
    assert ("ward7_p3", "recurrence") not in stated  # one site unknown, the other no


def test_the_study_section_becomes_statements_about_the_study(observations):
    about = {row["field"]: row for row in observations if row["unit_kind"] == "study"}
    assert set(about) == {
        "title_short", "year", "country", "design", "n_treated", "n_cr", "denominator", "monotherapy", "criterion",
        "start_year", "end_year",
    }  # fmt: skip
    treated = about["n_treated"]
    assert (treated["unit_id"], treated["study_id"], treated["stated"]) == ("ward7", "ward7", "120")
    assert (treated["file"], treated["file_sha256"]) == ("ward7.toml", sha256(MAPPING.encode()))
    assert (treated["row"], treated["column"], treated["note"]) == (None, "[study]", "synthetic")
    assert treated["source_url"] == "https://example.org/ward7"
    assert treated["where_in_source"] == "ward register"


def test_the_cohort_alone_harmonizes_to_a_study_with_its_patients(store):
    (study,) = store.read("study").to_pylist()
    assert (study["study_id"], study["report_id"], study["present_cohort"]) == ("ward7", "study:ward7", True)
    assert (study["n_treated"], study["n_cr"], study["design"]) == (120, 3, "cohort")
    assert (study["year"], study["file"], study["row"]) == (2026, "ward7.toml", None)
    (report,) = store.read("report").to_pylist()
    assert (report["report_id"], report["origin"], report["title_short"]) == (
        "study:ward7", "cohort:ward7", "Synthetic ward cohort",
    )  # fmt: skip
    first, second, third = store.read("patient").to_pylist()
    assert (first["time_to_cr_months_lower"], first["afp_baseline_ng_ml"]) == (pytest.approx(14 * 7 / 30.4375), 1250)
    assert (second["time_to_cr_months_lower"], second["time_to_cr_months_upper"]) == (
        pytest.approx(26 * 7 / 30.4375), None,
    )  # fmt: skip
    assert (second["recurrence"], second["drug_after_cr"]) == ("yes", "unclear")
    assert third["afp_baseline_ng_ml_qualifier"] == ">"
    assert third["time_to_cr_months_upper"] == pytest.approx(10 * 7 / 30.4375)


def test_loading_again_changes_nothing_and_a_correction_keeps_the_statements_name(tmp_path):
    store = Store(tmp_path / "data", TOPIC.slug)
    load(tmp_path, store)
    before = store.read("observation")
    assert not any(commit.changed for commit in load(tmp_path, store))
    load(tmp_path, store, records=RECORDS.replace(",70,", ",71,"))
    after = store.read("observation")
    assert before["observation_id"] == after["observation_id"]
    assert of(after.to_pylist(), "ward7_p2", "age_years")["stated"] == "71"


def test_the_file_itself_is_not_copied(tmp_path):
    store = Store(tmp_path / "data", TOPIC.slug)
    commits = load(tmp_path, store)
    assert [commit.table for commit in commits] == ["report", "observation"]
    assert not (store.root / "raw").exists()
    assert sha256(RECORDS.encode()) in str(store.commit_of("observation")["files"])


def test_a_cohort_without_patients_in_cr_is_a_study_with_none(tmp_path):
    store = Store(tmp_path / "data", TOPIC.slug)
    mapping = MAPPING.replace("n_cr = 3", "n_cr = 0").replace(
        '[[column]]\nname = "Course"', '[[ignored]]\nname = "Course"'
    )
    start, end = mapping.index("says = ["), mapping.index("[[any_of]]")
    mapping = mapping[:start] + 'reason = "nobody"\n\n' + mapping[end:]
    load(tmp_path, store, records=RECORDS.splitlines()[0] + "\n", mapping=mapping)
    harmonize(TOPIC, store)
    assert store.read("study")["n_cr"].to_pylist() == [0]
    assert store.read("patient").num_rows == 0


def test_without_the_section_the_remedy_names_it(tmp_path):
    store = Store(tmp_path / "data", TOPIC.slug)
    start, end = MAPPING.index("[study]"), MAPPING.index("[[constant]]")
    load(tmp_path, store, mapping=MAPPING[:start] + MAPPING[end:])
    with pytest.raises(InvalidInput, match=r"ward7.csv, row 2: patients of a study that no source describes") as raised:
        harmonize(TOPIC, store)
    assert "a [study] section to the cohort's mapping" in str(raised.value)


def test_a_study_section_that_says_too_little_is_refused_by_name(tmp_path):
    store = Store(tmp_path / "data", TOPIC.slug)
    mapping = MAPPING.replace('design = "cohort"\n', "").replace("n_treated = 120", "n_treated = 2")
    load(tmp_path, store, mapping=mapping)
    with pytest.raises(InvalidInput) as raised:
        harmonize(TOPIC, store)
    design, treated = (str(problem) for problem in raised.value.problems)
    assert design.startswith("ward7.toml: design of ward7 must be stated; allowed: trial_arm, cohort")
    assert treated.startswith("ward7.toml, column 'n_cr, n_treated': impossible: no more CR than patients treated")
    assert "None" not in design + treated


def test_rows_without_patients_cells_nobody_explained_and_names_that_repeat_come_in_one_list(tmp_path):
    wrong = RECORDS.replace("3,E.F.", "2,E.F.").replace(",kept,", ",lost,").replace(",Yes,No,", ",?,No,")
    assert problems_of(tmp_path, records=wrong) == [
        (
            "ward7.csv, row 4: the patient stands already in row 3; found 'ward7_p2'. "
            "Correct the number; or say in [rows] how the rows of a patient become one"
        ),
        (
            "ward7.csv, row 4, column 'Course': the mapping does not say what this cell says; found 'lost'. "
            "Add a [[column.says]] entry"
        ),
        (
            "ward7.csv, column 'Course': the mapping explains a cell that does not occur; found 'kept'. "
            "Remove or correct the entry"
        ),
        "ward7.csv, row 3, column 'Liver': neither a yes nor a no of this any_of; found '?'; allowed: Yes, No",
    ]
    assert problems_of(tmp_path, records=RECORDS.replace("\n3,", "\n,")) == [
        "ward7.csv, row 4, column 'No': a patient without a name"
    ]


def test_a_header_without_rows_is_refused_when_no_study_is_described(tmp_path):
    start, end = MAPPING.index("[study]"), MAPPING.index("[[constant]]")
    header = RECORDS.splitlines()[0] + "\n"
    assert problems_of(tmp_path, records=header, mapping=MAPPING[:start] + MAPPING[end:]) == [
        "ward7.csv: no row of a patient"
    ]
