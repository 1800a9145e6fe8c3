"""What must hold for any counts: of every method, and of the primary one in particular."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.proportions import METHODS, pool
from synthesize.proportions.beta_binomial import fit_many as fit_beta_binomial
from synthesize.proportions.exact import clopper_pearson
from synthesize.proportions.glmm import fit_many

Counts = list[tuple[int, int]]
sizes = st.one_of(st.integers(1, 12), st.integers(1, 4000), st.just(10**7))
study = sizes.flatmap(lambda n: st.tuples(st.one_of(st.integers(0, min(n, 5)), st.integers(0, n)), st.just(n)))
any_counts = st.lists(study, max_size=6)
rare = st.integers(30, 3000).flatmap(lambda n: st.tuples(st.integers(0, max(1, n // 15)), st.just(n)))
ordinary = st.lists(rare, min_size=3, max_size=6)
QUICK = [name for name in METHODS if not name.startswith("glmm_bayes")]
QUICKER = [name for name in QUICK if name not in ("glmm_profile", "beta_binomial_profile", "fisher_homogeneity")]
# an example takes 0.02 to 0.1 s
FEW = settings(max_examples=8, deadline=None)
FEWER = settings(max_examples=4, deadline=None)


def split(counts: Counts) -> tuple[list[int], list[int]]:
    return [x for x, _ in counts], [n for _, n in counts]


def answers(results: list[Result]) -> dict[str, Estimate]:
    return {one.method: one for one in results if isinstance(one, Estimate)}


def check(one: Result) -> None:
    if isinstance(one, NotEstimable):
        assert one.reason
        return
    if one.method in ("fisher_homogeneity", "small_study_test"):
        assert one.p_value is not None
        assert 0 <= one.p_value <= 1
        return
    assert one.value is not None
    assert one.lower is not None
    assert one.upper is not None
    # the ends of an interval and the estimate come from different sums
    assert 0 <= one.lower <= one.value + 1e-12
    assert one.value - 1e-12 <= one.upper <= 1
    if one.prediction_lower is not None and one.prediction_upper is not None:
        assert 0 <= one.prediction_lower <= one.lower + 1e-9
        assert one.upper - 1e-9 <= one.prediction_upper <= 1


@given(any_counts)
@FEW
def test_any_counts_have_an_ordered_answer_or_a_reason_and_never_a_warning(counts: Counts) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = pool(*split(counts), methods=QUICK)
    assert len(results) == len(QUICK)
    for one in results:
        check(one)


@given(any_counts.filter(lambda counts: len(counts) >= 2))
@FEWER
def test_any_counts_have_a_posterior(counts: Counts) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = pool(*split(counts), methods=["glmm_bayes_nm4_hn1", "glmm_bayes_n25_hn05"])
    for one in results:
        assert isinstance(one, Estimate)
        check(one)


@given(ordinary, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_studies_does_not_matter(counts: Counts, random: object) -> None:
    shuffled = list(counts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (answers(pool(*split(each), methods=QUICK)) for each in (counts, shuffled))
    assert first.keys() == second.keys()
    for name, one in first.items():
        other = second[name]
        # a flat likelihood gives the same maximum to about 1e-6 standard errors
        for a, b in (
            (one.value, other.value),
            (one.lower, other.lower),
            (one.upper, other.upper),
            (one.p_value, other.p_value),
        ):
            assert (a is None) == (b is None)
            assert a is None or a == pytest.approx(b, rel=2e-5, abs=1e-9)


@given(ordinary)
@FEW
def test_counting_the_others_mirrors_the_rate(counts: Counts) -> None:
    assume(any(0 < x < n for x, n in counts))
    x, n = (np.array([part], dtype=float) for part in split(counts))
    for fit in (fit_many, fit_beta_binomial):
        ours, mirrored = fit(x, n), fit(n - x, n)
        assert mirrored.theta[0, 0] == pytest.approx(-ours.theta[0, 0], abs=1e-5)
        assert mirrored.loglik[0] == pytest.approx(ours.loglik[0], abs=1e-7)


@given(st.integers(1, 40), st.integers(1, 30))
@FEW
def test_two_halves_of_one_rate_pool_like_the_whole(events: int, rest: int) -> None:
    whole, halves = ([2 * events], [2 * (events + rest)]), ([events] * 2, [events + rest] * 2)
    (one,), (two,) = (pool(*each, methods=["complete_pooling_exact"]) for each in (whole, halves))
    assert (one.value, one.lower, one.upper) == (two.value, two.lower, two.upper)  # type: ignore[union-attr]
    quarters = ([events] * 4, [events + rest] * 4)
    pooled = answers(pool(*quarters, methods=["glmm_wald", "common_effect", "beta_binomial_profile"]))
    for one_rate in pooled.values():
        assert one_rate.value == pytest.approx(events / (events + rest), rel=1e-12)
    assert pooled["glmm_wald"].lower == pytest.approx(pooled["common_effect"].lower, rel=1e-12)


@given(st.integers(0, 50), st.integers(1, 1000))
@FEW
def test_doubling_all_counts_narrows(events: int, rest: int) -> None:
    lower, upper = clopper_pearson([events, 2 * events], [events + rest, 2 * (events + rest)])
    assert (upper - lower)[1] < (upper - lower)[0]


@given(ordinary)
@FEW
def test_a_higher_level_is_wider(counts: Counts) -> None:
    narrow, wide = (answers(pool(*split(counts), level=level, methods=QUICKER)) for level in (0.8, 0.95))
    for name, one in narrow.items():
        if one.lower is not None:
            assert wide[name].lower <= one.lower + 1e-9  # type: ignore[operator]
            assert wide[name].upper >= one.upper - 1e-9  # type: ignore[operator]


@given(ordinary)
@FEW
def test_a_spread_never_lowers_the_likelihood(counts: Counts) -> None:
    x, n = (np.array([part], dtype=float) for part in split(counts))
    fits = fit_many(x, n)
    if fits.estimable[0]:
        assert fits.loglik[0] >= fits.loglik_common[0]
        assert (fits.tau2[0] == 0) == (fits.loglik[0] == fits.loglik_common[0])
