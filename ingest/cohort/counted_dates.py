"""Dates as SPSS, Stata and SAS store them: a number, counted from a day 0, that a display format explains."""

from __future__ import annotations

import datetime
import math
import re

from ingest.cohort.records import moment_text, number_text

SPSS, STATA, SAS = "SPSS", "Stata", "SAS"
DAY_0 = {SPSS: datetime.date(1582, 10, 14), STATA: datetime.date(1960, 1, 1), SAS: datetime.date(1960, 1, 1)}
"""SPSS Command Syntax Reference, "Date and time"; Stata [D] Datetime; SAS 9.4 Language Reference, "Dates"."""
CLOCK, OTHER = "clock", "other"
_DATE = r"(E8601DA|B8601DA|IS8601DA|DATE|DDMMYY[BCDNPS]?|MMDDYY[BCDNPS]?|YYMMDD[BCDNPS]?|JULIAN|WEEKDATX?|WORDDATX?)\d*"
FORMATS: dict[str, tuple[tuple[str, str, float], ...]] = {
    SPSS: (
        (r"[AESJ]?DATE\d*|(DATETIME|YMDHMS)[\d.]*", "day", 1),
        (r"MOYR\d*", "month", 1),
        (r"QYR\d*", "quarter", 1),
        (r"[DM]?TIME[\d.]*", CLOCK, 1),
        (r"WKYR\d*", OTHER, 1),
    ),
    STATA: (
        (r"%-?tc\+?[Hh]{2}.*", CLOCK, 1e-3),
        (r"%-?tc.*", "day", 1e-3),
        (r"%-?t?d.*", "day", 86400),
        (r"%-?t[Cwmqhyb].*", OTHER, 1),
    ),
    SAS: (
        (_DATE, "day", 86400),
        (r"(DATETIME|E8601D[TZ]|B8601D[TZ]|DATEAMPM|MDYAMPM)[\d.]*", "day", 1),
        (r"(MONYY|YYMM[CDNPS]?|MMYY[CDNPS]?)\d*", "month", 86400),
        (r"YYQ\w*", "quarter", 86400),
        (r"(TIME|HHMM|TOD|E8601TM|TIMEAMPM)[\d.]*", CLOCK, 1),
    ),
}
"""Pattern of the format, what it shows, seconds in one of what it counts. A format that is not here is a number's."""


def shown_by(program: str, stated: str) -> tuple[str, float] | None:
    """Return what a display format shows (day, month, quarter, clock, other) and its seconds, or None for a number."""
    for pattern, shown, seconds in FORMATS[program]:
        if re.fullmatch(pattern, stated):
            return shown, seconds
    return None


def counted_text(program: str, value: float, shown: str, seconds: float) -> str | None:
    """Return a counted date in ISO 8601, as far as its format shows it: 2012-03-05, 2012-03, 2012-Q1.

    What no calendar holds (a year beyond 9999) and formats that are rarely met stay the number they are, which no
    date column accepts.
    """
    try:
        if shown == CLOCK:
            return str(datetime.timedelta(seconds=value * seconds))
        if shown == OTHER:
            return number_text(value)
        start = datetime.datetime.combine(DAY_0[program], datetime.time())
        moment = start + datetime.timedelta(seconds=math.floor(value * seconds))
    except (OverflowError, ValueError):
        return number_text(value)
    if shown == "month":
        return f"{moment:%Y-%m}"
    return f"{moment:%Y}-Q{(moment.month + 2) // 3}" if shown == "quarter" else moment_text(moment)
