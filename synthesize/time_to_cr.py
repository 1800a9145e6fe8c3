"""How fast? Time to CR among patients who reached it; conditional on CR, and named so."""

from __future__ import annotations

from catalog.topic import Topic
from synthesize.eligibility import Selection, select
from synthesize.estimate import NotEstimable, Result
from synthesize.load import Evidence, Row
from synthesize.survival.interval_logrank import compare_intervals
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.parametric import parametric
from synthesize.survival.turnbull import turnbull

QUESTION = "time_to_cr"
SHAPES = ("weibull", "lognormal", "generalized_gamma")
LOWER, UPPER = "time_to_cr_months_lower", "time_to_cr_months_upper"


def time_to_cr(evidence: Evidence, topic: Topic) -> list[tuple[Selection, list[Result]]]:
    """Return each analysis of the question with who counted and every result."""
    selections = [select(evidence, topic, analysis) for analysis in topic.of(QUESTION)]
    return [(selection, _results(selection, evidence)) for selection in selections]


def _results(selection: Selection, evidence: Evidence) -> list[Result]:
    rows = selection.rows
    if not rows:
        return [NotEstimable(QUESTION, "turnbull", "no patient with a stated time to CR is left")]
    lower = [row[LOWER] for row in rows]
    upper = [row[UPPER] for row in rows]
    sources = [source_of(row, evidence) for row in rows]
    results = [turnbull(lower, upper, source=sources, question=QUESTION), _exact(lower, upper)]
    if selection.analysis.id != "primary":
        return results
    named = "cohort against case reports"
    by_source = compare_intervals(lower, upper, sources, question=QUESTION, subset=named)
    return [*results, *(parametric(shape, lower, upper, question=QUESTION) for shape in SHAPES), by_source]


def _exact(lower: list[float], upper: list[float | None]) -> Result:
    """Return Kaplan–Meier where every time is exact; with intervals it would take bounds for times."""
    if any(low != high for low, high in zip(lower, upper, strict=True)):
        inexact = sum(low != high for low, high in zip(lower, upper, strict=True))
        reason = f"{inexact} of {len(lower)} times are known only to lie in an interval; turnbull uses them as they are"
        return NotEstimable(QUESTION, "kaplan_meier", reason)
    return kaplan_meier(lower, [1] * len(lower), question=QUESTION)


def source_of(patient: Row, evidence: Evidence) -> str:
    """Return cohort or case report: single reports are no strata of their own, so they form one together."""
    design = evidence.studies[patient["study_id"]]["design"]
    return "case report" if design in ("case_report", "case_series") else "cohort"
