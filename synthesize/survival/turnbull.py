"""The nonparametric maximum-likelihood curve of interval-censored times, with bootstrap intervals.

Sources: Turnbull 1976 (doi 10.1111/j.2517-6161.1976.tb01597.x) for the estimate, Wellner and Zhan 1997
(JASA 92:945) for the algorithm. It is Kaplan–Meier when every time is exact or right-censored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.errors import InvalidInput, Problem
from synthesize.estimate import Estimate, NotEstimable, Result, check_level
from synthesize.proportions.exact import clopper_pearson
from synthesize.survival.censored import Censored, Upper, censored, innermost
from synthesize.survival.follow_up import finite
from synthesize.survival.located import Ends, Located, located
from synthesize.survival.npmle import chances
from synthesize.survival.resample import percentile_limits, resampled, resampling_strata
from synthesize.survival.step_curve import NOT_REACHED, QUARTILES

METHOD = "turnbull"
VISIBLE = 1e-10  # mass below this is rounding
GAP = 1e-6  # log-likelihood this close, per patient, to its maximum, or no estimate


def turnbull(
    lower: ArrayLike,
    upper: Upper,
    *,
    source: Sequence[object] | None = None,
    level: float = 0.95,
    n_bootstrap: int = 2000,
    seed: int = 1,
    marks: Sequence[float] = (3, 6, 12),
    question: str = "time to event",
    subset: str = "all",
) -> Result:
    """Return the median in months of times known to lie in (lower, upper], with a bootstrap interval.

    `lower`, `upper` (n,) in months: equal for an exact time, `upper` None or infinite for a right-censored
    one, `lower` 0 for one known only to be before `upper`. `detail` holds quartiles and the share with the
    event by each of `marks`, both with the range that the data leave open (`left`–`right`,
    `at_least`–`at_most`), and the curve as intervals with their mass. Intervals are bootstrap percentiles
    over `n_bootstrap` resamples of patients within `source` (n,), from the left ends to the right ends,
    widened where they would not hold the estimate; one patient gets none. `NotEstimable` without patients.
    Raises `InvalidInput` for impossible intervals.
    """
    check_level(level)
    if n_bootstrap < 0:
        raise InvalidInput([Problem("not a number of resamples", found=str(n_bootstrap), allowed="0, 1, 2, …")])
    data = censored(lower, upper)
    patients = len(data.lower)
    if not patients:
        return NotEstimable(question, METHOD, "no patient", subset)
    strata, alone = resampling_strata(source, patients)
    support = innermost(data.left, data.right)
    estimate = located(data, support, np.ones((1, patients)), tolerance=1e-12)
    gap = float(estimate.gap[0])
    if gap > GAP:
        reason = f"the likelihood was not maximised (a gap of {gap:.2g} per patient was left)"
        return NotEstimable(question, METHOD, reason, subset)
    ends = _quantities(estimate, marks)
    limits = _limits(data, strata, n_bootstrap if patients > 1 else 0, seed, level, marks)
    quartiles = {name: _quartile(ends[name], limits.get(name)) for name in QUARTILES}
    median = {end: quartiles["0.5"][end] for end in ("value", "lower", "upper")}
    return Estimate(
        question, METHOD, value=median["value"], lower=median["lower"], upper=median["upper"], level=level,
        n_patients=patients, subset=subset, n_events=int((~data.open_ended).sum()),
        loglik=float(np.log(chances(support, estimate.mass)).sum()),
        notes=_notes(alone, patients),
        detail={
            "unit": "months", "median": median["value"],
            "median_left": quartiles["0.5"]["left"], "median_right": quartiles["0.5"]["right"],
            **{end: _why_none(end, patients, n_bootstrap) for end, time in median.items() if time is None},
            "quartiles": quartiles,
            "share_by_month": {
                f"{mark:g}": _share(ends[f"by {mark:g}"], limits.get(f"by {mark:g}"), _known(data, mark), level)
                for mark in marks
            },
            "interval": "bootstrap percentile", "n_bootstrap": n_bootstrap, "seed": seed,
            "strata": len(np.unique(strata)), "exact": int(data.exact.sum()),
            "right_censored": int(data.open_ended.sum()),
            "gap": gap, "curve": _curve(estimate),
        },
    )  # fmt: skip


def _quantities(estimate: Located, marks: Sequence[float]) -> dict[str, Ends]:
    quantiles = {name: estimate.quantile(share) for name, share in QUARTILES.items()}
    return quantiles | {f"by {mark:g}": estimate.share_by(mark) for mark in marks}


def _limits(
    data: Censored, strata: NDArray[np.intp], n_bootstrap: int, seed: int, level: float, marks: Sequence[float]
) -> dict[str, tuple[float, float]]:
    """Return the percentile limits of every quantity; an empty mapping without resamples."""
    blocks = [_quantities(block, marks) for block in resampled(data, strata, n_bootstrap, seed)]
    if not blocks:
        return {}
    limits = {}
    for name in blocks[0]:
        ends = [np.concatenate([block[name][end] for block in blocks]) for end in (0, 2)]
        low, high = ends if name in QUARTILES else reversed(ends)
        limits[name] = percentile_limits(low, high, level)
    return limits


def _quartile(ends: Ends, limits: tuple[float, float] | None) -> dict[str, float | None]:
    left, middle, right = (float(end[0]) for end in ends)
    found = {"value": finite(middle), "left": finite(left), "right": finite(right), "lower": None, "upper": None}
    if limits is None:
        return found
    # a percentile interval need not hold the estimate; one in print should
    return found | {"lower": finite(min(limits[0], left)), "upper": finite(max(limits[1], right))}


def _known(data: Censored, mark: float) -> int:
    """Return how many patients are known to have had the event by `mark` months, or not to have had it."""
    return int(((data.upper <= mark) | (data.lower >= mark)).sum())


def _share(ends: Ends, limits: tuple[float, float] | None, known: int, level: float) -> dict[str, Any]:
    """Return a share with its limits; where it is 0 or 1, which no resample can move, those of `known` patients."""
    at_most, value, at_least = (float(end[0]) for end in ends)
    found = {"value": value, "at_least": at_least, "at_most": at_most, "lower": None, "upper": None}
    if limits is None:
        return found
    if at_least == at_most and at_most in (0.0, 1.0) and known:
        low, high = clopper_pearson(known * at_most, known, level)
        return found | {"lower": low.item(), "upper": high.item(), "interval": f"exact, of {known} patients"}
    return found | {"lower": min(limits[0], at_least), "upper": max(limits[1], at_most)}


def _curve(estimate: Located) -> dict[str, Any]:
    """Return the intervals that hold mass, in order of time, and the share without the event after each."""
    mass = estimate.mass[0]
    shown = mass > VISIBLE
    survival = 1.0 - np.cumsum(mass)
    survival = np.where(survival < VISIBLE, 0.0, survival)
    return {
        "left": estimate.left[0][shown],
        "right": [finite(float(end)) for end in estimate.right[0][shown]],
        "probability": mass[shown],
        "survival": [
            float(share) if np.isfinite(end) else None
            for share, end in zip(survival[shown], estimate.right[0][shown], strict=True)
        ],
    }


def _why_none(end: str, patients: int, n_bootstrap: int) -> str:
    if end != "value" and (patients == 1 or n_bootstrap == 0):
        return "one patient has no interval" if patients == 1 else "no bootstrap was asked for"
    return NOT_REACHED


def _notes(alone: int, patients: int) -> tuple[str, ...]:
    if 0 < alone < patients:
        return (f"{alone} patients, each the only one of a source, were resampled as one stratum",)
    return ()
