"""What a table version was made from: the commits behind its rows, back to files and their checksums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog import raw
from catalog.store import Store, lineage_of


@dataclass(frozen=True)
class FileRead:
    """A file that a command read; `held` says whether its bytes are kept (a group's own records never are)."""

    name: str
    sha256: str
    held: bool


@dataclass(frozen=True)
class Writing:
    """One commit: when, by what, from which table versions and files."""

    version: int
    written: str
    command: str
    arguments: Mapping[str, str]
    code_version: str
    topic_sha256: str
    reads: Mapping[str, int]
    files: tuple[FileRead, ...]


@dataclass(frozen=True)
class TableVersion:
    """A version of a table and the commits whose rows stand in it, the one that wrote the version first."""

    table: str
    version: int
    rows: int
    writings: tuple[Writing, ...]

    @property
    def reads(self) -> list[tuple[str, int]]:
        """The table versions read by any of the commits, without repeats."""
        return list(dict.fromkeys(pair for writing in self.writings for pair in writing.reads.items()))


def ancestry(store: Store, starts: Iterable[tuple[str, int]]) -> list[TableVersion]:
    """Return the table versions in `starts` and all that they were made from, each once, depth first."""
    found: dict[tuple[str, int], TableVersion] = {}
    waiting = list(starts)[::-1]
    while waiting:
        name, version = waiting.pop()
        if (name, version) not in found:
            node = found[name, version] = table_version(store, name, version)
            waiting += node.reads[::-1]
    return list(found.values())


def table_version(store: Store, name: str, version: int) -> TableVersion:
    """Return a version with its commits. Raises `InvalidInput` for a version that is not there."""
    rows = store.read(name, version, compact=True)
    commits = {commit["version"]: commit for commit in store.history(name)}
    standing = (version, *_standing(rows, version, commits))
    return TableVersion(name, version, rows.num_rows, tuple(writing(store, commits[one]) for one in standing))


def writing(store: Store, commit: Mapping[str, Any]) -> Writing:
    """Return what one commit says of itself."""
    lineage = lineage_of(commit)
    files = tuple(
        FileRead(name, digest, raw.held(store.root, digest) is not None) for name, digest in lineage.files.items()
    )
    return Writing(
        version=commit["version"],
        written=written(commit),
        command=lineage.command,
        arguments=lineage.arguments,
        code_version=commit.get("code_version", ""),
        topic_sha256=lineage.topic_sha256,
        reads=lineage.tables,
        files=files,
    )


def written(commit: Mapping[str, Any]) -> str:
    """Return when a commit was made, ISO 8601 in UTC."""
    return datetime.fromtimestamp(commit["timestamp"] / 1000, UTC).isoformat(timespec="seconds")


def _standing(rows: pa.Table, version: int, commits: Mapping[int, Mapping[str, Any]]) -> Iterator[int]:
    """Yield the earlier versions that brought rows which still stand: a load replaces the rows of its origin alone."""
    if "file_sha256" not in rows.column_names:
        return
    files = set(pc.unique(rows["file_sha256"]).to_pylist())
    for earlier in range(version, -1, -1):
        brought = files & set(lineage_of(commits[earlier]).files.values())
        if brought and earlier != version:
            yield earlier
        files -= brought
