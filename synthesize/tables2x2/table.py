"""A two-by-two table: events out of patients in two groups, checked once."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, fields
from typing import Any

from catalog.errors import Problems
from synthesize.estimate import Estimate, NotEstimable, check_level
from synthesize.tables2x2.discrete import bounded_p


@dataclass(frozen=True)
class TwoByTwo:
    """`a` events among the `n1` patients of group 1, `c` among the `n2` of group 2.

    Refuses (`InvalidInput`) counts that are not whole, negative counts and more events than patients.
    A group without patients is a table like any other; `empty` says so.
    """

    a: int
    n1: int
    c: int
    n2: int

    def __post_init__(self) -> None:
        problems = Problems()
        for entry in fields(self):
            count = getattr(self, entry.name)
            if not is_whole(count) or count < 0:
                problems.add("not a count", column=entry.name, found=count, allowed="a whole number of at least 0")
        problems.raise_if_any()
        for entry in fields(self):
            object.__setattr__(self, entry.name, int(getattr(self, entry.name)))
        for events, total in (("a", "n1"), ("c", "n2")):
            if getattr(self, events) > getattr(self, total):
                problems.add(
                    f"more events ({events}) than patients ({total})",
                    found=f"{getattr(self, events)} of {getattr(self, total)}",
                )
        problems.raise_if_any()

    @property
    def events(self) -> int:
        """Events of both groups."""
        return self.a + self.c

    @property
    def patients(self) -> int:
        """Patients of both groups."""
        return self.n1 + self.n2

    @property
    def support(self) -> tuple[int, int]:
        """Smallest and largest `a` that the margins allow."""
        return max(0, self.events - self.n2), min(self.n1, self.events)

    @property
    def empty(self) -> str | None:
        """Why nothing can be compared, or None."""
        sides = [name for name, total in (("group 1", self.n1), ("group 2", self.n2)) if total == 0]
        return f"no patients in {' and '.join(sides)}" if sides else None


def is_whole(count: Any) -> bool:
    """Say whether `count` is a whole number, as an integer of any kind or as a float like 2.0."""
    try:
        operator.index(count)
    except TypeError:
        return isinstance(count, float) and count.is_integer()
    return True


@dataclass(frozen=True)
class Comparison:
    """A table with the question it answers; makes results that carry both."""

    table: TwoByTwo
    question: str
    subset: str
    level: float

    def __post_init__(self) -> None:
        check_level(self.level)

    def estimate(self, method: str, *, p_value: float | None = None, **values: Any) -> Estimate:
        """Return an `Estimate` with the table's patients and events."""
        values.setdefault("level", self.level)
        values.setdefault("n_patients", self.table.patients)
        values.setdefault("n_events", self.table.events)
        p = None if p_value is None else bounded_p(p_value)
        return Estimate(self.question, method, p_value=p, subset=self.subset, **values)

    def refuse(self, method: str, reason: str) -> NotEstimable:
        """Return why `method` gives no number for the table."""
        return NotEstimable(self.question, method, reason, self.subset)


def finite(**numbers: float) -> tuple[dict[str, float | None], dict[str, str]]:
    """Split limits into finite numbers and words: an infinite one becomes None and *unbounded*."""
    infinite = {name: "unbounded" for name, number in numbers.items() if abs(number) == math.inf}
    return {name: None if name in infinite else float(number) for name, number in numbers.items()}, infinite


def safe_exp(x: float) -> float:
    """Return exp(x), infinite where floating point ends."""
    return math.exp(x) if x < 700 else math.inf
