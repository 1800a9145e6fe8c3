"""Distributions of a count from the ratio of neighbouring probabilities, and two-sided p-values on them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST_P = 1e-300
"""A smaller p-value is given as this one: the true one is positive, and floating point would say 0."""
SAME = 1 + 1e-7  # two outcomes are equally likely when their probabilities differ by rounding only (as in R)


@dataclass(frozen=True)
class NullTest:
    """P-values by minimum likelihood and central (twice the smaller tail), and the mid-p of each."""

    p_minlike: float
    p_central: float
    p_midp: float
    p_midp_central: float


def distribution(
    ratio: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    support: tuple[int, int],
    mode: int,
    spread: float,
    observed: int,
) -> tuple[NDArray[np.float64], int]:
    """Return the probabilities of neighbouring counts and the index of the `observed` one.

    `ratio(x)` is P(x + 1) / P(x) and must fall with x (a log-concave distribution) through 1 at `mode`;
    products are taken outwards from there, so nothing overflows. `spread` is about the variance: what lies
    more than 40 standard deviations from the mode is left out as 0, so that millions of patients cost no
    more than their spread. An observed count out there has an index outside the array.
    """
    reach = int(60 + 40 * math.sqrt(spread))
    first, last = max(support[0], mode - reach), min(support[1], mode + reach)
    ratios = ratio(np.arange(first, last, dtype=float))
    with np.errstate(under="ignore"):
        below = np.cumprod(1 / ratios[: mode - first][::-1])[::-1]
        weights = np.concatenate([below, [1.0], np.cumprod(ratios[mode - first :])])
        return weights / weights.sum(), observed - first


def null_test(probabilities: NDArray[np.float64], index: int) -> NullTest:
    """Return the p-values of the outcome at `index`; mid-p counts its own probability by half (as SAS)."""
    own = exactly(probabilities, index)
    minlike = float(probabilities[probabilities <= own * SAME].sum())
    tails = 2 * min(at_most(probabilities, index), at_least(probabilities, index))
    return NullTest(*(bounded_p(p) for p in (minlike, tails, minlike - own / 2, tails - own)))


def bounded_p(p: float) -> float:
    """Return `p` within [`SMALLEST_P`, 1]."""
    return min(1.0, max(p, SMALLEST_P))


def exactly(probabilities: NDArray[np.float64], index: int) -> float:
    """Return the probability of the outcome at `index`."""
    return float(probabilities[index]) if 0 <= index < len(probabilities) else 0.0


def at_most(probabilities: NDArray[np.float64], index: int) -> float:
    """Return the probability of the outcome at `index` or a smaller one."""
    return float(probabilities[: max(0, index + 1)].sum())


def at_least(probabilities: NDArray[np.float64], index: int) -> float:
    """Return the probability of the outcome at `index` or a larger one."""
    return float(probabilities[max(0, index) :].sum())


def binomial_test(events: int, total: int, odds: float) -> NullTest:
    """Test that each of `total` events falls on the first side with these odds; `events` did."""
    share = odds / (1 + odds)
    probabilities, index = distribution(
        lambda x: odds * (total - x) / (x + 1),
        (0, total),
        min(total, int((total + 1) * share)),
        total * share / (1 + odds),
        events,
    )
    return null_test(probabilities, index)
