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
from synthesize.proportions.quadrature import study_errors, study_logliks, study_terms

LADDER = (25, 49, 97, 193, 385, 769, 1537)
"""Numbers of nodes that are tried in turn; each halves the step."""
TOLERANCE = 1e-8
"""Largest estimated error of a log-likelihood that is accepted."""
BOUNDARY_GAIN = 1e-9
"""An interior optimum that beats τ = 0 by less than this is the boundary."""
FAR = 1.0
"""Where a climb has ended at zero, a second one looks for a higher top at this spread and beyond."""
WORK = 30_000
"""Nodes handled at once: larger batches leave the processor's cache and take twice as long."""


@dataclass(frozen=True)
class Likelihood:
    """Log-likelihoods of B data sets in (β₁ … β_p, τ); `design` is (B, k, p), or None for an intercept."""

    events: Floats
    totals: Floats
    design: Floats | None = None
    nodes: int = LADDER[0]

    def __call__(self, theta: Floats, rows: NDArray[np.intp]) -> Surface:
        """Return value, gradient and Hessian at `theta` (R, p + 1) for the data sets at `rows`."""
        terms = study_terms(self.events[rows], self.totals[rows], *self._predictor(theta, rows), self.nodes)
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
        return Surface(terms.loglik.sum(axis=1), gradient, hessian)

    def value(self, theta: Floats, rows: NDArray[np.intp]) -> Floats:
        """Return the value (R,) alone."""
        predictor = self._predictor(theta, rows)
        return study_logliks(self.events[rows], self.totals[rows], *predictor, self.nodes).sum(axis=1)

    def error(self, theta: Floats, rows: NDArray[np.intp]) -> Floats:
        """Return the estimated quadrature error (R,) of each log-likelihood."""
        predictor = self._predictor(theta, rows)
        return study_errors(self.events[rows], self.totals[rows], *predictor, self.nodes).sum(axis=1)

    def _predictor(self, theta: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        beta = theta[:, :-1]
        if self.design is None:
            mean = np.broadcast_to(beta, (len(rows), self.events.shape[1]))
        else:
            mean = np.einsum("bkp,bp->bk", self.design[rows], beta)
        return mean, theta[:, -1:]


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
    found = _blank(x, n)
    rows = np.flatnonzero(found.estimable)
    begin = _start(x, n) if start is None else np.array(start, dtype=float)
    _climb(x, n, rows, begin, found)
    boundary = np.flatnonzero(found.estimable & (found.loglik - found.loglik_common < BOUNDARY_GAIN))
    if len(boundary):
        _settle_at_zero(x, n, boundary, found)
        _try_far_out(x, n, boundary, found)
    found.theta[:, 1] = np.abs(found.theta[:, 1])
    return found


def _blank(x: Floats, n: Floats) -> Fits:
    """Return fits without numbers, apart from what needs no search."""
    count = len(x)
    constant = log_choose(x, n)
    return Fits(
        theta=np.full((count, 2), np.nan),
        se=np.full(count, np.nan),
        loglik=np.full(count, np.nan),
        loglik_common=_common_loglik(x, n) + constant,
        constant=constant,
        nodes=np.zeros(count, dtype=int),
        error=np.full(count, np.nan),
        estimable=identifiable(x, n),
        converged=np.zeros(count, dtype=bool),
    )


def _climb(x: Floats, n: Floats, rows: NDArray[np.intp], begin: Floats, found: Fits) -> None:
    """Fit the data sets at `rows` from `begin` and write into `found`, with more nodes where they are needed."""
    begin = begin.copy()
    for nodes in LADDER:
        chunk = max(1, WORK // (nodes * max(1, x.shape[1])))
        for first in range(0, len(rows), chunk):
            at = rows[first : first + chunk]
            likelihood = Likelihood(x[at], n[at], nodes=nodes)
            best = maximise(likelihood, begin[at])
            found.theta[at] = begin[at] = best.theta
            found.loglik[at] = best.surface.value + found.constant[at]
            found.se[at] = standard_errors(best.surface.hessian)[:, 0]
            found.error[at] = likelihood.error(best.theta, np.arange(len(at)))
            found.nodes[at], found.converged[at] = nodes, best.converged
        rows = rows[found.error[rows] > TOLERANCE]
        if not len(rows):
            break


def _try_far_out(x: Floats, n: Floats, rows: NDArray[np.intp], found: Fits) -> None:
    """Look for a second, higher top at a large spread for the data sets at `rows`, which have one at zero.

    It is found where one study has nearly all the events. At a spread of τ and more no mean makes a study
    with some, not all, events likelier than n / (x(n − x)) / (τ√2π), its likelihood integrated over the
    logit times the height of the normal density; where that rules out a higher top, nothing is tried.
    """
    some = (x[rows] > 0) & (x[rows] < n[rows])
    width = np.where(some, n[rows], 1.0) / np.where(some, x[rows] * (n[rows] - x[rows]), 1.0)
    bound = np.where(some, np.log(width / (FAR * np.sqrt(2 * np.pi))), 0.0).sum(axis=1)
    rows = rows[bound > found.loglik[rows]]
    if not len(rows):
        return
    begin = np.stack([found.beta[rows], np.full(len(rows), 2 * FAR)], axis=1)
    again = _blank(x[rows], n[rows])
    _climb(x[rows], n[rows], np.arange(len(rows)), begin, again)
    better = again.loglik > found.loglik[rows] + BOUNDARY_GAIN
    for entry in fields(Fits):
        getattr(found, entry.name)[rows[better]] = getattr(again, entry.name)[better]


def _settle_at_zero(x: Floats, n: Floats, rows: NDArray[np.intp], found: Fits) -> None:
    """Write the closed form of the model without spread."""
    events, totals = x[rows].sum(axis=1), n[rows].sum(axis=1)
    found.theta[rows] = np.stack([np.log(events / (totals - events)), np.zeros(len(rows))], axis=1)
    found.loglik[rows] = found.loglik_common[rows]
    found.se[rows] = np.sqrt(totals / (events * (totals - events)))
    found.converged[rows] = True


def standard_errors(hessian: Floats) -> Floats:
    """Return standard errors (B, P) from the observed information; NaN where it is not positive definite."""
    curvature, axes = np.linalg.eigh(-hessian)
    good = curvature[:, :1] > 0
    variance = np.matmul(axes**2, (1.0 / np.where(good, curvature, 1.0))[:, :, None])[:, :, 0]
    return np.where(good, np.sqrt(variance), np.nan)


def _common_loglik(x: Floats, n: Floats) -> Floats:
    """Return the log-likelihood without spread and without constants, in closed form."""
    from scipy.special import xlog1py, xlogy

    events, totals = x.sum(axis=1), np.maximum(n.sum(axis=1), 1.0)
    rate = events / totals
    return np.asarray(xlogy(events, rate) + xlog1py(totals - events, -rate))


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


def log_choose(x: Floats, n: Floats) -> Floats:
    """Return the sum (B,) of the logs of the binomial coefficients of each data set (B, k)."""
    from scipy.special import gammaln

    return np.asarray((gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)).sum(axis=1))
