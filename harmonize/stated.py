"""Reading single statements: numbers, quantities with a qualifier, durations, codes. Refuses; never guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.fields import FIELDS, Field
from catalog.vocabulary import vocabulary
from harmonize.units import divisor, months_per, why_not

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"
QUANTITY = re.compile(rf"^(>=|<=|>|<|~|≥|≤)?\s*({NUMBER})$")
DURATION = re.compile(rf"^(>=|<=|>|<|~|≥|≤)?\s*({NUMBER})(?:\s*(?:-|–|to)\s*({NUMBER}))?\s*([A-Za-z]*)$")
SYMBOL = {"≥": ">=", "≤": "<=", None: "="}
LARGEST = 2**53
"""Beyond it whole numbers are no longer exact; no count or measurement gets there."""
ALONE = {"none", "not_reported", "not_applicable"}
"""Codes that say there is nothing; beside another code they would contradict it."""


@dataclass(frozen=True)
class Refusal:
    """Why a statement cannot be read, and what is allowed."""

    why: str
    allowed: str
    remedy: str | None = None


Reading = dict[str, object]


def read(field: Field, text: str, unit: str | None) -> Reading | Refusal:
    """Return the harmonized columns that one statement of `field` gives, or a `Refusal`."""
    if field.kind in ("integer", "number"):
        return _number(field, text, unit)
    if field.kind == "quantity":
        return _quantity(field, text, unit)
    if field.kind == "duration":
        return _duration(field, text, unit)
    if field.kind == "code":
        return _code(field, text)
    if field.kind == "codes":
        return _codes(field, text)
    return {field.name: text}


def _convert(field: Field, number: float, unit: str | None) -> float | Refusal:
    """Bring a number into the declared unit and within the declared bounds."""
    by = divisor(field, unit)
    if by is None:
        return Refusal(*why_not(field, unit or ""))
    number = (number if by == 1 else number / by) + 0.0  # so that -0 is 0
    if abs(number) >= LARGEST or (field.severity == "critical" and _outside(field, number)):
        return _impossible(field)
    if number < 0 and field.minimum is not None and field.minimum >= 0:
        return _impossible(field, "Check the value; a missing code belongs into the mapping")
    return number


def _outside(field: Field, number: float) -> bool:
    low, high = field.minimum, field.maximum
    return (low is not None and number < low) or (high is not None and number > high)


def _impossible(field: Field, remedy: str = "Check the value and its unit") -> Refusal:
    span = f"{_bound(field.minimum)} to {_bound(field.maximum)}" + (f" {field.unit}" if field.unit else "")
    return Refusal("the value is impossible", span, remedy)


def _bound(value: float | None) -> str:
    return "…" if value is None else f"{value:g}"


def _number(field: Field, text: str, unit: str | None) -> Reading | Refusal:
    if not re.fullmatch(NUMBER, text):
        return Refusal("not a number", f"a number{f' in {field.unit}' if field.unit else ''}",
                       "A thousands separator or a missing code belongs into the mapping")  # fmt: skip
    number = _convert(field, float(text), unit)
    if isinstance(number, Refusal):
        return number
    if field.kind == "integer":
        if number != int(number):
            return Refusal("not a whole number", "a whole number")
        return {field.name: int(number)}
    return {field.name: number}


def _quantity(field: Field, text: str, unit: str | None) -> Reading | Refusal:
    found = QUANTITY.match(text)
    if not found:
        return Refusal("not a number, nor a number with >, <, >=, <= or ~ before it", f"a number in {field.unit}")
    number = _convert(field, float(found[2]), unit)
    if isinstance(number, Refusal):
        return number
    return {field.name: number, f"{field.name}_qualifier": SYMBOL.get(found[1], found[1])}


def _duration(field: Field, text: str, unit: str | None) -> Reading | Refusal:
    """Return both ends in months: exact when stated plainly or with ``~``, open above for ``>``, from 0 for ``<=``."""
    found = DURATION.match(text)
    stated = (found[4] or unit or "") if found else ""
    months = months_per(stated) if found else None
    if found and months is None:
        why = f"unit {stated!r} is not known here" if stated else "the unit is missing"
        return Refusal(why, "days, weeks, months, years", "State it in the cell, or as unit in the mapping")
    if not found or months is None or (found[1] and found[3]):
        return Refusal("not a duration", "a number with days, weeks, months or years, >, <, >=, <= or ~ before it; "
                       "or a range such as 3-6 months")  # fmt: skip
    first = float(found[2]) * months
    last = float(found[3]) * months if found[3] else first
    sign = SYMBOL.get(found[1], found[1])
    if last < first:
        return Refusal("the range ends before it begins", "the smaller number first")
    end = FIELDS[f"{field.name}_months_lower"]
    if _outside(end, first) or _outside(end, last):
        return _impossible(end)
    lower = 0.0 if sign in ("<", "<=") else first
    upper = None if sign in (">", ">=") else last
    return {f"{field.name}_months_lower": lower, f"{field.name}_months_upper": upper}


def _code(field: Field, text: str) -> Reading | Refusal:
    words = vocabulary(str(field.vocabulary))
    code = words.code(text)
    if code is None:
        return Refusal("unknown value", words.allowed, "Use one of them, or map the word onto one")
    return {field.name: code}


def _codes(field: Field, text: str) -> Reading | Refusal:
    words = vocabulary(str(field.vocabulary))
    codes = set()
    for word in text.split(";"):
        code = words.code(word.strip())
        if code is None:
            return Refusal(f"unknown value {word.strip()!r}", words.allowed, "Use one of them; join several by ;")
        codes.add(code)
    return join(field, codes)


def join(field: Field, codes: set[str]) -> Reading | Refusal:
    """Return several codes of one field as one cell; refuses a code for nothing beside another."""
    if len(codes) > 1 and codes & ALONE:
        return Refusal("the codes contradict each other", f"{', '.join(sorted(codes & ALONE))} only alone")
    return {field.name: ";".join(sorted(codes))}
