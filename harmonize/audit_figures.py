"""Printed figures and what rows give in their place: rounding as printed, statistics of values known as intervals."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harmonize.audit_text import number

Span = tuple[float, float]
"""Lower and upper end of a value; infinite where it is open."""
PRINTED = re.compile(r"^([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*%?$")
SLACK = 1e-9
"""Relative; two ways of computing one decimal differ in the last bit."""


@dataclass(frozen=True)
class Printed:
    """A figure as printed: its value, its decimals, and its digits without thousands separators."""

    value: float
    decimals: int
    digits: str

    def covers(self, span: Span) -> bool:
        """Return whether some value of `span` is printed like this; a half may have been rounded either way."""
        half = 0.5 * 10.0**-self.decimals
        half += SLACK * max(1.0, abs(self.value))
        return span[0] - half <= self.value <= span[1] + half

    def is_rounding_of(self, value: float) -> bool:
        """Return whether `value` is printed like this by the rules of rounding (halves up, or to even)."""
        if not math.isfinite(value):
            return False
        scaled, shown = value * 10**self.decimals, self.value * 10**self.decimals
        close = SLACK * max(1.0, abs(scaled))
        return -0.5 - close <= shown - scaled <= 0.5 + close and not _half_down(scaled, shown, close)

    def cuts_off(self, value: float) -> bool:
        """Return whether the figure is `value` cut off after its decimals, which is no rounding."""
        return not self.covers((value, value)) and math.floor(value * 10**self.decimals + SLACK) == self._units

    def rounds_up(self, value: float) -> bool:
        """Return whether the figure is `value` rounded up where rounding would go down."""
        return not self.covers((value, value)) and math.ceil(value * 10**self.decimals - SLACK) == self._units

    @property
    def _units(self) -> int:
        return round(self.value * 10**self.decimals)


def _half_down(scaled: float, shown: float, close: float) -> bool:
    """Return whether a half was rounded down to an odd number, which no rule does."""
    return abs(scaled - shown - 0.5) <= close and round(shown) % 2 == 1


def read_printed(text: str) -> Printed | None:
    """Return a printed number (``34``, ``30,376``, ``0.6``, ``86 %``), or None for anything else."""
    found = PRINTED.match(text.strip())
    if not found:
        return None
    digits = found[2].replace(",", "") + (found[3] or "")
    return Printed(float(found[1] + digits), len(found[3] or ".") - 1, digits)


FIGURES: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "median": statistics.median,
    "mean": statistics.fmean,
}


def figure(statistic: str, spans: Sequence[Span]) -> Span:
    """Return the least and the largest that a statistic of values known as intervals can be.

    `statistic` is one of `FIGURES`, each of which grows with every value. Refuses no values (ValueError).
    """
    of = FIGURES[statistic]
    return of([low for low, _ in spans]), of([high for _, high in spans])


def standard_deviation(spans: Sequence[Span]) -> float | None:
    """Return the standard deviation (n − 1), or None unless at least two values are all known exactly."""
    exact = [low for low, high in spans if low == high]
    return statistics.stdev(exact) if len(exact) == len(spans) > 1 else None


def text(span: Span, decimals: int) -> str:
    """Return a recomputed figure with one decimal more than printed: ``6``, ``1236.8``, ``3 to 6``, ``35 or more``."""
    low, high = (round(end, max(decimals, 0) + 1) if math.isfinite(end) else None for end in span)
    if low is None or high is None:
        return "not known" if low == high else f"{number(low)} or more" if low is not None else f"up to {high:.6g}"
    return number(low) if low == high else f"{number(low)} to {number(high)}"
