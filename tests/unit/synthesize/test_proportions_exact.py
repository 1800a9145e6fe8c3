"""Exact intervals: closed forms at the edges, what is refused, and the crude sum."""

from __future__ import annotations

import numpy as np
import pytest

from synthesize.estimate import Estimate, NotEstimable
from synthesize.proportions import common_effect, pool, study_intervals
from synthesize.proportions.exact import clopper_pearson, wilson

ROUNDING = 1e-12


def test_clopper_pearson_at_the_ends_is_a_root() -> None:
    lower, upper = clopper_pearson([0, 12], [449, 12])
    assert (lower[0], upper[1]) == (0, 1)
    assert upper[0] == pytest.approx(1 - 0.025 ** (1 / 449), rel=ROUNDING)
    assert lower[1] == pytest.approx(0.025 ** (1 / 12), rel=ROUNDING)


def test_wilson_of_no_event_is_z2_over_n_plus_z2() -> None:
    lower, upper = wilson([0], [449])
    z2 = 1.959963984540054**2
    assert lower[0] == 0
    assert upper[0] == pytest.approx(z2 / (449 + z2), rel=ROUNDING)


def test_study_intervals_name_each_study_and_carry_wilson() -> None:
    first, second = study_intervals([7, 0], [523, 449], ["Park", "Other"])
    assert (first.subset, second.subset) == ("Park", "Other")
    assert first.value == 7 / 523
    assert second.detail["wilson_upper"] == pytest.approx(0.0084829, abs=1e-6)  # 0.848 % in the literature
    assert [one.subset for one in study_intervals([1], [2])] == ["study 1"]


def test_the_sum_without_events_carries_the_one_sided_limit() -> None:
    (result,) = pool([0], [449], methods=["complete_pooling_exact"])
    assert isinstance(result, Estimate)
    assert (result.value, result.lower) == (0, 0)
    assert result.detail["one_sided_upper"] == pytest.approx(1 - 0.05 ** (1 / 449), rel=ROUNDING)


@pytest.mark.parametrize(
    ("events", "totals", "says"),
    [
        ([1], [0], "study 1.*without patients"),
        ([1, 5], [3, 4], "study 2.*more events than patients"),
        ([-1], [4], "fewer than no events"),
        ([0.5], [4], "whole numbers"),
        ([float("nan")], [4], "whole numbers"),
        ([1, 2], [4], "one length"),
    ],
)
def test_impossible_counts_are_refused(events: list[float], totals: list[float], says: str) -> None:
    for function in (pool, study_intervals, clopper_pearson):
        with pytest.raises(ValueError, match=says):
            function(events, totals)


def test_labels_must_fit() -> None:
    with pytest.raises(ValueError, match="2 labels for 1 studies"):
        study_intervals([1], [2], ["a", "b"])


def test_no_study_is_not_estimable() -> None:
    assert all(isinstance(result, NotEstimable) for result in pool([], []))
    assert study_intervals(np.array([]), np.array([])) == []


def test_homogeneity_of_many_tables_is_drawn_and_agrees_with_the_exact_p() -> None:
    """The same data by both ways; then data with too many tables, and with too many numbers to draw."""
    x, n = np.array([7, 18, 2, 0]), np.array([523, 3047, 90, 449])
    # four standard errors of 20,000 draws
    assert common_effect._drawn_p(x, n) == pytest.approx(0.0120416, abs=4 * 0.0008)
    events, totals = [0, 5, 0, 0, 8, 12, 0, 18], [150, 372, 389, 165, 1566, 1119, 299, 3047]
    (drawn,) = pool(events, totals, methods=["fisher_homogeneity"])
    assert isinstance(drawn, Estimate)
    assert drawn.detail["draws"] == 20_000
    assert "standard error" in drawn.notes[0]
    assert drawn.p_value is not None
    assert 0.08 < drawn.p_value < 0.11
    (refused,) = pool([3] * 200, [1000] * 200, methods=["fisher_homogeneity"])
    assert isinstance(refused, NotEstimable)
