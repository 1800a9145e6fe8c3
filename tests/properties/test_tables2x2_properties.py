"""What must hold for any two-by-two table, whatever the numbers in it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesize.estimate import Estimate
from synthesize.tables2x2 import TwoByTwo, compare, compare_strata, missing_outcome_bounds

QUICK = settings(max_examples=25, deadline=None)


@st.composite
def tables(draw, largest=15):
    n1, n2 = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


def of(counts, **options):
    return {result.method: result for result in compare(*counts, **options)}


def interval(result):
    """Return (value, lower, upper) of an odds ratio with infinity where it is unbounded."""
    return tuple(math.inf if x is None else x for x in (result.value, result.lower, result.upper))


def inverse(x):
    return 0.0 if math.isinf(x) else math.inf if x == 0 else 1 / x


RATIOS = ("fisher_exact", "fisher_midp", "conditional_or", "firth_logistic")
DIFFERENCES = ("risk_difference_newcombe", "risk_difference_mn")


@QUICK
@given(tables())
def test_swapping_the_groups_inverts_ratios_and_mirrors_differences(counts):
    here, there = of(counts), of((*counts[2:], *counts[:2]))
    for name, result in here.items():
        if not isinstance(result, Estimate):
            assert not isinstance(there[name], Estimate)
            continue
        if result.p_value is not None:
            assert there[name].p_value == pytest.approx(result.p_value, rel=1e-8)
        if name in RATIOS and "value" not in {k for k, v in result.detail.items() if v != "unbounded"}:
            value, lower, upper = (inverse(x) for x in interval(there[name]))
            assert interval(result) == pytest.approx((value, upper, lower), rel=1e-8)
        if name in DIFFERENCES:
            mirrored = (-there[name].value, -there[name].upper, -there[name].lower)
            assert (result.value, result.lower, result.upper) == pytest.approx(mirrored, abs=1e-9)
        if name.startswith("beta_posterior"):
            assert result.value == pytest.approx(1 - there[name].value, abs=1e-10)


@QUICK
@given(tables())
def test_counting_non_events_inverts_the_odds_ratio_and_mirrors_the_difference(counts):
    a, n1, c, n2 = counts
    here, there = of(counts), of((n1 - a, n1, n2 - c, n2))
    for name in RATIOS:
        if isinstance(here[name], Estimate) and here[name].lower is not None:
            value, lower, upper = (inverse(x) for x in interval(there[name]))
            assert interval(here[name]) == pytest.approx((value, upper, lower), rel=1e-8)
    for name in DIFFERENCES:
        assert here[name].lower == pytest.approx(-there[name].upper, abs=1e-9)
    for name in ("barnard", "boschloo"):
        assert here[name].p_value == pytest.approx(there[name].p_value, rel=1e-8)


@QUICK
@given(tables(), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_hold_the_estimate_and_agree_with_their_own_test(counts, level):
    results = of(counts, level=level)
    for name in (*RATIOS, *DIFFERENCES):
        result = results[name]
        if isinstance(result, Estimate) and not (result.value is None and result.lower is None):
            value, lower, upper = interval(result)
            assert lower <= value <= upper
    for name in DIFFERENCES:
        assert -1 <= results[name].lower <= results[name].upper <= 1
    own_tests = [("risk_difference_mn", 0.0), ("conditional_or", 1.0), ("firth_logistic", 1.0)]
    for name, null in own_tests:
        result = results[name]
        if isinstance(result, Estimate) and abs(result.p_value - (1 - level)) > 1e-9:
            _, lower, upper = interval(result)
            assert (lower <= null <= upper) == (result.p_value > 1 - level)


@QUICK
@given(tables())
def test_boschloo_never_exceeds_fisher(counts):
    results = of(counts)
    assert results["boschloo"].p_value <= results["fisher_exact"].p_value * (1 + 1e-9)


@QUICK
@given(tables(largest=12))
def test_doubling_every_count_narrows(counts):
    once, twice = of(counts), of([2 * count for count in counts])
    for name in DIFFERENCES:
        assert twice[name].upper - twice[name].lower < once[name].upper - once[name].lower
    wide, narrow = once["conditional_or"], twice["conditional_or"]
    if isinstance(wide, Estimate) and wide.value and wide.upper:
        assert narrow.upper / narrow.lower < wide.upper / wide.lower
    first, second = once["firth_logistic"], twice["firth_logistic"]
    assert second.upper / second.lower < first.upper / first.lower


@QUICK
@given(st.lists(tables(largest=8), min_size=1, max_size=4), st.randoms())
def test_strata_may_come_in_any_order(strata, random):
    shuffled = random.sample(strata, len(strata))
    pairs = zip(*(compare_strata([TwoByTwo(*s) for s in order]) for order in (strata, shuffled)), strict=True)
    for here, there in pairs:
        assert type(here) is type(there)
        if isinstance(here, Estimate):
            assert interval(here) == pytest.approx(interval(there), rel=1e-8, abs=1e-12)


@QUICK
@given(tables(largest=8), st.integers(0, 4), st.integers(0, 4))
def test_bounds_hold_the_observed_difference_and_every_completion(counts, missing1, missing2):
    bounds = missing_outcome_bounds(*counts, missing1, missing2)
    assert bounds.lower <= bounds.value + 1e-12
    assert bounds.value <= bounds.upper + 1e-12
    for one in bounds.detail["every_completion"]:
        assert bounds.lower <= one["risk_difference"] <= bounds.upper
        assert bounds.detail["p_smallest"] <= one["p_value"] <= bounds.detail["p_largest"]
    for cell in bounds.detail["imor_grid"]:
        assert bounds.lower - 1e-12 <= cell["value"] <= bounds.upper + 1e-12
        assert cell["lower"] <= cell["value"] <= cell["upper"]
