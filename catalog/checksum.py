"""A checksum of a table's content, the same whatever file, chunk, encoding or library version holds it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import plain_type

PART = 1 << 17
"""So many rows are looked at together: where they have one and the same code, their text is made once."""


def content_sha256(rows: pa.Table) -> str:
    """Return the SHA-256 of column names, types, values and what is empty, in the order of the rows.

    The order of the columns does not matter. Takes text, also as codes, whole numbers, numbers and booleans.
    """
    digest = hashlib.sha256()
    for name in sorted(rows.column_names):
        column = rows[name]
        coded = pa.types.is_dictionary(column.type)
        kind = plain_type(column.type)
        digest.update(f"{name}:{kind}:{len(column)}".encode())
        for part in _column(column, kind, coded=coded):
            digest.update(part)
    return digest.hexdigest()


def _column(column: pa.ChunkedArray, kind: pa.DataType, *, coded: bool) -> Iterator[memoryview]:
    """Yield what `content_sha256` takes of a column: what is there, then lengths of texts, then values."""
    parts = [chunk.slice(at, PART) for chunk in column.chunks for at in range(0, len(chunk), PART)]
    yield from (_numbers(part.is_valid().cast(pa.uint8())) for part in parts)
    if coded:
        yield from _of_codes(column, pc.binary_length, _numbers)
        yield from _of_codes(column, lambda texts: texts, _bytes_of)
    elif pa.types.is_string(kind):
        yield from (_numbers(pc.binary_length(part.drop_null())) for part in parts)
        yield from (_bytes_of(part.drop_null()) for part in parts)
    else:
        truths = pa.types.is_boolean(kind)
        yield from (_numbers(part.drop_null().cast(pa.uint8()) if truths else part.drop_null()) for part in parts)


def _of_codes(
    column: pa.ChunkedArray, aspect: Callable[[pa.Array], pa.Array], taken: Callable[[pa.Array], memoryview]
) -> Iterator[memoryview]:
    """Yield an aspect of the texts of codes; where all of a part are alike, it is made once for all such parts."""
    made: dict[tuple[Any, int], memoryview] = {}
    for chunk in column.chunks:
        values = aspect(chunk.dictionary)
        for at in range(0, len(chunk), PART):
            codes = chunk.indices.slice(at, PART).drop_null()
            bounds = pc.min_max(codes)
            if bounds["min"] != bounds["max"] or not len(codes):
                yield taken(values.take(codes))
                continue
            alike = values[bounds["min"].as_py()].as_py(), len(codes)
            if alike not in made:
                made[alike] = taken(values.take(codes))
            yield made[alike]


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
