"""The declaration holds together: fields, tables, pointers, vocabularies."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog import fields
from catalog.basis import INSTEAD, NUMBERS
from catalog.fields import FIELDS
from catalog.rules import RULES
from catalog.tables import STORED, TABLES, Table
from catalog.vocabulary import vocabulary

VOCABULARIES = Path(fields.__file__).parent / "vocabularies"
EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))


def test_every_field_stands_in_a_table() -> None:
    used = {name for table in TABLES.values() for name in table.columns}
    assert set(FIELDS) == used


def test_a_field_is_declared_once() -> None:
    with pytest.raises(ValueError, match="age_years is declared twice"):
        fields._declare("age_years", "number", "Again.")


def test_a_field_is_known_by_its_own_name() -> None:
    assert all(name == field.name for name, field in FIELDS.items())


def test_a_code_has_a_vocabulary_and_nothing_else_has() -> None:
    assert [f.name for f in FIELDS.values() if (f.kind in ("code", "codes")) != (f.vocabulary is not None)] == []


def test_a_name_ends_in_its_unit() -> None:
    spelled = {"mg/day": "mg_per_day", "10^9/L": "10e9_l"}
    for field in FIELDS.values():
        if field.unit and field.name != "i2":  # per cent by its definition
            suffix = spelled.get(field.unit, field.unit.lower().replace("/", "_"))
            assert field.name.removesuffix("_lower").removesuffix("_upper").endswith(f"_{suffix}"), field.name


@EVERY_TABLE
def test_a_table_names_declared_columns_once(table: Table) -> None:
    assert set(table.columns) <= set(FIELDS)
    assert len(set(table.columns)) == len(table.columns)
    assert {table.key, *table.required} <= set(table.columns)


@EVERY_TABLE
def test_a_pointer_points_at_a_key(table: Table) -> None:
    for pointer in table.foreign_keys:
        assert pointer.column in table.columns
        assert TABLES[pointer.table].key == pointer.target
        if pointer.where:
            column, code = pointer.where
            assert column in table.columns
            assert code in vocabulary(str(FIELDS[column].vocabulary)).codes


@EVERY_TABLE
def test_what_stands_in_a_stored_table_is_no_longer_a_stated_duration(table: Table) -> None:
    if table.name in STORED:
        assert [name for name in table.columns if FIELDS[name].kind == "duration"] == []


def test_rules_name_declared_columns_and_codes() -> None:
    for rule in RULES:
        columns = TABLES[rule.table].columns
        named = [getattr(rule, name, None) for name in ("column", "smaller", "larger")]
        assert {name for name in named if name} <= set(columns)
        where = getattr(rule, "where", None)
        for column, codes in [where] if where else []:
            assert column in columns
            assert not codes or set(codes) <= set(vocabulary(str(FIELDS[column].vocabulary)).codes)
        if hasattr(rule, "values"):
            assert set(rule.values) <= set(vocabulary(str(FIELDS[rule.column].vocabulary)).codes)
    assert len({(rule.table, rule.name) for rule in RULES}) == len(RULES)


def test_traced_columns_stand_in_the_unit_tables() -> None:
    known = {*TABLES["study"].columns, *TABLES["patient"].columns}
    assert {name for names in NUMBERS.values() for name in names} <= known
    assert set(NUMBERS) == set(vocabulary("question").codes)
    assert {*INSTEAD, *INSTEAD.values()} <= known


def test_every_vocabulary_is_used_and_every_used_one_is_there() -> None:
    shipped = {path.stem for path in VOCABULARIES.glob("*.csv")}
    assert shipped == {field.vocabulary for field in FIELDS.values() if field.vocabulary}


@pytest.mark.parametrize("name", sorted(path.stem for path in VOCABULARIES.glob("*.csv")))
def test_a_vocabulary_loads_and_no_spelling_means_two_codes(name: str) -> None:
    words = vocabulary(name)  # raises when a spelling means two codes
    assert words.codes
    assert all(words.labels.values()), "every code has a label"
    assert all(words.code(code) == code for code in words.codes)
    assert [code for code in words.codes if ";" in code or "|" in code] == [], "these join several codes or synonyms"
