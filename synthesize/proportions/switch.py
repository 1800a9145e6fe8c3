"""Which methods are offered for how many studies: the one place where that is decided.

k = 1: the exact interval only. k = 2: no random-effects pooling; exact intervals, the crude sum, Bayes.
k = 3–4: `glmm_t` and `glmm_bayes_nm4_hn1` side by side. k ≥ 5: `glmm_t` first. No event anywhere: the exact
upper limit of the sum and Bayes. A method that gives no number says why.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from synthesize.estimate import Result
from synthesize.proportions.counts import studies
from synthesize.proportions.exact import complete_pooling
from synthesize.proportions.glmm_estimates import glmm

METHODS = {
    "glmm_t": "primary: random-intercept logistic model, maximum likelihood, Wald interval with t(k − 1)",
    "glmm_profile": "the same model, profile-likelihood interval",
    "glmm_wald": "the same model, Wald interval with the normal quantile (too narrow for few studies)",
    "complete_pooling_exact": "crude sum with its exact interval (right only if all studies share one rate)",
}


def pool(
    events: ArrayLike,
    totals: ArrayLike,
    *,
    level: float = 0.95,
    question: str = "cr_rate",
    subset: str = "all",
) -> list[Result]:
    """Pool proportions by every method, the primary one first; each gives an estimate or its reason not to.

    `events` and `totals` are of length k ≥ 0, whole numbers, 0 ≤ events ≤ total ≥ 1; anything else, and a
    level outside (0, 1), is a `ValueError`.
    """
    data = studies(events, totals, level=level, question=question, subset=subset)
    return [*glmm(data), complete_pooling(data)]
