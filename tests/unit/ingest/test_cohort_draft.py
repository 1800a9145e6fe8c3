"""A first mapping: it can be read back, says what is a guess, and leaves to the person what is theirs to decide."""

import tomllib
from pathlib import Path

import pyreadstat
import pytest
from support.cohort_files import Desk, column, ignored

from catalog.errors import InvalidInput, Problems
from catalog.fields import FIELDS
from ingest.cohort.draft import draft_mapping
from ingest.cohort.entries import FileForm
from ingest.cohort.fit import check_against
from ingest.cohort.mapping import MAPPABLE, parse_mapping
from ingest.cohort.readers import read_records
from ingest.cohort.wordings import UNTIL_WORDS, WORDINGS

PLAIN = FileForm()
SHIPPED = Path(__file__).parents[3] / "catalog" / "evidence" / "hcc-sorafenib-cr"
WARD = """\
No;Name;Age;Gender;AFP;Platelets (10^3/uL);T.bil;Alb (g/L);Cause;Course;Start;CR date;Seen
1;Ann Nobody;48;1;3,5;118;0,8;35;HBV, Alcohol;kept;5.3.2012;30.4.2012;.
2;Bea Nobody;61;0;20,25;105;1,2;41;HCV;stopped;25.1.2013;1.4.2013;.
3;Cy Nobody;70;1;-9;n.d.;2,2;28;HCV;kept;1.2.2013;1.9.2013;.
4;Di Nobody;55;1;400;184;0,9;39;HBV;kept;1.3.2013;1.10.2013;.
5;Ed Nobody;58;0;12,5;99;1,1;40;HBV;kept;1.4.2013;1.11.2013;.
"""


def drafted(path, **options):
    """Return a draft as text, as TOML, and what a mapping of it lacks for the file."""
    text = draft_mapping(path, None, PLAIN, **options)
    problems = Problems()
    mapping = parse_mapping("draft.toml", text.encode(), problems)
    assert [str(problem) for problem in problems] == []
    records = read_records(path, problems, mapping.file, **options)
    check_against(mapping, "draft.toml", records, problems)
    assert [str(problem) for problem in problems] == []
    return text, tomllib.loads(text), mapping


@pytest.fixture
def ward(tmp_path):
    path = tmp_path / "Ward 7.csv"
    path.write_text(WARD, encoding="utf-8")
    return path


def entry(text, name):
    """Return the lines of one column's entry."""
    start = text.index(f'[[column]]\nname = "{name}"')
    return text[start : text.index("\n\n", start)]


def test_every_field_that_can_be_mapped_has_its_wordings():
    assert set(WORDINGS) | {"child_pugh_class", "albi_score", "albi_grade"} >= set(MAPPABLE)
    assert set(WORDINGS) <= set(MAPPABLE)
    assert all(FIELDS[field].kind == "duration" for field in UNTIL_WORDS)


def test_columns_are_found_by_their_names_and_cells(ward):
    text, draft, _ = drafted(ward)
    assert draft["cohort"] == {"study_id": "ward_7", "patient_id": "ward_7_p{No}", "recorded_by": ""}
    assert {one["name"]: one["field"] for one in draft["column"]} == {
        "Age": "age_years", "Gender": "sex", "AFP": "afp_baseline_ng_ml", "Platelets (10^3/uL)": "platelets_10e9_l",
        "T.bil": "bilirubin_mg_dl", "Alb (g/L)": "albumin_g_dl", "Cause": "etiology",
    }  # fmt: skip
    assert text.count("# guess") > 8


def test_units_are_those_of_the_name_or_guesses_from_the_values(ward):
    text, draft, _ = drafted(ward)
    units = {one["name"]: one.get("unit") for one in draft["column"]}
    assert units["Alb (g/L)"] == "g/L"
    assert 'unit = "10^3/µL"  # by the column\'s name' in text
    assert 'unit = "mg/dL"  # guess: a median of 1.1 is usual in it' in text
    assert 'unit = "ng/mL"  # guess: the usual unit' in text


def test_a_unit_in_the_name_that_the_values_do_not_fit_is_doubted(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("No,Platelet/uL\n1,118\n2,105\n3,179\n")
    text, draft, _ = drafted(path)
    assert draft["column"][0]["unit"] == "10^9/L"
    assert "# guess: the name says /µL, in which a median of 118 is implausible" in text


def test_a_unit_without_a_factor_is_left_to_decide(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("No,AFP (IU/mL),Dose (mg)\n1,118,800\n2,105,400\n3,179,400\n")
    text, draft, _ = drafted(path)
    assert [one["unit"] for one in draft["column"]] == ["IU/mL", "mg"]
    assert 'unit = "mg"  # decide: a dose, or a day\'s total?' in text


def test_words_codes_and_separators(ward):
    text, _, _ = drafted(ward)
    assert '# decide in values what these words mean: ["0", "1"]' in entry(text, "Gender")
    assert 'missing = ["-9"]  # guess' in entry(text, "AFP")
    assert 'missing = ["n.d."]  # guess' in entry(text, "Platelets (10^3/uL)")
    assert 'separator = ","  # guess' in entry(text, "Cause")


def test_dates_become_differences_and_their_formats_are_asked_for_when_two_fit(ward):
    text, draft, _ = drafted(ward)
    assert (draft["dates"]["index"], draft["dates"]["event"]) == ("Start", "start_of_drug")
    assert draft["dates"]["formats"] == {"Start": "%d.%m.%Y", "CR date": "%d.%m.%Y"}
    assert draft["difference"] == [{"field": "time_to_cr", "until": "CR date"}]
    path = ward.with_name("us.csv")
    path.write_text("No,Start,Progression\n1,1/2/2012,3/4/2012\n2,2/2/2012,.\n")
    text, draft, _ = drafted(path)
    assert "formats" not in draft["dates"]
    assert "# decide the format of Start: %d/%m/%Y or %m/%d/%Y fits all cells" in text
    assert draft["dates"]["missing"] == ["."]


def test_everything_else_is_ignored_with_a_reason(ward):
    _, draft, _ = drafted(ward)
    assert {one["name"]: one["reason"] for one in draft["ignored"]} == {
        "Name": "looks like a name", "Course": "decide", "Seen": "decide",
    }  # fmt: skip


def test_codes_for_categories_are_not_taken_for_measurements(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("No,AFP\n" + "".join(f"{n},{1 + n % 2}\n" for n in range(30)))
    _, draft, _ = drafted(path)
    assert draft["ignored"] == [
        {"name": "AFP", "reason": "decide: named like afp_baseline_ng_ml, but only holds 1, 2: codes for categories?"}
    ]


def test_free_text_is_proposed_and_not_stored(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("No,Location\n1,right lobe\n2,left lobe\n")
    _, draft, _ = drafted(path)
    assert "likely tumor_location, which is free text" in draft["ignored"][0]["reason"]


def test_record_numbers_are_pointed_out(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("Patient ID,Age\n20123451,48\n20123452,50\n")
    text, _, _ = drafted(path)
    assert "# decide: these look like record numbers" in text


def test_a_file_without_numbers_names_patients_by_their_rows(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("Age\n48\n50\n")
    text, draft, _ = drafted(path)
    assert draft["cohort"]["patient_id"] == "w_p{row}"
    assert "# decide: no column numbers the patients" in text


def test_labels_of_spss_find_the_field(tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"id": [1, 2, 3], "v1": [48.0, 61, 70], "v2": [0.8, 1.2, 3.0]})
    labels = ["Patient", "Age at diagnosis (years)", "Total bilirubin"]
    pyreadstat.write_sav(frame, tmp_path / "w.sav", column_labels=labels)
    text, draft, _ = drafted(tmp_path / "w.sav")
    assert {one["name"]: one["field"] for one in draft["column"]} == {"v1": "age_years", "v2": "bilirubin_mg_dl"}
    assert "# Total bilirubin\n[[column]]" in text


def test_several_rows_a_patient_are_said(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("No,redcap_event_name,Age\n1,a,48\n1,b,\n2,a,50\n")
    _, draft, _ = drafted(path)
    assert draft["rows"] == {"take": "only"}
    assert draft["cohort"]["patient_id"] == "w_p{No}"
    assert draft["ignored"] == [{"name": "redcap_event_name", "reason": "tells the rows of one patient apart"}]


def test_a_draft_of_the_shipped_cohort_finds_what_its_mapping_says():
    """Of the 27 columns that the shipped mapping reads, the draft finds the field of all that it maps."""
    path = SHIPPED / "park2015_tables_2_to_5.csv"
    _, draft, _ = drafted(path)
    guessed = {(one["name"], one["field"]) for one in draft["column"]}
    shipped = tomllib.loads((SHIPPED / "park2015_mapping.toml").read_text(encoding="utf-8"))
    read = {(one["name"], one.get("field")) for one in shipped["column"]}
    assert guessed - read == {("Recurrence intrahepatic", "recurrence")}  # which the shipped mapping reads by any_of
    assert len(guessed & read) == 25


def test_names_with_quotes_and_other_marks_survive(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text('No,"Age ""at"" start\\end\n(years)",ß\x7f\n1,48,2\n2,49,3\n', encoding="utf-8")
    _, draft, _ = drafted(path)
    assert {one["name"] for one in (*draft["column"], *draft["ignored"])} == {'Age "at" start\\end\n(years)', "ß\x7f"}


def test_a_draft_is_written_once_and_never_over_a_file(ward, tmp_path):
    out = tmp_path / "w.toml"
    said = draft_mapping(ward, out, PLAIN)
    assert said.startswith("read as text in UTF-8, cells separated by semicolons\nwrote ")
    assert said.endswith("8 of 13 columns have a likely field, the rest are ignored, each with a reason")
    with pytest.raises(InvalidInput, match="the file is there already"):
        draft_mapping(ward, out, PLAIN)
    with pytest.raises(InvalidInput, match="cannot be written"):
        draft_mapping(ward, tmp_path / "nowhere" / "w.toml", PLAIN)


def test_how_a_file_had_to_be_read_stands_in_the_draft(tmp_path):
    path = tmp_path / "w.csv"
    path.write_bytes("No;Größe (mm)\n1;23\n2;31\n3;40\n".encode("cp1252"))
    with pytest.raises(InvalidInput, match="not UTF-8 text"):
        draft_mapping(path, None, PLAIN)
    draft = tomllib.loads(draft_mapping(path, None, FileForm(encoding="cp1252")))
    assert draft["file"] == {"encoding": "cp1252"}


def test_a_draft_put_right_loads(ward, tmp_path):
    """What the person adds: the meaning of two codes, and what holds of the study."""
    text = draft_mapping(ward, None, PLAIN).replace(
        '# decide in values what these words mean: ["0", "1"]', 'values = { "0" = "F", "1" = "M" }'
    )
    desk = Desk(tmp_path)
    desk.load(ward, head=text)
    assert desk.words("sex") == {f"ward_7_p{n}": sex for n, sex in enumerate("MFMMF", start=1)}
    assert desk.words("afp_baseline_ng_ml")["ward_7_p2"] == "20.25"
    harmonized = desk.harmonized()["ward_7_p1"]
    assert (harmonized["albumin_g_dl"], harmonized["etiology"]) == (3.5, "HBV;alcohol")
    assert harmonized["time_to_cr_months_lower"] == pytest.approx(56 / 30.4375, rel=1e-15)
    assert "AFP: read with decimal comma" in desk.said


def test_the_mapping_of_a_desk_is_complete(tmp_path):
    """The helper of these tests: an entry for each column, no more."""
    Desk(tmp_path).load("No,Age,x\n1,48,2\n", column("Age", "age_years"), ignored("x"))
