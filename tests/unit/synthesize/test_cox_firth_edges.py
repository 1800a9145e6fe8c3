import json
import math

import numpy as np
import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable
from synthesize.survival import cox_firth
from synthesize.survival.partial_likelihood import moments, risk_sets


def fit(stop, event, x, start=None, **options):
    return cox_firth.fit(start or [0] * len(stop), stop, event, x, **options)[0]


def test_one_event_by_hand():
    # one event in the group of 1 among 2 against 2 at risk: p = 2 r / (2 r + 2) per patient r / (2 r + 2);
    # l + log(I) / 2 with I = q (1 - q), q = r / (r + 1), is 3/2 log q + 1/2 log (1 - q): q = 3/4, so r = 3
    result = fit([1, 2, 2, 2], [1, 0, 0, 0], [1, 1, 0, 0])
    assert result.value == pytest.approx(3, rel=1e-10)
    assert result.loglik == pytest.approx(1.5 * math.log(0.75) + 0.5 * math.log(0.25) - math.log(2), rel=1e-12)


def test_complete_separation_gives_a_finite_ratio_and_interval():
    result = fit([1, 2, 3, 4, 9, 9, 9, 9], [1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1])
    assert 0 < result.lower < result.value < result.upper < 1
    assert result.detail["informative_events"] == 4


def test_a_stratum_of_one_patient_adds_nothing():
    alone = fit([5, 8, 9, 12], [1, 0, 1, 1], [0, 1, 0, 1], strata=[1, 1, 1, 1])
    beside = fit([5, 8, 9, 12, 3], [1, 0, 1, 1, 1], [0, 1, 0, 1, 1], strata=[1, 1, 1, 1, 2])
    assert (beside.value, beside.lower, beside.upper, beside.p_value) == pytest.approx(
        (alone.value, alone.lower, alone.upper, alone.p_value), rel=1e-12
    )
    assert (beside.n_events, beside.detail["informative_events"]) == (4, 2)


@pytest.mark.parametrize(
    ("stop", "event", "x", "options", "word"),
    [
        ([], [], [], {}, "no event"),
        ([5, 6], [0, 0], [0, 1], {}, "no event"),
        ([5, 6], [1, 1], [1, 1], {}, "same covariate"),
        ([5, 6], [1, 1], [0, 1], {"strata": [1, 2]}, "two covariate values"),
        ([5, 6], [0, 1], [0, 1], {}, "two covariate values"),
    ],
)
def test_nothing_to_estimate_is_said(stop, event, x, options, word):
    result = fit(stop, event, x, **options)
    assert isinstance(result, NotEstimable)
    assert word in result.reason


def test_a_covariate_in_any_unit_gives_the_same_test():
    stop, event, x = [5, 8, 9, 12, 20], [1, 0, 1, 1, 1], [0.1, 0.5, 0.2, 0.9, 0.4]
    small, large = fit(stop, event, x), fit(stop, event, [1e6 * value for value in x])
    assert large.p_value == pytest.approx(small.p_value, rel=1e-9)
    assert large.detail["beta"] == pytest.approx(small.detail["beta"] / 1e6, rel=1e-9)


@pytest.mark.filterwarnings("error")
def test_tiny_units_far_covariates_and_large_groups_end_in_plain_numbers():
    hundred = [1] * 50 + [0] * 50
    cases = [
        ([5, 8, 9], [1, 1, 0], [1e-8, 0, 1e-8]),
        ([5, 8, 9], [1, 1, 1], [0, 1, 1e9]),
        (list(range(1, 101)), hundred, hundred),
        ([1] * 50 + [2] * 50, hundred, hundred),
    ]
    for stop, event, x in cases:
        result = fit(stop, event, x)
        assert isinstance(result, Estimate)
        json.dumps(result.as_json(), allow_nan=False)


def test_derivatives_are_those_of_the_likelihood():
    random = np.random.default_rng(3)
    stop = random.integers(1, 9, 40).astype(float)
    start = stop * random.random(40) * (random.random(40) < 0.5)
    x, stratum = random.normal(size=40).round(1), random.integers(0, 2, 40)
    sets = risk_sets(start, stop, random.random(40) < 0.6, x, stratum)
    h = 1e-4  # central differences: error h² times a third derivative, about 1e-6
    for beta in (-2.0, 0.0, 0.7):
        below, at, above = (moments(sets, beta + d) for d in (-h, 0, h))
        assert at.score == pytest.approx((above.loglik - below.loglik) / (2 * h), rel=1e-5)
        assert at.information == pytest.approx(-(above.score - below.score) / (2 * h), rel=1e-5)
        slope = (above.information - below.information) / (2 * h)
        assert at.information_slope == pytest.approx(slope, rel=1e-5)


def test_information_keeps_its_digits_under_separation():
    # closed form: n r / (n + r)... of one event in group 1 with one patient each: q (1 - q), q = 1 / (1 + e^-b)
    sets = risk_sets(np.zeros(2), np.array([1.0, 2.0]), np.array([True, False]), np.array([1.0, 0.0]),
                     np.zeros(2, dtype=int))  # fmt: skip
    for beta in (40.0, 200.0):
        assert moments(sets, beta).information == pytest.approx(math.exp(-beta), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (([0, 0], [5, float("nan")], [1, 0], [0, 1]), "index 1: not a number"),
        (([0, 6], [5, 5], [1, 0], [0, 1]), "index 1: no follow-up"),
        (([0, 5], [5, 5], [0, 1], [0, 1]), "index 1: no follow-up"),
        (([0, 0], [5, 5], [1, 3], [0, 1]), "event must be 0 or 1"),
        (([0, 0], [5, 5], [1, 0], [0]), "one length"),
        (([0, 0], [5, 5], [1, 0], [0, float("inf")]), "not a number"),
    ],
)
def test_impossible_rows_are_refused(call, message):
    with pytest.raises(InvalidInput, match=message):
        cox_firth.fit(*call)


def test_the_optimum_is_one_the_slope_vanishes_and_the_ends_have_fallen_by_the_quantile():
    stop, event, x = [5, 8, 9, 12, 20, 3], [1, 0, 1, 1, 1, 1], [0, 1, 0, 1, 1, 0]
    sets = risk_sets(np.zeros(6), np.array(stop, float), np.array(event, bool), np.array(x, float),
                     np.zeros(6, dtype=int))  # fmt: skip
    found = cox_firth.profile(sets, 0.95)
    assert cox_firth._slope(sets, found.beta) == pytest.approx(0, abs=1e-9)
    for end in (found.lower, found.upper):
        assert found.penalized_loglik - cox_firth.penalized(sets, end) == pytest.approx(
            3.841458820694124 / 2,
            rel=1e-9,  # qchisq(0.95, 1), R 4.2.2
        )
    assert found.maxima == 1
