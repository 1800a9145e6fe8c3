"""τ² by eight estimators and its Q-profile: closed forms on equal variances, edges, and what pooling makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from synthesize.proportions.freeman_tukey import double_arcsine, inverse_double_arcsine
from synthesize.proportions.inverse_variance import corrected_logits, pool_normal
from synthesize.proportions.tau2 import ESTIMATORS, generalised_q, log_likelihood, q_profile

Y = np.array([-1.0, 0.5, 2.0, 0.1, -0.4])
EQUAL = np.full(5, 0.3)
VARIANCE = float(np.var(Y, ddof=1))
SEED = corrected_logits(np.array([7.0, 18, 2, 0]), np.array([523.0, 3047, 90, 449]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DL", VARIANCE - 0.3),
        ("HE", VARIANCE - 0.3),
        ("PM", VARIANCE - 0.3),
        ("EB", VARIANCE - 0.3),
        ("REML", VARIANCE - 0.3),
        ("ML", 0.8 * VARIANCE - 0.3),
        ("HS", 0.8 * VARIANCE - 0.3),
        ("SJ", VARIANCE * 0.8 * VARIANCE / (0.3 + 0.8 * VARIANCE)),
    ],
)
def test_equal_variances_have_closed_forms(name: str, expected: float) -> None:
    assert ESTIMATORS[name](Y, EQUAL) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_equal_estimates_have_no_variance(name: str) -> None:
    assert ESTIMATORS[name](np.full(4, -2.0), np.array([0.1, 0.4, 2.0, 0.2])) == 0


@pytest.mark.parametrize(("name", "restricted"), [("ML", False), ("REML", True)])
def test_the_likelihoods_are_highest_there(name: str, restricted: bool) -> None:
    top = ESTIMATORS[name](*SEED)
    around = log_likelihood(*SEED, np.linspace(0, 5, 5001), restricted=restricted)
    assert log_likelihood(*SEED, np.array([top]), restricted=restricted)[0] >= around.max()


def test_q_profile_ends_where_q_is_a_quantile() -> None:
    lower, upper = q_profile(Y, EQUAL, 0.9)
    assert generalised_q(Y, EQUAL, upper) == pytest.approx(chi2.ppf(0.05, 4), rel=1e-12)
    assert generalised_q(Y, EQUAL, lower) == pytest.approx(chi2.ppf(0.95, 4), rel=1e-12)
    assert q_profile(np.full(5, 1.0), EQUAL) == (0, 0)


def test_knapp_hartung_is_the_plain_t_interval_on_equal_variances() -> None:
    pooled = pool_normal(Y, EQUAL, 0.7, 0.95, knapp_hartung=True)
    assert pooled.beta == pytest.approx(Y.mean())
    assert pooled.se == pytest.approx(np.sqrt(VARIANCE / 5))


def test_the_double_arcsine_comes_back_at_its_own_size() -> None:
    for x, n in ((0, 9), (1, 9), (5, 9), (9, 9), (18, 3047)):
        angle = float(double_arcsine(np.array(float(x)), np.array(float(n)))[0])
        # a square root of rounding near both ends
        assert inverse_double_arcsine(angle, n) == pytest.approx(x / n, abs=1e-8)
    assert inverse_double_arcsine(-0.2, 9) == 0
    assert inverse_double_arcsine(2.0, 9) == 1
