"""Which patients a printed summary is about: its subject and its category as conditions on harmonized rows."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.fields import FIELDS
from catalog.tables import TABLES
from catalog.vocabulary import vocabulary
from harmonize.audit_figures import Span
from harmonize.overlap_evidence import UNKNOWN

Row = dict[str, Any]
Condition = Callable[[Row], bool | None]
"""Whether a row fits: None when its value is known only as an interval that reaches beyond the bound."""
NUMERIC = ("integer", "number", "quantity")
RANGE = re.compile(r"^(\d+\.?\d*)\s*[-–]\s*(\d+\.?\d*)$")
BOUND = re.compile(r"^(>=|<=|>|<|≥|≤|=)?\s*(\d+\.?\d*)$")
SIGNS = {"≥": ">=", "≤": "<=", None: "=", "": "="}
ELEVATED = {"afp_baseline_ng_ml": 20.0, "pivka_baseline_mau_ml": 40.0}
"""Usual upper limits of normal, AFP in ng/mL and PIVKA-II in mAU/mL (for example doi:10.5812/hepatmon.28806v2)."""
STOPPED, ON_DRUG = ("stopped_after_cr", "stopped_before_cr"), ("maintained", "reduced")
GROUPED: dict[tuple[str, str], tuple[str, ...]] = {
    ("drug_after_cr", "discontinued"): STOPPED,
    ("drug_after_cr", "stopped"): STOPPED,
    ("drug_after_cr", "continued"): ON_DRUG,
    ("drug_after_cr", "maintained"): ON_DRUG,
}
"""Words that stand for several codes: who goes on at a smaller dose goes on."""
PLAIN = re.compile(r"^(the |all )?(cr|((cr|complete) )?(patients?|responders?|remissions?|cases?))?( ?(with|in) cr)?$")
EVERYBODY = re.compile(r"^((the|all|whole|entire|treated|study) )*(cohort|series|group|population|sample|patients)$")


@dataclass(frozen=True)
class Named:
    """A condition under the name that a reader gives it."""

    name: str
    fits: Condition


def span_of(row: Row, field: str) -> Span | None:
    """Return a number or time as an interval, infinite where open; None when it is not known or no number."""
    value = row.get(field)
    if isinstance(value, int | float) and not isinstance(value, bool):
        sign = row.get(f"{field}_qualifier")
        low = -math.inf if sign in ("<", "<=") else float(value)
        return low, math.inf if sign in (">", ">=") else float(value)
    lower, upper = row.get(f"{field}_months_lower"), row.get(f"{field}_months_upper")
    if lower is None and upper is None:
        return None
    return -math.inf if lower is None else lower, math.inf if upper is None else upper


def is_known(row: Row, field: str) -> bool:
    """Return whether a row states anything about a field."""
    return span_of(row, field) is not None or row.get(field) not in UNKNOWN


def column_of(field: str) -> str | None:
    """Return the field of patients that a claim names (``time_to_cr``, ``time_to_cr_months``), or None."""
    columns = TABLES["patient"].columns
    for name in (field, field.removesuffix("_months")):
        if name in columns or f"{name}_months_lower" in columns:
            return name
    return None


def is_numeric(field: str) -> bool:
    """Return whether a field of patients holds numbers or times."""
    return field not in FIELDS or FIELDS[field].kind in (*NUMERIC, "duration")


def in_category(field: str, category: str) -> Condition | None:
    """Return the condition that a category of a field names, or None when it names none.

    A code of the vocabulary or its synonym; a word for several codes; a number, a range (``5-6``), a bound (``<6``).
    """
    codes = GROUPED.get((field, category.casefold()))
    if codes is None and field in FIELDS and FIELDS[field].vocabulary:
        code = vocabulary(str(FIELDS[field].vocabulary)).code(category)
        codes = (code,) if code else None
    if codes is not None:
        return lambda row: row.get(field) not in UNKNOWN and not set(str(row[field]).split(";")).isdisjoint(codes)
    if is_numeric(field):
        return within(field, category)
    if field in FIELDS and FIELDS[field].vocabulary:
        return None
    return lambda row: str(row.get(field)).casefold() == category.casefold()


def within(field: str, category: str) -> Condition | None:
    """Return the condition of a range or bound on a number, or None for anything else."""
    if ranged := RANGE.match(category):
        low, high = float(ranged[1]), float(ranged[2])
        return _certain(field, lambda value: low <= value <= high)
    if bounded := BOUND.match(category):
        bound = float(bounded[2])
        sign = SIGNS.get(bounded[1], bounded[1])
        holds: dict[str, Callable[[float], bool]] = {
            "=": lambda value: value == bound,
            "<": lambda value: value < bound,
            "<=": lambda value: value <= bound,
            ">": lambda value: value > bound,
            ">=": lambda value: value >= bound,
        }
        return _certain(field, holds[sign])
    return None


def _certain(field: str, holds: Callable[[float], bool]) -> Condition:
    """Return a condition on a value that may be known as an interval: certain when both its ends agree."""

    def fits(row: Row) -> bool | None:
        span = span_of(row, field)
        if span is None:
            return False
        low, high = holds(span[0]), holds(span[1])
        return low if low == high else None

    return fits


def _elevated(field: str) -> Condition:
    return _certain(field, lambda value: value > ELEVATED[field])


def _one_of(field: str, codes: tuple[str, ...]) -> Condition:
    return lambda row: row.get(field) in codes


SUBJECTS: tuple[tuple[re.Pattern[str], Named], ...] = tuple(
    (re.compile(pattern), Named(name, fits))
    for pattern, name, fits in (
        (r"(with )?(elevated|raised|high) afp", "with elevated AFP", _elevated("afp_baseline_ng_ml")),
        (r"(with )?(elevated|raised|high) pivka(-ii)?", "with elevated PIVKA-II", _elevated("pivka_baseline_mau_ml")),
        (r"(on|with) maintenance|(with the drug )?\b(maintained|continued)", "with the drug maintained",
         _one_of("drug_after_cr", ON_DRUG)),
        (r"(with the drug )?\b(discontinued|stopped)", "with the drug stopped", _one_of("drug_after_cr", STOPPED)),
        (r"with(out| no) recurrence", "without recurrence", _one_of("recurrence", ("no",))),
        (r"with (a )?recurrence", "with recurrence", _one_of("recurrence", ("yes",))),
        (r"\b(female|women)\b", "women", _one_of("sex", ("F",))),
        (r"\b(male|men)\b", "men", _one_of("sex", ("M",))),
    )
)  # fmt: skip


def subject_conditions(subject: str | None) -> list[Named] | None:
    """Return the conditions that a subject names, none for everybody listed; None for words that are not understood.

    Understood are ``CR patients`` and the like with ``with elevated AFP``, ``maintained``, ``discontinued``, ``with``
    or ``without recurrence``, ``men``, ``women``, and any ``field=category``.
    """
    rest = (subject or "").strip()
    found: list[Named] = []
    for field, category in re.findall(r"(\w+)\s*=\s*([^,;\s]+)", rest):
        column = column_of(field)
        condition = in_category(column, category) if column else None
        if condition is None:
            return None
        found.append(Named(f"with {field} {category}", condition))
    rest = re.sub(r"(with |and |, ?)?\w+\s*=\s*[^,;\s]+", "", rest).casefold()
    for pattern, named in SUBJECTS:
        rest, times = pattern.subn("", rest)
        if times:
            found.append(named)
    rest = re.sub(r"\s*\b(and|who|were|was)\b|[,;()]", " ", rest)
    return found if PLAIN.match(" ".join(rest.split())) else None


def is_everybody(subject: str | None) -> bool:
    """Return whether a subject means all patients of a source, with CR or without."""
    return EVERYBODY.match((subject or "").strip().casefold()) is not None


def members(rows: Sequence[Row], conditions: Sequence[Named]) -> list[Row]:
    """Return the rows in which every condition certainly holds."""
    return [row for row in rows if all(condition.fits(row) for condition in conditions)]
