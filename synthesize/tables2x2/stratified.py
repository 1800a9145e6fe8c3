"""One comparison over several tables (cohorts; the case reports as one stratum): the common odds ratio.

The exact conditional estimate uses every stratum as it is: no continuity correction, zero cells and all.
Sources: Mantel and Haenszel 1959 (doi 10.1093/jnci/22.4.719); Robins, Breslow and Greenland 1986
(doi 10.2307/2531052) for the variance of the odds ratio; Sato, Greenland and Robins 1989, Biometrics
45:1323, for that of the risk difference; Yusuf et al. 1985 (doi 10.1016/S0033-0620(85)80003-7) for Peto's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

from synthesize.estimate import Result
from synthesize.tables2x2 import exact
from synthesize.tables2x2.table import Comparison, TwoByTwo, finite, safe_exp

FEW = 10
METHODS = {
    "stratified_conditional_or": "common odds ratio over strata, exact conditional estimate and interval",
    "mantel_haenszel_or": "common odds ratio over strata, Mantel–Haenszel, no continuity correction",
    "mantel_haenszel_rd": "common risk difference over strata, Mantel–Haenszel",
    "peto_or": "common odds ratio over strata, Peto's one step: for balanced groups and small effects only",
}


def compare_strata(
    strata: Sequence[TwoByTwo], *, level: float = 0.95, question: str = "recurrence", subset: str = "all"
) -> list[Result]:
    """Compare group 1 with group 2 within each of the `strata`, and put the strata together.

    A stratum without patients on one side compares nothing and is left out; the note says how many. Raises
    `InvalidInput` for a level outside (0, 1).
    """
    used = [table for table in strata if not table.empty]
    total = Comparison(
        TwoByTwo(*(sum(getattr(table, name) for table in used) for name in ("a", "n1", "c", "n2"))),
        question, subset, level,
    )  # fmt: skip
    if not used:
        return [total.refuse(method, "no stratum has patients in both groups") for method in METHODS]
    left_out = len(strata) - len(used)
    notes = (f"{left_out} of {len(strata)} strata have patients in one group only",) if left_out else ()
    common: dict[str, Any] = {"k_studies": len(used), "notes": notes}
    rough = {**common, "notes": (*notes, *_few(total.table))}
    difference = _risk_difference(total, used, rough)
    if exact.is_fixed(used):
        reason = "no stratum has both an event and a patient without one: any odds ratio agrees with that"
        refused = [total.refuse(name, reason) for name in METHODS if name != "mantel_haenszel_rd"]
        return [*refused[:2], difference, *refused[2:]]
    return [
        _exact(total, used, common), _odds_ratio(total, used, rough), difference, _peto(total, used, rough)
    ]  # fmt: skip


def _few(table: TwoByTwo) -> tuple[str, ...]:
    if min(table.events, table.patients - table.events) >= FEW:
        return ()
    return (f"fewer than {FEW} patients with or without an event: a rough normal approximation, read the exact row",)


def _exact(total: Comparison, strata: Sequence[TwoByTwo], common: dict) -> Result:
    if reason := exact.too_wide(strata):
        return total.refuse("stratified_conditional_or", reason)
    limits = exact.conditional_limits(strata, total.level)
    test = exact.conditional_test(strata)
    numbers, unbounded = finite(value=limits.value, lower=limits.lower, upper=limits.upper)
    informative = sum(low < high for low, high in (table.support for table in strata))
    detail = {"p_central": test.p_central, "informative_strata": informative, **unbounded}
    return total.estimate("stratified_conditional_or", p_value=test.p_minlike, detail=detail, **numbers, **common)


def _odds_ratio(total: Comparison, strata: Sequence[TwoByTwo], common: dict) -> Result:
    method = "mantel_haenszel_or"
    p_value = _score_p(strata)
    # per stratum: R = a d / N, S = b c / N, P = (a + d) / N, Q = (b + c) / N
    r = [t.a * (t.n2 - t.c) / t.patients for t in strata]
    s = [(t.n1 - t.a) * t.c / t.patients for t in strata]
    p = [(t.a + t.n2 - t.c) / t.patients for t in strata]
    sum_r, sum_s = math.fsum(r), math.fsum(s)
    if sum_r == 0 or sum_s == 0:
        value = None if sum_s == 0 else 0.0
        detail = {"interval": "no variance exists at an odds ratio of 0 or infinity; see the exact one"}
        if value is None:
            detail["value"] = "unbounded"
        return total.estimate(method, value=value, p_value=p_value, level=None, detail=detail, **common)
    variance = (
        math.fsum(x * y for x, y in zip(p, r, strict=True)) / (2 * sum_r**2)
        + math.fsum(x * z + (1 - x) * y for x, y, z in zip(p, r, s, strict=True)) / (2 * sum_r * sum_s)
        + math.fsum((1 - x) * z for x, z in zip(p, s, strict=True)) / (2 * sum_s**2)
    )
    return _on_log_scale(total, method, math.log(sum_r / sum_s), math.sqrt(variance), p_value, common)


def _risk_difference(total: Comparison, strata: Sequence[TwoByTwo], common: dict) -> Result:
    weight = math.fsum(t.n1 * t.n2 / t.patients for t in strata)
    value = math.fsum((t.a * t.n2 - t.c * t.n1) / t.patients for t in strata) / weight
    p = math.fsum((t.c * t.n1**2 - t.a * t.n2**2 + t.n1 * t.n2 * (t.n2 - t.n1) / 2) / t.patients**2 for t in strata)
    q = math.fsum((t.a * (t.n2 - t.c) + t.c * (t.n1 - t.a)) / (2 * t.patients) for t in strata)
    se = math.sqrt(max(0.0, value * p + q)) / weight
    if se == 0:
        detail = {"interval": "the estimated variance is 0, which is not certainty but too few events"}
        return total.estimate("mantel_haenszel_rd", value=value, level=None, detail=detail, **common)
    half = _z(total.level) * se
    return total.estimate(
        "mantel_haenszel_rd", value=value, lower=max(-1.0, value - half), upper=min(1.0, value + half),
        detail={"se": se}, p_value=math.erfc(abs(value) / se / math.sqrt(2)), **common,
    )  # fmt: skip


def _peto(total: Comparison, strata: Sequence[TwoByTwo], common: dict) -> Result:
    excess, variance = _score(strata)
    se = 1 / math.sqrt(variance)
    return _on_log_scale(total, "peto_or", excess / variance, se, _score_p(strata), common)


def _on_log_scale(total: Comparison, method: str, beta: float, se: float, p_value: float, common: dict) -> Result:
    half = _z(total.level) * se
    numbers, unbounded = finite(value=safe_exp(beta), lower=safe_exp(beta - half), upper=safe_exp(beta + half))
    detail = {"beta": beta, "se": se, **unbounded}
    return total.estimate(method, p_value=p_value, detail=detail, **numbers, **common)


def _score(strata: Sequence[TwoByTwo]) -> tuple[float, float]:
    """Return observed minus expected events in group 1 and their hypergeometric variance, summed."""
    excess = math.fsum((t.a * t.n2 - t.c * t.n1) / t.patients for t in strata)
    variance = math.fsum(
        t.n1 * t.n2 * t.events * (t.patients - t.events) / (t.patients**2 * (t.patients - 1)) for t in strata
    )
    return excess, variance


def _score_p(strata: Sequence[TwoByTwo]) -> float:
    """Return the Cochran–Mantel–Haenszel p without continuity correction."""
    excess, variance = _score(strata)
    return math.erfc(abs(excess) / math.sqrt(2 * variance))


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
