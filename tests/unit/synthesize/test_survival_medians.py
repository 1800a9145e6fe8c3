"""Printed medians: what can be pooled, what is left out and why, and the random-effects model by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable
from synthesize.survival.pooled_medians import pooled_medians, random_effects
from synthesize.survival.printed_median import MedianSummary, spread

Z75 = 0.6744897501960817


def test_symmetric_quartiles_choose_the_normal_distribution() -> None:
    """Median variance of a normal: π σ² / (2 n), with σ from the quartiles."""
    found = spread(MedianSummary("a", 50, 10, q1=8, q3=12))
    assert found.family == "normal"
    assert found.variance == pytest.approx(math.pi * (2 / Z75) ** 2 / 100, rel=1e-9)


def test_log_symmetric_quartiles_choose_the_lognormal_distribution() -> None:
    found = spread(MedianSummary("a", 50, 4, q1=2, q3=8))
    sigma = math.log(2) / Z75
    assert found.family == "lognormal"
    assert found.variance == pytest.approx(2 * math.pi * (4 * sigma) ** 2 / 200, rel=1e-6)


def test_one_study_is_its_own_median() -> None:
    found = pooled_medians([MedianSummary("a", 50, 10, q1=8, q3=12)])
    assert isinstance(found, Estimate)
    assert found.value == 10
    assert found.detail["interval"] == "normal, one study"
    assert (found.prediction_lower, found.tau2) == (None, None)


def test_what_cannot_be_pooled_is_left_out_and_named() -> None:
    found = pooled_medians([
        MedianSummary("a", 50, 10, q1=8, q3=12), MedianSummary("no spread", 9, 5),
        MedianSummary("two", 2, 5, 4, maximum=6), MedianSummary("one month", 9, 5, 5, maximum=5),
    ])  # fmt: skip
    assert isinstance(found, Estimate)
    assert found.k_studies == 1
    assert set(found.detail["left_out"]) == {"no spread", "two", "one month"}
    assert len(found.notes) == 3


def test_nothing_to_pool_is_not_estimable() -> None:
    assert isinstance(pooled_medians([]), NotEstimable)
    assert isinstance(pooled_medians([MedianSummary("no spread", 9, 5)]), NotEstimable)


def test_equal_variances_have_reml_in_closed_form() -> None:
    """With equal variances v, τ² is the sample variance less v, and the mean is plain."""
    values = np.array([3.0, 5.0, 10.0])
    found = random_effects(values, np.full(3, 2.0))
    assert found.tau2 == pytest.approx(values.var(ddof=1) - 2, rel=1e-9)
    assert found.mean == pytest.approx(6, rel=1e-12)
    assert random_effects(values, np.full(3, 40.0)).tau2 == 0


def test_no_limit_is_below_0_months() -> None:
    found = pooled_medians([
        MedianSummary("a", 20, 2, q1=1, q3=4), MedianSummary("b", 20, 12, q1=6, q3=20),
    ])  # fmt: skip
    assert isinstance(found, Estimate)
    assert found.lower == 0


@pytest.mark.parametrize(
    ("study", "message"),
    [
        (MedianSummary("a", 0, 5, 4, maximum=6), "not a number of patients"),
        (MedianSummary("a", 9, 5, 6, maximum=7), "quantiles out of order"),
        (MedianSummary("a", 9, -5, -6, maximum=7), "not times"),
        (MedianSummary("a", 9, 5, 4), "one end of a range"),
    ],
)
def test_impossible_summaries_are_refused(study: MedianSummary, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        pooled_medians([study])
