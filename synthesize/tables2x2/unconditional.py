"""Exact unconditional tests of two proportions: Barnard's (score statistic) and Boschloo's (Fisher's p).

The p-value is the largest probability, over the common risk, of the tables at least as extreme as the
observed one. Ties belong to them: statistics that are equal in exact arithmetic differ in their last bits,
and comparing without a tolerance drops tables (as `scipy.stats.barnard_exact` does: 3/10 against 7/9 gives
0.0459 there, 0.0499 with the tie). Sources: Barnard 1947 (doi 10.1093/biomet/34.1-2.123); Boschloo 1970
(doi 10.1111/j.1467-9574.1970.tb00104.x).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthesize.tables2x2.discrete import SAME
from synthesize.tables2x2.table import TwoByTwo

MOST_PATIENTS = 1_000  # two groups of 500: half a second; beyond that Fisher's mid-p answers alike
TIE = 1e-9  # relative; far above rounding (1e-12 at a thousand patients), far below any real difference
Grid = NDArray[np.floating]


@dataclass(frozen=True)
class Supremum:
    """A p-value and the common risk at which it is attained."""

    p_value: float
    common_risk: float


def too_many(table: TwoByTwo) -> str | None:
    """Say why the tests are not offered for groups of this size, or None."""
    if table.patients <= MOST_PATIENTS:
        return None
    return f"an unconditional test runs through all possible tables; offered up to {MOST_PATIENTS:,} patients"


def barnard(table: TwoByTwo) -> Supremum:
    """Return Barnard's two-sided test: tables ordered by the absolute pooled score statistic."""
    x, y = np.arange(table.n1 + 1)[:, None], np.arange(table.n2 + 1)[None, :]
    total, events = table.patients, x + y
    pooled = np.where((events == 0) | (events == total), 1, events * (total - events))
    statistic = (x * table.n2 - y * table.n1) ** 2 / pooled
    return _largest(statistic >= statistic[table.a, table.c] * (1 - TIE))


def boschloo(table: TwoByTwo) -> tuple[Supremum, Supremum]:
    """Return Boschloo's test in both its two-sided forms.

    First with the tables ordered by the two-sided Fisher p, as Boschloo and R's Exact do (never above that
    p); then twice the smaller one-sided test, as scipy and R's exact2x2 do.
    """
    p_values = _fisher_p_values(table.n1, table.n2)
    at_most, at_least, minlike = (_largest(p <= p[table.a, table.c] * (1 + TIE)) for p in p_values)
    smaller = min(at_most, at_least, key=lambda side: side.p_value)
    return minlike, Supremum(min(1.0, 2 * smaller.p_value), smaller.common_risk)


def _fisher_p_values(n1: int, n2: int) -> tuple[Grid, Grid, Grid]:
    """Return the one-sided (at most, at least) and minimum-likelihood p of every table, shape (n1+1, n2+1)."""
    log1, log2, log_all = (_log_binomials(n) for n in (n1, n2, n1 + n2))
    at_most, at_least, minlike = (np.empty((n1 + 1, n2 + 1)) for _ in range(3))
    for events in range(n1 + n2 + 1):
        x = np.arange(max(0, events - n2), min(n1, events) + 1)
        own = np.exp(log1[x] + log2[events - x] - log_all[events])
        at_most[x, events - x] = np.cumsum(own)
        at_least[x, events - x] = np.cumsum(own[::-1])[::-1]
        order = np.sort(own)
        last = np.searchsorted(order, own * SAME, side="right")
        minlike[x, events - x] = np.cumsum(order)[last - 1]
    return at_most, at_least, minlike


def _log_binomials(n: int) -> Grid:
    from scipy.special import gammaln

    k = np.arange(n + 1)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _largest(extreme: NDArray[np.bool_]) -> Supremum:
    """Maximise the probability of the `extreme` tables over the common risk.

    The risk is sin² of an angle, in which every binomial has a standard deviation of 1 / (2 √n): a grid of
    16 points to that width sees every peak, and the highest few are then refined.
    """
    from scipy.optimize import minimize_scalar

    if extreme.all():
        return Supremum(1.0, 0.5)
    n1, n2 = extreme.shape[0] - 1, extreme.shape[1] - 1
    log1, log2, region = _log_binomials(n1), _log_binomials(n2), extreme.astype(float)

    def probability(angle: Grid) -> Grid:
        first, second = _binomial(log1, angle), _binomial(log2, angle)
        return np.asarray(np.einsum("gx,gx->g", first, second @ region.T))

    points = max(128, int(16 * math.pi * math.sqrt(n1 + n2)))
    angles = (np.arange(points) + 0.5) * (math.pi / 2 / points)
    heights = probability(angles)
    padded = np.concatenate([[-1.0], heights, [-1.0]])
    peaks = np.flatnonzero((heights >= padded[:-2]) & (heights >= padded[2:]))
    best = max((float(heights[i]), float(angles[i])) for i in peaks)
    for i in peaks[np.argsort(heights[peaks])[-5:]]:
        step = math.pi / 2 / points
        found = minimize_scalar(
            lambda angle: -float(probability(np.array([angle]))[0]),
            bounds=(max(angles[i] - step, 0.0), min(angles[i] + step, math.pi / 2)),
            method="bounded",
            options={"xatol": 1e-10},
        )
        best = max(best, (-float(found.fun), float(found.x)))
    return Supremum(min(1.0, best[0]), math.sin(best[1]) ** 2)


def _binomial(log_binomials: Grid, angle: Grid) -> Grid:
    """Return the binomial probabilities, one row an angle; the angles lie inside (0, π/2)."""
    n = len(log_binomials) - 1
    k = np.arange(n + 1)
    log_p, log_q = 2 * np.log(np.sin(angle))[:, None], 2 * np.log(np.cos(angle))[:, None]
    with np.errstate(under="ignore"):
        return np.asarray(np.exp(log_binomials + k * log_p + (n - k) * log_q))
