import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import NotEstimable
from synthesize.tables2x2 import compare, missing_outcome_bounds


# statistics page of the project, section 5: the founding paper with 2 + 1 unreported outcomes
def test_founding_paper_with_three_unreported_outcomes():
    bounds = missing_outcome_bounds(1, 5, 2, 2, 2, 1)
    assert (bounds.value, bounds.lower, bounds.upper) == pytest.approx((-0.8, 1 / 7 - 1, 3 / 7 - 2 / 3))
    assert bounds.level is None
    assert bounds.n_patients == 10
    assert bounds.detail["completions"] == 6
    assert bounds.detail["p_smallest"] == pytest.approx(7 / 210)  # closed form: C(7,1) C(3,3) / C(10,4)
    assert bounds.detail["p_largest"] == pytest.approx(1)
    assert (bounds.detail["lowest"]["events_1"], bounds.detail["lowest"]["events_2"]) == (1, 3)


def test_every_completion_has_the_p_of_its_own_table():
    for one in missing_outcome_bounds(3, 9, 4, 8, 4, 3).detail["every_completion"]:
        fisher = compare(one["events_1"], 13, one["events_2"], 11)[0]
        assert one["p_value"] == pytest.approx(fisher.p_value, rel=1e-12)


def test_nobody_missing_gives_the_observed_table():
    bounds = missing_outcome_bounds(1, 5, 2, 2, 0, 0)
    assert bounds.lower == bounds.upper == bounds.value == -0.8
    at_one = next(g for g in bounds.detail["imor_grid"] if g["imor_1"] == g["imor_2"] == 1)
    newcombe = next(r for r in compare(1, 5, 2, 2) if r.method == "risk_difference_newcombe")
    assert (at_one["lower"], at_one["upper"]) == pytest.approx((newcombe.lower, newcombe.upper))


def test_imor_moves_the_difference_as_its_definition_says():
    grid = missing_outcome_bounds(4, 10, 5, 10, 10, 0).detail["imor_grid"]
    cell = next(g for g in grid if g["imor_1"] == 2 and g["imor_2"] == 1)
    # odds 4/6 observed, doubled in the ten missing: risk 4/7 there, half of each
    assert cell["value"] == pytest.approx((0.4 + 4 / 7) / 2 - 0.5)
    assert cell["lower"] < cell["value"] < cell["upper"]


def test_a_group_with_missing_outcomes_only_has_bounds_and_no_grid():
    bounds = missing_outcome_bounds(0, 0, 2, 4, 3, 0)
    assert bounds.value is None
    assert (bounds.lower, bounds.upper) == (-0.5, 0.5)
    assert bounds.detail["imor_grid"] == []


def test_groups_without_anybody_and_too_many_completions_are_not_estimable():
    assert isinstance(missing_outcome_bounds(0, 0, 2, 4, 0, 0), NotEstimable)
    refused = missing_outcome_bounds(0, 5, 2, 4, 1000, 1000)
    assert isinstance(refused, NotEstimable)
    assert "1,002,001 completions" in refused.reason


@pytest.mark.parametrize("missing", [(-1, 0), (1.5, 0)])
def test_impossible_missing_counts_are_refused(missing):
    with pytest.raises(InvalidInput, match="not a count"):
        missing_outcome_bounds(1, 5, 2, 2, *missing)


def test_a_large_table_with_few_missing_is_quick_and_finite():
    bounds = missing_outcome_bounds(10, 10**7, 9 * 10**6, 10**7, 3, 3)
    assert 0 < bounds.detail["p_smallest"] <= bounds.detail["p_largest"] <= 1
