"""Permutation p-values of rank scores: every allocation to the groups where feasible, else stated draws."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthesize.tables2x2.discrete import bounded_p

Floats = NDArray[np.float64]
MOST_ALLOCATIONS = 200_000  # enumerated; with more, drawn
MOST_PATIENTS = 1_000
DRAWS, SEED = 19_999, 20150401
CELLS = 4_000_000  # numbers held at a time
TIE = 1e-9  # statistics that are equal in exact arithmetic differ by rounding, far below this on their scale


def test_groups(
    scores: Floats, group: NDArray[np.intp], at_risk: NDArray[np.bool_], spread: Floats
) -> tuple[float, dict[str, Any]]:
    """Return the p-value and what it counts.

    The statistic is |U|, the absolute sum of the `scores` in a group; for more than two groups the sum of
    U² / n. It needs the groups to be exchangeable: censoring must not depend on them. With two groups, all
    allocations enumerated, the p of the chi-square statistic stands beside it in the detail.
    """
    sizes = np.bincount(group)
    two = len(sizes) == 2
    allocations = math.factorial(len(group)) // math.prod(math.factorial(int(size)) for size in sizes)
    detail: dict[str, Any] = {
        "statistic": "|U|, observed minus expected events" if two else "sum over groups of U² / n",
    }  # fmt: skip
    if two and allocations <= MOST_ALLOCATIONS:
        members = _every_subset(len(group), int(sizes[1]))
        sums = scores[members].sum(axis=1)
        own = scores[group == 1].sum()
        detail |= {"how": "all allocations enumerated", "allocations": allocations}
        p_value = _share(np.abs(sums), abs(own))
        detail["p_abs_u"] = p_value
        detail["p_chi2"] = _share(
            _chi_squares(sums, members, at_risk, spread),
            float(_chi_squares(np.array([own]), np.flatnonzero(group == 1)[None, :], at_risk, spread)[0]),
        )
        return p_value, detail
    own = _quadratic(scores, np.argsort(group, kind="stable")[None, :], sizes)[0]
    p_value = _drawn(scores, sizes, own)
    detail |= {
        "how": "Monte Carlo", "draws": DRAWS, "seed": SEED,
        "monte_carlo_se": math.sqrt(p_value * (1 - p_value) / (DRAWS + 1)),
    }  # fmt: skip
    return p_value, detail


def _every_subset(total: int, size: int) -> NDArray[np.intp]:
    count = math.comb(total, size)
    flat = np.fromiter(
        (index for subset in combinations(range(total), size) for index in subset), np.intp, count * size
    )
    return flat.reshape(count, size)


def _chi_squares(sums: Floats, members: NDArray[np.intp], at_risk: NDArray[np.bool_], spread: Floats) -> Floats:
    """Return U² / V per subset; 0 where V is 0, since no event then tells the groups apart."""
    shares_of = at_risk.T / at_risk.sum(axis=1)
    result = np.empty(len(members))
    step = max(1, CELLS // max(1, members.shape[1] * len(spread)))
    for start in range(0, len(members), step):
        shares = shares_of[members[start : start + step]].sum(axis=1)
        variance = (shares * (1 - shares)) @ spread
        real = variance > 1e-12 * spread.sum()
        part = sums[start : start + step]
        result[start : start + step] = np.where(real, part**2 / np.where(real, variance, 1.0), 0.0)
    return result


def _share(statistics: Floats, own: float) -> float:
    return bounded_p(float(np.count_nonzero(statistics >= own - TIE * statistics.max())) / len(statistics))


def _drawn(scores: Floats, sizes: NDArray[np.intp], own: float) -> float:
    """Return (1 + as large) / (1 + draws), which is a valid p-value whatever the number of draws."""
    random = np.random.default_rng(SEED)
    as_large, step = 0, max(1, CELLS // len(scores))
    least = own - TIE * float(scores @ scores)
    for start in range(0, DRAWS, step):
        order = np.tile(np.arange(len(scores)), (min(step, DRAWS - start), 1))
        shuffled = random.permuted(order, axis=1)
        as_large += int(np.count_nonzero(_quadratic(scores, shuffled, sizes) >= least))
    return (1 + as_large) / (1 + DRAWS)


def _quadratic(scores: Floats, order: NDArray[np.intp], sizes: NDArray[np.intp]) -> Floats:
    """Return the sum over groups of U² / n, the first `sizes[0]` of each order being the first group, etc."""
    edges = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sums = np.add.reduceat(scores[order], edges, axis=1)
    return np.asarray((sums**2 / sizes).sum(axis=1))
