"""The Bayesian rows: one likelihood, three priors of the mean and two of the spread, always side by side."""

from __future__ import annotations

from synthesize.estimate import Estimate, Result
from synthesize.proportions.bayes import Posterior, Prior, posteriors
from synthesize.proportions.counts import Studies
from synthesize.proportions.glmm import log_choose
from synthesize.proportions.normal import expit

PRIORS = {
    "glmm_bayes_nm4_hn05": Prior(-4.0, 2.0, 0.5),
    "glmm_bayes_nm4_hn1": Prior(-4.0, 2.0, 1.0),
    "glmm_bayes_n25_hn05": Prior(0.0, 2.5, 0.5),
    "glmm_bayes_n25_hn1": Prior(0.0, 2.5, 1.0),
    "glmm_bayes_n10_hn05": Prior(0.0, 10.0, 0.5),
    "glmm_bayes_n10_hn1": Prior(0.0, 10.0, 1.0),
}
WIDE = 10.0


def bayes(data: Studies, wanted: tuple[str, ...] = tuple(PRIORS)) -> list[Result]:
    """Return the Bayesian methods in `wanted`, or why there is none. From k = 2 studies, whatever the counts.

    `value` is the posterior median of the median study's rate, the interval equal-tailed, the prediction that
    of a new study. The prior N(0, 10²) is refused where no event, or nothing but events, was seen.
    """
    reasons = {method: _against(data, PRIORS[method]) for method in wanted}
    usable = sorted((method for method in wanted if reasons[method] is None), key=_width, reverse=True)
    found = posteriors(data.x, data.n, [PRIORS[method] for method in usable]) if usable else []
    results = dict(zip(usable, found, strict=True))
    return [
        _estimate(data, method, results[method]) if reason is None else data.refuse(method, reason)
        for method, reason in reasons.items()
    ]


def _width(method: str) -> tuple[float, float]:
    return PRIORS[method].sd, PRIORS[method].scale


def _against(data: Studies, prior: Prior) -> str | None:
    if data.k == 0:
        return "there is no study"
    if data.k == 1:
        return "one study: its exact interval is the answer (complete_pooling_exact)"
    if prior.sd >= WIDE and not data.x.any():
        return "no event in any study: with so wide a prior the upper limit falls below the exact one"
    if prior.sd >= WIDE and (data.x == data.n).all():
        return "every patient has the event: with so wide a prior the lower limit rises above the exact one"
    return None


def _estimate(data: Studies, method: str, found: Posterior) -> Estimate:
    prior, tail = PRIORS[method], (1.0 - data.level) / 2.0
    beta, low, high = (found.mean_quantile(at) for at in (0.5, tail, 1.0 - tail))
    new_low, new_high = (found.new_study_quantile(at) for at in (tail, 1.0 - tail))
    tau, tau_low, tau_high = (found.tau_quantile(at) for at in (0.5, tail, 1.0 - tail))
    constant = float(log_choose(data.x[None, :], data.n[None, :])[0])
    return data.estimate(
        method, value=expit(beta), lower=expit(low), upper=expit(high),
        prediction_lower=expit(new_low), prediction_upper=expit(new_high), tau2=tau**2,
        detail={
            "beta": beta, "tau": tau, "tau_lower": tau_low, "tau_upper": tau_high,
            "tau2_lower": tau_low**2, "tau2_upper": tau_high**2, "tau2_interval": "equal-tailed posterior",
            "log_evidence": found.log_evidence + constant,
            "prior_mean_logit": f"normal({prior.mean:g}, {prior.sd:g}²)",
            "prior_tau": f"half-normal({prior.scale:g})",
            "interval": "equal-tailed posterior", "value_definition": "posterior median of the median study's rate",
        },
    )  # fmt: skip
