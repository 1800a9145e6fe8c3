"""The crude view of recurrence: never stopped against ever stopped, all together, by source, and with what is unknown.

Crude, because stopping takes time: whoever recurs early has had less time to stop. The rates and the model of
`synthesize.recurrence` split follow-up at the stop instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from catalog.topic import Analysis, Topic
from synthesize.eligibility import select
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.load import Evidence, Row
from synthesize.tables2x2 import TwoByTwo, compare, compare_strata, missing_outcome_bounds

QUESTION = "recurrence"
Side = Literal["on", "off", "unclear"]
SIDES: dict[str, Side] = {
    "maintained": "on", "reduced": "on", "stopped_after_cr": "off", "stopped_before_cr": "off", "surgery": "off",
    "unclear": "unclear",
}  # fmt: skip
IN_WORDS = {"on": "as never stopped", "off": "as stopped"}


@dataclass(frozen=True)
class Patient:
    """One patient with CR: whether the drug was ever stopped, whether CR was followed by recurrence (None: unknown)."""

    name: str
    side: Side
    recurred: bool | None


def crude(sides: Sequence[Side], recurred: Sequence[bool], sources: Sequence[str]) -> list[Result]:
    """Return every comparison of the patients whose course is known, all together and stratified by source."""
    known = list(zip(sides, recurred, sources, strict=True))
    table = _table((side, event) for side, event, _ in known)
    if table.empty:
        return [NotEstimable(QUESTION, "fisher_exact", "everybody is on one side: nothing to compare")]
    strata = [
        _table((side, event) for side, event, source in known if source == wanted) for wanted in dict.fromkeys(sources)
    ]
    # only the exact one: the others lean on variances that a handful of patients does not give
    exact = [one for one in compare_strata(strata, question=QUESTION) if one.method == "stratified_conditional_or"]
    return [*compare(table.a, table.n1, table.c, table.n2, question=QUESTION), *exact]


def unreported(evidence: Evidence, topic: Topic, analysis: Analysis) -> list[Result]:
    """Return how far the crude risk difference could move were everything reported that is not.

    Taken in are also the patients whom the topic leaves out because something is not reported. Every completion of
    the unknown outcomes is tried twice: with all patients of unclear drug status on one side, and on the other.
    """
    patients = [_patient(row, analysis) for row in select(evidence, topic, _informed_or_not(topic, analysis)).rows]
    considered = [patient for patient in patients if patient is not None]
    unclear = sorted(patient.name for patient in considered if patient.side == "unclear")
    return [_bounds(considered, unclear, side) for side in (("on", "off") if unclear else (None,))]


def _informed_or_not(topic: Topic, analysis: Analysis) -> Analysis:
    uninformed = [rule.code for rule in topic.exclusions if QUESTION in rule.questions and rule.lacks_information]
    return replace(analysis, lift=(*analysis.lift, *uninformed))


def _patient(row: Row, analysis: Analysis) -> Patient | None:
    status = row["drug_after_cr"]
    side = SIDES.get(status, "unclear")
    if status == "stopped_before_cr" and analysis.stopped_before_cr != "off":
        if analysis.stopped_before_cr == "left_out":
            return None
        side = "on"
    return Patient(row["patient_id"], side, {"yes": True, "no": False}.get(row["recurrence"]))


def _bounds(patients: Sequence[Patient], unclear: Sequence[str], placed: Side | None) -> Result:
    by_side = {
        side: [one for one in patients if (one.side if one.side != "unclear" else placed) == side]
        for side in ("on", "off")
    }
    table = _table((side, one.recurred) for side, some in by_side.items() for one in some if one.recurred is not None)
    missing = {side: sum(one.recurred is None for one in some) for side, some in by_side.items()}
    subset = "all" if placed is None else f"all: unclear drug status {IN_WORDS[placed]}"
    result = missing_outcome_bounds(
        table.a, table.n1, table.c, table.n2, missing["on"], missing["off"], question=QUESTION, subset=subset
    )
    if not isinstance(result, Estimate):
        return result
    said = f"{sum(missing.values())} of {len(patients)} patients with CR without a reported outcome"
    said += f", {len(unclear)} of unclear drug status ({', '.join(unclear)})" if unclear else ""
    return replace(result, notes=(*result.notes, said))


def _table(patients: Iterable[tuple[str, bool]]) -> TwoByTwo:
    counts = {"on": [0, 0], "off": [0, 0]}
    for side, event in patients:
        counts[side][0] += event
        counts[side][1] += 1
    return TwoByTwo(*counts["on"], *counts["off"])
