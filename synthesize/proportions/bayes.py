"""The Bayesian twin of the random-intercept model, by deterministic quadrature: no sampling, no seed.

μ ~ N(m, s²) on the logit, τ ~ half-normal(scale), the likelihood of `glmm`. Friede 2017, doi
10.1002/jrsm.1217; Röver 2021, doi 10.1002/jrsm.1475. The posterior is smooth and even in τ and log-concave in
μ given τ, so trapezoid rules on the ranges that hold it, found first, converge geometrically.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthesize.proportions.counts import Floats
from synthesize.proportions.glmm import LADDER, Likelihood
from synthesize.proportions.newton import Surface, maximise
from synthesize.proportions.sinc import cumulative, roughness

DROP = 27.0
"""Log-density below the top at which the posterior is cut off."""
SMOOTH = 1e-8
"""Largest disagreement of even and odd nodes that is accepted."""
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

    `mass` sums to 1; `log_evidence` is the log marginal likelihood without binomial coefficients.
    """

    tau: Floats
    tau_step: float
    mu: Floats
    mu_step: Floats
    mass: Floats
    log_evidence: float

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
        tau, mass = self.tau, self.mass.sum(axis=1)
        if tau[0] == 0:
            # the density continues evenly to the left of zero; the node at zero belongs to both sides
            mass = np.concatenate([mass[:0:-1], [2 * mass[0]], mass[1:]]) / 2.0
            tau, probability = np.concatenate([-tau[:0:-1], tau]), 0.5 + probability / 2.0
        step = np.array(self.tau_step)
        return _root(
            lambda at: float(cumulative(np.array(at), tau, step, mass)) - probability,
            max(float(tau[0]), 0.0),
            float(tau[-1]),
        )

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


def posterior(x: Floats, n: Floats, prior: Prior) -> Posterior:
    """Return the posterior for one data set (k,), k ≥ 1, checked for enough nodes in τ, in μ and per study."""
    for nodes in LADDER:
        target = _Target(x, n, prior, nodes)
        low, high = target.tau_range()
        found = _integrate(target, low, high)
        if target.error(found) <= SMOOTH:
            break
    return found


def _integrate(target: _Target, low: float, high: float) -> Posterior:
    tau_count = mu_count = 33
    while True:
        found = target.on_nodes(np.linspace(low, high, tau_count), mu_count)
        by_tau = found.mass.sum(axis=1)
        rough_tau = float(roughness(_even(by_tau, found.tau)))
        rough_mu = float(roughness(found.mass).sum())
        if max(rough_tau, rough_mu) <= SMOOTH or max(tau_count, mu_count) > 500:
            return found
        tau_count = 2 * tau_count - 1 if rough_tau > SMOOTH else tau_count
        mu_count = 2 * mu_count - 1 if rough_mu > SMOOTH else mu_count


def _even(mass: Floats, tau: Floats) -> Floats:
    """Return the mass on both sides of zero where the range of τ begins there."""
    return mass if tau[0] > 0 else np.concatenate([mass[:0:-1], [2 * mass[0]], mass[1:]])


@dataclass(frozen=True)
class _Target:
    x: Floats
    n: Floats
    prior: Prior
    nodes: int

    def surface(self, theta: Floats, rows: NDArray[np.intp]) -> Surface:
        """Return the log posterior density (without evidence) with its derivatives at `theta` (R, 2)."""
        count = len(theta)
        x, n = (np.broadcast_to(part, (count, len(part))) for part in (self.x, self.n))
        value, gradient, hessian = Likelihood(x, n, nodes=self.nodes)(theta, np.arange(count))
        gradient[:, 0] -= (theta[:, 0] - self.prior.mean) / self.prior.sd**2
        hessian[:, 0, 0] -= 1.0 / self.prior.sd**2
        return Surface(value + self.prior.log_density(theta[:, 0], theta[:, 1]), gradient, hessian)

    def tops(self, tau: Floats, start: Floats) -> tuple[Floats, Floats, Floats]:
        """Return for each τ the best μ, the curvature there and the log density."""
        found = maximise(self.surface, np.stack([start, tau], axis=1), MEAN_ONLY)
        return found.theta[:, 0], -found.surface.hessian[:, 0, 0], found.surface.value

    def tau_range(self) -> tuple[float, float]:
        """Return the interval of τ outside which the marginal posterior is negligible; zooms in until it is seen."""
        low, high = 0.0, self.prior.scale * float(np.sqrt(2 * DROP))
        start = np.full(SCAN, self._crude())
        for _ in range(20):
            tau = np.linspace(low, high, SCAN)
            mu, curvature, value = self.tops(tau, start)
            marginal = value - 0.5 * np.log(curvature)  # Laplace
            inside = np.flatnonzero(marginal > marginal.max() - DROP)
            low, high = tau[max(inside[0] - 1, 0)], tau[min(inside[-1] + 1, SCAN - 1)]
            start = np.full(SCAN, mu[int(np.argmax(marginal))])
            if len(inside) >= SCAN // 2:
                break
        return float(low), float(high)

    def _crude(self) -> float:
        events, others = self.x.sum() + 0.5, (self.n - self.x).sum() + 0.5
        return float(np.log(events / others))

    def on_nodes(self, tau: Floats, count: int) -> Posterior:
        """Return the posterior on these values of τ and `count` values of μ for each."""
        mu, curvature, top = self.tops(tau, np.full(len(tau), self._crude()))
        start, stop = self._mu_limits(tau, mu, curvature, top)
        step = (stop - start) / (count - 1)
        grid = start[:, None] + step[:, None] * np.arange(count)
        theta = np.stack([grid.ravel(), np.repeat(tau, count)], axis=1)
        height = self._values(theta).reshape(grid.shape)
        weight = np.exp(height - height.max()) * step[:, None]
        if tau[0] == 0:
            weight[0] *= 0.5
        tau_step = float(tau[1] - tau[0])
        total = float(weight.sum())
        evidence = float(height.max()) + float(np.log(total * tau_step))
        return Posterior(tau, tau_step, grid, step, weight / total, evidence)

    def _values(self, theta: Floats) -> Floats:
        chunk = max(1, 400_000 // (self.nodes * len(self.x)))
        rows = np.arange(chunk)
        parts = [self.surface(theta[i : i + chunk], rows).value for i in range(0, len(theta), chunk)]
        return np.concatenate(parts)

    def _mu_limits(
        self, tau: Floats, mu: Floats, curvature: Floats, top: Floats
    ) -> tuple[Floats, Floats]:
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
        by_tau = found.mass.sum(axis=1)
        best = found.mu[np.arange(len(found.tau)), found.mass.argmax(axis=1)]
        count = len(found.tau)
        x, n = (np.broadcast_to(part, (count, len(part))) for part in (self.x, self.n))
        errors = Likelihood(x, n, nodes=self.nodes).error(np.stack([best, found.tau], axis=1), np.arange(count))
        return float(np.sum(by_tau * errors))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-12, rtol=1e-12))
