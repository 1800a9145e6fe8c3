"""Large tables in little memory: a text that repeats is held once, rows stay in the order in which they came.

A table of fewer than `LARGE` rows is held plainly: nothing here is then done to it. A large one holds every text but
its key as dictionary codes, as narrow as they can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

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
    texts = coded[0].dictionary if coded else pa.nulls(0, pa.string())
    for one in coded:
        if not one.dictionary.equals(texts):
            new = one.dictionary.filter(pc.is_null(pc.index_in(one.dictionary, texts)))
            texts = pa.concat_arrays([texts, new]) if len(new) else texts
    width = pa.int8() if len(texts) <= NARROW else pa.int32()
    if len(coded) == 1 and coded[0].indices.type == width:
        return coded[0]
    codes = [_translated(one, texts).cast(width) for one in coded]
    return pa.DictionaryArray.from_arrays(pa.concat_arrays(codes) if codes else pa.nulls(0, width), texts)


def _translated(coded: pa.DictionaryArray, texts: pa.Array) -> pa.Array:
    """Return codes as codes of another dictionary, which holds all its texts."""
    if coded.dictionary.equals(texts.slice(0, len(coded.dictionary))):
        return coded.indices
    return pc.index_in(coded.dictionary, texts).take(coded.indices)


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


def _plain(field: pa.Field) -> pa.Field:
    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


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


def order_of(keys: pa.ChunkedArray) -> Any:
    """Return the places of the keys in ascending order, as a NumPy array.

    Names that are checksums, so many hexadecimal digits each, are sorted as numbers, ten times as fast as texts.
    """
    import numpy as np

    names = matrix_of(keys)
    if names is None or len(names) >= 2**32:
        return np.asarray(pc.sort_indices(keys))
    packed = np.empty(len(names), dtype=np.uint64)
    for at in range(0, len(names), BATCH):
        digits = np.ascontiguousarray(names[at : at + BATCH, :8])
        if not np.all(((digits >= 48) & (digits <= 57)) | ((digits >= 97) & (digits <= 102))):
            return np.asarray(pc.sort_indices(keys))
        packed[at : at + BATCH] = (_number_of(digits) << np.uint64(32)) | np.arange(
            at, at + len(digits), dtype=np.uint64
        )
    packed.sort()
    leading = packed >> np.uint64(32)
    packed &= np.uint64(0xFFFFFFFF)
    order = packed.view(np.int64)
    same = leading[1:] == leading[:-1]
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    whole = np.ascontiguousarray(names[order[tied]]).view(f"S{names.shape[1]}").ravel()
    order[tied] = order[tied][np.argsort(whole, kind="stable")]
    return order


def matrix_of(keys: pa.ChunkedArray) -> Any:
    """Return texts that are all of one length as rows of bytes, or None."""
    import numpy as np

    length = pc.min_max(pc.binary_length(keys))
    if not len(keys) or keys.null_count or length["min"] != length["max"] or length["min"].as_py() < 8:
        return None
    width = length["min"].as_py()
    parts = []
    for chunk in keys.chunks:
        if len(chunk):
            data = np.frombuffer(chunk.buffers()[2], dtype=np.uint8)
            first = np.frombuffer(chunk.buffers()[1], dtype=np.int32)[chunk.offset]
            parts.append(data[first : first + len(chunk) * width].reshape(len(chunk), width))
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _number_of(digits: Any) -> Any:
    """Return the numbers that rows of eight hexadecimal digits write, given as bytes of ASCII."""
    import numpy as np

    word = digits.view(">u8").ravel().astype(np.uint64)
    letters = (word >> np.uint64(6)) & np.uint64(0x0101010101010101)
    word = (word & np.uint64(0x0F0F0F0F0F0F0F0F)) + np.uint64(9) * letters
    for shift, kept in ((4, 0x00FF00FF00FF00FF), (8, 0x0000FFFF0000FFFF), (16, 0x00000000FFFFFFFF)):
        word = (word | (word >> np.uint64(shift))) & np.uint64(kept)
    return word
