"""How cells are read: decimals, thousands, words, assays' own units, the first of several; what is unused is said."""

import pytest
from support.cohort_files import Desk, column, ignored

AFP = "afp_baseline_ng_ml"
ML = '"ng/mL"'


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("cells", "more", "words"),
    [
        (["3,5", "13,913"], {}, ["3.5", "13.913"]),
        (["3.5", "13,913"], {}, ["3.5", "13913"]),
        (["1.250,5", ">20.000"], {}, ["1250.5", ">20000"]),
        (["13,913", "468"], {"thousands": '","'}, ["13913", "468"]),
        (["13,913", "468"], {"decimal": '","'}, ["13.913", "468"]),
        (["13'913", "1.5"], {"thousands": '"\'"'}, ["13913", "1.5"]),
        (["low", "468"], {"values": '{ "low" = "<5" }'}, ["<5", "468"]),
        (["5"], {}, ["5"]),
        (["1e+05", ">1.20E+05", "468"], {}, ["100000", ">120000", "468"]),
        (["1,2E-03", "2,5"], {}, ["0.0012", "2.5"]),
        (["1.235E+05", "2,5"], {}, ["1235E+05", "2.5"]),  # not of that notation: refused when harmonized
    ],
)
def test_numbers_are_read_as_the_column_shows_or_the_mapping_says(desk, cells, more, words):
    text = "No;AFP\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells))
    desk.load(text, column("AFP", AFP, unit=ML, **more))
    names = [f"w_p{n}" for n in range(len(cells))]
    assert desk.words(AFP) == dict(zip(names, words, strict=True))
    assert {name: stated for name, (stated, _) in desk.stated(AFP).items()} == dict(zip(names, cells, strict=True))


def test_what_was_found_out_about_numbers_is_stated(desk):
    desk.load("No;AFP\n1;3,5\n", column("AFP", AFP, unit=ML))
    assert desk.said == ["read as text in UTF-8, cells separated by semicolons", "1 rows: 1 patients",
                         "AFP: read with decimal comma"]  # fmt: skip
    desk.load("No;AFP\n1;3.5\n2;13,913\n", column("AFP", AFP, unit=ML))
    assert desk.said[-1] == "AFP: read with commas between thousands"


@pytest.mark.parametrize(
    ("cells", "more", "problem"),
    [
        (
            ["13,913"], {},
            ("w.csv, column 'AFP': the numbers can be read in two ways: the comma of '13,913' may be a decimal comma "
            "or stand between thousands. Declare decimal or thousands for the column in the mapping"),
        ),
        (["3,5", "3.5"], {}, "w.csv, column 'AFP': the numbers can be read in two ways: '3,5' has a decimal comma and"),
        (
            ["13,913", "1,25"], {"thousands": '","'},
            ("w.csv, row 3, column 'AFP': a number that is not written as the others; found '1,25'; "
            "allowed: decimal '.', thousands ','"),
        ),
        (
            ["3.5"], {"decimal": '","'},
            ("w.csv, row 2, column 'AFP': a number that is not written as the others; found '3.5'; "
            "allowed: decimal ',', thousands 'without a mark'"),
        ),
    ],
)  # fmt: skip
def test_numbers_that_can_be_read_in_two_ways_are_refused(desk, cells, more, problem):
    text = "No;AFP\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells))
    assert desk.refused(text, column("AFP", AFP, unit=ML, **more))[0].startswith(problem)


def test_a_point_is_doubted_when_other_columns_have_decimal_commas(desk):
    reading = (column("AFP", AFP, unit=ML), column("Alb", "albumin_g_dl", unit='"g/dL"'))
    (problem,) = desk.refused("No;AFP;Alb\n1;13.913;3,5\n", *reading)
    assert "the point of '13.913' may stand between thousands" in problem
    declared = column("AFP", AFP, unit=ML, thousands='"."')
    desk.load("No;AFP;Alb\n1;13.913;3,5\n", declared, reading[1])
    assert desk.words(AFP) == {"w_p1": "13913"}


def test_the_file_may_declare_its_decimal_mark_for_all_columns(desk):
    desk.load("No;AFP\n1;13,913\n", '[file]\ndecimal = ","\n', column("AFP", AFP, unit=ML))
    assert desk.words(AFP) == {"w_p1": "13.913"}


def test_an_assays_unit_is_converted_by_the_factor_that_the_mapping_declares(desk):
    entry = column("AFP", AFP, unit='"IU/mL"', factor="1.21", factor_source='"package insert of the assay"')
    desk.load("No,AFP\n1,1e+02\n2,>2000\n", entry)
    assert desk.words(AFP) == {"w_p1": "121", "w_p2": ">2420"}
    rows = desk.store.read("observation").to_pylist()
    row = next(row for row in rows if (row["field"], row["unit_id"]) == (AFP, "w_p1"))
    assert (row["stated"], row["unit"]) == ("1e+02", "ng/mL")
    assert row["note"] == "1 IU/mL = 1.21 ng/mL: package insert of the assay"
    assert desk.said[-1] == "AFP: 1 IU/mL read as 1.21 ng/mL (package insert of the assay)"
    assert desk.harmonized()["w_p2"][AFP] == 2420


def test_an_assays_unit_without_a_factor_is_refused_when_harmonized(desk):
    desk.load("No,AFP\n1,100\n", column("AFP", AFP, unit='"IU/mL"'))
    (problem,) = desk.unharmonized()
    assert "there is no one factor for 'IU/mL'" in problem
    assert "factor and factor_source in the mapping" in problem


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"factor": "1.2"}, "w.toml, column 'factor_source': a factor and its source go together in [column] AFP"),
        ({"factor_source": '"x"'}, "w.toml, column 'factor_source': a factor and its source go together"),
        ({"factor": "-1", "factor_source": '"x"'}, "w.toml, column 'factor': a factor must be above 0"),
        ({"factor": '"2"', "factor_source": '"x"'}, "w.toml, column 'factor': wrong type in [column] AFP; found '2'"),
        ({"decimal": '";"'}, "w.toml, column 'decimal': not a decimal mark in [column] AFP; found ';'; allowed: ,"),
        ({"decimal": '","', "thousands": '","'}, "w.toml, column 'thousands': one mark for thousands and decimals"),
        ({"take": '"middle"'}, "w.toml, column 'take': no such choice in [column] AFP; found 'middle'; allowed: only"),
        ({"where": '{ a = 1 }'}, "w.toml, column 'where': wrong type in [column] AFP"),
        ({"free_text": '"yes"'}, "w.toml, column 'free_text': wrong type in [column] AFP; found 'yes'; allowed: true"),
    ],
)  # fmt: skip
def test_keys_that_cannot_be_meant_are_refused(desk, more, problem):
    keys = {"unit": ML, **more}
    assert desk.refused("No,AFP\n1,2\n", column("AFP", AFP, **keys))[0].startswith(problem)


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ('[file]\ndelimiter = ";;"\n', "w.toml, column 'delimiter': not a single character that can separate"),
        ('[file]\ndelimiter = "\\u0000"\n', "w.toml, column 'delimiter': not a single character that can separate"),
        ('[file]\nencodin = "utf-8"\n', "w.toml: unknown key in [file]; found 'encodin'; allowed: encoding, delimiter"),
        ('[rows]\ntake = "all"\n', "w.toml, column 'take': no such choice in [rows]; found 'all'"),
        ("[[rows]]\n[[rows]]\n", "w.toml: there can be only one section [rows]"),
        (
            '[[any_of]]\nfield = "recurrence"\nnames = ["AFP"]\nno = ["."]\n',
            "w.toml, column 'yes': either yes or yes_when_filled is needed in [any_of] recurrence; found 'nothing'",
        ),
        (
            '[[any_of]]\nfield = "recurrence"\nnames = ["AFP"]\nyes = ["1"]\nno = ["1"]\n',
            "w.toml, column 'no': both a yes and a no in [any_of] recurrence; found '1'",
        ),
        ('[rows]\norder = "Visit"\n', "w.toml: the mapping names a column that w.csv does not have; found 'Visit'"),
        ('[rows]\nwhere = { Visit = "1" }\n', "w.toml: the mapping names a column that w.csv does not have"),
    ],
)
def test_sections_that_cannot_be_meant_are_refused(desk, section, problem):
    assert desk.refused("No,AFP\n1,2\n", column("AFP", AFP, unit=ML), section)[0].startswith(problem)


def test_the_first_of_several_columns_that_is_filled(desk):
    entry = f'[[first_of]]\nfield = "{AFP}"\nnames = ["Day 0", "Screening"]\nunit = "ng/mL"\nmissing = ["n.d."]\n'
    desk.load("No,Day 0,Screening\n1,5,7\n2,n.d.,8\n3,,\n", entry)
    assert desk.words(AFP) == {"w_p1": "5", "w_p2": "8"}
    columns = {row["column"] for row in desk.store.read("observation").to_pylist() if row["field"] == AFP}
    assert columns == {"first of Day 0, Screening"}


def test_words_codes_and_columns_that_are_not_used_are_said(desk):
    entry = column("Sex", "sex", values='{ "w" = "F", "d" = "not_reported" }', missing='["?"]')
    desk.load("No,Sex\n1,w\n2,m\n", entry)
    assert desk.said[2:] == [
        "Sex: the mapping names missing codes that do not occur: ?",
        "Sex: the mapping explains words that do not occur: d",
    ]
    assert desk.refused("No,Sex\n1,w\n", entry, ignored("Age")) == [
        "w.toml: the mapping names a column that w.csv does not have; found 'Age'; allowed: No, Sex"
    ]


def test_codes_for_categories_are_refused_unless_each_is_explained(desk):
    text = "No,AFP\n" + "".join(f"{n},{1 + n % 2}\n" for n in range(20))
    assert desk.refused(text, column("AFP", AFP, unit=ML)) == [
        (
            "w.csv, column 'AFP': codes for categories rather than measurements; found '1, 2'. "
            "Ignore the column, or say in values what each means"
        )
    ]
    desk.load(text, column("AFP", AFP, unit=ML, values='{ "1" = "<20", "2" = ">=20" }'))
    assert set(desk.words(AFP).values()) == {"<20", ">=20"}


def test_a_missing_and_an_implausible_unit_are_found_when_harmonized(desk):
    rows = "".join(f"{n},{number},{number}\n" for n, number in enumerate((118, 105, 184)))
    platelets = (column("PLT", "platelets_10e9_l", unit='"/uL"'), column("Alb", "albumin_g_dl"))
    desk.load(
        "No,PLT,Alb\n" + rows.replace(",118\n", ",35\n").replace(",105\n", ",41\n").replace(",184\n", ",28\n"),
        *platelets,
    )
    assert desk.unharmonized() == [
        (
            "w.csv, column 'Alb': albumin_g_dl: the unit is missing; allowed: g/dL, g/L. "
            "State it as unit in the mapping; the values are usual as 'g/L'"
        ),
        (
            "w.csv, column 'PLT': platelets_10e9_l: a median of 118 in '/uL' is implausible; "
            "as '10^9/L' or '10^3/µL' it would be usual; found '/uL'; allowed: 10^9/L, 10^3/µL, 10^4/µL, /µL. "
            "Correct the unit, or the values; if both are right, write unit_reason in the mapping"
        ),
    ]


JAUNDICED = "No,Bil\n1,9.5\n2,12\n3,8.8\n"


def test_a_cohort_that_is_that_sick_keeps_its_unit_by_a_written_reason(desk):
    desk.load(JAUNDICED, column("Bil", "bilirubin_mg_dl", unit='"mg/dL"'))
    (problem,) = desk.unharmonized()
    assert "a median of 9.5 in 'mg/dL' is implausible; as 'µmol/L' it would be usual" in problem
    assert problem.endswith("if both are right, write unit_reason in the mapping")
    reason = "Child-Pugh C ward, read against the laboratory's report"
    desk.load(JAUNDICED, column("Bil", "bilirubin_mg_dl", unit='"mg/dL"', unit_reason=f'"{reason}"'))
    assert {name: row["bilirubin_mg_dl"] for name, row in desk.harmonized().items()} == {
        "w_p1": 9.5, "w_p2": 12, "w_p3": 8.8,
    }  # fmt: skip
    notes = {row["note"] for row in desk.store.read("observation").to_pylist() if row["field"] == "bilirubin_mg_dl"}
    assert notes == {f"unit kept although the values are unusual in it: {reason}"}
    desk.load(JAUNDICED, column("Bil", "bilirubin_mg_dl", unit='"mg/dL"'))
    assert len(desk.unharmonized()) == 1  # the reason went with the mapping


@pytest.mark.parametrize(
    ("field", "unit"), [("bilirubin_mg_dl", None), ("afp_baseline_ng_ml", '"ng/mL"'), ("ecog", None)]
)
def test_a_reason_where_no_unit_could_be_doubted_is_refused(desk, field, unit):
    keys = {"unit_reason": '"they are sick"'} | ({"unit": unit} if unit else {})
    (problem,) = desk.refused(JAUNDICED, column("Bil", field, **keys))
    assert "column 'unit_reason': no unit that its values could speak against in [column] Bil" in problem


def test_a_corrected_file_changes_only_what_was_corrected(desk):
    text = "No,Age,Sex\n1,48,m\n2,61,f\n3,70,m\n"
    entries = (column("Age", "age_years"), column("Sex", "sex"))
    desk.load(text, *entries)
    before = {row["observation_id"]: row for row in desk.store.read("observation").to_pylist()}
    assert not any(commit.changed for commit in desk.load(text, *entries))
    desk.load(text.replace("61", "62").replace("3,70,m\n", "3,70,\n4,55,f\n"), *entries)
    after = {row["observation_id"]: row for row in desk.store.read("observation").to_pylist()}
    told = lambda rows: {(row["unit_id"], row["field"]) for row in rows}  # noqa: E731
    assert told(before[key] for key in before.keys() - after.keys()) == {("w_p3", "sex")}
    assert told(after[key] for key in after.keys() - before.keys()) == {
        ("w_p4", "age_years"), ("w_p4", "sex"), ("w_p4", "cr_certainty"),
    }  # fmt: skip
    changed = [key for key in before.keys() & after.keys() if before[key] != after[key]]
    assert told(after[key] for key in changed) == {("w_p2", "age_years")}
    first, second = before[changed[0]], after[changed[0]]
    assert (first["stated"], second["stated"], first["file_sha256"] == second["file_sha256"]) == ("61", "62", False)


def test_the_row_of_a_wrong_number_is_that_of_the_file_when_rows_are_left_out(desk):
    text = "No;Best;AFP;Later\n1;PD;5;\n2;CR;;3,5\n3;CR;7;\n"
    entry = f'[[first_of]]\nfield = "{AFP}"\nnames = ["AFP", "Later"]\nunit = "ng/mL"\ndecimal = "."\n'
    (problem,) = desk.refused(text, '[rows]\nwhere = { Best = "CR" }\n', entry)
    assert problem.startswith("w.csv, row 3, column 'first of AFP, Later': a number that is not written as the others")
