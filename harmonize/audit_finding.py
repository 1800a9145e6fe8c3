"""What the audit found about one printed figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from catalog.fields import Severity
from catalog.tables import LOCATOR

Row = dict[str, Any]
Outcome = Literal["agrees", "contradicted", "not_checkable"]
Kind = Literal["printed_against_recomputed", "claims_disagree", "row_inconsistency", "sources_disagree"]


@dataclass(frozen=True)
class Finding:
    """A claim with what stands against it; `explanation` also says why one cannot be checked."""

    claim: Row
    outcome: Outcome
    recomputed: str = ""
    explanation: str = ""
    severity: Severity = "info"
    kind: Kind = "printed_against_recomputed"

    def as_row(self) -> Row:
        """Return the row of the table `discrepancy`."""
        claim = self.claim
        name = claim.get("claim_id") or ":".join(
            str(claim[part]) for part in ("study_id", "subject", "field", "category", "statistic") if claim.get(part)
        )
        return {
            "discrepancy_id": name,
            "discrepancy_kind": self.kind,
            **{
                part: claim.get(part) for part in ("claim_id", "study_id", "patient_id", "subject", "field", "category")
            },
            **{part: claim.get(part) for part in ("statistic", "printed", "unit", *LOCATOR)},
            "recomputed": self.recomputed,
            "explanation": self.explanation or None,
            "severity": self.severity,
        }


def as_discrepancies(rows: Sequence[Row], findings: Sequence[Finding]) -> list[Row]:
    """Return `rows` and the contradictions among `findings` as rows of `discrepancy`, each under a name of its own."""
    found = [*rows, *(one.as_row() for one in findings if one.outcome == "contradicted")]
    times: Counter[str] = Counter()
    for row in found:
        name = row["discrepancy_id"]
        times[name] += 1
        row["discrepancy_id"] = name if times[name] == 1 else f"{name}:{times[name]}"
    return found


def unchecked(claim: Row, why: str) -> Finding:
    """Return that a claim cannot be checked, and why."""
    return Finding(claim, "not_checkable", explanation=why)
