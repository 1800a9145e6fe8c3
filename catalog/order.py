"""Tables in order of their keys: sorted, and held against one another, with no copy of rows that lie right already."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

PART = 1 << 17
LONG = 1 << 10
"""Runs of so many rows are taken by laying them one after another."""
NOWHERE = -1


def in_key_order(rows: pa.Table, key: str) -> pa.Table:
    """Return a table sorted by key."""
    order = _order_of(rows[key])
    return rows if order is None else rows_at(rows, order)


def rows_at(rows: pa.Table, places: Any) -> pa.Table:
    """Return the rows at some places. All of them as they lie, or in long runs, are not copied."""
    if not len(places):
        return rows.slice(0, 0)
    if len(places) == len(rows) and places[0] == 0 and np.all(places[1:] > places[:-1]):
        return rows
    begins = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    if len(begins) * LONG <= len(places) or len(begins) == 1:
        runs = zip(places[begins].tolist(), np.diff(begins, append=len(places)).tolist(), strict=True)
        return pa.concat_tables([rows.slice(first, length) for first, length in runs])
    return pa.concat_tables([rows.take(pa.array(places[at : at + PART])) for at in range(0, len(places), PART)])


def counterparts(keys: pa.ChunkedArray, standing: pa.ChunkedArray) -> Any:
    """Return the place of each key among others, `NOWHERE` for one that is not there; each stands once in both."""
    own, others = _names(keys), _names(standing)
    if own is None or others is None or not (_ascending(own) and _ascending(others)):
        whole = standing.combine_chunks() if len(standing) else pa.array([], standing.type)
        return np.asarray(pc.fill_null(pc.index_in(keys, whole), NOWHERE)).astype(np.int64)
    begins = np.cumsum([0, *map(len, others)])
    narrow = np.int32 if len(standing) <= np.iinfo(np.int32).max else np.int64
    found = []
    for names in own:
        places = np.full(len(names), NOWHERE, dtype=narrow)
        for begin, there in zip(begins, others, strict=False):
            if there[-1] >= names[0] and there[0] <= names[-1]:
                at = np.minimum(np.searchsorted(there, names), len(there) - 1)
                same = there[at] == names
                places[same] = begin + at[same]
        found.append(places)
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def distinct(keys: pa.ChunkedArray) -> bool:
    """Return whether each key stands once."""
    names = _names(keys)
    in_order = names is not None and _ascending(names)
    return in_order or pc.count_distinct(keys).as_py() == len(keys)


def _order_of(keys: pa.ChunkedArray) -> Any:
    """Return the places of the keys in ascending order as a NumPy array, or None when they lie so already."""
    if len(keys) < 2:
        return None
    names = _names(keys)
    if names is None:
        whole = keys.combine_chunks()
        ordered = pc.all(pc.less(whole.slice(0, len(whole) - 1), whole.slice(1))).as_py()
        return None if ordered else np.asarray(pc.sort_indices(whole))
    return None if _ascending(names) else np.argsort(np.concatenate(names), kind="stable")


def _ascending(names: list[Any]) -> bool:
    within = all(np.all(one[:-1] < one[1:]) for one in names)
    return within and all(one[-1] < other[0] for one, other in pairwise(names))


def _names(keys: pa.ChunkedArray) -> list[Any] | None:
    """Return texts that are all of one length as NumPy arrays of bytes, or None: those are compared at once."""
    names = [_bytes_of(chunk) for chunk in keys.chunks if len(chunk)]
    known = [one for one in names if one is not None]
    return known if len(known) == len(names) and len({one.dtype for one in known}) <= 1 else None


def _bytes_of(keys: pa.Array) -> Any:
    length = pc.min_max(pc.binary_length(keys))
    width = length["min"].as_py()
    if keys.null_count or width != length["max"].as_py() or not width:
        return None
    first = np.frombuffer(keys.buffers()[1], dtype=np.int32)[keys.offset]
    return np.frombuffer(keys.buffers()[2], dtype=f"S{width}", count=len(keys), offset=first)
