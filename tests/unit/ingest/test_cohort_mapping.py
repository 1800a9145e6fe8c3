import pytest

from catalog.errors import Problems
from catalog.tables import STUDY_SHEET
from ingest.cohort.fit import check_against
from ingest.cohort.mapping import MAPPABLE, OF_STUDY, parse_mapping
from ingest.cohort.records import CohortRecords

COHORT = '[cohort]\nstudy_id = "ward7"\npatient_id = "ward7_p{No}"\n'


def parsed(text):
    problems = Problems()
    data = text if isinstance(text, bytes) else text.encode()
    return parse_mapping("m.toml", data, problems), [str(problem) for problem in problems]


def problem_of(text):
    mapping, problems = parsed(text)
    assert mapping is None
    assert len(problems) == 1, problems
    return problems[0]


def test_every_key_of_every_section_is_read():
    mapping, problems = parsed("""
        [cohort]
        study_id = "ward7"
        patient_id = "ward7_p{No}_{Site}"
        source_url = "https://example.org"
        recorded_by = "a reader"

        [study]
        design = "cohort"
        n_treated = 120
        note = "synthetic"

        [[constant]]
        field = "bclc_stage"
        value = "C"
        place = "methods"

        [[column]]
        name = "AFP"
        field = "afp_baseline_ng_ml"
        unit = "ng/mL"
        place = "table 3"
        separator = ";"
        thousands = ","
        missing = ["-", "Not checked"]
        values = { "normal" = "5" }

        [[column]]
        name = "Course"
        says = [{ cell = "stopped for cost", drug_after_cr = "stopped_after_cr", drug_stop = 6 }]

        [[any_of]]
        names = ["Liver", "Lung"]
        field = "recurrence"
        yes = ["Yes"]
        no = ["No"]
        place = "table 5"

        [[ignored]]
        name = "Initials"
        reason = "identifies the patient"
    """)
    assert problems == []
    assert mapping.cohort.columns == ["No", "Site"]
    assert (mapping.cohort.source_url, mapping.cohort.recorded_by) == ("https://example.org", "a reader")
    assert dict(mapping.study) == {"design": "cohort", "n_treated": "120", "note": "synthetic"}
    (constant,) = mapping.constants
    assert (constant.field, constant.value, constant.place) == ("bclc_stage", "C", "methods")
    afp, course = mapping.columns
    assert (afp.name, afp.field, afp.unit, afp.place) == ("AFP", "afp_baseline_ng_ml", "ng/mL", "table 3")
    assert (afp.separator, afp.thousands, afp.missing) == (";", ",", ("-", "Not checked"))
    assert afp.values == {"normal": "5"}
    assert course.says[0].cell == "stopped for cost"
    assert course.says[0].facts == {"drug_after_cr": "stopped_after_cr", "drug_stop": "6"}
    (any_of,) = mapping.any_of
    assert (any_of.names, any_of.yes, any_of.no, any_of.place) == (("Liver", "Lung"), ("Yes",), ("No",), "table 5")
    assert (mapping.ignored[0].name, mapping.ignored[0].reason) == ("Initials", "identifies the patient")


def test_a_short_mapping_needs_only_the_cohort():
    mapping, problems = parsed(COHORT)
    assert problems == []
    assert (mapping.constants, mapping.columns, mapping.any_of, mapping.ignored) == ((), (), (), ())
    assert mapping.study == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[cohort\n", "m.toml: not a TOML file: "),
        ("a = " + "[" * 9999 + "]" * 9999, "m.toml: not a TOML file: brackets within brackets, too deep"),
        ("# Größe\n".encode("latin-1"), "m.toml: not a TOML file: "),
        ("", "m.toml: there must be one section [cohort]"),
        ("cohort = []\n", "m.toml: there must be one section [cohort]"),
        ("cohort = 5\n", "m.toml: [cohort] must hold keys and values; found '5'"),
        (COHORT + '[[colum]]\nname = "x"\n', "m.toml: unknown section; found 'colum'; allowed: cohort"),
        ('[cohort]\npatient_id = "{No}"\n', "m.toml, column 'study_id': [cohort] needs a key"),
        ('[cohort]\nstudy_id = ""\npatient_id = "{No}"\n', "m.toml, column 'study_id': [cohort] needs a key"),
        ('[cohort]\nstudy_id = " "\npatient_id = "{No}"\n', "m.toml, column 'study_id': [cohort] needs a key"),
        ("n = " + "9" * 5000, "m.toml: not a TOML file: Exceeds the limit"),
        (COHORT + '[[column]]\nname = "x"\nfield = "sex"\nunit = "mg"\n',
         "m.toml, column 'unit': a unit for a field that has none in [column] x; found 'mg'"),
        (COHORT + '[[column]]\nname = "x"\nsays = [{ cell = "a" }, { cell = "a", sex = "M" }]\n',
         "m.toml, column 'cell': a cell is explained twice in [column] x; found 'a'. Keep one of the entries"),
        (COHORT + '[dates]\nformat = "%Y%Y"\n', "m.toml, column 'format': not a format of a date in [dates]"),
        (COHORT + 'url = "x"\n', "m.toml: unknown key in [cohort]; found 'url'"),
        (COHORT + "recorded_by = 5\n", "m.toml, column 'recorded_by': wrong type in [cohort]"),
        (
            COHORT + '[[column]]\nname = "Age"\nfield = "age"\n',
            "m.toml: unknown field in [column] Age; found 'age'; allowed: age_years, sex",
        ),
        (COHORT + '[[column]]\nfield = "sex"\n', "m.toml, column 'name': [column] sex needs a key"),
        (COHORT + '[[column]]\nname = "Age"\n', "m.toml: [column] Age needs a field, or says"),
        (COHORT + '[[column]]\nname = "Age"\nfield = ["sex"]\n', "m.toml, column 'field': wrong type in [column] Age"),
        (COHORT + '[[column]]\nname = "Age"\nfield = 5\n', "m.toml, column 'field': wrong type in [column] Age"),
        (COHORT + '[[column]]\nname = "x"\nfield = "sex"\nmissing = "-"\n', "m.toml, column 'missing': wrong type in"),
        (COHORT + '[[column]]\nname = "x"\nfield = "sex"\nvalues = { a = 1 }\n', "m.toml, column 'values': wrong type"),
        (COHORT + '[[column]]\nname = "x"\nsays = ["a"]\n', "m.toml, column 'says': wrong type in [column] x"),
        (COHORT + '[[column]]\nname = "x"\nsays = [{ sex = "M" }]\n', "m.toml, column 'cell': [column] x says"),
        (
            COHORT + '[[column]]\nname = "x"\nsays = [{ cell = "a", sexx = "M" }]\n',
            "m.toml: unknown field in [column] x, cell 'a'; found 'sexx'",
        ),
        ("column = [1]\n" + COHORT, "m.toml: [column] must hold keys and values; found '1'"),
        (COHORT + '[[any_of]]\nfield = "recurrence"\nnames = []\nyes = ["Y"]\nno = ["N"]\n',
         "m.toml, column 'names': [any_of] recurrence needs a key"),
        (COHORT + '[[ignored]]\nname = "x"\n', "m.toml, column 'reason': [ignored] x needs a key"),
        (COHORT + '[[constant]]\nfield = "study_id"\nvalue = "x"\n', "m.toml: unknown field in [constant] study_id"),
        ("study = 5\n" + COHORT, "m.toml: [study] must hold keys and values; found '5'"),
        (COHORT + "[study]\nn_treate = 5\n", "m.toml: unknown field in [study]; found 'n_treate'"),
        (COHORT + '[study]\nstudy_id = "x"\n', "m.toml: unknown field in [study]; found 'study_id'"),
        (COHORT + "[study]\nn_treated = 5.5\n", "m.toml, column 'n_treated': wrong type in [study]; found '5.5'"),
        (COHORT + "[study]\nn_treated = true\n", "m.toml, column 'n_treated': wrong type in [study]; found 'True'"),
        (COHORT + '[study]\nyear = "20x5"\n', "m.toml, column 'year': wrong type in [study]; found '20x5'"),
    ],
)  # fmt: skip
def test_one_way_of_being_wrong_is_one_problem(text, problem):
    assert problem_of(text).startswith(problem)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        (COHORT + "[[colum]]\n", "column"),
        (COHORT + '[[column]]\nname = "x"\nfeild = "sex"\n', "field"),
        (COHORT + '[[column]]\nname = "x"\nfield = "ages_year"\n', "age_years"),
        (COHORT + "[study]\nn_treate = 5\n", "n_treated"),
    ],
)
def test_the_nearest_known_word_is_named(text, near):
    _, problems = parsed(text)
    assert problems[0].endswith(f"Did you mean {near!r}?")


def test_all_problems_of_a_mapping_come_in_one_list():
    cohort, column = '[cohort]\nstudy = "x"\n', '[[column]]\nname = 1\nfeild = "x"\n'
    _, problems = parsed(cohort + column + '[[ignored]]\n[study]\ndesing = "x"\n')
    assert len(problems) == 9


def test_only_what_a_sheet_holds_can_be_mapped():
    assert not {"study_id", "patient_id", "source_url", "where_in_source", "drug_stop_from_cr"} & set(MAPPABLE)
    assert set(OF_STUDY) == set(STUDY_SHEET) - {"study_id"}


def against(text, header):
    mapping, problems = parsed(COHORT + text)
    assert problems == []
    found = Problems()
    records = CohortRecords("ward7.csv", "", {column: [] for column in header}, [])
    check_against(mapping, "m.toml", records, found)
    return [str(problem) for problem in found]


def test_entries_that_contradict_each_other_are_refused():
    sex, left = '[[column]]\nname = "Sex"\nfield = "sex"\n', '[[ignored]]\nname = "{}"\nreason = "x"\n'
    assert against(sex + left.format("Sex") + 2 * left.format("a"), ["No", "Sex", "a"]) == [
        "m.toml, column 'Sex': the column is read and ignored. Keep one of the entries",
        "m.toml, column 'a': the column is ignored twice. Keep one of the entries",
    ]
    chosen = sex + 'where = { Event = "a" }\n' + left.format("Event")
    assert against(chosen, ["No", "Sex", "Event"]) == []  # rows are chosen by it, and nothing of it is stored


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        (2 * '[[any_of]]\nfield = "recurrence"\nnames = ["A", "B"]\nyes = ["Y"]\nno = ["N"]\n', "A + B"),
        ('[[column]]\nname = "A"\nfield = "recurrence"\n[[column.says]]\ncell = "R"\nrecurrence = "yes"\n', "A"),
    ],
)
def test_a_field_is_read_once_from_a_place(entry, place):
    assert against(entry, ["No", *place.split(" + ")])[-1] == (
        f"m.toml, column '{place}': the mapping reads the same field twice from the same place; found 'recurrence'. "
        "Keep one of the entries"
    )


@pytest.mark.parametrize("factor", ["0", "-1.0", "nan", "inf", "1e308", "9" * 400])
def test_a_factor_is_a_number_above_nothing(factor):
    entry = '[[column]]\nname = "AFP"\nfield = "afp_baseline_ng_ml"\nunit = "IU/mL"\nfactor_source = "assay"\n'
    _, problems = parsed(f"{COHORT}{entry}factor = {factor}\n")
    assert problems[0].startswith("m.toml, column 'factor': a factor must be above 0 and at most 1e+06 in [column] AFP")


def test_a_mapping_and_a_header_speak_of_the_same_columns():
    assert against('[[column]]\nname = "Sex"\nfield = "sex"\n', ["No", "Sex"]) == []


def test_columns_that_only_one_of_them_knows_are_listed():
    assert against('[[column]]\nname = "Sexx"\nfield = "sex"\n', ["No", "Sex"]) == [
        (
            "m.toml: the mapping names a column that ward7.csv does not have; found 'Sexx'; allowed: No, Sex. "
            "Did you mean 'Sex'?"
        ),
        (
            "ward7.csv, row 1, column 'Sex': the column is neither mapped nor ignored. "
            "Add a [[column]] or an [[ignored]] entry with a reason to m.toml"
        ),
    ]


def test_the_columns_of_names_and_of_any_of_count_as_used():
    any_of = '[[any_of]]\nfield = "recurrence"\nnames = ["A", "B"]\nyes = ["Y"]\nno = ["N"]\n'
    assert against(any_of, ["No", "A", "B"]) == []
    assert "found 'B'" in against(any_of, ["No", "A"])[0]
    assert "found 'No'" in against(any_of, ["A", "B"])[0]


def test_any_of_gives_only_codes():
    any_of = '[[any_of]]\nfield = "age_years"\nnames = ["A"]\nyes = ["Y"]\nno = ["N"]\n'
    assert against(any_of, ["No", "A"]) == [
        "m.toml, column 'age_years': any_of gives yes or no, which this field does not take"
    ]


def test_the_same_reading_twice_is_refused_but_one_column_may_say_several_things():
    twice = '[[column]]\nname = "Sex"\nfield = "sex"\n' * 2 + '[[constant]]\nfield = "ecog"\nvalue = "0"\n' * 2
    assert [problem.split(":")[0] for problem in against(twice, ["No", "Sex"])] == [
        "m.toml, column 'Sex'", "m.toml, column 'constant ecog'",
    ]  # fmt: skip
    two_fields = "".join(f'[[column]]\nname = "V"\nfield = "{field}"\n' for field in ("sex", "vessel_site"))
    assert against(two_fields, ["No", "V"]) == []


def test_a_mapping_saved_with_a_byte_order_mark_is_read():
    assert parsed("\ufeff" + COHORT)[1] == []


def test_the_same_any_of_twice_is_refused():
    entry = '[[any_of]]\nfield = "recurrence"\nnames = ["Liver"]\nyes = ["Y"]\nno = ["N"]\n'
    assert against(entry * 2, ["No", "Liver"]) == [
        (
            "m.toml, column 'Liver': the mapping reads the same field twice from the same place; found 'recurrence'. "
            "Keep one of the entries"
        )
    ]


def test_a_field_that_one_column_both_reads_and_says_is_refused():
    entry = '[[column]]\nname = "Sex"\nfield = "sex"\nsays = [{ cell = "M", sex = "M" }]\n'
    (problem,) = against(entry, ["No", "Sex"])
    assert problem.startswith("m.toml, column 'Sex': the mapping reads the same field twice from the same place")
