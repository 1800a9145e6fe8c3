"""Two-step pooling for comparison: study estimates with known variances, weighted by their inverse.

The logit adds 0.5 to both cells of a study without events or without non-events, because such a study has no
logit otherwise; this is why these rows are sensitivity analyses and never the primary one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesize.estimate import Result
from synthesize.proportions.counts import Floats, Studies
from synthesize.proportions.glmm_estimates import against_pooling, typical_variance
from synthesize.proportions.normal import chi2_tail, expit, t_quantile, z_quantile
from synthesize.proportions.tau2 import ESTIMATORS, generalised_q, q_profile, weighted_mean

METHODS = {
    "iv_logit_reml": ("REML", False),
    "iv_logit_reml_knha": ("REML", True),
    "iv_logit_pm_knha": ("PM", True),
    "iv_logit_dl": ("DL", False),
}


def corrected_logits(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return logits and their variances (k,), 0.5 added where a study has none or only events, as metafor does."""
    add = np.where((x == 0) | (x == n), 0.5, 0.0)
    return np.log((x + add) / (n - x + add)), 1.0 / (x + add) + 1.0 / (n - x + add)


@dataclass(frozen=True)
class Pooled:
    """A random-effects mean on the model scale with its interval and prediction interval."""

    beta: float
    se: float
    tau2: float
    quantile: float

    @property
    def interval(self) -> tuple[float, float]:
        """Confidence limits of the mean."""
        return self.beta - self.quantile * self.se, self.beta + self.quantile * self.se

    @property
    def prediction(self) -> tuple[float, float]:
        """Prediction limits for a new study's own value, same quantile as the interval (as metafor)."""
        half = self.quantile * float(np.sqrt(self.se**2 + self.tau2))
        return self.beta - half, self.beta + half


def pool_normal(y: Floats, v: Floats, tau2: float, level: float, *, knapp_hartung: bool) -> Pooled:
    """Pool estimates `y` with variances `v` at a given τ²: normal interval, or Knapp–Hartung with t(k − 1).

    Knapp and Hartung 2003, doi 10.1002/sim.1482; unmodified, so the standard error can be under that of the
    normal interval.
    """
    weight = 1.0 / (v + tau2)
    variance = 1.0 / float(weight.sum())
    if not knapp_hartung:
        return Pooled(weighted_mean(y, v, tau2), float(np.sqrt(variance)), tau2, z_quantile(level))
    variance *= generalised_q(y, v, tau2) / (len(y) - 1)
    return Pooled(weighted_mean(y, v, tau2), float(np.sqrt(variance)), tau2, t_quantile(level, len(y) - 1))


def inverse_variance(data: Studies, wanted: tuple[str, ...] = tuple(METHODS)) -> list[Result]:
    """Return the inverse-variance logit methods in `wanted`, or why there is none. From k = 3 studies."""
    return [_one(data, method) for method in wanted]


def _one(data: Studies, method: str) -> Result:
    reason = against_pooling(data)
    if reason is not None:
        return data.refuse(method, reason)
    estimator, knapp_hartung = METHODS[method]
    y, v = corrected_logits(data.x, data.n)
    if knapp_hartung and np.ptp(y) < 1e-12:
        return data.refuse(method, "all studies have the same logit: the Knapp–Hartung variance is zero")
    tau2 = ESTIMATORS[estimator](y, v)
    pooled = pool_normal(y, v, tau2, data.level, knapp_hartung=knapp_hartung)
    (lower, upper), (new_lower, new_upper) = pooled.interval, pooled.prediction
    return data.estimate(
        method, value=expit(pooled.beta), lower=expit(lower), upper=expit(upper),
        prediction_lower=expit(new_lower), prediction_upper=expit(new_upper),
        tau2=tau2, i2=i_squared(v, tau2), notes=_corrections(data),
        detail={**heterogeneity(y, v, pooled, data.level), "tau2_estimator": estimator,
                "interval": f"Knapp–Hartung, t({data.k - 1})" if knapp_hartung else "normal"},
    )  # fmt: skip


def _corrections(data: Studies) -> tuple[str, ...]:
    corrected = int(np.sum((data.x == 0) | (data.x == data.n)))
    if not corrected:
        return ()
    which = "1 study" if corrected == 1 else f"{corrected} studies"
    return (f"0.5 was added to both cells of {which} with none or only events",)


def heterogeneity(y: Floats, v: Floats, pooled: Pooled, level: float) -> dict[str, Any]:
    """Return the model scale, Q with its p-value and the Q-profile interval of τ²."""
    q = generalised_q(y, v, 0.0)
    lower, upper = q_profile(y, v, level)
    return {
        "beta": pooled.beta,
        "se": pooled.se,
        "tau2_lower": lower,
        "tau2_upper": upper,
        "tau2_interval": "Q-profile",
        "q": q,
        "q_df": len(y) - 1,
        "q_p": chi2_tail(q, len(y) - 1),
        "i2_definition": "per cent; 100·τ²/(τ² + s²), s² the Higgins–Thompson typical variance",
    }


def i_squared(v: Floats, tau2: float) -> float:
    """Return I² in per cent from τ² and the typical variance, as metafor's rma.uni."""
    return 100.0 * tau2 / (tau2 + typical_variance(v))
