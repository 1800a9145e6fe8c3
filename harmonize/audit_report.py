"""The audit as a person and as a program reads it: contradictions, and on request all the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from catalog.disclosure import shown_row
from harmonize.audit_finding import Finding, Outcome

Row = dict[str, Any]
OUTCOMES: dict[Outcome, str] = {"contradicted": "contradicted", "agrees": "agrees", "not_checkable": "not checkable"}

SHORT = {"patients": "", "percent": "%"}
"""Units that go without saying, or shorter."""


def lines(findings: Sequence[Finding], *, everything: bool) -> Iterator[str]:
    """Yield each finding with both figures, its severity and what explains it; then how many there are of each."""
    for finding in findings:
        if finding.outcome == "contradicted" or everything:
            yield from _block(finding)
    counts = Counter(finding.outcome for finding in findings)
    yield ", ".join(f"{counts[outcome]} {words}" for outcome, words in (OUTCOMES | {"agrees": "agree"}).items())


def _block(finding: Finding) -> Iterator[str]:
    claim = shown_row(finding.as_row())
    about = [claim.get(part) for part in ("study_id", "subject", "field", "category", "statistic")]
    words = [str(part) for part in about if part]
    where = f" ({claim['where_in_source']})" if claim.get("where_in_source") and claim.get("claim_id") else ""
    yield ": ".join(filter(None, (claim.get("claim_id"), ", ".join(words)))) + where
    printed = " ".join(filter(None, (claim["printed"], SHORT.get(claim["unit"] or "", claim["unit"]))))
    recomputed = f", recomputed {claim['recomputed']}" if claim["recomputed"] else ""
    mark = finding.severity if finding.outcome == "contradicted" else OUTCOMES[finding.outcome]
    yield f"    printed {printed}{recomputed}  [{mark}]"
    if claim["explanation"]:
        yield f"    {claim['explanation']}"
    yield ""


def document(findings: Sequence[Finding], *, everything: bool) -> Row:
    """Return the same as plain data: `counts`, `discrepancies`, and with `everything` the others too."""
    counts = Counter(finding.outcome for finding in findings)
    found: Row = {
        "counts": {outcome: counts[outcome] for outcome in OUTCOMES},
        "discrepancies": [_row(one) for one in findings if one.outcome == "contradicted"],
    }
    if everything:
        for outcome in ("agrees", "not_checkable"):
            found[outcome] = [_row(one) for one in findings if one.outcome == outcome]
    return found


def _row(finding: Finding) -> Row:
    row = shown_row(finding.as_row())
    if finding.outcome != "contradicted":
        row["severity"] = None
    return {**row, "outcome": finding.outcome}
