"""Harmonized values as a person reads them: numbers with their sign, times with their unit, ordinals."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def number(value: float) -> str:
    """Return a number with at most six significant digits and no trailing zeros; whole ones to the last digit."""
    return f"{value:.0f}" if value == int(value) else f"{value:.6g}"


def span(lower: float | None, upper: float | None, unit: str = "") -> str:
    """Return an interval: ``3``, ``3 to 6``, ``35 or more``, ``up to 6``, each with the unit where there is one."""
    after = f" {unit}" if unit else ""
    low, high = ("" if end is None else number(round(end, 2)) for end in (lower, upper))
    if not low:
        return f"up to {high}{after}" if high else "not known"
    if not high:
        return f"{low}{after} or more"
    return (low if lower == upper else f"{low} to {high}") + after


def months(row: Row, name: str) -> str:
    """Return a time as it is known: ``6 months``, ``3 to 6 months``, ``35 months or more``."""
    return span(row.get(f"{name}_months_lower"), row.get(f"{name}_months_upper"), "months")


def shown(row: Row, name: str) -> str:
    """Return a harmonized value; a quantity with its sign, a time with the origin that it is counted from."""
    if f"{name}_months_lower" in row:
        origin = row.get(f"{name}_origin")
        return months(row, name) + (f" ({origin})" if origin else "")
    value, sign = row.get(name), row.get(f"{name}_qualifier")
    text = number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    return text if sign in (None, "=") else f"{sign}{text}"


def counted(number_of: int) -> str:
    """Return a small number in words."""
    return WORDS[number_of] if number_of < len(WORDS) else str(number_of)


def ordinal(place: int) -> str:
    """Return a place, from 1, in words: first, second, …, then number 11, number 12, …."""
    return ORDINALS[place - 1] if place <= len(ORDINALS) else f"number {place}"


def listed(names: list[str], word: str = "and") -> str:
    """Return names in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
