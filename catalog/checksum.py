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
        digest.update(column.is_valid().to_numpy(zero_copy_only=False).tobytes())
        if pa.types.is_string(column.type):
            filled = column.fill_null("")
            digest.update(pc.binary_length(filled).to_numpy(zero_copy_only=False).tobytes())
            digest.update(_bytes_of(filled))
        else:
            filled = column.fill_null(False if pa.types.is_boolean(column.type) else 0)
            digest.update(filled.to_numpy(zero_copy_only=False).tobytes())
    return digest.hexdigest()


def _bytes_of(texts: pa.StringArray) -> memoryview:
    """Return the bytes of all texts in a row, without making a Python string of each."""
    _, offsets, data = texts.buffers()
    if data is None or len(texts) == 0:
        return memoryview(b"")
    bounds = memoryview(offsets).cast("i")
    return memoryview(data)[bounds[texts.offset] : bounds[texts.offset + len(texts)]]
