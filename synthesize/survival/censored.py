"""Times known only to lie in (lower, upper]: what they may be, and where an estimate can put its mass.

Intervals are open on the left and closed on the right, as in R's `Surv(type = "interval2")`: the event was
not there at `lower` and was there at `upper`. Programs that take [lower, upper] give other answers on the
same numbers, because there two intervals that touch have a time in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.errors import Problems
from synthesize.survival.follow_up import Floats, Whole, merge_nearly_equal

Upper = ArrayLike | Sequence[float | None] | None
BEFORE_ALL = -1


class Censored(NamedTuple):
    """Checked intervals (n,), and their ends as whole numbers in the order in which time passes them.

    At the k-th distinct time the codes are 3k (just before it), 3k + 1 (at it) and 3k + 2 (just after it):
    an exact time runs from 3k to 3k + 1, an interval from 3k + 2 to a later 3k' + 1. A lower end of 0 means
    known only to be before `upper` and is earlier than everything.
    """

    lower: Floats
    upper: Floats
    left: Whole
    right: Whole
    times: Floats

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Which times are known."""
        return self.lower == self.upper

    @property
    def open_ended(self) -> NDArray[np.bool_]:
        """Which are right-censored."""
        return np.isinf(self.upper)

    def left_time(self, codes: Whole) -> Floats:
        """Return the months of lower ends."""
        return np.where(codes < 0, 0.0, self.times[np.maximum(codes, 0) // 3])

    def right_time(self, codes: Whole) -> Floats:
        """Return the months of upper ends; infinity for an open one."""
        return self.times[codes // 3]


def censored(lower: ArrayLike, upper: Upper) -> Censored:
    """Return checked intervals; an `upper` of None (all or one) or infinity is right-censored at `lower`.

    Raises `InvalidInput` for negative times, for what is not a number, and for an upper end before its lower.
    """
    lows = np.atleast_1d(np.asarray(lower, dtype=float))
    stated = np.full(len(lows), None) if upper is None else np.atleast_1d(np.asarray(upper, dtype=object))
    highs = np.array([np.inf if end is None else end for end in stated], dtype=float)
    problems = Problems()
    if len(lows) != len(highs):
        problems.add("lower and upper ends must have one value a patient", found=[len(lows), len(highs)])
        problems.raise_if_any()
    for row in np.flatnonzero(~(np.isfinite(lows) & (lows >= 0))):
        problems.add(f"patient at index {row}: not a time", found=lows[row], allowed="months, at least 0")
    for row in np.flatnonzero(~(highs >= lows) & np.isfinite(lows)):
        problems.add(
            f"patient at index {row}: upper end before lower", found=f"({lows[row]}, {highs[row]}]",
            remedy="Give lower = upper for an exact time, no upper for a right-censored one",
        )  # fmt: skip
    problems.raise_if_any()
    merged = merge_nearly_equal(np.concatenate([lows, highs]))
    lows, highs = merged[: len(lows)], merged[len(lows) :]
    times = np.unique(merged)
    below, above = np.searchsorted(times, lows), np.searchsorted(times, highs)
    exact = lows == highs
    left = np.where(exact, 3 * below, np.where(lows == 0, BEFORE_ALL, 3 * below + 2))
    return Censored(lows, highs, left.astype(np.intp), (3 * above + 1).astype(np.intp), times)


class Support(NamedTuple):
    """The m innermost intervals that alone can hold mass, and which of them each patient's interval covers.

    `left` and `right` (m,) are end codes; a patient covers the innermost intervals `first` to `last` (n,).
    """

    left: Whole
    right: Whole
    first: Whole
    last: Whole


def innermost(left: Whole, right: Whole) -> Support:
    """Return Turnbull's innermost intervals: each lower end that is followed by an upper end before another.

    Source: Turnbull 1976, doi 10.1111/j.2517-6161.1976.tb01597.x; Peto 1973, doi 10.2307/2346307.
    """
    starts, ends = np.unique(left), np.unique(right)
    following = np.searchsorted(ends, starts)
    final = np.append(following[1:] != following[:-1], True)
    mass_left, mass_right = starts[final], ends[following[final]]
    first = np.searchsorted(mass_left, left)
    last = np.searchsorted(mass_right, right, side="right") - 1
    return Support(mass_left, mass_right, first, last)
