"""All three questions and the description, with who counted in each; and their rows for the result tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from catalog.topic import Analysis, Topic
from synthesize.baseline import OWN, PUBLISHED, WHOLE, Baseline, baseline
from synthesize.cr_rate import cr_rate
from synthesize.eligibility import Decision, Selection
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.load import Evidence, Row
from synthesize.proportions import study_intervals
from synthesize.recurrence import recurrence
from synthesize.time_to_cr import time_to_cr

EACH = Analysis("each_study", "cr_rate", "Each arm or cohort by itself")


@dataclass(frozen=True)
class Answer:
    """One analysis: who counted, and its results."""

    selection: Selection
    results: tuple[Result, ...]

    @property
    def analysis(self) -> Analysis:
        """The analysis of the topic file."""
        return self.selection.analysis

    def get(self, method: str, subset: str = "all") -> Result | None:
        """Return the result of one method, or None when the analysis does not have it."""
        for result in self.results:
            if result.method == method and result.subset == subset:
                return result
        return None


@dataclass(frozen=True)
class Synthesis:
    """Everything that the report shows."""

    topic: Topic
    evidence: Evidence
    answers: tuple[Answer, ...]
    each_study: tuple[Estimate, ...]
    baseline: Baseline

    def primary(self, question: str) -> Answer:
        """Return the primary analysis of a question."""
        return self.find(question, "primary")

    def find(self, question: str, analysis: str) -> Answer:
        """Return one analysis of a question."""
        return next(a for a in self.answers if (a.analysis.question, a.analysis.id) == (question, analysis))

    def decision(self, question: str, unit_id: str) -> Decision:
        """Return what the primary analysis of a question decided about a unit."""
        return next(d for d in self.primary(question).selection.decisions if d.unit_id == unit_id)


def synthesise(evidence: Evidence, topic: Topic) -> Synthesis:
    """Run every analysis of the topic on the evidence."""
    found = [*cr_rate(evidence, topic), *time_to_cr(evidence, topic), *recurrence(evidence, topic)]
    answers = tuple(Answer(selection, tuple(results)) for selection, results in found)
    return Synthesis(topic, evidence, answers, tuple(_each_study(evidence)), baseline(evidence))


def _each_study(evidence: Evidence) -> list[Estimate]:
    """Return the exact interval of every treated population with a count, whether it is pooled or not."""
    rows = [
        row
        for row in evidence.studies.values()
        if row["denominator"] == "treated_population" and row["n_cr"] is not None and row["n_treated"]
    ]
    intervals = study_intervals(
        [row["n_cr"] for row in rows], [row["n_treated"] for row in rows], [row["study_id"] for row in rows]
    )
    return [replace(interval, question="cr_rate") for interval in intervals]


def estimate_id(question: str, analysis: str, method: str, subset: str) -> str:
    """Return the name of an estimate, by which it can be traced; a subset in words is joined by underscores."""
    words = re.sub(r"[^\w=<>.-]+", "_", re.sub(r"^all[,:] ", "", subset))
    return f"{question}.{analysis}.{method}" + ("" if subset == "all" else f".{words}")


def estimate_rows(synthesis: Synthesis) -> list[Row]:
    """Return the rows of the `estimate` table."""
    versions = json.dumps(dict(synthesis.evidence.versions), sort_keys=True)
    return [_row(result, analysis, versions) for result, analysis in _everything(synthesis)]


def _everything(synthesis: Synthesis) -> Iterator[tuple[Result, str]]:
    for answer in synthesis.answers:
        for result in answer.results:
            yield result, answer.analysis.id
    for estimate in synthesis.each_study:
        yield estimate, EACH.id
    for line in synthesis.baseline.lines:
        yield from ((line.whole, WHOLE), (line.own, OWN), (line.published, PUBLISHED))


def _row(result: Result, analysis: str, versions: str) -> Row:
    base: dict[str, Any] = {
        "estimate_id": estimate_id(result.question, analysis, result.method, result.subset),
        "question": result.question,
        "analysis": analysis,
        "subset": result.subset,
        "estimate_method": result.method,
        "inputs": versions,
    }
    if isinstance(result, NotEstimable):
        return {**base, "not_estimable": result.reason}
    plain = result.as_json()
    same = ("lower", "upper", "level", "prediction_lower", "prediction_upper", "k_studies", "n_patients", "n_events",
            "tau2", "i2", "loglik", "p_value")  # fmt: skip
    return {
        **base,
        **{name: plain[name] for name in same},
        "estimate_value": plain["value"],
        "detail": json.dumps(plain["detail"], sort_keys=True),
        "notes": "; ".join(plain["notes"]) or None,
    }


def inclusion_rows(synthesis: Synthesis) -> list[Row]:
    """Return the rows of the `inclusion` table: every unit of every analysis, with the reason when left out."""
    decisions = [decision for answer in synthesis.answers for decision in answer.selection.decisions]
    for group, names in synthesis.baseline.groups.items():
        decisions += [
            Decision("baseline", group, "patient", name, name in names) for name in synthesis.evidence.patients
        ]
    return [decision.as_row() for decision in decisions]
