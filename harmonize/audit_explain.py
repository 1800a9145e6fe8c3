"""Why a printed count or percentage may differ from what the rows give: slips that give exactly the printed one.

Only a slip that gives the printed figure is named, the simplest first, and no more than three.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from harmonize.audit_figures import SLACK, Printed, Span
from harmonize.audit_groups import ELEVATED, is_known, span_of, within
from harmonize.audit_text import counted, listed, number

Row = dict[str, Any]
MOST = 3


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
    return joined(() if bound else found, minor=bound)


def of_percent(printed: Printed, count: int, total: int) -> Explanation | None:
    """Return what would explain a printed percentage of `count` in `total`, or None."""
    exact = 100 * count / total
    fitting = counts_giving(printed, total)
    some = listed([str(one) for one in fitting], "or") if 0 < len(fitting) <= MOST else None
    other = f"it is {some} of {total}" if some else None
    return joined((other,), minor=rounding(printed, (exact, exact)))


def counts_giving(printed: Printed, total: int) -> range:
    """Return the counts in `total` whose percentage is printed like this: none when no count gives it.

    The test of granularity (GRIM; Brown and Heathers 2017, doi:10.1177/1948550616673876) for percentages.
    """
    half = 0.5 * 10.0**-printed.decimals + SLACK * max(1.0, abs(printed.value))
    least = math.ceil((printed.value - half) * total / 100)
    most = math.floor((printed.value + half) * total / 100)
    return range(max(0, least), min(total, most) + 1)


def joined(found: Sequence[str | None], minor: str | None = None) -> Explanation | None:
    """Return the first few of the slips found, a minor one first; None without any."""
    texts = list(islice((one for one in (minor, *found) if one), MOST))
    return Explanation("; ".join(texts), minor is not None) if texts else None


def rounding(printed: Printed, span: Span) -> str | None:
    """Return how the figure was rounded wrongly, or None."""
    if printed.cuts_off(span[0]):
        return "cut off instead of rounded"
    return "rounded up where it rounds down" if printed.rounds_up(span[0]) else None


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
