"""The traits by which two patients are told apart: how near two values must be, and which difference is a veto."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harmonize.audit_text import months, shown
from harmonize.held import cells
from harmonize.overlap_evidence import Row

MARKER_FLOOR = 0.1
"""ng/mL or mAU/mL; below it a marker counts as this, so that its logarithm exists."""


@dataclass(frozen=True)
class Number:
    """A number: equal within `near`, a veto when further apart than `apart`; on a log scale for markers."""

    name: str
    near: float
    apart: float = math.inf
    log: bool = False

    def scaled(self, value: float) -> float:
        """Return a value on the scale of comparison."""
        return math.log(max(value, MARKER_FLOOR)) if self.log else float(value)

    def exact(self, rows: Sequence[Row]) -> list[float]:
        """Return the values that are known exactly, on the scale of comparison; NaN for the others."""
        sign, lower, upper = f"{self.name}_qualifier", f"{self.name}_months_lower", f"{self.name}_months_upper"
        found = []
        columns = (cells(rows, name) for name in (self.name, sign, lower, upper))
        for value, before, low, high in zip(*columns, strict=True):
            if value is not None:
                found.append(self.scaled(value) if before in (None, "=") else math.nan)
            else:
                found.append(math.nan if low is None or low != high else low)
        return found

    def span(self, row: Row) -> tuple[float, float]:
        """Return lower and upper end on the scale of comparison: NaN twice when unknown, infinite when open."""
        value = row.get(self.name)
        if value is not None:
            sign = row.get(f"{self.name}_qualifier")
            scaled = self.scaled(value)
            return -math.inf if sign in ("<", "<=", "~") else scaled, math.inf if sign in (">", ">=", "~") else scaled
        lower, upper = row.get(f"{self.name}_months_lower"), row.get(f"{self.name}_months_upper")
        if lower is None and upper is None:
            return math.nan, math.nan
        return -math.inf if lower is None else lower, math.inf if upper is None else upper

    def text(self, row: Row) -> str:
        """Return the value as evidence states it."""
        return months(row, self.name) if row.get(self.name) is None else shown(row, self.name)


@dataclass(frozen=True)
class Word:
    """A code, or several joined by ``;``: the same or not; a veto when nothing is shared and `hard`."""

    name: str
    hard: bool = False


NUMBERS = (
    Number("age_years", 1, apart=1),
    # printed to whole centimetres as often as to millimetres
    Number("max_tumor_size_cm", 0.5, apart=0.5),
    # the same measurement is printed rounded; two measurements before the start may differ
    Number("afp_baseline_ng_ml", math.log(1.01), apart=math.log(3), log=True),
    Number("pivka_baseline_mau_ml", math.log(1.01), apart=math.log(3), log=True),
    # whole months; CR is dated by the first or the confirming scan, so a difference is no veto
    Number("time_to_cr", 0.5),
    # a later report counts on
    Number("drug_duration", 1),
)
WORDS = (
    Word("sex", hard=True),
    Word("etiology", hard=True),
    Word("portal_vein_invasion", hard=True),
    Word("extrahepatic_metastasis", hard=True),
    Word("extrahepatic_sites"),
    Word("child_pugh_class"),
    Word("bclc_stage"),
    Word("ecog"),
    Word("prior_treatment"),
    Word("start_dose_mg_per_day"),
)
STOPPED = ("stopped_before_cr", "stopped_after_cr", "surgery")
COURSE_MONTHS = 2.0
"""Months by which two reports may differ about the course of one patient."""


def courses_clash(one: Row, other: Row) -> list[tuple[str, str, str]]:
    """Return what the courses of two records state that one patient cannot have had: field and both statements.

    The drug was stopped for good in one and taken longer in the other; it recurred in one before the end of a
    follow-up without recurrence in the other, or at another time.
    """
    clashes: list[tuple[str, str, str]] = []
    for first, second in ((one, other), (other, one)):
        longer, end = second.get("drug_duration_months_lower"), first.get("drug_duration_months_upper")
        stopped = first.get("drug_after_cr") in STOPPED
        if stopped and longer is not None and end is not None and longer > end + COURSE_MONTHS:
            stated, also = (f"{row.get('drug_after_cr')}, {months(row, 'drug_duration')}" for row in (one, other))
            clashes.append(("drug_duration", stated, also))
        free, recurred = second.get("disease_free_from_cr_months_lower"), first.get("disease_free_from_cr_months_upper")
        if first.get("recurrence") == "yes" and free is not None and recurred is not None:
            known = second.get("recurrence") in ("yes", "no")
            if known and free > recurred + COURSE_MONTHS:
                stated, also = (f"{row['recurrence']}, {months(row, 'disease_free_from_cr')}" for row in (one, other))
                clashes.append(("recurrence", stated, also))
    return clashes
