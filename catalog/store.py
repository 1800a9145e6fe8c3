"""The only module that opens a table: Delta Lake under ``data/<topic>/<layer>/<table>``.

A commit is atomic: a run that dies anywhere leaves the last committed version. Content equal to what stands is
not written again, so a repeated run changes nothing. Each commit carries its lineage and a checksum of the rows
(https://delta-io.github.io/delta-rs/).
"""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from catalog.checksum import content_sha256
from catalog.compact import LARGE, batches, compact_column, compacted, is_compact, plain
from catalog.errors import DamagedData, InvalidInput, Problem, ServiceUnavailable, first_line, nearest
from catalog.lineage import Lineage
from catalog.merge import Changes, bring, changes, overlay, refuse_twins, with_origin
from catalog.order import in_key_order, rows_at
from catalog.schema import arrow_schema
from catalog.tables import STORED, TABLES, Table
from catalog.unwritable import writing

TURNS = 40
"""How often an edit looks again after another writer was first, before it gives up."""
GROUP, TEXTS, PAGE = 1 << 23, 1 << 28, 1 << 23
"""Rows of a group, bytes of its different texts, and bytes of a page, in the Parquet file of a large table."""


@dataclass(frozen=True)
class Commit:
    """The version that now holds the rows, and whether it was written just now."""

    table: str
    version: int
    rows: int
    changed: bool


def declared(name: str) -> Table:
    """Return a stored table's declaration; refuse an unknown name with the nearest known one."""
    if name not in STORED:
        like = nearest(name, STORED)
        remedy = f"Did you mean {like!r}?" if like else None
        raise InvalidInput([Problem("no such table", found=name, allowed=", ".join(STORED), remedy=remedy)])
    return STORED[name]


class Store:
    """The tables of one topic under one data folder."""

    def __init__(self, data: Path, topic: str) -> None:
        self.root = Path(data) / topic

    def path(self, name: str) -> Path:
        """Return the folder of a table."""
        return self.root / declared(name).layer / name

    def version(self, name: str) -> int | None:
        """Return the table's current version, or None when it was never written."""
        table = self._open(name)
        return None if table is None else table.version()

    def versions(self, names: tuple[str, ...]) -> dict[str, int]:
        """Return the current versions of those of `names` that exist."""
        found = {name: self.version(name) for name in names}
        return {name: version for name, version in found.items() if version is not None}

    def read(self, name: str, version: int | None = None, *, compact: bool = False) -> pa.Table:
        """Return a table's rows, sorted by key, in the declared schema; no rows when it was never written.

        With `compact` the texts of a large table come as codes (`catalog.compact`).
        Raises `DamagedData` when what is stored cannot be read or no longer has the checksum in its commit,
        `InvalidInput` for a version that is not there.
        """
        schema = arrow_schema(declared(name))
        table = self._open(name, version)
        if table is None:
            return schema.empty_table()
        key = declared(name).key
        commit = self.commit_of(name, table.version())
        compact = compact and int(commit.get("rows", 0)) >= LARGE
        try:
            stored = in_key_order(_compact_rows_of(table, key) if compact else _rows_of(table), key)
            stored.validate(full=True)
        except Exception as error:  # whatever the engine raises, the stored files are not what was written
            raise DamagedData(f"{self.path(name)} cannot be read: {first_line(error)}") from error
        if commit.get("content_sha256") != content_sha256(stored):
            where = f"{self.path(name)} version {table.version()}"
            raise DamagedData(f"{where}: the rows do not match the checksum in their commit")
        return _conform(stored, schema)

    def require(self, *names: str) -> None:
        """Refuse to go on when a table was never written; says which command writes it."""
        missing = [name for name in names if self.version(name) is None]
        if missing:
            ingest = "ingest.curation import, or python -m ingest.cohort,"
            stage = {"source": ingest, "harmonized": "harmonize", "result": "synthesize"}
            gate = ("check", "verdict")
            raise InvalidInput(
                Problem(
                    f"table {name!r} is not there yet",
                    file=str(self.path(name)),
                    remedy=f"Run python -m {'expectations' if name in gate else stage[declared(name).layer]} first",
                )
                for name in missing
            )

    def replace(
        self, name: str, rows: pa.Table, lineage: Lineage, *, origin: str | None = None, renew: bool = False
    ) -> Commit:
        """Make `rows` the table's content, or its content of one `origin`; write only what differs.

        The commit is atomic. Rows of other origins stay as they are. With `renew`, rows that stay as they are get a
        commit too when they now come from other versions of the tables that `lineage` names.
        """
        schema, key = arrow_schema(declared(name)), declared(name).key
        rows = in_key_order(plain(_conform(rows, schema)), key)
        if origin is not None:
            return self.edit(name, lambda standing: with_origin(standing, origin, rows, key), lineage, compact=True)
        standing = self.read(name)
        version = self.version(name)
        renewed = renew and version is not None and self.read_by(name) != dict(lineage.tables)
        if version is not None and standing.equals(rows) and not renewed:
            return Commit(name, version, rows.num_rows, changed=False)
        with writing(self.path(name)):
            return self._commit(name, rows, lineage)

    def edit(
        self, name: str, change: Callable[[pa.Table], pa.Table], lineage: Lineage, *, compact: bool = False
    ) -> Commit:
        """Make the table what `change` makes of its rows; only rows that differ are written, as a Delta merge
        or, when all of them are new, an append.

        With `compact` the rows of a large table come as `read` gives them then, and `change` may give such rows.
        Safe beside other writers: when one commits in between, `change` is applied again to what then stands.
        Raises `ServiceUnavailable` when that happens time and again.
        """
        key, schema = declared(name).key, arrow_schema(declared(name))
        for _ in range(TURNS):
            table = self._open(name)
            version = None if table is None else table.version()
            standing = self.read(name, version, compact=compact)
            wanted = _ordered(_conform(change(standing), schema), key)
            refuse_twins(wanted, key)
            found = changes(standing, wanted, key)
            if version is not None and not len(found):
                return Commit(name, version, wanted.num_rows, changed=False)
            with writing(self.path(name)):
                merged = self._merge(name, table, standing, wanted, found, lineage)
            if merged:
                return Commit(name, 0 if version is None else version + 1, wanted.num_rows, changed=True)
            time.sleep(random.uniform(0.01, 0.1))
        raise ServiceUnavailable(f"other programs keep writing to {self.path(name)}; try again when they are done")

    def upsert(self, name: str, rows: pa.Table, lineage: Lineage, *, ignore: tuple[str, ...] = ()) -> Commit:
        """Add `rows`, or put them in the place of those with the same key; others stay.

        A row that differs only in the columns `ignore` counts as unchanged.
        """
        rows = _conform(rows, arrow_schema(declared(name)))
        return self.edit(name, lambda standing: overlay(standing, rows, declared(name).key, ignore), lineage)

    def _merge(
        self, name: str, table: Any, standing: pa.Table, wanted: pa.Table, found: Changes, lineage: Lineage
    ) -> bool:
        """Try one commit on top of exactly the version that was read; return whether it was made."""
        from deltalake.exceptions import CommitFailedError, DeltaError

        key = declared(name).key
        try:
            if table is not None and _columns(pa.schema(table.schema())) != _columns(arrow_schema(declared(name))):
                self._commit(name, wanted, lineage, onto=table, max_commit_retries=0)
            elif is_compact(wanted):
                self._write_large(name, table, rows_at(wanted, found.new) if found.only_new else wanted,
                                  "append" if found.only_new else "overwrite", wanted, lineage)  # fmt: skip
            elif table is None:
                self._commit(name, wanted, lineage, mode="error", max_commit_retries=0)
            else:
                bring(table, found, standing, wanted, key, **_properties(wanted, lineage, 0))
        except CommitFailedError:
            return False
        except DeltaError as error:
            if table is None and "already exists" in str(error):
                return False
            raise
        return True

    def _commit(
        self, name: str, rows: pa.Table, lineage: Lineage, *, onto: Any = None, mode: Any = "overwrite",
        max_commit_retries: int | None = None,
    ) -> Commit:  # fmt: skip
        from deltalake import write_deltalake

        path = self.path(name)
        path.mkdir(parents=True, exist_ok=True)
        write_deltalake(
            str(path) if onto is None else onto,
            batches(rows) if is_compact(rows) else rows,
            mode=mode,
            schema_mode="overwrite" if mode == "overwrite" else None,
            name=name,
            description=f"one row is {declared(name).row_is}",
            **_properties(rows, lineage, max_commit_retries),
        )
        version = self.version(name)
        assert version is not None
        return Commit(name, version, rows.num_rows, changed=True)

    def _write_large(
        self, name: str, table: Any, rows: pa.Table, mode: Literal["append", "overwrite"], whole: pa.Table,
        lineage: Lineage,
    ) -> None:  # fmt: skip
        """Write compact rows as a file of a table, made if need be, whose content then is `whole`.

        Arrow writes codes as they are; the engine would make every text anew.
        """
        from deltalake import Schema
        from deltalake.transaction import create_table_with_add_actions

        path = self.path(name)
        path.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(1) as pool:  # neither writing nor the checksum holds the interpreter
            written = pool.submit(_written, path, rows, declared(name).key)
            properties = _properties(whole, lineage, 0)
            added = written.result()
        if table is not None:
            table.create_write_transaction([added], mode, table.schema(), **properties)
            return
        create_table_with_add_actions(
            str(path),
            Schema.from_arrow(arrow_schema(declared(name))),
            [added],
            mode="error",
            name=name,
            description=f"one row is {declared(name).row_is}",
            **properties,
        )

    def history(self, name: str) -> list[dict[str, Any]]:
        """Return the commits of a table, newest first: version, time, lineage entries as written.

        Raises `DamagedData` when a version has lost its commit: the engine would number the others wrongly.
        """
        table = self._open(name)
        if table is None:
            return []
        commits = table.history()
        while len(commits) > table.version() + 1:  # another writer committed since the table was opened
            table.update_incremental()
            commits = table.history()
        if len(commits) <= table.version():
            raise DamagedData(f"{self.path(name)}: {len(commits)} commits can be read of {table.version() + 1}")
        return commits

    def commit_of(self, name: str, version: int | None = None) -> Mapping[str, Any]:
        """Return the commit that wrote a version (the current one by default)."""
        wanted = self.version(name) if version is None else version
        for entry in self.history(name):
            if entry["version"] == wanted:
                return entry
        raise InvalidInput([_no_version(name, wanted)])

    def read_by(self, name: str) -> dict[str, int]:
        """Return the versions of the tables that the current version of a table was made from."""
        return dict(lineage_of(self.commit_of(name)).tables)

    def _open(self, name: str, version: int | None = None) -> Any:
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        path = self.path(name)
        if not (path / "_delta_log").is_dir():
            if version is not None:
                raise InvalidInput([_no_version(name, version)])
            return None
        try:
            table = DeltaTable(str(path))
        except TableNotFoundError:
            return None  # killed between making the folder and the first commit
        except Exception as error:  # a log that cannot be parsed: whatever is raised, it is damage
            raise DamagedData(f"{path} cannot be opened: {first_line(error)}") from error
        if version is not None and version != table.version():
            if not 0 <= version <= table.version():
                raise InvalidInput([_no_version(name, version, table.version())])
            table.load_as_version(version)
        return table


def _properties(rows: pa.Table, lineage: Lineage, max_commit_retries: int | None) -> dict[str, Any]:
    """Return what every commit carries: its lineage and the checksum of the table's whole content."""
    from deltalake import CommitProperties, PostCommitHookProperties

    metadata = {**lineage.as_metadata(), "content_sha256": content_sha256(rows), "rows": str(rows.num_rows)}
    return {
        "commit_properties": CommitProperties(metadata, max_commit_retries),
        # By default every hundredth commit deletes log entries of over 30 days: lineage and old versions with them.
        "post_commithook_properties": PostCommitHookProperties(cleanup_expired_logs=False),
    }


def _written(path: Path, rows: pa.Table, key: str) -> Any:
    """Write compact rows as one Parquet file of a Delta table; return the action that adds it.

    Groups are large, so that a text stands in the file a few times at most. The key, which is never twice the same and
    mostly a checksum, is written as it is: there is nothing in it to compress.
    """
    import pyarrow.parquet as pq
    from deltalake.transaction import AddAction

    file = path / f"part-00000-{uuid.uuid4()}.snappy.parquet"
    names = rows.column_names
    pq.write_table(
        rows, file, row_group_size=GROUP, dictionary_pagesize_limit=TEXTS, data_page_size=PAGE, store_schema=False,
        use_dictionary=[field.name for field in rows.schema if pa.types.is_dictionary(field.type)],
        compression={name: "none" if name == key else "snappy" for name in names},
        write_statistics=False,  # the rows of a group have nothing in common by which a reader could pass them by
    )  # fmt: skip
    stats = json.dumps({"numRecords": rows.num_rows})
    about = file.stat()
    return AddAction(file.name, about.st_size, {}, int(about.st_mtime * 1000), data_change=True, stats=stats)


def _rows_of(table: Any) -> pa.Table:
    """Return the rows of an open Delta table, read file by file: Arrow's dataset module would import pandas."""
    import pyarrow.parquet as pq

    parts = [_plain(pq.ParquetFile(uri).read()) for uri in table.file_uris()]
    if not parts:
        return pa.schema(table.schema().to_arrow()).empty_table()
    return pa.concat_tables(parts, promote_options="default")


def _compact_rows_of(table: Any, key: str) -> pa.Table:
    """Return the rows of an open Delta table, every text but the key as codes, in the order in which they are stored.

    Two columns are read at a time: Arrow takes no more than one core for each.
    """
    uris, fields = table.file_uris(), list(pa.schema(table.schema()))
    with ThreadPoolExecutor(2) as reading:
        columns = reading.map(lambda field: _compact_column_of(uris, field, coded=field.name != key), fields)
        return pa.table(dict(zip((field.name for field in fields), columns, strict=True)))


def _compact_column_of(uris: list[str], field: pa.Field, *, coded: bool) -> Any:
    import pyarrow.parquet as pq

    coded = coded and pa.types.is_string(field.type)
    known = [field.name] if coded else None
    files = [pq.ParquetFile(uri, read_dictionary=known, pre_buffer=False) for uri in uris]  # not all of a file at once
    parts = [
        file.read([field.name])[field.name] if field.name in file.schema_arrow.names
        else pa.chunked_array([pa.nulls(file.metadata.num_rows, field.type)])
        for file in files
    ]  # fmt: skip
    if coded:
        return compact_column([chunk for part in parts for chunk in part.chunks])
    return pa.chunked_array([chunk for part in parts for chunk in part.cast(field.type).chunks])


def _ordered(rows: pa.Table, key: str) -> pa.Table:
    """Return rows as they are held: sorted by key, compact when they came so and are many."""
    many = is_compact(rows) and len(rows) >= LARGE
    return in_key_order(compacted(rows, key) if many else plain(rows), key)


def _columns(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    return [(field.name, field.type) for field in schema]


def _plain(rows: pa.Table) -> pa.Table:
    """Return the rows with texts as plain strings: a merge writes string views, which Arrow does not sort."""
    return rows.cast(
        pa.schema([field.with_type(pa.string()) if field.type == pa.string_view() else field for field in rows.schema])
    )


def _no_version(name: str, version: int | None, newest: int | None = None) -> Problem:
    allowed = "none yet" if newest is None else f"0 to {newest}"
    return Problem(f"table {name!r} has no such version", found=str(version), allowed=allowed)


def _conform(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return `rows` with exactly the declared columns and types; a column added since then is empty.

    Texts that came as codes stay codes.
    """
    arrays = [_column(rows, field) for field in schema]
    fields = [field.with_type(array.type) for field, array in zip(schema, arrays, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=schema.metadata))


def _column(rows: pa.Table, field: pa.Field) -> Any:
    if field.name not in rows.column_names:
        return pa.nulls(len(rows), field.type)
    column = rows[field.name]
    if pa.types.is_dictionary(column.type):
        return column
    if is_compact(rows):  # the key of a large table: one array may not hold all of it
        return column.cast(field.type)
    return column.cast(field.type).combine_chunks()


def lineage_of(commit: Mapping[str, Any]) -> Lineage:
    """Return the lineage that a commit carries."""
    return Lineage(
        command=commit.get("command", ""),
        arguments=json.loads(commit.get("arguments", "{}")),
        topic_sha256=commit.get("topic_sha256", ""),
        tables=json.loads(commit.get("tables", "{}")),
        files=json.loads(commit.get("files", "{}")),
    )


__all__ = ["STORED", "TABLES", "Commit", "Store", "declared", "lineage_of"]
