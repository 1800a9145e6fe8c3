"""Controlled words, one CSV each: code, label, synonyms (joined by |), source.

An unknown value is refused with the list of known ones, never guessed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Vocabulary:
    """Codes in order with their labels, and every accepted spelling with the code it means."""

    name: str
    labels: Mapping[str, str]
    sources: Mapping[str, str]
    spellings: Mapping[str, str]

    def code(self, word: str) -> str | None:
        """Return the code that `word` (a code, its label, a synonym; any case) means, or None."""
        return self.spellings.get(word) or self.spellings.get(word.casefold())

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in the order of the file."""
        return tuple(self.labels)

    @property
    def allowed(self) -> str:
        """The codes as a list for an error message."""
        return ", ".join(self.labels)


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return a shipped vocabulary; raises KeyError for a name that is not shipped (our mistake)."""
    resource = files("catalog") / "vocabularies" / f"{name}.csv"
    if not resource.is_file():
        raise KeyError(f"no vocabulary {name}")
    labels: dict[str, str] = {}
    sources: dict[str, str] = {}
    spellings: dict[str, str] = {}
    for row in csv.DictReader(resource.read_text(encoding="utf-8").splitlines()):
        code = row["code"]
        labels[code] = row["label"]
        sources[code] = row["source"]
        for word in filter(None, (code, row["label"], *row["synonyms"].split("|"))):
            for spelling in {word, word.casefold()}:
                if spellings.setdefault(spelling, code) != code:
                    raise ValueError(f"vocabulary {name}: {spelling!r} means two codes")
    return Vocabulary(name, labels, sources, spellings)
