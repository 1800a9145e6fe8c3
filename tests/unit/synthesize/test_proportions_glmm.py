"""The marginal likelihood, its maximum and its profile: derivatives, boundaries, two tops, hard data."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from synthesize.proportions.glmm import Likelihood, fit_many
from synthesize.proportions.glmm_profile import mean_limits, t_threshold, tau_limits
from synthesize.proportions.newton import Surface, maximise
from synthesize.proportions.normal import chi2_quantile, t_quantile
from synthesize.proportions.quadrature import study_errors, study_logliks

SEED = (np.array([[7.0, 18, 2, 0]]), np.array([[523.0, 3047, 90, 449]]))


def one(values: list[float]) -> np.ndarray:
    return np.array([values], dtype=float)


@pytest.mark.parametrize("spread", [0.0, 0.5, 3.0, 30.0])
def test_one_patient_at_mean_zero_is_a_coin_whatever_the_spread(spread: float) -> None:
    loglik = study_logliks(one([1]), one([1]), one([0]), one([spread]), 385)
    assert loglik[0, 0] == pytest.approx(math.log(0.5), abs=1e-9)


def test_an_empty_study_contributes_nothing() -> None:
    assert study_logliks(one([0]), one([0]), one([-4]), one([2]), 25)[0, 0] == pytest.approx(0, abs=1e-10)


def test_without_spread_it_is_the_binomial() -> None:
    p = 1 / (1 + math.exp(4))
    expected = 7 * math.log(p) + 516 * math.log1p(-p)
    assert study_logliks(one([7]), one([523]), one([-4]), one([0]), 25)[0, 0] == pytest.approx(expected, rel=1e-13)


def test_derivatives_are_those_of_the_value() -> None:
    likelihood, row, h = Likelihood(*SEED, nodes=97), np.array([0]), 1e-5
    theta = np.array([[-4.6, 0.9]])
    surface = likelihood(theta, row)
    for i in range(2):
        step = h * np.eye(2)[i]
        up, down = likelihood(theta + step, row), likelihood(theta - step, row)
        # central differences at 1e-5: about 1e-10 of truncation and 1e-9 of rounding
        assert surface.gradient[0, i] == pytest.approx((up.value - down.value)[0] / (2 * h), abs=1e-7)
        assert surface.hessian[0, i] == pytest.approx((up.gradient - down.gradient)[0] / (2 * h), abs=1e-6)


def test_the_likelihood_is_even_in_the_spread() -> None:
    likelihood, row = Likelihood(*SEED), np.array([0])
    plus, minus = (likelihood(np.array([[-5, spread]]), row) for spread in (1.2, -1.2))
    assert plus.value[0] == pytest.approx(minus.value[0], abs=1e-12)
    assert plus.gradient[0, 1] == pytest.approx(-minus.gradient[0, 1], abs=1e-10)


def test_the_error_estimate_is_honest() -> None:
    rng = np.random.default_rng(3)
    count = 2000
    n = np.exp(rng.uniform(0, 14, count)).round()
    x = np.where(rng.random(count) < 0.3, 0, rng.binomial(n.astype(int), np.exp(rng.uniform(-12, 0, count))))
    mean = np.log((x + 0.5) / (n - x + 0.5)) + 2 * rng.normal(size=count)
    given = [part[:, None].astype(float) for part in (x, n, mean, np.exp(rng.uniform(-4, 2, count)))]
    truth = study_logliks(*given, 1537)
    for nodes in (25, 49, 97):
        accepted = study_errors(*given, nodes) <= 1e-8
        wrong = np.abs(study_logliks(*given, nodes) - truth)[accepted]
        assert accepted.mean() > 0.4
        assert wrong.max() < 5e-8  # rounding of sums of about 1e6 alone is 1e-9


def test_a_saddle_is_left_uphill() -> None:
    def saddle(theta: np.ndarray, rows: np.ndarray) -> Surface:
        a, b = theta[:, 0], theta[:, 1]
        hessian = np.zeros((len(theta), 2, 2))
        hessian[:, 0, 0], hessian[:, 1, 1] = -2, 2 - 12 * b**2
        return Surface(b**2 - b**4 - a**2, np.stack([-2 * a, 2 * b - 4 * b**3], axis=1), hessian)

    found = maximise(saddle, np.array([[3.0, 0.01], [1.0, -0.01]]))
    assert found.converged.all()
    assert found.theta == pytest.approx(np.array([[0, 0.5**0.5], [0, -(0.5**0.5)]]), abs=1e-7)


def test_a_batch_is_its_data_sets_one_by_one() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(50, 3000, (40, 6))
    x = rng.binomial(n, 1 / (1 + np.exp(4.5 - rng.normal(size=n.shape))))
    x[0] = 0
    together = fit_many(x, n)
    assert not together.estimable[0]
    assert np.isnan(together.theta[0]).all()
    for row in range(1, 40):
        alone = fit_many(x[row : row + 1], n[row : row + 1])
        assert together.loglik[row] == pytest.approx(alone.loglik[0], abs=1e-8)
        assert together.beta[row] == pytest.approx(alone.beta[0], abs=1e-6)


def test_padding_changes_nothing() -> None:
    padded = fit_many([[7, 18, 2, 0, 0, 0]], [[523, 3047, 90, 449, 0, 0]])
    assert padded.theta == pytest.approx(fit_many(*SEED).theta, abs=1e-7)


def test_identical_rates_lie_on_the_boundary() -> None:
    fits = fit_many([[5, 5, 5]], [[50, 50, 50]])
    assert (fits.tau2[0], fits.converged[0]) == (0, True)
    assert fits.beta[0] == pytest.approx(math.log(15 / 135), rel=1e-14)
    assert fits.se[0] == pytest.approx(math.sqrt(1 / 15 + 1 / 135), rel=1e-14)


def test_the_higher_of_two_tops_is_found() -> None:
    # all events in one of four studies: a top at τ = 0 and one, higher by 0.18, at τ = 1.13
    fits = fit_many([[0, 0, 0, 16]], [[252, 159, 245, 2499]])
    assert fits.theta[0, 1] == pytest.approx(1.1269, abs=1e-4)
    assert fits.loglik[0] - fits.loglik_common[0] == pytest.approx(0.18264, abs=1e-5)


def test_a_start_elsewhere_ends_at_the_same_top() -> None:
    far = fit_many(*SEED, start=np.array([[-2.0, 2.5]]))
    assert far.theta == pytest.approx(fit_many(*SEED).theta, abs=1e-7)


HARD = {
    "tiny studies": ([0, 1, 2, 0], [1, 2, 3, 1]),
    "ten million": ([5_000_000, 4_000_000, 6_000_000], [10**7] * 3),
    "ten million, alike": ([10**6, 10**6, 10**6 + 1], [10**7] * 3),
    "ten million, rare": ([0, 1, 3_000_000], [10**7] * 3),
    "one event in all": ([0, 0, 1], [10**7, 10, 3]),
    "from none to all": ([0, 10**6, 3], [10**6, 10**6, 7]),
    "very far apart": ([0, 2315, 1], [341, 2317, 5]),
}


@pytest.mark.parametrize("name", HARD)
def test_hard_data_converge_without_a_warning(name: str) -> None:
    x, n = (np.array([part], dtype=float) for part in HARD[name])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fits = fit_many(x, n)
        limits = [*mean_limits(x, n, fits, chi2_quantile(0.95)), *tau_limits(x, n, fits, 0.95)]
    assert fits.converged.all()
    assert np.isfinite(fits.se).all()
    assert limits[0][0] < fits.beta[0] < limits[1][0]
    assert limits[2][0] <= fits.theta[0, 1] <= limits[3][0]
    gradient = Likelihood(x, n, nodes=int(fits.nodes[0]))(fits.theta, np.array([0])).gradient[0]
    # a gradient of 1e-3 standard errors: the rounding of counts of ten million
    assert abs(gradient[0]) * fits.se[0] < 1e-3


def test_profile_limits_lie_where_the_likelihood_has_fallen() -> None:
    x, n = one([0, 1, 0]), one([44, 48, 28])
    fits = fit_many(x, n)
    goal = fits.loglik[0] - fits.constant[0] - chi2_quantile(0.95) / 2
    likelihood = Likelihood(x, n, nodes=193)
    for limit in mean_limits(x, n, fits, chi2_quantile(0.95)):
        # the best spread jumps from 0 to far out along this profile: both starts are needed to see its height
        starts = np.array([[limit[0], 0.05], [limit[0], 2.0]])
        found = [maximise(likelihood, start[None], np.array([False, True])).surface.value[0] for start in starts]
        assert max(found) == pytest.approx(goal, abs=1e-6)


def test_five_hundred_studies() -> None:
    rng = np.random.default_rng(9)
    n = rng.integers(50, 3000, (1, 500))
    fits = fit_many(rng.binomial(n, 1 / (1 + np.exp(4.8 - 0.7 * rng.normal(size=n.shape)))), n)
    assert fits.converged[0]
    assert fits.error[0] <= 1e-8
    assert abs(fits.beta[0] + 4.8) < 0.15
    assert abs(fits.theta[0, 1] - 0.7) < 0.1


def test_the_threshold_for_few_studies_is_that_of_the_t_test() -> None:
    """A normal sample is rejected by its likelihood ratio exactly when it is by its t statistic."""
    sample = np.array([-5.2, -4.1, -4.9, -3.3, -4.4])
    k, t = len(sample), t_quantile(0.95, len(sample) - 1)
    mean = sample.mean() + t * sample.std(ddof=1) / np.sqrt(k)  # on the edge of the t interval
    twice = k * np.log(((sample - mean) ** 2).mean() / sample.var())
    assert t_threshold(0.95, k) == pytest.approx(twice, rel=1e-12)
    assert t_threshold(0.95, 100_000) == pytest.approx(chi2_quantile(0.95), rel=1e-4)
