"""What changed between two versions of a table: rows added and removed, cells changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa

from catalog.compact import plain
from catalog.disclosure import AGE, TOLD_IN, shown_row
from catalog.errors import InvalidInput, Problem
from catalog.merge import changes as places_of_changes
from catalog.merge import differing
from catalog.order import NOWHERE, counterparts, distinct, rows_at
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
    before, after = (store.read(name, version, compact=True) for version in (from_version, to_version))
    for rows, version in ((before, from_version), (after, to_version)):
        if not distinct(rows[key]):
            what = f"version {version} of table {name!r} has rows with the same {key}, so they cannot be paired"
            raise InvalidInput([Problem(what)])
    found = changes(before, after, key)
    if "field" in before.column_names:
        found = _told(found, before, after, key)
    elif AGE in before.column_names:
        found = [_leaving(change) if change.column == AGE else change for change in found]
    return Difference(name, from_version, to_version, tuple(found))


def _told(found: list[Change], before: pa.Table, after: pa.Table, key: str) -> list[Change]:
    """Return changes of what is said of a field: ages as they may leave, statements with whom they are about."""
    keys = pa.chunked_array([sorted({change.key for change in found})], pa.string())
    statements = "unit_id" in before.column_names
    about: dict[str, tuple[str, ...]] = {}
    for rows in (before, after):
        at = counterparts(keys, rows[key])
        own = plain(rows_at(rows.select([key, "field", *(["unit_id"] if statements else [])]), at[at != NOWHERE]))
        about |= {name: said for name, *said in zip(*own.to_pydict().values(), strict=True)}
    told = []
    for change in found:
        field, *unit_id = about[change.key]
        leaving = _leaving(change) if field == AGE and change.column in TOLD_IN else change
        told.append(replace(leaving, about=" ".join([*unit_id, field])) if statements else leaving)
    return told


def _leaving(change: Change) -> Change:
    """Return a change of an age as it may leave the data folder."""
    return Change(**{**shown_row({**asdict(change), "column": AGE}), "column": change.column})


def changes(before: pa.Table, after: pa.Table, key: str) -> list[Change]:
    """Return what turns `before` into `after`; both have the same columns, and each key once."""
    places = places_of_changes(before, after, key)
    found = [Change("removed", one) for one in before[key].take(pa.array(places.gone)).to_pylist()]
    found += [Change("added", one) for one in after[key].take(pa.array(places.new)).to_pylist()]
    stands = rows_at(after, places.changed)
    stood, stands = plain(rows_at(before, counterparts(stands[key], before[key]))), plain(stands)
    for column in before.column_names:
        differs = pa.array(differing(stood[column], stands[column]))
        kept = (cells.filter(differs).to_pylist() for cells in (stands[key], stood[column], stands[column]))
        found += [Change("changed", one, column, was, now) for one, was, now in zip(*kept, strict=True)]
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
