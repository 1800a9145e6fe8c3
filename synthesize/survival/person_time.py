"""Recurrences per person-time on and off the drug: exact rates and their exact conditional ratio.

Sources: Garwood 1936 (doi 10.1093/biomet/28.3-4.437) for the rates; Przyborowski and Wilenski 1940
(doi 10.1093/biomet/31.3-4.313) for the ratio, as R's `poisson.test`.
"""

from __future__ import annotations

import math

from catalog.errors import Problems
from synthesize.estimate import Estimate, NotEstimable, Result, check_level
from synthesize.tables2x2.discrete import binomial_test
from synthesize.tables2x2.table import finite, is_whole

PER = 100.0  # rates are per 100 person-months


def rate_ratio(
    events_on: int,
    months_on: float,
    events_off: int,
    months_off: float,
    *,
    level: float = 0.95,
    question: str = "recurrence",
    subset: str = "all",
) -> list[Result]:
    """Return the rates on and off the drug per 100 person-months, and their ratio (on against off).

    Assumes a constant rate within each status. A side without person-time has no rate, and without events on
    either side there is no ratio: `NotEstimable`. Raises `InvalidInput` for negative or infinite input and
    for events where there is no person-time.
    """
    check_level(level)
    _check(events_on, months_on, events_off, months_off)
    return [
        _rate("person_time_rate_on", int(events_on), float(months_on), level, question, subset),
        _rate("person_time_rate_off", int(events_off), float(months_off), level, question, subset),
        _ratio(int(events_on), float(months_on), int(events_off), float(months_off), level, question, subset),
    ]


def _rate(method: str, events: int, months: float, level: float, question: str, subset: str) -> Result:
    if months == 0:
        return NotEstimable(question, method, "no person-time in this status", subset)
    lower, upper = poisson_interval(events, level)
    return Estimate(
        question, method, value=PER * events / months, lower=PER * lower / months, upper=PER * upper / months,
        level=level, n_events=events, subset=subset,
        detail={"person_months": months, "unit": "per 100 person-months"},
    )  # fmt: skip


def _ratio(on: int, months_on: float, off: int, months_off: float, level: float, question: str, subset: str) -> Result:
    method = "person_time_rate_ratio"
    empty = [name for name, months in (("on", months_on), ("off", months_off)) if months == 0]
    if empty:
        reason = f"no person-time {' and none '.join(empty)} the drug: nothing to compare"
        return NotEstimable(question, method, reason, subset)
    if on + off == 0:
        return NotEstimable(question, method, "no event on or off the drug, so any ratio agrees", subset)
    scale = months_off / months_on
    lower, upper = odds_interval(on, off, level)
    value = on / off * scale if off else math.inf
    numbers, unbounded = finite(value=value, lower=lower * scale, upper=upper * scale)
    # with equal rates an event falls on the drug with odds of the person-months
    test = binomial_test(on, on + off, months_on / months_off)
    return Estimate(
        question, method, value=numbers["value"], lower=numbers["lower"], upper=numbers["upper"],
        level=level, n_events=on + off, p_value=test.p_minlike, subset=subset,
        detail={
            "events_on": on, "months_on": months_on, "events_off": off, "months_off": months_off,
            "p_central": test.p_central, **unbounded,
        },
    )  # fmt: skip


def poisson_interval(events: int, level: float) -> tuple[float, float]:
    """Return the exact (Garwood) interval for the mean of a Poisson count."""
    from scipy.special import gammainccinv, gammaincinv

    alpha = (1 - level) / 2
    return (float(gammaincinv(events, alpha)) if events else 0.0), float(gammainccinv(events + 1, alpha))


def odds_interval(on: int, off: int, level: float) -> tuple[float, float]:
    """Return the exact interval for the odds that an event falls on the first side (Clopper–Pearson).

    Both p and 1 − p are computed directly, so that odds of a billion lose no digit.
    """
    alpha = (1 - level) / 2
    lower = _lower_odds(on, off, alpha) if on else 0.0
    upper = 1 / _lower_odds(off, on, alpha) if off else math.inf
    return lower, upper


def _lower_odds(events: int, others: int, alpha: float) -> float:
    from scipy.special import betainccinv, betaincinv

    return float(betaincinv(events, others + 1, alpha)) / float(betainccinv(others + 1, events, alpha))


def _check(events_on: int, months_on: float, events_off: int, months_off: float) -> None:
    problems = Problems()
    for side, events, months in (("on", events_on, months_on), ("off", events_off, months_off)):
        if not (is_whole(events) and events >= 0):
            problems.add(f"events {side} the drug is not a count", found=events, allowed="0, 1, 2, …")
        if not (math.isfinite(months) and months >= 0):
            problems.add(f"person-months {side} the drug is not a time", found=months, allowed="at least 0")
        elif months == 0 and events > 0:
            problems.add(f"{events} events {side} the drug without person-time", found=months)
    problems.raise_if_any()
