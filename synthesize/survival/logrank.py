"""Log-rank tests: the chi-square one, and the exact permutation one for groups of a few patients.

With seven patients the chi-square distribution is a fiction; the exact test counts how many of the possible
allocations to the groups give a statistic at least as large. Which statistic is counted matters, so it is
named: |U|, observed minus expected events, or the chi-square U² / V with V recomputed for each allocation.
Sources: Mantel 1966, Cancer Chemotherapy Reports 50:163; Peto and Peto 1972 (doi 10.2307/2344317);
R's `survival::survdiff` and `coin::logrank_test`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.errors import Problems
from synthesize.estimate import Estimate, NotEstimable, Result, check_level
from synthesize.survival import permutation
from synthesize.survival.partial_likelihood import at_risk_counts
from synthesize.tables2x2.discrete import bounded_p
from synthesize.tables2x2.table import finite, safe_exp

METHODS = {
    "logrank": "log-rank test by the chi-square distribution; one-step hazard ratio of two groups",
    "logrank_exact": "log-rank test by permutation of the groups, enumerated where feasible",
}


@dataclass(frozen=True)
class LogRank:
    """Rows (entry, time] that count, the group of each; per event time the events and those at risk by group."""

    entry: NDArray[np.float64]
    time: NDArray[np.float64]
    event: NDArray[np.bool_]
    group: NDArray[np.intp]
    names: tuple[Any, ...]
    moments: NDArray[np.float64]
    deaths: NDArray[np.float64]
    at_risk: NDArray[np.float64]

    @property
    def entries(self) -> int:
        """How many different months of entry there are."""
        return len(np.unique(self.entry))

    @property
    def scores(self) -> NDArray[np.float64]:
        """Event minus cumulative hazard met, per row: a group's sum is its observed minus expected events."""
        hazard = np.concatenate([[0.0], np.cumsum(self.deaths / self.at_risk.sum(axis=1))])
        last, first = (np.searchsorted(self.moments, end, side="right") for end in (self.time, self.entry))
        return np.asarray(self.event - (hazard[last] - hazard[first]))

    @property
    def spread(self) -> NDArray[np.float64]:
        """Per event time d (n − d) / (n − 1): the hypergeometric variance but for the groups' shares."""
        n = self.at_risk.sum(axis=1)
        return np.asarray(self.deaths * (n - self.deaths) / np.maximum(n - 1, 1))

    def variance(self) -> NDArray[np.float64]:
        """Return the groups' covariance of observed minus expected events."""
        shares = self.at_risk / self.at_risk.sum(axis=1)[:, None]
        weighted = self.spread[:, None] * shares
        return np.asarray(np.diag(weighted.sum(axis=0)) - weighted.T @ shares)


def compare(
    time: ArrayLike,
    event: ArrayLike,
    group: Sequence[Any] | NDArray[Any],
    *,
    entry: ArrayLike | None = None,
    level: float = 0.95,
    question: str = "recurrence",
    subset: str = "all",
) -> list[Result]:
    """Compare the groups' times (months) by `logrank` and `logrank_exact`.

    `entry` makes rows (entry, time], for landmark groups and for a status that changes (Mantel–Byar). With two
    groups `value` is the one-step (Peto) hazard ratio of the last group, in sorted order, against the first.
    A row without follow-up changes nothing. The exact test needs one row a patient, all followed from the
    same month: with several months of entry it is `NotEstimable`. Raises `InvalidInput` for times that are
    negative, no numbers or before entry.
    """
    check_level(level)
    data = _prepare(time, event, group, entry)
    common: dict[str, Any] = {
        "question": question, "subset": subset,
        "n_patients": len(data.group) if data.entries == 1 else None, "n_events": int(data.event.sum()),
    }  # fmt: skip
    if reason := _no_comparison(data):
        return [NotEstimable(question, method, reason, subset) for method in METHODS]
    asymptotic = Estimate(method="logrank", **_chi_square(data, level), **common)
    if reason := _not_exchangeable(data):
        return [asymptotic, NotEstimable(question, "logrank_exact", reason, subset)]
    p_value, detail = permutation.test_groups(data.scores, data.group, _present(data), data.spread)
    return [asymptotic, Estimate(method="logrank_exact", level=None, p_value=p_value, detail=detail, **common)]


def _prepare(
    time: ArrayLike, event: ArrayLike, group: Sequence[Any] | NDArray[Any], entry: ArrayLike | None
) -> LogRank:
    times, events, labels = np.asarray(time, dtype=float), np.asarray(event), np.asarray(group)
    entries = np.zeros(times.shape) if entry is None else np.asarray(entry, dtype=float)
    _check(times, events, labels, entries, delayed=entry is not None)
    events = events.astype(bool)
    counted = events | (times > entries)
    times, events, labels, entries = times[counted], events[counted], labels[counted], entries[counted]
    names, codes = np.unique(labels, return_inverse=True)
    moments, place = np.unique(times[events], return_inverse=True)
    if entry is None:
        entries = np.full(times.shape, -1.0)  # an event at month 0 happens among all, as in R
    at_risk = at_risk_counts(entries, times, codes, len(names), moments)
    return LogRank(
        entries, times, events, codes, tuple(names.tolist()), moments, np.bincount(place).astype(float), at_risk
    )


def _no_comparison(data: LogRank) -> str | None:
    if len(data.names) < 2:
        return "nobody with follow-up, or all in one group: nothing to compare"
    if not data.event.any():
        return "no event in any group"
    if not np.trace(data.variance()) > 0:
        return "no event happens while patients of two groups are at risk, one of whom goes on without it"
    return None


def _not_exchangeable(data: LogRank) -> str | None:
    if data.entries > 1:
        return "rows enter at different months, so that their groups cannot be exchanged"
    if len(data.group) > permutation.MOST_PATIENTS:
        return f"offered up to {permutation.MOST_PATIENTS:,} patients; with more the chi-square test serves"
    return None


def _present(data: LogRank) -> NDArray[np.bool_]:
    """Return who was at risk at which event time (event times × rows)."""
    return np.asarray((data.entry < data.moments[:, None]) & (data.time >= data.moments[:, None]))


def _chi_square(data: LogRank, level: float) -> dict[str, Any]:
    from scipy.special import chdtrc

    variance = data.variance()
    excess = data.scores @ np.eye(len(data.names))[data.group]
    # a group that is never at risk together with another adds nothing, and no degree of freedom
    inverse = np.linalg.pinv(variance, rcond=1e-10, hermitian=True)
    df = int(np.linalg.matrix_rank(variance, tol=1e-10 * float(np.trace(variance)), hermitian=True))
    chi2 = max(0.0, float(excess @ inverse @ excess))
    observed = np.bincount(data.group, weights=data.event)
    detail: dict[str, Any] = {
        "statistic": "chi-square", "chi2": chi2, "df": df, "groups": [str(name) for name in data.names],
        "observed": observed, "expected": observed - excess, "variance": variance,
    }  # fmt: skip
    result: dict[str, Any] = {"p_value": bounded_p(float(chdtrc(df, chi2))), "level": None, "detail": detail}
    if len(data.names) == 2:
        beta, se = float(excess[1] / variance[1, 1]), 1 / math.sqrt(variance[1, 1])
        half = NormalDist().inv_cdf((1 + level) / 2) * se
        numbers, unbounded = finite(value=safe_exp(beta), lower=safe_exp(beta - half), upper=safe_exp(beta + half))
        named = f"{data.names[1]} against {data.names[0]}"
        detail |= {"hazard_ratio": f"one-step, {named}", "beta": beta, "se": se, **unbounded}
        result |= {**numbers, "level": level}
    return result


def _check(
    times: NDArray[np.float64],
    events: NDArray[Any],
    labels: NDArray[Any],
    entries: NDArray[np.float64],
    *,
    delayed: bool,
) -> None:
    problems = Problems()
    if times.ndim != 1 or not times.shape == events.shape == labels.shape == entries.shape:
        problems.add("time, event, group and entry must be lists of one length", found=times.shape)
        problems.raise_if_any()
    if not np.isin(events, (0, 1)).all():
        problems.add("event must be 0 or 1 (false or true)", found=sorted({str(e) for e in events}))
    for row in np.flatnonzero(~(np.isfinite(times) & (times >= 0) & np.isfinite(entries))):
        problems.add(f"row at index {row}: not a time", found=times[row], allowed="months, at least 0")
    for row in np.flatnonzero(times < entries):
        problems.add(f"row at index {row}: ends before it begins", found=f"({entries[row]}, {times[row]}]")
    if delayed:
        for row in np.flatnonzero(events.astype(bool) & (times == entries)):
            problems.add(f"row at index {row}: an event in a row without length", found=times[row])
    problems.raise_if_any()
