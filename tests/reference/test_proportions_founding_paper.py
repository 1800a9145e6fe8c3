"""The four denominators that the founding paper cites, against R 4.2.2, metafor 3.8-1 and exact likelihoods.

7/523, 18/3047, 2/90, 0/449. The references are printed with 4 to 7 decimals; 1e-5 is the agreement promised.
metafor's `rma.glmm` uses seven nodes, so its own rows differ from the exact likelihood in the sixth decimal.
"""

from __future__ import annotations

import pytest

from synthesize.estimate import Estimate
from synthesize.proportions import pool

EVENTS, TOTALS = [7, 18, 2, 0], [523, 3047, 90, 449]
PRINTED = 1e-5


@pytest.fixture(scope="module")
def by_method() -> dict[str, Estimate]:
    results = pool(EVENTS, TOTALS)
    return {result.method: result for result in results if isinstance(result, Estimate)}


@pytest.mark.parametrize(
    ("method", "value", "lower", "upper"),
    [
        ("glmm_t", 0.0068573, 0.0019842, 0.0234183),
        ("glmm_wald", 0.0068573, 0.0031971, 0.0146463),
        ("glmm_profile", 0.0068573, 0.0012336, 0.0212243),
        ("complete_pooling_exact", 0.0065709, 0.0043346, 0.0095461),
        ("beta_binomial_profile", 0.0081195, 0.0029041, 0.0434946),
        ("glmm_bayes_n10_hn05", 0.0067095, 0.0028890, 0.0146354),
        ("glmm_bayes_n25_hn05", 0.0073429, 0.0035251, 0.0173008),
        ("glmm_bayes_nm4_hn05", 0.0068709, 0.0031408, 0.0149288),
        ("glmm_bayes_nm4_hn1", 0.0068768, 0.0021329, 0.0209809),
    ],
)
def test_rate_and_interval(
    by_method: dict[str, Estimate], method: str, value: float, lower: float, upper: float
) -> None:
    result = by_method[method]
    assert (result.value, result.lower, result.upper) == pytest.approx((value, lower, upper), abs=PRINTED)


def test_model_scale(by_method: dict[str, Estimate]) -> None:
    result = by_method["glmm_t"]
    detail = result.detail
    # marginal maximum likelihood, integrate() in R
    assert detail["beta"] == pytest.approx(-4.9755602, abs=1e-6)
    assert result.tau2 == pytest.approx(0.3089159, abs=1e-6)
    assert result.loglik == pytest.approx(-10.8764831, abs=1e-6)
    assert detail["marginal_mean_rate"] == pytest.approx(0.0079708, abs=1e-7)
    assert detail["tau2_lower"] == 0
    assert detail["tau2_upper"] == pytest.approx(9.0332, abs=1e-4)
    assert detail["lrt"] == pytest.approx(0.4334011, abs=1e-6)
    assert detail["lrt_p"] == pytest.approx(0.2551624, abs=1e-6)
    # rma.glmm(measure = "PLO", nAGQ = 7): its own quadrature error is 1e-5 in the standard error
    assert detail["se"] == pytest.approx(0.3912142, abs=2e-5)
    assert result.i2 == pytest.approx(58.4, abs=0.05)


def test_prediction_intervals(by_method: dict[str, Estimate]) -> None:
    for method, lower, upper in (
        ("glmm_t", 0.0007932, 0.0566549),
        ("glmm_wald", 0.0018188, 0.0254968),
        ("glmm_bayes_n10_hn05", 0.001438, 0.029168),
        ("glmm_bayes_n25_hn05", 0.001767, 0.035189),
        ("glmm_bayes_nm4_hn05", 0.001561, 0.029997),
        ("glmm_bayes_nm4_hn1", 0.000572, 0.074572),
    ):
        one = by_method[method]
        assert (one.prediction_lower, one.prediction_upper) == pytest.approx((lower, upper), abs=PRINTED), method


def test_other_scales(by_method: dict[str, Estimate]) -> None:
    assert by_method["beta_binomial_profile"].detail["rho"] == pytest.approx(0.0039251, abs=1e-7)
    knapp_hartung = by_method["iv_logit_reml_knha"].detail
    assert (knapp_hartung["beta"], knapp_hartung["se"]) == pytest.approx((-4.7130556, 0.4286112), abs=1e-7)
    assert by_method["fisher_homogeneity"].p_value == pytest.approx(0.0120416, abs=1e-7)


@pytest.mark.parametrize(
    ("events", "totals", "method", "lower", "value", "upper"),
    [
        # reported in per cent with the digits given here
        ([2, 0], [90, 449], "glmm_bayes_nm4_hn1", 0.00065, 0.0049, 0.036),
        ([7, 18, 2], [523, 3047, 90], "glmm_t", 0.00183, 0.00858, 0.03932),
        ([7, 18, 2], [523, 3047, 90], "glmm_profile", 0.00426, 0.00858, 0.02381),
        ([7, 18, 2], [523, 3047, 90], "beta_binomial_profile", 0.00492, 0.00882, 0.02887),
        ([7, 18, 2, 0], [523, 3047, 90, 449], "iv_logit_reml", 0.00430, 0.00890, 0.01833),
        ([7, 18, 2, 0], [523, 3047, 90, 449], "iv_logit_pm_knha", 0.00192, 0.00883, 0.03967),
        ([7, 18, 2, 0], [523, 3047, 90, 449], "freeman_tukey_reml", 0.00010, 0.00583, 0.01717),
        ([7, 18, 2, 0], [523, 3047, 90, 449], "common_effect", 0.00451, 0.00657, 0.00956),
    ],
)
def test_rows_known_to_fewer_digits(
    events: list[int], totals: list[int], method: str, lower: float, value: float, upper: float
) -> None:
    (one,) = pool(events, totals, methods=[method])
    assert isinstance(one, Estimate)
    assert (one.lower, one.value, one.upper) == pytest.approx((lower, value, upper), rel=0.012, abs=1e-5)
