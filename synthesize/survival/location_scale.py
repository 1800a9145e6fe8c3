"""Maximum likelihood of location and log scale of log-times known to lie in (lower, upper], shape given.

The likelihood of exact times is their density on the scale of months, as R's `survreg` reports it. For the
log-concave families here it has one maximum (Burridge 1981, Journal of the Royal Statistical Society B 43:41).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthesize.survival.censored import Censored
from synthesize.survival.follow_up import Floats
from synthesize.survival.standard_gamma import bend, log_between, log_density, slope

STEPS, HALVINGS = 60, 30
NEAR = 1e-11  # promised gain from which one more Newton step, which squares the error, is the last
SPREADS = 12.0  # a log scale further from that of the data than this has no maximum on the way


class Surface(NamedTuple):
    """Log-likelihood, gradient (2,) and Hessian (2, 2) in (location, log scale)."""

    value: float
    gradient: Floats
    hessian: Floats


class LogTimes(NamedTuple):
    """Logs of the exact times, and of the ends of the others (minus and plus infinity for open ends)."""

    exact: Floats
    low: Floats
    high: Floats


def log_times(data: Censored) -> LogTimes:
    """Return the logs of checked intervals; exact times must be above 0."""
    with np.errstate(divide="ignore"):
        low, high = np.log(data.lower), np.log(data.upper)
    return LogTimes(low[data.exact], low[~data.exact], high[~data.exact])


def surface(theta: Floats, shape: float, times: LogTimes) -> Surface:
    """Return the log-likelihood and its derivatives at `theta` = (location, log scale)."""
    scale = float(np.exp(theta[1]))
    exact, between = _exact(theta, scale, shape, times), _between(theta, scale, shape, times)
    return Surface(exact.value + between.value, exact.gradient + between.gradient, exact.hessian + between.hessian)


def _exact(theta: Floats, scale: float, shape: float, times: LogTimes) -> Surface:
    z = (times.exact - theta[0]) / scale
    h, k = slope(z, shape), bend(z, shape)
    value = np.sum(log_density(z, shape) - times.exact) - len(z) * theta[1]
    gradient = np.array([-np.sum(h) / scale, -np.sum(z * h) - len(z)])
    mixed = np.sum(k * z + h) / scale
    hessian = np.array([[np.sum(k) / scale**2, mixed], [mixed, np.sum(z * h + z * z * k)]])
    return Surface(float(value), gradient, hessian)


def _between(theta: Floats, scale: float, shape: float, times: LogTimes) -> Surface:
    ends = [(end - theta[0]) / scale for end in (times.low, times.high)]
    chance = log_between(ends[0], ends[1], shape)
    # an open end does not move with the parameters
    open_ = [~np.isfinite(end) for end in ends]
    z1, z2 = (np.where(there, 0.0, end) for there, end in zip(open_, ends, strict=True))
    h1, h2 = slope(z1, shape), slope(z2, shape)
    d1 = np.where(open_[0], 0.0, -np.exp(np.minimum(log_density(z1, shape) - chance, 300.0)))
    d2 = np.where(open_[1], 0.0, np.exp(np.minimum(log_density(z2, shape) - chance, 300.0)))
    d11, d22, d12 = d1 * h1 - d1 * d1, d2 * h2 - d2 * d2, -d1 * d2
    gradient = np.array([-np.sum(d1 + d2) / scale, -np.sum(z1 * d1 + z2 * d2)])
    mixed = np.sum((d11 + d12) * z1 + (d12 + d22) * z2 + d1 + d2) / scale
    both = np.sum(z1 * z1 * d11 + 2 * z1 * z2 * d12 + z2 * z2 * d22 + z1 * d1 + z2 * d2)
    hessian = np.array([[np.sum(d11 + 2 * d12 + d22) / scale**2, mixed], [mixed, both]])
    return Surface(float(np.sum(chance)), gradient, hessian)


def start(times: LogTimes) -> Floats:
    """Return a first guess: mean and spread of the logs of the times or of a point in each interval."""
    low = np.where(np.isfinite(times.low), times.low, times.high - 1.0)
    high = np.where(np.isfinite(times.high), times.high, low + 1.0)
    high = np.where(np.isfinite(high), high, 0.0)
    low = np.where(np.isfinite(low), low, high)
    points = np.concatenate([times.exact, (low + high) / 2])
    return np.array([points.mean(), np.log(max(float(points.std()), 0.1))])


def maximise(shape: float, times: LogTimes, begin: Floats) -> tuple[Floats, Surface] | None:
    """Climb by Newton's method with halved steps; None when there is no maximum with finite parameters."""
    theta = begin
    here = surface(theta, shape, times)
    for _ in range(STEPS):
        curvature, axes = np.linalg.eigh(-here.hessian)
        step = axes @ ((axes.T @ here.gradient) / np.maximum(np.abs(curvature), 1e-10))
        if float(step @ here.gradient) < NEAR * (1 + abs(here.value)) and curvature.min() > 1e-9 * curvature.max():
            theta = theta + step
            return theta, surface(theta, shape, times)
        step *= min(1.0, 2.0 / float(np.max(np.abs(step))))
        for _ in range(HALVINGS):
            there = surface(theta + step, shape, times)
            if there.value > here.value:
                break
            step = step / 2
        else:
            return None
        theta, here = theta + step, there
        if abs(theta[1] - begin[1]) > SPREADS:
            return None
    return None
