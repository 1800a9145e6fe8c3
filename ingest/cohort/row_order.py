"""What orders the rows of a file: a column of numbers, or of whole dates, or the rows themselves."""

from __future__ import annotations

import re

from catalog.errors import Problems
from ingest.cohort.dates import read_date
from ingest.cohort.entries import ROW
from ingest.cohort.records import CohortRecords
from ingest.cohort.redcap import STRUCTURE

Key = float | str
"""A number, or a moment in ISO 8601, which orders as it is written."""
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
NUMBER = re.compile(r"[-+]?(?:\d+|(?:0|[1-9]\d*)\.\d+)")
"""No 05.03, which is rather a day and a month."""


def order_of(records: CohortRecords, column: str, form: str, problems: Problems) -> list[Key | None]:
    """Return the order of each row by a column, None where it is empty; nothing, with a problem, when it has none.

    The cells must all be whole dates, as 2012-03-05 or by the format `form`, or all be numbers. Rows of a REDCap form
    that does not repeat have no number of a repeat and come before those that do.
    """
    if column == ROW:
        return [float(row) for row in records.rows]
    cells = records.columns[column]
    distinct = sorted(cells.distinct())
    dates: dict[str, Key | None] = {cell: _moment(cell, form) for cell in distinct}
    numbers: dict[str, Key | None] = {cell: number_of(cell) for cell in distinct}
    keys = min((dates, numbers), key=lambda kind: list(kind.values()).count(None))
    unread = next((cell for cell in distinct if keys[cell] is None), None)
    if unread is not None:
        problems.add(
            "not a number or whole date as the others, so no order", file=records.name,
            row=records.rows[cells.index(unread)], column=column, found=unread,
            allowed="only numbers, or only dates as 2012-03-05 or in the format that [dates] declares",
        )  # fmt: skip
        return []
    empty = float("-inf") if column in STRUCTURE else None
    return [keys[cell] if cell else empty for cell in cells]


def _moment(text: str, form: str) -> str | None:
    """Return a whole date, with its time if it has one, in ISO 8601."""
    if MOMENT.fullmatch(text):
        return text.replace("T", " ")
    span = read_date(text, form) if form else None
    return span[0].isoformat() if span and span[0] == span[1] else None


def number_of(text: str) -> float | None:
    """Return a number that is written with a point, or None."""
    return float(text) if NUMBER.fullmatch(text) else None
