"""Cox's partial likelihood of one covariate: (start, stop] rows, strata, Efron's ties, with derivatives.

Risk sets are whole-number counts per distinct covariate value, so that no sum over a risk set is taken as a
difference of large floating-point sums, and coefficients may be as large as separation asks for.
Sources: Cox 1972; Efron 1977 (doi 10.1080/01621459.1977.10480613); R's `survival::coxph`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RiskSets:
    """One row per event: how many of each covariate value were at risk.

    Tied events share a risk set; Efron takes the r-th of d to happen when r / d of each is gone. `covariate`
    holds the distinct values, `weights` (events × values) the counts, `event_sum` the sum of the covariate
    over the events.
    """

    covariate: Floats
    weights: Floats
    event_sum: float

    @property
    def informative(self) -> int:
        """Events that happened while at least two covariate values were at risk."""
        return int(((self.weights > 0).sum(axis=1) > 1).sum())


@dataclass(frozen=True)
class Moments:
    """Log partial likelihood at one coefficient, its first derivative, and the information with its slope."""

    loglik: float
    score: float
    information: float
    information_slope: float


def risk_sets(
    start: Floats, stop: Floats, event: NDArray[np.bool_], covariate: Floats, stratum: NDArray[np.intp]
) -> RiskSets:
    """Count the risk sets of all strata; a row is at risk at t when start < t ≤ stop."""
    values, codes = np.unique(covariate, return_inverse=True)
    blocks = [np.zeros((0, len(values)))]
    for which in np.unique(stratum):
        inside = stratum == which
        blocks.append(_stratum(start[inside], stop[inside], event[inside], codes[inside], len(values)))
    return RiskSets(values, np.concatenate(blocks), float(covariate[event].sum()))


def at_risk_counts(start: Floats, stop: Floats, codes: NDArray[np.intp], values: int, moments: Floats) -> Floats:
    """Count, per moment (first axis) and code, the rows with start < moment ≤ stop; starts lie before stops."""
    counts = np.empty((len(moments), values))
    for value in range(values):
        own = codes == value
        begun = np.searchsorted(np.sort(start[own]), moments, side="left")
        counts[:, value] = begun - np.searchsorted(np.sort(stop[own]), moments, side="left")
    return counts


def _stratum(start: Floats, stop: Floats, event: NDArray[np.bool_], codes: NDArray[np.intp], values: int) -> Floats:
    moments, place = np.unique(stop[event], return_inverse=True)
    at_risk = at_risk_counts(start, stop, codes, values, moments)
    deaths = np.zeros((len(moments), values))
    np.add.at(deaths, (place, codes[event]), 1.0)
    ties = deaths.sum(axis=1).astype(int)
    gone = np.concatenate([np.arange(d) / d for d in ties]) if len(ties) else np.zeros(0)
    return np.repeat(at_risk, ties, axis=0) - gone[:, None] * np.repeat(deaths, ties, axis=0)


def moments(sets: RiskSets, beta: float) -> Moments:
    """Return the log partial likelihood and its derivatives at coefficient `beta`.

    Moments are taken about the covariate that dominates each risk set: when one value holds nearly all the
    weight, the small information left is still exact to the last digits.
    """
    with np.errstate(divide="ignore", under="ignore"):
        exponent = np.log(sets.weights) + beta * sets.covariate
        top = exponent.argmax(axis=1)
        highest = exponent[np.arange(len(top)), top]
        share = np.exp(exponent - highest[:, None])
        total = share.sum(axis=1)
        share /= total[:, None]
        away = sets.covariate - sets.covariate[top][:, None]
        first, second, third = ((share * away**power).sum(axis=1) for power in (1, 2, 3))
    variance = second - first**2
    return Moments(
        beta * sets.event_sum - float((highest + np.log(total)).sum()),
        sets.event_sum - float((sets.covariate[top] + first).sum()),
        float(variance.sum()),
        float((third - 3 * first * second + 2 * first**3).sum()),
    )
