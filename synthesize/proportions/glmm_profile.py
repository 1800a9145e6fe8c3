"""Profile-likelihood intervals of the mean logit and of τ² in the random-intercept logistic model."""

from __future__ import annotations

import numpy as np

from synthesize.proportions.counts import Floats
from synthesize.proportions.glmm import LADDER, TOLERANCE, Fits, Likelihood
from synthesize.proportions.normal import chi2_quantile
from synthesize.proportions.profile import profile_limit

BETA, TAU = 0, 1


def mean_limits(x: Floats, n: Floats, fits: Fits, level: float) -> tuple[Floats, Floats]:
    """Return the profile limits (B,) of the mean logit; ±inf where the profile never falls far enough.

    `x` and `n` are (B, k), every data set estimable.
    """
    return _limit(x, n, fits, level, BETA, -1), _limit(x, n, fits, level, BETA, +1)


def tau_limits(x: Floats, n: Floats, fits: Fits, level: float) -> tuple[Floats, Floats]:
    """Return the profile limits (B,) of τ; the lower one is 0 where the model without spread is inside."""
    lower = np.zeros(len(x))
    inside = fits.loglik - fits.loglik_common > chi2_quantile(level) / 2
    if inside.any():
        at = np.flatnonzero(inside)
        lower[at] = _limit(x[at], n[at], fits.take(at), level, TAU, -1)
    return lower, _limit(x, n, fits, level, TAU, +1)


def _limit(x: Floats, n: Floats, fits: Fits, level: float, index: int, direction: int) -> Floats:
    """Find the limit, with more nodes for those data sets where the limit lies at a large spread."""
    fall = chi2_quantile(level) / 2
    limit = np.empty(len(x))
    rows = np.arange(len(x))
    scale = np.sqrt(2 * fall) * fits.se if index == BETA else 0.5 + fits.theta[:, TAU]
    if index == TAU and direction < 0:
        scale = 0.5 * fits.theta[:, TAU]
    for nodes in LADDER:
        likelihood = Likelihood(x[rows], n[rows], nodes=nodes)
        found = profile_limit(
            likelihood, fits.theta[rows], (fits.loglik - fits.constant)[rows], index, fall, direction, scale[rows]
        )
        limit[rows] = np.where(found.exists, found.theta[:, index], direction * np.inf)
        error = likelihood.error(found.theta, np.arange(len(rows)))
        rows = rows[found.exists & (error > TOLERANCE)]
        if not len(rows):
            break
    return limit
