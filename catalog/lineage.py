"""How a table version came about: what every commit carries, and how it is read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

STAGES = ("catalog", "ingest", "harmonize", "expectations", "synthesize")


@dataclass(frozen=True)
class Lineage:
    """Command and arguments (never a secret), topic checksum, versions of tables read, files read."""

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    topic_sha256: str = ""
    tables: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def as_metadata(self) -> dict[str, str]:
        """Return the entries of a Delta commit; everything is text."""
        return {
            "command": self.command,
            "arguments": json.dumps(dict(self.arguments), sort_keys=True),
            "topic_sha256": self.topic_sha256,
            "tables": json.dumps(dict(self.tables), sort_keys=True),
            "files": json.dumps(dict(self.files), sort_keys=True),
            "code_version": code_version(),
        }


@cache
def code_version() -> str:
    """Return the release and a checksum of the five packages' source, so that an edit shows in the lineage."""
    digest = hashlib.sha256()
    for stage in STAGES:
        root = Path(str(files(stage)))
        for path in sorted(root.rglob("*")):
            if path.suffix in {".py", ".csv", ".toml"}:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return f"{version('cr-meta-synthesis')}+{digest.hexdigest()[:12]}"


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
