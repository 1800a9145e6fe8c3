"""Follow-up as arrays: what a time and an event may be, and which times are one and the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.errors import Problems

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]
SAME = 1.4901161193847656e-08  # relative distance below which two times are one, as R's `aeqSurv`


def follow_up(
    time: ArrayLike, event: ArrayLike, entry: ArrayLike | None = None
) -> tuple[Floats, NDArray[np.intp], Floats]:
    """Return times, event codes and entry times (n,) in months, with nearly equal times made equal.

    `event` is 0 for a patient censored at `time`, 1 (or a higher code) for what happened then. Without
    `entry` everyone is under observation from the start (entry −1, so that an event at month 0 counts).
    Raises `InvalidInput` for times that are negative or no numbers, for codes that are not 0, 1, 2, …, and
    for an entry that is not before its time.
    """
    times = np.atleast_1d(np.asarray(time, dtype=float))
    codes = np.atleast_1d(np.asarray(event, dtype=float))
    entries = None if entry is None else np.atleast_1d(np.asarray(entry, dtype=float))
    problems = Problems()
    lengths = {len(part) for part in (times, codes, entries) if part is not None}
    if len(lengths) > 1:
        problems.add("times, events and entries must have one value a patient", found=sorted(lengths))
        problems.raise_if_any()
    for row in np.flatnonzero(~(np.isfinite(times) & (times >= 0))):
        problems.add(f"patient at index {row}: not a time", found=times[row], allowed="months, at least 0")
    for row in np.flatnonzero(~(np.isfinite(codes) & (codes >= 0) & (codes == np.floor(codes)))):
        problems.add(f"patient at index {row}: not an event code", found=codes[row], allowed="0, 1, 2, …")
    if entries is not None:
        for row in np.flatnonzero(~(np.isfinite(entries) & (entries < times))):
            problems.add(
                f"patient at index {row}: entry is not before the end", found=f"({entries[row]}, {times[row]}]"
            )
    problems.raise_if_any()
    if entries is None:
        return merge_nearly_equal(times), codes.astype(np.intp), np.full(len(times), -1.0)
    both = merge_nearly_equal(np.concatenate([entries, times]))
    for row in np.flatnonzero(both[: len(times)] >= both[len(times) :]):
        problems.add(f"patient at index {row}: entry and end differ by rounding only", found=times[row])
    problems.raise_if_any()
    return both[len(times) :], codes.astype(np.intp), both[: len(times)]


def merge_nearly_equal(times: Floats) -> Floats:
    """Return `times` with values closer than a relative 1.5e-8 set to the smallest of them.

    Months computed from days along two ways differ in the last digit; they are ties all the same.
    """
    finite = times[np.isfinite(times)]
    known = np.unique(finite)
    if len(known) < 2:
        return times
    gaps = np.diff(known)
    tied = (gaps <= SAME) | (gaps <= SAME * np.mean(np.abs(known)))
    if not tied.any():
        return times
    anchors = known[np.concatenate([[True], ~tied])]
    merged = times.copy()
    merged[np.isfinite(times)] = anchors[np.searchsorted(anchors, finite, side="right") - 1]
    return merged


def optional(values: Sequence[float] | Floats) -> list[float | None]:
    """Return numbers for a result: None where there is no finite one."""
    return [float(value) if np.isfinite(value) else None for value in values]


def finite(value: float) -> float | None:
    """Return the number for a result: None where there is no finite one."""
    return value if math.isfinite(value) else None
