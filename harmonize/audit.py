"""Printed against recomputed: every summary that a source prints, recomputed from the patients that it lists.

The patients are those of the source itself, before any two are made one. What is printed of a group whose patients are
not listed is held against the other printed figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from catalog.fields import FIELDS
from harmonize.audit_explain import Explanation, Group, of_count, of_percent
from harmonize.audit_figures import Printed, Span, figure, read_printed, standard_deviation, text
from harmonize.audit_finding import Finding, unchecked
from harmonize.audit_groups import (
    Condition,
    column_of,
    in_category,
    is_everybody,
    is_known,
    is_numeric,
    members,
    span_of,
    subject_conditions,
)
from harmonize.audit_slips import of_number
from harmonize.audit_together import told_together
from harmonize.audit_whole import CR, Whole, among_claims
from harmonize.held import cells, chosen
from harmonize.units import divisor, months_per

Row = dict[str, Any]


def audit(claims: Sequence[Row], patients: Sequence[Row], studies: Sequence[Row]) -> list[Finding]:
    """Return what was found about each claim, in their order, then contradictions between claims of one group."""
    listed: dict[str, list[Row]] = defaultdict(list)
    claimed = sorted({name for claim in claims for name in claim["study_id"].split("+")})
    for row in sorted(chosen(patients, "study_id", claimed), key=_printed_place):
        listed[row["study_id"]].append(row)
    counts = Counter(cells(patients, "study_id"))
    whole = Whole(claims, {study["study_id"]: study for study in studies}, counts)
    found = []
    recomputed: dict[str, bool] = {}
    for claim in claims:
        printed = read_printed(claim["printed"])
        studies_of = [listed.get(name, []) for name in claim["study_id"].split("+")]
        rows = [row for own in studies_of for row in own] if all(studies_of) else []
        about = None if printed is None else _chosen(claim, rows)
        recomputed[claim["claim_id"]] = about is not None
        if printed is None:
            found.append(unchecked(claim, "what is printed is no number"))
        elif about is None:
            found.append(_of_whom(whole.check(claim, printed), rows))
        else:
            found.append(_recompute(claim, printed, rows, about))
    return [*told_together(found, recomputed), *among_claims(claims, recomputed)]


def _of_whom(finding: Finding, rows: Sequence[Row]) -> Finding:
    """Return a finding that says so when the source lists patients and the words for whom it speaks of are unknown."""
    subject = finding.claim["subject"]
    known = is_everybody(subject) or subject_conditions(subject) is not None
    if finding.outcome != "not_checkable" or not rows or known:
        return finding
    return replace(finding, explanation=f"whom {subject!r} means is not understood; {finding.explanation}")


def _printed_place(row: Row) -> tuple[str, int]:
    """Return where a row stands, to bring rows into the order of the printed table."""
    return row.get("file") or "", row.get("row") or 0


def _chosen(claim: Row, rows: Sequence[Row]) -> list[Row] | None:
    """Return the listed patients that a claim is about, or None when these are not listed.

    Whoever has CR is listed. A larger group is when as many are listed as it is printed to have.
    """
    if not rows or (claim["field"], claim["category"]) == CR:
        return None
    conditions = subject_conditions(claim["subject"])
    total = claim["of_total"]
    if conditions is None:  # as many as are listed may by chance be others, unless everybody is meant
        return list(rows) if is_everybody(claim["subject"]) and total == len(rows) else None
    chosen = members(rows, conditions)
    about_cr = "cr" in (claim["subject"] or "cr").casefold().split()
    return chosen if about_cr or total is None or total <= len(chosen) else None


def _recompute(claim: Row, printed: Printed, rows: Sequence[Row], chosen: Sequence[Row]) -> Finding:
    field = column_of(claim["field"])
    if field is None:
        return unchecked(claim, f"{claim['field']} is no field of patients")
    group = Group(rows, chosen, field)
    if _is_counted(claim):
        found = _of_counts(claim, printed, group)
    elif is_numeric(field):
        found = _of_numbers(claim, printed, group)
    else:
        return unchecked(claim, f"{field} is no number")
    known = sum(is_known(row, field) for row in chosen)
    stated = len(chosen) if _is_counted(claim) else known
    if found.outcome == "agrees" and len(chosen) == len(rows) and _is_of_fewer(claim, len(rows), known):
        of_all = f"{found.recomputed} of {len(rows)}"
        return Finding(
            claim, "contradicted", of_all, f"printed of {claim['of_total']}, {len(rows)} are listed", "warning"
        )
    missing = (claim["of_total"] or 0) - stated
    part = _is_counted(claim) and len(chosen) < len(rows)  # the total is then that of the whole group
    if found.outcome != "contradicted" or missing <= 0 or part or _cannot_be(found, printed):
        return found
    return unchecked(claim, f"{missing} of {claim['of_total']} patients are not listed with it")


def _is_of_fewer(claim: Row, listed: int, known: int) -> bool:
    """Return whether a claim about everybody is printed of fewer than are listed, and than are known."""
    total = claim["of_total"]
    return total is not None and total < listed and total != known


def _is_counted(claim: Row) -> bool:
    """Return whether a claim counts patients; the others state a value of theirs."""
    return claim["statistic"] in ("count", "percent", "missing")


def _cannot_be(found: Finding, printed: Printed) -> bool:
    """Return whether no patient of whom it is not listed could make a printed figure right."""
    recomputed = read_printed(found.recomputed)
    if recomputed is None:
        return False
    larger = printed.value > recomputed.value
    return {"min": larger, "max": not larger, "count": not larger}.get(found.claim["statistic"], False)


def _of_counts(claim: Row, printed: Printed, group: Group) -> Finding:
    """Check a count, a percentage or a number missing; who is not known may be in any category."""
    category, statistic = claim["category"], claim["statistic"]
    size, known = len(group.chosen), sum(is_known(row, group.field) for row in group.chosen)
    if statistic == "missing":
        return _verdict(claim, printed, (size - known, size - known))
    if not category:
        if statistic == "percent":
            return unchecked(claim, "a percentage needs its category")
        return _verdict(claim, printed, (known, known), lambda: of_count(group, None, printed, known))
    condition = in_category(group.field, category)
    if condition is None:
        return unchecked(claim, f"{category!r} is no category of {group.field} that is understood")
    least, most = _counted(condition, group.chosen)
    if statistic == "count":
        found = _verdict(claim, printed, (least, most), lambda: of_count(group, category, printed, least))
        possible: Span = (least, most + size - known)
    elif not known:
        return unchecked(claim, f"{group.field} is not listed of any of these patients")
    else:
        found = _share(claim, printed, (least, most), size, known)
        possible = (100 * least / size, 100 * (most + size - known) / size)
    if found.outcome == "contradicted" and known < size and printed.covers(possible):
        return unchecked(claim, f"{group.field} is not known of {size - known} of {size} patients")
    return found


def _share(claim: Row, printed: Printed, counts: tuple[int, int], size: int, known: int) -> Finding:
    """Check a percentage: of those of whom it is known, or of all."""
    of_known, of_all = ((100 * counts[0] / total, 100 * counts[1] / total) for total in (known, size))
    if printed.covers(of_known):
        return Finding(claim, "agrees", text(of_known, printed.decimals))
    found = _verdict(claim, printed, of_all, lambda: of_percent(printed, counts[0], size))
    return replace(found, explanation="; ".join(filter(None, (f"{counts[0]} of {size}", found.explanation))))


def _counted(condition: Condition, rows: Sequence[Row]) -> tuple[int, int]:
    """Return how many rows certainly fit a condition, and how many may."""
    fits = [condition(row) for row in rows]
    return fits.count(True), fits.count(True) + fits.count(None)


def _of_numbers(claim: Row, printed: Printed, group: Group) -> Finding:
    """Check a minimum, maximum, median or mean; a standard deviation beside a mean must agree too."""
    per = _per_declared(claim, group.field)
    if per is None:
        return unchecked(claim, f"unit {claim['unit']!r} is not known for {group.field}")
    spans = [span for row in group.chosen if (span := span_of(row, group.field)) is not None]
    if not spans:
        return unchecked(claim, f"{group.field} is not listed of any of these patients")
    spans = [(low * per, high * per) for low, high in spans]
    statistic = "mean" if claim["statistic"] == "mean_sd" else claim["statistic"]
    least, most = figure(statistic, spans)
    spread = read_printed(claim["spread"] or "")
    deviation = standard_deviation(spans)
    if spread and deviation is not None and not spread.covers((deviation, deviation)):
        both = f"{text((least, most), printed.decimals)} ± {text((deviation, deviation), spread.decimals)}"
        whole = {**claim, "printed": f"{claim['printed']} ± {claim['spread']}"}
        return Finding(whole, "contradicted", both, "the standard deviation differs", "warning")
    shown = text((least, most), printed.decimals)
    if per != 1:
        return _verdict(claim, printed, (least, most))
    return _verdict(claim, printed, (least, most), lambda: of_number(group, statistic, printed, (least, most), shown))


def _per_declared(claim: Row, field: str) -> float | None:
    """Return how many units of a claim make one in which the rows are, or None when the unit is not known."""
    unit = claim["unit"]
    if unit in (None, "") or (field in FIELDS and unit == FIELDS[field].unit):
        return 1.0
    months = months_per(unit)
    if f"{field}_months_lower" in FIELDS:
        return None if months is None else 1 / months
    if field in FIELDS and FIELDS[field].unit == "years" and months is not None:
        return 12 / months
    return divisor(FIELDS[field], unit)


def _verdict(
    claim: Row, printed: Printed, span: Span, explain: Callable[[], Explanation | None] = lambda: None
) -> Finding:
    recomputed = text(span, printed.decimals)
    if printed.covers(span):
        return Finding(claim, "agrees", recomputed)
    slip = explain()
    words, minor = (slip.text, slip.minor) if slip else ("", False)
    return Finding(claim, "contradicted", recomputed, words, "info" if minor else "warning")
