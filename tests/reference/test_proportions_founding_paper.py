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
    t, z = by_method["glmm_t"], by_method["glmm_wald"]
    assert (t.prediction_lower, t.prediction_upper) == pytest.approx((0.0007932, 0.0566549), abs=PRINTED)
    assert (z.prediction_lower, z.prediction_upper) == pytest.approx((0.0018188, 0.0254968), abs=PRINTED)
