"""What is shown of a patient outside the data folder: figures that could single somebody out leave through here.

Outside is what a person carries away: the report, and what commands print, `--json` too. Tables, findings and Data Docs
under the data folder keep what was stated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, overload

OLDEST_SHOWN = 90
"""Ages over 89 are one category, "90 or older" (HIPAA, 45 CFR 164.514(b)(2)(i)(C))."""
OLDEST_KNOWN = 130
"""A larger number in a text about ages is something else, such as how many patients there are."""
AGE = "age_years"
NO_AGE_BESIDE = re.compile(r"(?<![\w.,])(?<!of )(?<!the )(?<!number )(?<!version )\d+(?:\.\d+)?(?![\d.]*\s?%)(?!\w)")
"""A number in a text about ages that no word or sign beside it makes a name, a count, a share or a version."""
OF_PATIENTS = ("patients", "percent")
"""Units of a summary that counts patients of an age, and states none."""
TOLD_IN = ("stated", "value", "printed", "recomputed", "explanation", "found", "before", "after", "first", "second")
"""Where a row that is about one field holds what is said of it."""
LISTED_IN = ("evidence_for", "evidence_against")
"""Where a row about two records holds several fields in a line, as ``age_years 71 and 72 (2.9); sex M (0.2)``."""


@overload
def shown_age(age: float) -> float: ...
@overload
def shown_age(age: None) -> None: ...
def shown_age(age: float | None) -> float | None:
    """Return an age in years as it may leave the data folder: over 89 it is 90; unknown stays unknown."""
    return None if age is None else OLDEST_SHOWN if age > OLDEST_SHOWN - 1 else age


def shown_ages(text: str, unit: str | None = None) -> str:
    """Return a text about ages with each one as it may leave; `unit` is that of its numbers, years unless months."""
    per_year = 12 if (unit or "").startswith("mo") else 1

    def capped(number: re.Match[str]) -> str:
        age = float(number[0]) / per_year
        return f"{OLDEST_SHOWN * per_year}" if OLDEST_SHOWN - 1 < age <= OLDEST_KNOWN else number[0]

    return NO_AGE_BESIDE.sub(capped, text)


def shown_list(text: str) -> str:
    """Return a line of fields with what is said of each, as it may leave."""
    return re.sub(rf"\b{AGE} [^;(]*", lambda ages: shown_ages(ages[0]), text)


def shown_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a table, or a document with rows in it, with every age as it may leave the data folder."""
    shown = {name: _shown(value) for name, value in row.items()}
    if isinstance(shown.get(AGE), int | float):
        shown[AGE] = shown_age(shown[AGE])
    for name in LISTED_IN:
        if isinstance(shown.get(name), str):
            shown[name] = shown_list(shown[name])
    if AGE in (row.get("field"), row.get("column")) and row.get("unit") not in OF_PATIENTS:
        shown |= {name: _told(shown[name], row.get("unit")) for name in TOLD_IN if name in shown}
    elif isinstance(row.get("found"), str) and AGE in (columns := str(row.get("column")).split(", ")):
        parts = row["found"].split(", ")
        which = columns if len(parts) == len(columns) else [AGE] * len(parts)  # rather one number too many
        told = (_told(part, None) if name == AGE else part for name, part in zip(which, parts, strict=True))
        shown["found"] = ", ".join(told)
    return shown


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return shown_row(value)
    return [_shown(one) for one in value] if isinstance(value, list | tuple) else value


def _told(value: Any, unit: str | None) -> Any:
    """Return an age, or a text about ages, as it may leave."""
    if isinstance(value, str):
        return shown_ages(value, unit)
    return shown_age(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
