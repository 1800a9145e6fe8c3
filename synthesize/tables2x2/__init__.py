"""Two groups, one yes-or-no outcome: exact tests, odds ratios, risk differences, strata, missing outcomes."""

from __future__ import annotations

from synthesize.tables2x2.comparison import METHODS, compare
from synthesize.tables2x2.table import TwoByTwo

__all__ = ["METHODS", "TwoByTwo", "compare"]
