"""Events and totals as the estimators take them: checked once, two arrays of whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesize.estimate import Estimate, NotEstimable

Floats = NDArray[np.float64]


def as_counts(events: ArrayLike, totals: ArrayLike) -> tuple[Floats, Floats]:
    """Return events and totals as float arrays of shape (k,), whole numbers with 0 ≤ events ≤ total ≥ 1.

    Raises `ValueError` with the place of the first study that breaks a rule; k = 0 is allowed.
    """
    x, n = np.atleast_1d(np.asarray(events, dtype=float)), np.atleast_1d(np.asarray(totals, dtype=float))
    if x.ndim != 1 or x.shape != n.shape:
        raise ValueError(f"events and totals must be two lists of one length, not {x.shape} and {n.shape}")
    rules = (
        (np.isfinite(x) & np.isfinite(n) & (x == np.round(x)) & (n == np.round(n)), "not whole numbers"),
        (n >= 1, "a study without patients has no rate"),
        (x >= 0, "fewer than no events"),
        (x <= n, "more events than patients"),
    )
    for holds, what in rules:
        if not holds.all():
            place = int(np.argmin(holds))
            raise ValueError(f"study {place + 1} ({x[place]:g} of {n[place]:g}): {what}")
    return x, n


def as_batch(events: ArrayLike, totals: ArrayLike) -> tuple[Floats, Floats]:
    """Return counts of B data sets as float arrays of shape (B, k); a study with total 0 is padding.

    Raises `ValueError` unless 0 ≤ events ≤ totals, whole numbers, everywhere.
    """
    x, n = np.asarray(events, dtype=float), np.asarray(totals, dtype=float)
    x, n = np.broadcast_arrays(x, n)
    if x.ndim != 2:
        raise ValueError(f"give one row per data set and one column per study, not shape {x.shape}")
    if not np.all((x >= 0) & (x <= n) & (x == np.round(x)) & (n == np.round(n)) & np.isfinite(n)):
        raise ValueError("events and totals must be whole numbers with 0 ≤ events ≤ total")
    return np.array(x), np.array(n)


def labels_for(count: int, labels: Sequence[str] | None) -> list[str]:
    """Return `labels`, or ``study 1`` … ``study k``; refuse another number of labels (`ValueError`)."""
    if labels is None:
        return [f"study {place + 1}" for place in range(count)]
    if len(labels) != count:
        raise ValueError(f"{len(labels)} labels for {count} studies")
    return [str(label) for label in labels]


@dataclass(frozen=True)
class Studies:
    """One set of studies to pool, with what every result about it repeats; build it with `studies`."""

    x: Floats
    n: Floats
    level: float
    question: str
    subset: str

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.x)

    def estimate(self, method: str, **numbers: Any) -> Estimate:
        """Return an `Estimate` of these studies by `method`."""
        return Estimate(
            question=self.question, method=method, subset=self.subset, level=self.level, k_studies=self.k,
            n_patients=int(self.n.sum()), n_events=int(self.x.sum()), **numbers,
        )  # fmt: skip

    def refuse(self, method: str, reason: str) -> NotEstimable:
        """Return the reason why `method` gives no number for these studies."""
        return NotEstimable(self.question, method, reason, self.subset)


def studies(
    events: ArrayLike, totals: ArrayLike, *, level: float = 0.95, question: str = "cr_rate", subset: str = "all"
) -> Studies:
    """Check the counts and the level; raises `ValueError` for either."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    return Studies(*as_counts(events, totals), level, question, subset)
