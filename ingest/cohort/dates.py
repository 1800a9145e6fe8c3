"""Dates as they are written, and the time between two of them; a date that lacks its day or month is a span of days.

Dates are read here and nowhere kept: what leaves this module is a number of days, months or years.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable

from catalog.fields import DAYS_PER_MONTH

Span = tuple[datetime.date, datetime.date]
"""First and last day that a date can be; the same for a whole date."""
ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?)?)?")
USUAL = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d", "%d.%m.%y",
    "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%m/%Y", "%m.%Y",
)  # fmt: skip
"""Formats that are proposed to the person; none is assumed."""


def read_date(cell: str, form: str) -> Span | None:
    """Return the days that a cell can mean by a format, or without one as ISO 8601 (2012, 2012-03, 2012-03-05)."""
    if form:
        try:
            moment = datetime.datetime.strptime(cell, form).date()  # noqa: DTZ007 - days in hospitals have no time zone
        except ValueError:
            return None
        return _span(moment.year, moment.month if _has(form, "mbB") else None, moment.day if _has(form, "d") else None)
    found = ISO.fullmatch(cell)
    if not found:
        return None
    try:
        return _span(*(int(part) if part else None for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None


def _has(form: str, letters: str) -> bool:
    return any(f"%{letter}" in form for letter in letters)


def _span(year: int, month: int | None, day: int | None) -> Span:
    if day is not None:
        whole = datetime.date(year, month or 1, day)
        return whole, whole
    last = month or 12
    return datetime.date(year, month or 1, 1), datetime.date(year, last, calendar.monthrange(year, last)[1])


def fitting(cells: Iterable[str]) -> list[str]:
    """Return the usual formats in which all of `cells` are dates."""
    cells = list(cells)
    return [form for form in USUAL if all(read_date(cell, form) for cell in cells)]


def earliest(spans: Iterable[Span]) -> Span:
    """Return the days on which the earliest of several dates can be."""
    spans = list(spans)
    return min(first for first, _ in spans), min(last for _, last in spans)


def apart(since: Span, until: Span, unit: str) -> str | None:
    """Return the time between two dates as words: ``56 days``, ``28-56 days``, ``1.84 months``, an age in whole years.

    None when the second lies before the first, or when an age cannot be told because a date lacks its day.
    """
    low, high = (until[0] - since[1]).days, (until[1] - since[0]).days
    if high < 0:
        return None
    if unit == "years":
        ages = {_years(since[1], until[0]), _years(since[0], until[1])}
        return str(ages.pop()) if len(ages) == 1 else None
    ends = [max(days, 0) if unit == "days" else max(days, 0) / DAYS_PER_MONTH for days in (low, high)]
    return f"{ends[0]!r} {unit}" if ends[0] == ends[1] else f"{ends[0]!r}-{ends[1]!r} {unit}"


def _years(birth: datetime.date, day: datetime.date) -> int:
    """Return completed years; who was born on 29 February completes one on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
