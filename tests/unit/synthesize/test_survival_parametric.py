"""Parametric fits: closed forms, scale of the numbers, and a plain reason wherever there is no estimate."""

from __future__ import annotations

import math

import numpy as np
import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable
from synthesize.survival.parametric import METHODS, parametric
from synthesize.survival.standard_gamma import bend, log_between, log_density, quantile, slope

TIME_TO_CR = [2, 6, 2, 3, 2, 5, 3]


def _estimate(method: str, lower: object, upper: object, **options: object) -> Estimate:
    result = parametric(method, lower, upper, **options)  # type: ignore[arg-type]
    assert isinstance(result, Estimate), result
    return result


def test_lognormal_of_exact_times_is_the_geometric_mean() -> None:
    logs = np.log(TIME_TO_CR)
    found = _estimate("lognormal", TIME_TO_CR, TIME_TO_CR)
    assert found.value == pytest.approx(math.exp(logs.mean()), rel=1e-12)
    assert found.detail["scale"] == pytest.approx(logs.std(), rel=1e-12)
    half = 1.959963984540054 * logs.std() / math.sqrt(7)
    assert found.upper == pytest.approx(math.exp(logs.mean() + half), rel=1e-10)


def test_weibull_with_shape_one_is_exponential() -> None:
    """One exact time at each quantile of many of an exponential distribution of mean 10: shape near 1."""
    shares = (np.arange(4000) + 0.5) / 4000
    found = _estimate("weibull", -10 * np.log1p(-shares), -10 * np.log1p(-shares))
    assert found.detail["scale"] == pytest.approx(1, abs=2e-3)
    assert found.value == pytest.approx(10 * math.log(2), rel=1e-3)


def test_aic_counts_the_parameters() -> None:
    months = 5 * np.exp(0.5 * np.linspace(-2, 2, 30) ** 3 / 4)
    for method, parameters in (("weibull", 2), ("lognormal", 2), ("generalized_gamma", 3)):
        found = _estimate(method, months, months)
        assert found.loglik is not None
        assert found.detail["aic"] == pytest.approx(2 * parameters - 2 * found.loglik)


@pytest.mark.parametrize("method", METHODS)
def test_days_and_months_give_the_same_median(method: str) -> None:
    lower, upper = np.array([0, 2, 2.5, 3, 0, 4, 1, 8, 6]), [3, 2, 5, 9, 7, None, 2, 12, 6]
    one = _estimate(method, lower, upper)
    other = _estimate(method, 30.4375 * lower, [None if end is None else 30.4375 * end for end in upper])
    for mine, theirs in ((one.value, other.value), (one.lower, other.lower), (one.upper, other.upper)):
        assert theirs == pytest.approx(30.4375 * mine, rel=1e-6)  # type: ignore[operator]


def test_quartiles_and_shares_are_one_distribution() -> None:
    found = _estimate("weibull", TIME_TO_CR, TIME_TO_CR, marks=(3,))
    quartiles = found.detail["quartiles"]
    again = _estimate("weibull", TIME_TO_CR, TIME_TO_CR, marks=(quartiles["0.25"]["value"],))
    assert next(iter(again.detail["share_by_month"].values())) == pytest.approx(0.25, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("lower", "upper", "reason"),
    [
        ([], [], "no patient"),
        ([3, 5], [None, None], "no event"),
        ([4], [4], "month 4 lies in every patient's interval"),
        ([4, 4], [4, 4], "month 4 lies in every patient's interval"),
        ([0, 1, 2], [5, 6, None], "month 5 lies in every patient's interval"),
        ([0, 3], [0, 3], "no logarithm"),
        ([0, 5], [3, None], "keeps rising"),
    ],
)
def test_no_estimate_has_its_reason(method: str, lower: list, upper: list, reason: str) -> None:
    found = parametric(method, lower, upper)
    assert isinstance(found, NotEstimable)
    assert reason in found.reason


def test_a_maximum_below_the_edge_of_the_family_is_given_with_a_note() -> None:
    """The disease-free months of the founding paper: an inner maximum, and more toward extreme shapes."""
    found = _estimate("generalized_gamma", [10, 42, 9, 43, 3, 7, 25], [10, 42, None, None, 3, None, None])
    assert "extreme shapes" in found.notes[0]
    assert abs(found.detail["shape"]) < 10


def test_impossible_intervals_are_refused() -> None:
    with pytest.raises(InvalidInput, match="upper end before lower"):
        parametric("weibull", [3], [2])


@pytest.mark.parametrize("shape", [0.0, 1.0, 1e-6, 1e-3, 0.1, 0.249, 0.251, 0.9999999, 3.0, -0.7, -5.0])
def test_the_standard_distribution_is_consistent_at_every_shape(shape: float) -> None:
    """Quantiles invert shares, densities integrate to shares, derivatives are differences."""
    z = np.linspace(-1.5, 1.2, 7)
    for share in (0.05, 0.5, 0.9):
        place = np.array([quantile(share, shape)])
        assert np.exp(log_between(np.array([-np.inf]), place, shape)) == pytest.approx(share, rel=1e-9)
        assert np.exp(log_between(place, np.array([np.inf]), shape)) == pytest.approx(1 - share, rel=1e-9)
    fine = np.linspace(-1, 0.5, 20001)
    area = np.trapezoid(np.exp(log_density(fine, shape)), fine)
    assert area == pytest.approx(np.exp(log_between(np.array([-1.0]), np.array([0.5]), shape))[0], rel=1e-7)
    step = 1e-5
    numeric = (log_density(z + step, shape) - log_density(z - step, shape)) / (2 * step)
    assert slope(z, shape) == pytest.approx(numeric, rel=1e-5, abs=1e-5)
    numeric = (slope(z + step, shape) - slope(z - step, shape)) / (2 * step)
    assert bend(z, shape) == pytest.approx(numeric, rel=1e-4, abs=1e-4)
