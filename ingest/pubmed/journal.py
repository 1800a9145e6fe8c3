"""What a refresh has in hand before its tables say so: a killed run goes on where it stopped.

Each answer is kept under its checksum first and then noted here, one line an answer; the file is gone when a refresh
has ended. One refresh a topic runs at a time: a second one waits, and then finds little to do.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalog.errors import ServiceUnavailable

try:
    import fcntl
except ImportError:  # without POSIX locks the tables' own commits still keep two refreshes apart
    fcntl = None  # type: ignore[assignment]

FRESH_SECONDS = 12 * 3600
"""A record fetched longer ago than this is fetched again: it may have been retracted since."""
LONGEST_WAIT_SECONDS = 3600.0
Said = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Entry:
    """One answer: the PMIDs it gave, the kept file when a record in it was new or changed, and what it said of which.

    `said` is there for the person who reads the summary: kind of notice or fate → PMID → by or into what.
    """

    pmids: tuple[str, ...]
    raw_sha256: str | None
    at: float
    said: Said = field(default_factory=dict)

    @property
    def fresh(self) -> bool:
        """Whether the answer is recent enough to stand for what PubMed says now."""
        return time.time() - self.at < FRESH_SECONDS


class Journal:
    """The answers of the refresh that is under way."""

    def __init__(self, root: Path) -> None:
        self.path = root / "refresh.jsonl"

    def entries(self) -> list[Entry]:
        """Return the answers of a refresh that did not end; a line that was cut off is not one."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                said = json.loads(line)
                found.append(Entry(tuple(said["pmids"]), said["raw_sha256"], float(said["at"]), said.get("said", {})))
        return found

    def add(self, pmids: Iterable[str], raw_sha256: str | None, said: Said | None = None) -> None:
        """Note an answer; it is on disk when this returns."""
        line = json.dumps({"pmids": sorted(pmids), "raw_sha256": raw_sha256, "at": time.time(), "said": said or {}})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n" if self._cut_off() else f"{line}\n")
            file.flush()
            os.fsync(file.fileno())

    def clear(self) -> None:
        """Forget everything: what was in hand is in the tables."""
        self.path.unlink(missing_ok=True)

    def _cut_off(self) -> bool:
        """Whether the last line lacks its end, as a killed run leaves it."""
        try:
            with self.path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                return file.read(1) != b"\n"
        except OSError:
            return False


@contextlib.contextmanager
def alone(root: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the topic's refresh lock; raises `ServiceUnavailable` when another refresh holds it for an hour."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".refresh.lock").open("w") as file:
        _take(file.fileno(), on_wait)
        yield  # closing the file, or being killed, lets go


def _take(descriptor: int, on_wait: Callable[[], None]) -> None:
    if fcntl is None:
        return
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    told = False
    while time.monotonic() < until:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not told:
                on_wait()
                told = True
            time.sleep(0.2)
        except OSError:  # a share that knows no locks
            return
    raise ServiceUnavailable("another refresh of this topic has been running for an hour; try again when it has ended")
