"""Curves by drug status on the founding paper's seven patients, and interval-censored groups compared."""

from __future__ import annotations

import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.survival.by_status import landmark_curves, simon_makuch_curves
from synthesize.survival.interval_logrank import compare_intervals

MONTHS = [10.0, 42.0, 9.0, 43.0, 3.0, 7.0, 25.0]
RECURRED = [True, True, False, False, True, False, False]
STOPPED = [1.5, 0.0, None, None, None, None, None]


def _by(results: list[Result]) -> dict[tuple[str, str], Result]:
    return {(result.method, result.subset): result for result in results}


def test_landmarks_move_who_is_on_the_drug() -> None:
    found = _by(landmark_curves(MONTHS, RECURRED, STOPPED, landmarks=(0, 3)))
    at_cr = found["landmark_curve", "all, landmark 0 months: on the drug"]
    later = found["landmark_curve", "all, landmark 3 months: off the drug"]
    assert isinstance(at_cr, Estimate)
    assert isinstance(later, Estimate)
    assert (at_cr.n_patients, at_cr.n_events) == (6, 2)
    # patients 1 and 2 are off the drug at month 3, and recur at 10 and 42: the curve rests at 1/2 between
    assert (later.n_patients, later.value) == (2, 26)
    assert later.notes == ("1 of 7 had recurred or left by month 3",)
    exact = found["logrank_exact", "all, landmark 3 months"]
    assert isinstance(exact, Estimate)
    assert exact.p_value == pytest.approx(2 / 15)


def test_a_landmark_that_nobody_reaches_says_so() -> None:
    results = landmark_curves(MONTHS, RECURRED, STOPPED, landmarks=(60,))
    assert all(isinstance(result, NotEstimable) for result in results)
    assert results[0].reason == "nobody on the drug"  # type: ignore[union-attr]


def test_in_the_extended_curve_a_patient_changes_sides() -> None:
    found = _by(simon_makuch_curves(MONTHS, RECURRED, STOPPED))
    on, off = (found["simon_makuch_curve", f"all: {side} the drug"] for side in ("on", "off"))
    assert isinstance(on, Estimate)
    assert isinstance(off, Estimate)
    assert (on.n_patients, on.n_events, off.n_patients, off.n_events) == (6, 1, 2, 2)
    assert off.detail["curve"]["at_risk"].tolist() == [2, 1]
    assert "both curves" in off.notes[-1]


def test_intervals_apart_are_as_different_as_groups_can_be() -> None:
    found = compare_intervals([0, 0, 1, 8, 9, 9], [3, 4, 4, 12, None, 14], list("aaabbb"))
    assert isinstance(found, Estimate)
    # one of the 20 allocations is as extreme, and its mirror image
    assert found.p_value == pytest.approx(2 / 20)
    assert found.detail["score_sums"].sum() == pytest.approx(0, abs=1e-12)


def test_intervals_that_all_overlap_tell_nobody_apart() -> None:
    found = compare_intervals([0, 1, 2], [9, 8, 7], ["a", "a", "b"])
    assert isinstance(found, NotEstimable)
    assert "tell the patients apart" in found.reason


def test_one_group_is_nothing_to_compare() -> None:
    assert isinstance(compare_intervals([0, 1], [2, 3], ["a", "a"]), NotEstimable)


def test_one_group_a_patient() -> None:
    with pytest.raises(InvalidInput, match="one group a patient"):
        compare_intervals([0, 1], [2, 3], ["a"])
