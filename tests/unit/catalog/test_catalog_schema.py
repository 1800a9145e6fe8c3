"""What the declaration says of a field is written into the stored table, for every program that reads it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from support.chain import store_of

from catalog.fields import FIELDS
from catalog.schema import arrow_schema, from_columns, from_rows
from catalog.tables import GATED, TABLES


@pytest.mark.parametrize("name", GATED)
def test_the_stored_table_says_what_its_columns_mean(harmonized_data: Path, name: str) -> None:
    from deltalake import DeltaTable

    stored = DeltaTable(str(store_of(harmonized_data).path(name)))
    assert stored.metadata().name == name
    assert TABLES[name].row_is in stored.metadata().description
    schema = pa.schema(stored.schema())
    assert schema.names == list(TABLES[name].columns)
    for field in schema:
        declared = FIELDS[field.name]
        said = {key.decode(): value.decode() for key, value in field.metadata.items()}
        expected = {"description": declared.description, "unit": declared.unit, "vocabulary": declared.vocabulary}
        assert said == {key: value for key, value in expected.items() if value}
        assert field.nullable == (field.name not in (TABLES[name].key, *TABLES[name].required))


def test_the_schema_says_what_a_row_is() -> None:
    assert arrow_schema(TABLES["patient"]).metadata[b"row"] == b"a patient who reached CR, or is reported as such"


def test_rows_are_sorted_by_key_and_missing_columns_are_empty() -> None:
    table = from_columns(TABLES["measurement"], {"measurement_id": ["b", "a"], "marker_value": [2.0, 1.0]})
    assert table["measurement_id"].to_pylist() == ["a", "b"]
    assert table["marker_value"].to_pylist() == [1.0, 2.0]
    assert table["marker"].null_count == 2


def test_a_row_with_an_undeclared_column_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="measurement has no column colour"):
        from_rows(TABLES["measurement"], [{"measurement_id": "a", "colour": "red"}])
