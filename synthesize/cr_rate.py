"""How often? The pooled CR rate over arms and cohorts with a treated population; case reports are refused."""

from __future__ import annotations

from dataclasses import replace

from catalog.topic import Topic
from synthesize.eligibility import Selection, select
from synthesize.estimate import NotEstimable, Result
from synthesize.load import Evidence
from synthesize.proportions import pool, study_intervals

QUESTION = "cr_rate"
SENSITIVITY = ("glmm_t", "glmm_profile_t", "glmm_bayes_nm4_hn1", "complete_pooling_exact")
"""Shown for every analysis beside the primary one, which shows every method."""


def cr_rate(evidence: Evidence, topic: Topic) -> list[tuple[Selection, list[Result]]]:
    """Return each analysis of the question with who counted and every result."""
    return [(selection, _results(selection)) for selection in _selections(evidence, topic)]


def _selections(evidence: Evidence, topic: Topic) -> list[Selection]:
    return [select(evidence, topic, analysis) for analysis in topic.of(QUESTION)]


def _results(selection: Selection) -> list[Result]:
    rows = selection.rows
    if not rows:
        return [NotEstimable(QUESTION, "glmm_t", "no arm or cohort with a treated population is left")]
    events = [row["n_cr"] for row in rows]
    totals = [row["n_treated"] for row in rows]
    if selection.analysis.id != "primary":
        return pool(events, totals, question=QUESTION, methods=SENSITIVITY)
    pooled = pool(events, totals, question=QUESTION)
    own = study_intervals(events, totals, [row["study_id"] for row in rows])
    return [*pooled, *(replace(result, question=QUESTION) for result in own), _case_reports(selection)]


def _case_reports(selection: Selection) -> NotEstimable:
    """Say how many reports were refused: they carry a numerator and no denominator."""
    refused = sum(decision.reason_code == "selected_on_outcome" for decision in selection.decisions)
    reason = (
        f"{refused} case reports and series are refused: they are published because CR happened, "
        "so they carry a numerator and no denominator"
    )
    return NotEstimable(QUESTION, "case_reports", reason)
