"""Who a patient is: columns that tell it are refused by name, label and cells, or turned into what is needed."""

import pytest
from support.cohort_files import COHORT, Desk, column, ignored

from ingest.cohort.privacy import named, record_numbers, shown_by_cells, shown_by_words
from ingest.cohort.written_dates import whole_date


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("column_name", "what"),
    [
        ("Name", "a name"), ("Patient's first name", "a name"), ("last_name", "a name"), ("patientName", "a name"),
        ("Nachname", "a name"), ("이름", "a name"), ("姓名", "a name"), ("Initials", "a name"),
        ("next_of_kin", "a name"),
        ("MRN", "a record number"), ("Hospital No.", "a record number"), ("Medical record number", "a record number"),
        ("Chart number", "a record number"), ("病历号", "a record number"), ("SSN", "a record number"),
        ("Tel.", "a phone number"), ("ec_phone", "a phone number"), ("mobile", "a phone number"),
        ("Address", "an address"), ("Zip Code", "an address"), ("Straße", "an address"),
        ("E-Mail", "an e-mail address"), ("email", "an e-mail address"),
        ("DOB", "a date of birth"), ("Date of Birth", "a date of birth"), ("Geburtsdatum", "a date of birth"),
        ("birth_date", "a date of birth"),
    ],
)  # fmt: skip
def test_names_of_columns_that_tell_who_somebody_is(column_name, what):
    assert named(column_name) == what
    assert named("v17", column_name) == what


@pytest.mark.parametrize(
    "column_name",
    ["Drug name", "redcap_event_name", "Hospital name", "Location", "Platelet/uL", "CD4 cell count", "nomogram",
     "Patient No", "Case no", "record_id", "Age", "Date of CR", "Stage", "Number"],
)  # fmt: skip
def test_names_of_columns_that_do_not(column_name):
    assert named(column_name) is None


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        (["1", "see jo@example.org"], "an e-mail address"),
        (["unknown", "2012-03-05"], "an exact date"),
        (["5.3.2012"], "an exact date"),
        (["12/16/2005", "."], "an exact date"),
        (["5 March 2012"], "an exact date"),
        (["2012-03-05 10:30:00"], "an exact date"),
        (["+82 2 2228 1930", "02-2228-1930", "x"], "a phone number"),
        (["(415) 555-1212"], "a phone number"),
        (["3364812635", "5233183616"], "a phone number"),
        (["02.2228.1930", "02.2228.1931"], "a phone number"),
        (["well", "CR on 05.03.2012"], "an exact date"),
        (["seen 2012-03-05, well"], "an exact date"),
        (["stopped 5 March 2012 for cost"], "an exact date"),
        (["since March 5, 2012"], "an exact date"),
        (["12MAR1945", "unknown"], "an exact date"),  # DATE9. of SAS
        (["3. Mai 1950"], "an exact date"),
        (["geboren 12. März 1945"], "an exact date"),
        (["12 de marzo de 1945"], "an exact date"),
        (["1945年3月12日"], "an exact date"),
        (["1945년 3월 12일생"], "an exact date"),
        (["12 Mar 45"], "an exact date"),
        (["call +49 431 1234567 tomorrow"], "a phone number"),
        (["well", "see MRN 1234567"], "a record number"),
        (["chart no. 12345"], "a record number"),
        (["400 mg 2015", "12 months 2012", "8 Nov", "CD34+ 123 456 789", "chart review 2012", "10mg20"], None),
        (["version 1.2.3 of 2012", "10.1016/j.jhep.2021.11.018", "ratio 1/2/3", "week 31 of 2012"], None),
        (["0.592538747", "0.235026871", "0,135547919"], None),  # ratios as a program writes them
        (["13.913", "468", ">20000"], None),
        (["8-10 weeks", "3-6"], None),
        (["2012", "2013"], None),
        (["118000", "105000"], None),
        (["stopped for cost 2 months after CR"], None),
        ([], None),
    ],
)
def test_cells_that_must_not_be_stored_whatever_the_column(cells, what):
    assert shown_by_cells(cells) == what


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        (["Alice Cornel", "Jaida Wojdyla", "Kim, Soo-Hyun", "Maria de Luca", "Amber J. Woodland"], "a name"),
        (["88 Dawnview Way", "69 Jessie West St", "49 Sibley Rd", "18 Warner Pl", "43 Ardath Ct"], "an address"),
        (["Hauptstraße 5", "Bergstr. 12", "Seestraße 1", "Am Markt", "Ringstraße 7"], "an address"),
        (["H1234567", "H1234568", "H1234570", "H1234571", "H1234599"], "a record number"),
        (["Right lobe", "Left lobe", "S7", "S5, 6", "Main portal"], None),
        (["HBV", "HCV", "Alcohol", "HBV, Alcohol", "other"], None),
        (["Alice Cornel"], None),
    ],
)
def test_cells_that_words_must_not_be(cells, what):
    assert shown_by_words(set(cells)) == what


def test_study_numbers_are_not_record_numbers():
    assert not record_numbers({"1", "2", "100", "A17"})
    assert record_numbers({"2012345", "2012346", "3"})


def test_a_date_is_whole_only_to_the_day():
    assert [whole_date(cell) for cell in ("2012-03-05", "2012-03", "3/2012", "30/2/2012", "1-2-3")] == [
        True, False, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "entry", "what"),
    [
        ("No,Phone\n1,5\n", column("Phone", "ecog"), "column 'Phone': the column looks like a phone number"),
        ("No,Sex\n1,a@b.org\n", column("Sex", "sex"), "column 'Sex': the column looks like an e-mail address"),
        ("No,CR\n1,2012-03-05\n", column("CR", "cr_basis"), "column 'CR': the column looks like an exact date"),
        (
            "No,x\n" + "".join(f"{n},{name} Nobody\n" for n, name in enumerate(["Ann", "Bea", "Cy", "Di", "Ed"])),
            column("x", "note", free_text="true"),
            "column 'x': the column looks like a name",
        ),
        (
            "No,DOB\n1,5\n",
            '[[any_of]]\nfield = "recurrence"\nnames = ["DOB"]\nyes_when_filled = true\nno = ["."]\n',
            "column 'DOB': the column looks like a date of birth",
        ),
    ],
)
def test_what_identifies_is_not_stored(desk, text, entry, what):
    (problem,) = desk.refused(text, entry)
    assert problem.startswith(f"w.csv, {what}")
    assert "Drop it with [[ignored]] in w.toml" in problem


def test_what_identifies_may_be_ignored_or_turned_into_an_age(desk):
    text = "No,Name,DOB,Start\n1,Ann Nobody,1950-06-30,2012-06-29\n"
    age = '[[difference]]\nfield = "age_years"\nsince = "DOB"\nuntil = "Start"\nunit = "years"\n'
    desk.load(text, age, ignored("Name"))
    stored = str(desk.store.read("observation").to_pylist())
    assert desk.words("age_years") == {"w_p1": "61"}
    assert not any(word in stored for word in ("Nobody", "1950", "2012"))


def test_words_that_the_mapping_explains_are_no_private_words(desk):
    """A missing code may look like anything: what is explained is not stored as it stands."""
    desk.load("No,Sex\n1,m\n2,2012-03-05\n", column("Sex", "sex", missing='["2012-03-05"]'))
    assert desk.words("sex") == {"w_p1": "m"}


@pytest.mark.parametrize(
    ("numbers", "what"),
    [
        (["20123451", "20123452"], "a record number"),
        (["Ann Nobody", "Bea Nobody", "Cy Nobody", "Di Nobody", "Ed Nobody"], "a name"),
    ],
)
def test_patients_are_not_named_by_what_identifies_them(desk, numbers, what):
    text = "No,Age\n" + "".join(f"{number},48\n" for number in numbers)
    assert desk.refused(text, column("Age", "age_years")) == [
        (
            f"w.csv, column 'No': patients are named by a column that looks like {what}. Number them anew in the file; "
            "or write pseudonyms = true in [cohort] if these numbers mean nothing outside the study"
        )
    ]
    desk.load(text, column("Age", "age_years"), head=COHORT + "pseudonyms = true\n")


def test_a_record_number_by_name_is_never_a_pseudonym(desk):
    head = COHORT.replace("{No}", "{MRN}") + "pseudonyms = true\n"
    (problem,) = desk.refused("MRN,Age\n1,48\n", column("Age", "age_years"), head=head)
    assert problem == "w.csv, column 'MRN': the column looks like a record number. Drop it with [[ignored]] in w.toml"


def test_free_text_is_stored_only_when_the_mapping_asks(desk):
    text = "No,Where\n1,segment 7\n"
    (problem,) = desk.refused(text, column("Where", "tumor_location"))
    assert problem == (
        "w.toml, column 'Where': free text is stored only when the mapping asks for it. "
        "Read it, then write free_text = true, or ignore the column"
    )
    desk.load(text, column("Where", "tumor_location", free_text="true"))
    assert desk.words("tumor_location") == {"w_p1": "segment 7"}


def test_prose_in_a_column_of_words_is_free_text(desk):
    text = "No,Sex\n1,m\n2,she was referred by her daughter who lives in the next town\n"
    (problem,) = desk.refused(text, column("Sex", "sex"))
    assert problem.startswith("w.csv, row 3, column 'Sex': free text in a column of words or numbers; found 'she was")
    said = 'says = [{ cell = "she was referred by her daughter who lives in the next town", sex = "F" }]\n'
    desk.load(text, f'[[column]]\nname = "Sex"\nmissing = ["m"]\n{said}')
    assert desk.words("sex") == {"w_p2": "F"}


def test_the_file_is_not_copied_and_what_is_ignored_is_nowhere(desk):
    desk.load("No,Age,Memo\n1,48,Ann Nobody called\n", column("Age", "age_years"), ignored("Memo"))
    for path in desk.store.root.rglob("*"):
        assert path.suffix != ".csv"
        assert not path.is_file() or b"Nobody" not in path.read_bytes()


def test_a_date_within_a_cell_that_the_mapping_explains_is_not_stored_either(desk):
    says = '[[column]]\nname = "Course"\nsays = [{ cell = "stopped 5.3.2012", drug_after_cr = "stopped_after_cr" }]\n'
    (problem,) = desk.refused("No,Course\n1,stopped 5.3.2012\n", says)
    what = "a cell to be stored holds an exact date; found 'stopped 5.3.2012'"
    assert problem.startswith(f"w.csv, row 2, column 'Course': {what}. Take the date out")
    text = "No,Note\n1,well\n2,relapse on 5.3.2012\n"
    (problem,) = desk.refused(text, column("Note", "note", free_text="true"))
    assert "the column looks like an exact date" in problem


@pytest.mark.parametrize(
    ("entry", "place", "found"),
    [
        ('[[constant]]\nfield = "note"\nvalue = "seen 12.03.2012"\n', "constant note", "seen 12.03.2012"),
        (column("X", "note", free_text="true", values='{ a = "born 1945-03-12" }'), "X", "born 1945-03-12"),
        ('[[column]]\nname = "X"\nsays = [{ cell = "a", note = "CR on 05.03.2012" }]\n', "says", "CR on 05.03.2012"),
    ],
)
def test_the_mapping_does_not_say_dates_either(desk, entry, place, found):
    rest = ignored("X") if place.startswith("constant") else ""
    assert desk.refused("No,X\n1,a\n", entry, rest) == [
        (
            f"w.toml, column {place!r}: what the mapping says of patients holds an exact date; found {found!r}. "
            "Take it out: dates become times by [[difference]]"
        )
    ]


def test_the_names_of_two_patients_are_names(desk):
    (problem,) = desk.refused('No,Sex\n"Kim, Minho",M\n"Lee, Soo",F\n', column("Sex", "sex"))
    assert problem.startswith("w.csv, column 'No': patients are named by a column that looks like a name.")
