"""Risk difference p1 − p2 of two independent groups: Newcombe's and Miettinen–Nurminen's intervals.

Sources: Newcombe 1998, method 10 (doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I);
Miettinen and Nurminen 1985 (doi 10.1002/sim.4780040211).
"""

from __future__ import annotations

import math
from statistics import NormalDist

from synthesize.proportions.exact import wilson
from synthesize.tables2x2.table import TwoByTwo

BEYOND_ALL = 1e150  # a finite stand-in for an infinite statistic: root finders interpolate


def risk_difference(table: TwoByTwo) -> float:
    """Return a/n1 − c/n2, rounded once: both groups must have patients."""
    return (table.a * table.n2 - table.c * table.n1) / (table.n1 * table.n2)


def wilson_interval(events: int, total: int, level: float) -> tuple[float, float]:
    """Return Wilson's score interval for `events` out of `total`."""
    lower, upper = wilson(events, total, level)
    return float(lower[0]), float(upper[0])


def newcombe(table: TwoByTwo, level: float) -> tuple[float, float]:
    """Return Newcombe's hybrid score interval (no continuity correction)."""
    difference = risk_difference(table)
    p1, p2 = table.a / table.n1, table.c / table.n2
    low1, high1 = wilson_interval(table.a, table.n1, level)
    low2, high2 = wilson_interval(table.c, table.n2, level)
    return (
        max(-1.0, difference - math.hypot(p1 - low1, high2 - p2)),
        min(1.0, difference + math.hypot(high1 - p1, p2 - low2)),
    )


def miettinen_nurminen(table: TwoByTwo, level: float) -> tuple[float, float]:
    """Return the differences that the score test does not reject at 1 − `level` (variance × N / (N − 1))."""
    from scipy.optimize import brentq

    z = NormalDist().inv_cdf((1 + level) / 2)
    difference = risk_difference(table)

    def lower_gap(delta: float) -> float:
        return score_statistic(table, delta) - z

    def upper_gap(delta: float) -> float:
        return score_statistic(table, delta) + z

    edge = 1 - 1e-15  # the statistic grows without bound towards -1 and 1, where its variance is 0
    lower = -1.0 if difference == -1 else brentq(lower_gap, -edge, difference, xtol=1e-14)
    upper = 1.0 if difference == 1 else brentq(upper_gap, difference, edge, xtol=1e-14)
    return float(lower), float(upper)


def score_statistic(table: TwoByTwo, delta: float) -> float:
    """Return the score statistic of a true difference `delta` in (−1, 1): falls as `delta` rises."""
    p1, p2 = constrained_risks(table, delta)
    factor = table.patients / (table.patients - 1)
    variance = (p1 * (1 - p1) / table.n1 + p2 * (1 - p2) / table.n2) * factor
    gap = risk_difference(table) - delta
    if gap == 0:
        return 0.0
    return gap / math.sqrt(variance) if variance > 0 else math.copysign(BEYOND_ALL, gap)


def constrained_risks(table: TwoByTwo, delta: float) -> tuple[float, float]:
    """Return the maximum-likelihood risks (p1, p2) under p1 − p2 = `delta`.

    The score in p2 falls from end to end, so halving the interval finds its root to the last bit; the usual
    closed form (a cosine) loses half the digits where two roots of its cubic meet.
    """
    low, high = max(0.0, -delta), min(1.0, 1.0 - delta)
    while low < (middle := (low + high) / 2) < high and high - low > 1e-18:
        if _score(table, middle + delta, middle) > 0:
            low = middle
        else:
            high = middle
    return min(1.0, max(0.0, middle + delta)), middle


def _score(table: TwoByTwo, p1: float, p2: float) -> float:
    total = 0.0
    for events, patients, risk in ((table.a, table.n1, p1), (table.c, table.n2, p2)):
        if events:
            total += events / risk if risk > 0 else math.inf
        if events < patients:
            total -= (patients - events) / (1 - risk) if risk < 1 else math.inf
    return total
