"""Profile-likelihood limits for one parameter of many data sets at once.

The limit is where the log-likelihood, maximised over the other parameters, has fallen by half the χ²
quantile. The signed root of the fall is almost a straight line in the parameter, and its slope is known from
the gradient (envelope theorem), so Newton's rule inside a bracket needs a handful of steps. Venzon and
Moolgavkar 1988, doi 10.2307/2347496.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synthesize.proportions.counts import Floats
from synthesize.proportions.newton import Evaluate, maximise

FARTHEST = 200.0
"""A limit farther than this from the estimate, in logits or in τ, is called unbounded."""
PRECISION = 1e-9
STAY_OFF_ZERO = 0.05


class Limit(NamedTuple):
    """The points (B, P) on the edge of the interval, and whether there is an edge at all (B,)."""

    theta: Floats
    exists: NDArray[np.bool_]


def profile_limit(
    evaluate: Evaluate,
    best: Floats,
    top: Floats,
    index: int,
    fall: float,
    direction: int,
    scale: Floats,
) -> Limit:
    """Find where the profile of parameter `index` has fallen by `fall` in `direction` (±1).

    `best` (B, P) is the maximum, `top` (B,) the log-likelihood there, `fall` half the χ² quantile, `scale`
    (B,) a first guess of the distance. The last parameter is a signed spread, started off zero in every inner
    climb, because zero is a stationary point whether or not it is the best one.
    """
    free = np.arange(best.shape[1]) != index
    goal = float(np.sqrt(2.0 * fall))
    theta = best.copy()
    inner, outer = np.zeros(len(best)), np.full(len(best), np.inf)
    distance = np.array(scale, dtype=float)
    rows = np.arange(len(best))
    for _ in range(80):
        start = theta[rows]
        start[:, index] = best[rows, index] + direction * distance[rows]
        if free[-1]:
            start[:, -1] = np.maximum(np.abs(start[:, -1]), STAY_OFF_ZERO)
        found = maximise(_at(evaluate, rows), start, free)
        theta[rows] = found.theta
        root = np.sqrt(np.maximum(2.0 * (top[rows] - found.surface.value), 0.0))
        over = root > goal
        here = distance[rows]
        outer[rows] = np.where(over, np.minimum(here, outer[rows]), outer[rows])
        inner[rows] = np.where(over, inner[rows], np.maximum(here, inner[rows]))
        slope = -direction * found.surface.gradient[:, index] / np.maximum(root, 1e-12)
        step = (goal - root) / np.where(slope > 1e-12, slope, 1e-12)
        distance[rows] = _next(here + step, here, inner[rows], outer[rows])
        done = (np.abs(root - goal) <= PRECISION) | (outer[rows] - inner[rows] <= PRECISION * (1.0 + here))
        distance[rows[done]] = here[done]
        rows = rows[~done & (inner[rows] < FARTHEST)]
        if not len(rows):
            break
    theta[:, index] = best[:, index] + direction * distance
    return Limit(theta, inner < FARTHEST)


def _at(evaluate: Evaluate, rows: NDArray[np.intp]) -> Evaluate:
    return lambda points, places: evaluate(points, rows[places])


def _next(wanted: Floats, here: Floats, inner: Floats, outer: Floats) -> Floats:
    """Keep the next distance strictly inside the bracket; without an outer end at most triple it."""
    roof = np.where(np.isfinite(outer), outer, np.maximum(3.0 * here, here + 0.1))
    middle = np.where(np.isfinite(outer), 0.5 * (inner + roof), roof)
    return np.where((wanted > inner) & (wanted < roof), wanted, middle)
