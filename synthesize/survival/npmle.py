"""Nonparametric maximum likelihood for interval-censored times, many weightings of one data set at once.

EM–ICM: each round is one step of the EM algorithm and one of the iterative convex minorant, which together
converge to the maximum from any interior start (Wellner and Zhan 1997, JASA 92:945).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synthesize.survival.censored import Support
from synthesize.survival.follow_up import Floats

ROUNDS = 5000


class Fit(NamedTuple):
    """Mass (B, m) on the innermost intervals, and the gap (B,).

    The gap is the largest derivative of the log-likelihood toward one innermost interval, per patient. It is
    0 at the maximum, where the estimate also is self-consistent, and the log-likelihood is never further
    than patients × gap below its maximum.
    """

    mass: Floats
    gap: Floats


def chances(support: Support, mass: Floats) -> Floats:
    """Return the probability (B, n) of each patient's interval under each row of `mass` (B, m)."""
    summed = np.zeros((len(mass), mass.shape[1] + 1))
    np.cumsum(mass, axis=1, out=summed[:, 1:])
    return np.maximum(summed[:, support.last + 1] - summed[:, support.first], 0.0)


class _Problem:
    """The weighted log-likelihood of each row; patients grouped by the first and last mass they cover."""

    def __init__(self, support: Support, weights: Floats) -> None:
        self.support = support
        self.weights = weights
        self.total = weights.sum(axis=1, keepdims=True)
        self.size = len(support.left)
        # every innermost interval begins (and ends) some patient's interval, so no group is empty
        self.by_first, self.by_last = (np.argsort(index, kind="stable") for index in support[2:])
        places = np.arange(self.size)
        self.first_starts = np.searchsorted(support.first[self.by_first], places)
        self.last_starts = np.searchsorted(support.last[self.by_last], places)

    def loglik(self, rows: NDArray[np.intp], mass: Floats) -> Floats:
        """Return Σ w log P(interval) (R,), minus infinity where a weighted interval has no mass."""
        chance, weights = chances(self.support, mass), self.weights[rows]
        value = np.sum(weights * np.log(np.maximum(chance, 1e-300)), axis=1)
        value[((chance <= 0) & (weights > 0)).any(axis=1)] = -np.inf
        return value

    def ratios(self, rows: NDArray[np.intp], mass: Floats) -> tuple[Floats, Floats]:
        """Return w / P and w / P² (R, n)."""
        chance = np.maximum(chances(self.support, mass), 1e-150)
        ratio = self.weights[rows] / chance
        return ratio, ratio / chance

    def starting(self, values: Floats) -> Floats:
        """Sum (R, n) over the patients whose intervals start with each mass (R, m)."""
        return np.add.reduceat(values[:, self.by_first], self.first_starts, axis=1)

    def ending(self, values: Floats) -> Floats:
        """Sum (R, n) over the patients whose intervals end with each mass (R, m)."""
        return np.add.reduceat(values[:, self.by_last], self.last_starts, axis=1)


def fit(support: Support, weights: Floats, *, tolerance: float = 1e-12) -> Fit:
    """Maximise Σ w log P(interval) for each row of `weights` (B, n), each with a positive sum.

    A row stops when its gap is at most `tolerance`, or after 5,000 rounds: look at the returned gap.
    """
    problem = _Problem(support, weights)
    count = len(weights)
    mass = np.full((count, problem.size), 1.0 / problem.size)
    gap = np.full(count, np.inf)
    rows = np.arange(count)
    for _ in range(ROUNDS):
        ratio, _ = problem.ratios(rows, mass[rows])
        gradient = np.cumsum(problem.starting(ratio), axis=1)
        gradient[:, 1:] -= np.cumsum(problem.ending(ratio), axis=1)[:, :-1]
        gradient /= problem.total[rows]
        gap[rows] = gradient.max(axis=1) - 1.0
        going = gap[rows] > tolerance
        rows = rows[going]
        if not len(rows):
            break
        after_em = mass[rows] * gradient[going]
        mass[rows] = _minorant_step(problem, rows, after_em / after_em.sum(axis=1, keepdims=True))
    return Fit(mass, gap)


def _minorant_step(problem: _Problem, rows: NDArray[np.intp], mass: Floats) -> Floats:
    """Return the masses after one convex-minorant step, shortened until the log-likelihood does not fall."""
    if problem.size == 1:
        return mass
    ratio, square = problem.ratios(rows, mass)
    slope = problem.ending(ratio)[:, :-1] - problem.starting(ratio)[:, 1:]
    curvature = problem.ending(square)[:, :-1] + problem.starting(square)[:, 1:]
    curvature = np.maximum(curvature, 1e-12 * curvature.max(axis=1, keepdims=True))
    height = np.cumsum(mass, axis=1)[:, :-1]
    target = np.clip(_increasing(height + slope / curvature, curvature), 0.0, 1.0)
    step = np.diff(target, axis=1, prepend=0.0, append=1.0) - mass
    before = problem.loglik(rows, mass)
    length = np.ones(len(rows))
    for _ in range(40):
        falling = problem.loglik(rows, mass + length[:, None] * step) < before
        if not falling.any():
            break
        length[falling] *= 0.5
    else:
        length[falling] = 0.0
    return np.maximum(mass + length[:, None] * step, 0.0)


def _increasing(values: Floats, weights: Floats) -> Floats:
    """Return the weighted isotonic regression of each row (R, k), all rows in one call.

    A Newton step of a distribution function is never longer than 1, so values lie in [−1, 2], and a shift of
    4 from row to row keeps the rows apart.
    """
    from scipy.optimize import isotonic_regression

    shift = 4.0 * np.arange(len(values))[:, None]
    scaled = weights / weights.max(axis=1, keepdims=True)
    found = isotonic_regression((values + shift).ravel(), weights=scaled.ravel()).x
    return found.reshape(values.shape) - shift
