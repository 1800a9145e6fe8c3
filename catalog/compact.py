"""Large tables in little memory: a text that repeats is held once, rows stay in the order in which they came.

A table of fewer than `LARGE` rows is held plainly: nothing here is then done to it. A large one holds every text but
its key as dictionary codes, as narrow as they can be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

LARGE = 1_000_000
"""From so many rows on a table is held compactly."""
BATCH = 1 << 17
NARROW = 127
"""So many different texts are told apart by a byte."""


def is_compact(rows: pa.Table) -> bool:
    """Return whether a table holds texts as codes."""
    return any(pa.types.is_dictionary(field.type) for field in rows.schema)


def compact_column(column: pa.ChunkedArray | Sequence[pa.Array]) -> pa.DictionaryArray:
    """Return a column of texts, or of codes of several dictionaries, as codes of one, a byte each where possible."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else column
    coded = [chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode() for chunk in chunks]
    unlike: list[pa.Array] = []
    which = []
    for one in coded:
        place = next((at for at, known in enumerate(unlike) if _same(one.dictionary, known)), len(unlike))
        unlike += [one.dictionary] if place == len(unlike) else []
        which.append(place)
    codes = [one.indices for one in coded]
    if len(unlike) > 1:
        merged = pa.concat_arrays(unlike).dictionary_encode()
        begins = [*accumulate(map(len, unlike), initial=0)]
        translations = [merged.indices.slice(*run) for run in zip(begins, map(len, unlike), strict=False)]
        codes = [translations[at].take(one) for at, one in zip(which, codes, strict=True)]
    texts = merged.dictionary if len(unlike) > 1 else unlike[0] if unlike else pa.nulls(0, pa.string())
    width = pa.int8() if len(texts) <= NARROW else pa.int32()
    if len(coded) == 1 and coded[0].indices.type == width:
        return coded[0]
    narrow = [one.cast(width) for one in codes]
    return pa.DictionaryArray.from_arrays(pa.concat_arrays(narrow) if narrow else pa.nulls(0, width), texts)


def _same(one: pa.Array, other: pa.Array) -> bool:
    """Return whether two arrays are equal, at once where they are one and the same."""
    if len(one) != len(other) or one.offset != other.offset:
        return bool(one.equals(other))
    places = [[buffer and buffer.address for buffer in array.buffers()] for array in (one, other)]
    return places[0] == places[1] or bool(one.equals(other))


def compacted(rows: pa.Table, key: str) -> pa.Table:
    """Return a table with every text but the key as codes."""
    for at, field in enumerate(rows.schema):
        texts = pa.types.is_string(field.type) or pa.types.is_dictionary(field.type)
        if texts and field.name != key:
            column = compact_column(rows[field.name])
            rows = rows.set_column(at, field.with_type(column.type), column)
    return rows


def plain(rows: pa.Table) -> pa.Table:
    """Return a table with its texts as texts."""
    return rows.cast(pa.schema([_plain(field) for field in rows.schema], metadata=rows.schema.metadata))


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type of what stands in a column: that of the texts where it holds codes."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _plain(field: pa.Field) -> pa.Field:
    return field.with_type(plain_type(field.type))


def holds(column: pa.ChunkedArray, texts: Collection[str]) -> pa.ChunkedArray:
    """Return which rows of a column hold one of some texts; of codes each different text is looked at once."""
    wanted = pa.array(list(texts), pa.string())
    found = []
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type):
            found.append(pc.fill_null(pc.is_in(chunk.dictionary, wanted).take(chunk.indices), False))
        else:
            found.append(pc.is_in(chunk, wanted))
    return pa.chunked_array(found, pa.bool_())


def joined(tables: Sequence[pa.Table], key: str) -> pa.Table:
    """Return the rows of tables of the same columns one after another, compact when there are many."""
    if sum(map(len, tables)) < LARGE:
        return pa.concat_tables([plain(table) for table in tables])
    filled = [table for table in tables if len(table)]
    if len(filled) == 1:
        return compacted(filled[0], key)
    columns = []
    for field in filled[0].schema:
        parts = [table[field.name] for table in filled]
        chunks = [chunk for part in parts for chunk in part.chunks]
        coded = any(pa.types.is_dictionary(chunk.type) for chunk in chunks)
        columns.append(compact_column(chunks) if coded else pa.chunked_array(chunks, field.type))
    schema = [field.with_type(column.type) for field, column in zip(filled[0].schema, columns, strict=True)]
    return compacted(pa.Table.from_arrays(columns, schema=pa.schema(schema)), key)


def batches(rows: pa.Table) -> pa.RecordBatchReader:
    """Return a table as a stream of plain batches."""
    schema = pa.schema([_plain(field) for field in rows.schema], metadata=rows.schema.metadata)

    def stream() -> Iterator[pa.RecordBatch]:
        for at in range(0, len(rows), BATCH):
            yield from plain(rows.slice(at, BATCH)).combine_chunks().to_batches()

    return pa.RecordBatchReader.from_batches(schema, stream())
