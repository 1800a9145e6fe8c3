"""Curves after CR by drug status: landmark groups, and the extended (Simon–Makuch) curve.

A curve by who *ever* stopped gives the stopped group months in which nobody could have been in it. Two that
do not: groups fixed at a landmark, among those still followed without recurrence then; and a status that
changes, where each patient is at risk in the curve of the status they are in. Sources: Anderson, Cain and
Gelber 1983 (Journal of Clinical Oncology 1:710); Simon and Makuch 1984 (Statistics in Medicine 3:35); Mantel
and Byar 1974 (JASA 69:81) for the comparison of the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.logrank import compare
from synthesize.survival.status import Rows, landmark, split_at_stop
from synthesize.survival.step_curve import ConfType

ON, OFF = "on the drug", "off the drug"
LANDMARKS = (0.0, 3.0, 6.0)


def landmark_curves(
    follow_up_months: Sequence[float],
    event: Sequence[bool],
    stop_months: Sequence[float | None],
    *,
    landmarks: Sequence[float] = LANDMARKS,
    level: float = 0.95,
    conf_type: ConfType = "log-log",
    question: str = "recurrence",
    subset: str = "all",
) -> list[Result]:
    """Return, for each landmark (months from CR), the curve on and off the drug and their log-rank tests.

    Arguments per patient as for `status.split_at_stop`; medians are months from CR, given no recurrence by
    the landmark. A note counts who had recurred or left before it. Raises `InvalidInput` as `landmark` does.
    """
    results: list[Result] = []
    for month in landmarks:
        rows = landmark(follow_up_months, event, stop_months, month)
        named = f"{subset}, landmark {month:g} months"
        gone = len(rows.left_out)
        notes = (f"{gone} of {len(follow_up_months)} had recurred or left by month {month:g}",) if gone else ()
        results += _curves(rows, "landmark_curve", level, conf_type, question, named, notes)
    return results


def simon_makuch_curves(
    follow_up_months: Sequence[float],
    event: Sequence[bool],
    stop_months: Sequence[float | None],
    *,
    level: float = 0.95,
    conf_type: ConfType = "log-log",
    question: str = "recurrence",
    subset: str = "all",
) -> list[Result]:
    """Return the extended curve on and off the drug, the status changing at the stop, and the Mantel–Byar test.

    Arguments per patient as for `status.split_at_stop`. A patient who stops is in both curves in turn, so
    neither follows a fixed group of people. Raises `InvalidInput` as `split_at_stop` does.
    """
    rows = split_at_stop(follow_up_months, event, stop_months)
    note = "a patient who stops counts in both curves, one after the other; neither follows a fixed group"
    return _curves(rows, "simon_makuch_curve", level, conf_type, question, subset, (note,))


def _curves(
    rows: Rows, method: str, level: float, conf_type: ConfType, question: str, subset: str, notes: tuple[str, ...]
) -> list[Result]:
    results: list[Result] = []
    for on_drug, name in ((True, ON), (False, OFF)):
        chosen = rows.on_drug == on_drug
        curve = kaplan_meier(
            rows.stop[chosen], rows.event[chosen], entry=rows.start[chosen], level=level, conf_type=conf_type,
            question=question, subset=f"{subset}: {name}",
        )  # fmt: skip
        if isinstance(curve, NotEstimable):
            results.append(replace(curve, method=method, reason=f"nobody {name}"))
            continue
        patients = rows.patients(on_drug=on_drug)
        results.append(replace(curve, method=method, n_patients=patients, notes=(*curve.notes, *notes)))
    groups = np.where(rows.on_drug, ON, OFF)
    tests = compare(rows.stop, rows.event, groups, entry=rows.start, level=level, question=question, subset=subset)
    return results + [
        replace(test, n_patients=rows.patients(), notes=(*test.notes, *notes)) if isinstance(test, Estimate) else test
        for test in tests
    ]
