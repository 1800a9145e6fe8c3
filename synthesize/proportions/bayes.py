"""The Bayesian twin of the primary model: same likelihood, by deterministic quadrature, no sampling and no seed.

mu ~ N(mean, sd²) on the logit, tau ~ half-normal(scale) (Röver et al. 2021, doi 10.1002/jrsm.1475). Given tau the
posterior of mu is log-concave, so its top is found by Newton's rule and a grid laid around it; tau is integrated by
Gauss–Legendre on the part of the half-line that holds the posterior.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesize.estimate import Result
from synthesize.proportions.counts import Floats, Studies
from synthesize.proportions.quadrature import study_terms

NODES = 25
TAU_NODES = 32
MU_POINTS = 121
FINE = 4001
DROP = 32.0  # e^-32 of the top is below rounding
CHUNK = 4_000_000  # grid points × studies × nodes at a time, to bound memory


@dataclass(frozen=True)
class Prior:
    """mu ~ N(`mean`, `sd`²) on the logit scale, tau ~ half-normal(`scale`)."""

    mean: float
    sd: float
    scale: float

    def words(self) -> str:
        """Return the prior as a reader writes it."""
        return f"μ ~ N({self.mean:g}, {self.sd:g}²), τ ~ half-normal({self.scale:g})"


PRIORS = {
    f"glmm_bayes_{name}_{spread}": Prior(mean, sd, scale)
    for name, mean, sd in (("nm4", -4.0, 2.0), ("n25", 0.0, 2.5), ("n10", 0.0, 10.0))
    for spread, scale in (("hn1", 1.0), ("hn05", 0.5))
}
"""Method identifiers: nm4 is N(−4, 2²), n25 is N(0, 2.5²), n10 is N(0, 10²); hn1 and hn05 the half-normals."""
VAGUE = "n10"


class Posterior(NamedTuple):
    """Given each tau (J,) with its share (J,), the density of mu on a common uniform grid: (J, M) and (M,)."""

    tau: Floats
    share: Floats
    mu: Floats
    density: Floats


def bayes(data: Studies, method: str) -> Result:
    """Return the posterior median of the median study's rate, its interval, and the predictive of a new study.

    From k = 2 studies. A very wide prior on mu is refused where no study, or every patient, has the event: its
    limit would fall below the exact one.
    """
    prior = PRIORS[method]
    if data.k < 2:
        return data.refuse(method, "one study: its exact interval is the answer" if data.k else "there is no study")
    if VAGUE in method and (not data.x.any() or (data.x == data.n).all()):
        return data.refuse(method, "no contrast in the data: with so wide a prior the limit falls below the exact one")
    posterior = posterior_of(data.x, data.n, prior)
    tail = 0.5 * (1.0 - data.level)
    shares = np.array([0.5, tail, 1.0 - tail])
    value, lower, upper = (float(rate) for rate in _expit(_mu_quantiles(posterior, shares)))
    new = _expit(_predictive_quantiles(posterior, shares[1:]))
    tau = _tau_quantiles(posterior, shares)
    return data.estimate(
        method, value=value, lower=lower, upper=upper, prediction_lower=float(new[0]), prediction_upper=float(new[1]),
        detail={
            "prior": prior.words(), "interval": "equal-tailed posterior",
            "value_definition": "posterior median of the rate of the median study",
            "tau_median": float(tau[0]), "tau_lower": float(tau[1]), "tau_upper": float(tau[2]),
        },
    )  # fmt: skip


def posterior_of(x: Floats, n: Floats, prior: Prior) -> Posterior:
    """Return the joint posterior of mu and tau for counts `x` of `n`, shape (k,)."""
    low, high = _tau_range(x, n, prior)
    points, weights = np.polynomial.legendre.leggauss(TAU_NODES)
    tau = low + 0.5 * (high - low) * (points + 1.0)
    mode, width = _modes(x, n, tau, prior)
    reach = _reach(x, n, tau, mode, width, prior)
    steps = np.linspace(-1.0, 1.0, MU_POINTS)
    mu = mode[:, None] + np.where(steps < 0, -steps * -reach[0][:, None], steps * reach[1][:, None])
    height = _log_posterior(x, n, mu, tau, prior)
    fine, log_density = _on_common_grid(mu, height)
    peak = log_density.max()
    density = np.exp(log_density - peak)
    mass = weights * density.sum(axis=1)
    return Posterior(tau, mass / mass.sum(), fine, density / density.sum(axis=1, keepdims=True))


def _log_posterior(x: Floats, n: Floats, mu: Floats, tau: Floats, prior: Prior) -> Floats:
    """Return the log of likelihood times prior at `mu` (J, M) given each `tau` (J,)."""
    rows, points = mu.shape
    flat, spread = mu.reshape(-1), np.repeat(tau, points)
    size = max(1, CHUNK // (len(x) * NODES))
    parts = [
        _likelihood(x, n, flat[at : at + size], spread[at : at + size]).sum(axis=1) for at in range(0, len(flat), size)
    ]
    loglik = np.concatenate(parts).reshape(rows, points)
    return np.asarray(loglik - 0.5 * ((mu - prior.mean) / prior.sd) ** 2 - 0.5 * (tau[:, None] / prior.scale) ** 2)


def _likelihood(x: Floats, n: Floats, mu: Floats, tau: Floats) -> Floats:
    shape = (len(mu), len(x))
    return study_terms(
        np.broadcast_to(x, shape), np.broadcast_to(n, shape), np.broadcast_to(mu[:, None], shape), tau[:, None], NODES
    ).loglik


def _modes(x: Floats, n: Floats, tau: Floats, prior: Prior) -> tuple[Floats, Floats]:
    """Return the top of the posterior of mu given each tau, and the width that its curvature suggests."""
    shape = (len(tau), len(x))
    counts, totals = np.broadcast_to(x, shape), np.broadcast_to(n, shape)
    start = float(np.log((x.sum() + 0.5) / (n.sum() - x.sum() + 0.5)))
    mu = np.full(len(tau), 0.5 * (start + prior.mean) if not x.any() else start)
    for _ in range(100):
        terms = study_terms(counts, totals, np.broadcast_to(mu[:, None], shape), tau[:, None], NODES)
        slope = terms.d_mean.sum(axis=1) - (mu - prior.mean) / prior.sd**2
        curvature = np.minimum(terms.d_mean2.sum(axis=1), 0.0) - 1.0 / prior.sd**2
        step = np.clip(-slope / curvature, -2.0, 2.0)
        mu = mu + step
        if np.all(np.abs(step) < 1e-6):
            break
    return mu, 1.0 / np.sqrt(-curvature)


def _reach(x: Floats, n: Floats, tau: Floats, mode: Floats, width: Floats, prior: Prior) -> tuple[Floats, Floats]:
    """Return how far below and above each top the density has fallen by `DROP`."""
    top = _log_posterior(x, n, mode[:, None], tau, prior)[:, 0]
    sides = []
    for sign in (-1.0, 1.0):
        away = 7.0 * width
        for _ in range(60):
            low = top - _log_posterior(x, n, (mode + sign * away)[:, None], tau, prior)[:, 0] < DROP
            if not low.any():
                break
            away = np.where(low, 1.4 * away, away)
        sides.append(away)
    return sides[0], sides[1]


def _tau_range(x: Floats, n: Floats, prior: Prior) -> tuple[float, float]:
    """Return the part of the half-line outside which the posterior of tau is below rounding (Laplace in mu)."""
    low, high = 0.0, 8.0 * prior.scale
    for _ in range(4):
        tau = np.linspace(low, high, 25)
        mode, width = _modes(x, n, tau, prior)
        height = _log_posterior(x, n, mode[:, None], tau, prior)[:, 0] + np.log(width)
        held = np.flatnonzero(height > height.max() - DROP)
        step = tau[1] - tau[0]
        low, high = max(0.0, float(tau[held[0]] - step)), float(tau[held[-1]] + step)
        if len(held) > 8:
            break
    return low, high


def _on_common_grid(mu: Floats, height: Floats) -> tuple[Floats, Floats]:
    """Return one uniform grid and the log-density given each tau on it; nothing outside a tau's own grid."""
    from scipy.interpolate import CubicSpline

    fine = np.linspace(mu.min(), mu.max(), FINE)
    out = np.full((len(mu), FINE), -np.inf)
    for row, (grid, values) in enumerate(zip(mu, height, strict=True)):
        inside = (fine >= grid[0]) & (fine <= grid[-1])
        out[row, inside] = CubicSpline(grid, values)(fine[inside])
    return fine, out


def _mu_quantiles(posterior: Posterior, shares: Floats) -> Floats:
    density = posterior.share @ posterior.density
    return _quantiles(posterior.mu, density, shares)


def _quantiles(grid: Floats, density: Floats, shares: Floats) -> Floats:
    """Return quantiles of a smooth density on a uniform grid, by the integral of its cubic spline."""
    from scipy.interpolate import CubicSpline

    cumulative = CubicSpline(grid, density).antiderivative()
    total = float(cumulative(grid[-1]))
    values = np.maximum.accumulate(cumulative(grid))
    found = []
    for share in shares:
        place = int(np.clip(np.searchsorted(values, share * total), 1, len(grid) - 1))
        low, high = grid[place - 1], grid[place]
        for _ in range(50):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if cumulative(middle) < share * total else (low, middle)
        found.append(0.5 * (low + high))
    return np.array(found)


def _predictive_quantiles(posterior: Posterior, shares: Floats) -> Floats:
    """Return quantiles of the logit of a new study's rate: mu + tau·z, over mu and tau."""
    from scipy.special import ndtr

    thin = posterior.density[:, ::4]
    weight = posterior.share[:, None] * thin / thin.sum(axis=1, keepdims=True)
    held = weight > 1e-18
    mu = np.broadcast_to(posterior.mu[::4], weight.shape)[held]
    tau = np.broadcast_to(posterior.tau[:, None], weight.shape)[held]
    weight = weight[held]
    low = np.full(len(shares), mu.min() - 10.0 * tau.max())
    high = np.full(len(shares), mu.max() + 10.0 * tau.max())
    for _ in range(40):
        middle = 0.5 * (low + high)
        below = np.array([weight @ ndtr((at - mu) / tau) for at in middle]) < shares
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(0.5 * (low + high))


def _tau_quantiles(posterior: Posterior, shares: Floats) -> Floats:
    """Return quantiles of tau from its shares at the Gauss–Legendre nodes, by a spline through the log density."""
    from scipy.interpolate import CubicSpline

    points, weights = np.polynomial.legendre.leggauss(TAU_NODES)
    tau = posterior.tau
    half = (tau[-1] - tau[0]) / (points[-1] - points[0])
    low, high = max(0.0, tau[0] - half * (points[0] + 1.0)), tau[-1] + half * (1.0 - points[-1])
    log_density = np.log(np.maximum(posterior.share / weights, 1e-300))
    grid = np.linspace(low, high, 2001)
    return _quantiles(grid, np.exp(CubicSpline(tau, log_density)(grid)), shares)


def _expit(logit: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))
