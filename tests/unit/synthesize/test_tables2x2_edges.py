import dataclasses
import json
import math

import numpy as np
import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable
from synthesize.tables2x2 import METHODS, compare

EDGES = [
    (0, 0, 0, 0),
    (0, 0, 2, 5),
    (3, 4, 0, 0),
    (0, 1, 0, 1),
    (0, 1, 1, 1),
    (1, 1, 1, 1),
    (0, 10, 0, 20),
    (10, 10, 20, 20),
    (10, 10, 0, 20),
    (0, 10_000_000, 3, 10_000_000),
    (10_000_000, 10_000_000, 1, 10_000_000),
    (5_000_000, 10_000_000, 5_001_000, 10_000_000),
    (1, 2, 9_999_999, 10_000_000),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("counts", EDGES)
def test_every_method_answers_or_says_why(counts):
    results = compare(*counts)
    assert [result.method for result in results] == list(METHODS)
    for result in results:
        json.dumps(result.as_json(), allow_nan=False)
        if isinstance(result, NotEstimable):
            assert result.reason
            continue
        ordered = [-math.inf if result.lower is None else result.lower, result.value, result.upper]
        finite = [number for number in ordered if number is not None]
        assert finite == sorted(finite)
        assert result.p_value is None or 0 < result.p_value <= 1
        for name in ("value", "upper"):
            if getattr(result, name) is None and result.method in ("fisher_midp", "conditional_or"):
                assert result.detail[name] == "unbounded"


def test_no_event_leaves_the_odds_ratio_open_and_the_difference_estimable():
    results = {result.method: result for result in compare(0, 10, 0, 20)}
    assert isinstance(results["conditional_or"], NotEstimable)
    assert results["fisher_exact"].p_value == 1.0
    assert isinstance(results["risk_difference_mn"], Estimate)


def test_impossible_counts_are_refused_together():
    with pytest.raises(InvalidInput, match="2 problems") as refusal:
        compare(6, 5, 3, 2)
    assert "more events (a) than patients (n1); found '6 of 5'" in str(refusal.value)


@pytest.mark.parametrize("counts", [(-1, 5, 0, 2), (1.5, 5, 0, 2), ("1", 5, 0, 2), (1, None, 0, 2)])
def test_what_is_not_a_count_is_refused(counts):
    with pytest.raises(InvalidInput, match="not a count"):
        compare(*counts)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan])
def test_a_level_outside_0_and_1_is_refused(level):
    with pytest.raises(InvalidInput, match="not a confidence level"):
        compare(1, 5, 2, 2, level=level)


def test_whole_floats_and_numpy_counts_are_counts():
    plain = [dataclasses.asdict(result) for result in compare(1, 5, 2, 2)]
    assert [dataclasses.asdict(result) for result in compare(1.0, np.int64(5), np.float64(2), 2)] == plain


def test_question_and_subset_are_carried():
    assert {(result.question, result.subset) for result in compare(1, 5, 2, 2, question="q", subset="s")} == {
        ("q", "s")
    }
