"""Evidence that two records are of one and the same: what agrees and how much that weighs, what differs.

An agreement weighs −log2 of the share of the known that agrees with the value (the pair included): to be 71 among
men of 40 to 80 says more than to be a man. The weights of the traits are added as if these were independent, so the
sum ranks pairs; it is no probability.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harmonize.held import cells

Row = dict[str, Any]
UnitKind = Literal["study", "patient"]
SEVERAL = "multinational"
"""How the country of a study of several countries begins."""
UNKNOWN = frozenset({None, "not_reported", "not_applicable", "not_stated", "unclear"})


@dataclass(frozen=True)
class Agreement:
    """A trait in which two records agree, as each states it, and its weight in bits."""

    field: str
    first: str
    second: str
    weight: float

    def __str__(self) -> str:
        return f"{self.field} {both(self.first, self.second)}"


@dataclass(frozen=True)
class Difference:
    """A trait in which two records differ; a `hard` one cannot be in one and the same."""

    field: str
    first: str
    second: str
    hard: bool

    def __str__(self) -> str:
        return f"{self.field} {both(self.first, self.second)}"


@dataclass(frozen=True)
class Comparison:
    """What speaks for and against two records being of one and the same; names in alphabetical order."""

    unit_kind: UnitKind
    first_id: str
    second_id: str
    agree: tuple[Agreement, ...]
    differ: tuple[Difference, ...]

    @property
    def weight(self) -> float:
        """The weights of all that agrees, in bits."""
        return math.fsum(one.weight for one in self.agree)

    @property
    def vetoed(self) -> bool:
        """Whether something differs that cannot differ in one and the same."""
        return any(one.hard for one in self.differ)

    @property
    def evidence_for(self) -> str:
        """What agrees, in a line."""
        return "; ".join(map(str, self.agree))

    @property
    def evidence_against(self) -> str | None:
        """What differs, in a line, or None."""
        return "; ".join(map(str, self.differ)) or None


def word(row: Row, name: str) -> str | None:
    """Return a code as text, or None when it is not known."""
    value = row.get(name)
    return None if value in UNKNOWN else f"{value:.15g}" if isinstance(value, float) else str(value)


def counted_words(rows: Sequence[Row], name: str) -> Counter[str]:
    """Return how many rows have each code, of those of which it is known."""
    counts: Counter[str] = Counter()
    for value, times in Counter(cells(rows, name)).items():
        if value not in UNKNOWN:
            counts[word({name: value}, name) or ""] += times
    return counts


def said_by_studies(known: Mapping[str, Counter[str]], one: Row, other: Row) -> Iterator[Agreement | Difference]:
    """Yield what two studies say alike, and two countries that differ; a multinational study says neither."""
    for name, counts in known.items():
        stated, also = word(one, name), word(other, name)
        if stated is None or also is None or stated.startswith(SEVERAL) or also.startswith(SEVERAL):
            continue
        if stated == also:
            yield Agreement(name, stated, also, bits(counts[stated], counts.total()))
        elif name == "country":
            yield Difference(name, stated, also, hard=True)


def both(first: str, second: str) -> str:
    """Return two statements in a line, once when they are the same."""
    return first if first == second else f"{first} and {second}"


def bits(agreeing: int, known: int) -> float:
    """Return the weight of an agreement that `agreeing` of `known` records share; never less than nothing."""
    return max(0.0, -math.log2(agreeing / known)) if agreeing else 0.0
