"""Firth's penalised logistic model of one two-by-two: a finite odds ratio under complete separation.

With one yes-or-no covariate the model is saturated, and Jeffreys' penalty ½ log det I is half an observation
in each of the four cells; the profile over the intercept is then a binomial likelihood of those cells.
Sources: Firth 1993 (doi 10.1093/biomet/80.1.27); Heinze and Schemper 2002 (doi 10.1002/sim.1047).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from synthesize.tables2x2.table import TwoByTwo


@dataclass(frozen=True)
class FirthFit:
    """Log odds ratio with its profile penalised interval and penalised likelihood-ratio p."""

    beta: float
    se: float
    lower: float
    upper: float
    p_value: float
    penalized_loglik: float


def fit(table: TwoByTwo, level: float) -> FirthFit:
    """Fit group 1 against group 2; both groups must have patients, any events will do.

    `se` is the Wald standard error from the information at the estimate, as in R's brglm2 and logistf; it is
    given for comparison and makes no interval.
    """
    from scipy.optimize import brentq
    from scipy.special import chdtri

    cells = table.a + 0.5, table.n1 - table.a + 0.5, table.c + 0.5, table.n2 - table.c + 0.5
    beta = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    highest = profile_loglik(table, beta)
    drop = float(chdtri(1, 1 - level)) / 2

    def gap(value: float) -> float:
        return profile_loglik(table, value) - highest + drop

    ends = []
    for side in (-1.0, 1.0):
        step = 1.0
        while gap(beta + side * step) > 0:  # the profile falls at least as fast as half the distance
            step *= 2
        ends.append(float(brentq(gap, beta, beta + side * step, xtol=1e-12, rtol=1e-14)))
    ratio = max(0.0, highest - profile_loglik(table, 0.0))
    return FirthFit(beta, _wald_se(table), ends[0], ends[1], math.erfc(math.sqrt(ratio)), highest)


def profile_loglik(table: TwoByTwo, beta: float) -> float:
    """Return the penalised log-likelihood at log odds ratio `beta`, maximised over the intercept.

    The constant of the penalty, ½ log(n1 n2), is included, so that it equals ``l + ½ log det I``.
    """
    from scipy.optimize import brentq

    n1, n2, events = table.n1 + 1, table.n2 + 1, table.events + 1

    def excess(intercept: float) -> float:
        return n1 * _expit(intercept + beta) + n2 * _expit(intercept) - events

    odds = math.log(events / (n1 + n2 - events))
    low, high = odds - max(beta, 0.0) - 1, odds - min(beta, 0.0) + 1
    intercept = brentq(excess, low, high, xtol=1e-13, rtol=1e-14)
    return (
        (table.a + 0.5) * _log_expit(intercept + beta)
        + (table.n1 - table.a + 0.5) * _log_expit(-intercept - beta)
        + (table.c + 0.5) * _log_expit(intercept)
        + (table.n2 - table.c + 0.5) * _log_expit(-intercept)
        + math.log(table.n1 * table.n2) / 2
    )


def _wald_se(table: TwoByTwo) -> float:
    variance = 0.0
    for events, patients in ((table.a, table.n1), (table.c, table.n2)):
        risk = (events + 0.5) / (patients + 1)
        variance += 1 / (patients * risk * (1 - risk))
    return math.sqrt(variance)


def _expit(x: float) -> float:
    return math.exp(_log_expit(x))


def _log_expit(x: float) -> float:
    return -math.log1p(math.exp(-x)) if x > 0 else x - math.log1p(math.exp(x))
