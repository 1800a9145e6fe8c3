"""Why a printed figure may differ from what the rows give: the slips that would produce exactly the printed one.

Only a slip that gives the printed figure is named, the simplest first, and no more than three.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from harmonize.audit_figures import FIGURES, SLACK, Printed, Span
from harmonize.audit_groups import (
    ELEVATED,
    ON_DRUG,
    STOPPED,
    Named,
    is_known,
    members,
    span_of,
    within,
)
from harmonize.audit_text import counted, listed, number, ordinal

Row = dict[str, Any]
MOST = 3
LISTABLE = 100
"""In a larger group somebody's omission explains almost anything."""
FROM_CR = {"drug_duration": ("counted from CR, not from the start", -1), "disease_free": ("counted from the start", 1)}
"""Times that are sometimes printed from the other origin: what is then done with the time to CR."""


@dataclass(frozen=True)
class Group:
    """The patients listed of a study, in the order of the table, and those that a claim is about."""

    everybody: Sequence[Row]
    chosen: Sequence[Row]
    field: str

    def values(self, rows: Sequence[Row]) -> list[float]:
        """Return the exactly known values of some rows, in their order."""
        spans = (span_of(row, self.field) for row in rows)
        return [span[0] for span in spans if span is not None and span[0] == span[1]]


@dataclass(frozen=True)
class Explanation:
    """What would explain a printed figure; `minor` when it is a matter of rounding or of one exact bound."""

    text: str
    minor: bool = False


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
    return _joined(found, minor=_rounding(printed, recomputed))


def of_count(group: Group, category: str | None, printed: Printed, count: int) -> Explanation | None:
    """Return what would explain a printed count, or None."""
    known = sum(is_known(row, group.field) for row in group.chosen)
    bound = _bound(group, category, printed)
    others = category is not None and printed.value == known - count
    found = (
        _alone(group, category, printed),
        f"{number(printed.value)} is the number in the other categories" if others else None,
        f"{number(printed.value)} is the number of all" if printed.value == len(group.chosen) else None,
        _left_one_out(group, category, printed, count),
    )
    return _joined(() if bound else found, minor=bound)


def of_percent(printed: Printed, count: int, total: int) -> Explanation | None:
    """Return what would explain a printed percentage of `count` in `total`, or None."""
    exact = 100 * count / total
    fitting = counts_giving(printed, total)
    some = listed([str(one) for one in fitting], "or") if 0 < len(fitting) <= MOST else None
    other = f"it is {some} of {total}" if some else None
    return _joined((other,), minor=_rounding(printed, (exact, exact)))


def counts_giving(printed: Printed, total: int) -> range:
    """Return the counts in `total` whose percentage is printed like this: none when no count gives it.

    The test of granularity (GRIM; Brown and Heathers 2017, doi:10.1177/1948550616673876) for percentages.
    """
    half = 0.5 * 10.0**-printed.decimals + SLACK * max(1.0, abs(printed.value))
    least = math.ceil((printed.value - half) * total / 100)
    most = math.floor((printed.value + half) * total / 100)
    return range(max(0, least), min(total, most) + 1)


def _joined(found: Sequence[str | None], minor: str | None = None) -> Explanation | None:
    texts = list(islice((one for one in (minor, *found) if one), MOST))
    return Explanation("; ".join(texts), minor is not None) if texts else None


def _rounding(printed: Printed, span: Span) -> str | None:
    if printed.cuts_off(span[0]):
        return "cut off instead of rounded"
    return "rounded up where it rounds down" if printed.rounds_up(span[0]) else None


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


def _bound(group: Group, category: str | None, printed: Printed) -> str | None:
    """Return whether who lies exactly on a bound was counted on the other side of it."""
    for sign, other in (("<=", "<"), (">=", ">"), ("<", "<="), (">", ">=")):
        if category and category.startswith(sign):
            bound = category.removeprefix(sign).strip()
            condition, at = within(group.field, f"{other}{bound}"), within(group.field, bound)
            if condition and at and sum(condition(row) is True for row in group.chosen) == printed.value:
                names = [str(row["patient_id"]) for row in group.chosen if at(row)]
                return f"with {listed(names)}, exactly {bound}, counted the other way ({other} {bound})"
            return None
    return None


def _alone(group: Group, category: str | None, printed: Printed) -> str | None:
    """Return whether only those were counted who have nothing else beside the category."""
    rows = [row for row in group.chosen if category in str(row.get(group.field)).split(";")]
    sole = sum(row[group.field] == category for row in rows)
    return (
        f"{number(printed.value)} have nothing beside {category}"
        if rows and sole == printed.value != len(rows)
        else None
    )


def _left_one_out(group: Group, category: str | None, printed: Printed, count: int) -> str | None:
    if printed.value == count - 1 and count > 1:
        limits = _limits(group) if category is None else None
        return f"one of the {counted(count)} was left out" + (f" ({limits})" if limits else "")
    return None


def _limits(group: Group) -> str | None:
    """Return between which values any limit of normal gives the same group, for markers that have one."""
    if group.field not in ELEVATED:
        return None
    inside, values = group.values(group.chosen), group.values(group.everybody)
    outside = [value for value in values if value <= ELEVATED[group.field]]
    if not inside or not outside or len(inside) + len(outside) != len(values):
        return None
    return (
        f"any limit of normal from {number(max(outside))} to below {number(min(inside))} gives {counted(len(inside))}"
    )


def _word(statistic: str) -> str:
    return {"min": "minimum", "max": "maximum"}.get(statistic, statistic)


def moved(differences: dict[str, int]) -> dict[str, str]:
    """Return, of categories whose printed count differs by so much, how patients counted under another explain it."""
    found = {}
    for category, extra in differences.items():
        for other, lacking in differences.items():
            if extra > 0 and lacking == -extra:
                found[category] = f"as if {counted(extra)} with {other} had been counted under {category}"
                found.setdefault(other, f"as if {counted(extra)} with {other} had been counted under {category}")
    return found
