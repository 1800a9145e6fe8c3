"""The report folder: every file whole or not at all, and a manifest of checksums written last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from catalog.lineage import sha256

MANIFEST = "manifest.json"


def write(folder: Path, files: Mapping[str, bytes], inputs: Mapping[str, object]) -> bool:
    """Write `files` into `folder`, remove what an older report left there, return whether anything changed.

    A run that dies leaves whole files and an old manifest; the next run puts that right.
    """
    manifest = {"inputs": dict(inputs), "files": {name: sha256(data) for name, data in sorted(files.items())}}
    text = json.dumps(manifest, indent=1, sort_keys=True).encode()
    if is_current(folder, inputs) and (folder / MANIFEST).read_bytes() == text:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for name in _listed(folder) - set(files):
        (folder / name).unlink(missing_ok=True)
    for name, data in files.items():
        _replace(folder / name, data)
    _replace(folder / MANIFEST, text)
    return True


def is_current(folder: Path, inputs: Mapping[str, object]) -> bool:
    """Say whether the folder holds, undamaged, the report made from exactly these inputs."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    if manifest["inputs"] != dict(inputs):
        return False
    return all(
        (folder / name).exists() and sha256((folder / name).read_bytes()) == digest
        for name, digest in manifest["files"].items()
    )


def _listed(folder: Path) -> set[str]:
    try:
        return set(json.loads((folder / MANIFEST).read_bytes())["files"])
    except (FileNotFoundError, json.JSONDecodeError):
        return set()


def _replace(target: Path, data: bytes) -> None:
    # unlike in `catalog.whole` always the same name: what a killed run leaves behind is overwritten by the next
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.write_bytes(data)
    temporary.replace(target)
