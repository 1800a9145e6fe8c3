"""Who counts in an analysis: the topic's rules, each unit left out with its reason; overlapping units once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.topic import Analysis, Exclusion, Topic
from synthesize.load import Evidence, Row


@dataclass(frozen=True)
class Decision:
    """Whether one study or patient counts in one analysis, and why not."""

    question: str
    analysis: str
    unit_kind: str
    unit_id: str
    included: bool
    reason_code: str = ""
    reason: str = ""

    def as_row(self) -> Row:
        """Return the row of the `inclusion` table."""
        name = f"{self.question}.{self.analysis}.{self.unit_id}"
        row = {**self.__dict__, "inclusion_id": name}
        return {**row, "reason_code": self.reason_code or None, "reason": self.reason or None}


@dataclass(frozen=True)
class Selection:
    """The units that count, in order of name, and the decision on every unit."""

    analysis: Analysis
    rows: tuple[Row, ...]
    decisions: tuple[Decision, ...]


def select(evidence: Evidence, topic: Topic, analysis: Analysis) -> Selection:
    """Apply the topic's rules, the analysis's own limits and the decisions on overlaps, in this order."""
    unit_kind = "study" if analysis.question == "cr_rate" else "patient"
    rows = evidence.studies if unit_kind == "study" else evidence.patients
    reasons: dict[str, tuple[str, str]] = {}
    for name, row in rows.items():
        reason = _why_not(row, evidence, topic, analysis, unit_kind)
        if reason:
            reasons[name] = reason
    kept = [name for name in rows if name not in reasons]
    reasons.update(_repeated(kept, rows, evidence, analysis, unit_kind))
    decisions = tuple(
        Decision(analysis.question, analysis.id, unit_kind, name, name not in reasons, *reasons.get(name, ()))
        for name in rows
    )
    return Selection(analysis, tuple(rows[name] for name in rows if name not in reasons), decisions)


def _why_not(row: Row, evidence: Evidence, topic: Topic, analysis: Analysis, unit_kind: str) -> tuple[str, str] | None:
    """Return code and reason when a unit does not count, before overlaps are looked at."""
    key = f"{unit_kind}_id"
    if analysis.only and row[key] not in analysis.only:
        return "not_in_analysis", f"not among the units of this analysis ({analysis.title})"
    study = evidence.studies[row["study_id"]]
    for rule in topic.exclusions:
        if analysis.question not in rule.questions or rule.code in analysis.lift:
            continue
        if _fits(rule, row if rule.unit == unit_kind else study, study):
            return rule.code, rule.reason
    if analysis.only:
        return None
    for column, values in analysis.keep.items():
        if not _holds(_cell(row, study, column), values):
            return "not_in_subset", f"outside the subset: {analysis.title}"
    return None


def _fits(rule: Exclusion, row: Row, study: Row) -> bool:
    when = all(_holds(_cell(row, study, column), values) for column, values in rule.when.items())
    missing = all(_cell(row, study, column) is None for column in rule.missing)
    return when and missing and all(_cell(row, study, column) is not None for column in rule.filled)


def _cell(row: Row, study: Row, column: str) -> Any:
    return study[column.removeprefix("study.")] if column.startswith("study.") else row[column]


def _holds(value: Any, wanted: tuple[str, ...]) -> bool:
    return value is not None and not set(str(value).split(";")).isdisjoint(wanted)


def _repeated(
    names: list[str], rows: Mapping[str, Row], evidence: Evidence, analysis: Analysis, unit_kind: str
) -> dict[str, tuple[str, str]]:
    """Return the units that would count twice: of each pair the larger study or the fuller record stays."""
    counts = {"same", "unsure"} if analysis.overlaps == "once" else {"same"}
    if analysis.only and analysis.overlaps == "all":
        counts = set()
    pairs: dict[str, dict[str, str]] = {}
    for overlap in evidence.overlaps:
        if overlap["unit_kind"] == unit_kind and overlap["overlap_decision"] in counts:
            pairs.setdefault(overlap["first_id"], {})[overlap["second_id"]] = overlap["overlap_decision"]
            pairs.setdefault(overlap["second_id"], {})[overlap["first_id"]] = overlap["overlap_decision"]
    kept: set[str] = set()
    left_out = {}
    for name in sorted(names, key=lambda name: (-_size(rows[name], unit_kind), name)):
        twins = sorted(kept & set(pairs.get(name, ())))
        if twins:
            sure = "is" if pairs[name][twins[0]] == "same" else "may be"
            what = f"{sure} part of {twins[0]}" if unit_kind == "study" else f"{sure} the patient {twins[0]}"
            left_out[name] = ("counted_once", f"{what}, which counts here")
        else:
            kept.add(name)
    return left_out


def repeated_patients(evidence: Evidence) -> set[str]:
    """Return the patients who are, or may be, the same as one with a fuller record."""
    everybody = Analysis("description", "time_to_cr", "everybody once")
    return set(_repeated(list(evidence.patients), evidence.patients, evidence, everybody, "patient"))


def _size(row: Row, unit_kind: str) -> int:
    """Return how much a unit brings: patients treated, or fields filled."""
    if unit_kind == "study":
        return row["n_treated"] or 0
    return sum(value not in (None, "not_reported", "not_stated", "unclear") for value in row.values())
