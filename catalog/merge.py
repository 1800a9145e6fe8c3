"""Which rows of a table change: laid over what stands, told apart by key, brought in one Delta commit.

A commit is tried only against the version that was read (no engine retries): whoever loses a race looks again at
what then stands, so that two writers never overrun or double each other's rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import compact_column, holds, joined, plain, plain_type
from catalog.order import NOWHERE, counterparts, distinct, rows_at

GONE = "__gone__"


@dataclass(frozen=True)
class Changes:
    """What turns the rows that stand into those that are wanted, as NumPy arrays of places."""

    new: Any
    """Of wanted rows whose key does not stand yet."""
    changed: Any
    """Of wanted rows whose key stands with other values."""
    gone: Any
    """Of standing rows whose key is not wanted."""

    def __len__(self) -> int:
        return len(self.new) + len(self.changed) + len(self.gone)

    @property
    def only_new(self) -> bool:
        """Whether all that stands stays as it is."""
        return len(self) == len(self.new)


def overlay(standing: pa.Table, rows: pa.Table, key: str, ignore: Sequence[str] = ()) -> pa.Table:
    """Return `standing` with `rows` in the place of those with the same key, and the new ones added.

    A row that differs only in `ignore` (a day, a pointer to bytes) counts as unchanged and stays as it stands.
    """
    refuse_twins(rows, key)
    others = np.flatnonzero(counterparts(standing[key], rows[key]) == NOWHERE)
    return joined([rows_at(standing, others), keeping(standing, rows, key, ignore)], key)


def with_origin(standing: pa.Table, origin: str, rows: pa.Table, key: str) -> pa.Table:
    """Return `standing` with `rows` in the place of all that has this origin."""
    others = np.flatnonzero(~_true(holds(standing["origin"], (origin,))))
    return joined([rows_at(standing, others), rows], key)


def keeping(standing: pa.Table, rows: pa.Table, key: str, ignore: Sequence[str]) -> pa.Table:
    """Return `rows`, each as it stands where it differs from the standing row of its key only in `ignore`."""
    at = counterparts(rows[key], standing[key])
    beside = _beside(standing, at)
    differs = pa.array(_differs(beside, rows, at, (key, *ignore)))
    for name in ignore:
        if beside is not None:
            column = _either(differs, rows[name], beside[name])
            field = rows.schema.field(name).with_type(column.type)
            rows = rows.set_column(rows.column_names.index(name), field, column)
    return rows


def changes(standing: pa.Table, wanted: pa.Table, key: str) -> Changes:
    """Return what turns `standing` into `wanted`, in both of which each key stands once."""
    at = counterparts(wanted[key], standing[key])
    differs = _differs(_beside(standing, at), wanted, at, (key,))
    stays = np.zeros(len(standing), dtype=bool)
    stays[at[at != NOWHERE]] = True
    new = at == NOWHERE
    return Changes(np.flatnonzero(new), np.flatnonzero(differs & ~new), np.flatnonzero(~stays))


def bring(table: Any, found: Changes, standing: pa.Table, wanted: pa.Table, key: str, **properties: Any) -> None:
    """Commit changes to an open Delta table that holds `standing`; other rows stay.

    Rows that are all new are appended, which takes far less memory than a merge. Raises deltalake's
    `CommitFailedError` when another writer was first.
    """
    from deltalake import write_deltalake

    if found.only_new:
        write_deltalake(table, plain(rows_at(wanted, found.new)), mode="append", **properties)
        return
    parts = (
        (rows_at(wanted, np.sort(np.concatenate([found.new, found.changed]))), False),
        (rows_at(standing, found.gone), True),
    )
    brought = pa.concat_tables(
        [plain(part).append_column(GONE, pa.repeat(pa.scalar(mark), len(part))) for part, mark in parts]
    )
    (
        table.merge(brought, f"standing.`{key}` = brought.`{key}`", "brought", "standing", **properties)
        .when_matched_delete(f"brought.{GONE}")
        .when_matched_update_all(f"not brought.{GONE}", except_cols=[GONE])
        .when_not_matched_insert_all(f"not brought.{GONE}", except_cols=[GONE])
        .execute()
    )


def _beside(standing: pa.Table, at: Any) -> pa.Table | None:
    """Return the standing row of each place, any row for `NOWHERE`; None when nothing stands."""
    if not len(standing):
        return None
    nowhere = np.flatnonzero(at == NOWHERE)
    if len(nowhere):
        at = at.copy()
        at[nowhere] = nowhere % len(standing)  # one after another, so that runs stay long
    return rows_at(standing, at)


def _differs(beside: pa.Table | None, rows: pa.Table, at: Any, but: Sequence[str]) -> Any:
    """Return for each of `rows` whether the standing row beside it is missing or differs outside the columns `but`."""
    differs = at == NOWHERE
    if beside is None:
        return differs
    for name in rows.column_names:
        if name not in but:
            differs |= differing(beside[name], rows[name])
    return differs


def differing(old: pa.ChunkedArray, new: pa.ChunkedArray) -> Any:
    """Return as a NumPy array in which rows two columns differ; an empty cell differs from a filled one."""
    return _true(_unequal(old, new)) | _true(pc.xor(pc.is_null(old), pc.is_null(new)))


def _true(cells: Any) -> Any:
    filled = pc.fill_null(cells, False)
    return np.asarray(filled.combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled)


def _unequal(old: pa.ChunkedArray, new: pa.ChunkedArray) -> pa.ChunkedArray:
    """Compare two columns value by value; codes by their codes, since the texts of all rows would not fit."""
    if not (pa.types.is_dictionary(old.type) and pa.types.is_dictionary(new.type)):
        return pc.not_equal(*(column.cast(plain_type(column.type)) for column in (old, new)))
    first, second = compact_column(old), compact_column(new)
    known = pc.fill_null(pc.index_in(second.dictionary, first.dictionary), NOWHERE)
    if np.array_equal(known, np.arange(len(known))):
        return pc.not_equal(first.indices, second.indices)
    return pc.not_equal(first.indices, known.take(second.indices))


def _either(chosen: pa.Array, first: pa.ChunkedArray, second: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the cells of `first` where `chosen`, else those of `second`."""
    if not pa.types.is_dictionary(first.type):
        return pc.if_else(chosen, first, second.cast(first.type))
    both = compact_column([*first.chunks, *second.chunks])
    codes = pc.if_else(chosen, both.indices.slice(0, len(first)), both.indices.slice(len(first)))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(codes, both.dictionary)])


def refuse_twins(rows: pa.Table, key: str) -> None:
    """Raise `ValueError` when two rows have the same key."""
    if not distinct(rows[key]):
        raise ValueError(f"two rows have the same {key}")
