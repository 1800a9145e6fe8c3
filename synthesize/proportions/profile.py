"""Profile-likelihood limits for one parameter of many data sets at once.

The limit is where the log-likelihood, maximised over the other parameters, has fallen by half the χ²
quantile. The signed root of the fall is almost a straight line in the parameter, and its slope is known from
the gradient (envelope theorem), so Newton's rule inside a bracket needs a handful of steps. Venzon and
Moolgavkar 1988, doi 10.2307/2347496.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesize.proportions.counts import Floats
from synthesize.proportions.newton import Evaluate, maximise

FARTHEST = 100.0
"""A limit farther than this from the estimate, in logits or in τ, is called unbounded."""
PRECISION = 1e-8
STAY_OFF_ZERO = 0.05
JUMP = 1e-6


class Limit(NamedTuple):
    """The points (B, P) on the edge of the interval, and whether there is an edge at all (B,)."""

    theta: Floats
    exists: NDArray[np.bool_]


def profile_limit(
    evaluate: Evaluate, best: Floats, top: Floats, index: int, fall: float, direction: ArrayLike, guess: Floats
) -> Limit:
    """Find where the profile of parameter `index` has fallen by `fall` in `direction` (±1, one or B of them).

    `best` (B, P) is the maximum, `top` (B,) the log-likelihood there, `fall` half the χ² quantile, `guess`
    (B, P) a point to begin from. The last parameter is a signed spread. Where the best spread jumps
    along the profile, following it from the maximum ends too early: a climb from a large spread at the limit
    finds that out, and the search goes on from there.
    """
    sides = np.broadcast_to(np.asarray(direction, dtype=float), len(best))
    search = _Search(evaluate, best, top, index, float(np.sqrt(2.0 * fall)), sides)
    distance = np.abs(guess[:, index] - best[:, index])
    theta, distance = search.edge(guess, distance, np.zeros(len(best)), np.arange(len(best)))
    if index != best.shape[1] - 1:
        far = theta.copy()
        far[:, -1] = np.maximum(1.0, distance)
        found = maximise(evaluate, far, search.free)
        rows = np.flatnonzero((distance < FARTHEST) & (found.surface.value > top - fall + JUMP) & found.converged)
        if len(rows):
            theta[rows], distance[rows] = search.edge(found.theta, distance, distance, rows)
    return Limit(theta, distance < FARTHEST)


@dataclass(frozen=True)
class _Search:
    evaluate: Evaluate
    best: Floats
    top: Floats
    index: int
    goal: float
    direction: Floats

    @property
    def free(self) -> NDArray[np.bool_]:
        return np.arange(self.best.shape[1]) != self.index

    def edge(self, guess: Floats, distance: Floats, inner: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return the points on the edge and their distances for the data sets at `rows`, all arrays full size.

        Each climb starts from the last one's end, the first from `guess`; the spread is held off zero, because
        zero is a stationary point whether or not it is the best one.
        """
        theta, distance, inner = guess.copy(), distance.copy(), inner.copy()
        outer = np.full(len(inner), np.inf)
        all_rows = rows
        for _ in range(40):
            here = distance[rows]
            value, slope = self._fall(theta, here, rows)
            over = value > self.goal
            outer[rows] = np.where(over, np.minimum(here, outer[rows]), outer[rows])
            inner[rows] = np.where(over, inner[rows], np.maximum(here, inner[rows]))
            wanted = here + (self.goal - value) / np.where(slope > 1e-12, slope, 1e-12)
            close = np.abs(value - self.goal) <= PRECISION
            done = close | (outer[rows] - inner[rows] <= PRECISION * (1.0 + here))
            rows, wanted, here = rows[~done], wanted[~done], here[~done]
            distance[rows] = _next(wanted, here, inner[rows], outer[rows])
            rows = rows[inner[rows] < FARTHEST]
            if not len(rows):
                break
        return theta[all_rows], distance[all_rows]

    def _fall(self, theta: Floats, distance: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return the signed root of the fall at `distance` and its slope; leave the climb's point in `theta`."""
        start = theta[rows]
        start[:, self.index] = self.best[rows, self.index] + self.direction[rows] * distance
        if self.free[-1]:
            start[:, -1] = np.maximum(np.abs(start[:, -1]), STAY_OFF_ZERO)
        found = maximise(_at(self.evaluate, rows), start, self.free, limit=30)
        theta[rows] = found.theta
        root = np.sqrt(np.maximum(2.0 * (self.top[rows] - found.surface.value), 0.0))
        return root, -self.direction[rows] * found.surface.gradient[:, self.index] / np.maximum(root, 1e-12)


def _at(evaluate: Evaluate, rows: NDArray[np.intp]) -> Evaluate:
    return lambda points, places: evaluate(points, rows[places])


def _next(wanted: Floats, here: Floats, inner: Floats, outer: Floats) -> Floats:
    """Keep the next distance strictly inside the bracket; without an outer end at most triple it."""
    roof = np.where(np.isfinite(outer), outer, np.maximum(3.0 * here, here + 0.1))
    middle = np.where(np.isfinite(outer), 0.5 * (inner + roof), roof)
    return np.where((wanted > inner) & (wanted < roof), wanted, middle)
