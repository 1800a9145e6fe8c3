"""What every reader of a cohort's file gives: cells as text by column, and what the file itself says of its columns."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.cells import Cells
from ingest.files import Records


@dataclass(frozen=True)
class CohortRecords(Records):
    """The cells of a cohort's file by column, as text; an empty cell is None.

    A cell with a value label is the label. A date in a column of `dates` is ISO 8601, as far as the file knows it
    (2012, 2012-03, 2012-03-05). A cell that the file's own dictionary calls missing stays as text and is named in
    `missing`: column, then cell, then the code as the file stores it. A cell that its dictionary does not know is named
    in `undefined`. A column of `parts` is made of others, a checkbox field of its boxes: to map one accounts for both.
    """

    read_as: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    identifying: frozenset[str] = frozenset()
    decimals: Mapping[str, str] = field(default_factory=dict)
    undefined: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


__all__ = ["Cells", "CohortRecords", "moment_text", "number_text"]


def number_text(number: float) -> str | None:
    """Return a number as it would stand in a CSV: whole ones without a point, with the fewest digits, NaN as None."""
    if number != number:
        return None
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**63:
        return str(int(number))
    return repr(number)


def moment_text(moment: datetime.date) -> str:
    """Return a day, or a day and time, in ISO 8601; midnight is the day alone."""
    if isinstance(moment, datetime.datetime):
        return moment.isoformat(sep=" ") if moment.time() != datetime.time() else moment.date().isoformat()
    return moment.isoformat()
