"""The between-study variance τ² of estimates with known variances, by eight estimators, and its Q-profile.

Each takes estimates y and variances v of shape (k,), k ≥ 2, v > 0, and returns τ² ≥ 0. Definitions are those
of metafor's `rma.uni` (Viechtbauer 2005, doi 10.3102/10769986030003261; Veroniki 2016, doi 10.1002/jrsm.1164).
The iterative ones are solved to rounding here, where metafor stops at a change of 1e-5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesize.proportions.counts import Floats


def weighted_mean(y: Floats, v: Floats, tau2: float) -> float:
    """Return the mean of `y` weighted by 1 / (v + τ²)."""
    weight = 1.0 / (v + tau2)
    return float(np.sum(weight * y) / np.sum(weight))


def generalised_q(y: Floats, v: Floats, tau2: float) -> float:
    """Return Σ (y − weighted mean)² / (v + τ²), which falls as τ² rises."""
    return float(np.sum((y - weighted_mean(y, v, tau2)) ** 2 / (v + tau2)))


def dersimonian_laird(y: Floats, v: Floats) -> float:
    """DL: moment estimator with the common-effect weights. doi 10.1016/0197-2456(86)90046-2."""
    weight = 1.0 / v
    spare = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, (generalised_q(y, v, 0.0) - len(y) + 1) / float(spare))


def hedges(y: Floats, v: Floats) -> float:
    """HE: variance of the estimates less their mean variance."""
    return max(0.0, float(np.var(y, ddof=1) - v.mean()))


def hunter_schmidt(y: Floats, v: Floats) -> float:
    """HS: (Q − k) over the sum of the weights."""
    return max(0.0, (generalised_q(y, v, 0.0) - len(y)) / float(np.sum(1.0 / v)))


def sidik_jonkman(y: Floats, v: Floats) -> float:
    """SJ: two steps from the variance of the estimates, positive unless they are equal. doi 10.1002/sim.2688."""
    first = float(np.var(y))
    return 0.0 if first == 0 else first * generalised_q(y, v, first) / (len(y) - 1)


def paule_mandel(y: Floats, v: Floats) -> float:
    """PM: where the generalised Q is k − 1. doi 10.6028/jres.087.022."""
    return _where_q_is(y, v, len(y) - 1.0)


def empirical_bayes(y: Floats, v: Floats) -> float:
    """EB: Morris' estimator, whose equation without moderators is that of Paule and Mandel."""
    return paule_mandel(y, v)


def maximum_likelihood(y: Floats, v: Floats) -> float:
    """ML: the highest top of the likelihood on τ² ≥ 0."""
    return _highest(y, v, restricted=False)


def restricted_maximum_likelihood(y: Floats, v: Floats) -> float:
    """REML: the highest top of the restricted likelihood on τ² ≥ 0."""
    return _highest(y, v, restricted=True)


ESTIMATORS: dict[str, Callable[[Floats, Floats], float]] = {
    "DL": dersimonian_laird,
    "HE": hedges,
    "HS": hunter_schmidt,
    "SJ": sidik_jonkman,
    "ML": maximum_likelihood,
    "REML": restricted_maximum_likelihood,
    "EB": empirical_bayes,
    "PM": paule_mandel,
}


def q_profile(y: Floats, v: Floats, level: float = 0.95) -> tuple[float, float]:
    """Return the Q-profile interval of τ²: where the generalised Q is the χ²(k − 1) quantile of either tail.

    Both ends are 0 where even τ² = 0 makes the estimates more alike than chance would. Viechtbauer 2007,
    doi 10.1002/sim.2514.
    """
    from scipy.special import chdtri

    tail = (1.0 - level) / 2.0
    return (
        _where_q_is(y, v, float(chdtri(len(y) - 1, tail))),
        _where_q_is(y, v, float(chdtri(len(y) - 1, 1.0 - tail))),
    )


def _where_q_is(y: Floats, v: Floats, target: float) -> float:
    from scipy.optimize import brentq

    if generalised_q(y, v, 0.0) <= target:
        return 0.0
    high = float(np.var(y)) + float(v.max())
    while generalised_q(y, v, high) > target:
        high *= 4.0
    return float(brentq(lambda tau2: generalised_q(y, v, tau2) - target, 0.0, high, xtol=1e-300, rtol=1e-14))


def log_likelihood(y: Floats, v: Floats, tau2: Floats, *, restricted: bool) -> Floats:
    """Return the (restricted) log-likelihood of τ² (m,), maximised over the mean, as metafor prints it."""
    weight = 1.0 / (v + tau2[:, None])
    total = weight.sum(axis=1)
    mean = (weight * y).sum(axis=1) / total
    q = (weight * (y - mean[:, None]) ** 2).sum(axis=1)
    value = 0.5 * np.log(weight).sum(axis=1) - 0.5 * q - 0.5 * len(y) * np.log(2 * np.pi)
    if restricted:
        value += 0.5 * (np.log(2 * np.pi) - np.log(total)) + 0.5 * np.log(len(y))
    return np.asarray(value)


def _score(y: Floats, v: Floats, tau2: float, *, restricted: bool) -> float:
    weight = 1.0 / (v + tau2)
    residual = y - weighted_mean(y, v, tau2)
    slope = np.sum(weight**2 * residual**2) - weight.sum()
    if restricted:
        slope += np.sum(weight**2) / weight.sum()
    return 0.5 * float(slope)


def _highest(y: Floats, v: Floats, *, restricted: bool) -> float:
    """Find the highest top on a grid from far below the variances to far above, then solve the score there."""
    from scipy.optimize import brentq

    scale = float(np.var(y, ddof=1)) + float(v.max())
    grid = np.concatenate([[0.0], scale * np.geomspace(1e-8, 4.0, 200)])
    values = log_likelihood(y, v, grid, restricted=restricted)
    place = int(np.argmax(values))
    low, high = grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]

    def score(tau2: float) -> float:
        return _score(y, v, tau2, restricted=restricted)

    if score(low) <= 0 or score(high) >= 0:
        return float(grid[place])
    return float(brentq(score, low, high, xtol=1e-300, rtol=1e-14))
