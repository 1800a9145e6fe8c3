"""Whether what is stored is still what was written: tables, kept bytes, the report folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog import raw
from catalog.errors import DamagedData
from catalog.lineage import sha256
from catalog.store import Store, lineage_of
from catalog.tables import STORED


@dataclass(frozen=True)
class Checked:
    """What was looked at, how many of it there are, and what is wrong with them."""

    what: str
    count: int
    damage: tuple[str, ...]


def verify(store: Store) -> list[Checked]:
    """Check every table, what it was made from, every kept file and the report folder; damage never raises."""
    versions: dict[str, int] = {}
    damaged: dict[str, str] = {}
    for name in STORED:
        try:
            store.read(name)
            version = store.version(name)
        except DamagedData as error:
            damaged[name] = str(error)
        else:
            if version is not None:
                versions[name] = version
    lost = [line for name in versions for line in _lost(store, name, versions, damaged)]
    kept = raw.kept(store.root)
    return [
        Checked("tables", len(versions) + len(damaged), tuple(damaged.values())),
        Checked("lineages", len(versions), tuple(lost)),
        Checked("raw files", len(kept), tuple(raw.damaged(store.root))),
        _report(store.root / "report"),
    ]


def _lost(store: Store, name: str, versions: Mapping[str, int], damaged: Mapping[str, str]) -> list[str]:
    """Return the versions and kept files that a table was made from and that are gone."""
    found = []
    for commit in store.history(name):
        lineage = lineage_of(commit)
        here = f"{store.path(name)} version {commit['version']} was made from"
        for table, version in lineage.tables.items():
            if table in STORED and table not in damaged and versions.get(table, -1) < version:
                found.append(f"{here} {table} version {version}, which is gone")
        for file, digest in lineage.files.items():
            if raw.sidecar(store.root, digest).exists() and raw.held(store.root, digest) is None:
                found.append(f"{here} {file}, whose kept bytes are gone: sha256 {digest}")
    return found


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
    "Remove the damaged table's folder, or the damaged file, and run the command that writes it again "
    "(python -m catalog list names the commands); or put the bytes back from a copy."
)


def raise_if_damaged(checked: list[Checked]) -> None:
    """Raise `DamagedData` with everything that is wrong and what to do; do nothing when all is whole."""
    found = [line for one in checked for line in one.damage]
    if found:
        count = "1 thing is" if len(found) == 1 else f"{len(found)} things are"
        raise DamagedData("\n".join([f"{count} not as written:", *(f"  - {line}" for line in found), REMEDY]))
