"""What a figure refuses to draw, said once: shares outside [0, 1], ends in the wrong order, nothing at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from catalog.errors import InvalidInput, Problem, Problems


def check_shares(problems: Problems, label: str, **shares: float | None) -> None:
    """Note every number that is not a share of 1; None means that there is no such number."""
    for name, share in shares.items():
        if share is not None and not 0 <= share <= 1:
            problems.add(f"{label}: {name} is not a share", found=share, allowed="0 to 1, or None")


def check_order(problems: Problems, label: str, lower: float | None, value: float | None, upper: float | None) -> None:
    """Note an interval that does not contain its value; rounding in the last digits is let pass."""
    ends = [end for end in (lower, value, upper) if end is not None]
    if any(after < before - 1e-9 for before, after in pairwise(ends)):
        problems.add(f"{label}: the interval does not contain the value", found=f"{value} ({lower} to {upper})")


def check_months(problems: Problems, label: str, months: Sequence[float], *, open_ended: bool = False) -> None:
    """Note times that are not months of at least 0 in rising order; `open_ended` allows infinity at the end."""
    if not all(month >= 0 and (open_ended or math.isfinite(month)) for month in months):
        problems.add(f"{label}: not a time", found=_listed(months), allowed="months, at least 0")
    elif any(after < before for before, after in pairwise(months)):
        problems.add(f"{label}: the times are out of order, or intervals overlap", found=_listed(months))


def _listed(months: Sequence[float]) -> str:
    return ", ".join(f"{month:g}" for month in months)


def check_lengths(problems: Problems, label: str, **columns: Sequence[object]) -> None:
    """Note columns of a curve that do not have one entry each for every time."""
    if len({len(column) for column in columns.values()}) > 1:
        found = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        problems.add(f"{label}: the columns have different lengths", found=found)


def check_curves(curves: Sequence[object], most: int) -> None:
    """Raise `InvalidInput` when there is no curve, or more than a reader can tell apart."""
    if not curves:
        raise InvalidInput([Problem("nothing to draw: no curve was given")])
    if len(curves) > most:
        remedy = "Draw the groups in several figures"
        raise InvalidInput([Problem("too many curves", found=str(len(curves)), allowed=f"1 to {most}", remedy=remedy)])
