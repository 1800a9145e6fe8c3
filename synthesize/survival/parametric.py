"""Weibull, log-normal and generalised gamma fits to times known to lie in (lower, upper].

Interval-censored maximum likelihood; medians with delta-method intervals on the log scale, as R's `survreg`
with `predict(type = "uquantile")`. AIC compares the three on the same patients.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from synthesize.estimate import Estimate, NotEstimable, Result, check_level
from synthesize.survival.censored import Censored, Upper, censored, innermost
from synthesize.survival.follow_up import Floats
from synthesize.survival.location_scale import LogTimes, log_times, maximise, start, surface
from synthesize.survival.standard_gamma import log_between, quantile
from synthesize.survival.step_curve import QUARTILES

METHODS = {
    "weibull": "median under a Weibull distribution (interval-censored likelihood)",
    "lognormal": "median under a log-normal distribution (interval-censored likelihood)",
    "generalized_gamma": "median under a generalised gamma distribution, of which both are special cases",
}
SHAPES = {"weibull": 1.0, "lognormal": 0.0}
GRID = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.5, 7.0, 10.0)
STEP = 1e-3  # of the shape, for differences: truncation and rounding are both near 1e-7 of the curvature
NO_SPREAD = "the likelihood keeps rising as the spread of the times leaves all bounds"


class Fit(NamedTuple):
    """Location and log scale (and the shape where estimated), their covariance, shape, log-likelihood, note."""

    theta: Floats
    covariance: Floats
    shape: float
    loglik: float
    note: str = ""


def parametric(
    method: str,
    lower: ArrayLike,
    upper: Upper,
    *,
    level: float = 0.95,
    marks: Sequence[float] = (3, 6, 12),
    question: str = "time to event",
    subset: str = "all",
) -> Result:
    """Return the median in months under `method`: weibull, lognormal or generalized_gamma.

    Times in (lower, upper] as for `turnbull`. `detail` holds AIC, parameters, quartiles with intervals and
    the share with the event by each of `marks`. `NotEstimable` without events, with an exact time of 0, when
    one month lies in every interval (the spread would be 0), and when the likelihood keeps rising toward the
    edge of the family. Raises `InvalidInput` for impossible intervals.
    """
    check_level(level)
    data = censored(lower, upper)
    reason = _no_fit(data)
    if reason is None:
        found = _fit_shape(log_times(data)) if method == "generalized_gamma" else fit(SHAPES[method], log_times(data))
        if isinstance(found, Fit):
            return _estimate(method, found, data, level, marks, question, subset)
        reason = found
    return NotEstimable(question, method, reason, subset)


def _no_fit(data: Censored) -> str | None:
    if not len(data.lower):
        return "no patient"
    if data.open_ended.all():
        return "no event"
    if (data.exact & (data.lower == 0)).any():
        return "an exact time of 0 months has no logarithm"
    support = innermost(data.left, data.right)
    common = int(support.first.max())
    if common <= int(support.last.min()):
        month = data.right_time(support.right)[common]
        return f"month {month:g} lies in every patient's interval, so nothing shows how far times spread"
    return None


def fit(shape: float, times: LogTimes) -> Fit | str:
    """Return the fit of location and scale at a fixed shape, or why there is none."""
    found = maximise(shape, times, start(times))
    if found is None:
        return NO_SPREAD
    theta, here = found
    return Fit(theta, _inverse(-here.hessian), shape, here.value)


def _fit_shape(times: LogTimes) -> Fit | str:
    """Return the fit with the shape estimated: profile over a grid, then the top of the best cell.

    With few patients the likelihood often rises again toward extreme shapes, whose densities break off at the
    largest or smallest time. Such an edge is no estimate; a maximum inside is, if no special case beats it.
    """
    from scipy.optimize import minimize_scalar

    profile = _profile(times)
    if not profile:
        return NO_SPREAD
    shapes = sorted(profile)
    heights = [profile[shape][0] for shape in shapes]
    peaks = [place for place in range(1, len(shapes) - 1) if heights[place] >= max(heights[place - 1 : place + 2])]
    best = max(peaks, key=lambda place: heights[place], default=0)
    special = max((profile[shape][0] for shape in SHAPES.values() if shape in profile), default=-math.inf)
    if not peaks or heights[best] < special:
        edge = shapes[int(np.argmax(heights))]
        return f"the likelihood keeps rising as the shape passes {edge:g}, where the density breaks off at one time"
    begin = profile[shapes[best]][1]

    def height(shape: float) -> float:
        found = maximise(shape, times, begin)
        return -1e10 if found is None else found[1].value  # infinity would upset the search

    top = minimize_scalar(
        lambda shape: -height(shape), bounds=(shapes[best - 1], shapes[best + 1]), method="bounded",
        options={"xatol": 1e-6},
    ).x  # fmt: skip
    found = _joint(float(top), times, begin)
    if found is None:
        return f"the likelihood is flat where its shape would be estimated, near {float(top):.3g}"
    higher = max(heights) - found.loglik
    if higher > 1e-6:
        return found._replace(note=f"the likelihood is higher by {higher:.2g} at extreme shapes, which are no estimate")
    return found


def _profile(times: LogTimes) -> dict[float, tuple[float, Floats]]:
    """Return log-likelihood and parameters at each shape of the grid, each fit starting from its neighbour."""
    profile = {}
    for sign in (1, -1):
        begin = start(times)
        for size in GRID:
            found = maximise(sign * size, times, begin)
            if found is not None:
                begin = found[0]
                profile[float(sign * size)] = (found[1].value, begin)
    return profile


def _joint(shape: float, times: LogTimes, begin: Floats) -> Fit | None:
    """Polish the shape by Newton's method and return the joint fit; None where it is no maximum."""
    for _ in range(6):
        found = maximise(shape, times, begin)
        if found is None:
            return None
        begin, here = found
        below, above = (surface(begin, shape + move, times) for move in (-STEP, STEP))
        far_below, far_above = (surface(begin, shape + move, times) for move in (-2 * STEP, 2 * STEP))
        tilt = (far_below.value - 8 * below.value + 8 * above.value - far_above.value) / (12 * STEP)
        hessian = np.zeros((3, 3))
        hessian[:2, :2] = here.hessian
        hessian[2, :2] = hessian[:2, 2] = (above.gradient - below.gradient) / (2 * STEP)
        hessian[2, 2] = (above.value - 2 * here.value + below.value) / STEP**2
        if np.linalg.eigvalsh(hessian).max() >= -1e-9:
            return None
        covariance = _inverse(-hessian)
        step = covariance[2, 2] * tilt
        if abs(step) < 1e-9:
            break
        shape += step
    return Fit(np.append(begin, shape), covariance, shape, here.value)


def _inverse(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=float)


def _estimate(
    method: str, found: Fit, data: Censored, level: float, marks: Sequence[float], question: str, subset: str
) -> Estimate:
    z = NormalDist().inv_cdf((1 + level) / 2)
    quartiles = {name: _time_at(found, share, z) for name, share in QUARTILES.items()}
    median = quartiles["0.5"]
    parameters = len(found.theta)
    return Estimate(
        question, method, value=median["value"], lower=median["lower"], upper=median["upper"], level=level,
        n_patients=len(data.lower), n_events=int((~data.open_ended).sum()), loglik=found.loglik, subset=subset,
        notes=(found.note,) if found.note else (),
        detail={
            "unit": "months", "interval": "delta method on the log of the time", "median": median["value"],
            "quartiles": quartiles, "aic": 2 * parameters - 2 * found.loglik, "parameters": parameters,
            "location": float(found.theta[0]), "scale": math.exp(found.theta[1]), "shape": found.shape,
            "beta": dict(zip(("location", "log_scale", "shape"), found.theta.tolist(), strict=False)),
            "se": dict(zip(("location", "log_scale", "shape"), np.sqrt(np.diag(found.covariance)).tolist(),
                           strict=False)),
            "share_by_month": {f"{mark:g}": _share_by(found, mark) for mark in marks},
        },
    )  # fmt: skip


def _time_at(found: Fit, share: float, z: float) -> dict[str, Any]:
    scale, place = math.exp(found.theta[1]), quantile(share, found.shape)
    gradient = np.array([1.0, scale * place])
    if len(found.theta) == 3:
        ahead, behind = quantile(share, found.shape + STEP), quantile(share, found.shape - STEP)
        gradient = np.append(gradient, scale * (ahead - behind) / (2 * STEP))
    centre = found.theta[0] + scale * place
    half = z * math.sqrt(float(gradient @ found.covariance @ gradient))
    ends = [math.exp(min(end, 700.0)) for end in (centre, centre - half, centre + half)]
    return dict(zip(("value", "lower", "upper"), ends, strict=True))


def _share_by(found: Fit, month: float) -> float:
    if month <= 0:
        return 0.0
    place = (math.log(month) - found.theta[0]) / math.exp(found.theta[1])
    return float(np.exp(log_between(np.array([-np.inf]), np.array([place]), found.shape))[0])
