"""Intervals that are not offered, to see whether one of them covers better than the primary one.

`bartlett_simple` divides the ratio by 1 + 2 Σw³ / (Σw Σw²), w = 1 / (v + τ²), at the best τ² for the tested mean (Noma
2011, doi 10.1002/sim.4350; for this model Hanada and Sugimoto 2026, doi 10.1093/biomtc/ujag148): 1 + 2/k for studies
that are equally precise. Only whether it keeps the truth is computed, not its limits.

`cox_reid_t` is Wald with t(k − 1) at the spread that maximises the profile likelihood less half the log
information of the mean (Cox and Reid 1987, doi 10.1111/j.2517-6161.1987.tb01422.x): what REML is to ML.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration_tally import Floats
from synthesize.proportions.glmm import Fits, Likelihood, fit_many
from synthesize.proportions.newton import maximise
from synthesize.proportions.normal import chi2_quantile, t_quantile

SPREADS = np.concatenate([[0.0], np.geomspace(0.05, 6.0, 30)])
NODES = 49
MEAN_ONLY, SPREAD_ONLY = np.array([True, False]), np.array([False, True])


def bartlett_simple(x: Floats, n: Floats, beta: float, level: float) -> NDArray[np.bool_]:
    """Say for which data sets (B,) the corrected likelihood ratio keeps the mean logit `beta`."""
    ratio, spread = ratio_at(x, n, beta)
    add = np.where((x == 0) | (x == n), 0.5, 0.0)
    weight = 1.0 / (1.0 / (x + add) + 1.0 / (n - x + add) + spread[:, None] ** 2)
    one, two, three = ((weight**power).sum(axis=1) for power in (1, 2, 3))
    return np.asarray(ratio / (1.0 + 2.0 * three / (one * two)) <= chi2_quantile(level))


def ratio_at(x: Floats, n: Floats, beta: float) -> tuple[Floats, Floats]:
    """Return twice the log-likelihood ratio (B,) of a mean logit `beta`, and the best spread under it."""
    fits = fit_many(x, n)
    likelihood, rows = Likelihood(x, n, nodes=NODES), np.arange(len(x))
    theta = np.stack([np.full(len(x), beta), np.zeros(len(x))], axis=1)
    best, spread = likelihood(theta, rows).value, theta[:, 1].copy()
    for start in (0.4, 1.5):
        theta[:, 1] = start
        found = maximise(likelihood, theta, SPREAD_ONLY)
        better = found.surface.value > best + 1e-9
        best = np.where(better, found.surface.value, best)
        spread = np.where(better, np.abs(found.theta[:, 1]), spread)
    return 2.0 * np.maximum(fits.loglik - fits.constant - best, 0.0), spread


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
