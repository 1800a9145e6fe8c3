"""The beta–binomial model: rates that vary between studies as a beta distribution, by maximum likelihood.

The mean is the mean rate over studies, not that of the median study, so it lies above the GLMM's value when
studies differ. Kuss 2015, doi 10.1002/sim.6383. Parameters are (logit of the mean, s) with s² = ρ / (1 − ρ),
ρ the intraclass correlation; the likelihood is even in s, so ρ = 0 is an ordinary point.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesize.estimate import Result
from synthesize.proportions.counts import Floats, Studies, as_batch
from synthesize.proportions.glmm import identifiable, log_choose, standard_errors
from synthesize.proportions.glmm_estimates import against_random_effects
from synthesize.proportions.newton import Surface, maximise
from synthesize.proportions.normal import chi2_quantile, expit, half_half_p
from synthesize.proportions.profile import profile_limit
from synthesize.proportions.rising import sum_rules

METHOD = "beta_binomial_profile"
STARTS = (0.03, 0.2, 1.0)
MEAN, SPREAD = 0, 1


class BetaBinomial:
    """Log-likelihoods of B data sets (B, k) in (logit of the mean, s), without binomial coefficients."""

    def __init__(self, x: Floats, n: Floats) -> None:
        self._parts = [(*sum_rules(m), kind) for m, kind in ((x, 0), (n - x, 1), (n, 2))]

    def __call__(self, theta: Floats, rows: NDArray[np.intp]) -> Surface:
        """Return value, gradient and Hessian at `theta` (R, 2)."""
        p = 1.0 / (1.0 + np.exp(-theta[:, MEAN]))[:, None, None]
        q = 1.0 / (1.0 + np.exp(theta[:, MEAN]))[:, None, None]
        s = theta[:, SPREAD][:, None, None]
        value, first, second = 0.0, np.zeros((2, len(rows))), np.zeros((3, len(rows)))
        for nodes, weights, kind in self._parts:
            j, w = nodes[rows], weights[rows]
            # log(a + j s²) with a = p, q = 1 − p, 1; the last enters with a minus
            a, sign = ((p, 1.0), (q, -1.0), (np.ones_like(p), 0.0))[kind]
            da, dda = sign * p * q, sign * p * q * (q - p)
            w = -w if kind == 2 else w
            inside = a + j * s * s
            inverse = w / inside
            slope_s = 2 * j * s
            value = value + (w * np.log(inside)).sum(axis=(1, 2))
            first[0] += (inverse * da).sum(axis=(1, 2))
            first[1] += (inverse * slope_s).sum(axis=(1, 2))
            second[0] += (inverse * (dda - da * da / inside)).sum(axis=(1, 2))
            second[1] -= (inverse * da * slope_s / inside).sum(axis=(1, 2))
            second[2] += (inverse * (2 * j - slope_s * slope_s / inside)).sum(axis=(1, 2))
        hessian = np.array([[second[0], second[1]], [second[1], second[2]]]).transpose(2, 0, 1)
        return Surface(np.asarray(value), first.T.copy(), hessian)


class BetaBinomialFits(NamedTuple):
    """Fits of B data sets: `theta` (B, 2), standard errors of it, log-likelihoods without constants."""

    theta: Floats
    se: Floats
    loglik: Floats
    converged: NDArray[np.bool_]

    @property
    def rho(self) -> Floats:
        """Intraclass correlation."""
        return correlation(self.theta[:, SPREAD])


def correlation(s: Floats) -> Floats:
    """Return ρ from s."""
    return np.asarray(s * s / (1.0 + s * s))


def fit_many(events: ArrayLike, totals: ArrayLike) -> BetaBinomialFits:
    """Fit B data sets (B, k), each of which must hold a study with some, not all, events (`ValueError`).

    Climbs from three spreads and from none; the highest top counts.
    """
    x, n = as_batch(events, totals)
    if not identifiable(x, n).all():
        raise ValueError("each data set needs a study with some, not all, of its patients having the event")
    likelihood = BetaBinomial(x, n)
    crude = np.log(x.sum(axis=1) / (n - x).sum(axis=1))
    # at s = 0 the crude logit is the exact maximum in the mean, and a stationary point in s
    theta = np.stack([crude, np.zeros(len(x))], axis=1)
    surface = likelihood(theta, np.arange(len(x)))
    converged = np.ones(len(x), dtype=bool)
    for spread in STARTS:
        found = maximise(likelihood, np.stack([crude, np.full(len(x), spread)], axis=1))
        better = found.surface.value > surface.value + 1e-9
        theta[better], converged[better] = found.theta[better], found.converged[better]
        for part, other in zip(surface, found.surface, strict=True):
            part[better] = other[better]
    theta[:, SPREAD] = np.abs(theta[:, SPREAD])
    hessian = surface.hessian.copy()
    # at the boundary the spread is not free: its curvature must not enter the standard error of the mean
    hessian[theta[:, SPREAD] == 0, SPREAD, SPREAD] = -1.0
    return BetaBinomialFits(theta, standard_errors(hessian), surface.value, converged)


def limits(x: Floats, n: Floats, fits: BetaBinomialFits, level: float, index: int, direction: int) -> Floats:
    """Return the profile limits (B,) of the logit mean (index 0) or of s (1); ±inf where there is none."""
    fall = chi2_quantile(level) / 2
    guess = fits.theta.copy()
    step = np.sqrt(2 * fall) * fits.se[:, MEAN]
    if index == SPREAD:
        step = 0.05 + fits.theta[:, SPREAD] if direction > 0 else 0.5 * fits.theta[:, SPREAD]
    guess[:, index] += direction * step
    found = profile_limit(BetaBinomial(x, n), fits.theta, fits.loglik, index, fall, direction, guess)
    return np.where(found.exists, found.theta[:, index], direction * np.inf)


def beta_binomial(data: Studies) -> Result:
    """Return `beta_binomial_profile`: the mean rate with its profile interval. From k = 3 studies."""
    reason = against_random_effects(data)
    if reason is not None:
        return data.refuse(METHOD, reason)
    x, n = data.x[None, :], data.n[None, :]
    fits = fit_many(x, n)
    if not fits.converged[0]:
        return data.refuse(METHOD, "the likelihood is too flat for Newton's method to settle on a maximum")
    lower, upper = (float(limits(x, n, fits, data.level, MEAN, side)[0]) for side in (-1, 1))
    without = BetaBinomial(x, n)(np.array([[np.log(x.sum() / (n - x).sum()), 0.0]]), np.array([0])).value
    lrt = max(0.0, 2.0 * float(fits.loglik[0] - without[0]))
    inside = lrt <= chi2_quantile(data.level)
    rho_lower = 0.0 if inside else float(correlation(limits(x, n, fits, data.level, SPREAD, -1))[0])
    spread_upper = limits(x, n, fits, data.level, SPREAD, 1)
    return data.estimate(
        METHOD, value=expit(float(fits.theta[0, MEAN])), lower=expit(lower), upper=expit(upper),
        loglik=float(fits.loglik[0] + log_choose(x, n)[0]),
        detail={
            "beta": float(fits.theta[0, MEAN]), "se": float(fits.se[0, MEAN]), "rho": float(fits.rho[0]),
            "rho_lower": rho_lower,
            "rho_upper": float(correlation(spread_upper)[0]) if np.isfinite(spread_upper[0]) else 1.0,
            "lrt": lrt, "lrt_p": half_half_p(lrt),
            "interval": "profile likelihood of the mean",
            "value_definition": "mean rate over studies",
        },
    )  # fmt: skip
