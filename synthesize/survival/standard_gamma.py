"""The standard log-time of the generalised gamma family: shape 0 is the normal, shape 1 the extreme value.

If t is generalised gamma with location μ, scale σ and shape Q, then z = (log t − μ) / σ has the distribution
here; t is log-normal for Q = 0, Weibull for Q = 1, gamma for Q = σ. Source: Prentice 1974, doi
10.1093/biomet/61.3.539; the parameters are those of R's `flexsurv::dgengamma`.
"""

from __future__ import annotations

import math

import numpy as np

from synthesize.survival.follow_up import Floats

NORMAL = 1e-5  # shapes closer to 0 than this are 0: the density differs by less than 1e-5 × z³ / 6
TINY = 1e-300


def log_density(z: Floats, shape: float) -> Floats:
    """Return log f(z), without cancellation however small the shape."""
    x = _bounded(shape * z)
    near = np.abs(x) < 1e-2
    safe = np.where(near, 1.0, x)
    # (exp(x) − 1 − x) / x², by its series where the difference would lose digits
    series = 1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x / 5040))))
    bend = np.where(near, series, (np.expm1(safe) - safe) / safe**2)
    return -z * z * bend - 0.5 * math.log(2 * math.pi) - _stirling_remainder(shape)


def slope(z: Floats, shape: float) -> Floats:
    """Return the derivative of log f at z."""
    return -z if abs(shape) < NORMAL else -np.expm1(_bounded(shape * z)) / shape


def bend(z: Floats, shape: float) -> Floats:
    """Return the second derivative of log f at z."""
    return -np.exp(_bounded(shape * z))


def log_between(low: Floats, high: Floats, shape: float) -> Floats:
    """Return log P(low < z ≤ high), each computed in the nearer tail; ends may be infinite."""
    from scipy.special import gammainc, gammaincc, log_ndtr

    if abs(shape) < NORMAL:
        flip = low > 0
        a, b = np.where(flip, -high, low), np.where(flip, -low, high)
        top = log_ndtr(b)
        return top + _log1mexp(log_ndtr(a) - top)
    start, end = np.exp(_bounded(shape * low)), np.exp(_bounded(shape * high))
    if shape == 1.0:
        return -start + _log1mexp(start - end)
    gamma = shape**-2
    below, above = (gammainc, gammaincc) if shape > 0 else (gammaincc, gammainc)
    upper_tail = above(gamma, gamma * start)
    part = np.where(
        upper_tail < 0.5,
        upper_tail - above(gamma, gamma * end),
        below(gamma, gamma * end) - below(gamma, gamma * start),
    )
    return np.log(np.maximum(part, TINY))


def quantile(share: float, shape: float) -> float:
    """Return z with P(z) = share."""
    from scipy.special import gammainccinv, gammaincinv, ndtri

    if abs(shape) < NORMAL:
        return float(ndtri(share))
    gamma = shape**-2
    found = gammaincinv(gamma, share) if shape > 0 else gammainccinv(gamma, share)
    return math.log(max(found / gamma, TINY)) / shape


def _bounded(x: Floats) -> Floats:
    """Keep exponentials and their squares finite; beyond 300 every probability here is 0 or 1 anyway."""
    return np.minimum(x, 300.0)


def _log1mexp(x: Floats) -> Floats:
    """Return log(1 − exp(x)) for x ≤ 0, never below log(1e-300)."""
    return np.log(np.maximum(-np.expm1(np.minimum(x, 0.0)), TINY))


def _stirling_remainder(shape: float) -> float:
    """Return log Γ(a) less Stirling's formula, a = shape⁻²; it vanishes with the shape."""
    if abs(shape) < 0.25:  # a above 16, where five terms of the series are exact to 1e-15
        s = shape * shape
        return s * (1 / 12 - s**2 * (1 / 360 - s**2 * (1 / 1260 - s**2 * (1 / 1680 - s**2 / 1188))))
    a = shape**-2
    return math.lgamma(a) - ((a - 0.5) * math.log(a) - a + 0.5 * math.log(2 * math.pi))
