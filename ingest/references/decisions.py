"""Decisions that people made in another program, as its export writes them.

Rayyan: in the notes, ``RAYYAN-INCLUSION: {"Ana"=>"Included", "Ben"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: …``.
ASReview: 1 or 0 in a column of labels. Who disagree have not decided: the report is to be read.
"""

from __future__ import annotations

import re
from typing import Literal

from ingest.references.reference import PersonDecision

_INCLUSION = re.compile(r'"([^"]+)"\s*=>\s*"(Included|Excluded|Maybe)"')
_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|]+)")
_WORDS: dict[str, Literal["include", "exclude", "read"]] = {
    "included": "include", "include": "include", "yes": "include", "1": "include", "1.0": "include",
    "relevant": "include", "excluded": "exclude", "exclude": "exclude", "no": "exclude", "0": "exclude",
    "0.0": "exclude", "irrelevant": "exclude", "maybe": "read", "undecided": "read",
}  # fmt: skip


def rayyan(notes: str | None) -> PersonDecision | None:
    """Return what the reviewers named in Rayyan's notes decided, or None when nobody did."""
    said = dict(_INCLUSION.findall(notes or ""))
    if not said:
        return None
    found = {_WORDS[word.casefold()] for word in said.values()}
    who = f"{', '.join(sorted(said))} (Rayyan)"
    if len(found) > 1:
        return PersonDecision("read", "the reviewers disagree: " + _listed(said), who)
    decision = found.pop()
    reasons = _REASONS.search(notes or "")
    reason = reasons[1].strip() if reasons and decision == "exclude" else _listed(said)
    return PersonDecision(decision, reason, who)


def labelled(label: str | None, column: str) -> PersonDecision | None:
    """Return what a column of labels says, or None when the cell is empty or no label."""
    stated = (label or "").strip()
    decision = _WORDS.get(stated.casefold())
    return PersonDecision(decision, f"{column}: {stated}", f"a person (column {column})") if decision else None


def _listed(said: dict[str, str]) -> str:
    return ", ".join(f"{name}: {word.lower()}" for name, word in sorted(said.items()))
