"""The primary pooled rate: random-intercept logistic model with Wald-t, profile and Wald-z intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesize.estimate import Estimate, Result
from synthesize.proportions.counts import Floats, Studies
from synthesize.proportions.coverage import beyond, shortfall
from synthesize.proportions.glmm import Fits, fit_many
from synthesize.proportions.glmm_profile import mean_limits, t_threshold, tau_limits
from synthesize.proportions.normal import (
    chi2_quantile,
    expit,
    half_half_p,
    marginal_mean,
    t_quantile,
    z_quantile,
)

METHODS = ("glmm_t", "glmm_profile_t", "glmm_profile", "glmm_wald")
FEW = 5
FEW_WITH_EVENTS = 3
I2_DEFINITION = (
    "per cent; 100·τ²/(τ² + s²), s² the Higgins–Thompson typical variance of the logits "
    "(with 0.5 added where a study has no or only events; in this index only), as in metafor rma.glmm"
)


def against_pooling(data: Studies) -> str | None:
    """Return why studies that differ cannot be pooled on the logit at all, or None when they can."""
    if data.k == 0:
        return "there is no study"
    if data.k == 1:
        return "one study: its exact interval is the answer (complete_pooling_exact)"
    if data.k == 2:
        return (
            "two studies cannot show how much studies differ: read the exact interval of each, "
            "complete_pooling_exact and the Bayesian rows"
        )
    if not data.x.any():
        return (
            "no event in any study: the likelihood has no maximum; read the exact upper limit of the sum "
            "(valid only if the studies share one rate) and the Bayesian rows"
        )
    if (data.x == data.n).all():
        return "every patient of every study has the event: the likelihood has no maximum"
    return None


def against_random_effects(data: Studies) -> str | None:
    """Return why a spread between studies cannot be estimated by likelihood here, or None when it can."""
    if data.k > 2 and data.x.any() and (data.x == 0).sum() + (data.x == data.n).sum() == data.k:
        reason = "every study has none or all of its events: the spread between studies has no finite estimate"
        return against_pooling(data) or reason
    return against_pooling(data)


def glmm(data: Studies, wanted: tuple[str, ...] = METHODS) -> list[Result]:
    """Return the estimate with each interval named in `wanted` (`glmm_t` is the primary one), or why there is none.

    `value` is the back-transformed mean logit, the rate of the median study; `detail` holds the model scale,
    the mean rate over studies, and the evidence for a spread. From k = 3 studies.
    """
    reason = against_random_effects(data)
    if reason is not None:
        return [data.refuse(method, reason) for method in wanted]
    x, n = data.x[None, :], data.n[None, :]
    fits = fit_many(x, n)
    if not _settled(fits):
        return [_flat(data, method) for method in wanted]
    fitted = _Fitted(data, fits, {**_detail(fits), **_tau2_interval(data, x, n, fits)})
    build = {
        "glmm_t": fitted.wald_t, "glmm_profile_t": fitted.profile_t,
        "glmm_profile": fitted.profile, "glmm_wald": fitted.wald_z,
    }  # fmt: skip
    return [build[method]() for method in wanted]


def glmm_t_many(sets: Sequence[Studies], like: Studies) -> list[Result]:
    """Return `glmm_t` for each set of studies, all fitted at once; `detail` leaves the interval of τ² out.

    The fit to `like`, which should resemble the sets, is where each climb starts.
    """
    results: list[Result] = []
    reasons = [against_random_effects(data) for data in sets]
    usable = [data for data, reason in zip(sets, reasons, strict=True) if reason is None]
    x, n = (_padded([getattr(data, name) for data in usable]) for name in ("x", "n"))
    whole = None if against_random_effects(like) else fit_many(like.x[None, :], like.n[None, :])
    start = None if whole is None else np.repeat(np.maximum(whole.theta, [-np.inf, 0.1]), len(x), axis=0)
    fits = fit_many(x, n, start) if usable else None
    place = 0
    for data, reason in zip(sets, reasons, strict=True):
        if reason is None and fits is not None:
            one = fits.take(np.array([place]))
            place += 1
            results.append(_Fitted(data, one, _detail(one)).wald_t() if _settled(one) else _flat(data, "glmm_t"))
        else:
            results.append(data.refuse("glmm_t", reason or ""))
    return results


def _padded(rows: list[Floats]) -> Floats:
    """Stack rows of unequal length; a study with total 0 contributes nothing."""
    stacked = np.zeros((len(rows), max((len(row) for row in rows), default=0)))
    for place, row in enumerate(rows):
        stacked[place, : len(row)] = row
    return stacked


def _settled(fits: Fits) -> bool:
    return bool(fits.converged[0] and np.isfinite(fits.se[0]))


def _flat(data: Studies, method: str) -> Result:
    return data.refuse(method, "the likelihood is too flat for Newton's method to settle on a maximum")


@dataclass(frozen=True)
class _Fitted:
    data: Studies
    fits: Fits
    detail: dict[str, Any]

    @property
    def beta(self) -> float:
        return float(self.fits.beta[0])

    def wald_t(self) -> Estimate:
        quantile = t_quantile(self.data.level, self.data.k - 1)
        return self._wald("glmm_t", quantile, f"Wald on the logit, t({self.data.k - 1})", self._coverage())

    def _coverage(self) -> tuple[str, ...]:
        """Return what simulations say against the interval; nothing where the interval of τ² was not asked for."""
        if "tau2_lower" not in self.detail:
            return ()
        highest = self.detail["tau2_upper"]
        taus = math.sqrt(self.detail["tau2_lower"]), math.inf if highest is None else math.sqrt(highest)
        said = shortfall(expit(self.beta), taus, self.data.k, self.data.level), beyond(self.detail["tau"])
        return tuple(note for note in said if note is not None)

    def wald_z(self) -> Estimate:
        return self._wald("glmm_wald", z_quantile(self.data.level), "Wald on the logit, normal")

    def profile(self) -> Estimate:
        return self._profile("glmm_profile", chi2_quantile(self.data.level), "χ²(1)")

    def profile_t(self) -> Estimate:
        df = self.data.k - 1
        return self._profile("glmm_profile_t", t_threshold(self.data.level, df + 1), f"k·log(1 + t({df})²/{df})")

    def _profile(self, method: str, threshold: float, held_against: str) -> Estimate:
        lower, upper = mean_limits(self.data.x[None, :], self.data.n[None, :], self.fits, threshold)
        return self._estimate(
            method, lower=expit(float(lower[0])), upper=expit(float(upper[0])), notes=self._few_with_events(),
            detail={**self.detail, "interval": f"profile likelihood of the mean logit, held against {held_against}"},
        )  # fmt: skip

    def _few_with_events(self) -> tuple[str, ...]:
        """Say so where one or two studies have all the events: they alone then tell how much studies differ."""
        count = int((self.data.x > 0).sum())
        if count >= FEW_WITH_EVENTS:
            return ()
        advice = "how much studies differ rests on them alone; read the crude sum and the Bayesian rows beside it"
        return (f"events in {count} of {self.data.k} studies only: {advice}",)

    def _wald(self, method: str, quantile: float, interval: str, notes: tuple[str, ...] = ()) -> Estimate:
        half = quantile * float(self.fits.se[0])
        reach = quantile * float(np.sqrt(self.fits.se[0] ** 2 + self.fits.tau2[0]))
        if self.data.k < FEW:
            advice = "read glmm_bayes_nm4_hn1 beside it, and the prediction interval as a rough guide only"
            notes = (f"from {self.data.k} studies: {advice}", *notes)
        notes = (*self._few_with_events(), *notes)
        return self._estimate(
            method, lower=expit(self.beta - half), upper=expit(self.beta + half),
            prediction_lower=expit(self.beta - reach), prediction_upper=expit(self.beta + reach),
            detail={**self.detail, "interval": interval}, notes=notes,
        )  # fmt: skip

    def _estimate(self, method: str, **numbers: Any) -> Estimate:
        return self.data.estimate(
            method, value=expit(self.beta), tau2=float(self.fits.tau2[0]),
            i2=i_squared(self.data.x, self.data.n, float(self.fits.tau2[0])),
            loglik=float(self.fits.loglik[0]), **numbers,
        )  # fmt: skip


def _tau2_interval(data: Studies, x: Floats, n: Floats, fits: Fits) -> dict[str, Any]:
    lower, upper = (float(limit[0]) for limit in tau_limits(x, n, fits, data.level))
    return {
        "tau2_lower": lower**2,
        "tau2_upper": upper**2 if np.isfinite(upper) else None,
        "tau2_interval": "profile likelihood" if np.isfinite(upper) else "profile likelihood; no upper limit",
    }


def _detail(fits: Fits) -> dict[str, Any]:
    lrt = max(0.0, 2.0 * float(fits.loglik[0] - fits.loglik_common[0]))
    return {
        "beta": float(fits.beta[0]),
        "se": float(fits.se[0]),
        "tau": float(fits.theta[0, 1]),
        "marginal_mean_rate": marginal_mean(float(fits.beta[0]), float(fits.theta[0, 1])),
        "lrt": lrt,
        "lrt_p": half_half_p(lrt),
        "lrt_definition": "likelihood-ratio test of τ² = 0, half-half mixture of 0 and χ²(1)",
        "i2_definition": I2_DEFINITION,
        "nodes": int(fits.nodes[0]),
        "quadrature_error": float(fits.error[0]),
        "value_definition": "back-transformed mean logit: the rate of the median study",
    }


def i_squared(x: Floats, n: Floats, tau2: float) -> float:
    """Return I² in per cent as metafor's rma.glmm defines it; `I2_DEFINITION` says how. From k = 2 studies."""
    add = np.where((x == 0) | (x == n), 0.5, 0.0)
    return 100.0 * tau2 / (tau2 + typical_variance(1.0 / (x + add) + 1.0 / (n - x + add)))


def typical_variance(v: Floats) -> float:
    """Return the typical within-study variance of Higgins and Thompson 2002, doi 10.1002/sim.1186."""
    weight = 1.0 / v
    return float((len(v) - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum()))
