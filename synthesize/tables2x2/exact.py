"""Exact conditional inference on the odds ratio of one table, or the common one of several strata.

Given both margins of every stratum, the total of events in group 1 follows the (convolved) noncentral
hypergeometric distribution, which depends on the odds ratio alone. One table is the case of one stratum.
Sources: Agresti 1992 (doi 10.1214/ss/1177011454); Fay 2010 (doi 10.1093/biostatistics/kxp050);
R's `fisher.test` and `mantelhaen.test(exact = TRUE)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthesize.tables2x2.discrete import (
    SAME,
    SMALLEST_P,
    NullTest,
    at_least,
    at_most,
    distribution,
    exactly,
    null_test,
)
from synthesize.tables2x2.table import TwoByTwo

MOST_PRODUCTS = 20_000_000  # per convolution of all strata: about a second for the whole estimate


@dataclass(frozen=True)
class Limits:
    """An odds ratio with its interval; 0 and infinity at the edge of what the margins allow."""

    value: float
    lower: float
    upper: float


def total_distribution(strata: Sequence[TwoByTwo], odds_ratio: float) -> tuple[NDArray[np.float64], int]:
    """Return the probabilities of the total of events in group 1, and the index of the observed total."""
    probabilities, index = _stratum_distribution(strata[0], odds_ratio)
    for stratum in strata[1:]:
        added, place = _stratum_distribution(stratum, odds_ratio)
        probabilities, index = np.convolve(probabilities, added), index + place
    return probabilities, index


def _stratum_distribution(table: TwoByTwo, odds_ratio: float) -> tuple[NDArray[np.float64], int]:
    n1, events, rest = table.n1, table.events, table.n2 - table.events
    mode = _mode(table, odds_ratio)
    spread = 1 / sum(1 / (cell + 1) for cell in (mode, n1 - mode, events - mode, rest + mode))
    return distribution(
        lambda x: odds_ratio * (n1 - x) * (events - x) / ((x + 1) * (rest + x + 1)),
        table.support,
        mode,
        spread,
        table.a,
    )


def _mode(table: TwoByTwo, odds_ratio: float) -> int:
    low, high = table.support
    while low < high:
        x = (low + high) // 2
        if odds_ratio * ((table.n1 - x) * (table.events - x)) > (x + 1) * (table.n2 - table.events + x + 1):
            low = x + 1
        else:
            high = x
    return low


def is_fixed(strata: Sequence[TwoByTwo]) -> bool:
    """Say whether the margins leave one possible total only, so that nothing is known of the odds ratio."""
    return all(low == high for low, high in (table.support for table in strata))


def too_wide(strata: Sequence[TwoByTwo]) -> str | None:
    """Say why the exact distribution over so many events would take too long, or None."""
    cost, width = 0, 1
    for low, high in (table.support for table in strata):
        cost += width * (high - low + 1) if width > 1 else 0
        width += high - low
    if cost <= MOST_PRODUCTS:
        return None
    return "so many events that the exact distribution takes too long; mantel_haenszel_or answers alike"


def conditional_test(strata: Sequence[TwoByTwo]) -> NullTest:
    """Test an odds ratio of 1 (in all strata)."""
    return null_test(*total_distribution(strata, 1.0))


def minlike_p_values(n1: int, n2: int, events: int) -> tuple[int, NDArray[np.float64]]:
    """Return the minimum-likelihood p of every table with these margins: the first one's `a`, and the p-values.

    Tables beyond either end are so unlikely that their p is below `SMALLEST_P`.
    """
    low = max(0, events - n2)
    probabilities, index = _stratum_distribution(TwoByTwo(low, n1, events - low, n2), 1.0)
    order = np.sort(probabilities)
    last = np.searchsorted(order, probabilities * SAME, side="right")
    return low - index, np.clip(np.cumsum(order)[last - 1], SMALLEST_P, 1.0)


def conditional_limits(strata: Sequence[TwoByTwo], level: float, *, mid_p: bool = False) -> Limits:
    """Return the conditional maximum-likelihood (common) odds ratio with its central exact interval.

    With `mid_p` the interval inverts the mid-p tails, and the estimate is the median-unbiased one, at which
    either mid-p tail is ½: the conditional one can lie outside such an interval. The strata must not be
    `is_fixed`.
    """
    alpha, half = (1 - level) / 2, 0.5 if mid_p else 0.0
    lowest = all(table.a == table.support[0] for table in strata)
    highest = all(table.a == table.support[1] for table in strata)
    start = _rough_log_odds_ratio(strata)

    def solve(gap: Callable[[NDArray[np.float64], int], float]) -> float:
        return math.exp(_root(lambda log_or: gap(*total_distribution(strata, math.exp(log_or))), start))

    def upper_tail(p: NDArray[np.float64], index: int) -> float:
        return at_least(p, index) - half * exactly(p, index)

    def lower_tail(p: NDArray[np.float64], index: int) -> float:
        return at_most(p, index) - half * exactly(p, index)

    centre = (lambda p, index: lower_tail(p, index) - 0.5) if mid_p else _excess
    return Limits(
        0.0 if lowest else math.inf if highest else solve(centre),
        0.0 if lowest else solve(lambda p, index: upper_tail(p, index) - alpha),
        math.inf if highest else solve(lambda p, index: lower_tail(p, index) - alpha),
    )


def _excess(probabilities: NDArray[np.float64], index: int) -> float:
    """Mean total minus the observed one: zero at the conditional maximum-likelihood estimate."""
    return float(probabilities @ (np.arange(len(probabilities)) - index))


def _rough_log_odds_ratio(strata: Sequence[TwoByTwo]) -> float:
    """Mantel–Haenszel with a half in each cell: only where the search starts."""
    half = [(t.a + 0.5, t.n1 - t.a + 0.5, t.c + 0.5, t.n2 - t.c + 0.5) for t in strata]
    return math.log(
        sum(a * d / (a + b + c + d) for a, b, c, d in half) / sum(b * c / (a + b + c + d) for a, b, c, d in half)
    )


def _root(function: Callable[[float], float], start: float) -> float:
    """Find the root of a monotone function of the log odds ratio, widening the bracket from `start`."""
    from scipy.optimize import brentq

    for half_width in (1.0, 4.0, 16.0, 64.0, 256.0):
        lower, upper = start - half_width, start + half_width
        if function(lower) * function(upper) <= 0:
            return float(brentq(function, lower, upper, xtol=1e-13, rtol=1e-14))
    raise ArithmeticError("no odds ratio within a factor of exp(256) of the crude one solves the equation")
