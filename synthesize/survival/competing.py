"""Cumulative incidence with competing events (Aalen–Johansen): the share with each event, not 1 − Kaplan–Meier.

Whoever died without recurrence can no longer recur; Kaplan–Meier takes such patients for people who still
could. Source: Aalen and Johansen 1978 (Scandinavian Journal of Statistics 5:141); variance by the
infinitesimal jackknife, as R's `survfit` with a factor status.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from synthesize.estimate import Estimate, NotEstimable, Result, check_level
from synthesize.survival.follow_up import Floats, Whole, follow_up, optional
from synthesize.survival.step_curve import ConfType, check_conf_type, limits

METHOD = "aalen_johansen"
BLOCK = 4_000_000  # numbers held in one array


class Incidence(NamedTuple):
    """One entry a distinct time (K,): cumulative incidence of one cause, its standard error, and counts."""

    time: Floats
    incidence: Floats
    se: Floats
    at_risk: Whole
    events: Whole


def aalen_johansen(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    names: Mapping[int, str] | None = None,
    horizon: float | None = None,
    level: float = 0.95,
    conf_type: ConfType = "log-log",
    question: str = "recurrence",
    subset: str = "all",
) -> list[Result]:
    """Return the cumulative incidence of each cause by the last month with an event, or by `horizon`.

    `time` (n,) in months; `cause` (n,) 0 for censored, 1, 2, … for what happened, named by `names`. The
    curve is in `detail`. `NotEstimable` unless two causes occur: with one, Kaplan–Meier says all. Raises
    `InvalidInput` for impossible times, codes or levels.
    """
    check_level(level)
    check_conf_type(conf_type)
    times, causes, _ = follow_up(time, cause)
    present = [int(code) for code in np.unique(causes) if code > 0]
    if len(present) < 2:
        what = "no event" if not present else "one kind of event"
        return [NotEstimable(question, METHOD, f"{what}: nothing competes", subset)]
    z = NormalDist().inv_cdf((1 + level) / 2)
    results: list[Result] = []
    for code in present:
        found = incidence(times, causes, code)
        named = (names or {}).get(code, f"event {code}")
        at = float(times[causes > 0].max()) if horizon is None else horizon
        results.append(_estimate(found, at, z, level, conf_type, question, f"{subset}: {named}"))
    return results


def incidence(time: Floats, cause: Whole, code: int) -> Incidence:
    """Return the cumulative incidence of cause `code` from checked follow-up.

    The influence of a patient is the derivative by that patient's weight: of survival, minus (own event less
    hazard while at risk) summed; of incidence, carried along from step to step.
    """
    times, place = np.unique(time, return_inverse=True)
    size = len(times)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    any_event = np.bincount(place, weights=cause > 0, minlength=size)
    events = np.bincount(place, weights=cause == code, minlength=size)
    before = np.concatenate([[1.0], np.cumprod(1 - any_event / at_risk)[:-1]])
    steps = before * events / at_risk
    variance = np.zeros(size)
    width = max(1, BLOCK // size)
    for first in range(0, len(time), width):
        part = slice(first, first + width)
        variance += np.sum(_influence(place[part], cause[part], code, at_risk, any_event, events) ** 2, axis=0)
    return Incidence(times, np.cumsum(steps), np.sqrt(variance), at_risk.astype(np.intp), events.astype(np.intp))


def _influence(place: Whole, cause: Whole, code: int, at_risk: Whole, any_event: Whole, events: Whole) -> Floats:
    """Return each patient's influence (n, K) on the incidence at each time."""
    column = np.arange(len(at_risk))
    there = (place[:, None] >= column).astype(float)
    own = place[:, None] == column
    hazard, hazard_here = any_event / at_risk, events / at_risk
    left = 1 - hazard
    before = np.concatenate([[1.0], np.cumprod(left)[:-1]])
    # d log S: minus (own event − hazard) / (at risk × (1 − hazard)); after S reaches 0 it no longer matters
    scale = np.divide(1.0, at_risk * left, out=np.zeros(len(left)), where=left > 0)
    log_survival = -np.cumsum(((own & (cause > 0)[:, None]) - there * hazard) * scale, axis=1)
    log_before = np.concatenate([np.zeros((len(place), 1)), log_survival[:, :-1]], axis=1)
    direct = ((own & (cause == code)[:, None]) - there * hazard_here) / at_risk
    return np.cumsum(before * (log_before * hazard_here + direct), axis=1)


def _estimate(
    found: Incidence, at: float, z: float, level: float, conf_type: ConfType, question: str, subset: str
) -> Estimate:
    se_log = np.divide(found.se, found.incidence, out=np.zeros_like(found.se), where=found.incidence > 0)
    lower, upper = limits(found.incidence, se_log, z, conf_type)
    here = int(np.searchsorted(found.time, at, side="right")) - 1
    value = float(found.incidence[here]) if here >= 0 else 0.0
    ends = optional([lower[here], upper[here]]) if here >= 0 else [None, None]
    return Estimate(
        question, METHOD, value=value, lower=ends[0], upper=ends[1], level=level,
        n_patients=int(found.at_risk[0]), n_events=int(found.events.sum()), subset=subset,
        detail={
            "unit": "cumulative incidence", "horizon": at, "conf_type": conf_type,
            "se": float(found.se[here]) if here >= 0 else 0.0,
            **({"lower": "no interval at 0 or 1", "upper": "no interval at 0 or 1"} if None in ends else {}),
            "curve": {
                "time": found.time, "incidence": found.incidence, "se": found.se,
                "lower": optional(lower), "upper": optional(upper),
                "at_risk": found.at_risk, "events": found.events,
            },
        },
    )  # fmt: skip
