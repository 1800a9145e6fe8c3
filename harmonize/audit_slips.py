"""Why a printed minimum, maximum, median or mean may differ from what the rows give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harmonize.audit_explain import MOST, Explanation, Group, joined, rounding
from harmonize.audit_figures import FIGURES, Printed, Span
from harmonize.audit_groups import ELEVATED, ON_DRUG, STOPPED, Named, members, span_of
from harmonize.audit_text import counted, listed, ordinal

Row = dict[str, Any]
LISTABLE = 100
"""In a larger group somebody's omission explains almost anything."""
FROM_CR = {"drug_duration": ("counted from CR, not from the start", -1), "disease_free": ("counted from the start", 1)}
"""Times that are sometimes printed from the other origin: what is then done with the time to CR."""


def of_number(group: Group, statistic: str, printed: Printed, recomputed: Span, shown: str) -> Explanation | None:
    """Return what would explain a printed minimum, maximum, median or mean, or None."""
    found = (
        _misprint(printed, shown),
        _position(group, statistic, printed),
        *_other_subset(group, statistic, printed),
        _left_out(group, statistic, printed),
        _other_statistic(group, statistic, printed),
        _other_origin(group, statistic, printed),
    )
    return joined(found, minor=rounding(printed, recomputed))


def _misprint(printed: Printed, shown: str) -> str | None:
    """Return how one slip of the pen makes the printed digits of the recomputed ones; single digits prove nothing."""
    wrong, right = printed.digits, shown
    if max(len(wrong), len(right)) < 2 or not set(wrong) & set(right) or wrong == right:
        return None
    if wrong.replace(".", "") == right.replace(".", ""):
        return f"misprint: {wrong} for {right}, the decimal point moved"
    if len(wrong) == len(right):
        differing = [place for place, (one, other) in enumerate(zip(wrong, right, strict=True)) if one != other]
        if len(differing) == 1:
            return f"misprint: {wrong} for {right}, one digit"
        swapped = len(differing) == 2 and differing[1] == differing[0] + 1
        if swapped and wrong[differing[0]] == right[differing[1]] and wrong[differing[1]] == right[differing[0]]:
            return f"misprint: {wrong} for {right}, two digits exchanged"
    for longer, shorter, what in ((wrong, right, "one digit too many"), (right, wrong, "one digit missing")):
        if len(longer) == len(shorter) + 1 and any(
            longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))
        ):
            return f"misprint: {wrong} for {right}, {what}"
    return None


def _position(group: Group, statistic: str, printed: Printed) -> str | None:
    """Return which value in order of size, or which in the order of the table, was taken for the median."""
    values = group.values(group.chosen)
    if statistic != "median" or not values:
        return None
    count = counted(len(values))
    places = [place for place, value in enumerate(sorted(values), 1) if printed.is_rounding_of(value)]
    if places:
        return f"it is the {ordinal(places[0])} of the {count} values in order of size"
    middle = values[(len(values) - 1) // 2]
    if printed.is_rounding_of(middle):
        return f"it is the {ordinal((len(values) + 1) // 2)} of the {count} values in the order of the table, unsorted"
    return None


def _other_subset(group: Group, statistic: str, printed: Printed) -> Iterator[str]:
    """Yield the one or two natural groups of patients whose figure is the printed one."""
    found = 0
    for named in _subsets():
        rows = members(group.everybody, [named])
        same = len(rows) == len(group.chosen) and all(
            one is other for one, other in zip(rows, group.chosen, strict=True)
        )
        values = group.values(rows)
        if same or len(values) < 2 or not printed.is_rounding_of(FIGURES[statistic](values)):
            continue
        whom = f"all {counted(len(values))}" if named.name == "all" else f"the {counted(len(values))} {named.name}"
        yield f"it is the {_word(statistic)} of {whom}"
        found += 1
        if found == 2:
            return


def _subsets() -> tuple[Named, ...]:
    """Return the groups that a text may have had in mind, the likeliest first."""
    return (
        Named("all", lambda row: True),
        Named("with the drug maintained", lambda row: row.get("drug_after_cr") in ON_DRUG),
        Named("with the drug stopped", lambda row: row.get("drug_after_cr") in STOPPED),
        Named("with recurrence", lambda row: row.get("recurrence") == "yes"),
        Named("without recurrence", lambda row: row.get("recurrence") == "no"),
        Named("with portal vein invasion", lambda row: row.get("portal_vein_invasion") == "yes"),
        Named("men", lambda row: row.get("sex") == "M"),
        Named("without earlier treatment", lambda row: row.get("prior_treatment") == "none"),
        Named("with elevated AFP", lambda row: (row.get("afp_baseline_ng_ml") or 0) > ELEVATED["afp_baseline_ng_ml"]),
    )


def _left_out(group: Group, statistic: str, printed: Printed) -> str | None:
    """Return whose omission, of any one patient, gives the printed figure."""
    known = [row for row in group.chosen if group.values([row])]
    if not 3 <= len(known) <= LISTABLE:
        return None
    names = [
        str(row["patient_id"])
        for row in known
        if printed.is_rounding_of(FIGURES[statistic](group.values([one for one in known if one is not row])))
    ]
    return f"it is the {_word(statistic)} without {listed(names, 'or')}" if 0 < len(names) <= MOST else None


def _other_statistic(group: Group, statistic: str, printed: Printed) -> str | None:
    values = group.values(group.chosen)
    other = {"mean": "median", "median": "mean"}.get(statistic)
    if other and values and printed.is_rounding_of(FIGURES[other](values)):
        return f"it is the {other}"
    return None


def _other_origin(group: Group, statistic: str, printed: Printed) -> str | None:
    """Return whether the figure is that of the same times counted from the other origin."""
    if group.field not in FROM_CR:
        return None
    what, sign = FROM_CR[group.field]
    values = []
    for row in group.chosen:
        time, to_cr = span_of(row, group.field), span_of(row, "time_to_cr")
        if time and to_cr and time[0] == time[1] and to_cr[0] == to_cr[1]:
            values.append(time[0] + sign * to_cr[0])
    return (
        f"it is the {_word(statistic)} {what}"
        if values and printed.is_rounding_of(FIGURES[statistic](values))
        else None
    )


def _word(statistic: str) -> str:
    return {"min": "minimum", "max": "maximum"}.get(statistic, statistic)
