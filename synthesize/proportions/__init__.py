"""Pooled proportions: every method on one set of studies, and each study's own interval."""

from synthesize.proportions.exact import study_intervals
from synthesize.proportions.switch import METHODS, pool

__all__ = ["METHODS", "pool", "study_intervals"]
