import json

import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable
from synthesize.tables2x2 import TwoByTwo, compare, compare_strata


def of(results):
    return {result.method: result for result in results}


def test_one_stratum_is_the_plain_conditional_estimate():
    plain, one = of(compare(3, 10, 7, 9)), of(compare_strata([TwoByTwo(3, 10, 7, 9)]))
    common, single = one["stratified_conditional_or"], plain["conditional_or"]
    assert (common.value, common.lower, common.upper) == (single.value, single.lower, single.upper)
    assert common.p_value == plain["fisher_exact"].p_value


def test_strata_that_compare_nothing_change_nothing_and_are_counted():
    strata = [TwoByTwo(1, 5, 2, 2), TwoByTwo(2, 10, 3, 8)]
    before = of(compare_strata(strata))["stratified_conditional_or"]
    after = of(compare_strata([*strata, TwoByTwo(0, 1, 0, 0), TwoByTwo(0, 4, 0, 3)]))
    exact = after["stratified_conditional_or"]
    assert (exact.value, exact.lower, exact.upper) == pytest.approx((before.value, before.lower, before.upper))
    assert exact.notes == ("1 of 4 strata have patients in one group only",)
    assert (exact.k_studies, exact.detail["informative_strata"]) == (3, 2)


@pytest.mark.filterwarnings("error")
def test_zero_cells_everywhere_keep_the_exact_estimate_and_refuse_a_variance():
    results = of(compare_strata([TwoByTwo(0, 5, 2, 2), TwoByTwo(0, 10, 3, 8)]))
    exact, mantel = results["stratified_conditional_or"], results["mantel_haenszel_or"]
    assert exact.value == exact.lower == 0.0
    assert 0 < exact.upper < 1
    assert (mantel.value, mantel.lower, mantel.upper) == (0.0, None, None)
    assert "no variance" in mantel.detail["interval"]
    swapped = of(compare_strata([TwoByTwo(2, 2, 0, 5), TwoByTwo(3, 8, 0, 10)]))
    assert swapped["mantel_haenszel_or"].value is None
    assert swapped["stratified_conditional_or"].detail["value"] == "unbounded"
    for result in (*results.values(), *swapped.values()):
        json.dumps(result.as_json(), allow_nan=False)


def test_no_event_in_any_stratum_leaves_the_difference_only():
    results = of(compare_strata([TwoByTwo(0, 5, 0, 2), TwoByTwo(0, 10, 0, 8)]))
    assert isinstance(results["stratified_conditional_or"], NotEstimable)
    assert isinstance(results["peto_or"], NotEstimable)
    assert isinstance(results["mantel_haenszel_rd"], Estimate)
    assert results["mantel_haenszel_rd"].value == 0.0
    assert results["mantel_haenszel_rd"].lower is None


def test_no_stratum_with_both_groups_is_not_estimable():
    for strata in ([], [TwoByTwo(0, 1, 0, 0), TwoByTwo(0, 0, 1, 1)]):
        assert all(isinstance(result, NotEstimable) for result in compare_strata(strata))


@pytest.mark.filterwarnings("error")
def test_one_event_among_millions_has_a_wide_but_printable_answer():
    for result in compare_strata([TwoByTwo(1, 1, 0, 10**7), TwoByTwo(0, 1, 1, 10**7)]):
        json.dumps(result.as_json(), allow_nan=False)


def test_a_level_outside_0_and_1_is_refused():
    with pytest.raises(InvalidInput, match="not a confidence level"):
        compare_strata([TwoByTwo(1, 5, 2, 2)], level=2)


def test_strata_too_wide_for_the_exact_distribution_are_refused_at_once():
    results = of(compare_strata([TwoByTwo(30_000, 10**5, 30_100, 10**5)] * 20))
    assert "takes too long" in results["stratified_conditional_or"].reason
    assert results["mantel_haenszel_or"].value == pytest.approx(0.9952, abs=1e-4)
