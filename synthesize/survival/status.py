"""Drug status after CR as it changes: follow-up split at the stop, and landmark groups.

A patient who stops after six weeks has been on the drug for six weeks. Calling such a patient *stopped* from
CR on would give the stopped group time in which nobody could have been in it (immortal time; Hernán et al.
2016, doi 10.1016/j.jclinepi.2016.04.014).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.errors import Problems


@dataclass(frozen=True)
class Rows:
    """Follow-up in (start, stop] rows, months from CR; `patient` is the index in the input.

    `event` is a recurrence at `stop`; `on_drug` is the status during the row. `left_out` holds the indices
    of the patients without any follow-up in the rows.
    """

    patient: NDArray[np.intp]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    event: NDArray[np.bool_]
    on_drug: NDArray[np.bool_]
    left_out: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.patient)

    def months(self, *, on_drug: bool) -> float:
        """Return the person-months on (or off) the drug, summed without rounding error."""
        chosen = self.on_drug == on_drug
        return math.fsum((self.stop - self.start)[chosen])

    def patients(self, *, on_drug: bool | None = None) -> int:
        """Return how many patients were followed on (or off) the drug, or at all."""
        return len(np.unique(self.patient if on_drug is None else self.patient[self.on_drug == on_drug]))

    def events(self, *, on_drug: bool) -> int:
        """Return the recurrences on (or off) the drug."""
        return int(self.event[self.on_drug == on_drug].sum())


def split_at_stop(
    follow_up_months: Sequence[float], event: Sequence[bool], stop_months: Sequence[float | None]
) -> Rows:
    """Split each patient's follow-up at the month in which the drug was stopped.

    `follow_up_months` runs from CR to recurrence (`event`) or to the last look without one. `stop_months` is
    None (or infinite) for a patient who never stopped, and 0 or less for one who was off the drug from CR
    on. A recurrence in the very month of the stop counts as on the drug, because rows are (start, stop]. A
    patient without follow-up gets no row. Raises `InvalidInput` for times that are negative or no numbers,
    and for a recurrence at month 0.
    """
    _check(follow_up_months, event, stop_months)
    rows: list[tuple[int, float, float, bool, bool]] = []
    for patient, (end, recurred, stop) in enumerate(zip(follow_up_months, event, stop_months, strict=True)):
        turn = end if stop is None else min(max(float(stop), 0.0), end)
        if turn > 0:
            rows.append((patient, 0.0, turn, bool(recurred) and turn == end, True))
        if turn < end:
            rows.append((patient, turn, end, bool(recurred), False))
    return _rows(rows, len(follow_up_months))


def landmark(
    follow_up_months: Sequence[float],
    event: Sequence[bool],
    stop_months: Sequence[float | None],
    at: float,
) -> Rows:
    """Return the patients still followed without recurrence at month `at`, grouped by their status then.

    One row (at, follow-up] a patient; `on_drug` says whether the drug had not been stopped by `at`. Those who
    had recurred or left before are in `left_out`: count them in the report. Raises `InvalidInput` as
    `split_at_stop` does, and for a negative `at`.
    """
    _check(follow_up_months, event, stop_months)
    problems = Problems()
    if not (math.isfinite(at) and at >= 0):
        problems.add("not a landmark", found=at, allowed="a number of months, at least 0")
    problems.raise_if_any()
    rows = [
        (patient, float(at), float(end), bool(recurred), stop is None or stop > at)
        for patient, (end, recurred, stop) in enumerate(zip(follow_up_months, event, stop_months, strict=True))
        if end > at
    ]
    return _rows(rows, len(follow_up_months))


def _rows(rows: list[tuple[int, float, float, bool, bool]], patients: int) -> Rows:
    patient, start, stop, event, on_drug = zip(*rows, strict=True) if rows else ((),) * 5
    return Rows(
        np.array(patient, dtype=np.intp),
        np.array(start, dtype=float),
        np.array(stop, dtype=float),
        np.array(event, dtype=bool),
        np.array(on_drug, dtype=bool),
        tuple(sorted(set(range(patients)) - set(patient))),
    )


def _check(follow_up_months: Sequence[float], event: Sequence[bool], stop_months: Sequence[float | None]) -> None:
    problems = Problems()
    lengths = {len(follow_up_months), len(event), len(stop_months)}
    if len(lengths) > 1:
        problems.add("follow-up, event and stop must have one entry a patient", found=sorted(lengths))
        problems.raise_if_any()
    for patient, (end, recurred, stop) in enumerate(zip(follow_up_months, event, stop_months, strict=True)):
        name = f"patient at index {patient}"
        if not (math.isfinite(end) and end >= 0):
            problems.add(f"{name}: follow-up is not a time", found=end, allowed="months, at least 0")
        elif recurred and end == 0:
            problems.add(f"{name}: a recurrence at month 0, which is CR itself", found=end)
        if stop is not None and math.isnan(stop):
            problems.add(
                f"{name}: the month of the stop is unknown", found=stop,
                remedy="Give None for a patient who never stopped; decide unclear ones before",
            )  # fmt: skip
    problems.raise_if_any()
