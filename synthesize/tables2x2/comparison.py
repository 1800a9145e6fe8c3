"""Every comparison of two proportions that is offered, as results: always the whole set, never one.

With few patients the method decides the answer, so a reader sees all of them side by side.
"""

from __future__ import annotations

import math

from synthesize.estimate import Result
from synthesize.tables2x2 import exact, firth_logistic, posterior, risk_difference, unconditional
from synthesize.tables2x2.table import Comparison, TwoByTwo, finite

METHODS = {
    "fisher_exact": "Fisher's exact test, two-sided by minimum likelihood, with the conditional odds ratio",
    "fisher_midp": "Fisher's test with the mid-p, less conservative; median-unbiased odds ratio",
    "conditional_or": "conditional maximum-likelihood odds ratio, central exact interval and p",
    "barnard": "Barnard's exact unconditional test on the pooled score statistic",
    "boschloo": "Boschloo's exact unconditional test on Fisher's two-sided p",
    "risk_difference_newcombe": "risk difference, Newcombe's hybrid score interval",
    "risk_difference_mn": "risk difference, Miettinen–Nurminen score interval and test",
    "firth_logistic": "odds ratio by Firth's penalised logistic model, profile interval, likelihood-ratio p",
    "beta_posterior_uniform": "posterior probability that the risk is lower in group 1, Beta(1, 1) priors",
    "beta_posterior_jeffreys": "posterior probability that the risk is lower in group 1, Beta(½, ½) priors",
}
INTERVAL = "central tails, as R's fisher.test: it agrees with p_central, not always with p_value"
FIXED = "the margins leave one possible table only, so that any odds ratio agrees with it"


def compare(
    a: int,
    n1: int,
    c: int,
    n2: int,
    *,
    level: float = 0.95,
    question: str = "recurrence",
    subset: str = "all",
) -> list[Result]:
    """Compare `a` events of `n1` patients (group 1) with `c` of `n2` (group 2) by every method in `METHODS`.

    Odds ratios and differences are group 1 against group 2. A method that has no answer for the table gives
    a `NotEstimable` with the reason. Raises `InvalidInput` for impossible counts or a level outside (0, 1).
    """
    comparison = Comparison(TwoByTwo(a, n1, c, n2), question, subset, level)
    if comparison.table.empty:
        return [comparison.refuse(method, comparison.table.empty) for method in METHODS]
    return [
        *_conditional(comparison),
        *_unconditional(comparison),
        *_differences(comparison),
        _firth(comparison),
        *_posterior(comparison),
    ]


def _conditional(comparison: Comparison) -> list[Result]:
    strata = [comparison.table]
    if exact.is_fixed(strata):
        certain = comparison.estimate("fisher_exact", p_value=1.0, level=None, detail={"value": FIXED})
        return [certain, *(comparison.refuse(name, FIXED) for name in ("fisher_midp", "conditional_or"))]
    test = exact.conditional_test(strata)
    central = exact.conditional_limits(strata, comparison.level)
    mid = exact.conditional_limits(strata, comparison.level, mid_p=True)

    def odds_ratio(method: str, limits: exact.Limits, p_value: float, **detail: object) -> Result:
        numbers, unbounded = finite(value=limits.value, lower=limits.lower, upper=limits.upper)
        return comparison.estimate(method, p_value=p_value, detail={**detail, **unbounded}, **numbers)

    return [
        odds_ratio(
            "fisher_exact", central, test.p_minlike, p_central=test.p_central, interval=INTERVAL,
        ),
        odds_ratio(
            "fisher_midp", mid, test.p_midp, p_central=test.p_midp_central, estimator="median-unbiased"
        ),
        odds_ratio("conditional_or", central, test.p_central),
    ]  # fmt: skip


def _unconditional(comparison: Comparison) -> list[Result]:
    table = comparison.table
    if reason := unconditional.too_many(table):
        return [comparison.refuse(method, reason) for method in ("barnard", "boschloo")]
    score = unconditional.barnard(table)
    fisher, central = unconditional.boschloo(table)
    return [
        comparison.estimate(
            "barnard", p_value=score.p_value, level=None, detail={"common_risk": score.common_risk}
        ),
        comparison.estimate(
            "boschloo", p_value=fisher.p_value, level=None,
            detail={"common_risk": fisher.common_risk, "p_central": central.p_value},
        ),
    ]  # fmt: skip


def _differences(comparison: Comparison) -> list[Result]:
    table, level = comparison.table, comparison.level
    value = risk_difference.risk_difference(table)
    p1, p2 = table.a / table.n1, table.c / table.n2
    hybrid = risk_difference.newcombe(table, level)
    score = risk_difference.miettinen_nurminen(table, level)
    statistic = risk_difference.score_statistic(table, 0.0)
    risks = {"risk_1": p1, "risk_2": p2}
    return [
        comparison.estimate(
            "risk_difference_newcombe", value=value, lower=hybrid[0], upper=hybrid[1], detail=risks
        ),
        comparison.estimate(
            "risk_difference_mn", value=value, lower=score[0], upper=score[1],
            p_value=math.erfc(abs(statistic) / math.sqrt(2)), detail={**risks, "score_z": statistic},
        ),
    ]  # fmt: skip


def _firth(comparison: Comparison) -> Result:
    fit = firth_logistic.fit(comparison.table, comparison.level)
    return comparison.estimate(
        "firth_logistic", value=math.exp(fit.beta), lower=math.exp(fit.lower), upper=math.exp(fit.upper),
        p_value=fit.p_value, detail={
            "beta": fit.beta, "se": fit.se, "beta_lower": fit.lower, "beta_upper": fit.upper,
            "penalized_loglik": fit.penalized_loglik,
        },
    )  # fmt: skip


def _posterior(comparison: Comparison) -> list[Result]:
    return [
        comparison.estimate(
            f"beta_posterior_{name}", level=None, value=posterior.probability_lower(comparison.table, prior),
            detail={"value": "probability that the risk is lower in group 1", "prior": [prior, prior]},
        )
        for name, prior in posterior.PRIORS.items()
    ]  # fmt: skip
