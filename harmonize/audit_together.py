"""What the findings about one group tell of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from harmonize.audit_figures import Printed, read_printed
from harmonize.audit_finding import Finding
from harmonize.audit_text import counted


def told_together(found: Sequence[Finding], recomputed: Mapping[str, bool]) -> list[Finding]:
    """Add to contradicted claims what only the others of their group tell.

    A patient counted under another category; a percentage that follows from a contradicted count; the same figure
    printed rightly in another place.
    """
    groups: dict[tuple[Any, ...], list[Finding]] = defaultdict(list)
    for finding in found:
        groups[tuple(finding.claim[name] for name in ("study_id", "subject", "field"))].append(finding)
    together = {}
    for own in groups.values():
        differing = [one for one in own if one.outcome == "contradicted" and _is_count(one, recomputed)]
        extra = {one.claim["category"]: int(_printed(one).value) - int(one.recomputed) for one in differing}
        explained = _moved({category: more for category, more in extra.items() if category})
        for one in own:
            if one.outcome == "contradicted":
                swapped = explained.get(one.claim["category"]) if one in differing else None
                together[id(one)] = swapped or _told(one, differing, own)
    return [replace(one, explanation=together.get(id(one), one.explanation)) for one in found]


def _is_count(one: Finding, recomputed: Mapping[str, bool]) -> bool:
    return one.claim["statistic"] == "count" and recomputed[one.claim["claim_id"]] and one.recomputed.isdigit()


def _told(one: Finding, differing: Sequence[Finding], own: Sequence[Finding]) -> str:
    if follows := _follows(one, differing):
        return f"{one.explanation.split(';')[0]}; {follows}"
    return "; ".join(filter(None, (_right_elsewhere(one, own), one.explanation, _range_of_all(one, own))))


def _range_of_all(one: Finding, own: Sequence[Finding]) -> str | None:
    """Return whether a median of other patients stands beside the range of those it is said to be of."""
    right = {other.claim["statistic"] for other in own if other.outcome == "agrees"}
    if one.claim["statistic"] == "median" and "it is the median of" in one.explanation and {"min", "max"} <= right:
        return "the printed range is that of the group itself"
    return None


def _printed(finding: Finding) -> Printed:
    found = read_printed(finding.claim["printed"])
    assert found is not None  # only numbers are contradicted
    return found


def _follows(one: Finding, differing: Sequence[Finding]) -> str | None:
    """Return whether a percentage is that of a printed count which is itself contradicted."""
    total = one.claim["of_total"]
    for count in differing if one.claim["statistic"] == "percent" and total else ():
        share = 100 * _printed(count).value / total
        if count.claim["category"] == one.claim["category"] and _printed(one).covers((share, share)):
            return f"follows from the printed count, {count.claim['printed']} ({count.claim['claim_id']})"
    return None


def _right_elsewhere(one: Finding, own: Sequence[Finding]) -> str | None:
    """Return the same figure as it is printed rightly in another place."""
    for other in own:
        same = all(other.claim[name] == one.claim[name] for name in ("category", "statistic"))
        if same and other.outcome == "agrees" and _printed(other).value != _printed(one).value:
            where = other.claim.get("where_in_source") or other.claim["claim_id"]
            return f"{other.claim['printed']} in another place ({where})"
    return None


def _moved(differences: dict[str, int]) -> dict[str, str]:
    """Return, of categories whose printed count differs by so much, how patients counted under another explain it."""
    found = {}
    for category, extra in differences.items():
        for other, lacking in differences.items():
            if extra > 0 and lacking == -extra:
                found[category] = f"as if {counted(extra)} with {other} had been counted under {category}"
                found.setdefault(other, f"as if {counted(extra)} with {other} had been counted under {category}")
    return found
