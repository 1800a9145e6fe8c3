"""Studies and patients that may be one and the same: decisions by people, and pairs that need one.

Nothing is merged without a decision. A candidate that nobody decided is *unsure*, which counts once in primary
analyses. What `python -m harmonize overlaps decide` recorded goes before a curated sheet; of several decisions from
equally high the latest goes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog.errors import Problems
from catalog.identity import pair_id
from harmonize.overlap_evidence import Comparison, UnitKind
from harmonize.overlap_patients import Patients
from harmonize.overlap_studies import Studies

Row = dict[str, Any]
DECISIONS = "decisions:command"
"""Origin of what was decided at the command line."""
BY_RULE = "rule: alike and nothing that cannot be"


@dataclass(frozen=True)
class Pair:
    """A pair with its evidence and, once somebody decided, the choice (a row of `overlap_choice`)."""

    evidence: Comparison
    choice: Row | None

    @property
    def decision(self) -> str:
        """What holds for the pair now: *same*, *different* or *unsure*."""
        return self.choice["overlap_decision"] if self.choice else "unsure"

    @property
    def name(self) -> str:
        """The pair's name."""
        return pair_id(self.evidence.first_id, self.evidence.second_id)

    def as_row(self) -> Row:
        """Return the row of the table `overlap`: a person's words go before what a rule found."""
        choice = self.choice or {"decided_by": BY_RULE}
        row = {name: choice.get(name) for name in ("why", "decided_by", "decided_on")}
        return {
            **row,
            "pair_id": self.name,
            "unit_kind": self.evidence.unit_kind,
            "first_id": choice.get("first_id") or self.evidence.first_id,
            "second_id": choice.get("second_id") or self.evidence.second_id,
            "overlap_decision": self.decision,
            "weight_bits": self.evidence.weight,
            "evidence_for": choice.get("evidence_for") or self.evidence.evidence_for or None,
            "evidence_against": choice.get("evidence_against") or self.evidence.evidence_against,
        }


def overlaps(choices: list[Row], studies: list[Row], patients: Sequence[Row], problems: Problems) -> list[Pair]:
    """Return the candidates that nobody decided, then what people decided; patients first, heaviest first.

    A decision about nobody, and two decisions of one rank that disagree, are problems.
    """
    people, arms = Patients(patients, studies), Studies(studies)
    pairs: dict[tuple[str, str], Pair] = {}
    for choice in _standing(_known(choices, people, arms, problems), problems):
        kind: UnitKind = choice["unit_kind"]
        first, second = choice["first_id"], choice["second_id"]
        evidence = people.compare_named(first, second) if kind == "patient" else arms.compare(first, second)
        pairs[kind, choice["pair_id"]] = Pair(evidence, choice)
    for evidence in (*people.candidates(), *arms.candidates()):
        pair = Pair(evidence, None)
        pairs.setdefault((evidence.unit_kind, pair.name), pair)
    return sorted(pairs.values(), key=_order)


def _order(pair: Pair) -> tuple[bool, str, float, str]:
    return pair.choice is not None, pair.evidence.unit_kind, -pair.evidence.weight, pair.name


def _known(choices: list[Row], people: Patients, arms: Studies, problems: Problems) -> list[Row]:
    """Return the choices about studies and patients that there are; the others go into the problems.

    A decision from the command line outlives the records it is about: it waits until they are back.
    """
    known = {"study": set(arms.rows), "patient": set(people.place)}
    found = []
    for choice in choices:
        gone = [side for side in ("first_id", "second_id") if choice[side] not in known[choice["unit_kind"]]]
        for side in gone if choice.get("origin") != DECISIONS else ():
            problems.add(f"no such {choice['unit_kind']}", file=choice["file"], row=choice["row"], column=side,
                         found=choice[side])  # fmt: skip
        if not gone:
            found.append(choice)
    return found


def _standing(choices: list[Row], problems: Problems) -> list[Row]:
    """Return the decision that holds for each pair: of the highest rank, in the order of the choices."""
    standing: dict[tuple[str, str], Row] = {}
    for choice in choices:
        key = choice["unit_kind"], choice["pair_id"]
        before = standing.setdefault(key, choice)
        if _rank(choice) > _rank(before):
            standing[key] = choice
    for choice in choices:
        before = standing[choice["unit_kind"], choice["pair_id"]]
        if _rank(choice) == _rank(before) and choice["overlap_decision"] != before["overlap_decision"]:
            problems.add(f"decided otherwise in {before['file']}, row {before['row']}", file=choice["file"],
                         row=choice["row"], column="overlap_decision", found=choice["overlap_decision"],
                         allowed=before["overlap_decision"], remedy="Correct one of the two")  # fmt: skip
    return list(standing.values())


def _rank(choice: Row) -> tuple[bool, str]:
    return choice.get("origin") == DECISIONS, choice.get("decided_on") or ""
