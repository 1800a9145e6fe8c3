"""Maximise many smooth log-likelihoods at once: Newton's method with curvature, step and ascent checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synthesize.proportions.counts import Floats

LONGEST_STEP = 2.0
ENOUGH = 1e-14
"""A step that promises less than this, in log-likelihood, is not worth taking."""
NOISE = 1e-8
"""A climb that makes no headway although less than this is promised has met the rounding of the quadrature."""


class Surface(NamedTuple):
    """Value (B,), gradient (B, P) and Hessian (B, P, P) of B log-likelihoods at one point each."""

    value: Floats
    gradient: Floats
    hessian: Floats


Evaluate = Callable[[Floats, NDArray[np.intp]], Surface]
"""Takes points (R, P) and the R places of the data sets they belong to."""


class Maximum(NamedTuple):
    """Points (B, P), the surface there, and whether Newton's method came to rest (B,)."""

    theta: Floats
    surface: Surface
    converged: NDArray[np.bool_]


def maximise(evaluate: Evaluate, start: Floats, free: NDArray[np.bool_] | None = None, *, limit: int = 100) -> Maximum:
    """Climb from `start` (B, P) in the parameters marked `free` (P,), the others held where they are.

    Data sets that have come to rest drop out of the work. A step uses the absolute curvature, so it goes
    uphill near a saddle too; a step that does not climb is shortened.
    """
    theta = np.array(start, dtype=float)
    count, size = theta.shape
    moving = np.arange(size) if free is None else np.flatnonzero(free)
    rows = np.arange(count)
    here = evaluate(theta, rows)
    value, gradient, hessian = (part.copy() for part in here)
    converged = np.zeros(count, dtype=bool)
    shrink, last_gain = np.ones(count), np.full(count, np.inf)
    for _ in range(limit):
        step, gain = _step(gradient[rows][:, moving], hessian[rows][:, moving[:, None], moving])
        resting = (gain <= ENOUGH) | ((gain <= NOISE) & (gain > 0.1 * last_gain[rows]))
        last_gain[rows] = gain
        converged[rows[resting]] = True
        rows, step = rows[~resting], step[~resting]
        if not len(rows):
            break
        trial = theta[rows]
        trial[:, moving] += shrink[rows, None] * step
        there = evaluate(trial, rows)
        # rounding in sums of about |value| must not look like a descent
        better = there.value >= value[rows] - 1e-13 - 1e-14 * np.abs(value[rows])
        taken = rows[better]
        theta[taken] = trial[better]
        value[taken], gradient[taken], hessian[taken] = (part[better] for part in there)
        shrink[taken] = 1.0
        shrink[rows[~better]] *= 0.25
        stuck = shrink[rows] < 1e-6
        converged[rows[stuck]] = gain[~resting][stuck] <= NOISE
        rows = rows[~stuck]
        if not len(rows):
            break
    return Maximum(theta, Surface(value, gradient, hessian), converged)


def _step(gradient: Floats, hessian: Floats) -> tuple[Floats, Floats]:
    """Return the uphill Newton steps (R, P) and the gain that each promises (R,)."""
    curvature, axes = np.linalg.eigh(-hessian)
    curvature = np.abs(curvature)
    curvature = np.maximum(curvature, 1e-10 * curvature.max(axis=-1, keepdims=True) + 1e-300)
    along = np.matmul(gradient[:, None, :], axes)[:, 0, :]
    move = along / curvature
    step = np.matmul(axes, move[:, :, None])[:, :, 0]
    gain = 0.5 * np.sum(along * move, axis=-1)
    longest = np.sqrt(np.sum(move * move, axis=-1)).clip(LONGEST_STEP)
    return step * (LONGEST_STEP / longest)[:, None], gain
