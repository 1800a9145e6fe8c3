"""Dates as PubMed writes them: ``<Year>2015<Month>Jul<Day>3``, or free text in MedlineDate."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = {written: f"{number:02d}" for number in range(1, 32) for written in (str(number), f"{number:02d}")}
_MONTHS = {written: digits for written, digits in _DAYS.items() if int(digits) <= 12} | {
    name: f"{number:02d}" for number, name in enumerate(_NAMES, 1)
}


@lru_cache(maxsize=32_768)  # the days of fifty years; each stands in thousands of records
def iso(year: str | None, month: str | None, day_of_month: str | None) -> str | None:
    """Return a day as ISO 8601, as far as it is stated and possible; None without a year of four digits."""
    year = (year or "").strip()
    if len(year) != 4 or not year.isdecimal():
        return None
    month = _MONTHS.get((month or "").strip())
    if month is None:
        return year
    number = _DAYS.get((day_of_month or "").strip())
    return f"{year}-{month}-{number}" if number else f"{year}-{month}"


def day(element: Any) -> str | None:
    """Return an element with Year, Month and Day as ISO 8601, as far as it is stated; None without a year."""
    said = {child.tag: child.text for child in element}
    return iso(said.get("Year"), said.get("Month"), said.get("Day"))


@lru_cache(maxsize=4096)
def year_in(text: str | None) -> int | None:
    """Return the first year, 1500 to 2099, that a printed date names."""
    found = _YEAR.search(text or "")
    return int(found[0]) if found else None
