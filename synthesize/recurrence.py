"""What then? Recurrence after CR with the drug maintained or stopped; the status is a process, not a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.topic import Analysis, Topic
from synthesize.crude_comparison import crude, unreported
from synthesize.eligibility import Selection, select
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.load import Evidence, Row
from synthesize.survival.by_status import landmark_curves, simon_makuch_curves
from synthesize.survival.competing import aalen_johansen
from synthesize.survival.cox_firth import fit
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.person_time import rate_ratio
from synthesize.survival.status import Rows, split_at_stop
from synthesize.time_to_cr import source_of

QUESTION = "recurrence"
DEAD = ("dead_hcc", "dead_other", "dead")
ENDS = {1: "recurrence", 2: "death without recurrence"}


@dataclass(frozen=True)
class Course:
    """One patient after CR: months followed, recurrence, months to the stop (None: never; 0: off from CR).

    `died` says that the follow-up without recurrence ended in death.
    """

    patient_id: str
    months: float
    recurred: bool
    stop: float | None
    source: str
    died: bool = False


def recurrence(evidence: Evidence, topic: Topic) -> list[tuple[Selection, list[Result]]]:
    """Return each analysis of the question with who counted and every result."""
    selections = [select(evidence, topic, analysis) for analysis in topic.of(QUESTION)]
    return [
        (selection, [*_results(selection, evidence), *unreported(evidence, topic, selection.analysis)])
        for selection in selections
    ]


def courses(selection: Selection, evidence: Evidence) -> tuple[list[Course], list[Row]]:
    """Return the courses of patients whose drug status is known, and the rows of those whose status is not."""
    known, unclear = [], []
    for row in selection.rows:
        status = row["drug_after_cr"]
        if status == "stopped_before_cr" and selection.analysis.stopped_before_cr == "left_out":
            continue
        stop = _stop(row, selection.analysis)
        if status == "unclear" or (status == "stopped_after_cr" and stop is None):
            unclear.append(row)
            continue
        months = _end(row, "disease_free_from_cr", selection.analysis)
        assert months is not None  # a topic's rules leave out who has no follow-up from CR
        recurred, died = row["recurrence"] == "yes", row["status_last"] in DEAD
        source = source_of(row, evidence)
        known.append(Course(row["patient_id"], months, recurred, stop, source, died and not recurred))
    return known, unclear


def _end(row: Row, name: str, analysis: Analysis) -> float | None:
    """Return the end of an interval that the analysis counts with: what is certain, or the later bound if known."""
    lower, upper = row[f"{name}_months_lower"], row[f"{name}_months_upper"]
    return upper if analysis.ends == "upper" and upper is not None else lower


def _stop(row: Row, analysis: Analysis) -> float | None:
    status = row["drug_after_cr"]
    if status == "stopped_before_cr":
        return None if analysis.stopped_before_cr == "on" else 0.0
    if status == "surgery":
        return 0.0
    return _end(row, "drug_stop_from_cr", analysis) if status == "stopped_after_cr" else None


def _results(selection: Selection, evidence: Evidence) -> list[Result]:
    known, unclear = courses(selection, evidence)
    months = [course.months for course in known]
    recurred = [course.recurred for course in known]
    stops = [course.stop for course in known]
    if not known:
        return [NotEstimable(QUESTION, "kaplan_meier", "no patient with follow-up from CR is left")]
    everybody = [
        *zip(months, recurred, strict=True),
        *((row["disease_free_from_cr_months_lower"], row["recurrence"] == "yes") for row in unclear),
    ]
    rows = split_at_stop(months, recurred, stops)
    causes = [1 if course.recurred else 2 if course.died else 0 for course in known]
    return [
        kaplan_meier([month for month, _ in everybody], [event for _, event in everybody], question=QUESTION),
        *aalen_johansen(months, causes, names=ENDS, question=QUESTION),
        *landmark_curves(months, recurred, stops, question=QUESTION),
        *simon_makuch_curves(months, recurred, stops, question=QUESTION),
        *_rates(rows),
        *_cox(rows, [course.source for course in known]),
        *crude(["on" if stop is None else "off" for stop in stops], recurred, [course.source for course in known]),
    ]  # fmt: skip


def _rates(rows: Rows) -> list[Result]:
    """Return recurrences per person-time on and off the drug and their ratio, with the patients followed in each."""
    results = rate_ratio(
        rows.events(on_drug=True), rows.months(on_drug=True), rows.events(on_drug=False),
        rows.months(on_drug=False), question=QUESTION,
    )  # fmt: skip
    side = {"person_time_rate_on": True, "person_time_rate_off": False}
    return [_of_patients(result, rows.patients(on_drug=side.get(result.method))) for result in results]


def _of_patients(result: Result, patients: int) -> Result:
    return replace(result, n_patients=patients) if isinstance(result, Estimate) else result


def _cox(rows: Rows, sources: Sequence[str]) -> list[Result]:
    """Return the hazard ratio of being on the drug, the status changing at the stop, stratified by source."""
    strata = [sources[patient] for patient in rows.patient]
    results = fit(rows.start, rows.stop, rows.event, rows.on_drug.astype(float), strata=strata, question=QUESTION)
    return [_of_patients(result, rows.patients()) for result in results]
