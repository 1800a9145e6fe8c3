"""Whether what is stored is still what was written: tables, kept bytes, the report folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog import raw
from catalog.ancestry import TableVersion, table_version
from catalog.errors import DamagedData
from catalog.lineage import sha256
from catalog.store import Store
from catalog.tables import STORED


@dataclass(frozen=True)
class Checked:
    """What was looked at, how many of it there are, and what is wrong with them."""

    what: str
    count: int
    damage: tuple[str, ...]


def verify(store: Store) -> list[Checked]:
    """Check every table, what it was made from, every kept file and the report folder; damage never raises."""
    whole: dict[str, TableVersion] = {}
    damaged: dict[str, str] = {}
    for name in STORED:
        try:
            version = store.version(name)
            if version is not None:
                whole[name] = table_version(store, name, version)
        except DamagedData as error:
            damaged[name] = str(error)
    lost = [line for node in whole.values() for line in _lost(store, node, whole, damaged)]
    kept = raw.kept(store.root)
    return [
        Checked("tables", len(whole) + len(damaged), tuple(damaged.values())),
        Checked("lineages", len(whole), tuple(lost)),
        Checked("raw files", len(kept), tuple(raw.damaged(store.root))),
        _report(store.root / "report"),
    ]


def _lost(
    store: Store, node: TableVersion, whole: Mapping[str, TableVersion], damaged: Mapping[str, str]
) -> Iterator[str]:
    """Yield the versions and kept files that a table's rows were made from and that are gone."""
    for writing in node.writings:
        here = f"{store.path(node.table)} version {writing.version} was made from"
        for table, version in writing.reads.items():
            gone = table not in whole or whole[table].version < version
            if gone and table in STORED and table not in damaged:
                yield f"{here} {table} version {version}, which is gone"
        for file in writing.files:
            if not file.held and raw.sidecar(store.root, file.sha256).exists():
                yield f"{here} {file.name}, whose kept bytes are gone: sha256 {file.sha256}"


def _report(folder: Path) -> Checked:
    """Compare a report folder with its manifest; no report yet is nothing wrong."""
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return Checked("report files", 0, ())
    try:
        files = dict(json.loads(manifest.read_bytes())["files"])
    except (ValueError, KeyError, TypeError):
        return Checked("report files", 0, (f"{manifest}: it does not hold names and checksums under the key 'files'",))
    found = []
    for name, digest in files.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{path}: the file is gone")
        elif sha256(path.read_bytes()) != digest:
            found.append(f"{path}: the bytes do not match the manifest")
    return Checked("report files", len(files), tuple(found))


REMEDY = (
    "Put the bytes back from a copy. Or remove the folder of the damaged table and of all tables made from it, or the "
    "damaged file, and run the commands that write them again (python -m catalog list names them)."
)


def raise_if_damaged(checked: list[Checked]) -> None:
    """Raise `DamagedData` with everything that is wrong and what to do; do nothing when all is whole."""
    found = [line for one in checked for line in one.damage]
    if found:
        count = "1 thing is" if len(found) == 1 else f"{len(found)} things are"
        raise DamagedData("\n".join([f"{count} not as written:", *(f"  - {line}" for line in found), REMEDY]))
