"""Coverage of every interval of a pooled rate, on data sets drawn from the random-intercept logistic model.

Each data set has k studies of 50 to 3,000 patients (log-uniform); a study's logit is normal around the logit of
the median rate with standard deviation τ. The truth that an interval should hold is the median study's rate;
for the beta–binomial model, which estimates another number, it is the mean rate over studies.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration_candidates import bartlett_simple, cox_reid_t
from benchmarks.calibration_tally import Cell, Floats, Row, ends, generator, tally
from synthesize.proportions import beta_binomial, pool
from synthesize.proportions.exact import clopper_pearson
from synthesize.proportions.glmm import Fits, fit_many, identifiable
from synthesize.proportions.glmm_profile import mean_limits, t_threshold
from synthesize.proportions.normal import chi2_quantile, marginal_mean, t_quantile, z_quantile

LEVEL = 0.95
SMALLEST, LARGEST = 50, 3000
CELLS: tuple[Cell, ...] = tuple(
    {"median_rate": rate, "tau": tau, "k": k}
    for rate in (0.003, 0.008, 0.03)
    for tau in (0.0, 0.5, 1.0)
    for k in (3, 4, 6, 10, 15)
)
BAYES_SHARE = 4
"""A Bayesian fit costs a hundred others, so it sees the first quarter of the data sets."""
BAYES = ("glmm_bayes_nm4_hn05", "glmm_bayes_nm4_hn1")
ONE_BY_ONE = (
    "common_effect", "iv_logit_reml", "iv_logit_reml_knha", "iv_logit_pm_knha", "iv_logit_dl", "freeman_tukey_reml",
)  # fmt: skip
BLOCK = 200
Limits = tuple[Floats, Floats]
Batched = Callable[[Floats, Floats], dict[str, Limits]]


def simulate(cell: Cell, replicates: int) -> list[Row]:
    """Return one row a method for `replicates` data sets of one cell."""
    x, n, beta = draw(cell, replicates)
    median, mean = cell["median_rate"], marginal_mean(beta, cell["tau"])
    found = {**_in_blocks(_glmm, x, n), **_pooled(x, n), **_singly(x, n, ONE_BY_ONE)}
    rows = [{"method": name, "truth": "median", **tally(*limits, median)} for name, limits in found.items()]
    found = _in_blocks(_beta_binomial, x, n)
    rows += [{"method": name, "truth": "mean", **tally(*limits, mean)} for name, limits in found.items()]
    rows.append({"method": "bartlett_simple", "truth": "median", **_kept(x, n, beta)})
    first = max(1, replicates // BAYES_SHARE)
    bayes = _singly(x[:first], n[:first], BAYES)
    return rows + [{"method": name, "truth": "median", **tally(*limits, median)} for name, limits in bayes.items()]


def draw(cell: Cell, replicates: int) -> tuple[Floats, Floats, float]:
    """Return events and totals (B, k) and the logit of the median rate."""
    numbers, shape = generator(cell), (replicates, cell["k"])
    n = np.rint(np.exp(numbers.uniform(np.log(SMALLEST), np.log(LARGEST), shape)))
    beta = float(np.log(cell["median_rate"] / (1 - cell["median_rate"])))
    rate = expit(beta + cell["tau"] * numbers.standard_normal(shape))
    return numbers.binomial(n.astype(int), rate).astype(float), n, beta


def expit(logit: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))


def _in_blocks(method: Batched, x: Floats, n: Floats) -> dict[str, Limits]:
    """Return what `method` gives for all data sets, some hundred at a time: memory must not grow with their number."""
    parts = [method(x[i : i + BLOCK], n[i : i + BLOCK]) for i in range(0, len(x), BLOCK)]
    return {name: (_joined(parts, name, 0), _joined(parts, name, 1)) for name in parts[0]}


def _joined(parts: list[dict[str, Limits]], name: str, end: int) -> Floats:
    return np.concatenate([part[name][end] for part in parts])


def _glmm(x: Floats, n: Floats) -> dict[str, Limits]:
    """Return the intervals of the random-intercept model, offered ones and candidates, all data sets in one batch."""
    where = np.flatnonzero(identifiable(x, n))
    fits = fit_many(x[where], n[where])
    # as the method itself does: a maximum that is not one gives no interval
    good = fits.converged & np.isfinite(fits.se)
    where, fits = where[good], fits.take(np.flatnonzero(good))
    xs, ns, k = x[where], n[where], x.shape[1]
    found: dict[str, Limits] = {
        "glmm_t": _wald(fits, t_quantile(LEVEL, k - 1)),
        "glmm_wald": _wald(fits, z_quantile(LEVEL)),
        "glmm_profile_t": mean_limits(xs, ns, fits, t_threshold(LEVEL, k)),
        "glmm_profile": mean_limits(xs, ns, fits, chi2_quantile(LEVEL)),
        "cox_reid_t": cox_reid_t(xs, ns, fits, LEVEL),
    }
    return {name: _spread(limits, where, len(x)) for name, limits in found.items()}


def _wald(fits: Fits, quantile: float) -> Limits:
    return fits.beta - quantile * fits.se, fits.beta + quantile * fits.se


def _spread(logits: Limits, where: NDArray[np.intp], count: int) -> Limits:
    """Return limits (`count`,) on the scale of rates, NaN for the data sets that are not in `where`."""
    low, high = np.full(count, np.nan), np.full(count, np.nan)
    with np.errstate(over="ignore"):
        low[where], high[where] = expit(logits[0]), expit(logits[1])
    return low, high


def _kept(x: Floats, n: Floats, beta: float) -> Row:
    where = identifiable(x, n)
    kept = bartlett_simple(x[where], n[where], beta, LEVEL)
    return {"data_sets": len(x), "refused": round(1 - len(kept) / len(x), 5), "coverage": round(float(kept.mean()), 5)}


def _pooled(x: Floats, n: Floats) -> dict[str, Limits]:
    return {"complete_pooling_exact": clopper_pearson(x.sum(axis=1), n.sum(axis=1), LEVEL)}


def _beta_binomial(x: Floats, n: Floats) -> dict[str, Limits]:
    where = np.flatnonzero(identifiable(x, n))
    fits = beta_binomial.fit_many(x[where], n[where])
    sides = [beta_binomial.limits(x[where], n[where], fits, LEVEL, beta_binomial.MEAN, side) for side in (-1, 1)]
    low, high = (np.where(fits.converged, limit, np.nan) for limit in sides)
    return {beta_binomial.METHOD: _spread((low, high), where, len(x))}


def _singly(x: Floats, n: Floats, methods: tuple[str, ...]) -> dict[str, Limits]:
    results = [pool(events, totals, level=LEVEL, methods=methods) for events, totals in zip(x, n, strict=True)]
    return {result.method: ends(by_set[place] for by_set in results) for place, result in enumerate(results[0])}
