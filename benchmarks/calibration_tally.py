"""What a simulation reports of one interval: how often it held the truth, on which side it missed, how wide it was."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesize.estimate import Estimate, Result

Floats = NDArray[np.float64]
Cell = dict[str, Any]
Row = dict[str, Any]

SEED = 20150930
"""The founding paper's month; every cell draws from ``default_rng([SEED, crc32 of its name])``."""
OUTCOMES = ("data_sets", "refused", "coverage", "truth_below", "truth_above", "median_width")


def generator(cell: Cell) -> np.random.Generator:
    """Return the random numbers of one cell: the same on every machine, whatever other cells are run."""
    name = ", ".join(f"{key}={value}" for key, value in cell.items())
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def tally(lower: ArrayLike, upper: ArrayLike, truth: float, *, ratio: bool = False) -> Row:
    """Return the outcomes of intervals (B,); NaN where the method refused the data set, ±inf for an open end.

    Shares are of the data sets that got an interval. The width is upper − lower, or with `ratio`
    upper / lower; None where the median interval is open.
    """
    low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    answered = ~np.isnan(low)
    low, high = low[answered], high[answered]
    if not len(low):
        return dict(zip(OUTCOMES, (len(answered), 1.0, None, None, None, None), strict=True))
    with np.errstate(divide="ignore"):
        width = float(np.median(high / low if ratio else high - low))
    shares = ((low <= truth) & (truth <= high), truth < low, truth > high)
    numbers = (float(1 - answered.mean()), *(float(share.mean()) for share in shares))
    rounded = [round(number, 5) for number in numbers]
    return dict(zip(OUTCOMES, (len(answered), *rounded, significant(width)), strict=True))


def significant(number: float) -> float | None:
    """Return four significant digits; None for infinity."""
    return float(f"{number:.4g}") if np.isfinite(number) else None


def ends(results: Iterable[Result]) -> tuple[Floats, Floats]:
    """Return the limits (B,) of results: NaN where there is no interval, ±inf for an open end."""
    limits = [_limits(result) for result in results]
    low, high = np.array(limits, dtype=float).reshape(-1, 2).T
    return low, high


def _limits(result: Result) -> tuple[float, float]:
    if not isinstance(result, Estimate) or (result.lower is None and result.upper is None):
        return np.nan, np.nan
    low = -np.inf if result.lower is None else result.lower
    return low, np.inf if result.upper is None else result.upper
