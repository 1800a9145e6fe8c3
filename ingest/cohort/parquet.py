"""Parquet files: plain columns as they would stand in a CSV."""

from __future__ import annotations

import datetime
from typing import Any

from catalog.cells import EMPTY
from catalog.errors import Problems
from catalog.lineage import sha256
from ingest.cohort.records import Cells, CohortRecords, moment_text, number_text


def read_parquet(name: str, data: bytes, problems: Problems) -> CohortRecords:
    """Return a Parquet file as records; refuses lists, structures and names that stand twice."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
    except (pa.ArrowException, OSError) as error:
        problems.add(f"not a Parquet file: {error}", file=name)
        return CohortRecords(name, sha256(data), {}, [])
    columns: dict[str, Cells] = {}
    dates = set()
    nothing = Cells.of([None] * table.num_rows)
    if not table.num_columns:
        problems.add("no columns", file=name)
    for column, cells in zip(table.column_names, table.columns, strict=True):
        if column in columns:
            problems.add("a column name stands twice", file=name, column=column)
        if not column.strip():
            problems.add("a column without a name", file=name, found=f"column {table.column_names.index(column) + 1}",
                         remedy="Name it in the file")  # fmt: skip
            continue
        if pa.types.is_nested(cells.type):
            problems.add("a column of lists or structures cannot be read", file=name, column=column)
            columns[column] = nothing
            continue
        if (
            pa.types.is_temporal(cells.type)
            and not pa.types.is_time(cells.type)
            and not pa.types.is_duration(cells.type)
        ):
            dates.add(column)
        try:
            columns[column] = _texts(_stored(cells))
        except (ValueError, OverflowError, NotImplementedError) as error:  # Arrow's own errors among them
            what = "dates beyond the calendar or in an unknown time zone" if column in dates else str(cells.type)
            problems.add(f"a column that cannot be read: {what}", file=name, column=column, found=str(error),
                         remedy="Correct it, or write it as text")  # fmt: skip
            columns[column] = nothing
    return CohortRecords(name, sha256(data), columns, range(2, table.num_rows + 2), "Parquet", dates=frozenset(dates))


def _texts(cells: Any) -> Cells:
    """Return cells as text, each distinct value written once."""
    import pyarrow as pa

    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    if pa.types.is_float16(cells.type) or pa.types.is_float32(cells.type):  # so that 9.8 does not become 9.80000019
        cells = cells.cast(pa.string()).cast(pa.float64())
    elif _is_bytes(cells.type):  # as some programs write texts
        cells = cells.cast(pa.binary()).cast(pa.string())
    coded = cells.dictionary_encode()
    if not coded.num_chunks:
        return Cells.of(())
    words = Cells.of(map(_text, coded.chunk(0).dictionary.to_pylist()))
    codes = pa.concat_arrays([chunk.indices for chunk in coded.chunks])
    return words.take(codes.fill_null(EMPTY))


def _stored(cells: Any) -> Any:
    """Return what stands behind an extension type, which Arrow's functions do not know."""
    import pyarrow as pa

    if not isinstance(cells.type, pa.BaseExtensionType):
        return cells
    return pa.chunked_array([chunk.storage for chunk in cells.chunks], cells.type.storage_type)


def _is_bytes(kind: Any) -> bool:
    import pyarrow as pa

    return any(
        is_kind(kind) for is_kind in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    )


def _text(value: object) -> str | None:
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime.date):
        return moment_text(value)
    text = None if value is None else str(value).strip()
    return text or None
