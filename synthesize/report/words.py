"""How numbers and codes are written, the same in every table, figure and sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalog.fields import FIELDS
from catalog.vocabulary import vocabulary
from synthesize.estimate import Estimate
from synthesize.load import Row

NOT_REPORTED = "NR"
NOT_APPLICABLE = "NA"
LEAST = 0.001
"""The least percentage that is written out: one patient in 100,000."""
ABBREVIATED = ("treatment", "etiology")
"""Vocabularies whose codes are the abbreviations that readers know (TACE, HBV)."""


def label(name: str, codes: str | None) -> str:
    """Return the labels of one or several codes (abbreviations such as TACE stay), or NR or NA."""
    if codes in (None, "not_reported", "not_stated"):
        return NOT_REPORTED
    if codes == "not_applicable":
        return NOT_APPLICABLE
    words = vocabulary(name)
    short = name in ABBREVIATED
    return ", ".join(code if short and code.isupper() else words.labels[code] for code in str(codes).split(";"))


def field_words(name: str) -> str:
    """Return what a field is, in words: the beginning of its description, or its name where it has none."""
    declared = FIELDS.get(name)
    return re.split(r"[.;]|, as stated", declared.description)[0] if declared else name.replace("_", " ")


def short_name(study: Row) -> str:
    """Return author and year as a reader knows them, or the country where the author is not displayed."""
    return f"{study['first_author'] or study['country'] or study['study_id']} {study['year'] or ''}".strip()


def with_short_names(text: str, studies: Mapping[str, Row]) -> str:
    """Return a text with author and year in the place of each study's name in the data."""
    for name, study in studies.items():
        text = re.sub(rf"\b{re.escape(name)}\b", short_name(study), text)
    return text


def number(value: float | None, digits: int = 1) -> str:
    """Return a number without needless decimals, or NR."""
    if value is None:
        return NOT_REPORTED
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if value != round(value) else f"{value:,.0f}"


def figure(value: float | None) -> str:
    """Return an estimate with three significant digits, or NR."""
    return NOT_REPORTED if value is None else f"{value:.3g}"


def months(lower: float | None, upper: float | None) -> str:
    """Return an interval in months as a reader would write it: 3, ≤6, 3–6, >35; NR when nothing is known."""
    if lower is None and upper is None:
        return NOT_REPORTED
    if lower is None:
        return f"≤{number(upper)}"
    if upper is None:
        return f">{number(lower)}"
    if lower == upper:
        return number(lower)
    return f"≤{number(upper)}" if lower == 0 else f"{number(lower)}–{number(upper)}"


def percent(value: float | None) -> str:
    """Return a share as a percentage with three significant digits; 0 stays 0, and less than `LEAST` is called so."""
    if value is None:
        return NOT_REPORTED
    if 0 < 100 * value < LEAST:
        return f"<{LEAST:g} %"
    return f"{100 * value:.3g} %" if 0 < value < 1 else f"{100 * value:.0f} %"


def percent_span(lower: float | None, upper: float | None) -> str:
    """Return an interval of shares as percentages."""
    return f"{percent(lower).removesuffix(' %')} to {percent(upper)}"


def interval(estimate: Estimate) -> str:
    """Return ``95 % CI … to …`` of an estimate that is not a share."""
    return f"{estimate.level:.0%} CI {span(estimate)}".replace("%", " %")


def span(estimate: Estimate) -> str:
    """Return ``… to …`` of an estimate that is not a share; an open end is named."""
    low, high = ("not reached" if end is None else figure(end) for end in (estimate.lower, estimate.upper))
    return f"{low} to {high}"
