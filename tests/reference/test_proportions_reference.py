"""Pooled proportions against R on published data sets; r/proportions.R made values/proportions.json.

Each tolerance stands beside its reason. Where both sides are exact they are those of R's own optimiser: nlminb
stops where the log-likelihood changes by 1e-15 of itself, which leaves about 1e-7 standard errors in a parameter.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthesize.estimate import Estimate, NotEstimable
from synthesize.proportions import pool, study_intervals
from synthesize.proportions.bayes_estimates import PRIORS
from synthesize.proportions.common_effect import fisher_homogeneity, likelihood_ratio
from synthesize.proportions.counts import studies
from synthesize.proportions.glmm import fit_many
from synthesize.proportions.glmm_design import fit_design
from synthesize.proportions.inverse_variance import corrected_logits
from synthesize.proportions.normal import expit
from synthesize.proportions.regression import meta_regression
from synthesize.proportions.sensitivity import leave_one_out
from synthesize.proportions.subgroups import subgroups
from synthesize.proportions.tau2 import ESTIMATORS, log_likelihood, q_profile

VALUES = json.loads((Path(__file__).parent / "values" / "proportions.json").read_text())
SETS = {one["name"]: one for one in VALUES["sets"]}
PROFILED = [name for name, one in SETS.items() if "beta_upper" in one["glmm"]]
GLMM = ("glmm_t", "glmm_profile_t", "glmm_profile", "glmm_wald", "beta_binomial_profile")
INVERSE = ("iv_logit_reml", "iv_logit_dl", "iv_logit_reml_knha", "iv_logit_pm_knha", "freeman_tukey_reml")


@cache
def pooled(name: str, methods: tuple[str, ...]) -> dict[str, Estimate]:
    results = pool(SETS[name]["x"], SETS[name]["n"], methods=methods)
    return {one.method: one for one in results if isinstance(one, Estimate)}


def counts(one: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([one["x"]], dtype=float), np.array([one["n"]], dtype=float)


def test_there_are_enough_data_sets_and_their_versions_are_known() -> None:
    assert len(SETS) >= 20
    assert VALUES["versions"]["R"].startswith("R version 4.2.2")
    assert VALUES["versions"]["metafor"] == "3.8.1"


@pytest.mark.parametrize("name", SETS)
def test_maximum_of_the_marginal_likelihood(name: str) -> None:
    ours, theirs = fit_many(*counts(SETS[name])), SETS[name]["glmm"]
    # logarithms of binomial coefficients of tens of thousands of patients
    assert ours.loglik[0] == pytest.approx(theirs["loglik"], abs=5e-9)
    assert ours.loglik_common[0] == pytest.approx(theirs["loglik_common"], abs=5e-9)
    # nlminb's own precision, see above
    assert ours.beta[0] == pytest.approx(theirs["beta"], abs=1e-6)
    assert ours.theta[0, 1] == pytest.approx(theirs["tau2"] ** 0.5, abs=1e-6)
    # a Hessian from extrapolated differences, taken where nlminb stopped
    assert ours.se[0] == pytest.approx(theirs["se"], rel=1e-6)


@pytest.mark.parametrize("name", PROFILED)
def test_profile_intervals(name: str) -> None:
    theirs, ours = SETS[name]["glmm"], pooled(name, GLMM)
    for end in ("lower", "upper"):
        # optimize(tol = 1e-9) inside uniroot(tol = 1e-11)
        assert getattr(ours["glmm_profile"], end) == pytest.approx(expit(theirs[f"beta_{end}"]), rel=2e-8)
        assert getattr(ours["glmm_profile_t"], end) == pytest.approx(expit(theirs[f"beta_{end}_t"]), rel=2e-8)
    assert ours["glmm_t"].detail["tau2_lower"] == pytest.approx(theirs["tau2_lower"], rel=1e-8, abs=1e-9)
    assert ours["glmm_t"].detail["tau2_upper"] == pytest.approx(theirs["tau2_upper"], rel=2e-8)


@pytest.mark.parametrize("name", [name for name, one in SETS.items() if one["beta_binomial"]])
def test_beta_binomial(name: str) -> None:
    theirs, ours = SETS[name]["beta_binomial"], pooled(name, GLMM)["beta_binomial_profile"]
    # differences of lbeta lose up to six of sixteen digits, and nlminb with them
    assert ours.loglik == pytest.approx(theirs["loglik"], abs=1e-8)
    assert (ours.value, ours.lower, ours.upper) == pytest.approx(
        (theirs["mean"], theirs["lower"], theirs["upper"]), rel=1e-6
    )
    assert ours.detail["rho"] == pytest.approx(theirs["rho"], rel=5e-6)


@pytest.mark.parametrize("name", SETS)
def test_tau2_by_eight_estimators_and_its_q_profile(name: str) -> None:
    theirs = SETS[name]["inverse_variance"]
    y, v = corrected_logits(*(np.array(SETS[name][part], dtype=float) for part in ("x", "n")))
    for estimator, tau2 in theirs["tau2"].items():
        # metafor asked for a tolerance of 1e-13
        assert ESTIMATORS[estimator](y, v) == pytest.approx(tau2, rel=1e-11, abs=1e-12), estimator
    # metafor's confint asked for 1e-12
    assert q_profile(y, v) == pytest.approx((theirs["q_lower"], theirs["q_upper"]), rel=1e-10, abs=1e-11)
    for restricted, key in ((True, "loglik_reml"), (False, "loglik_ml")):
        tau2 = np.array([theirs["tau2"]["REML" if restricted else "ML"]])
        assert log_likelihood(y, v, tau2, restricted=restricted)[0] == pytest.approx(theirs[key], abs=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_inverse_variance_logits(name: str) -> None:
    ours = pooled(name, INVERSE)
    for method in INVERSE[:4]:
        theirs = SETS[name]["inverse_variance"][method]
        if theirs is None:
            assert method not in ours
            continue
        one = ours[method]
        # the same sums of the same τ²
        assert one.detail["beta"] == pytest.approx(theirs["beta"], rel=1e-10)
        assert one.detail["se"] == pytest.approx(theirs["se"], rel=1e-10)
        limits = (one.lower, one.upper, one.prediction_lower, one.prediction_upper)
        assert limits == pytest.approx(
            [expit(theirs[part]) for part in ("lower", "upper", "new_lower", "new_upper")], rel=1e-9
        )
        assert one.i2 == pytest.approx(theirs["i2"], abs=1e-8)


@pytest.mark.parametrize("name", SETS)
def test_freeman_tukey(name: str) -> None:
    theirs, one = SETS[name]["inverse_variance"]["freeman_tukey"], pooled(name, INVERSE)["freeman_tukey_reml"]
    assert one.tau2 == pytest.approx(theirs["tau2"], rel=1e-7, abs=1e-12)
    ours = (one.value, one.lower, one.upper, one.prediction_lower, one.prediction_upper)
    expected = [theirs[part] for part in ("value", "lower", "upper", "new_lower", "new_upper")]
    # a square root of rounding where a limit is 0 or 1
    assert ours == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, one in SETS.items() if one["rma_glmm"]])
def test_rma_glmm_with_its_seven_nodes(name: str) -> None:
    theirs, ours = SETS[name]["rma_glmm"], fit_many(*counts(SETS[name]))
    # its quadrature: up to 1e-3 in the mean and 2 % in τ² where τ is above 2 (docs/validation.md)
    assert ours.beta[0] == pytest.approx(theirs["beta"], rel=2e-3)
    assert ours.tau2[0] == pytest.approx(theirs["tau2"], rel=2e-2, abs=2e-4)
    x, n = (part[0] for part in counts(SETS[name]))
    assert likelihood_ratio(x, n) == pytest.approx(theirs["lrt"], abs=1e-5)


@pytest.mark.parametrize("name", [name for name, one in SETS.items() if one["fisher"]])
def test_exact_homogeneity(name: str) -> None:
    result = fisher_homogeneity(studies(SETS[name]["x"], SETS[name]["n"]))
    if isinstance(result, NotEstimable):
        assert "tables" in result.reason
    elif "draws" in result.detail:
        assert result.p_value == pytest.approx(SETS[name]["fisher"], abs=4 * result.detail["standard_error"] + 1e-4)
    else:
        assert result.p_value == pytest.approx(SETS[name]["fisher"], rel=1e-7)


@pytest.mark.parametrize("theirs", VALUES["bayes"], ids=lambda one: f"{one.get('set', one.get('x'))}-{one['method']}")
def test_bayes(theirs: dict[str, Any]) -> None:
    data = SETS[theirs["set"]] if "set" in theirs else theirs
    (one,) = pool(data["x"], data["n"], methods=[theirs["method"]])
    assert isinstance(one, Estimate)
    assert theirs["method"] in PRIORS
    ours = (one.value, one.lower, one.upper, one.prediction_lower, one.prediction_upper)
    expected = [theirs["r"][part] for part in ("value", "lower", "upper", "new_lower", "new_upper")]
    # R's grid: 501 values of the mean over some ten units, summed to a distribution function
    assert ours == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize("theirs", VALUES["exact"], ids=lambda one: f"{one['x']}/{one['n']}")
def test_one_study(theirs: dict[str, Any]) -> None:
    (one,) = study_intervals([theirs["x"]], [theirs["n"]])
    (ninety,) = study_intervals([theirs["x"]], [theirs["n"]], level=0.9)
    assert (one.lower, one.upper) == pytest.approx(theirs["clopper_pearson"], rel=1e-9, abs=1e-15)
    assert (ninety.lower, ninety.upper) == pytest.approx(theirs["clopper_pearson_90"], rel=1e-9, abs=1e-15)
    # prop.test subtracts nearly equal numbers at 0 and at n
    wilson = (one.detail["wilson_lower"], one.detail["wilson_upper"])
    assert wilson == pytest.approx(theirs["wilson"], rel=1e-9, abs=1e-12)


def test_one_covariate() -> None:
    theirs = VALUES["regression"]
    one = meta_regression(theirs["x"], theirs["n"], theirs["z"], name="latitude")
    assert isinstance(one, Estimate)
    assert one.detail["slope"] == pytest.approx(theirs["slope"], abs=1e-7)
    assert one.detail["se"] == pytest.approx(theirs["se"], rel=1e-4)
    assert one.tau2 == pytest.approx(theirs["tau2"], rel=1e-5)
    assert one.loglik == pytest.approx(theirs["loglik"], abs=1e-7)


def test_groups_with_common_and_separate_tau2() -> None:
    theirs = VALUES["groups"]
    *rates, test = subgroups(theirs["x"], theirs["n"], theirs["group"])
    assert isinstance(test, Estimate)
    for one, beta, se in zip(rates, theirs["beta"], theirs["se"], strict=True):
        assert isinstance(one, Estimate)
        assert one.detail["beta"] == pytest.approx(beta, abs=2e-6)
        assert one.detail["se"] == pytest.approx(se, rel=1e-4)
        assert one.tau2 == pytest.approx(theirs["tau2"], rel=1e-5)
    together = SETS["bcg_vaccinated"]["glmm"]["loglik"]
    assert test.detail["lrt"] == pytest.approx(2 * (theirs["loglik"] - together), abs=1e-6)
    separate = 2 * (theirs["loglik_separate"] - theirs["loglik"])
    assert float(test.detail["separate_tau"].split()[2].rstrip(",")) == pytest.approx(separate, abs=1e-5)


def test_groups_in_a_design_are_the_groups_alone_when_each_has_its_own_model() -> None:
    theirs = VALUES["groups"]
    x, n = counts(theirs)
    fits = fit_design(x, n, np.ones((1, x.shape[1], 1)))
    assert fits.theta == pytest.approx(fit_many(x, n).theta, abs=1e-6)


def test_leave_one_out() -> None:
    data = SETS["hine1989"]
    for one, theirs in zip(leave_one_out(data["x"], data["n"]), VALUES["left_out"], strict=True):
        assert isinstance(one, Estimate)
        assert one.detail["beta"] == pytest.approx(theirs["beta"], abs=2e-6)
        assert one.tau2 == pytest.approx(theirs["tau2"], rel=1e-4, abs=1e-8)
        assert one.loglik == pytest.approx(theirs["loglik"], abs=1e-7)
