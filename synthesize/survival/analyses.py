"""Every survival method on one table of follow-up; what does not apply says why."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.survival.competing import aalen_johansen
from synthesize.survival.cox_firth import fit as cox_firth
from synthesize.survival.interval_logrank import compare_intervals
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.logrank import compare as compare_curves
from synthesize.survival.parametric import METHODS as FAMILIES
from synthesize.survival.parametric import parametric
from synthesize.survival.person_time import rate_ratio
from synthesize.survival.pooled_medians import pooled_medians
from synthesize.survival.printed_median import MedianSummary
from synthesize.survival.step_curve import ConfType
from synthesize.survival.table import FollowUp
from synthesize.survival.turnbull import turnbull

METHODS = {
    "kaplan_meier": "median of exact and right-censored times; curve and quartiles",
    "turnbull": "median of times known to lie in (lower, upper], by nonparametric maximum likelihood",
    **FAMILIES,
    "aalen_johansen": "cumulative incidence of each kind of event, the others competing",
    "logrank": "log-rank test between groups, chi-square; one-step hazard ratio of two groups",
    "logrank_exact": "log-rank test between groups by permutation",
    "logrank_interval": "log-rank test between groups by permutation, for times known to lie in intervals",
    "cox_firth": "hazard ratio of the second group against the first, Cox model with Firth's penalty",
    "person_time_rate": "events per 100 person-months in each of two groups",
    "person_time_rate_ratio": "ratio of the two rates, exact",
    "pooled_median_quantile": "medians that studies print with a range or quartiles, pooled with random effects",
}
CURVE_TESTS = ("logrank", "logrank_exact")
RATIOS = ("cox_firth", "person_time_rate_ratio")
QUESTION = "time to event"


@dataclass(frozen=True)
class Options:
    """What every method is given: level, scale of the Kaplan–Meier limits, resamples and their seed."""

    level: float = 0.95
    conf_type: ConfType = "log-log"
    n_bootstrap: int = 2000
    seed: int = 1


def analyse(data: FollowUp, options: Options) -> list[Result]:
    """Return the results for all rows, then for each group, then between the groups."""
    results = _one_group(data, options, "all")
    for group in data.groups:
        results += _one_group(data.of(group), options, group)
    results += _between_groups(data, options)
    return [*results, NotEstimable(QUESTION, "pooled_median_quantile", "the file holds times, not printed medians")]


def analyse_medians(summaries: list[MedianSummary], options: Options) -> list[Result]:
    """Return the pooled median of printed ones; no other method applies to them."""
    pooled = pooled_medians(summaries, level=options.level, question=QUESTION)
    reason = "the file holds printed medians, not the times of patients"
    return [pooled, *(NotEstimable(QUESTION, method, reason) for method in METHODS if method != pooled.method)]


def _one_group(data: FollowUp, options: Options, subset: str) -> list[Result]:
    common: dict[str, Any] = {"level": options.level, "question": QUESTION, "subset": subset}
    reason = _inexact(data)
    results: list[Result] = []
    if reason:
        results.append(NotEstimable(QUESTION, "kaplan_meier", reason, subset))
    else:
        event = [code == 1 for code in data.code]
        entry = data.entry if data.late_entry else None
        curve = kaplan_meier(data.lower, event, entry=entry, conf_type=options.conf_type, **common)
        results.append(_count_rows(curve, data))
    if data.late_entry:
        return results + [
            NotEstimable(QUESTION, method, "not offered for rows that start later than month 0", subset)
            for method in ("turnbull", *FAMILIES, "aalen_johansen")
        ]
    resampling: dict[str, Any] = {"source": data.source, "n_bootstrap": options.n_bootstrap, "seed": options.seed}
    results.append(turnbull(data.lower, data.upper, **resampling, **common))
    results += [parametric(method, data.lower, data.upper, **common) for method in FAMILIES]
    if reason:
        return [*results, NotEstimable(QUESTION, "aalen_johansen", reason, subset)]
    return results + aalen_johansen(data.lower, data.code, conf_type=options.conf_type, **common)


def _between_groups(data: FollowUp, options: Options) -> list[Result]:
    """Compare the groups; with two of them, the second (in order) against the first."""
    groups = data.groups
    if len(groups) < 2:
        reason = "fewer than two groups: nothing to compare"
        return [NotEstimable(QUESTION, method, reason) for method in (*CURVE_TESTS, "logrank_interval", *RATIOS)]
    if inexact := _inexact(data):
        test = compare_intervals(data.lower, data.upper, data.group or [], question=QUESTION, subset="groups")
        return [test, *(NotEstimable(QUESTION, method, inexact, "groups") for method in (*CURVE_TESTS, *RATIOS))]
    common: dict[str, Any] = {"level": options.level, "question": QUESTION}
    event = [code == 1 for code in data.code]
    entry = data.entry if data.late_entry else None
    results = compare_curves(data.lower, event, data.group or [], entry=entry, subset="groups", **common)
    exact = "every time is exact or right-censored: logrank_exact is the same test"
    results.append(NotEstimable(QUESTION, "logrank_interval", exact, "groups"))
    if len(groups) > 2:
        reason = f"offered for two groups, and there are {len(groups)}"
        return results + [NotEstimable(QUESTION, method, reason, "groups") for method in RATIOS]
    return [*results, *_two_groups(data, event, common)]


def _two_groups(data: FollowUp, event: list[bool], common: dict[str, Any]) -> list[Result]:
    first, second = data.groups
    subset = f"{second} against {first}"
    if any(happened and end <= start for happened, start, end in zip(event, data.entry, data.lower, strict=True)):
        reason = "an event at month 0 follows no time at risk"
        return [NotEstimable(QUESTION, method, reason, subset) for method in RATIOS]
    in_second = [name == second for name in data.group or []]
    cox = cox_firth(data.entry, data.lower, event, [float(member) for member in in_second], subset=subset, **common)
    counts: dict[bool, int] = {False: 0, True: 0}
    months: dict[bool, list[float]] = {False: [], True: []}
    for member, happened, start, end in zip(in_second, event, data.entry, data.lower, strict=True):
        counts[member] += happened
        months[member].append(end - start)
    rates = rate_ratio(
        counts[True], math.fsum(months[True]), counts[False], math.fsum(months[False]), subset=subset, **common
    )
    # groups of any kind are not on or off a drug, so the group alone names each rate
    group = {"person_time_rate_on": second, "person_time_rate_off": first}
    named = [
        replace(rate, method="person_time_rate", subset=group[rate.method]) if rate.method in group else rate
        for rate in rates
    ]
    return [_of_patients(result, data) for result in [*cox, *named]]


def _of_patients(result: Result, data: FollowUp) -> Result:
    """Return a result with the patients of its group, or of all; without where a patient may have several rows."""
    if data.late_entry or not isinstance(result, Estimate):
        return result
    members = (data.group or []).count(result.subset)
    return replace(result, n_patients=members or len(data))


def _inexact(data: FollowUp) -> str | None:
    if not data.intervals:
        return None
    return (
        f"{data.intervals} of {len(data)} times are known only to lie in an interval; "
        "turnbull and the parametric methods use them as they are"
    )


def _count_rows(result: Result, data: FollowUp) -> Result:
    """Take back the number of patients where a patient may have several rows."""
    if data.late_entry and isinstance(result, Estimate):
        return replace(result, n_patients=None)
    return result


def notes_of(results: list[Result]) -> list[str]:
    """Return each note of the results, with the method and subset it belongs to."""
    return [f"{result.method} ({result.subset}): {note}" for result in results
            if isinstance(result, Estimate) for note in result.notes]  # fmt: skip


def warnings_of(data: FollowUp) -> list[str]:
    """Return what a reader of times must know: competing events, and intervals whose ends touch."""
    said = []
    competing = sum(code > 1 for code in data.code)
    if competing:
        said.append(
            f"{competing} competing events (status 2 or more) count as censored everywhere but in aalen_johansen; "
            "1 − Kaplan–Meier overstates how often the event happens"
        )
    ends = {high for low, high in zip(data.lower, data.upper, strict=True) if high is not None}
    starts = {low for low, high in zip(data.lower, data.upper, strict=True) if high is None or high > low}
    if data.intervals and ends & (starts - {0.0}):
        said.append(
            "some intervals end where others start; they are read as (lower, upper], without the lower end, as in R. "
            "Programs that read [lower, upper] give other answers here"
        )
    return said
