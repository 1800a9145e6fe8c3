"""REDCap exports with their dictionary: labels, boxes, events and repeats, each read as declared or refused."""

import pytest
from support.cohort_files import COHORT, Desk, column, ignored

from catalog.errors import Problems
from ingest.cohort.redcap import read_dictionary

DICTIONARY = """\
"Variable / Field Name","Form Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels",\
"Text Validation Type OR Show Slider Number",Identifier?
No,a,text,Study number,,,
sex,a,radio,Sex,"0, Female | 1, Male | 8, Other",,
etiology,a,checkbox,<b>Cause</b> of liver disease,"1, HBV | 2, HCV | -90, Unknown",,
mvi,a,yesno,Invasion,,,
bili,a,text,Bilirubin,,number_comma_decimal,
dob,a,text,Birth,,date_dmy,y
afp,labs,text,AFP,,number,
seen,labs,text,Seen,,date_ymd,
"""
DATA = """\
No,sex,etiology___1,etiology___2,etiology____90,mvi,bili,dob
1,0,1,1,0,1,"0,755",1950-06-30
2,1,0,0,1,0,"1,5",1951-01-01
3,1,0,0,0,,,
"""
BILI = column("bili", "bilirubin_mg_dl", unit='"mg/dL"')
SEX = column("sex", "sex")
NO_DICTIONARY = "d.csv, row 1: not a REDCap data dictionary: a column is missing; allowed: "


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def dictionary(desk):
    return desk.write("dictionary.csv", DICTIONARY)


def test_codes_become_labels_and_boxes_one_column(desk, dictionary):
    cause = column("etiology", "etiology", separator='";"', values='{ "Unknown" = "not_reported" }')
    desk.load(DATA, SEX, cause, column("mvi", "portal_vein_invasion"), BILI, ignored("dob"), dictionary=dictionary)
    assert desk.words("sex") == {"w_p1": "Female", "w_p2": "Male", "w_p3": "Male"}
    assert desk.words("etiology") == {"w_p1": "HBV;HCV", "w_p2": "not_reported"}
    assert desk.words("portal_vein_invasion") == {"w_p1": "Yes", "w_p2": "No"}
    assert desk.words("bilirubin_mg_dl") == {"w_p1": "0.755", "w_p2": "1.5"}
    assert desk.said[0] == "read as text in UTF-8, cells separated by commas, REDCap export with its dictionary"
    harmonized = desk.harmonized()
    assert (harmonized["w_p1"]["etiology"], harmonized["w_p3"]["etiology"]) == ("HBV;HCV", "not_reported")


def test_a_box_that_is_not_ticked_is_no_answer_unless_the_mapping_says_so(desk, dictionary):
    others = (SEX, BILI, ignored("dob", "mvi", "etiology___2", "etiology____90"))
    box = column("etiology___1", "histology_confirmed", values='{ "Checked" = "yes", "Unchecked" = "no" }')
    desk.load(DATA, box, *others, dictionary=dictionary)
    assert desk.words("histology_confirmed") == {"w_p1": "yes", "w_p2": "no", "w_p3": "no"}
    desk.load(DATA, column("etiology___1", "histology_confirmed"), *others, dictionary=dictionary)
    assert desk.words("histology_confirmed")["w_p3"] == "Unchecked"  # which no vocabulary takes for a no
    assert "unknown value; found 'Unchecked'" in desk.unharmonized()[1]


def test_an_export_of_labels_is_read_too(desk, dictionary):
    data = DATA.replace("1,0,1,1,0,1,", "1,Female,Checked,Checked,Unchecked,Yes,")
    rest = ignored("dob", "mvi", "bili")
    desk.load(data, SEX, column("etiology", "etiology", separator='";"'), rest, dictionary=dictionary)
    assert (desk.words("sex")["w_p1"], desk.words("etiology")["w_p1"]) == ("Female", "HBV;HCV")


def test_a_code_that_the_dictionary_does_not_know_is_refused_where_it_is_read(desk, dictionary):
    data = DATA.replace("3,1,", "3,7,")
    rest = ignored("etiology", "mvi", "dob", "bili")
    assert desk.refused(data, SEX, rest, dictionary=dictionary) == [
        (
            "w.csv, row 4, column 'sex': neither a code nor a label of the dictionary; found '7'. "
            "Name it in missing or values of the mapping"
        )
    ]
    desk.load(data, column("sex", "sex", missing='["7"]'), rest, dictionary=dictionary)
    desk.load(data, ignored("sex"), rest, dictionary=dictionary)


def test_a_field_that_the_dictionary_calls_an_identifier_is_not_stored(desk):
    dictionary = desk.write("dictionary.csv", DICTIONARY.replace("AFP,,number,", "AFP,,number,y"))
    assert desk.refused(LONG, ROWS, SEX, afp("afp_at_cr_ng_ml", '"cr_arm_1"'), ignored("seen", *KINDS),
                        dictionary=dictionary) == [
        ("w.csv, column 'afp': the column looks like an identifier, as its dictionary says. "
        "Drop it with [[ignored]] in w.toml")
    ]  # fmt: skip


LONG = """\
No,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,afp,seen
1,baseline_arm_1,,,1,400,2012-01-01
1,cr_arm_1,,,,8,2012-03-01
1,follow_arm_1,labs,1,,5,2012-06-01
1,follow_arm_1,labs,2,,3,2012-05-01
2,baseline_arm_1,,,0,20,2012-01-01
"""
ROWS = '[rows]\ntake = "only"\n'
KINDS = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
AT = "{{ redcap_event_name = {} }}"


def afp(field, event, **more):
    return column("afp", field, unit='"ng/mL"', where=AT.format(event), **more)


def test_events_and_repeats_without_a_rule_are_refused_with_an_explanation(desk, dictionary):
    assert desk.refused(LONG, SEX, ignored("afp", "seen", *KINDS), dictionary=dictionary) == [
        (
            "w.csv, row 3, column 'redcap_event_name, redcap_repeat_instrument': patients have several rows: events or "
            "repeats; found 'baseline_arm_1, cr_arm_1, follow_arm_1, labs'. Say in [rows] how they become one, and in "
            "a column's where which of them it reads"
        )
    ]


def test_each_column_reads_its_event(desk, dictionary):
    entries = (
        ROWS, SEX, afp("afp_baseline_ng_ml", '"baseline_arm_1"'), afp("afp_at_cr_ng_ml", '"cr_arm_1"'),
        ignored("seen", *KINDS),
    )  # fmt: skip
    desk.load(LONG, *entries, dictionary=dictionary)
    assert desk.words("sex") == {"w_p1": "Male", "w_p2": "Female"}
    assert desk.words("afp_baseline_ng_ml") == {"w_p1": "400", "w_p2": "20"}
    assert desk.words("afp_at_cr_ng_ml") == {"w_p1": "8"}
    rows = {(row["unit_id"], row["field"]): row["row"] for row in desk.store.read("observation").to_pylist()}
    assert rows["w_p1", "afp_at_cr_ng_ml"] == 3
    assert desk.said[1] == "5 rows: 2 patients"


@pytest.mark.parametrize(
    ("rule", "order", "value"),
    [
        ('"first"', "seen", "400"), ('"last"', "seen", "5"), ('"last"', "row", "3"),
        ('"last"', "redcap_repeat_instance", "3"),
        ('"smallest"', "", "3"), ('"largest"', "", "400"),
    ],
)  # fmt: skip
def test_one_of_several_cells_is_taken_by_the_declared_rule(desk, dictionary, rule, order, value):
    rows = ROWS + f'order = "{order}"\n'
    reading = column("afp", "afp_at_cr_ng_ml", unit='"ng/mL"', take=rule)
    desk.load(LONG, rows, SEX, reading, ignored("seen", *KINDS), dictionary=dictionary)
    assert desk.words("afp_at_cr_ng_ml")["w_p1"] == value


def test_several_cells_without_a_rule_are_refused_with_their_rows(desk, dictionary):
    reading = column("afp", "afp_at_cr_ng_ml", unit='"ng/mL"')
    assert desk.refused(LONG, ROWS, SEX, reading, ignored("seen", *KINDS), dictionary=dictionary) == [
        (
            "w.csv, row 2, column 'afp': several cells of w_p1, where one is to be taken: also row 3, row 4, row 5; "
            "found '400'. Choose rows with where, or one of them with take and order"
        )
    ]


def test_two_cells_that_are_equally_first_are_refused(desk, dictionary):
    rows = ROWS + 'order = "redcap_repeat_instance"\n'
    reading = column("afp", "afp_at_cr_ng_ml", unit='"ng/mL"', take='"first"')
    (problem,) = desk.refused(LONG, rows, SEX, reading, ignored("seen", *KINDS), dictionary=dictionary)
    assert problem.startswith(
        "w.csv, row 2, column 'afp': several cells of w_p1, where one is to be taken: also row 3;"
    )


def test_first_without_an_order_is_refused(desk, dictionary):
    reading = column("afp", "afp_at_cr_ng_ml", unit='"ng/mL"', take='"first"')
    assert desk.refused(LONG, ROWS, SEX, reading, ignored("seen", *KINDS), dictionary=dictionary) == [
        'w.toml: first and last need an order. Name a column of dates or numbers as order in [rows], or order = "row"'
    ]


def test_dates_of_an_event_end_a_time(desk, dictionary):
    dates = '[dates]\nindex = "start"\n'
    time = (
        f'[[difference]]\nfield = "time_to_cr"\nuntil = "seen"\nwhere = {AT.format(chr(34) + "cr_arm_1" + chr(34))}\n'
    )
    data = LONG.replace(",sex,", ",start,").replace("baseline_arm_1,,,1", "baseline_arm_1,,,2012-01-01")
    data = data.replace("baseline_arm_1,,,0", "baseline_arm_1,,,2012-01-01")
    desk.load(data, ROWS, dates, time, ignored("afp", *KINDS), dictionary=dictionary)
    assert desk.words("time_to_cr") == {"w_p1": "60 days"}


def test_yes_at_any_event_is_yes(desk):
    data = "No,visit,Recurred\n1,a,No\n1,b,Yes\n2,a,No\n2,b,\n3,a,\n"
    answer = '[[any_of]]\nfield = "recurrence"\nnames = ["Recurred"]\nyes = ["Yes"]\nno = ["No"]\n'
    desk.load(data, ROWS, answer, ignored("visit"))
    assert desk.words("recurrence") == {"w_p1": "yes", "w_p2": "no"}


def test_only_rows_that_the_mapping_wants_become_patients(desk):
    """A register of everybody treated: who reached CR is loaded, the others are counted in [study]."""
    data = "No,Best,Age\n1,CR,48\n2,PD,61\n3,CR,70\n4,,80\n"
    desk.load(data, '[rows]\nwhere = { Best = "CR" }\n', column("Age", "age_years"))
    assert desk.words("age_years") == {"w_p1": "48", "w_p3": "70"}
    assert desk.said[1] == "4 rows, 2 left out by where of [rows]: 2 patients"
    desk.load(data, '[rows]\nwhere = { Best = ["PD", ""] }\n', column("Age", "age_years"))
    assert set(desk.words("age_years")) == {"w_p2", "w_p4"}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("a,b\n1,2\n", f"{NO_DICTIONARY}Variable / Field Name or field_name"),
        ("", "d.csv: the file is empty"),
        ("field_name,field_type\nx,text\n", f"{NO_DICTIONARY}Choices, Calculations, OR Slider Labels or "),
    ],
)  # fmt: skip
def test_a_file_that_is_no_dictionary_is_refused(data, problem):
    problems = Problems()
    assert read_dictionary("d.csv", data.encode(), problems) == {}
    assert next(str(one) for one in problems).startswith(problem)


def test_the_dictionary_of_another_project_is_refused(desk, dictionary):
    data = "Patient,Alter\n1,48\n"
    head = COHORT.replace("{No}", "{Patient}")
    problems = desk.refused(data, column("Alter", "age_years"), head=head, dictionary=dictionary)
    assert problems[0].startswith("w.csv, row 1: the dictionary describes none of the columns; found 'Patient, Alter'")


def test_a_dictionary_that_says_two_things_is_refused(desk):
    twice = DICTIONARY + 'sex,a,radio,Sex,"1, Female | 1, Male",,\n'
    dictionary = desk.write("dictionary.csv", twice)
    assert desk.refused(DATA, SEX, dictionary=dictionary) == [
        "dictionary.csv, row 10: the dictionary describes a field twice; found 'sex'",
        (
            "dictionary.csv, row 10, column 'Choices, Calculations, OR Slider Labels': "
            "the dictionary gives a code two labels; found '1'. Correct the dictionary, in REDCap and in the file"
        ),
    ]


def test_a_dictionary_that_excel_saved_with_semicolons_is_read():
    header = DICTIONARY.splitlines()[0].replace(",", ";").replace("Choices; Calculations;", "Choices, Calculations,")
    rows = "\nNo;a;text;Study number;;;\nsex;a;radio;Sex;0, Female | 1, Male;;\n"
    problems = Problems()
    fields = read_dictionary("d.csv", (header + rows).encode(), problems)
    assert (fields["sex"].choices, [str(problem) for problem in problems]) == ({"0": "Female", "1": "Male"}, [])


def test_a_box_that_holds_something_else_is_refused(desk, dictionary):
    others = (SEX, BILI, ignored("dob", "mvi", "etiology"))
    assert desk.refused(DATA.replace("3,1,0,0,0", "3,1,2,0,0"), *others, dictionary=dictionary) == [
        (
            "w.csv, row 4, column 'etiology___1': a box is neither ticked nor not; found '2'; "
            "allowed: 1, 0, Checked, Unchecked"
        )
    ]


def test_labels_that_two_codes_share_carry_their_code():
    problems = Problems()
    head = "field_name,field_type,select_choices_or_calculations\n"
    fields = read_dictionary("d.csv", f'{head}x,radio,"1, yes | 2, yes | 3, no, not yet"\n'.encode(), problems)
    assert fields["x"].choices == {"1": "yes (1)", "2": "yes (2)", "3": "no, not yet"}
