"""What an entry of a mapping must be beyond the types of its keys: marks, units of difference, events, factors."""

from __future__ import annotations

import datetime
import re
from typing import Any

from catalog.errors import Problems
from catalog.fields import FIELDS
from catalog.units import UNITS, USUAL
from catalog.vocabulary import vocabulary
from ingest.cohort.entries import SPANS, TAKES, AnyOf, Column, Dates, Difference, FileForm, FirstOf, Rows

LARGEST = 1e6
"""No factor between units that a person would mean is larger."""
SHOWN = 20
NO_DELIMITERS = ("\0", "\n", "\r", '"')
DIRECTIVES = ("%d", "%m", "%Y", "%y", "%b", "%B", "%H", "%M", "%S")


def check_entry(entry: Any, where: str, file: str, problems: Problems) -> None:
    """Add a problem for each key of an entry whose value cannot be meant."""

    def refuse(what: str, column: str, found: object, allowed: str | None = None, remedy: str | None = None) -> None:
        problems.add(f"{what} in {where}", file=file, column=column, found=found, allowed=allowed, remedy=remedy)

    if isinstance(entry, FileForm | Column | FirstOf) and entry.decimal not in ("", ",", "."):
        refuse("not a decimal mark", "decimal", entry.decimal, ", or .")
    if isinstance(entry, FileForm) and (len(entry.delimiter) > 1 or entry.delimiter in NO_DELIMITERS):
        refuse("not a single character that can separate cells", "delimiter", entry.delimiter)
    if isinstance(entry, Column | FirstOf | Difference | Rows) and entry.take and entry.take not in TAKES:
        refuse("no such choice", "take", entry.take, ", ".join(TAKES))
    if isinstance(entry, Column | FirstOf):
        _check_words(entry, refuse)
    if isinstance(entry, Dates):
        _check_dates(entry, refuse)
    if isinstance(entry, Difference):
        kind = FIELDS[entry.field].kind
        allowed = ("years",) if entry.field == "age_years" else SPANS[:2] if kind == "duration" else ()
        if not allowed:
            refuse("a difference of dates is a time or an age, which this field is not", "field", entry.field)
        elif entry.unit not in allowed:
            refuse("no unit for a difference", "unit", entry.unit, ", ".join(allowed))
    if isinstance(entry, AnyOf):
        if bool(entry.yes) == entry.yes_when_filled:
            refuse("either yes or yes_when_filled is needed", "yes", ", ".join(entry.yes) or "nothing")
        for cell in sorted(set(entry.yes) & set(entry.no)):
            refuse("both a yes and a no", "no", cell)


def _check_words(entry: Column | FirstOf, refuse: Any) -> None:
    if entry.thousands and entry.thousands == entry.decimal:
        refuse("one mark for thousands and decimals", "thousands", entry.thousands)
    if not 0 < entry.factor <= LARGEST:
        refuse(f"a factor must be above 0 and at most {LARGEST:g}", "factor", str(entry.factor)[:SHOWN])
    if (entry.factor != 1) != bool(entry.factor_source):
        refuse("a factor and its source go together", "factor_source", entry.factor_source or "nothing")
    if entry.factor != 1 and entry.field not in UNITS:
        refuse("a factor for a field without a unit", "factor", entry.factor)
    if entry.unit and entry.field and entry.field not in UNITS and FIELDS[entry.field].kind != "duration":
        refuse("a unit for a field that has none", "unit", entry.unit)
    if entry.unit_reason and not (entry.unit and entry.field in USUAL):
        allowed = f"for {', '.join(USUAL)}, with their unit"
        refuse("no unit that its values could speak against", "unit_reason", entry.unit_reason, allowed)
    if entry.factor != 1 and not entry.unit:
        refuse("a factor needs the unit that it converts", "unit", "nothing")


def _check_dates(entry: Dates, refuse: Any) -> None:
    for form in filter(None, (entry.format, *entry.formats.values())):
        used = {form[place : place + 2] for place, mark in enumerate(form) if mark == "%"}
        if not used <= set(DIRECTIVES) or not used & {"%Y", "%y"} or not _can_be_read(form):
            refuse("not a format of a date", "format", form, f"a year and others of {' '.join(DIRECTIVES)}")
    events = vocabulary("time_origin")
    if entry.event and entry.event not in events.codes:
        refuse("no such event", "event", entry.event, events.allowed)
    if entry.event and not entry.index:
        refuse("an event without the column of its date", "index", "nothing")


def _can_be_read(form: str) -> bool:
    """Return whether a date written in a format is read back; one that names a part twice cannot be."""
    day = datetime.date(2003, 2, 1)
    try:
        return datetime.datetime.strptime(day.strftime(form), form).year == day.year  # noqa: DTZ007 - no time is meant
    except (ValueError, re.error):
        return False
