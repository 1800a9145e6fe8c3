"""Which rows of a table change: laid over what stands, told apart by key, brought in one Delta commit.

A commit is tried only against the version that was read (no engine retries): whoever loses a race looks again at
what then stands, so that two writers never overrun or double each other's rows.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import compact_column, joined

GONE = "__gone__"


def overlay(standing: pa.Table, rows: pa.Table, key: str, ignore: tuple[str, ...] = ()) -> pa.Table:
    """Return `standing` with `rows` in the place of those with the same key, and the new ones added.

    A row that differs only in `ignore` (a day, a pointer to bytes) counts as unchanged and stays as it stands.
    """
    _refuse_twins(rows, key)
    differing = rows.filter(_differs(standing, rows, key, ignore))
    kept = standing.filter(pc.invert(pc.is_in(standing[key], differing[key])))
    return joined([kept, differing], key)


def changes(standing: pa.Table, wanted: pa.Table, key: str) -> pa.Table:
    """Return the rows that a merge must bring: new and changed ones, and those to delete, marked in ``__gone__``."""
    _refuse_twins(wanted, key)
    written = wanted.filter(_differs(standing, wanted, key, ()))
    gone = standing.filter(pc.invert(pc.is_in(standing[key], wanted[key])))
    parts = ((written, False), (gone, True))
    return joined([part.append_column(GONE, pa.repeat(pa.scalar(mark), len(part))) for part, mark in parts], key)


def bring(table: Any, brought: pa.Table, key: str, standing: pa.ChunkedArray, **properties: Any) -> None:
    """Commit `brought` (see `changes`) to an open Delta table that holds the keys `standing`; other rows stay.

    Rows that are all new are appended, which takes far less memory than a merge. Raises deltalake's
    `CommitFailedError` when another writer was first.
    """
    from deltalake import write_deltalake

    if pc.any(pc.or_(brought[GONE], pc.is_in(brought[key], pc.unique(standing)))).as_py():
        (
            table.merge(brought, f"standing.`{key}` = brought.`{key}`", "brought", "standing", **properties)
            .when_matched_delete(f"brought.{GONE}")
            .when_matched_update_all(f"not brought.{GONE}", except_cols=[GONE])
            .when_not_matched_insert_all(f"not brought.{GONE}", except_cols=[GONE])
            .execute()
        )
    else:
        write_deltalake(table, brought.drop_columns([GONE]), mode="append", **properties)


def _differs(standing: pa.Table, rows: pa.Table, key: str, ignore: tuple[str, ...]) -> pa.Array:
    """Return for each of `rows` whether the standing row of its key is missing or differs outside `ignore`."""
    at = pc.index_in(rows[key], standing[key].combine_chunks() if len(standing) else pa.array([], rows[key].type))
    same_key = standing.take(at)
    differs = pc.is_null(at)
    for name in rows.column_names:
        if name == key or name in ignore:
            continue
        old, new = same_key[name], rows[name]
        unequal = pc.fill_null(_unequal(old, new), False)
        differs = pc.or_(differs, pc.or_(unequal, pc.xor(pc.is_null(old), pc.is_null(new))))
    return differs


def _unequal(old: pa.ChunkedArray, new: pa.ChunkedArray) -> pa.ChunkedArray:
    """Compare two columns value by value; codes by their codes, since the texts of all rows would not fit."""
    if not (pa.types.is_dictionary(old.type) and pa.types.is_dictionary(new.type)):
        return pc.not_equal(*(column.cast(_value(column.type)) for column in (old, new)))
    first, second = compact_column(old), compact_column(new)
    known = pc.index_in(second.dictionary, first.dictionary)
    return pc.not_equal(first.indices.cast(pa.int32()), pc.fill_null(known, -1).take(second.indices))


def _value(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _refuse_twins(rows: pa.Table, key: str) -> None:
    if pc.count_distinct(rows[key]).as_py() != len(rows):
        raise ValueError(f"two rows have the same {key}")
