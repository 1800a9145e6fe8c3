"""Do rates differ between groups of studies? GLMMs with common and with separate τ, and exact permutation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb, prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesize.estimate import Result
from synthesize.proportions.counts import Floats, Studies, studies
from synthesize.proportions.glmm import fit_many, identifiable, log_choose
from synthesize.proportions.glmm_design import fit_design
from synthesize.proportions.glmm_estimates import against_random_effects
from synthesize.proportions.normal import chi2_tail, expit, t_quantile

COMMON_TAU, TEST = "glmm_t_common_tau", "subgroup_test"
METHODS = {
    COMMON_TAU: "each group's rate from one model with a common τ², t(k − groups) (with --subgroup)",
    TEST: "likelihood-ratio test between groups, with its exact permutation p (with --subgroup)",
}
MOST_ASSIGNMENTS = 5000
EXPLORATORY = 10
Labels = NDArray[np.intp]


def subgroups(
    events: ArrayLike,
    totals: ArrayLike,
    groups: Sequence[str],
    *,
    level: float = 0.95,
    question: str = "cr_rate",
) -> list[Result]:
    """Return each group's rate under a common τ² and the test between groups (`METHODS`), groups in order.

    `groups` names each study's group (k,). Each group by itself, with its own τ², is `pool` on its studies.
    Raises `ValueError` as `pool` does.
    """
    data = studies(events, totals, level=level, question=question)
    if len(groups) != data.k:
        raise ValueError(f"{len(groups)} groups for {data.k} studies")
    names = list(dict.fromkeys(groups))
    labels = np.array([names.index(group) for group in groups], dtype=int)
    reason = against_random_effects(data) or ("there is only one group" if len(names) < 2 else None)
    if reason is not None:
        return [data.refuse(TEST, reason)]
    return [*_common_tau(data, labels, names), _test(data, labels, names)]


def _masked(data: Studies, labels: Labels, count: int) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Return counts and designs of B assignments `labels` (B, k), and which groups have an estimate (B, g).

    A group with no event, or with nothing but events, is fitted best by an infinite logit, where each of its
    studies has likelihood 1: exactly what a total of 0 contributes.
    """
    indicator = labels[..., None] == np.arange(count)
    events, totals = (np.einsum("bkg,k->bg", indicator, part) for part in (data.x, data.n))
    finite = (events > 0) & (events < totals)
    used = np.take_along_axis(finite, labels, axis=1)
    design = np.where(used[..., None], indicator, False).astype(float)
    return np.where(used, data.x, 0.0), np.where(used, data.n, 0.0), design, finite


def _common_tau(data: Studies, labels: Labels, names: list[str]) -> list[Result]:
    x, n, design, finite = _masked(data, labels[None, :], len(names))
    fits = fit_design(x, n, design)
    df = int((n > 0).sum() - finite.sum())
    results: list[Result] = []
    for place, name in enumerate(names):
        rows = labels == place
        group = Studies(data.x[rows], data.n[rows], data.level, data.question, name)
        if not finite[0, place]:
            results.append(group.refuse(COMMON_TAU, "no event, or nothing but events, in this group"))
        elif df < 1 or not fits.converged[0] or not np.isfinite(fits.se[0, place]):
            results.append(group.refuse(COMMON_TAU, "too few studies for a common τ²"))
        else:
            beta, se = float(fits.theta[0, place]), float(fits.se[0, place])
            half = t_quantile(data.level, df) * se
            results.append(group.estimate(
                COMMON_TAU, value=expit(beta), lower=expit(beta - half), upper=expit(beta + half),
                tau2=float(fits.theta[0, -1] ** 2),
                detail={"beta": beta, "se": se, "interval": f"Wald on the logit, t({df})",
                        "tau2_definition": "common to all groups"},
            ))  # fmt: skip
    return results


def _test(data: Studies, labels: Labels, names: list[str]) -> Result:
    null = fit_many(data.x[None, :], data.n[None, :])
    together = float(null.loglik[0] - null.constant[0])
    apart = _loglik(data, labels[None, :], len(names))
    lrt, df = max(0.0, 2.0 * (float(apart[0]) - together)), len(names) - 1
    notes = []
    if data.k < EXPLORATORY:
        notes.append(f"{data.k} studies: a comparison of groups is exploratory under {EXPLORATORY}")
    return data.estimate(
        TEST, p_value=chi2_tail(lrt, df),
        detail={"lrt": lrt, "df": df, "definition": "likelihood ratio, common τ², χ²",
                **_permutation(data, labels, len(names), float(apart[0])),
                **_separate_tau(data, labels, names, float(apart[0]))},
        notes=tuple(notes),
    )  # fmt: skip


def _loglik(data: Studies, labels: Labels, count: int) -> Floats:
    x, n, design, _ = _masked(data, labels, count)
    return fit_design(x, n, design).loglik


def _permutation(data: Studies, labels: Labels, count: int, seen: float) -> dict[str, Any]:
    """Return the exact permutation p: the share of all assignments of studies to groups that fit as well."""
    sizes = np.bincount(labels, minlength=count)
    left = np.cumsum(sizes[::-1])[::-1]
    number = prod(comb(int(rest), int(size)) for rest, size in zip(left, sizes, strict=True))
    if number > MOST_ASSIGNMENTS:
        return {"permutation_p": None, "permutation": f"{number} assignments: too many to go through"}
    assignments = np.array(list(_assignments(tuple(range(data.k)), [int(size) for size in sizes], data.k)))
    as_good = _loglik(data, assignments, count) >= seen - 1e-7
    return {"permutation_p": float(as_good.mean()), "permutation": f"exact, all {number} assignments"}


def _assignments(free: tuple[int, ...], sizes: list[int], k: int) -> list[list[int]]:
    """Return every way to give the places in `free` the labels 0, 1, … so often as `sizes` says."""
    if not sizes:
        return [[-1] * k]
    found = []
    for chosen in combinations(free, sizes[0]):
        rest = tuple(place for place in free if place not in chosen)
        for tail in _assignments(rest, sizes[1:], k):
            # labels inside are counted from this group on
            found.append([0 if place in chosen else label + 1 if label >= 0 else -1
                          for place, label in enumerate(tail)])  # fmt: skip
    return found


def _separate_tau(data: Studies, labels: Labels, names: list[str], common: float) -> dict[str, Any]:
    """Return the likelihood-ratio test of a common against separate τ², where each group can have its own."""
    loglik = 0.0
    for place, name in enumerate(names):
        x, n = data.x[labels == place], data.n[labels == place]
        if len(x) < 2 or not identifiable(x, n):
            return {"separate_tau_p": None, "separate_tau": f"group {name!r} cannot have a τ² of its own"}
        fits = fit_many(x[None, :], n[None, :])
        loglik += float(fits.loglik[0] - log_choose(x[None, :], n[None, :])[0])
    lrt, df = max(0.0, 2.0 * (loglik - common)), len(names) - 1
    return {"separate_tau_p": chi2_tail(lrt, df), "separate_tau": f"likelihood ratio {lrt:.6g}, χ²({df})"}
