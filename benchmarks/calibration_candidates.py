"""Intervals that are not offered, to see whether one of them covers better than the primary one.

`profile_t` is the profile-likelihood interval with another threshold. Were the studies' logits known exactly and
equally well, twice the log-likelihood ratio would be k·log(1 + t² / (k − 1)) with t Student's on k − 1 degrees of
freedom, not χ²; its quantile needs no more than the quantile of t. Its mean, k(ψ(k/2) − ψ((k − 1)/2)), is the
Bartlett factor of that model, so this is the Bartlett correction without the approximation.

`cox_reid_t` is Wald with t(k − 1) at the spread that maximises the profile likelihood less half the log
information of the mean (Cox and Reid 1987, doi 10.1111/j.2517-6161.1987.tb01422.x): what REML is to ML.
"""

from __future__ import annotations

import numpy as np

from benchmarks.calibration_tally import Floats
from synthesize.proportions.glmm import Fits, Likelihood
from synthesize.proportions.glmm_profile import mean_limits
from synthesize.proportions.newton import maximise
from synthesize.proportions.normal import chi2_tail, t_quantile

SPREADS = np.concatenate([[0.0], np.geomspace(0.05, 6.0, 30)])
NODES = 49
MEAN_ONLY = np.array([True, False])


def profile_t(x: Floats, n: Floats, fits: Fits, level: float) -> tuple[Floats, Floats]:
    """Return the profile limits (B,) of the mean logit at the threshold of k equally precise studies."""
    k = x.shape[1]
    threshold = k * np.log1p(t_quantile(level, k - 1) ** 2 / (k - 1))
    return mean_limits(x, n, fits, 1.0 - chi2_tail(threshold))


def cox_reid_t(x: Floats, n: Floats, fits: Fits, level: float) -> tuple[Floats, Floats]:
    """Return Wald-t limits (B,) of the mean logit at the adjusted maximum-likelihood spread."""
    count, rows = len(x), np.repeat(np.arange(len(x)), len(SPREADS))
    _, value, hessian = _best_mean(x[rows], n[rows], np.tile(SPREADS, count))
    adjusted = (value - 0.5 * np.log(-hessian[:, 0, 0])).reshape(count, -1)
    spread = np.where(adjusted.argmax(axis=1) == 0, 0.0, _top(adjusted))
    beta, _, hessian = _best_mean(x, n, spread)
    determinant = hessian[:, 0, 0] * hessian[:, 1, 1] - hessian[:, 0, 1] ** 2
    regular = (spread > 0) & (determinant > 0) & (hessian[:, 1, 1] < 0)
    variance = np.where(regular, -hessian[:, 1, 1] / np.where(regular, determinant, 1.0), -1.0 / hessian[:, 0, 0])
    half = t_quantile(level, x.shape[1] - 1) * np.sqrt(variance)
    return beta - half, beta + half


def _best_mean(x: Floats, n: Floats, spread: Floats) -> tuple[Floats, Floats, Floats]:
    crude = np.log((x.sum(axis=1) + 0.5) / ((n - x).sum(axis=1) + 0.5))
    found = maximise(Likelihood(x, n, nodes=NODES), np.stack([crude, spread], axis=1), MEAN_ONLY)
    return found.theta[:, 0], found.surface.value, found.surface.hessian


def _top(values: Floats) -> Floats:
    """Return where the parabola through the highest point of `SPREADS` and its neighbours is highest."""
    rows, place = np.arange(len(values)), np.clip(values.argmax(axis=1), 1, len(SPREADS) - 2)
    left, here, right = SPREADS[place - 1], SPREADS[place], SPREADS[place + 1]
    rise, fall = (
        (values[rows, place + i] - values[rows, place + i - 1]) / (b - a)
        for i, a, b in ((0, left, here), (1, here, right))
    )
    bend = np.minimum((fall - rise) / (right - left), -1e-12)
    return np.clip(0.5 * (left + here) - rise / (2 * bend), left, right)
