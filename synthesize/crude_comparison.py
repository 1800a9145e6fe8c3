"""The crude view of recurrence: never stopped against ever stopped, all together, by source, and with what is unknown.

Crude, because stopping takes time: whoever recurs early has had less time to stop. The rates and the model of
`synthesize.recurrence` split follow-up at the stop instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from catalog.topic import Analysis, Topic
from synthesize.eligibility import select
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.load import Evidence, Row
from synthesize.tables2x2 import TwoByTwo, compare, compare_strata, missing_outcome_bounds
from synthesize.tables2x2.missing_outcomes import EXTREMES
from synthesize.tables2x2.missing_outcomes import METHOD as BOUNDS
from synthesize.tables2x2.risk_difference import risk_difference

QUESTION = "recurrence"
Side = Literal["on", "off", "unclear"]
SIDES: dict[str, Side] = {
    "maintained": "on", "reduced": "on", "stopped_after_cr": "off", "stopped_before_cr": "off", "surgery": "off",
    "unclear": "unclear",
}  # fmt: skip
IN_WORDS = {"on": "as never stopped", "off": "as stopped"}
WHICHEVER = "all: unclear drug status on whichever side, patient by patient"
"""The subset in which drug status is completed too."""


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
    the unknown outcomes is tried with all patients of unclear drug status on one side, with all on the other, and
    with each on whichever side: only the last holds what would be seen were everything reported.
    """
    patients = [_patient(row, analysis) for row in select(evidence, topic, _informed_or_not(topic, analysis)).rows]
    considered = [patient for patient in patients if patient is not None]
    unclear = sorted(patient.name for patient in considered if patient.side == "unclear")
    if not unclear:
        return [_bounds(considered, unclear, None)]
    return [*(_bounds(considered, unclear, side) for side in ("on", "off")), _widest(considered, unclear)]


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
    return replace(result, notes=(*result.notes, _unknown(patients, unclear)))


def _unknown(patients: Sequence[Patient], unclear: Sequence[str]) -> str:
    """Return in words how much is not reported."""
    untold = sum(one.recurred is None for one in patients)
    said = f"{untold} of {len(patients)} patients with CR without a reported outcome"
    return said + (f", {len(unclear)} of unclear drug status ({', '.join(unclear)})" if unclear else "")


def _widest(patients: Sequence[Patient], unclear: Sequence[str]) -> Result:
    """Return the range over every completion of outcome and drug status, each unclear patient on whichever side."""
    highest = _highest([(one.side, one.recurred) for one in patients])
    # the lowest difference is the highest one with outcomes told the other way round
    turned = [(one.side, None if one.recurred is None else not one.recurred) for one in patients]
    lowest = _highest(turned)
    if highest is None or lowest is None:
        return NotEstimable(QUESTION, BOUNDS, "everybody may be on one side: nothing to compare", WHICHEVER)
    table = _table((one.side, one.recurred) for one in patients if one.side != "unclear" and one.recurred is not None)
    return Estimate(
        QUESTION, BOUNDS, value=None if table.empty else risk_difference(table),
        lower=-lowest, upper=highest, level=None, n_patients=len(patients), n_events=table.events, subset=WHICHEVER,
        detail={"value": f"{table.empty} with a known drug status and outcome"} if table.empty else {},
        notes=(EXTREMES, _unknown(patients, unclear)),
    )  # fmt: skip


def _highest(patients: Sequence[tuple[Side, bool | None]]) -> float | None:
    """Return the highest difference in risk, on less off, that the unknown allow; None when a side stays empty.

    Whoever is on the drug recurs and whoever is off it does not, if unknown. Of the unclear, a recurrence stands on
    the drug and none off it; of those unclear in both, every number may be on the drug.
    """
    count = Counter(patients)
    events = count["on", True] + count["on", None] + count["unclear", True]
    on = events + count["on", False]
    off = sum(count["off", told] for told in (True, False, None)) + count["unclear", False]
    free = count["unclear", None]
    found = [
        (events + taken) / (on + taken) - count["off", True] / (off + free - taken)
        for taken in range(free + 1)
        if on + taken and off + free - taken
    ]
    return max(found, default=None)


def _table(patients: Iterable[tuple[str, bool]]) -> TwoByTwo:
    counts = {"on": [0, 0], "off": [0, 0]}
    for side, event in patients:
        counts[side][0] += event
        counts[side][1] += 1
    return TwoByTwo(*counts["on"], *counts["off"])
