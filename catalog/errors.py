"""Errors a person can act on: one family, one exit code each, all problems in one list.

A user's mistake never ends in a traceback. Code that finds something wrong adds a `Problem` to a
`Problems` list, goes on looking, and raises once at the end, so that a file is corrected in one pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Word = TypeVar("Word", str, tuple[str, str])


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what was found, what is allowed, what to do."""

    what: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None
    allowed: str | None = None
    remedy: str | None = None

    @property
    def place(self) -> str:
        """File, row and column, as far as they are known."""
        row = f"row {self.row}" if self.row is not None else None
        column = f"column {self.column!r}" if self.column is not None else None
        return ", ".join(part for part in (self.file, row, column) if part)

    def __str__(self) -> str:
        text = f"{self.place}: {self.what}" if self.place else self.what
        if self.found is not None:
            text += f"; found {self.found!r}"
        if self.allowed is not None:
            text += f"; allowed: {self.allowed}"
        if self.remedy is not None:
            text += f". {self.remedy}"
        return text


class UserError(Exception):
    """Something the person at the keyboard can put right; printed without a traceback."""

    exit_code = 2


class InvalidInput(UserError):
    """The input or the call is wrong; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        super().__init__("\n".join([f"{head}:", *(f"  - {problem}" for problem in self.problems)]))


class GateBlocked(UserError):
    """The validation gate does not let the analysis see the tables as they are now."""

    exit_code = 3


class CheckBroken(UserError):
    """A check of the gate could not be run: not the data's fault but ours, told without a traceback."""

    exit_code = 1


class ServiceUnavailable(UserError):
    """A service could not be reached, or a refresh stayed incomplete."""

    exit_code = 4


class DamagedData(UserError):
    """Stored data are not what was written."""

    exit_code = 5


class Problems:
    """Collects problems so that all of them are reported at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(
        self,
        what: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        found: object = None,
        allowed: str | None = None,
        remedy: str | None = None,
    ) -> None:
        """Note one problem and go on."""
        stated = None if found is None else str(found)
        self._found.append(Problem(what, file, row, column, stated, allowed, remedy))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over problems found elsewhere."""
        self._found.extend(problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def raise_if_any(self) -> None:
        """Raise `InvalidInput` with everything found; do nothing when nothing was."""
        if self._found:
            raise InvalidInput(self._found)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like `word`, or None when nothing is close."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def first_line(error: Exception) -> str:
    """Return what a library says of its error, without its stack of causes."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def repeated(words: Iterable[Word]) -> list[Word]:
    """Return the words that stand more than once, in order."""
    return sorted(word for word, times in Counter(words).items() if times > 1)
