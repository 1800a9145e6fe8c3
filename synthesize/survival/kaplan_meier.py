"""Kaplan–Meier: the share still without the event over time, its median and quartiles, as R's `survfit`.

Source: Kaplan and Meier 1958, doi 10.1080/01621459.1958.10501452; variance by Greenwood; limits of the
median by inverting the pointwise limits (Brookmeyer and Crowley 1982, doi 10.2307/2530286).
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from synthesize.estimate import Estimate, NotEstimable, Result, check_level
from synthesize.survival.follow_up import Floats, Whole, follow_up, optional
from synthesize.survival.step_curve import NOT_REACHED, QUARTILES, ConfType, check_conf_type, limits, time_at

METHOD = "kaplan_meier"


class Curve(NamedTuple):
    """One entry a distinct time (K,): survival just after it, the standard error of its log, and counts."""

    time: Floats
    survival: Floats
    se_log: Floats
    at_risk: Whole
    events: Whole
    censored: Whole


def product_limit(time: Floats, event: Whole, entry: Floats) -> Curve:
    """Return the Kaplan–Meier curve of checked follow-up; a patient censored at a time is still at risk then."""
    times, place = np.unique(time, return_inverse=True)
    events = np.bincount(place, weights=event > 0, minlength=len(times)).astype(np.intp)
    leaving = np.bincount(place, minlength=len(times))
    reached = len(time) - np.searchsorted(np.sort(time), times, side="left")
    not_entered = len(time) - np.searchsorted(np.sort(entry), times, side="left")
    at_risk = reached - not_entered
    left = at_risk - events
    survival: Floats = np.cumprod(left.astype(float) / at_risk)
    with np.errstate(divide="ignore"):
        se_log = np.sqrt(np.cumsum(np.where(events > 0, events / (at_risk * left.astype(float)), 0.0)))
    return Curve(times, survival, se_log, at_risk, events, leaving - events)


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    level: float = 0.95,
    conf_type: ConfType = "log-log",
    question: str = "time to event",
    subset: str = "all",
) -> Result:
    """Return the Kaplan–Meier median in months with its interval; quartiles and the curve in `detail`.

    `time` (n,) in months, `event` (n,) 1 for the event and 0 for censored; with `entry`, a patient counts in
    (entry, time]. A median or limit that the curve does not reach is None, and `detail` says so. Curves
    without any event are shown; no patient at all is `NotEstimable`. Raises `InvalidInput` for impossible
    times, codes or levels.
    """
    check_level(level)
    check_conf_type(conf_type)
    times, codes, entries = follow_up(time, event, entry)
    if not len(times):
        return NotEstimable(question, METHOD, "no patient", subset)
    curve = product_limit(times, codes, entries)
    lower, upper = limits(curve.survival, curve.se_log, NormalDist().inv_cdf((1 + level) / 2), conf_type)
    quartiles = {
        name: dict(zip(("value", "lower", "upper"), optional([
            time_at(1 - share, curve.time, line) for line in (curve.survival, lower, upper)
        ]), strict=True))
        for name, share in QUARTILES.items()
    }  # fmt: skip
    median = quartiles["0.5"]
    return Estimate(
        question, METHOD, value=median["value"], lower=median["lower"], upper=median["upper"], level=level,
        n_patients=len(times), n_events=int(curve.events.sum()), subset=subset, notes=_notes(curve),
        detail={
            "unit": "months", "conf_type": conf_type, "median": median["value"], "quartiles": quartiles,
            **{end: _why_none(end, median) for end, number in median.items() if number is None},
            "restricted_mean": restricted_mean(curve),
            "curve": {
                "time": curve.time, "survival": curve.survival,
                "lower": optional(lower), "upper": optional(upper),
                "at_risk": curve.at_risk, "events": curve.events, "censored": curve.censored,
            },
        },
    )  # fmt: skip


def _why_none(end: str, median: dict[str, float | None]) -> str:
    if end == "lower" and median["value"] is not None:
        return "no limit: the curve falls to 0 in one step"
    return NOT_REACHED


def restricted_mean(curve: Curve) -> dict[str, Any]:
    """Return the mean time without the event up to the last observed time, with its standard error."""
    horizon = float(curve.time[-1])
    steps = np.diff(np.concatenate([[0.0], curve.time]))
    area = steps * np.concatenate([[1.0], curve.survival[:-1]])
    left = (curve.at_risk - curve.events).astype(float)
    hazard = np.divide(curve.events, curve.at_risk * left, out=np.zeros(len(left)), where=left > 0)
    remaining = np.cumsum(area[::-1])[::-1]
    variance = np.sum(np.concatenate([remaining[1:], [0.0]]) ** 2 * hazard)
    return {"value": float(area.sum()), "se": float(np.sqrt(variance)), "horizon": horizon}


def _notes(curve: Curve) -> tuple[str, ...]:
    early = np.flatnonzero((curve.at_risk == curve.events) & (curve.events > 0))
    if len(early) and early[0] < len(curve.time) - 1:
        when = curve.time[early[0]]
        return (f"everyone then under observation had the event at month {when:g}: the curve is 0 from there",)
    return ()
