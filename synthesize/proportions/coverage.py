"""How often the primary interval held the truth in simulated data that could be these: a warning where too seldom.

`coverage.csv` is written by ``python -m benchmarks.calibration``; docs/validation.md shows the whole table.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("coverage.csv")
AIM = 0.93
"""The least coverage of a nominal 95 % that goes without a word."""
LEVEL = 0.95
SIMULATED = "in simulated data that could be like these"
"""How the warning begins."""
BEYOND = "the studies differ more"
"""How the words begin where the data are like no simulated ones."""
REACH = 2.0
"""A rate this many times outside the simulated ones is not like any of them."""


@dataclass(frozen=True)
class Cell:
    """A simulated situation, and the share of its data sets in which each interval held the median study's rate."""

    median_rate: float
    tau: float
    k: int
    glmm_t: float
    glmm_profile_t: float


@cache
def cells() -> tuple[Cell, ...]:
    """Return the simulated situations."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = [{name: float(text) for name, text in row.items()} for row in csv.DictReader(lines)]
    return tuple(
        Cell(row["median_rate"], row["tau"], int(row["k"]), row["glmm_t"], row["glmm_profile_t"]) for row in rows
    )


def shortfall(rate: float, taus: tuple[float, float], k: int, level: float) -> str | None:
    """Return what to say of `glmm_t`, or None where simulations give nothing to say.

    Looked up are the simulated situations with the rate and the number of studies nearest to the data's, and each
    spread that the data do not exclude: `taus` is the profile interval of τ. Only 95 % intervals were simulated.
    """
    if level != LEVEL or not min(_rates()) / REACH <= rate <= max(_rates()) * REACH:
        return None
    worst = min(_like(rate, taus, k), key=lambda cell: cell.glmm_t)
    if worst.glmm_t >= AIM:
        return None
    return (
        f"{SIMULATED} (median rate {100 * worst.median_rate:g} %, τ {worst.tau:g}, {worst.k} studies) the 95 % "
        f"interval with t (glmm_t) held the truth in {100 * worst.glmm_t:.1f} % of data sets, that by profile "
        f"likelihood (glmm_profile_t) in {100 * worst.glmm_profile_t:.1f} %"
    )


def beyond(tau: float) -> str | None:
    """Return what to say of a spread larger than any simulated one, or None."""
    largest = max(cell.tau for cell in cells())
    if tau <= largest:
        return None
    return (
        f"{BEYOND} (τ {tau:.2g}) than any simulated ones (τ up to {largest:g}): how often the interval holds the "
        "truth is not known"
    )


def _rates() -> set[float]:
    return {cell.median_rate for cell in cells()}


def _like(rate: float, taus: tuple[float, float], k: int) -> list[Cell]:
    near_rate = min(_rates(), key=lambda simulated: abs(math.log(simulated / rate)))
    near_k = min({cell.k for cell in cells()}, key=lambda simulated: abs(math.log(simulated / k)))
    alike = [cell for cell in cells() if (cell.median_rate, cell.k) == (near_rate, near_k)]
    lowest = max((cell.tau for cell in alike if cell.tau <= taus[0]), default=0.0)
    return [cell for cell in alike if lowest <= cell.tau <= max(taus[1], lowest)]
