"""Profile-likelihood intervals of the mean logit and of τ² in the random-intercept logistic model."""

from __future__ import annotations

import numpy as np

from synthesize.proportions.counts import Floats
from synthesize.proportions.glmm import LADDER, TOLERANCE, Fits, Likelihood
from synthesize.proportions.normal import chi2_quantile
from synthesize.proportions.profile import profile_limit

BETA, TAU = 0, 1
ROUGH = 1e-6


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
    """Find the limit, with more nodes for those data sets where it lies at a large spread."""
    fall = chi2_quantile(level) / 2
    if index == BETA:
        step = np.sqrt(2 * fall) * fits.se
    else:
        step = 0.5 + fits.theta[:, TAU] if direction > 0 else 0.5 * fits.theta[:, TAU]
    guess = fits.theta.copy()
    guess[:, index] += direction * step
    limit = np.empty(len(x))
    rows = np.arange(len(x))
    for nodes in LADDER[1:]:
        likelihood = Likelihood(x[rows], n[rows], nodes=nodes)
        if nodes < LADDER[-1] and likelihood.error(guess[rows], np.arange(len(rows))).max() > ROUGH:
            continue  # too rough even to begin: the search would chase the error
        top = (fits.loglik - fits.constant)[rows]
        found = profile_limit(likelihood, fits.theta[rows], top, index, fall, direction, guess[rows])
        guess[rows] = found.theta
        limit[rows] = np.where(found.exists, found.theta[:, index], direction * np.inf)
        error = likelihood.error(found.theta, np.arange(len(rows)))
        rows = rows[found.exists & (error > TOLERANCE)]
        if not len(rows):
            break
    return limit
