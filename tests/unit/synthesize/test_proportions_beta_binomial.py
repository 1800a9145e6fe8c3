"""The beta–binomial model: its compressed sums, derivatives, boundary and batches."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy.special import gammaln

from synthesize.estimate import Estimate
from synthesize.proportions import pool
from synthesize.proportions.beta_binomial import BetaBinomial, fit_many
from synthesize.proportions.rising import sum_rule

SEED = (np.array([[7.0, 18, 2, 0]]), np.array([[523.0, 3047, 90, 449]]))


@pytest.mark.parametrize("m", [0, 1, 16, 17, 26, 27, 100, 3047, 123_457])
@pytest.mark.parametrize(("a", "step"), [(0.3, 0.7), (1.0, 1e-3), (1e-3, 1.0), (0.5, 1e-7)])
def test_few_nodes_sum_like_all(m: int, a: float, step: float) -> None:
    nodes, weights = sum_rule(m)
    expected = math.fsum(np.log(a + np.arange(m) * step))
    assert np.sum(weights * np.log(a + nodes * step)) == pytest.approx(expected, rel=1e-14, abs=1e-13)
    assert len(nodes) <= 16 + 10 * max(0, math.ceil(math.log2(max(m, 16) / 16)))


def test_ten_million_terms_like_gamma_functions() -> None:
    nodes, weights = sum_rule(10**7)
    assert len(nodes) < 250
    # a/γ of 0.43: the gamma functions do not cancel there
    expected = 1e7 * math.log(0.7) + gammaln(0.3 / 0.7 + 1e7) - gammaln(0.3 / 0.7)
    assert np.sum(weights * np.log(0.3 + nodes * 0.7)) == pytest.approx(expected, rel=1e-14)


def test_derivatives_are_those_of_the_value() -> None:
    likelihood, row, h = BetaBinomial(*SEED), np.array([0]), 1e-5
    theta = np.array([[-4.6, 0.1]])
    surface = likelihood(theta, row)
    for i in range(2):
        step = h * np.eye(2)[i]
        up, down = likelihood(theta + step, row), likelihood(theta - step, row)
        # central differences at 1e-5 in s, where third derivatives reach 1e4
        assert surface.gradient[0, i] == pytest.approx((up.value - down.value)[0] / (2 * h), abs=1e-6)
        assert surface.hessian[0, i] == pytest.approx((up.gradient - down.gradient)[0] / (2 * h), abs=1e-4)


def test_identical_rates_are_binomial() -> None:
    (result,) = pool([5, 5, 5], [50, 50, 50], methods=["beta_binomial_profile"])
    assert isinstance(result, Estimate)
    assert result.value == pytest.approx(0.1, rel=1e-14)
    assert (result.detail["rho"], result.detail["lrt"], result.detail["lrt_p"]) == (0, 0, 1)
    assert result.detail["rho_lower"] == 0 < result.detail["rho_upper"]


def test_a_batch_is_its_data_sets_one_by_one() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(50, 3000, (20, 5))
    x = np.maximum(rng.binomial(n, rng.beta(0.8, 80, size=n.shape)), [1, 0, 0, 0, 0])
    together = fit_many(x, n)
    assert together.converged.all()
    for row in range(20):
        alone = fit_many(x[row : row + 1], n[row : row + 1])
        assert together.theta[row] == pytest.approx(alone.theta[0], abs=1e-9)


def test_data_without_a_maximum_are_refused() -> None:
    with pytest.raises(ValueError, match="some, not all"):
        fit_many([[0, 0, 4]], [[5, 5, 4]])


@pytest.mark.parametrize(
    ("events", "totals"),
    [
        ([0, 1, 3_000_000], [10**7] * 3),
        ([0, 0, 1], [10**7, 10, 3]),
        ([5 * 10**6] * 3, [10**7] * 3),
        ([1, 9, 0], [10, 9, 8]),
    ],
)
def test_hard_data_have_an_ordered_answer_without_a_warning(events: list[int], totals: list[int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (result,) = pool(events, totals, methods=["beta_binomial_profile"])
    assert isinstance(result, Estimate)
    assert 0 <= result.lower <= result.value <= result.upper <= 1  # type: ignore[operator]
    assert result.detail["rho_lower"] <= result.detail["rho"] <= result.detail["rho_upper"]
