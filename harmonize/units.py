"""One table of units: what a stated unit is in the declared one. A unit it does not know is a problem, not a guess."""

from __future__ import annotations

from catalog.fields import DAYS_PER_MONTH

TO_DECLARED: dict[tuple[str, str], float] = {
    ("/uL", "10^9/L"): 0.001,
    ("10^3/uL", "10^9/L"): 1.0,
    ("g/L", "g/dL"): 0.1,
    ("mm", "cm"): 0.1,
    ("ug/L", "ng/mL"): 1.0,
    ("µg/L", "ng/mL"): 1.0,
    ("U/L", "IU/L"): 1.0,
}
"""(stated, declared) → factor. Units that need the substance (µmol/L of bilirubin) are not in it."""

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


def factor(stated: str | None, declared: str | None) -> float | None:
    """Return what to multiply by, or None when the stated unit is not known for the declared one."""
    if stated is None or stated == declared:
        return 1.0
    return TO_DECLARED.get((stated, declared or ""))


def months_per(word: str) -> float | None:
    """Return the months in one `word` (day, weeks, mo, …), or None for a word that is no unit of time."""
    unit = TIME_WORDS.get(word.casefold())
    return MONTHS[unit] if unit else None
