"""What the comparison could have been had every outcome been reported.

Every completion of the missing outcomes is tried, so the range of the difference and of p is exact; between
the extremes, informative-missingness odds ratios (IMOR: odds of the event in the missing over the odds in
the observed, per group) say how far from *missing at random* one must go. Sources: Higgins, White and Wood
2008 (doi 10.1177/1740774508091600); the intervals of the IMOR grid transform Wilson's limits and combine
them as Newcombe does (MOVER, Zou and Donner 2008, doi 10.1002/sim.3095).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from catalog.errors import Problems
from synthesize.estimate import Result
from synthesize.tables2x2.discrete import SMALLEST_P
from synthesize.tables2x2.exact import minlike_p_values
from synthesize.tables2x2.risk_difference import risk_difference, wilson_interval
from synthesize.tables2x2.table import Comparison, TwoByTwo, is_whole

METHOD = "missing_outcome_bounds"
EXTREMES = "lower and upper are the extreme completions, not confidence limits"
MOST_COMPLETIONS = 100_000
MOST_LISTED = 200
IMOR = (0.25, 0.5, 1.0, 2.0, 4.0)


def missing_outcome_bounds(
    a: int, n1: int, c: int, n2: int, missing1: int, missing2: int, *, level: float = 0.95,
    question: str = "recurrence", subset: str = "all",
) -> Result:  # fmt: skip
    """Return the range of the risk difference over every completion of the missing outcomes.

    `n1` and `n2` count the patients with a reported outcome, `missing1` and `missing2` those without. `value`
    is the difference among the reported; `lower` and `upper` are the extreme completions, not confidence
    limits. `detail` holds the completions, their Fisher p (minimum likelihood), best and worst case, and the
    IMOR grid. Raises `InvalidInput` for impossible counts.
    """
    comparison = Comparison(TwoByTwo(a, n1, c, n2), question, subset, level)
    table = comparison.table
    _check(missing1, missing2)
    missing1, missing2 = int(missing1), int(missing2)
    whole = table.n1 + missing1, table.n2 + missing2
    if not all(whole):
        side = " and ".join(f"group {i}" for i, total in enumerate(whole, 1) if total == 0)
        return comparison.refuse(METHOD, f"no patients in {side}, with or without outcome")
    if (missing1 + 1) * (missing2 + 1) > MOST_COMPLETIONS:
        reason = f"{(missing1 + 1) * (missing2 + 1):,} completions; tried up to {MOST_COMPLETIONS:,}"
        return comparison.refuse(METHOD, reason)
    tried = list(_completions(table, missing1, missing2))
    lowest, highest = (pick(tried, key=lambda one: one["risk_difference"]) for pick in (min, max))
    detail: dict[str, Any] = {
        "missing_1": missing1, "missing_2": missing2, "completions": len(tried),
        "lowest": lowest, "highest": highest,
        "p_smallest": min(one["p_value"] for one in tried), "p_largest": max(one["p_value"] for one in tried),
        "imor_grid": [] if table.empty else imor_grid(table, missing1, missing2, level),
    }  # fmt: skip
    if table.empty:
        detail["value"] = f"{table.empty} with a reported outcome"
    if len(tried) <= MOST_LISTED:
        detail["every_completion"] = tried
    return comparison.estimate(
        METHOD, value=None if table.empty else risk_difference(table), level=None,
        lower=lowest["risk_difference"], upper=highest["risk_difference"], n_patients=sum(whole),
        detail=detail, notes=(EXTREMES,),
    )  # fmt: skip


def _completions(table: TwoByTwo, missing1: int, missing2: int) -> Iterator[dict[str, Any]]:
    n1, n2 = table.n1 + missing1, table.n2 + missing2
    for added in range(missing1 + missing2 + 1):
        from1 = range(max(0, added - missing2), min(missing1, added) + 1)
        # one distribution serves all completions with the same number of events
        first, p_values = minlike_p_values(n1, n2, table.events + added)
        for one in from1:
            full = TwoByTwo(table.a + one, n1, table.c + added - one, n2)
            place = full.a - first
            inside = 0 <= place < len(p_values)
            yield {
                "events_1": full.a, "events_2": full.c, "risk_difference": risk_difference(full),
                "p_value": float(p_values[place]) if inside else SMALLEST_P,
            }  # fmt: skip


def imor_grid(table: TwoByTwo, missing1: int, missing2: int, level: float) -> list[dict[str, float]]:
    """Return the risk difference with its interval for every pair of `IMOR`; shares of missing held fixed.

    At odds ratios of 1 and nobody missing this is Newcombe's interval.
    """
    groups = ((table.a, table.n1, missing1), (table.c, table.n2, missing2))
    moved = [
        {imor: _moved(events, observed, missing, imor, level) for imor in IMOR} for events, observed, missing in groups
    ]
    grid = []
    for imor1, (risk1, low1, high1) in moved[0].items():
        for imor2, (risk2, low2, high2) in moved[1].items():
            difference = risk1 - risk2
            grid.append({
                "imor_1": imor1, "imor_2": imor2, "value": difference,
                "lower": max(-1.0, difference - math.hypot(risk1 - low1, high2 - risk2)),
                "upper": min(1.0, difference + math.hypot(high1 - risk1, risk2 - low2)),
            })  # fmt: skip
    return grid


def _moved(events: int, observed: int, missing: int, imor: float, level: float) -> tuple[float, float, float]:
    """Return the risk among all, observed and missing, with limits: a rising function of the observed risk."""
    share = missing / (observed + missing)
    low, high = wilson_interval(events, observed, level)
    risk, low, high = ((1 - share) * p + share * imor * p / (1 - p + imor * p) for p in (events / observed, low, high))
    return risk, low, high


def _check(missing1: int, missing2: int) -> None:
    problems = Problems()
    for name, missing in (("missing 1", missing1), ("missing 2", missing2)):
        if not is_whole(missing) or missing < 0:
            problems.add("not a count", column=name, found=missing, allowed="a whole number of at least 0")
    problems.raise_if_any()
