"""Hashes of many names, a part of them made by a second Python, since one runs on one core only.

Run as a script this is that second Python: it needs nothing but the standard library. It reads pickled messages from
standard input and writes pickled answers: names once, then for each task which of them are meant and what comes after.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from itertools import compress
from queue import SimpleQueue
from subprocess import PIPE, Popen
from threading import Thread

WIDTH = 10
"""Bytes that are kept of a hash, twenty hexadecimal digits."""
MANY = 100_000
"""From so many names on a second Python is worth its start."""


def hashes(names: Iterable[bytes], after: bytes) -> bytes:
    """Return the first bytes of the SHA-256 of each name with `after` behind it, one after another."""
    hashed = hashlib.sha256
    return b"".join([hashed(name + after).digest()[:WIDTH] for name in names])


class Hashing:
    """Hashes of some of the same names, asked for time and again and needed at the end.

    Of many names a second Python makes them meanwhile. What it has not begun when they are needed is made here; when
    it cannot be started, or dies, everything is.
    """

    def __init__(self, names: Sequence[bytes]) -> None:
        self.names = names
        self._alone = len(names) < MANY or (os.cpu_count() or 1) < 2
        self._asked: SimpleQueue[tuple[bytes, bytes, Future[bytes]] | None] = SimpleQueue()
        self._asking: Thread | None = None

    def ask(self, chosen: bytes, after: bytes) -> Callable[[], bytes]:
        """Ask for the hashes of the names at the places where `chosen` is not 0; return what gives them.

        Who asked several times should take the last answer first: the others are then being made.
        """
        if self._alone:
            made = hashes(compress(self.names, chosen), after)
            return lambda: made
        if self._asking is None:
            self._asking = Thread(target=self._ask_another, daemon=True)  # nobody waits for it when all is given up
            self._asking.start()
        future: Future[bytes] = Future()
        self._asked.put((chosen, after, future))
        return partial(self._answer, chosen, after, future)

    def close(self) -> None:
        """Let the second Python go, once it has made what it was asked for."""
        self._asked.put(None)

    def _answer(self, chosen: bytes, after: bytes, future: Future[bytes]) -> bytes:
        if not future.cancel():
            with suppress(OSError, EOFError, pickle.UnpicklingError):  # the second Python is gone
                return future.result()
        return hashes(compress(self.names, chosen), after)

    def _ask_another(self) -> None:
        """Have a second Python make what is asked for, one after another."""
        other: Popen[bytes] | None = None
        while (task := self._asked.get()) is not None:
            *question, future = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                other = other or self._started()
                assert other.stdout is not None
                _tell(other, question)
                future.set_result(pickle.load(other.stdout))
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                future.set_exception(error)
        if other:
            other.communicate()

    def _started(self) -> Popen[bytes]:
        other = Popen([sys.executable, "-I", "-S", __file__], stdin=PIPE, stdout=PIPE)
        _tell(other, list(self.names))
        return other


def _tell(other: Popen[bytes], message: object) -> None:
    assert other.stdin is not None
    pickle.dump(message, other.stdin, protocol=5)
    other.stdin.flush()


def main() -> None:
    """Answer until nobody asks any more."""
    told, say = sys.stdin.buffer, sys.stdout.buffer
    names = pickle.load(told)
    while True:
        try:
            chosen, after = pickle.load(told)
        except EOFError:
            return
        pickle.dump(hashes(compress(names, chosen), after), say, protocol=5)
        say.flush()


if __name__ == "__main__":
    main()
