"""Progress bars on the error stream, for whoever watches; nothing where nobody does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars


class Bar:
    """One bar; ``bar(done, total)`` sets it."""

    def __init__(self, bars: Bars, what: str) -> None:
        self._bars = bars
        self._task = bars.add_task(what, total=None)
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        """Say that `done` of `total` are done."""
        self._done = done
        self._bars.update(self._task, completed=done, total=total)

    def more(self, done: int, total: int) -> None:
        """Say that `done` more are done."""
        self(self._done + done, total)


class Progress:
    """Bars and passing remarks of a command."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)

    @contextlib.contextmanager
    def bar(self, what: str) -> Iterator[Bar]:
        """Show a bar while something is under way."""
        columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                   TimeRemainingColumn())  # fmt: skip
        with Bars(*columns, console=self.console, disable=not self.console.is_terminal) as bars:
            yield Bar(bars, what)

    def say(self, words: str) -> None:
        """Print a remark, such as a retry, above the bar."""
        self.console.print(words, markup=False, highlight=False, soft_wrap=True)
