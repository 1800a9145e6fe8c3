"""A checksum of a table's content, the same whatever file, chunk, encoding or library version holds it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import matrix_of, order_of

PART = 1 << 20
RUN = 1 << 17
"""So many codes are looked at together: where they are all the same, their text is not made anew."""


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


def sorted_sha256(rows: pa.Table, key: str) -> str:
    """Return `content_sha256` of a compact table as it would be with its rows sorted by `key`, part by part.

    One part is hashed while the next is made: neither holds the interpreter.
    """
    digest = hashlib.sha256()
    with ThreadPoolExecutor(1) as hashing:
        before = hashing.submit(digest.update, b"")
        for part in _sorted_parts(rows, order_of(rows[key])):
            before.result()
            before = hashing.submit(digest.update, part)
        before.result()
    return digest.hexdigest()


def _sorted_parts(rows: pa.Table, order: Any) -> Iterator[bytes | memoryview]:
    for name in sorted(rows.column_names):
        column = rows[name]
        coded = pa.types.is_dictionary(column.type)
        kind = column.type.value_type if coded else column.type
        yield f"{name}:{kind}:{len(column)}".encode()
        whole = column.combine_chunks()
        yield from _coded_parts(whole, order) if coded else _parts(whole, order)


def _parts(column: pa.Array, order: Any) -> Iterator[memoryview]:
    """Yield what `content_sha256` takes of a column that holds values: what is there, lengths, values."""
    slices = [pa.array(order[at : at + PART]) for at in range(0, len(order), PART)]
    if pa.types.is_string(column.type) and (names := matrix_of(pa.chunked_array([column]))) is not None:
        yield from _even_parts(names, order)
        return
    if column.null_count:
        there = column.is_valid().cast(pa.uint8())
        yield from (_numbers(there.take(some)) for some in slices)
    else:
        yield from (memoryview(b"\1" * len(some)) for some in slices)
    if pa.types.is_string(column.type):
        yield from (_numbers(pc.binary_length(column.take(some).drop_null())) for some in slices)
    for some in slices:
        filled = column.take(some).drop_null()
        if pa.types.is_string(column.type):
            yield _bytes_of(filled)
        else:
            yield _numbers(filled.cast(pa.uint8()) if pa.types.is_boolean(column.type) else filled)


def _even_parts(names: Any, order: Any) -> Iterator[memoryview]:
    """Yield what `content_sha256` takes of texts that are all of one length, given as rows of bytes."""
    width = names.shape[1]
    whole = names.view(f"V{width}").ravel()
    sizes = [len(order[at : at + PART]) for at in range(0, len(order), PART)]
    yield from (memoryview(b"\1" * size) for size in sizes)
    yield from (memoryview(width.to_bytes(4, sys.byteorder) * size) for size in sizes)
    yield from (memoryview(whole[order[at : at + PART]].tobytes()) for at in range(0, len(order), PART))


def _coded_parts(column: pa.DictionaryArray, order: Any) -> Iterator[memoryview]:
    """Yield what `content_sha256` takes of a column of codes, without a text for each row."""
    texts, lengths = column.dictionary, pc.binary_length(column.dictionary)
    codes = column.indices
    if codes.null_count not in (0, len(codes)) or len(texts) > 1:
        codes = codes.take(pa.array(order))  # else one row is as another
    slices = [codes.slice(at, RUN) for at in range(0, len(codes), RUN)]
    yield from (_numbers(some.is_valid().cast(pa.uint8())) for some in slices)
    filled = [some.drop_null() for some in slices]
    alike = [_only(some) for some in filled]
    for values, taken in ((lengths, _numbers), (texts, _bytes_of)):
        made: dict[tuple[int, int], memoryview] = {}
        for some, code in zip(filled, alike, strict=True):
            if code is None:
                yield taken(values.take(some))
                continue
            if (code, len(some)) not in made:
                made[code, len(some)] = taken(values.take(some))
            yield made[code, len(some)]


def _only(codes: pa.Array) -> int | None:
    """Return the code that all rows have, or None when they differ."""
    bounds = pc.min_max(codes)
    only: int | None = bounds["min"].as_py() if len(codes) and bounds["min"] == bounds["max"] else None
    return only


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
