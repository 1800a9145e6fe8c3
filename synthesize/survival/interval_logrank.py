"""Compare groups whose times are known only to lie in intervals: permutation log-rank test.

The scores are Sun's (1996, Statistics in Medicine 15:1387; `logrank1` of R's `interval`, Fay and Shaw 2010,
doi 10.18637/jss.v036.i02): on exact and right-censored times they are event minus cumulative hazard, so the
test is then the permutation log-rank test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from catalog.errors import InvalidInput, Problem
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.survival import permutation
from synthesize.survival.censored import Censored, Upper, censored, innermost
from synthesize.survival.follow_up import Floats
from synthesize.survival.located import located

METHOD = "logrank_interval"


def compare_intervals(
    lower: ArrayLike,
    upper: Upper,
    group: Sequence[Any],
    *,
    question: str = "time to event",
    subset: str = "all",
) -> Result:
    """Return the p-value of equal distributions in the groups (n,), times in (lower, upper] months.

    Assumes that, if the groups do not differ, how a time came to be an interval does not depend on the group.
    `NotEstimable` with fewer than two groups, with more than 1,000 patients, and when all scores are equal.
    Raises `InvalidInput` for impossible intervals.
    """
    data = censored(lower, upper)
    patients = len(data.lower)
    if len(group) != patients:
        raise InvalidInput([Problem("one group a patient is needed", found=f"{len(group)} for {patients}")])
    names, codes = np.unique([str(name) for name in group], return_inverse=True)
    if len(names) < 2:
        return NotEstimable(question, METHOD, "fewer than two groups: nothing to compare", subset)
    if patients > permutation.MOST_PATIENTS:
        return NotEstimable(question, METHOD, f"offered up to {permutation.MOST_PATIENTS:,} patients", subset)
    scores = log_rank_scores(data)
    if np.ptp(scores) < 1e-9:
        return NotEstimable(question, METHOD, "the intervals do not tell the patients apart", subset)
    # no risk sets, so no chi-square statistic to be counted beside |U|
    no_sets = np.zeros((0, patients), dtype=bool), np.zeros(0)
    p_value, detail = permutation.test_groups(scores, codes, *no_sets)
    detail.pop("p_chi2", None)
    detail |= {"groups": names.tolist(), "score_sums": np.bincount(codes, weights=scores)}
    return Estimate(
        question, METHOD, level=None, p_value=p_value, n_patients=patients, subset=subset,
        n_events=int((~data.open_ended).sum()), detail=detail,
    )  # fmt: skip


def log_rank_scores(data: Censored) -> Floats:
    """Return each patient's score (n,), summing to 0: above 0 for times earlier than expected.

    The score is the mean of 1 less the cumulative hazard Λ over where the time may lie, which is
    −(SΛ at the lower end − SΛ at the upper end) / (S at the lower end − S at the upper end).
    """
    support = innermost(data.left, data.right)
    mass = located(data, support, np.ones((1, len(data.lower))), tolerance=1e-12).mass[0]
    survival = np.clip(np.concatenate([[1.0], 1 - np.cumsum(mass)]), 0.0, 1.0)
    survival[-1] = 0.0
    hazard = np.divide(mass, survival[:-1], out=np.zeros_like(mass), where=survival[:-1] > 0)
    product = survival * np.concatenate([[0.0], np.cumsum(hazard)])
    low, high = support.first, support.last + 1
    return (product[high] - product[low]) / (survival[low] - survival[high])
