"""Cox model with Firth's penalty: a finite hazard ratio where one group has no event, or nearly none.

The log partial likelihood is penalised by half the logarithm of its information. The interval is the
profile penalised likelihood's and p the penalised likelihood ratio's, never Wald's: with few events the
likelihood is far from a parabola. Sources: Heinze and Schemper 2001 (doi 10.1111/j.0006-341X.2001.00114.x);
R's coxphf, which has neither strata nor Efron's ties.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.errors import Problems
from synthesize.estimate import Estimate, NotEstimable, Result, check_level
from synthesize.survival.partial_likelihood import RiskSets, moments, risk_sets
from synthesize.tables2x2.discrete import bounded_p
from synthesize.tables2x2.table import finite, safe_exp

METHOD = "cox_firth"
MOST_CELLS = 5_000_000
GRID = 41
FLOOR = -1e6  # stands for minus infinity, where the information is 0 in floating point


@dataclass(frozen=True)
class Profile:
    """The maximum of the penalised likelihood with the interval and the test read off it."""

    beta: float
    se: float
    lower: float
    upper: float
    chi2: float
    penalized_loglik: float
    maxima: int


def fit(
    start: ArrayLike,
    stop: ArrayLike,
    event: ArrayLike,
    covariate: ArrayLike,
    *,
    strata: Sequence[Any] | NDArray[Any] | None = None,
    level: float = 0.95,
    question: str = "recurrence",
    subset: str = "all",
) -> list[Result]:
    """Return the hazard ratio for one unit of `covariate` (on against off the drug), `cox_firth`.

    Rows are (start, stop] in months, one or more a patient; `event` happens at `stop`. Baselines differ
    between `strata`; ties are Efron's. A row without length and event is left out. `NotEstimable` when no
    event happens while two covariate values are at risk. Raises `InvalidInput` for rows that are impossible.
    """
    check_level(level)
    begins, ends, events, values, codes = _rows(start, stop, event, covariate, strata)
    if reason := _no_fit(events, values):
        return [NotEstimable(question, METHOD, reason, subset)]
    # on the scale of its range, one step of the coefficient means the same for any unit
    spread = float(np.ptp(values))
    sets = risk_sets(begins, ends, events, (values - values.min()) / spread, codes)
    if not sets.informative:
        reason = "no event happens while two covariate values are at risk"
        return [NotEstimable(question, METHOD, reason, subset)]
    return [_estimate(profile(sets, level), sets, spread, level, question, subset)]


def _no_fit(event: NDArray[np.bool_], covariate: NDArray[np.float64]) -> str | None:
    values = len(np.unique(covariate))
    if not event.any():
        return "no event in any group"
    if values < 2:
        return "all rows have the same covariate: nothing to compare"
    if int(event.sum()) * values > MOST_CELLS:
        return f"more than {MOST_CELLS:,} events × covariate values; group the covariate"
    return None


def _estimate(found: Profile, sets: RiskSets, spread: float, level: float, question: str, subset: str) -> Estimate:
    beta, lower, upper = (number / spread for number in (found.beta, found.lower, found.upper))
    numbers, unbounded = finite(value=safe_exp(beta), lower=safe_exp(lower), upper=safe_exp(upper))
    notes = ("the penalised likelihood has more than one maximum; the highest is given",)
    return Estimate(
        question, METHOD, value=numbers["value"], lower=numbers["lower"], upper=numbers["upper"], level=level,
        n_events=len(sets.weights), loglik=found.penalized_loglik + math.log(spread), subset=subset,
        p_value=bounded_p(math.erfc(math.sqrt(found.chi2 / 2))), notes=notes if found.maxima > 1 else (),
        detail={
            "beta": beta, "se": found.se / spread, "beta_lower": lower, "beta_upper": upper,
            "chi2": found.chi2, "informative_events": sets.informative, **unbounded,
        },
    )  # fmt: skip


def penalized(sets: RiskSets, beta: float) -> float:
    """Return the log partial likelihood plus ½ log information (covariate as it stands in `sets`)."""
    at = moments(sets, beta)
    return at.loglik + math.log(at.information) / 2 if at.information > 0 else FLOOR


def profile(sets: RiskSets, level: float) -> Profile:
    """Maximise the penalised likelihood, and find where it has fallen by half the chi-square quantile.

    It falls without bound on both sides, so the interval is always finite; a grid first makes sure that the
    highest of its maxima is taken.
    """
    from scipy.optimize import brentq
    from scipy.special import chdtri

    drop = float(chdtri(1, 1 - level)) / 2
    beta, maxima = _maximum(sets)
    highest = penalized(sets, beta)
    se = 1 / math.sqrt(moments(sets, beta).information)

    def gap(value: float) -> float:
        return max(penalized(sets, value) - highest + drop, FLOOR)

    ends = []
    for side in (-1.0, 1.0):
        step = se
        while gap(beta + side * step) > 0:
            step *= 1.5
        ends.append(float(brentq(gap, beta, beta + side * step, xtol=1e-12, rtol=1e-14)))
    chi2 = max(0.0, 2 * (highest - penalized(sets, 0.0)))
    return Profile(beta, se, ends[0], ends[1], chi2, highest, maxima)


def _maximum(sets: RiskSets) -> tuple[float, int]:
    """Return the coefficient at the highest maximum and how many maxima a grid sees."""
    from scipy.optimize import brentq

    reach = 4.0
    while any(_slope(sets, side * reach) * side > 0 for side in (-1.0, 1.0)):
        reach *= 2
    grid = np.linspace(-reach, reach, GRID)
    slopes = np.array([_slope(sets, beta) for beta in grid])
    turns = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    candidates = [
        float(brentq(lambda beta: _slope(sets, beta), grid[i], grid[i + 1], xtol=1e-13, rtol=1e-14)) for i in turns
    ]
    return max(candidates, key=lambda beta: penalized(sets, beta)), len(candidates)


def _slope(sets: RiskSets, beta: float) -> float:
    at = moments(sets, beta)
    if at.information <= 0:
        return -math.copysign(1.0, beta)
    return at.score + at.information_slope / (2 * at.information)


def _rows(
    start: ArrayLike,
    stop: ArrayLike,
    event: ArrayLike,
    covariate: ArrayLike,
    strata: Sequence[Any] | NDArray[Any] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64], NDArray[np.intp]]:
    begins, ends, values = (np.asarray(column, dtype=float) for column in (start, stop, covariate))
    events = np.asarray(event)
    labels = np.zeros(ends.shape, dtype=int) if strata is None else np.asarray(strata)
    problems = Problems()
    if ends.ndim != 1 or any(column.shape != ends.shape for column in (begins, events, values, labels)):
        problems.add("start, stop, event, covariate and strata must be lists of one length")
        problems.raise_if_any()
    if not np.isin(events, (0, 1)).all():
        problems.add("event must be 0 or 1 (false or true)", found=sorted({str(e) for e in events}))
    for row in np.flatnonzero(~(np.isfinite(begins) & np.isfinite(ends) & np.isfinite(values))):
        found = f"({begins[row]}, {ends[row]}], covariate {values[row]}"
        problems.add(f"row at index {row}: not a number", found=found)
    for row in np.flatnonzero((ends < begins) | ((ends == begins) & (events == 1))):
        problems.add(f"row at index {row}: no follow-up to have an event in", found=f"({begins[row]}, {ends[row]}]")
    problems.raise_if_any()
    counted = ends > begins
    codes = np.unique(labels[counted], return_inverse=True)[1]
    return begins[counted], ends[counted], events.astype(bool)[counted], values[counted], codes
