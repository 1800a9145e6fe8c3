"""Turnbull's estimate: closed forms by hand, its conventions, its bootstrap and its edges."""

from __future__ import annotations

import numpy as np
import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable
from synthesize.survival.censored import censored, innermost
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.npmle import fit
from synthesize.survival.resample import bootstrap_medians, draw_counts, resampling_strata
from synthesize.survival.turnbull import turnbull

TIME_TO_CR = [2, 6, 2, 3, 2, 5, 3]


def _estimate(lower: object, upper: object, **options: object) -> Estimate:
    result = turnbull(lower, upper, **options)  # type: ignore[arg-type]
    assert isinstance(result, Estimate)
    return result


def test_the_seven_patients_are_kaplan_meier() -> None:
    found = _estimate(TIME_TO_CR, TIME_TO_CR)
    assert (found.value, found.lower, found.upper) == (3, 2, 5)
    curve = kaplan_meier(TIME_TO_CR, [1] * 7)
    assert isinstance(curve, Estimate)
    assert found.detail["curve"]["survival"] == pytest.approx(curve.detail["curve"]["survival"], abs=1e-15)


def test_exact_and_right_censored_by_em_icm_is_kaplan_meier_too() -> None:
    lower, upper = [10, 42, 9, 43, 3, 7, 25], [10, 42, None, None, 3, None, None]
    data = censored(lower, upper)
    found = fit(innermost(data.left, data.right), np.ones((1, 7)))
    # 1/7, then 6/7 × 1/4, then 9/14 × 1/2, and the rest after 43; the gap of 1e-12 bounds the error
    assert found.mass[0] == pytest.approx([1 / 7, 3 / 14, 9 / 28, 9 / 28], abs=1e-10)
    assert found.gap[0] <= 1e-12


def test_touching_intervals_have_no_time_in_common() -> None:
    """(1, 2] and (2, 3] do not overlap: closed intervals would put everything at 2."""
    curve = _estimate([1, 2], [2, 3]).detail["curve"]
    assert curve["left"].tolist() == [1, 2]
    assert curve["right"] == [2, 3]
    assert curve["probability"].tolist() == pytest.approx([0.5, 0.5])


def test_an_exact_time_at_the_right_end_is_inside_and_at_the_left_end_outside() -> None:
    assert _estimate([1, 2], [2, 2]).detail["curve"]["left"].tolist() == [2]
    assert _estimate([2, 2], [3, 2]).detail["curve"]["left"].tolist() == [2, 2]


def test_left_censored_runs_from_zero() -> None:
    found = _estimate([0, 0], [4, 0])
    assert found.detail["curve"]["right"] == [0]


def test_current_status_data_in_closed_form() -> None:
    """Isotonic shares of current status: 1 of 2 by month 1, 1 of 2 by month 2, then all: 1/2, 1/2, 1."""
    found = _estimate([0, 1, 0, 2, 0, 0], [1, None, 2, None, 3, 3])
    assert found.detail["curve"]["survival"] == pytest.approx([0.5, 0.0], abs=1e-9)
    assert found.loglik == pytest.approx(4 * np.log(0.5), abs=1e-9)


def test_the_median_says_both_ends_of_its_interval() -> None:
    found = _estimate([2, 2, 2], [6, 6, 6])
    assert (found.value, found.detail["median_left"], found.detail["median_right"]) == (4, 2, 6)
    assert found.detail["share_by_month"]["3"] == {
        "value": 0.0, "at_least": 0.0, "at_most": 1.0, "lower": 0.0, "upper": 1.0,
    }  # fmt: skip


def test_right_censored_only_is_not_reached() -> None:
    found = _estimate([3, 4], [None, None])
    assert (found.value, found.lower, found.upper) == (None, None, None)
    assert found.detail["value"] == "not reached"


def test_one_patient_gets_a_median_and_no_interval() -> None:
    found = _estimate([5], [5])
    assert (found.value, found.lower, found.upper) == (5, None, None)
    assert found.detail["lower"] == "one patient has no interval"


def test_fewer_than_no_resamples_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not a number of resamples"):
        turnbull([1], [2], n_bootstrap=-1)


def test_nobody_is_not_estimable() -> None:
    assert isinstance(turnbull([], []), NotEstimable)


def test_the_seed_fixes_the_interval_and_is_stated() -> None:
    lower, upper = [0, 2, 2, 3, 0, 4], [3, 2, 5, 9, 7, None]
    first, second = _estimate(lower, upper), _estimate(lower, upper)
    assert first.as_json() == second.as_json()
    assert first.detail["seed"] == 1
    assert first.detail["interval"] == "bootstrap percentile"


def test_exact_bootstrap_distribution_of_the_seven_patients() -> None:
    medians = bootstrap_medians(TIME_TO_CR, TIME_TO_CR, n_bootstrap=10_000)
    shares = [float(np.mean(medians == month)) for month in (2, 3, 5, 6)]
    # all 7^7 resamples counted: .347 .545 .098 .010; four standard errors of 10,000 draws are 0.02
    assert shares == pytest.approx([0.347, 0.545, 0.098, 0.010], abs=0.02)


def test_patients_are_resampled_within_their_source() -> None:
    strata, alone = resampling_strata(["a", "a", "b", "b", "b", "x", "y"], 7)
    counts = draw_counts(strata, 200, np.random.default_rng(1))
    assert alone == 2
    assert (counts[:, :2].sum(axis=1) == 2).all()
    assert (counts[:, 2:5].sum(axis=1) == 3).all()
    assert (counts[:, 5:].sum(axis=1) == 2).all()


def test_single_reports_are_one_stratum_and_the_note_says_so() -> None:
    found = _estimate(TIME_TO_CR, TIME_TO_CR, source=["a"] * 5 + ["x", "y"])
    assert "2 patients, each the only one of a source" in found.notes[0]


def test_leaving_out_a_resampled_patient_widens_the_innermost_interval() -> None:
    """Without the exact 3, only (2, 6] is left, and its whole length counts."""
    assert set(bootstrap_medians([2, 3], [6, 3], n_bootstrap=50)) == {3, 4}


@pytest.mark.parametrize(
    ("lower", "upper", "message"),
    [
        ([3], [2], "upper end before lower"),
        ([-1], [2], "not a time"),
        ([float("nan")], [2], "not a time"),
        ([1], [float("nan")], "upper end before lower"),
        ([1, 2], [3], "one value a patient"),
    ],
)
def test_impossible_intervals_are_refused(lower: list, upper: list, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        turnbull(lower, upper)


def test_a_share_that_no_resample_can_move_has_the_exact_interval() -> None:
    """Everybody is in CR by month 12: that is seven of seven, not certainty."""
    (found,) = [turnbull([2, 2, 2, 3, 3, 5, 0], [2, 2, 2, 3, 3, 5, 6], n_bootstrap=200)]
    assert isinstance(found, Estimate)
    shares = found.detail["share_by_month"]
    assert shares["12"]["value"] == 1.0
    assert shares["12"]["upper"] == 1.0
    assert shares["12"]["lower"] == pytest.approx(0.025 ** (1 / 7))
    (one,) = [turnbull([5, 6, 7, 1], [5, 6, 7, None], n_bootstrap=200)]
    assert isinstance(one, Estimate)
    by_three = one.detail["share_by_month"]["3"]
    # of the fourth it is not known whether it had the event by then
    assert (by_three["value"], by_three["lower"]) == (0.0, 0.0)
    assert by_three["upper"] == pytest.approx(1 - 0.025 ** (1 / 3))
    assert by_three["interval"] == "exact, of 3 patients"
