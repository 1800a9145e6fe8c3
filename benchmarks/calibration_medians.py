"""Coverage of every interval of a median time, with 10 to 60 patients.

True times are Weibull with shape 1.5 and a median of 4 months (time to CR) or, where follow-up ends first for some,
12 months from CR (recurrence). A scan is every two months from a uniform start; an event is known to lie between two.
"""

from __future__ import annotations

import math
from typing import get_args

import numpy as np

from benchmarks.calibration_tally import Cell, Floats, Row, ends, generator, tally
from synthesize.estimate import Result
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.parametric import parametric
from synthesize.survival.step_curve import ConfType
from synthesize.survival.turnbull import turnbull

SHAPE = 1.5
BETWEEN_SCANS = 2.0
MEDIANS = {"exact": 4.0, "scans": 4.0, "half scans": 4.0, "exact, censored": 12.0}
CELLS: tuple[Cell, ...] = tuple({"times": times, "patients": n} for times in MEDIANS for n in (10, 20, 30, 60))
TURNBULL_SHARE = 5
"""A Turnbull interval takes 2,000 resamples, so the first fifth of the data sets get one."""


def simulate(cell: Cell, replicates: int) -> list[Row]:
    """Return one row a method for the data sets of one cell."""
    numbers = generator(cell)
    by_method: dict[str, list[Result]] = {}
    for place in range(replicates):
        lower, upper = draw(cell, numbers)
        for name, result in estimates(lower, upper).items():
            by_method.setdefault(name, []).append(result)
        if place * TURNBULL_SHARE < replicates:
            by_method.setdefault("turnbull", []).append(turnbull(lower, upper))
    truth = MEDIANS[cell["times"]]
    return [{"method": name, **tally(*ends(results), truth)} for name, results in by_method.items()]


def draw(cell: Cell, numbers: np.random.Generator) -> tuple[Floats, Floats]:
    """Return lower and upper ends (n,) in months; equal for an exact time, infinity for a censored one."""
    patients, kind = cell["patients"], cell["times"]
    time = MEDIANS[kind] * (numbers.standard_exponential(patients) / math.log(2)) ** (1 / SHAPE)
    if kind == "exact, censored":
        # about four in ten are still free of recurrence when follow-up ends
        end = numbers.uniform(4.0, 24.0, patients)
        return np.minimum(time, end), np.where(time <= end, time, np.inf)
    first = numbers.uniform(0.0, BETWEEN_SCANS, patients)
    scans = np.ceil((time - first) / BETWEEN_SCANS)
    upper = first + BETWEEN_SCANS * scans
    lower = np.maximum(upper - BETWEEN_SCANS, 0.0)
    seen = {"exact": 0, "half scans": patients // 2, "scans": patients}[kind]
    at_scan = np.arange(patients) < seen
    return np.where(at_scan, lower, time), np.where(at_scan, upper, time)


def estimates(lower: Floats, upper: Floats) -> dict[str, Result]:
    """Return the median by every quick method that takes such times."""
    found: dict[str, Result] = {}
    exact = np.isinf(upper) | (lower == upper)
    if exact.all():
        event = (lower == upper).astype(int)
        for conf_type in get_args(ConfType):
            found[f"kaplan_meier {conf_type}"] = kaplan_meier(lower, event, conf_type=conf_type)
    return found | {name: parametric(name, lower, upper) for name in ("weibull", "lognormal")}
