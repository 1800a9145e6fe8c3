"""The marginal likelihood of a random-intercept logistic model, with its first two derivatives.

Study i contributes log ∫ expit-binomial(x | n, mean + spread·u) φ(u) du. The integrand is log-concave, so the
interval that holds all but e^-26 of its height is found per study, and the trapezoid rule on it converges
geometrically (Trefethen and Weideman 2014, doi 10.1137/130932132). Unlike Gauss–Hermite nodes, which are laid
out for a symmetric peak, this keeps its accuracy on the lopsided integrands of studies without events and at
a large spread. Every other node gives a second answer for nothing: their difference is the check on the
number of nodes. Arrays are (data sets, studies, nodes); a study with n = 0 contributes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthesize.proportions.counts import Floats

DROP = 26.0
REACH = float(np.sqrt(2 * DROP))
HALF_LOG_2PI = 0.5 * float(np.log(2 * np.pi))


class Terms(NamedTuple):
    """Per study, shape (B, k): log-likelihood without log C(n, x), derivatives in mean and spread, error."""

    loglik: Floats
    d_mean: Floats
    d_spread: Floats
    d_mean2: Floats
    d_mean_spread: Floats
    d_spread2: Floats
    error: Floats


def study_terms(x: Floats, n: Floats, mean: Floats, spread: Floats, nodes: int) -> Terms:
    """Return the terms of every study at linear predictor `mean` (B, k) and standard deviation `spread` (B, 1).

    `spread` may have either sign: the likelihood is even in it, which makes 0 an ordinary point. `nodes` is odd.
    `error` estimates the relative error of each study's integral.
    """
    start, stop = _limits(x, n, mean, spread)
    step = (stop - start) / (nodes - 1)
    u = start[..., None] + step[..., None] * np.arange(nodes)
    eta = mean[..., None] + spread[..., None] * u
    softplus = np.logaddexp(0.0, eta)
    p = np.exp(eta - softplus)
    height = x[..., None] * eta - n[..., None] * softplus - 0.5 * u * u
    top = height.max(axis=-1)
    weight = np.exp(height - top[..., None])
    total = weight.sum(axis=-1)
    error = np.abs(2.0 * weight[..., ::2].sum(axis=-1) / total - 1.0)
    weight /= total[..., None]

    s = x[..., None] - n[..., None] * p
    v = n[..., None] * p * (1.0 - p)
    su, ws, wv = s * u, weight * s, weight * v
    wsu, wvu = weight * su, wv * u
    mean_s, mean_su = ws.sum(axis=-1), wsu.sum(axis=-1)
    return Terms(
        loglik=top + np.log(total * step) - HALF_LOG_2PI,
        d_mean=mean_s,
        d_spread=mean_su,
        # Louis 1982: the second derivative is the mean of the inner one plus the variance of the inner score
        d_mean2=(ws * s).sum(axis=-1) - mean_s * mean_s - wv.sum(axis=-1),
        d_mean_spread=(ws * su).sum(axis=-1) - mean_s * mean_su - wvu.sum(axis=-1),
        d_spread2=(wsu * su).sum(axis=-1) - mean_su * mean_su - (wvu * u).sum(axis=-1),
        error=error,
    )


def _limits(x: Floats, n: Floats, mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return where each log-integrand lies about `DROP` under its top, below and above, in units of u.

    Newton's rule on the signed root of the drop, which is a straight line for a Gaussian; the log-integrand
    is at least as curved as φ, so u ± REACH always lies outside.
    """
    mode = _mode(x, n, mean, spread)
    eta = mean + spread * mode
    softplus = np.logaddexp(0.0, eta)
    p = np.exp(eta - softplus)
    top = x * eta - n * softplus - 0.5 * mode * mode
    width = REACH / np.sqrt(1.0 + spread * spread * n * p * (1.0 - p))
    side = np.array([-1.0, 1.0]).reshape(2, *([1] * x.ndim))
    away = np.broadcast_to(width, (2, *x.shape))
    for _ in range(4):
        u = mode + side * away
        eta = mean + spread * u
        softplus = np.logaddexp(0.0, eta)
        drop = top - (x * eta - n * softplus - 0.5 * u * u)
        slope = side * (u - spread * (x - n * np.exp(eta - softplus)))
        root = np.sqrt(np.maximum(2.0 * drop, 1e-8))
        away = away - (root - REACH) * root / np.maximum(slope, 1e-8)
        away = np.minimum(np.maximum(away, 0.2 * width), REACH)
    return mode - away[0], mode + away[1]


def _mode(x: Floats, n: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return the top of each log-integrand, in units of u, to a fraction of its width.

    Solves eta = mean + spread²(x − n·expit(eta)), which increases in eta. Seen from the rarer outcome the
    Poisson equation (expit replaced by exp) has a closed form and a root below the true one.
    """
    sign = np.where(2.0 * x <= n, 1.0, -1.0)
    rare = np.minimum(x, n - x)
    variance = spread * spread
    target = sign * mean + variance * rare
    low = target - _lambert_of_exp(np.log(variance * n + 1e-300) + target)
    high = target
    eta = low
    for _ in range(60):
        p = np.exp(eta - np.logaddexp(0.0, eta))
        excess = eta - target + variance * n * p
        slope = 1.0 + variance * n * p * (1.0 - p)
        low = np.where(excess <= 0, eta, low)
        high = np.where(excess >= 0, eta, high)
        new = eta - excess / slope
        new = np.where((new < low) | (new > high), 0.5 * (low + high), new)
        # in units of the width of the peak in eta, |spread| / sqrt(slope)
        moved = np.max((new - eta) ** 2 * slope - 0.01 * variance)
        eta = new
        if moved <= 1e-30:
            break
    # one Newton step in u itself, which keeps its precision however small or large the spread
    p = np.exp(eta - np.logaddexp(0.0, eta))
    npq = n * p * (1.0 - p)
    u = spread * (rare - n * p + npq * (eta - sign * mean)) / (1.0 + variance * npq)
    return np.asarray(sign * u)


def _lambert_of_exp(y: Floats) -> Floats:
    """Return w with w + log w = y, that is W(e^y), without overflow."""
    safe = np.maximum(y, 1.0)
    w = np.where(y > 1.0, safe - np.log(safe), np.exp(np.minimum(y, 1.0)) / 2.0)
    w = np.maximum(w, 1e-300)
    for _ in range(2):
        w = np.maximum(w * (1.0 + y - np.log(w)) / (1.0 + w), 1e-300)
    return w
