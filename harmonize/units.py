"""Units of stated values: what one is in the declared unit, and which values cannot be in the unit they are said to be.

A value is converted only by the unit that its source states. A unit that is missing, unknown or implausible is said
to the person, with the likely one named; it is never put right here.
"""

from __future__ import annotations

from collections.abc import Sequence

from catalog.errors import nearest
from catalog.fields import DAYS_PER_MONTH, Field
from catalog.units import UNITS, USUAL, Unit, known_unit, likely_units, median

ENOUGH = 3
"""Fewer values can all be unusual; then only what the field's bounds exclude counts as implausible."""
MONTHS = {
    "day": 1 / DAYS_PER_MONTH,
    "week": 7 / DAYS_PER_MONTH,
    "month": 1.0,
    "year": 12.0,
}
TIME_WORDS = {
    "d": "day", "day": "day", "days": "day",
    "wk": "week", "week": "week", "weeks": "week",
    "mo": "month", "month": "month", "months": "month",
    "y": "year", "yr": "year", "year": "year", "years": "year",
}  # fmt: skip


def divisor(field: Field, stated: str | None) -> float | None:
    """Return how many stated units make one declared unit of `field`, or None when that is not known."""
    if stated is None or stated == field.unit:
        return 1
    unit = known_unit(field.name, stated)
    return None if unit is None else unit.per_declared


def why_not(field: Field, stated: str) -> tuple[str, str, str | None]:
    """Return why a stated unit cannot be converted, what is allowed, and what to do."""
    unit = known_unit(field.name, stated)
    allowed = ", ".join(one.name for one in UNITS.get(field.name, ()) if one.per_declared) or field.unit or "no unit"
    if unit is not None:
        remedy = "State which of them it is"
        if field.kind == "quantity":
            remedy = f"Convert with your assay's factor: factor and factor_source in the mapping, to {field.unit}"
        return f"there is no one factor for {stated!r}: {unit.source}", allowed, remedy
    like = nearest(stated, [one.name for one in UNITS.get(field.name, ())])
    return f"unit {stated!r} is not known here", allowed, f"Did you mean {like!r}?" if like else None


def implausible(field: Field, stated: str | None, values: Sequence[float]) -> str | None:
    """Return what is wrong with values of one column, given in the declared unit as read from `stated`, or None."""
    likely = unlike(field, stated, values)
    if not likely:
        return None
    middle = median(values) * (divisor(field, stated) or 1)
    names = " or ".join(repr(unit.name) for unit in likely)
    said = f"in {stated!r}" if stated else f"without a unit, so in {field.unit!r},"
    return f"a median of {middle:.4g} {said} is implausible; as {names} it would be usual"


def unlike(field: Field, stated: str | None, values: Sequence[float]) -> list[Unit]:
    """Return the units in which values that cannot be in the one stated would be usual; none when they can be.

    The median of three or more must be one that a cohort can have; of fewer, none may be outside the field's bounds.
    Nothing is returned when no other unit would do better: then it is not the unit.
    """
    usual = USUAL.get(field.name)
    if usual is None or not values:
        return []
    outside = not usual.holds(median(values)) if len(values) >= ENOUGH else not _within(field, min(values), max(values))
    per = divisor(field, stated)
    return likely_units(field.name, [value * per for value in values]) if outside and per else []


def _within(field: Field, low: float, high: float) -> bool:
    return (field.minimum is None or low >= field.minimum) and (field.maximum is None or high <= field.maximum)


def months_per(word: str) -> float | None:
    """Return the months in one `word` (day, weeks, mo, …), or None for a word that is no unit of time."""
    unit = TIME_WORDS.get(word.casefold())
    return MONTHS[unit] if unit else None
