"""A checksum of a table's content, the same whatever file, chunk or library version holds it."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pyarrow.compute as pc


def content_sha256(rows: pa.Table) -> str:
    """Return the SHA-256 of column names, types, values and what is empty, in the order of the rows.

    The order of the columns does not matter. Takes text, whole numbers, numbers and booleans.
    """
    digest = hashlib.sha256()
    for name in sorted(rows.column_names):
        column = rows[name].combine_chunks()
        digest.update(f"{name}:{column.type}:{len(column)}".encode())
        digest.update(_numbers(column.is_valid().cast(pa.uint8())))
        filled = column.drop_null()
        if pa.types.is_string(column.type):
            digest.update(_numbers(pc.binary_length(filled)))
            digest.update(_bytes_of(filled))
        else:
            digest.update(_numbers(filled.cast(pa.uint8()) if pa.types.is_boolean(column.type) else filled))
    return digest.hexdigest()


def _numbers(values: pa.Array) -> memoryview:
    """Return the bytes of whole-byte numbers without an empty one; Arrow's own converters import pandas."""
    if len(values) == 0:
        return memoryview(b"")
    width = values.type.bit_width // 8
    return memoryview(values.buffers()[1])[values.offset * width : (values.offset + len(values)) * width]


def _bytes_of(texts: pa.StringArray) -> memoryview:
    """Return the bytes of all texts in a row, without making a Python string of each."""
    _, offsets, data = texts.buffers()
    if data is None or len(texts) == 0:
        return memoryview(b"")
    bounds = memoryview(offsets).cast("i")
    return memoryview(data)[bounds[texts.offset] : bounds[texts.offset + len(texts)]]
