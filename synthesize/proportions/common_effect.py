"""One rate for all studies: the common-effect model, and exact and likelihood tests of whether that is so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from synthesize.estimate import Result
from synthesize.proportions.counts import Floats, Studies
from synthesize.proportions.exact import HOMOGENEOUS
from synthesize.proportions.normal import chi2_tail, expit, z_quantile

METHOD = "common_effect"
EXACT_TEST = "fisher_homogeneity"
MOST_TABLES = 500_000
DRAWS, SEED = 20_000, 1
MOST_DRAWN, MOST_PATIENTS = 2_000_000, 10**9
TIE = 1e-7
"""Relative difference of probabilities that still counts as a tie, as in R's fisher.test."""


def common_effect(data: Studies) -> Result:
    """Return `common_effect`: logistic regression with one intercept, Wald interval. From k = 2 studies."""
    if data.k < 2:
        return data.refuse(METHOD, "one study: there is nothing to combine" if data.k else "there is no study")
    events, others = float(data.x.sum()), float((data.n - data.x).sum())
    if events == 0 or others == 0:
        which = "no event in any study" if events == 0 else "every patient has the event"
        return data.refuse(METHOD, f"{which}: the logit has no finite estimate")
    beta, se = math.log(events / others), math.sqrt(1.0 / events + 1.0 / others)
    half = z_quantile(data.level) * se
    lrt, df = likelihood_ratio(data.x, data.n), data.k - 1
    return data.estimate(
        METHOD, value=expit(beta), lower=expit(beta - half), upper=expit(beta + half), tau2=0.0,
        detail={
            "beta": beta, "se": se, "interval": "Wald on the logit, normal",
            "homogeneity_lrt": lrt, "homogeneity_lrt_df": df, "homogeneity_lrt_p": chi2_tail(lrt, df),
        },
        notes=(HOMOGENEOUS,),
    )  # fmt: skip


def likelihood_ratio(x: Floats, n: Floats) -> float:
    """Return the likelihood-ratio statistic of one rate against one for each study (χ² with k − 1)."""
    from scipy.special import xlogy

    def loglik(events: Floats, totals: Floats) -> float:
        return float(np.sum(xlogy(events, events / totals) + xlogy(totals - events, 1 - events / totals)))

    together = loglik(x.sum(keepdims=True), n.sum(keepdims=True))
    return max(0.0, 2.0 * (loglik(x, n) - together))


def fisher_homogeneity(data: Studies) -> Result:
    """Return `fisher_homogeneity`: the exact p-value that all studies share one rate, given all margins.

    Sums the probabilities of all k × 2 tables no likelier than the one seen (Fisher, Freeman and Halton 1951,
    doi 10.1093/biomet/38.1-2.141). With more than `MOST_TABLES` tables, `DRAWS` random ones stand for them, the seen
    one counted among them, so that the test keeps its level (Phipson and Smyth 2010, doi 10.2202/1544-6115.1585).
    Refused above `MOST_DRAWN` numbers drawn or `MOST_PATIENTS` patients.
    """
    if data.k < 2:
        return data.refuse(EXACT_TEST, "one study: there is nothing to compare" if data.k else "there is no study")
    # the rarer outcome makes the same tables from smaller numbers
    x = np.minimum(data.x.sum(), (data.n - data.x).sum()) == data.x.sum()
    counts, totals = (data.x if x else data.n - data.x).astype(int), data.n.astype(int)
    detail: dict[str, Any] = {"value": "a test: it has a p-value and no rate"}
    p = _exact_p(counts, totals)
    if p is not None:
        return data.estimate(EXACT_TEST, p_value=p, detail=detail)
    if data.k * DRAWS > MOST_DRAWN or totals.sum() >= MOST_PATIENTS:
        return data.refuse(EXACT_TEST, f"more than {MOST_TABLES:,} tables: read the likelihood-ratio test")
    p = _drawn_p(counts, totals)
    error = math.sqrt(p * (1 - p) / DRAWS)
    detail |= {"draws": DRAWS, "seed": SEED, "standard_error": error}
    note = f"p from {DRAWS:,} random tables (seed {SEED}), standard error {error:.1g}"
    return data.estimate(EXACT_TEST, p_value=p, detail=detail, notes=(note,))


def _drawn_p(x: np.ndarray, n: np.ndarray) -> float:
    """Return the share of random tables with the same margins, and the seen one, that are no likelier than it."""
    from scipy.special import gammaln

    def height(tables: np.ndarray) -> Floats:
        return np.asarray(-np.sum(gammaln(tables + 1) + gammaln(n - tables + 1), axis=-1))

    order = np.lexsort((x, n))  # the draws must not depend on the order of the studies
    x, n = x[order], n[order]
    generator = np.random.default_rng(SEED)
    tables = generator.multivariate_hypergeometric(n, int(x.sum()), size=DRAWS, method="marginals")
    return float((1 + np.sum(height(tables) <= height(x) + TIE)) / (1 + DRAWS))


def _exact_p(x: np.ndarray, n: np.ndarray) -> float | None:
    """Build all tables study by study, smallest first; None where they get too many."""
    from scipy.special import gammaln, logsumexp

    order = np.argsort(n, kind="stable")
    x, n, total = x[order], n[order], int(x.sum())
    left, height = np.array([total]), np.zeros(1)
    room = np.concatenate([np.cumsum(n[::-1])[::-1][1:], [0]])
    for place, size in enumerate(n):
        # what the later studies cannot take must go here
        low, high = np.maximum(left - room[place], 0), np.minimum(left, size)
        counts = high - low + 1
        if counts.sum() > MOST_TABLES:
            return None
        parent = np.repeat(np.arange(len(left)), counts)
        y = low[parent] + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        height = height[parent] + gammaln(size + 1) - gammaln(y + 1) - gammaln(size - y + 1)
        left = left[parent] - y
    seen = float(np.sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)))
    as_rare = height <= seen + TIE
    return min(1.0, float(np.exp(logsumexp(height[as_rare]) - logsumexp(height))))
