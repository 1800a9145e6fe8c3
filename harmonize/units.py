"""One table of units: what a stated unit is in the declared one. A unit it does not know is a problem, not a guess."""

from __future__ import annotations

from catalog.fields import DAYS_PER_MONTH

IN_DECLARED: dict[tuple[str, str], float] = {
    ("/uL", "10^9/L"): 1000,
    ("10^3/uL", "10^9/L"): 1,
    ("g/L", "g/dL"): 10,
    ("mm", "cm"): 10,
    ("ug/L", "ng/mL"): 1,
    ("µg/L", "ng/mL"): 1,
    ("U/L", "IU/L"): 1,
}
"""(stated, declared) → how many stated units make one declared; whole numbers, so that 23 mm is 2.3 cm exactly.

Units that need the substance (µmol/L of bilirubin) are not in it.
"""

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


def divisor(stated: str | None, declared: str | None) -> float | None:
    """Return how many stated units make one declared, or None when the stated unit is not known for it."""
    if stated is None or stated == declared:
        return 1
    return IN_DECLARED.get((stated, declared or ""))


def months_per(word: str) -> float | None:
    """Return the months in one `word` (day, weeks, mo, …), or None for a word that is no unit of time."""
    unit = TIME_WORDS.get(word.casefold())
    return MONTHS[unit] if unit else None
