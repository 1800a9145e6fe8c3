import json

import numpy as np
import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import NotEstimable
from synthesize.survival import logrank, permutation
from synthesize.survival.status import landmark, split_at_stop


def test_seven_rows_by_hand():
    # times 1 2 3 | 4 5: first group always fails first; hypergeometric by hand:
    # E2 = 2/5 + 2/4 + 2/3 + 1 + 1, V = 2/5*3/5 + 2/4*2/4 + 2/3*1/3
    test, exact = logrank.compare([1, 2, 3, 4, 5], [1] * 5, [0, 0, 0, 1, 1])
    expected, variance = 2 / 5 + 2 / 4 + 2 / 3 + 2, 6 / 25 + 1 / 4 + 2 / 9
    assert test.detail["expected"][1] == pytest.approx(expected)
    assert test.detail["chi2"] == pytest.approx((2 - expected) ** 2 / variance)
    assert test.value == pytest.approx(np.exp((2 - expected) / variance))
    # of the ten allocations, this one has the largest |U| alone
    assert exact.p_value == pytest.approx(1 / 10)
    assert exact.detail["allocations"] == 10


@pytest.mark.parametrize(
    ("time", "event", "group", "word"),
    [
        ([], [], [], "nothing to compare"),
        ([3, 4], [1, 1], [0, 0], "nothing to compare"),
        ([3, 4], [0, 0], [0, 1], "no event"),
        ([5, 5], [1, 1], [0, 1], "goes on without it"),
        ([1, 5, 6], [0, 1, 1], [0, 1, 1], "goes on without it"),
        ([0, 5], [0, 1], [0, 1], "nothing to compare"),
    ],
)
def test_nothing_to_compare_is_said(time, event, group, word):
    results = logrank.compare(time, event, group)
    assert [result.method for result in results] == ["logrank", "logrank_exact"]
    for result in results:
        assert isinstance(result, NotEstimable)
        assert word in result.reason


def test_heavy_ties_and_separation_stay_finite():
    test, exact = logrank.compare([3] * 10, [1] * 5 + [0] * 5, [0] * 5 + [1] * 5)
    assert 0 < test.p_value < 0.01
    assert exact.p_value == pytest.approx(2 / 252)
    json.dumps([test.as_json(), exact.as_json()], allow_nan=False)


def test_a_changing_status_is_tested_by_chi_square_only():
    rows = split_at_stop([10, 42, 9, 43, 3, 7, 25], [1, 1, 0, 0, 1, 0, 0], [1.5, 0] + [None] * 5)
    test, exact = logrank.compare(rows.stop, rows.event, rows.on_drug, entry=rows.start)
    assert test.detail["groups"] == ["False", "True"]
    assert isinstance(exact, NotEstimable)
    assert "enter at different months" in exact.reason


def test_a_landmark_has_one_entry_and_keeps_the_exact_test():
    rows = landmark([10, 42, 9, 43, 3, 7, 25], [1, 1, 0, 0, 1, 0, 0], [1.5, 0] + [None] * 5, 3)
    exact = logrank.compare(rows.stop, rows.event, rows.on_drug, entry=rows.start)[1]
    assert exact.p_value == pytest.approx(2 / 15)


def test_many_patients_are_drawn_with_a_stated_seed_and_then_refused():
    random = np.random.default_rng(1)
    time, event, group = random.exponential(10, 60), random.random(60) < 0.5, random.integers(0, 2, 60)
    exact = logrank.compare(time, event, group)[1]
    assert (exact.detail["how"], exact.detail["seed"], exact.detail["draws"]) == ("Monte Carlo", 20150401, 19999)
    assert exact.detail["monte_carlo_se"] < 0.004
    assert logrank.compare(time, event, group)[1].p_value == exact.p_value
    size = 1001
    refused = logrank.compare(random.exponential(10, size), [True] * size, [0, 1] * 500 + [0])[1]
    assert isinstance(refused, NotEstimable)


def test_drawn_and_enumerated_p_agree():
    random = np.random.default_rng(5)
    time, event = random.exponential(10, 18), random.random(18) < 0.7
    two = np.arange(18) % 2
    enumerated = logrank.compare(time, event, two)[1].p_value
    scores = logrank._prepare(time, event, two, None).scores
    own = permutation._quadratic(scores, np.argsort(two, kind="stable")[None, :], np.array([9, 9]))[0]
    drawn = permutation._drawn(scores, np.array([9, 9]), own)
    assert drawn == pytest.approx(enumerated, abs=4 * 0.0035)  # four Monte Carlo standard errors


def test_labels_may_be_words_and_several():
    test, exact = logrank.compare(
        [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 1, 1], ["kept", "stopped", "reduced", "kept", "stopped", "reduced"]
    )
    assert test.detail["groups"] == ["kept", "reduced", "stopped"]
    assert test.detail["df"] == 2
    assert test.value is None
    assert exact.detail["statistic"] == "sum over groups of U² / n"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (([1, -2], [1, 0], [0, 1]), "index 1: not a time"),
        (([1, float("nan")], [1, 0], [0, 1]), "index 1: not a time"),
        (([1, 2], [1, 2], [0, 1]), "event must be 0 or 1"),
        (([1, 2], [1, 0], [0]), "one length"),
    ],
)
def test_impossible_input_is_refused(call, message):
    with pytest.raises(InvalidInput, match=message):
        logrank.compare(*call)


def test_entries_after_the_end_and_events_without_length_are_refused():
    with pytest.raises(InvalidInput, match="ends before it begins"):
        logrank.compare([1, 2], [1, 0], [0, 1], entry=[2, 0])
    with pytest.raises(InvalidInput, match="row without length"):
        logrank.compare([1, 2], [1, 0], [0, 1], entry=[1, 0])


def test_a_hundred_thousand_patients_cost_no_matrix():
    random = np.random.default_rng(2)
    size = 100_000
    test, exact = logrank.compare(random.exponential(10, size), random.random(size) < 0.5, np.arange(size) % 2)
    assert 0 < test.p_value < 1
    assert isinstance(exact, NotEstimable)
