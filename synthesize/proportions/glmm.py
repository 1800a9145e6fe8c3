"""The random-intercept logistic (binomial–normal) model by exact marginal maximum likelihood, in batches.

events ~ binomial(total, expit(x'β + τu)), u ~ N(0, 1). No continuity correction; studies without events count
as they are. Stijnen, Hamza and Özdemir 2010, doi 10.1002/sim.4040. The spread enters signed: the likelihood
is even in τ, so the boundary τ = 0 is an ordinary stationary point and both it and an interior optimum are
reached by the same climb; the likelihood without spread is known in closed form and compared at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesize.proportions.counts import Floats, as_batch
from synthesize.proportions.newton import Surface, maximise
from synthesize.proportions.quadrature import study_terms

LADDER = (25, 49, 97, 193, 385, 769, 1537)
"""Numbers of nodes that are tried in turn; each holds the nodes of half the step."""
TOLERANCE = 1e-7
"""Largest estimated error of a log-likelihood that is accepted."""
BOUNDARY_GAIN = 1e-9
"""An interior optimum that beats τ = 0 by less than this is the boundary."""
WORK = 400_000
"""Nodes handled at once: larger batches leave the processor's cache and gain nothing."""


@dataclass(frozen=True)
class Likelihood:
    """Log-likelihoods of B data sets in (β₁ … β_p, τ); `design` is (B, k, p), or None for an intercept."""

    events: Floats
    totals: Floats
    design: Floats | None = None
    nodes: int = LADDER[0]

    def __call__(self, theta: Floats, rows: NDArray[np.intp]) -> Surface:
        """Return value, gradient and Hessian at `theta` (R, p + 1) for the data sets at `rows`."""
        return self._surface(theta, rows)[0]

    def error(self, theta: Floats, rows: NDArray[np.intp]) -> Floats:
        """Return the estimated error of each log-likelihood: that of half the nodes, squared (geometric rate)."""
        return self._surface(theta, rows)[1]

    def _surface(self, theta: Floats, rows: NDArray[np.intp]) -> tuple[Surface, Floats]:
        x, n = self.events[rows], self.totals[rows]
        beta, spread = theta[:, :-1], theta[:, -1:]
        if self.design is None:
            mean = np.broadcast_to(beta, x.shape)
        else:
            mean = np.einsum("bkp,bp->bk", self.design[rows], beta)
        terms = study_terms(x, n, mean, spread, self.nodes)
        size = theta.shape[1]
        gradient, hessian = np.empty((len(rows), size)), np.empty((len(rows), size, size))
        gradient[:, -1] = terms.d_spread.sum(axis=1)
        hessian[:, -1, -1] = terms.d_spread2.sum(axis=1)
        if self.design is None:
            gradient[:, 0] = terms.d_mean.sum(axis=1)
            hessian[:, 0, 0] = terms.d_mean2.sum(axis=1)
            hessian[:, 0, 1] = hessian[:, 1, 0] = terms.d_mean_spread.sum(axis=1)
        else:
            design = self.design[rows]
            gradient[:, :-1] = np.einsum("bkp,bk->bp", design, terms.d_mean)
            hessian[:, :-1, :-1] = np.einsum("bkp,bkq,bk->bpq", design, design, terms.d_mean2)
            cross = np.einsum("bkp,bk->bp", design, terms.d_mean_spread)
            hessian[:, :-1, -1] = hessian[:, -1, :-1] = cross
        return Surface(terms.loglik.sum(axis=1), gradient, hessian), np.sum(terms.error**2, axis=1)


@dataclass(frozen=True)
class Fits:
    """Maximum likelihood fits of B data sets; arrays of shape (B,), `theta` (B, 2) = (β, τ ≥ 0).

    Where `estimable` is False (every study has none or all of its events: the spread has no finite estimate)
    the numbers are NaN. `loglik` includes the binomial coefficients, `loglik_common` is that with τ = 0.
    """

    theta: Floats
    se: Floats
    loglik: Floats
    loglik_common: Floats
    constant: Floats
    nodes: NDArray[np.int_]
    error: Floats
    estimable: NDArray[np.bool_]
    converged: NDArray[np.bool_]

    @property
    def beta(self) -> Floats:
        """Mean logit."""
        return self.theta[:, 0]

    @property
    def tau2(self) -> Floats:
        """Between-study variance on the logit."""
        return np.asarray(self.theta[:, 1] ** 2)

    def take(self, rows: NDArray[np.intp]) -> Fits:
        """Return the fits of the data sets at `rows`."""
        return Fits(*(getattr(self, entry.name)[rows] for entry in fields(self)))


def identifiable(x: Floats, n: Floats) -> NDArray[np.bool_]:
    """Say for which data sets a finite maximum exists: at least one study with some, not all, events."""
    return np.any((x > 0) & (x < n), axis=-1)


def fit_many(events: ArrayLike, totals: ArrayLike, start: Floats | None = None) -> Fits:
    """Fit B data sets at once; `events` and `totals` are (B, k), a study with total 0 is padding.

    `start` (B, 2) may give (β, τ) to begin from. Raises `ValueError` for impossible counts.
    """
    x, n = as_batch(events, totals)
    count = len(x)
    estimable = identifiable(x, n)
    begin = _start(x, n) if start is None else np.array(start, dtype=float)
    theta, se = np.full((count, 2), np.nan), np.full(count, np.nan)
    loglik, error = np.full(count, np.nan), np.full(count, np.nan)
    nodes, converged = np.zeros(count, dtype=int), np.zeros(count, dtype=bool)
    waiting = np.flatnonzero(estimable)
    for points in LADDER:
        chunk = max(1, WORK // (points * max(1, x.shape[1])))
        unsure = []
        for first in range(0, len(waiting), chunk):
            rows = waiting[first : first + chunk]
            likelihood = Likelihood(x[rows], n[rows], nodes=points)
            best = maximise(likelihood, begin[rows])
            theta[rows], loglik[rows] = best.theta, best.surface.value
            error[rows] = likelihood.error(best.theta, np.arange(len(rows)))
            nodes[rows], converged[rows] = points, best.converged
            se[rows] = standard_error(best.surface.hessian)
            unsure.append(rows[error[rows] > TOLERANCE])
        waiting = np.concatenate(unsure) if unsure else waiting[:0]
        if not len(waiting):
            break
        begin[waiting] = theta[waiting]
    constant = _log_choose(x, n)
    common, common_loglik = _common(x, n)
    boundary = estimable & (loglik - common_loglik < BOUNDARY_GAIN)
    theta[boundary] = np.stack([common, np.zeros(count)], axis=1)[boundary]
    loglik[boundary] = common_loglik[boundary]
    rate = 1.0 / (1.0 + np.exp(-common[boundary]))
    se[boundary] = 1.0 / np.sqrt(n[boundary].sum(axis=1) * rate * (1.0 - rate))
    theta[:, 1] = np.abs(theta[:, 1])
    return Fits(theta, se, loglik + constant, common_loglik + constant, constant, nodes, error, estimable, converged)


def standard_error(hessian: Floats) -> Floats:
    """Return the standard error of the first parameter from the observed information (B, P, P)."""
    return np.sqrt(np.linalg.inv(-hessian)[:, 0, 0])


def _common(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return the crude logit and the log-likelihood without spread and without constants, in closed form."""
    from scipy.special import xlog1py, xlogy

    events, totals = x.sum(axis=1), np.maximum(n.sum(axis=1), 1.0)
    rate = events / totals
    with np.errstate(divide="ignore"):
        logit = np.log(events) - np.log(totals - events)
    return logit, xlogy(events, rate) + xlog1py(totals - events, -rate)


def _start(x: Floats, n: Floats) -> Floats:
    """Return a place to start from: corrected logits, their mean and a moment estimate of the spread."""
    used = n > 0
    logit = np.log((x + 0.5) / (n - x + 0.5))
    weight = np.where(used, 1.0 / (1.0 / (x + 0.5) + 1.0 / (n - x + 0.5)), 0.0)
    total = np.maximum(weight.sum(axis=1), 1e-300)
    centre = (weight * logit).sum(axis=1) / total
    q = (weight * (logit - centre[:, None]) ** 2).sum(axis=1)
    spare = total - (weight**2).sum(axis=1) / total
    tau2 = np.clip((q - used.sum(axis=1) + 1) / np.maximum(spare, 1e-300), 0.04, 9.0)
    weight = np.where(used, 1.0 / (1.0 / np.maximum(weight, 1e-300) + tau2[:, None]), 0.0)
    centre = (weight * logit).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300)
    return np.stack([centre, np.sqrt(tau2)], axis=1)


def _log_choose(x: Floats, n: Floats) -> Floats:
    from scipy.special import gammaln

    return np.asarray((gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)).sum(axis=1))
