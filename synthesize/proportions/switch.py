"""Which methods are offered for how many studies: the one place where that is decided.

k = 1: the exact interval only. k = 2: no random-effects pooling; exact intervals, the crude sum, Bayes.
k = 3–4: `glmm_t` and `glmm_bayes_nm4_hn1` side by side. k ≥ 5: `glmm_t` first. No event anywhere: the exact
upper limit of the sum and Bayes. A method that gives no number says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from numpy.typing import ArrayLike

from synthesize.estimate import Result
from synthesize.proportions.bayes_estimates import bayes
from synthesize.proportions.beta_binomial import beta_binomial
from synthesize.proportions.common_effect import common_effect, fisher_homogeneity
from synthesize.proportions.counts import Studies, studies
from synthesize.proportions.exact import complete_pooling
from synthesize.proportions.freeman_tukey import freeman_tukey
from synthesize.proportions.glmm_estimates import glmm
from synthesize.proportions.inverse_variance import inverse_variance
from synthesize.proportions.regression import small_study_test

Family = Callable[[Studies, tuple[str, ...]], list[Result]]


def _alone(method: Callable[[Studies], Result]) -> Family:
    return lambda data, wanted: [method(data)]


FAMILIES: tuple[tuple[Family, dict[str, str]], ...] = (
    (
        glmm,
        {
            "glmm_t": "primary: random-intercept logistic model, maximum likelihood, Wald interval with t(k − 1)",
            "glmm_profile_t": "the same model, profile-likelihood interval with a threshold for few studies",
            "glmm_profile": "the same model, profile-likelihood interval against χ²(1)",
            "glmm_wald": "the same model, Wald interval with the normal quantile (too narrow for few studies)",
        },
    ),
    (
        bayes,
        {
            "glmm_bayes_nm4_hn05": "the same model, μ ~ N(−4, 2²) on the logit, τ ~ half-normal(0.5)",
            "glmm_bayes_nm4_hn1": "the same model, μ ~ N(−4, 2²), τ ~ half-normal(1); beside glmm_t at k = 3–4",
            "glmm_bayes_n25_hn05": "prior sensitivity: μ ~ N(0, 2.5²), τ ~ half-normal(0.5)",
            "glmm_bayes_n25_hn1": "prior sensitivity: μ ~ N(0, 2.5²), τ ~ half-normal(1)",
            "glmm_bayes_n10_hn05": "prior sensitivity: μ ~ N(0, 10²), τ ~ half-normal(0.5)",
            "glmm_bayes_n10_hn1": "prior sensitivity: μ ~ N(0, 10²), τ ~ half-normal(1)",
        },
    ),
    (
        _alone(beta_binomial),
        {"beta_binomial_profile": "beta–binomial model, mean rate over studies, profile-likelihood interval"},
    ),
    (
        _alone(common_effect),
        {"common_effect": "one rate for all studies: logistic regression, Wald interval"},
    ),
    (
        _alone(complete_pooling),
        {"complete_pooling_exact": "crude sum with its exact interval (right only if all share one rate)"},
    ),
    (
        inverse_variance,
        {
            "iv_logit_reml": "inverse-variance logits, REML, normal interval",
            "iv_logit_reml_knha": "inverse-variance logits, REML, Knapp–Hartung interval",
            "iv_logit_pm_knha": "inverse-variance logits, Paule–Mandel, Knapp–Hartung interval",
            "iv_logit_dl": "inverse-variance logits, DerSimonian–Laird, normal interval",
        },
    ),
    (
        _alone(freeman_tukey),
        {"freeman_tukey_reml": "Freeman–Tukey double arcsine, REML: for comparison only, can mislead"},
    ),
    (
        _alone(fisher_homogeneity),
        {"fisher_homogeneity": "exact p-value that all studies share one rate"},
    ),
    (
        _alone(small_study_test),
        {"small_study_test": "p-value that the rate does not change with 1/n, from 10 studies"},
    ),
)
METHODS = {name: says for _, methods in FAMILIES for name, says in methods.items()}


def pool(
    events: ArrayLike,
    totals: ArrayLike,
    *,
    level: float = 0.95,
    question: str = "cr_rate",
    subset: str = "all",
    methods: Sequence[str] | None = None,
) -> list[Result]:
    """Pool proportions by every method, the primary one first; each gives an estimate or its reason not to.

    `events` and `totals` are of length k ≥ 0, whole numbers, 0 ≤ events ≤ total ≥ 1; `methods` may name a
    part of `METHODS`. Impossible counts, a level outside (0, 1) and an unknown method are a `ValueError`.
    """
    data = studies(events, totals, level=level, question=question, subset=subset)
    unknown = [name for name in methods or () if name not in METHODS]
    if unknown:
        raise ValueError(f"unknown methods {unknown}; known: {', '.join(METHODS)}")
    results: list[Result] = []
    for family, names in FAMILIES:
        wanted = tuple(name for name in names if methods is None or name in methods)
        if wanted:
            results += family(data, wanted)
    return results
