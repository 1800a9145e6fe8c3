"""The three answers in words, every number from its `Estimate`; what cannot be estimated is said."""

from __future__ import annotations

import re
from collections import Counter

from synthesize.analysis import Answer, Synthesis
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.proportions.coverage import BEYOND, SIMULATED
from synthesize.report.words import figure, interval, number, percent, percent_span, with_short_names

TITLES = {"cr_rate": "How often?", "time_to_cr": "How fast?", "recurrence": "What then?"}


def answers(synthesis: Synthesis) -> list[tuple[str, str]]:
    """Return question and answer, three times."""
    return [
        (TITLES["cr_rate"], f"{rate_sentence(synthesis.primary('cr_rate'))}{_own_cohorts(synthesis)}"),
        (TITLES["time_to_cr"], time_sentence(synthesis.primary("time_to_cr"))),
        (TITLES["recurrence"], recurrence_sentence(synthesis.primary("recurrence"))),
    ]


def rate_sentence(answer: Answer) -> str:
    """Return the pooled rate with its interval and prediction interval."""
    pooled = answer.get("glmm_t")
    if not isinstance(pooled, Estimate):
        return f"The CR rate is not estimable by the primary method: {_reason(pooled)}. {_crude(answer)}"
    text = (
        f"CR in {pooled.n_events} of {pooled.n_patients} patients of {pooled.k_studies} arms and cohorts; pooled rate "
        f"(median study) {percent(pooled.value)}, 95 % CI {percent_span(pooled.lower, pooled.upper)} "
        "(random-intercept logistic model, t with k − 1 degrees of freedom)"
    )
    if pooled.prediction_lower is not None:
        text += (
            f"; 95 % prediction interval of a new study "
            f"{percent_span(pooled.prediction_lower, pooled.prediction_upper)}"
        )
    text += f".{_profile(answer)}{_shortfall(pooled)}"
    refused = answer.get("case_reports")
    return text + (f" {refused.reason}." if isinstance(refused, NotEstimable) else "")


def _profile(answer: Answer) -> str:
    profile = answer.get("glmm_profile_t")
    if not isinstance(profile, Estimate):
        return ""
    limits = percent_span(profile.lower, profile.upper)
    return f" By the same model's profile likelihood, with a threshold for few studies: 95 % CI {limits}."


def _shortfall(pooled: Estimate) -> str:
    """Return what simulations say against the interval, without the names of the methods in the data."""
    said = [re.sub(r" \(glmm_\w+\)", "", note) for note in pooled.notes if note.startswith((SIMULATED, BEYOND))]
    return "".join(f" {note[0].upper()}{note[1:]}." for note in said)


def _own_cohorts(synthesis: Synthesis) -> str:
    """Say what the present cohort itself shows, and why when it is not among the pooled ones."""
    text = ""
    for estimate in synthesis.each_study:
        study = synthesis.evidence.studies[estimate.subset]
        decision = synthesis.decision("cr_rate", estimate.subset)
        if study["present_cohort"]:
            own = f"{estimate.n_events} of {estimate.n_patients}, {percent(estimate.value)}"
            text += f" Present cohort: {own} (exact 95 % CI {percent_span(estimate.lower, estimate.upper)})"
            why = with_short_names(decision.reason, synthesis.evidence.studies)
            text += "." if decision.included else f"; not among the pooled: it {why}."
    return text


def _crude(answer: Answer) -> str:
    crude = answer.get("complete_pooling_exact")
    if not isinstance(crude, Estimate):
        return ""
    return (
        f"Crude sum: {crude.n_events} of {crude.n_patients}, {percent(crude.value)} "
        f"(exact 95 % CI {percent_span(crude.lower, crude.upper)}; right only if all studies share one rate)."
    )


def time_sentence(answer: Answer) -> str:
    """Return the median time to CR, among patients who reached CR."""
    turnbull = answer.get("turnbull")
    unknown = sum(d.reason_code == "time_not_reported" for d in answer.selection.decisions)
    if not isinstance(turnbull, Estimate):
        return f"Time to CR is not estimable: {_reason(turnbull)}."
    median = _median(turnbull)
    return (
        f"Among {turnbull.n_patients} patients who reached CR, the median time to CR was {median}; "
        f"of {unknown} further patients with CR the time is not reported. "
        "The estimate is conditional on CR: it says nothing about patients who never reached it."
    )


def _median(estimate: Estimate) -> str:
    """Return a median in months with its interval, and its range where the data leave it open."""
    if estimate.value is None:
        return f"not reached ({interval(estimate)})"
    left, right = estimate.detail.get("median_left"), estimate.detail.get("median_right")
    unclear = f", anywhere between {figure(left)} and {figure(right)} by the data" if left != right else ""
    return f"{figure(estimate.value)} months ({interval(estimate)}{unclear})"


def recurrence_sentence(answer: Answer) -> str:
    """Return recurrences, the median without one, and the rates on and off the drug."""
    curve = answer.get("kaplan_meier")
    if not isinstance(curve, Estimate):
        return f"Recurrence after CR is not estimable: {_reason(curve)}."
    text = (
        f"{curve.n_events} of {curve.n_patients} patients followed after CR had a recurrence; "
        f"median time without one {_median(curve)}. "
    )
    on, off = answer.get("person_time_rate_on"), answer.get("person_time_rate_off")
    for name, rate in (("On", on), ("Off", off)):
        if isinstance(rate, Estimate):
            text += (
                f"{name} the drug: {rate.n_events} {_plural(rate.n_events, 'recurrence')} in "
                f"{number(rate.detail['person_months'])} person-months of {rate.n_patients} patients "
                f"({figure(rate.value)} per 100 person-months, {interval(rate)}). "
            )
    ratio = answer.get("person_time_rate_ratio")
    if isinstance(ratio, Estimate) and ratio.value is not None:
        text += f"Rate ratio on against off {figure(ratio.value)} ({interval(ratio)}). "
    text += _unreported(answer)
    return text + (
        "Nobody was randomised; reasons for stopping (toxicity, cost, surgery) are linked to outcome, "
        "and case reports select for long remissions."
    )


def _plural(count: int | None, word: str) -> str:
    return word if count == 1 else f"{word}s"


def _unreported(answer: Answer) -> str:
    """Return between which differences the crude comparison would lie were everything reported."""
    bounds = [one for one in answer.results if isinstance(one, Estimate) and one.method == "missing_outcome_bounds"]
    ends = [(one.lower, one.upper) for one in bounds if one.lower is not None and one.upper is not None]
    if not ends:
        return ""
    low, high = min(lower for lower, _ in ends), max(upper for _, upper in ends)
    between = f"between {100 * low:+.0f} and {100 * high:+.0f} percentage points".replace("-", "−")
    return (
        f"Were drug status and outcome of all {bounds[0].n_patients} patients with CR reported, the crude difference "
        f"in recurrence (per cent of those who never stopped the drug minus per cent of those who ever did) would lie "
        f"{between}, sampling error apart. "
    )


def _reason(result: Result | None) -> str:
    return result.reason if isinstance(result, NotEstimable) else "it was not computed"


def left_out(answer: Answer) -> list[tuple[str, int, list[str]]]:
    """Return, by reason, how many units an analysis left out and their names, most frequent first."""
    units: dict[str, list[str]] = {}
    for decision in answer.selection.decisions:
        if not decision.included:
            reason = "counted once" if decision.reason_code == "counted_once" else decision.reason
            units.setdefault(reason, []).append(decision.unit_id)
    counts = Counter({reason: len(names) for reason, names in units.items()})
    return [(reason, count, units[reason]) for reason, count in counts.most_common()]
