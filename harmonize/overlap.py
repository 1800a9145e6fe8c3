"""Studies and patients that may be one and the same: decisions by people, and pairs that need one.

No pair is merged here. A pair that nobody decided is *unsure*, which counts once in primary analyses.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from catalog.errors import Problems
from catalog.identity import pair_id

Row = dict[str, Any]


def overlaps(choices: list[Row], studies: list[Row], patients: list[Row], problems: Problems) -> list[Row]:
    """Return the rows of `overlap`: what people decided, then pairs of patients that look alike."""
    known = {"study": {row["study_id"] for row in studies}, "patient": {row["patient_id"] for row in patients}}
    pairs: dict[str, Row] = {}
    for choice in choices:
        for side in ("first_id", "second_id"):
            if choice[side] not in known[choice["unit_kind"]]:
                problems.add(f"no such {choice['unit_kind']}", file=choice["file"], row=choice["row"], column=side,
                             found=choice[side])  # fmt: skip
        before = pairs.setdefault(choice["pair_id"], choice)
        if before["overlap_decision"] != choice["overlap_decision"]:
            problems.add(f"decided otherwise in {before['file']}, row {before['row']}", file=choice["file"],
                         row=choice["row"], column="overlap_decision", found=choice["overlap_decision"],
                         allowed=before["overlap_decision"], remedy="Correct one of the two")  # fmt: skip
    for first, second in combinations(sorted(patients, key=lambda row: row["patient_id"]), 2):
        name = pair_id(first["patient_id"], second["patient_id"])
        evidence = _alike(first, second)
        if evidence and name not in pairs:
            pairs[name] = {
                "pair_id": name, "unit_kind": "patient", "first_id": first["patient_id"],
                "second_id": second["patient_id"], "overlap_decision": "unsure", "evidence_for": evidence,
                "decided_by": "rule: alike in every known trait",
            }  # fmt: skip
    return list(pairs.values())


NUMBERS = (("age_years", 1.0), ("max_tumor_size_cm", 0.2), ("afp_baseline_ng_ml", 0.0))
"""Numbers in which one and the same patient may differ by so much between two reports."""


def _alike(first: Row, second: Row) -> str | None:
    """Return the traits in which two patients of different studies agree: two numbers, three traits, no difference.

    A number of which only a bound is known speaks neither for nor against.
    """
    if first["study_id"] == second["study_id"]:
        return None
    agree = []
    for name, tolerance in NUMBERS:
        one, other = first.get(name), second.get(name)
        bounds = {row.get(f"{name}_qualifier") for row in (first, second)} - {None, "="}
        if one is None or other is None or bounds:
            continue
        if abs(one - other) > tolerance:
            return None
        agree.append(f"{name} {one:.15g} and {other:.15g}")
    numbers = len(agree)
    for name in ("sex", "etiology", "portal_vein_invasion", "extrahepatic_metastasis"):
        one, other = first.get(name), second.get(name)
        if one in (None, "not_reported") or other in (None, "not_reported"):
            continue
        if one != other:
            return None
        agree.append(f"{name} {one}")
    return "; ".join(agree) if numbers >= 2 and len(agree) >= 3 else None
