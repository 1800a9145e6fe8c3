"""Groups of studies, one covariate, leave-one-out and cumulative pooling."""

from __future__ import annotations

import numpy as np
import pytest

from synthesize.estimate import Estimate, NotEstimable
from synthesize.proportions import pool
from synthesize.proportions.regression import meta_regression
from synthesize.proportions.sensitivity import cumulative, leave_one_out
from synthesize.proportions.subgroups import _assignments, subgroups

X, N = [10, 10, 13, 4, 6, 4, 6, 0], [452, 569, 535, 336, 567, 587, 583, 103]
GROUPS = ["mRECIST"] * 4 + ["RECIST"] * 4


def test_groups_have_their_rates_and_a_test_with_an_exact_permutation_p() -> None:
    first, second, test = subgroups(X, N, GROUPS)
    assert isinstance(first, Estimate)
    assert isinstance(test, Estimate)
    assert (first.subset, second.subset, test.method) == ("mRECIST", "RECIST", "subgroup_test")
    assert first.value == pytest.approx(37 / 1892, rel=1e-6)  # no spread within groups: the crude rate
    assert test.detail["df"] == 1
    assert test.detail["permutation"] == "exact, all 70 assignments"
    # the best split and its mirror image, of 70
    assert test.detail["permutation_p"] == pytest.approx(2 / 70)
    assert "exploratory" in test.notes[0]


def test_assignments_are_all_and_distinct() -> None:
    found = _assignments((0, 1, 2, 3, 4), [2, 2, 1], 5)
    assert len(found) == 30
    assert len({tuple(one) for one in found}) == 30
    assert all([one.count(label) for label in range(3)] == [2, 2, 1] for one in found)


def test_a_group_without_events_takes_part_in_the_test() -> None:
    *rates, test = subgroups([7, 18, 2, 0], [523, 3047, 90, 449], ["a", "a", "b", "c"])
    assert isinstance(rates[2], NotEstimable)
    assert isinstance(test, Estimate)
    assert test.detail["df"] == 2
    assert test.detail["separate_tau_p"] is None
    # with no spread left the likelihoods are binomial: crude rates of a and b against one rate for all
    assert test.detail["lrt"] == pytest.approx(7.66545, abs=1e-4)


def test_too_many_assignments_are_not_drawn_at_random() -> None:
    rng = np.random.default_rng(1)
    groups = ["a", "b"] * 10
    test = subgroups(rng.integers(1, 9, 20), [100] * 20, groups)[-1]
    assert isinstance(test, Estimate)
    assert test.detail["permutation_p"] is None
    assert test.detail["permutation"].startswith("184756 assignments")


@pytest.mark.parametrize("groups", [["a"] * 8, ["a"] * 4 + ["b"] * 3])
def test_one_group_or_a_wrong_number_of_groups(groups: list[str]) -> None:
    if len(groups) == 8:
        (only,) = subgroups(X, N, groups)
        assert isinstance(only, NotEstimable)
        assert "only one group" in only.reason
    else:
        with pytest.raises(ValueError, match="7 groups for 8 studies"):
            subgroups(X, N, groups)


def test_regression_needs_ten_studies_and_a_covariate_that_varies() -> None:
    few = meta_regression(X, N, range(8))
    flat = meta_regression([3] * 10, [100] * 10, [2010.0] * 10)
    assert isinstance(few, NotEstimable)
    assert "needs at least 10" in few.reason
    assert isinstance(flat, NotEstimable)
    assert "same in every study" in flat.reason
    with pytest.raises(ValueError, match="one finite number"):
        meta_regression(X, N, [float("nan")] * 8)


def test_a_covariate_that_separates_is_refused() -> None:
    result = meta_regression([0] * 5 + [3, 4, 5, 2, 3], [500] * 10, [0.0] * 5 + [1.0] * 5)
    assert isinstance(result, NotEstimable)
    assert "separates" in result.reason


def test_the_unit_of_the_covariate_only_scales_the_slope() -> None:
    x, n = [7, 4, 4, 9, 15, 24, 31, 6, 25, 19], [813, 421, 177, 722, 870, 886, 841, 370, 675, 873]
    years = np.arange(2008.0, 2018.0)
    by_year, by_decade = (meta_regression(x, n, unit) for unit in (years, years / 10))
    assert isinstance(by_year, Estimate)
    assert isinstance(by_decade, Estimate)
    assert by_decade.detail["slope"] == pytest.approx(10 * by_year.detail["slope"], rel=1e-6)
    assert by_decade.p_value == pytest.approx(by_year.p_value, rel=1e-6)


@pytest.mark.parametrize("method", ["glmm_t", "iv_logit_dl", "complete_pooling_exact"])
def test_leaving_one_out_is_pooling_the_others(method: str) -> None:
    left_out = leave_one_out(X, N, list("ABCDEFGH"), method=method)
    assert [one.subset for one in left_out] == [f"without {name}" for name in "ABCDEFGH"]
    for place, one in enumerate(left_out):
        (alone,) = pool(X[:place] + X[place + 1 :], N[:place] + N[place + 1 :], methods=[method])
        assert isinstance(one, Estimate)
        assert isinstance(alone, Estimate)
        # both climbs end within 1e-7 standard errors of the top
        assert (one.value, one.lower, one.upper) == pytest.approx((alone.value, alone.lower, alone.upper), rel=1e-5)


def test_cumulative_adds_studies_of_one_year_together() -> None:
    results = cumulative([7, 18, 2, 0], [523, 3047, 90, 449], [2015, 2008, 2010, 2015])
    assert [one.subset for one in results] == ["up to 2008", "up to 2010", "up to 2015"]
    assert [isinstance(one, Estimate) for one in results] == [False, False, True]
    (whole,) = pool([7, 18, 2, 0], [523, 3047, 90, 449], methods=["glmm_t"])
    assert results[-1].value == pytest.approx(whole.value, rel=1e-6)  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="1 places"):
        cumulative([1, 2], [3, 4], [2000.0])
