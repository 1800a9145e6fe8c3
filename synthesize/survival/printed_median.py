"""A median as a study prints it, and the variance that its range or quartiles give it.

Quantile estimation (McGrath et al. 2019, Statistics in Medicine 38:969, doi 10.1002/sim.8013): of four
families, the one whose quantiles come closest to the printed ones (least squares) gives the density f at the
median, and 1 / (4 n f²) is its variance. As R's `metamedian::qe.study.level`, whose search is bounded; this
one is not, and starts nowhere: given the shape, the scale is a least-squares line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesize.survival.follow_up import Floats

FAMILIES = ("normal", "lognormal", "gamma", "weibull")
LOG_SHAPES = np.linspace(-4.0, 5.0, 37)


@dataclass(frozen=True)
class MedianSummary:
    """What one study prints: n patients, the median, and the range or the quartiles or both (months)."""

    study: str
    n: int
    median: float
    minimum: float | None = None
    q1: float | None = None
    q3: float | None = None
    maximum: float | None = None

    @property
    def quantiles(self) -> tuple[Floats, Floats]:
        """Return shares and times (Q,); the least of n stands for the share 1 / n, the largest for 1 − 1 / n."""
        pairs = (
            (1 / self.n, self.minimum), (0.25, self.q1), (0.5, self.median), (0.75, self.q3),
            (1 - 1 / self.n, self.maximum),
        )  # fmt: skip
        known = [(share, time) for share, time in pairs if time is not None]
        return np.array([share for share, _ in known]), np.array([time for _, time in known])

    @property
    def unusable(self) -> str | None:
        """Why the median has no variance, or None."""
        low, high = (self.minimum, self.maximum) if self.minimum is not None else (self.q1, self.q3)
        if low is None or high is None:
            return "prints no range and no quartiles"
        if self.n < 3:
            return "has fewer than 3 patients"
        return "prints a range of one month" if low == high else None


class Spread(NamedTuple):
    """The chosen family, the sum of squared distances to the printed quantiles, and the median's variance."""

    family: str
    distance: float
    variance: float


def spread(study: MedianSummary) -> Spread:
    """Return the variance of a study's median from the family whose quantiles come closest to the printed ones."""
    shares, times = study.quantiles
    fits = [_fit(family, shares, times) for family in FAMILIES]
    family, distance, density = min(fits, key=lambda fit: fit[1])
    return Spread(family, distance, 1 / (4 * study.n * density**2))


def _fit(family: str, shares: Floats, times: Floats) -> tuple[str, float, float]:
    """Return family, distance and density at the fitted median; the scale is a least-squares line."""
    from scipy.optimize import minimize_scalar
    from scipy.special import ndtri

    if family == "normal":
        z = ndtri(shares)
        scale = float(np.dot(z - z.mean(), times) / np.dot(z - z.mean(), z))
        centre = float(times.mean() - scale * z.mean())
        return family, float(np.sum((centre + scale * z - times) ** 2)), 1 / (scale * math.sqrt(2 * math.pi))

    def distance(log_shape: float) -> float:
        unit, _ = _unit(family, math.exp(log_shape), shares)
        scale = np.dot(unit, times) / np.dot(unit, unit)
        return float(np.sum((scale * unit - times) ** 2))

    coarse = [distance(point) for point in LOG_SHAPES]
    best = min(max(int(np.argmin(coarse)), 1), len(LOG_SHAPES) - 2)
    shape = minimize_scalar(
        distance, bounds=(LOG_SHAPES[best - 1], LOG_SHAPES[best + 1]), method="bounded", options={"xatol": 1e-9}
    ).x
    unit, density = _unit(family, math.exp(shape), shares)
    scale = float(np.dot(unit, times) / np.dot(unit, unit))
    return family, distance(shape), density / scale


def _unit(family: str, shape: float, shares: Floats) -> tuple[Floats, float]:
    """Return the quantiles and the density at the median of a family with scale 1."""
    from scipy.special import gammaincinv, gammaln, ndtri

    if family == "lognormal":  # shape: standard deviation of the log
        return np.exp(np.clip(shape * ndtri(shares), -300, 300)), 1 / (shape * math.sqrt(2 * math.pi))
    if family == "weibull":
        median = math.log(2) ** (1 / shape)
        return (-np.log1p(-shares)) ** (1 / shape), shape * math.log(2) / (2 * median)
    median = float(gammaincinv(shape, 0.5))
    log_density = (shape - 1) * math.log(max(median, 1e-300)) - median - float(gammaln(shape))
    return gammaincinv(shape, shares), math.exp(min(log_density, 700.0))
