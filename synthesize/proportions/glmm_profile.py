"""Profile-likelihood intervals of the mean logit and of τ² in the random-intercept logistic model."""

from __future__ import annotations

import math

import numpy as np

from synthesize.proportions.counts import Floats
from synthesize.proportions.glmm import LADDER, TOLERANCE, Fits, Likelihood
from synthesize.proportions.normal import chi2_quantile, t_quantile
from synthesize.proportions.profile import profile_limit

BETA, TAU = 0, 1
ROUGH = 1e-6


def t_threshold(level: float, k: int) -> float:
    """Return k·log(1 + t² / (k − 1)), t Student's quantile on k − 1 degrees of freedom, to hold the ratio against.

    Were the logits of the k studies known exactly, theirs would be a normal sample of unknown mean and variance, and
    that function of t is twice its log-likelihood ratio, exactly. χ²(1) is its limit for many studies and too small
    for few: 3.84 against 6.98 at k = 3, 4.87 at k = 6. docs/validation.md shows the coverage of both.
    """
    return k * math.log1p(t_quantile(level, k - 1) ** 2 / (k - 1))


def mean_limits(x: Floats, n: Floats, fits: Fits, threshold: float) -> tuple[Floats, Floats]:
    """Return the mean logits (B,) where twice the log-likelihood ratio is `threshold`; ±inf where it never is.

    `x` and `n` are (B, k), every data set estimable.
    """
    count = len(x)
    both = np.tile(np.arange(count), 2)  # the two sides as two data sets: half the calls on small arrays
    limits = _limit(x[both], n[both], fits.take(both), threshold / 2, BETA, np.repeat([-1.0, 1.0], count))
    return limits[:count], limits[count:]


def tau_limits(x: Floats, n: Floats, fits: Fits, level: float) -> tuple[Floats, Floats]:
    """Return the profile limits (B,) of τ; the lower one is 0 where the model without spread is inside."""
    lower, fall = np.zeros(len(x)), chi2_quantile(level) / 2
    inside = fits.loglik - fits.loglik_common > fall
    if inside.any():
        at = np.flatnonzero(inside)
        lower[at] = _limit(x[at], n[at], fits.take(at), fall, TAU, np.full(len(at), -1.0))
    return lower, _limit(x, n, fits, fall, TAU, np.ones(len(x)))


def _limit(x: Floats, n: Floats, fits: Fits, fall: float, index: int, direction: Floats) -> Floats:
    """Find where the profile has fallen by `fall` in `direction` (B,), with more nodes where the spread is large."""
    if index == BETA:
        step = np.sqrt(2 * fall) * fits.se
    else:
        step = np.where(direction > 0, 0.5 + fits.theta[:, TAU], 0.5 * fits.theta[:, TAU])
    guess = fits.theta.copy()
    guess[:, index] += direction * step
    limit = np.empty(len(x))
    rows = np.arange(len(x))
    for nodes in LADDER[1:]:
        likelihood = Likelihood(x[rows], n[rows], nodes=nodes)
        if nodes < LADDER[-1] and likelihood.error(guess[rows], np.arange(len(rows))).max() > ROUGH:
            continue  # too rough even to begin: the search would chase the error
        top = (fits.loglik - fits.constant)[rows]
        found = profile_limit(likelihood, fits.theta[rows], top, index, fall, direction[rows], guess[rows])
        guess[rows] = found.theta
        limit[rows] = np.where(found.exists, found.theta[:, index], direction[rows] * np.inf)
        error = likelihood.error(found.theta, np.arange(len(rows)))
        rows = rows[found.exists & (error > TOLERANCE)]
        if not len(rows):
            break
    return limit
