"""Bytes as received, under their checksum, with a sidecar that says where they came from.

Written to a temporary name and renamed, so that a file under its checksum is always whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from catalog.lineage import sha256


def keep(root: Path, data: bytes, suffix: str, request: Mapping[str, str]) -> str:
    """Keep `data` under ``raw/`` and return its SHA-256; does nothing when it is held already.

    `request` (never a key or password) goes into the sidecar ``<sha256>.json``.
    """
    digest = sha256(data)
    folder = root / "raw" / digest[:2]
    target = folder / f"{digest}{suffix}"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(target.with_suffix(".json"), json.dumps(dict(request), sort_keys=True, indent=1).encode())
        _write(target, data)
    return digest


def damaged(root: Path) -> list[str]:
    """Return the kept files whose bytes no longer have the checksum in their name."""
    return [
        f"{path}: the bytes do not match the checksum in the name"
        for path in sorted((root / "raw").glob("??/*"))
        if path.suffix != ".json" and not path.name.startswith(".") and sha256(path.read_bytes()) != path.stem
    ]


def _write(target: Path, data: bytes) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(target)
