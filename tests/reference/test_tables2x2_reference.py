"""Two-by-two tables against R 4.2.2, metafor 3.8-1 and brglm2 0.9 (`r/tables2x2.R`, `values/tables2x2.json`)."""

import json
import math
from pathlib import Path

import pytest

from synthesize.estimate import NotEstimable
from synthesize.tables2x2 import TwoByTwo, compare, compare_strata

VALUES = json.loads((Path(__file__).parent / "values" / "tables2x2.json").read_text(encoding="utf-8"))
TABLES = {case["source"]: case for case in VALUES["tables"]}
EXACT = 1e-9  # both sides exact; R prints 15 digits and solves its roots to 1e-13 on the log scale
FLAT = 1e-6  # R's side maximises a likelihood numerically, or integrates one, or stops brglmFit at 1e-12


@pytest.fixture(scope="module", params=list(TABLES), ids=lambda source: source.split("(")[0])
def case(request):
    reference = TABLES[request.param]
    return {result.method: result for result in compare(*reference["counts"])}, reference


def number(value):
    return math.inf if value == "Inf" else float(value)


def same(result, value, lower, upper, rel):
    for name, reference in (("value", value), ("lower", lower), ("upper", upper)):
        ours = getattr(result, name)
        if math.isinf(number(reference)):
            assert ours is None
            assert result.detail[name] == "unbounded"
        else:
            assert ours == pytest.approx(number(reference), rel=rel, abs=1e-12)


def near_where_r_stopped(result, value, lower, upper):
    """R's searches stop at 1e-4 in the odds ratio, or in its reciprocal above 1."""
    for name, reference in (("value", value), ("lower", lower), ("upper", upper)):
        ours, theirs = getattr(result, name), number(reference)
        if ours is None:
            assert math.isinf(theirs)
        elif theirs != ours:
            assert min(abs(ours - theirs), abs(1 / ours - 1 / theirs)) < 2e-4


def test_fisher_and_conditional_odds_ratio(case):
    results, reference = case
    conditional, fisher = reference["conditional"], reference["fisher_test"]
    assert results["fisher_exact"].p_value == pytest.approx(fisher["p"], rel=EXACT)
    if conditional["fixed"]:
        assert isinstance(results["conditional_or"], NotEstimable)
        return
    for name in ("fisher_exact", "conditional_or"):
        same(results[name], conditional["value"], conditional["lower"], conditional["upper"], EXACT)
    assert results["conditional_or"].p_value == pytest.approx(conditional["p_central"], rel=EXACT)
    near_where_r_stopped(results["conditional_or"], fisher["or"], fisher["lower"], fisher["upper"])


def test_mid_p(case):
    results, reference = case
    conditional = reference["conditional"]
    if conditional["fixed"]:
        assert isinstance(results["fisher_midp"], NotEstimable)
        return
    result = results["fisher_midp"]
    assert result.p_value == pytest.approx(conditional["p_midp"], rel=EXACT)
    same(result, conditional["mid_value"], conditional["mid_lower"], conditional["mid_upper"], EXACT)


def test_risk_difference_intervals(case):
    results, reference = case
    newcombe, mn = results["risk_difference_newcombe"], results["risk_difference_mn"]
    assert [newcombe.lower, newcombe.upper] == pytest.approx(reference["newcombe"], abs=1e-12)
    # R's side uses the closed form, which loses half its digits where the cubic's roots meet
    assert [mn.lower, mn.upper] == pytest.approx(reference["miettinen_nurminen"], abs=1e-7)


def test_unconditional_tests(case):
    results, reference = case
    exact = reference["unconditional"]
    assert results["barnard"].p_value == pytest.approx(exact["barnard"], rel=EXACT)
    assert results["boschloo"].p_value == pytest.approx(exact["boschloo"], rel=EXACT)
    assert results["boschloo"].detail["p_central"] == pytest.approx(exact["boschloo_central"], rel=EXACT)
    assert results["boschloo"].p_value <= results["fisher_exact"].p_value * (1 + EXACT)


def test_firth_logistic(case):
    results, reference = case
    result, firth = results["firth_logistic"], reference["firth"]
    assert result.detail["beta"] == pytest.approx(firth["beta"], rel=FLAT, abs=FLAT)
    assert result.detail["se"] == pytest.approx(firth["se"], rel=FLAT)
    assert result.detail["beta_lower"] == pytest.approx(firth["lower"], rel=FLAT, abs=FLAT)
    assert result.detail["beta_upper"] == pytest.approx(firth["upper"], rel=FLAT, abs=FLAT)
    assert result.p_value == pytest.approx(firth["p"], rel=FLAT)
    assert result.detail["penalized_loglik"] == pytest.approx(firth["penalized_loglik"], rel=FLAT)


def test_posterior_probability(case):
    results, reference = case
    for prior in ("uniform", "jeffreys"):
        result = results[f"beta_posterior_{prior}"]
        assert result.value == pytest.approx(reference[f"posterior_{prior}"], rel=FLAT, abs=1e-9)


def test_the_tie_that_scipy_drops_is_counted():
    # proved in rational arithmetic; scipy 1.17.1 barnard_exact gives 0.0459
    results = {result.method: result for result in compare(3, 10, 7, 9)}
    assert results["barnard"].p_value == pytest.approx(0.0499, abs=5e-5)


# Newcombe 1998, Statistics in Medicine 17:873, table II, methods 6 (Miettinen–Nurminen) and 10 (hybrid score)
@pytest.mark.parametrize(
    ("counts", "mn", "hybrid"),
    [
        ((56, 70, 48, 80), (0.0528, 0.3382), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1700, 0.8406), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0342, 0.8534), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0326, 0.1933), (-0.0381, 0.1926)),
    ],
)
def test_published_table(counts, mn, hybrid):
    results = {result.method: result for result in compare(*counts)}
    for method, published in (("risk_difference_mn", mn), ("risk_difference_newcombe", hybrid)):
        printed = round(results[method].lower, 4), round(results[method].upper, 4)
        assert printed == pytest.approx(published, abs=1e-9), method


@pytest.mark.parametrize("name", list(VALUES["strata"]))
def test_strata(name):
    reference = VALUES["strata"][name]
    results = {r.method: r for r in compare_strata([TwoByTwo(*counts) for counts in reference["tables"]])}
    exact = results["stratified_conditional_or"]
    same(exact, *(reference["exact"][part] for part in ("value", "lower", "upper")), 1e-8)
    assert exact.p_value == pytest.approx(reference["exact"]["p_minlike"], rel=1e-7)
    for method, key in (("mantel_haenszel_or", "mh_or"), ("peto_or", "peto")):
        fit = reference[key]
        assert results[method].detail["beta"] == pytest.approx(fit["beta"], rel=EXACT)
        assert results[method].detail["se"] == pytest.approx(fit["se"], rel=EXACT)
        assert math.log(results[method].lower) == pytest.approx(fit["lower"], rel=EXACT)
    difference, fit = results["mantel_haenszel_rd"], reference["mh_rd"]
    assert difference.value == pytest.approx(fit["beta"], rel=EXACT)
    assert difference.detail["se"] == pytest.approx(fit["se"], rel=EXACT)
    assert difference.p_value == pytest.approx(fit["p"], rel=EXACT)
    if reference["mh_p"] is not None:
        assert results["mantel_haenszel_or"].p_value == pytest.approx(float(reference["mh_p"]), rel=1e-8)
    if reference["mantelhaen_test"]:
        fit = reference["mantelhaen_test"]
        near_where_r_stopped(exact, fit["or"], fit["lower"], fit["upper"])
        assert exact.p_value == pytest.approx(fit["p"], rel=1e-6)
