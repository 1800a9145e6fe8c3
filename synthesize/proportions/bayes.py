"""The Bayesian twin of the random-intercept model, by deterministic quadrature: no sampling, no seed.

μ ~ N(m, s²) on the logit, τ ~ half-normal(scale), the likelihood of `glmm`. Friede 2017, doi
10.1002/jrsm.1217; Röver 2021, doi 10.1002/jrsm.1475. The posterior is log-concave in μ given τ, and even in τ
with singularities at ±i times the studies' standard errors; with τ = c·sinh(t), c the smallest of them, these
move to ±iπ/2 and power-law tails get short. Trapezoid rules in μ and t, on ranges found first, converge
geometrically.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthesize.proportions.counts import Floats
from synthesize.proportions.glmm import LADDER, WORK, Likelihood
from synthesize.proportions.newton import Surface, maximise
from synthesize.proportions.sinc import cumulative, roughness

DROP = 27.0
"""Log-density below the top at which the posterior is cut off."""
SMOOTH_MU, SMOOTH_T = 1e-7, 1e-4
"""Largest disagreement of even and odd nodes: in μ the error of a probability, in t its square root."""
CUT_OFF = 1e-9
"""Largest mass at the ends of the nodes."""
ACCURATE = 1e-6
"""Largest posterior mean error of the log-likelihood."""
SCAN = 16
MEAN_ONLY = np.array([True, False])


@dataclass(frozen=True)
class Prior:
    """μ ~ N(mean, sd²) on the logit, τ ~ half-normal(scale)."""

    mean: float
    sd: float
    scale: float

    def log_density(self, mu: Floats, tau: Floats) -> Floats:
        """Return the log prior density, both parts with their constants."""
        constant = -np.log(2 * np.pi * self.sd) - np.log(self.scale) + np.log(2.0)
        return np.asarray(constant - 0.5 * ((mu - self.mean) / self.sd) ** 2 - 0.5 * (tau / self.scale) ** 2)


@dataclass(frozen=True)
class Posterior:
    """The joint posterior on nodes: for each of m values of τ (m,), M values of μ (m, M) and their mass.

    τ = `unit`·sinh(t) with t (m,) in equal steps. `mass` sums to 1; `log_evidence` is the log marginal
    likelihood without binomial coefficients.
    """

    t: Floats
    unit: float
    mu: Floats
    mu_step: Floats
    mass: Floats
    log_evidence: float

    @property
    def tau(self) -> Floats:
        """The values of τ, shape (m,)."""
        return self.unit * np.sinh(self.t)

    def mean_quantile(self, probability: float) -> float:
        """Return the posterior quantile of μ."""
        return _root(lambda at: self._mean_cdf(at) - probability, float(self.mu.min()), float(self.mu.max()))

    def new_study_quantile(self, probability: float) -> float:
        """Return the quantile of the logit of a new study, μ + τz."""
        reach = 8.0 * float(self.tau.max())
        low, high = float(self.mu.min()) - reach, float(self.mu.max()) + reach
        return _root(lambda at: self._new_study_cdf(at) - probability, low, high)

    def tau_quantile(self, probability: float) -> float:
        """Return the posterior quantile of τ."""
        t, mass, step = self.t, self.mass.sum(axis=1), np.array(self.t[1] - self.t[0])
        if t[0] == 0:
            mass, probability = _even(mass, t) / 2.0, 0.5 + probability / 2.0
            t = np.concatenate([-t[:0:-1], t])
        place = _root(lambda at: float(cumulative(np.array(at), t, step, mass)) - probability,
                      max(float(t[0]), 0.0), float(t[-1]))  # fmt: skip
        return float(self.unit * np.sinh(place))

    def roughness(self) -> tuple[float, float]:
        """Return how much even and odd nodes disagree, in t and in μ."""
        in_t = float(roughness(_even(self.mass.sum(axis=1), self.t)))
        return in_t, float(roughness(self.mass).sum())

    def reweighted(self, old: Prior, new: Prior) -> Posterior | None:
        """Return the posterior under another prior on the same nodes, or None where they do not suit it."""
        ratio = new.log_density(self.mu, self.tau[:, None]) - old.log_density(self.mu, self.tau[:, None])
        top = float(ratio.max())
        mass = self.mass * np.exp(ratio - top)
        total = float(mass.sum())
        found = replace(self, mass=mass / total, log_evidence=self.log_evidence + top + float(np.log(total)))
        ends = float(found.mass[:, 0].sum() + found.mass[:, -1].sum() + found.mass[-1].sum())
        if self.t[0] > 0:
            ends += float(found.mass[0].sum())
        rough_t, rough_mu = found.roughness()
        suits = ends <= CUT_OFF and rough_t <= SMOOTH_T and rough_mu <= SMOOTH_MU
        return found if suits else None

    def _mean_cdf(self, at: float) -> float:
        return float(cumulative(np.full(len(self.tau), at), self.mu, self.mu_step, self.mass).sum())

    def _new_study_cdf(self, at: float) -> float:
        from scipy.special import ndtr

        # a normal narrower than the step of μ is not seen by its nodes; there the sum is taken over z instead
        wide = self.tau > 1.2 * self.mu_step
        total = float(np.sum(self.mass[wide] * ndtr((at - self.mu[wide]) / self.tau[wide][:, None])))
        if not wide.all():
            z = np.linspace(-7.0, 7.0, 29)
            height = np.exp(-0.5 * z * z) / np.exp(-0.5 * z * z).sum()
            places = at - self.tau[~wide][:, None] * z
            mu, step, mass = self.mu[~wide], self.mu_step[~wide], self.mass[~wide]
            each = cumulative(places, mu[:, None, :], step[:, None], mass[:, None, :])
            total += float(np.sum(each * height))
        return total


def posteriors(x: Floats, n: Floats, priors: list[Prior]) -> list[Posterior]:
    """Return the posterior under each prior for one data set (k,), k ≥ 1.

    The likelihood is laid out once, for the first prior, best the widest; another prior reweights those nodes
    where they hold and resolve its posterior, and gets nodes of its own where they do not.
    """
    first = posterior(x, n, priors[0])
    return [first, *(first.reweighted(priors[0], prior) or posterior(x, n, prior) for prior in priors[1:])]


def posterior(x: Floats, n: Floats, prior: Prior) -> Posterior:
    """Return the posterior under one prior, checked for enough nodes in t, in μ and per study."""
    for nodes in LADDER:
        target = _Target(x, n, prior, nodes)
        found = _integrate(target, *target.t_range())
        if target.error(found) <= ACCURATE:
            break
    return found


def _integrate(target: _Target, low: float, high: float) -> Posterior:
    t_count = mu_count = 33
    while True:
        found = target.on_nodes(np.linspace(low, high, t_count), mu_count)
        rough_t, rough_mu = found.roughness()
        more_t, more_mu = rough_t > SMOOTH_T, rough_mu > SMOOTH_MU
        if not (more_t or more_mu) or max(t_count, mu_count) > 500:
            return found
        t_count = 2 * t_count - 1 if more_t else t_count
        mu_count = 2 * mu_count - 1 if more_mu else mu_count


def _even(mass: Floats, t: Floats) -> Floats:
    """Return the mass on both sides of zero where the range begins there; the node at zero belongs to both."""
    return mass if t[0] > 0 else np.concatenate([mass[:0:-1], [2 * mass[0]], mass[1:]])


@dataclass(frozen=True)
class _Target:
    x: Floats
    n: Floats
    prior: Prior
    nodes: int

    def likelihood(self, count: int) -> Likelihood:
        """Return the likelihood for `count` points at once."""
        x, n = (np.broadcast_to(part, (count, len(part))) for part in (self.x, self.n))
        return Likelihood(x, n, nodes=self.nodes)

    def surface(self, theta: Floats, rows: NDArray[np.intp]) -> Surface:
        """Return the log posterior density (without evidence) with its derivatives at `theta` (R, 2)."""
        value, gradient, hessian = self.likelihood(len(theta))(theta, np.arange(len(theta)))
        gradient[:, 0] -= (theta[:, 0] - self.prior.mean) / self.prior.sd**2
        hessian[:, 0, 0] -= 1.0 / self.prior.sd**2
        return Surface(value + self.prior.log_density(theta[:, 0], theta[:, 1]), gradient, hessian)

    def tops(self, tau: Floats, start: Floats) -> tuple[Floats, Floats, Floats]:
        """Return for each τ the best μ, the curvature there and the log density."""
        found = maximise(self.surface, np.stack([start, tau], axis=1), MEAN_ONLY)
        # the likelihood is log-concave in μ: it can only add to the prior's curvature
        curvature = np.maximum(-found.surface.hessian[:, 0, 0], self.prior.sd**-2)
        return found.theta[:, 0], curvature, found.surface.value

    @property
    def unit(self) -> float:
        """The smallest standard error of a study's logit."""
        rate = (self.x + 0.5) / (self.n + 1.0)
        return float(np.min(1.0 / np.sqrt(self.n * rate * (1.0 - rate))))

    def t_range(self) -> tuple[float, float]:
        """Return the interval of t outside which the marginal posterior is negligible; zooms in until it is seen."""
        low, high = 0.0, float(np.arcsinh(self.prior.scale * np.sqrt(2 * DROP) / self.unit))
        start = np.full(SCAN, self._crude())
        for _ in range(20):
            t = np.linspace(low, high, SCAN)
            mu, curvature, value = self.tops(self.unit * np.sinh(t), start)
            marginal = value - 0.5 * np.log(curvature) + np.log(np.cosh(t))  # Laplace
            inside = np.flatnonzero(marginal > marginal.max() - DROP)
            low, high = float(t[max(inside[0] - 1, 0)]), float(t[min(inside[-1] + 1, SCAN - 1)])
            start = np.full(SCAN, mu[int(np.argmax(marginal))])
            if len(inside) >= SCAN // 2:
                break
        return low, high

    def _crude(self) -> float:
        events, others = self.x.sum() + 0.5, (self.n - self.x).sum() + 0.5
        return float(np.log(events / others))

    def on_nodes(self, t: Floats, count: int) -> Posterior:
        """Return the posterior on these values of t and `count` values of μ for each."""
        tau = self.unit * np.sinh(t)
        mu, curvature, top = self.tops(tau, np.full(len(tau), self._crude()))
        start, stop = self._mu_limits(tau, mu, curvature, top)
        step = (stop - start) / (count - 1)
        grid = start[:, None] + step[:, None] * np.arange(count)
        height = self._values(np.stack([grid.ravel(), np.repeat(tau, count)], axis=1)).reshape(grid.shape)
        weight = np.exp(height - height.max()) * (step * np.cosh(t))[:, None]
        if t[0] == 0:
            weight[0] *= 0.5
        total = float(weight.sum())
        evidence = float(height.max()) + float(np.log(total * self.unit * (t[1] - t[0])))
        return Posterior(t, self.unit, grid, step, weight / total, evidence)

    def _values(self, theta: Floats) -> Floats:
        chunk = max(1, WORK // (self.nodes * len(self.x)))
        parts = [theta[first : first + chunk] for first in range(0, len(theta), chunk)]
        values = [self.likelihood(len(part)).value(part, np.arange(len(part))) for part in parts]
        return np.concatenate(values) + self.prior.log_density(theta[:, 0], theta[:, 1])

    def _mu_limits(self, tau: Floats, mu: Floats, curvature: Floats, top: Floats) -> tuple[Floats, Floats]:
        """Return where the log density given τ has fallen by `DROP`, on either side: as in `quadrature`."""
        reach = np.sqrt(2 * DROP)
        limits = []
        for side in (-1.0, 1.0):
            away = reach / np.sqrt(curvature)
            for _ in range(4):
                theta = np.stack([mu + side * away, tau], axis=1)
                value, gradient, _ = self.surface(theta, np.arange(len(tau)))
                root = np.sqrt(np.maximum(2.0 * (top - value), 1e-8))
                step = (root - reach) * root / np.maximum(-side * gradient[:, 0], 1e-8)
                # no wider than the prior alone, within which the likelihood can only help
                away = np.clip(away - step, 0.3 * away, reach * self.prior.sd)
            limits.append(mu + side * away)
        return limits[0], limits[1]

    def error(self, found: Posterior) -> float:
        """Return the posterior mean of the quadrature error of the likelihood."""
        best = found.mu[np.arange(len(found.t)), found.mass.argmax(axis=1)]
        theta = np.stack([best, found.tau], axis=1)
        errors = self.likelihood(len(theta)).error(theta, np.arange(len(theta)))
        return float(np.sum(found.mass.sum(axis=1) * errors))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-12, rtol=1e-12))
