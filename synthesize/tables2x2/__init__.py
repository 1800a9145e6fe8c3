"""Two groups, one yes-or-no outcome: exact tests, odds ratios, risk differences, strata, missing outcomes."""

from __future__ import annotations

from synthesize.tables2x2.comparison import METHODS, compare
from synthesize.tables2x2.missing_outcomes import missing_outcome_bounds
from synthesize.tables2x2.stratified import compare_strata
from synthesize.tables2x2.table import TwoByTwo

__all__ = ["METHODS", "TwoByTwo", "compare", "compare_strata", "missing_outcome_bounds"]
