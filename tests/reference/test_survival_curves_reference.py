"""Survival curves and interval-censored times against R 4.2.2, survival 3.5-3 and metafor 3.8-1.

Data, calls and numbers: `r/survival_curves*.R`, which print `values/survival_curves*.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthesize.estimate import Estimate
from synthesize.survival.censored import censored, innermost
from synthesize.survival.competing import aalen_johansen
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.located import located
from synthesize.survival.npmle import chances
from synthesize.survival.parametric import parametric
from synthesize.survival.pooled_medians import pooled_medians
from synthesize.survival.printed_median import MedianSummary
from synthesize.survival.turnbull import turnbull

VALUES = Path(__file__).parent / "values"
EXACT = 1e-11  # closed forms on both sides; only the order of summation differs
FITTED = 1e-6  # both sides climb to a maximum, R's survreg until its likelihood moves by 1e-13


def _read(name: str) -> dict[str, Any]:
    return json.loads((VALUES / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


CURVES = _read("survival_curves.json")
TURNBULL = _read("survival_curves_turnbull.json")["sets"]
MEDIANS = _read("survival_curves_medians.json")["sets"]
RIGHT = {one["name"]: one for one in CURVES["right"]}
COMPETING = {one["name"]: one for one in CURVES["competing"]}
INTERVALS = {one["name"]: one for one in CURVES["intervals"]}


def _estimate(result: object) -> Estimate:
    assert isinstance(result, Estimate), result
    return result


def _array(values: Any) -> np.ndarray:
    """R writes a vector of one as a number, and NA as null."""
    return np.atleast_1d(np.array(values, dtype=float))


def _close(ours: Any, theirs: Any, relative: float) -> None:
    assert _array(ours) == pytest.approx(_array(theirs), rel=relative, abs=1e-13, nan_ok=True)


def _check_kaplan_meier(reference: dict[str, Any], *data: Any, **entry: Any) -> None:
    keep = _array(reference["place"]).astype(int) - 1
    for interval in reference["intervals"]:
        found = _estimate(kaplan_meier(*data, **entry, conf_type=interval["conf_type"], level=interval["level"]))
        ends = (found.value, found.lower, found.upper)
        _close(ends, [interval["median"], interval["lower"], interval["upper"]], EXACT)
        curve = found.detail["curve"]
        for name in ("time", "survival", "at_risk", "events", "censored"):
            _close(_array(curve[name])[keep], reference[name], EXACT)
        for name in ("lower", "upper"):
            _close(_array(curve[name])[keep], interval[f"curve_{name}"], EXACT)
        mean = found.detail["restricted_mean"]
        _close([mean["value"], mean["se"]], [reference["rmean"], reference["se_rmean"]], EXACT)


@pytest.mark.parametrize("name", RIGHT)
def test_kaplan_meier_is_survfit(name: str) -> None:
    """`survfit(Surv(time, event) ~ 1)`: curve, limits on three scales, median, restricted mean."""
    data = RIGHT[name]["data"]
    _check_kaplan_meier(RIGHT[name]["km"], _array(data["time"]), _array(data["event"]))


def test_kaplan_meier_with_delayed_entry_is_survfit() -> None:
    """`survfit(Surv(entry, time, event) ~ 1)` on the transplanted patients of `heart`."""
    data = CURVES["delayed_entry"]["data"]
    _check_kaplan_meier(CURVES["delayed_entry"]["km"], data["time"], data["event"], entry=data["entry"])


@pytest.mark.parametrize("name", RIGHT)
def test_quartiles_are_those_of_quantile_survfit(name: str) -> None:
    """`quantile(survfit(...), c(.25, .75))`; where a curve ends exactly at a level the two rules of R differ."""
    data, reference = RIGHT[name]["data"], RIGHT[name]["quartiles"]
    found = _estimate(kaplan_meier(_array(data["time"]), _array(data["event"]))).detail["quartiles"]
    for end in ("value", "lower", "upper"):
        _close([found["0.25"][end], found["0.75"][end]], reference[end], EXACT)


@pytest.mark.parametrize("name", COMPETING)
def test_aalen_johansen_is_survfit_with_a_factor(name: str) -> None:
    """`survfit(Surv(time, factor(cause)) ~ 1)`: incidence, infinitesimal-jackknife errors, limits."""
    reference = COMPETING[name]
    keep = _array(reference["place"]).astype(int) - 1
    for limits in reference["limits"]:
        results = aalen_johansen(reference["data"]["time"], reference["data"]["cause"], conf_type=limits["conf_type"])
        for column, result in enumerate(results):
            curve = _estimate(result).detail["curve"]
            _close(_array(curve["incidence"])[keep], np.array(reference["incidence"])[:, column], EXACT)
            _close(_array(curve["se"])[keep], np.array(reference["se"])[:, column], EXACT)
            # before the first event R's plain limits are 0 to 0; ours are none, on every scale
            begun = _array(curve["incidence"])[keep] > 0
            for end in ("lower", "upper"):
                theirs = np.array(limits[end], dtype=float)[:, column]
                _close(_array(curve[end])[keep][begun], theirs[begun], EXACT)


FITS = [
    (source, name, family)
    for source, sets in (("right", RIGHT), ("interval", INTERVALS))
    for name, one in sets.items()
    for family in ("weibull", "lognormal")
    if family in one
]


def _ends(source: str, name: str) -> tuple[np.ndarray, list[float | None]]:
    data = (RIGHT if source == "right" else INTERVALS)[name]["data"]
    if source == "interval":
        return _array(data["lower"]), data["upper"]
    time = _array(data["time"])
    upper = [float(month) if event else None for month, event in zip(time, _array(data["event"]), strict=True)]
    return time, upper


@pytest.mark.parametrize(("source", "name", "family"), FITS)
def test_parametric_fits_are_survreg(source: str, name: str, family: str) -> None:
    """`survreg(Surv(...) ~ 1, dist)` and `predict(type = "uquantile", p = .5, se.fit = TRUE)`."""
    reference = (RIGHT if source == "right" else INTERVALS)[name][family]
    found = _estimate(parametric(family, *_ends(source, name)))
    _close(found.loglik, reference["loglik"], 1e-10)
    _close(found.detail["aic"], reference["aic"], 1e-10)
    ends = (found.value, found.lower, found.upper)
    _close(ends, [reference["median"], reference["lower"], reference["upper"]], FITTED)
    _close([found.detail["location"], found.detail["scale"]], [reference["location"], reference["scale"]], FITTED)
    _close(list(found.detail["se"].values()), reference["se"], FITTED)


GENERALISED = [
    (source, name)
    for source, sets in (("right", RIGHT), ("interval", INTERVALS))
    for name, one in sets.items()
    if "generalized_gamma" in one
]


@pytest.mark.parametrize(("source", "name"), GENERALISED)
def test_generalised_gamma_is_the_maximum_of_its_written_out_likelihood(source: str, name: str) -> None:
    """R's `optim` (Nelder–Mead) on density and `pgamma`; it places the shape to about 1e-6 only."""
    reference = (RIGHT if source == "right" else INTERVALS)[name]["generalized_gamma"]
    found = _estimate(parametric("generalized_gamma", *_ends(source, name)))
    _close(found.loglik, reference["loglik"], 1e-10)
    _close(list(found.detail["beta"].values()), [reference[key] for key in ("location", "log_scale", "shape")], 2e-5)


@pytest.mark.parametrize("name", TURNBULL)
def test_turnbull_is_the_maximum_that_em_finds(name: str) -> None:
    """EM on the finest partition in R, to a gap of 1e-10: survival outside the innermost intervals, likelihood."""
    reference = TURNBULL[name]
    data = censored(_array(reference["data"]["lower"]), reference["data"]["upper"])
    support = innermost(data.left, data.right)
    found = located(data, support, np.ones((1, len(data.lower))), tolerance=1e-12)
    assert float(np.log(chances(support, found.mass)).sum()) == pytest.approx(reference["loglik"], abs=1e-7)
    for month, survival in zip(_array(reference["time"]), _array(reference["survival"]), strict=True):
        shares = found.share_by(month)
        if month == 0:
            continue  # R lets a left-censored event fall on month 0 itself
        if shares.left[0] - shares.right[0] < 1e-9:  # elsewhere the data do not say
            # plain EM creeps along flat ridges: at its gap of 1e-10 the slowest set is still 1.1e-5 away
            assert 1 - shares.middle[0] == pytest.approx(survival, abs=2e-5)


@pytest.mark.parametrize("name", TURNBULL)
def test_turnbull_is_near_survfit_which_stops_at_5e_5(name: str) -> None:
    """`survfit(Surv(l, r, type = "interval2") ~ 1)`, which stops when no share moves by 5e-5 any more."""
    reference = TURNBULL[name]
    found = _estimate(turnbull(_array(reference["data"]["lower"]), reference["data"]["upper"], n_bootstrap=0))
    curve = found.detail["curve"]
    steps = dict(zip(_array(reference["survfit"]["time"]), _array(reference["survfit"]["survival"]), strict=True))
    for right, survival in zip(curve["right"], curve["survival"], strict=True):
        if right is not None:
            past = [value for time, value in steps.items() if time <= right]
            assert past[-1] == pytest.approx(survival, abs=5e-3)


def test_turnbull_of_the_breast_cosmesis_data_as_published() -> None:
    """Gentleman and Geyer 1994 (doi 10.1093/biomet/81.3.618) and the vignette of R's `interval`, radiotherapy."""
    data = TURNBULL["radiotherapy"]["data"]
    curve = _estimate(turnbull(data["lower"], data["upper"], n_bootstrap=0)).detail["curve"]
    assert list(zip(curve["left"], curve["right"], strict=True)) == [
        (4, 5), (6, 7), (7, 8), (11, 12), (24, 25), (33, 34), (38, 40), (46, 48),
    ]  # fmt: skip
    # printed with four digits
    printed = [0.0463, 0.0334, 0.0887, 0.0708, 0.0926, 0.0818, 0.1209, 0.4656]
    assert curve["probability"] == pytest.approx(printed, abs=5e-5)


def test_open_on_the_left_is_another_estimate_than_closed() -> None:
    """The first mass of the radiotherapy arm ends at S = 0.9537; closed intervals would give 0.9507."""
    data = TURNBULL["radiotherapy"]["data"]
    curve = _estimate(turnbull(data["lower"], data["upper"], n_bootstrap=0)).detail["curve"]
    assert round(curve["survival"][0], 4) == 0.9537


@pytest.mark.parametrize("name", MEDIANS)
def test_pooled_medians_are_optim_and_rma(name: str) -> None:
    """Quantiles fitted by R's `optim` in two parameters; `rma(method = "REML", test = "t")`."""
    reference = MEDIANS[name]
    names = {"min": "minimum", "max": "maximum"}
    studies = [
        MedianSummary(str(place), **{names.get(key, key): value for key, value in row.items()})
        for place, row in enumerate(reference["studies"])
    ]
    found = _estimate(pooled_medians(studies))
    assert [study["family"] for study in found.detail["studies"]] == reference["family"]
    # optim places the two parameters to about 1e-8 each
    _close([study["se"] for study in found.detail["studies"]], reference["se"], 1e-7)
    for ours, theirs in (
        (found.value, "value"), (found.lower, "lower"), (found.upper, "upper"), (found.tau2, "tau2"),
        (found.detail["se"], "standard_error"), (found.detail["q"], "q"),
        (found.prediction_upper, "prediction_upper"),
    ):  # fmt: skip
        _close(ours, reference[theirs], 1e-7)
    assert found.prediction_lower == pytest.approx(max(reference["prediction_lower"], 0), rel=1e-7)
