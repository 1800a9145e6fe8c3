"""No more requests a second than agreed, over all processes of a user on this machine.

Each process takes the next free moment from a small file under a lock and sleeps until then. A moment lost to a
killed process delays the others by one request; a clock that was set back is noticed and starts afresh.
"""

from __future__ import annotations

import contextlib
import os
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # without POSIX locks every process keeps its own pace
    fcntl = None  # type: ignore[assignment]

FARTHEST = 120.0
"""Seconds ahead that a waiting crowd can have booked; more than that is a broken file or clock."""
MOMENT = struct.Struct("d")


def shared_file(service: str) -> Path:
    """Return the file over which this user's processes share the pace towards one service."""
    folder = Path(tempfile.gettempdir()) / f"cr-meta-synthesis-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{service}.pace"


class Pace:
    """Starts at most `per_second` requests a second, evenly spaced, together with everybody who shares `file`."""

    def __init__(
        self,
        per_second: float,
        file: Path,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval = 1 / per_second
        self.file = file
        self.clock = clock
        self.sleep = sleep

    def wait(self) -> None:
        """Return when the next request may start."""
        moment = self._book()
        ahead = moment - self.clock()
        if ahead > 0:
            self.sleep(ahead)

    def _book(self) -> float:
        with self._locked() as file:
            now = self.clock()
            held = file.read(MOMENT.size)
            free = MOMENT.unpack(held)[0] if len(held) == MOMENT.size else now
            moment = max(now, free) if 0 <= free - now <= FARTHEST else now
            file.seek(0)
            file.write(MOMENT.pack(moment + self.interval))
            file.flush()
        return moment

    @contextlib.contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file closes
            yield file
