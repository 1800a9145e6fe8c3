"""The random-intercept logistic model with covariates: a mean for each group, or a slope. One common τ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synthesize.proportions.counts import Floats
from synthesize.proportions.glmm import LADDER, TOLERANCE, WORK, Likelihood, standard_errors
from synthesize.proportions.newton import maximise

STARTS = (0.3, 1.5)


class DesignFits(NamedTuple):
    """Fits of B data sets: θ = (β₁ … β_p, τ ≥ 0) (B, p + 1), standard errors, log-likelihood without constants."""

    theta: Floats
    se: Floats
    loglik: Floats
    converged: NDArray[np.bool_]


def fit_design(x: Floats, n: Floats, design: Floats) -> DesignFits:
    """Fit B data sets (B, k) with designs (B, k, p); the higher of the tops reached from two spreads counts.

    A study with total 0 contributes nothing; a column that belongs to such studies only keeps its start.
    """
    count, _, size = design.shape
    best = DesignFits(
        np.zeros((count, size + 1)), np.full((count, size + 1), np.nan), np.full(count, -np.inf),
        np.zeros(count, dtype=bool),
    )  # fmt: skip
    for spread in STARTS:
        found = _climb(x, n, design, np.column_stack([_start(x, n, design), np.full(count, spread)]))
        better = found.loglik > best.loglik + 1e-9
        for part, other in zip(best, found, strict=True):
            part[better] = other[better]
    best.theta[:, -1] = np.abs(best.theta[:, -1])
    return best


def _climb(x: Floats, n: Floats, design: Floats, begin: Floats) -> DesignFits:
    theta, se = begin.copy(), np.empty_like(begin)
    loglik, converged = np.empty(len(x)), np.zeros(len(x), dtype=bool)
    rows = np.arange(len(x))
    for nodes in LADDER:
        chunk = max(1, WORK // (nodes * max(1, x.shape[1])))
        unsure = []
        for first in range(0, len(rows), chunk):
            at = rows[first : first + chunk]
            likelihood = Likelihood(x[at], n[at], design[at], nodes)
            found = maximise(likelihood, theta[at])
            theta[at], loglik[at], converged[at] = found.theta, found.surface.value, found.converged
            se[at] = standard_errors(_pinned(found.surface.hessian))
            unsure.append(at[likelihood.error(found.theta, np.arange(len(at))) > TOLERANCE])
        rows = np.concatenate(unsure)
        if not len(rows):
            break
    return DesignFits(theta, se, loglik, converged)


def _pinned(hessian: Floats) -> Floats:
    """Give columns without any study a curvature, so that the others keep their standard errors."""
    hessian = hessian.copy()
    places = np.arange(hessian.shape[1])
    empty = hessian[:, places, places] == 0
    hessian[:, places, places] = np.where(empty, -1.0, hessian[:, places, places])
    return hessian


def _start(x: Floats, n: Floats, design: Floats) -> Floats:
    """Return least-squares coefficients (B, p) of the corrected logits."""
    logit = np.log((x + 0.5) / (n - x + 0.5))
    weight = np.where(n > 0, 1.0 / (1.0 / (x + 0.5) + 1.0 / (n - x + 0.5) + 0.25), 0.0)
    normal = np.einsum("bkp,bk,bkq->bpq", design, weight, design)
    right = np.einsum("bkp,bk,bk->bp", design, weight, logit)
    return np.einsum("bpq,bq->bp", np.linalg.pinv(normal), right)
