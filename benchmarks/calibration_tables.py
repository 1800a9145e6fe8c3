"""Coverage of every interval of a two-by-two table, exactly: the sum over all tables, without simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from benchmarks.calibration_tally import OUTCOMES, Cell, Floats, Row, significant
from synthesize.tables2x2 import TwoByTwo, exact, firth_logistic, risk_difference

LEVEL = 0.95
CELLS: tuple[Cell, ...] = tuple(
    {"group_1": n1, "group_2": n2, "risk_2": risk, "odds_ratio": ratio}
    for n1, n2 in ((5, 5), (10, 10), (20, 10), (30, 30))
    for risk in (0.5, 0.2)
    for ratio in (1.0, 0.3)
)
REFUSED = (math.nan, math.nan)
Interval = tuple[float, float]


def _firth(table: TwoByTwo) -> Interval:
    fit = firth_logistic.fit(table, LEVEL)
    return math.exp(fit.lower), math.exp(fit.upper)


def _conditional(table: TwoByTwo, *, mid_p: bool = False) -> Interval:
    if exact.is_fixed([table]):
        return REFUSED
    limits = exact.conditional_limits([table], LEVEL, mid_p=mid_p)
    return limits.lower, limits.upper


METHODS: dict[str, Callable[[TwoByTwo], Interval]] = {
    "firth_logistic": _firth,
    "conditional_or": _conditional,
    "fisher_midp": lambda table: _conditional(table, mid_p=True),
    "risk_difference_newcombe": lambda table: risk_difference.newcombe(table, LEVEL),
    "risk_difference_mn": lambda table: risk_difference.miettinen_nurminen(table, LEVEL),
}


def enumerate_tables(cell: Cell, _: int) -> list[Row]:
    """Return one row a method, weighted by the probability of every table; widths of odds ratios are quotients."""
    n1, n2, risk2 = cell["group_1"], cell["group_2"], cell["risk_2"]
    odds = cell["odds_ratio"] * risk2 / (1 - risk2)
    risk1 = odds / (1 + odds)
    weight = np.outer(_binomial(n1, risk1), _binomial(n2, risk2))
    rows = []
    for name in METHODS:
        difference = name.startswith("risk_difference")
        truth = risk1 - risk2 if difference else cell["odds_ratio"]
        found = "risk difference" if difference else "odds ratio"
        rows.append({"method": name, "truth": found, **_weighted(limits(name, n1, n2), weight, truth, difference)})
    return rows


@cache
def limits(method: str, n1: int, n2: int) -> Floats:
    """Return the limits of all tables, shape (n1 + 1, n2 + 1, 2)."""
    tables = [[TwoByTwo(a, n1, c, n2) for c in range(n2 + 1)] for a in range(n1 + 1)]
    return np.array([[METHODS[method](table) for table in row] for row in tables])


def _weighted(ends: Floats, weight: Floats, truth: float, difference: bool) -> Row:
    low, high = ends[..., 0], ends[..., 1]
    answered = ~np.isnan(low)
    low, high, weight = low[answered], high[answered], weight[answered]
    share = float(weight.sum())
    # a limit that equals the truth but for rounding holds it
    slack = 1e-9 * max(1.0, abs(truth))
    below, above = (float(weight[miss].sum()) / share for miss in (truth < low - slack, truth > high + slack))
    with np.errstate(divide="ignore"):
        width = high - low if difference else high / low
    order = np.argsort(width)
    middle = int(np.searchsorted(np.cumsum(weight[order]), share / 2))
    rounded = (round(number, 5) for number in (max(0.0, 1 - share), 1 - below - above, below, above))
    numbers = (ends.shape[0] * ends.shape[1], *rounded, significant(float(width[order][middle])))
    return dict(zip(OUTCOMES, numbers, strict=True))


def _binomial(n: int, risk: float) -> Floats:
    return np.array([math.comb(n, x) * risk**x * (1 - risk) ** (n - x) for x in range(n + 1)])
