"""The Bayesian twin: against one-dimensional integrals, its own reweighting, and data at the extremes."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from synthesize.estimate import Estimate
from synthesize.proportions import pool
from synthesize.proportions.bayes import Posterior, Prior, posterior, posteriors
from synthesize.proportions.bayes_estimates import PRIORS
from synthesize.proportions.sinc import cumulative

SEED = (np.array([7.0, 18, 2, 0]), np.array([523.0, 3047, 90, 449]))
QUANTILES = (0.025, 0.5, 0.975)


def quantiles(found: Posterior) -> list[float]:
    kinds = (found.mean_quantile, found.new_study_quantile, found.tau_quantile)
    return [kind(at) for kind in kinds for at in QUANTILES]


def test_the_sinc_sum_is_the_normal_distribution() -> None:
    from scipy.special import ndtr

    nodes = np.linspace(-8, 8, 33)
    step = np.array(nodes[1] - nodes[0])
    mass = np.exp(-0.5 * nodes**2) * step / np.sqrt(2 * np.pi)
    at = np.array([-3.3, -0.1, 0.25, 2.0])
    # the rest is the normal density's spectrum beyond π / step: e^-19.7
    assert cumulative(at, nodes, step, mass) == pytest.approx(ndtr(at), abs=1e-8)


def test_without_room_for_a_spread_it_is_the_binomial_posterior() -> None:
    mu = np.linspace(-9, -2, 200_001)
    x, n = SEED[0].sum(), SEED[1].sum()
    log = x * mu - n * np.logaddexp(0, mu) - 0.5 * ((mu + 4) / 2) ** 2
    mass = np.exp(log - log.max())
    expected = np.interp(QUANTILES, np.cumsum(mass) / mass.sum(), mu)
    found = posterior(*SEED, Prior(-4, 2, 1e-6))
    # the grid's own step is 3.5e-5
    assert [found.mean_quantile(at) for at in QUANTILES] == pytest.approx(expected, abs=5e-5)
    assert found.tau_quantile(0.975) < 3e-6


def test_without_data_on_the_spread_its_prior_comes_back() -> None:
    # one study at the centre of a wide prior says next to nothing of τ
    found = posterior(np.array([50.0]), np.array([100.0]), Prior(0, 100, 0.5))
    assert found.tau_quantile(0.5) == pytest.approx(0.5 * 0.6744898, rel=1e-3)


def test_reweighting_is_a_posterior_of_its_own() -> None:
    priors = [Prior(0, 10, 1), *PRIORS.values()]
    shared = posteriors(*SEED, priors)[1:]
    for prior, found in zip(PRIORS.values(), shared, strict=True):
        own = posterior(*SEED, prior)
        assert quantiles(found) == pytest.approx(quantiles(own), abs=2e-5)
        assert found.log_evidence == pytest.approx(own.log_evidence, abs=1e-6)


HARD = {
    "alike, ten million": ([5_000_000] * 3, [10**7] * 3),
    "far apart, ten million": ([0, 1, 3_000_000], [10**7] * 3),
    "none or all": ([0, 10, 0, 10], [10] * 4),
    "single patients": ([0, 1, 1, 0, 1], [1] * 5),
    "all": ([9, 9], [9, 9]),
}


@pytest.mark.parametrize("name", HARD)
def test_hard_data_have_an_ordered_answer_without_a_warning(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = [one for one in pool(*HARD[name], methods=list(PRIORS)) if isinstance(one, Estimate)]
    assert len(results) >= 4
    for one in results:
        numbers = [one.prediction_lower, one.lower, one.value, one.upper, one.prediction_upper]
        assert all(number is not None and 0 <= number <= 1 for number in numbers)
        assert numbers == sorted(numbers)  # type: ignore[type-var]


def test_three_equal_studies_of_ten_million_share_their_rate_closely() -> None:
    # a power-law tail in τ: nodes in equal steps of τ get this wrong in the fourth decimal
    found = posterior(np.array([5e6] * 3), np.array([1e7] * 3), Prior(-4, 2, 0.5))
    fine = np.sinh(np.linspace(0, np.arcsinh(3.7 / 3e-4), 4001)) * 3e-4
    # normal–normal model with v = 4e-7: exact here to 1e-6; the prior of the mean is flat
    v = 4e-7
    log = -0.5 * 2 * np.log(v + fine**2) - 0.5 * (fine / 0.5) ** 2
    mass = np.exp(log - log.max()) * np.gradient(fine)
    assert found.tau_quantile(0.5) == pytest.approx(float(np.interp(0.5, np.cumsum(mass) / mass.sum(), fine)), rel=5e-3)
