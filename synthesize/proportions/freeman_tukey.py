"""Freeman–Tukey double arcsine pooling: only to reproduce what others published, with its failure named."""

from __future__ import annotations

import numpy as np

from synthesize.estimate import Result
from synthesize.proportions.counts import Floats, Studies
from synthesize.proportions.glmm_estimates import against_pooling
from synthesize.proportions.inverse_variance import heterogeneity, i_squared, pool_normal
from synthesize.proportions.tau2 import restricted_maximum_likelihood

METHOD = "freeman_tukey_reml"
WARNING = (
    "Freeman–Tukey is shown for comparison only: its back-transformation needs one sample size for all "
    "studies (here the harmonic mean) and can mislead by a multiple where sizes differ "
    "(Schwarzer et al. 2019, doi 10.1002/jrsm.1348)"
)


def double_arcsine(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return the transformed rates and their variances 1 / (4n + 2), as metafor's `escalc("PFT")`."""
    angle = np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))
    return angle / 2, 1.0 / (4 * n + 2)


def inverse_double_arcsine(angle: float, size: float) -> float:
    """Return the rate that has this angle at this sample size (Miller 1978, doi 10.2307/2683352); 0 or 1 outside."""
    lowest, highest = (float(double_arcsine(np.array(x), np.array(size))[0]) for x in (0.0, size))
    if angle <= lowest:
        return 0.0
    if angle >= highest:
        return 1.0
    sine = np.sin(2 * angle)
    inner = 1 - (sine + (sine - 1 / sine) / size) ** 2
    return float(0.5 * (1 - np.sign(np.cos(2 * angle)) * np.sqrt(max(inner, 0.0))))


def freeman_tukey(data: Studies) -> Result:
    """Return `freeman_tukey_reml`: REML on double arcsines, normal interval, harmonic mean size. From k = 3."""
    reason = against_pooling(data)
    if reason is not None:
        return data.refuse(METHOD, reason)
    y, v = double_arcsine(data.x, data.n)
    tau2 = restricted_maximum_likelihood(y, v)
    pooled = pool_normal(y, v, tau2, data.level, knapp_hartung=False)
    size = float(len(data.n) / np.sum(1.0 / data.n))
    value, lower, upper, new_lower, new_upper = (
        inverse_double_arcsine(angle, size) for angle in (pooled.beta, *pooled.interval, *pooled.prediction)
    )
    return data.estimate(
        METHOD, value=value, lower=lower, upper=upper, prediction_lower=new_lower,
        prediction_upper=new_upper, tau2=tau2, i2=i_squared(v, tau2), notes=(WARNING,),
        detail={**heterogeneity(y, v, pooled, data.level), "harmonic_mean_total": size,
                "scale": "double arcsine", "tau2_estimator": "REML"},
    )  # fmt: skip
