"""Pool medians that sources print with a range or quartiles, without inventing the patients behind them.

Quantile estimation (McGrath et al. 2019, Statistics in Medicine 38:969, doi 10.1002/sim.8013): each median
has the variance that `printed_median` finds, and they are pooled by inverse variance with random effects.
REML and t(k − 1) are those of R's `metafor::rma(test = "t")`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from catalog.errors import Problems
from synthesize.estimate import Estimate, NotEstimable, Result, check_level
from synthesize.survival.follow_up import Floats
from synthesize.survival.printed_median import MedianSummary, spread

METHOD = "pooled_median_quantile"


class Pooled(NamedTuple):
    """Mean, its standard error, τ² and the heterogeneity statistic of an inverse-variance model."""

    mean: float
    se: float
    tau2: float
    q: float


def pooled_medians(
    summaries: Sequence[MedianSummary],
    *,
    level: float = 0.95,
    question: str = "time to event",
    subset: str = "all",
) -> Result:
    """Return the pooled median in months, t(k − 1) interval and, from k = 3, prediction interval.

    Studies that print no spread, one month only, or fewer than 3 patients are left out and named.
    `NotEstimable` without any other. One study is its own median, with a normal interval. Raises
    `InvalidInput` for quantiles out of order, negative times, or n below 1.
    """
    check_level(level)
    _check(summaries)
    used = [study for study in summaries if study.unusable is None]
    left_out = {study.study: study.unusable for study in summaries if study.unusable is not None}
    if not used:
        return NotEstimable(question, METHOD, "no study prints a median with its range or quartiles", subset)
    spreads = [spread(study) for study in used]
    medians = np.array([study.median for study in used])
    pooled = random_effects(medians, np.array([one.variance for one in spreads]))
    numbers = _intervals(pooled, len(used), level)
    notes = tuple(f"{name} left out: it {reason}" for name, reason in left_out.items())
    return Estimate(
        question, METHOD, value=pooled.mean, level=level, k_studies=len(used), subset=subset,
        n_patients=sum(study.n for study in used), tau2=pooled.tau2 if len(used) > 1 else None,
        notes=notes, **numbers,
        detail={
            "unit": "months", "se": pooled.se, "q": pooled.q, "estimator": "REML",
            "interval": f"t({len(used) - 1})" if len(used) > 1 else "normal, one study", "left_out": left_out,
            "studies": [
                {"study": study.study, "n": study.n, "median": study.median, "family": one.family,
                 "se": math.sqrt(one.variance)}
                for study, one in zip(used, spreads, strict=True)
            ],
        },
    )  # fmt: skip


def random_effects(values: Floats, variances: Floats) -> Pooled:
    """Return the REML random-effects mean by Fisher scoring with halved steps, τ² ≥ 0."""
    tau2 = max(float(np.var(values, ddof=1) - variances.mean()), 0.0) if len(values) > 1 else 0.0
    for _ in range(500):
        weights = 1 / (variances + tau2)
        mean = np.dot(weights, values) / weights.sum()
        scaled = weights * (values - mean)
        trace = weights.sum() - np.dot(weights, weights) / weights.sum()
        curvature = (
            np.dot(weights, weights) - 2 * np.sum(weights**3) / weights.sum()
            + (np.dot(weights, weights) / weights.sum()) ** 2
        )  # fmt: skip
        step = (np.dot(scaled, scaled) - trace) / curvature if len(values) > 1 else 0.0
        moved = max(tau2 + float(step), 0.0)
        if abs(moved - tau2) <= 1e-13 * (tau2 + float(variances.mean())):
            break
        tau2 = moved
    weights = 1 / (variances + tau2)
    mean = float(np.dot(weights, values) / weights.sum())
    fixed = 1 / variances
    q = np.sum(fixed * (values - np.dot(fixed, values) / fixed.sum()) ** 2)
    return Pooled(mean, float(weights.sum() ** -0.5), tau2, float(q))


def _intervals(pooled: Pooled, k: int, level: float) -> dict[str, Any]:
    """Return interval ends, cut at 0 (no time is negative), and prediction ends from k = 3."""
    from scipy.special import ndtri, stdtrit

    quantile = float(stdtrit(k - 1, (1 + level) / 2)) if k > 1 else float(ndtri((1 + level) / 2))
    half = quantile * pooled.se
    ends = {"lower": max(pooled.mean - half, 0.0), "upper": pooled.mean + half}
    if k >= 3:
        wide = quantile * math.sqrt(pooled.tau2 + pooled.se**2)
        ends |= {"prediction_lower": max(pooled.mean - wide, 0.0), "prediction_upper": pooled.mean + wide}
    return ends


def _check(summaries: Sequence[MedianSummary]) -> None:
    problems = Problems()
    for study in summaries:
        if study.n < 1:
            problems.add(f"{study.study}: not a number of patients", found=study.n)
            continue
        times = study.quantiles[1]
        if not (np.isfinite(times).all() and (times >= 0).all()):
            problems.add(f"{study.study}: not times", found=times.tolist(), allowed="months, at least 0")
        elif (np.diff(times) < 0).any():
            problems.add(f"{study.study}: quantiles out of order", found=times.tolist())
        if (study.minimum is None) != (study.maximum is None) or (study.q1 is None) != (study.q3 is None):
            problems.add(f"{study.study}: one end of a range without the other", found=times.tolist())
    problems.raise_if_any()
