"""Pairs that may be one and the same as a person and as a program reads them, with the evidence for and against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from catalog.disclosure import shown_list, shown_row
from harmonize.overlap import Pair

Row = dict[str, Any]
INDENT = "    "
HEAD = "Weights are in bits: −log2 of the share of the known that agrees with the value, summed over what agrees."


def lines(pairs: Sequence[Pair], waiting: Sequence[Row]) -> Iterator[str]:
    """Yield the pairs, each with its evidence, decision and reason, and what is left to decide."""
    if not pairs:
        yield "no pair may be one and the same"
    else:
        yield HEAD
    for pair in pairs:
        evidence, row = pair.evidence, pair.as_row()
        by = ", ".join(filter(None, (row["decided_by"], row["decided_on"])))
        yield ""
        yield f"{pair.name}  ({evidence.unit_kind})  {evidence.weight:.1f} bits  {pair.decision} ({by})"
        if evidence.agree:
            yield f"{INDENT}for:     {shown_list('; '.join(f'{one} ({one.weight:.1f})' for one in evidence.agree))}"
        if evidence.differ:
            marked = (f"{one} (cannot be in one)" if one.hard else str(one) for one in evidence.differ)
            yield f"{INDENT}against: {shown_list('; '.join(marked))}"
        yield from _said(pair)
    undecided = sum(pair.choice is None for pair in pairs)
    if undecided:
        yield ""
        yield f"{undecided} not decided: python -m harmonize overlaps decide 'PAIR' same|different|unsure --why TEXT"
    for choice in waiting:
        yield f"decided, but no source has both names now: {choice['pair_id']} ({choice['overlap_decision']})"


def against(pairs: Sequence[Pair], named: str) -> Iterator[str]:
    """Yield what cannot be in one and the same, of a pair that was decided to be the same all the same."""
    names = {name.strip() for name in named.replace(",", "|").split("|")}
    for pair in pairs:
        evidence = pair.evidence
        if {evidence.first_id, evidence.second_id} == names and pair.decision == "same" and evidence.vetoed:
            differing = shown_list("; ".join(str(one) for one in evidence.differ if one.hard))
            yield f"decided against what cannot be in one and the same: {differing}"


def _said(pair: Pair) -> Iterator[str]:
    """Yield what people said in their own words."""
    for name, label in (("evidence_for", "said for:"), ("evidence_against", "said against:"), ("why", "why:")):
        if pair.choice and pair.choice.get(name):
            yield f"{INDENT}{label} {pair.choice[name]}"


def document(pairs: Sequence[Pair], waiting: Sequence[Row]) -> Row:
    """Return the same as plain data: `candidates` with their evidence, and decisions that `wait` for their records."""
    names = ("pair_id", "overlap_decision", "why", "evidence_for", "evidence_against", "decided_by", "decided_on")
    return {
        "candidates": [shown_row(_candidate(pair)) for pair in pairs],
        "waiting": [{name: choice[name] for name in names} for choice in waiting],
    }


def _candidate(pair: Pair) -> Row:
    evidence, choice, row = pair.evidence, pair.choice or {}, pair.as_row()
    return {
        "pair_id": pair.name,
        "unit_kind": evidence.unit_kind,
        "first_id": evidence.first_id,
        "second_id": evidence.second_id,
        "weight": evidence.weight,
        "vetoed": evidence.vetoed,
        "overlap_decision": pair.decision,
        "decided": pair.choice is not None,
        **{name: row[name] for name in ("decided_by", "decided_on", "why")},
        "evidence_for": [asdict(one) for one in evidence.agree],
        "evidence_against": [asdict(one) for one in evidence.differ],
        "stated_for": choice.get("evidence_for"),
        "stated_against": choice.get("evidence_against"),
    }
