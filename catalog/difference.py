"""What changed between two versions of a table: rows added and removed, cells changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.disclosure import AGE, TOLD_IN, shown_row
from catalog.errors import InvalidInput, Problem
from catalog.rows import Format, as_csv, as_json, as_table
from catalog.store import Store, declared


@dataclass(frozen=True)
class Change:
    """A row added or removed (`column` is None), or one changed cell with what stood and what stands.

    `about` says whom and what a statement is about, whose key is a checksum.
    """

    change: str
    key: str
    column: str | None = None
    before: Any = None
    after: Any = None
    about: str | None = None


@dataclass(frozen=True)
class Difference:
    """All changes of a table from one version to another, in the order of the key."""

    table: str
    from_version: int
    to_version: int
    changes: tuple[Change, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows were added, removed and changed, and how many cells changed."""
        kinds = Counter(change.change for change in self.changes)
        rows = len({change.key for change in self.changes if change.change == "changed"})
        return {
            "added": kinds["added"],
            "removed": kinds["removed"],
            "changed": rows,
            "cells": kinds["changed"],
        }


def difference(store: Store, name: str, from_version: int, to_version: int) -> Difference:
    """Compare two versions of a stored table row by row of its key, to be printed.

    Raises `InvalidInput` for an unknown version.
    """
    key = declared(name).key
    before, after = store.read(name, from_version), store.read(name, to_version)
    for rows, version in ((before, from_version), (after, to_version)):
        if pc.count_distinct(rows[key]).as_py() != rows.num_rows:
            what = f"version {version} of table {name!r} has rows with the same {key}, so they cannot be paired"
            raise InvalidInput([Problem(what)])
    found = _leaving(changes(before, after, key), before, after, key)
    return Difference(name, from_version, to_version, tuple(_told(found, before, after, key)))


def _told(found: list[Change], before: pa.Table, after: pa.Table, key: str) -> list[Change]:
    """Return changes of statements with the unit and the field that they are about; others as they are."""
    if not {"unit_id", "field"} <= set(before.column_names):
        return found
    wanted = pa.array({change.key for change in found}, pa.string())
    about: dict[str, str] = {}
    for rows in (before, after):
        own = rows.filter(pc.is_in(rows[key], wanted))
        told = pc.binary_join_element_wise(own["unit_id"], own["field"], " ").to_pylist()
        about |= dict(zip(own[key].to_pylist(), told, strict=True))
    return [replace(change, about=about[change.key]) for change in found]


def _leaving(found: list[Change], before: pa.Table, after: pa.Table, key: str) -> list[Change]:
    """Return changes with every age as it may leave the data folder; in a table of statements the field says which."""
    about: dict[str, str] = {}
    if "field" in before.column_names:
        for rows in (before, after):
            of_age = rows.filter(pc.equal(rows["field"], AGE))
            about |= dict.fromkeys(of_age[key].to_pylist(), AGE)
    return [
        Change(**{**shown_row({**asdict(change), "column": AGE}), "column": change.column})
        if change.column == AGE or (change.key in about and change.column in TOLD_IN)
        else change
        for change in found
    ]


def changes(before: pa.Table, after: pa.Table, key: str) -> list[Change]:
    """Return what turns `before` into `after`; both have the same columns, and each key once."""
    old, new = before[key].combine_chunks(), after[key].combine_chunks()
    found = [Change("removed", one) for one in old.filter(pc.invert(pc.is_in(old, new))).to_pylist()]
    found += [Change("added", one) for one in new.filter(pc.invert(pc.is_in(new, old))).to_pylist()]
    common = old.filter(pc.is_in(old, new))
    stood, stands = before.take(pc.index_in(common, old)), after.take(pc.index_in(common, new))
    for column in before.column_names:
        first, second = stood[column], stands[column]
        differs = pc.or_(
            pc.fill_null(pc.not_equal(first, second), False), pc.xor(pc.is_null(first), pc.is_null(second))
        )
        keys = common.filter(differs.combine_chunks()).to_pylist()
        cells = zip(keys, first.filter(differs).to_pylist(), second.filter(differs).to_pylist(), strict=True)
        found += [Change("changed", one, column, was, now) for one, was, now in cells]
    return sorted(found, key=lambda change: change.key)  # stable: columns stay in their declared order


def printed(found: Difference, shape: Format) -> Iterator[str]:
    """Yield the difference as text in one of the formats; a CSV holds the changes alone."""
    told = any(change.about for change in found.changes)
    header = [name for name in Change.__dataclass_fields__ if told or name != "about"]
    rows = [tuple(getattr(change, name) for name in header) for change in found.changes]
    if shape == "csv":
        yield as_csv(header, rows)
    elif shape == "json":
        head = {"table": found.table, "from": found.from_version, "to": found.to_version, "counts": found.counts}
        yield as_json({**head, "changes": [asdict(change) for change in found.changes]}) + "\n"
    else:
        counts = "{added} rows added, {removed} removed, {changed} changed in {cells} cells".format(**found.counts)
        yield f"{found.table}, version {found.from_version} to {found.to_version}: {counts}\n"
        if rows:
            yield "\n".join(as_table(header, rows)) + "\n"
