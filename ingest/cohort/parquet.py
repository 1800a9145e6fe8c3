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
    for column, cells in zip(table.column_names, table.columns, strict=True):
        if column in columns:
            problems.add("a column name stands twice", file=name, column=column)
        if pa.types.is_nested(cells.type):
            problems.add("a column of lists or structures cannot be read", file=name, column=column)
            continue
        if (
            pa.types.is_temporal(cells.type)
            and not pa.types.is_time(cells.type)
            and not pa.types.is_duration(cells.type)
        ):
            dates.add(column)
        columns[column] = _texts(cells)
    return CohortRecords(name, sha256(data), columns, range(2, table.num_rows + 2), "Parquet", dates=frozenset(dates))


def _texts(cells: Any) -> Cells:
    """Return cells as text, each distinct value written once."""
    import pyarrow as pa

    if pa.types.is_float32(cells.type):  # by way of text, so that 9.8 does not become 9.800000190734863
        cells = cells.cast(pa.string()).cast(pa.float64())
    coded = cells.unify_dictionaries() if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
    if not coded.num_chunks:
        return Cells.of(())
    words = Cells.of(map(_text, coded.chunk(0).dictionary.to_pylist()))
    codes = pa.concat_arrays([chunk.indices for chunk in coded.chunks])
    return words.take(codes.cast(pa.int64()).fill_null(EMPTY))  # some programs write codes without a sign


def _text(value: object) -> str | None:
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime.date):
        return moment_text(value)
    text = None if value is None else str(value).strip()
    return text or None
