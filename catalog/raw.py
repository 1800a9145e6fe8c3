"""Bytes as received, under their checksum, with a sidecar that says where they came from.

Written to a temporary name and renamed, so that a file under its checksum is always whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from catalog.lineage import sha256
from catalog.whole import write_whole


def keep(root: Path, data: bytes, suffix: str, request: Mapping[str, str]) -> str:
    """Keep `data` under ``raw/`` and return its SHA-256; does nothing when it is held already.

    `request` (never a key or password) goes into the sidecar. Bytes that are JSON themselves take another suffix
    than ``.json``, which is the sidecar's.
    """
    if suffix == ".json":
        raise ValueError("the suffix .json is the sidecar's")
    digest = sha256(data)
    beside = sidecar(root, digest)
    target = beside.with_suffix(suffix)
    if not target.exists():
        beside.parent.mkdir(parents=True, exist_ok=True)
        write_whole(beside, json.dumps(dict(request), sort_keys=True, indent=1).encode())
        write_whole(target, data)
    return digest


def sidecar(root: Path, digest: str) -> Path:
    """Return where the sidecar of the bytes with this SHA-256 stands: what they are and where they came from."""
    return root / "raw" / digest[:2] / f"{digest}.json"


def held(root: Path, digest: str) -> Path | None:
    """Return the kept file with this SHA-256, or None when its bytes are not held."""
    found = (path for path in sidecar(root, digest).parent.glob(f"{digest}.*") if path.suffix != ".json")
    return next(found, None)


def kept(root: Path) -> list[Path]:
    """Return all kept files, without sidecars and without what a killed run left half written."""
    found = sorted((root / "raw").glob("??/*"))
    return [path for path in found if path.suffix != ".json" and not path.name.startswith(".")]


def damaged(root: Path) -> list[str]:
    """Return the kept files whose bytes no longer have the checksum in their name."""
    return [
        f"{path}: the bytes do not match the checksum in the name"
        for path in kept(root)
        if sha256(path.read_bytes()) != path.name.split(".")[0]
    ]
