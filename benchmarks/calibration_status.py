"""Coverage of the comparisons by drug status after CR, with 10 to 60 patients.

A patient's hazard of recurrence is 5 per 100 months off the drug and that times the hazard ratio on it. One in six
stops at CR, the others after an exponential time with mean 12 months; follow-up ends after 6 to 48 months (uniform).
Both the hazard ratio of the Cox model and the ratio of the person-time rates estimate the same number here.
"""

from __future__ import annotations

import numpy as np

from benchmarks.calibration_tally import Cell, Floats, Row, ends, generator, tally
from synthesize.estimate import Result
from synthesize.survival import cox_firth
from synthesize.survival.person_time import rate_ratio

HAZARD_OFF = 0.05
STOPPED_AT_CR, MEAN_ON = 1 / 6, 12.0
FOLLOW_UP = (6.0, 48.0)
CELLS: tuple[Cell, ...] = tuple(
    {"hazard_ratio": ratio, "patients": n} for ratio in (1.0, 0.3) for n in (10, 20, 30, 60)
)


def simulate(cell: Cell, replicates: int) -> list[Row]:
    """Return one row a method for the data sets of one cell; widths are upper over lower limit."""
    numbers, truth = generator(cell), cell["hazard_ratio"]
    firth: list[Result] = []
    ratio: list[Result] = []
    for _ in range(replicates):
        start, stop, event, on = draw(cell, numbers)
        firth += cox_firth.fit(start, stop, event, on)
        months = stop - start
        ratio.append(
            rate_ratio(int(event @ on), float(months @ on), int(event @ (1 - on)), float(months @ (1 - on)))[-1]
        )
    by_method = {"cox_firth": firth, "person_time_rate_ratio": ratio}
    return [{"method": name, **tally(*ends(found), truth, ratio=True)} for name, found in by_method.items()]


def draw(cell: Cell, numbers: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats]:
    """Return (start, stop] rows in months with the event at `stop` and the drug status, 1 on and 0 off."""
    patients, ratio = cell["patients"], cell["hazard_ratio"]
    switch = np.where(numbers.random(patients) < STOPPED_AT_CR, 0.0, MEAN_ON * numbers.standard_exponential(patients))
    end = numbers.uniform(*FOLLOW_UP, patients)
    # the cumulative hazard runs at HAZARD_OFF · ratio until the switch and at HAZARD_OFF from there
    spent = numbers.standard_exponential(patients) / HAZARD_OFF
    time = np.where(spent <= ratio * switch, spent / ratio, switch + spent - ratio * switch)
    stop, event = np.minimum(time, end), (time <= end).astype(float)
    until, after = stop <= switch, stop > switch
    both = after & (switch > 0)
    rows = (
        (np.zeros(patients), stop, event, np.ones(patients), until),
        (np.zeros(patients), switch, np.zeros(patients), np.ones(patients), both),
        (switch, stop, event, np.zeros(patients), after),
    )
    start_, stop_, event_, on = (np.concatenate([row[i][row[4]] for row in rows]) for i in range(4))
    return start_, stop_, event_, on
