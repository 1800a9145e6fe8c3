"""Arrow schemas computed from the declaration, with unit, description and vocabulary in the metadata."""

from __future__ import annotations

import pyarrow as pa

from catalog.fields import Field
from catalog.tables import Table

_ARROW = {
    "text": pa.string(),
    "code": pa.string(),
    "codes": pa.string(),
    "duration": pa.string(),
    "quantity": pa.float64(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


def arrow_field(declared: Field, *, nullable: bool) -> pa.Field:
    """Return the Arrow field with everything the declaration says in its metadata."""
    metadata = {"description": declared.description}
    if declared.unit:
        metadata["unit"] = declared.unit
    if declared.vocabulary:
        metadata["vocabulary"] = declared.vocabulary
    return pa.field(declared.name, _ARROW[declared.kind], nullable=nullable, metadata=metadata)


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a declared table; only optional fields are nullable."""
    filled = {table.key, *table.required}
    columns = [arrow_field(field, nullable=field.name not in filled) for field in table.fields]
    return pa.schema(columns, metadata={"table": table.name, "row": table.row_is, "key": table.key})


def from_columns(table: Table, columns: dict[str, list]) -> pa.Table:
    """Return the columns as an Arrow table of the declared schema, sorted by key; missing columns are empty."""
    rows = len(next(iter(columns.values()), []))
    schema = arrow_schema(table)
    arrays = [arrow_array(columns.get(name, [None] * rows), schema.field(name).type) for name in schema.names]
    return pa.Table.from_arrays(arrays, schema=schema).sort_by(table.key)


def arrow_array(values: list, kind: pa.DataType) -> pa.Array:
    """Return `values` as an Arrow array; `pa.array` of a list would import pandas, which takes over a second."""
    from arro3.core import Array

    return pa.array(Array(values, kind)) if isinstance(values, list) else pa.array(values, kind)


def from_rows(table: Table, rows: list[dict]) -> pa.Table:
    """Return the rows as an Arrow table of the declared schema, sorted by key."""
    unknown = {name for row in rows for name in row} - set(table.columns)
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    return from_columns(table, {name: [row.get(name) for row in rows] for name in table.columns})
