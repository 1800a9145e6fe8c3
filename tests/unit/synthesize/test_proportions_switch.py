"""Which methods are offered for how many studies, and what the others say."""

from __future__ import annotations

import pytest

from synthesize.estimate import Estimate, NotEstimable
from synthesize.proportions import METHODS, pool

BAYES = [name for name in METHODS if name.startswith("glmm_bayes")]
WIDE = ["glmm_bayes_n10_hn05", "glmm_bayes_n10_hn1"]
TEN = ["small_study_test"]
ONE_RATE = ["common_effect", "complete_pooling_exact", "fisher_homogeneity"]


def offered(events: list[int], totals: list[int]) -> list[str]:
    results = pool(events, totals)
    assert [result.method for result in results] == list(METHODS)
    return [result.method for result in results if isinstance(result, Estimate)]


def reasons(events: list[int], totals: list[int]) -> dict[str, str]:
    return {result.method: result.reason for result in pool(events, totals) if isinstance(result, NotEstimable)}


def test_one_study_has_its_exact_interval_only() -> None:
    assert offered([7], [523]) == ["complete_pooling_exact"]
    assert "exact interval is the answer" in reasons([7], [523])["glmm_t"]


def test_two_studies_have_no_random_effects() -> None:
    assert offered([7, 18], [523, 3047]) == [*BAYES, *ONE_RATE]
    assert "two studies cannot show" in reasons([7, 18], [523, 3047])["beta_binomial_profile"]


@pytest.mark.parametrize("k", [3, 4, 5, 8])
def test_from_three_studies_every_method_answers(k: int) -> None:
    assert offered([i % 3 for i in range(1, k + 1)], [100 + 10 * i for i in range(k)]) == [
        name for name in METHODS if name not in TEN
    ]


def test_from_ten_studies_small_ones_are_compared_with_large_ones() -> None:
    (ten,) = pool([1, 2, 0, 1, 3, 2, 1, 0, 2, 1], [100 + 50 * i for i in range(10)], methods=TEN)
    (nine,) = pool([1] * 9, range(91, 100), methods=TEN)
    (alike,) = pool([1, 2] * 5, [100] * 10, methods=TEN)
    assert isinstance(ten, Estimate)
    assert ten.p_value is not None
    assert 0 < ten.p_value < 1
    assert "needs at least 10" in nine.reason  # type: ignore[union-attr]
    assert "one size" in alike.reason  # type: ignore[union-attr]


def test_few_studies_are_told_to_read_bayes_beside() -> None:
    by_k = {k: pool(list(range(1, k + 1)), [100] * k, methods=["glmm_t"])[0] for k in (4, 5)}
    assert all(isinstance(result, Estimate) for result in by_k.values())
    assert "glmm_bayes_nm4_hn1" in by_k[4].notes[0]  # type: ignore[union-attr]
    assert not any("glmm_bayes" in note for note in by_k[5].notes)  # type: ignore[union-attr]


def test_no_event_leaves_the_exact_limit_and_bayes_without_the_widest_prior() -> None:
    assert offered([0, 0, 0], [449, 90, 250]) == [
        *(name for name in BAYES if name not in WIDE), "complete_pooling_exact", "fisher_homogeneity",
    ]  # fmt: skip
    said = reasons([0, 0, 0], [449, 90, 250])
    assert "exact upper limit of the sum" in said["glmm_t"]
    assert "falls below the exact one" in said[WIDE[0]]


def test_nothing_but_events() -> None:
    found = offered([9, 8, 7], [9, 8, 7])
    assert "complete_pooling_exact" in found
    assert "glmm_t" not in found
    assert "every patient" in reasons([9, 8, 7], [9, 8, 7])["common_effect"]


def test_none_or_all_in_every_study_has_no_finite_spread() -> None:
    said = reasons([0, 10, 0, 10], [10, 10, 10, 10])
    assert set(said) == {"glmm_t", "glmm_profile_t", "glmm_profile", "glmm_wald", "beta_binomial_profile", *TEN}
    assert "no finite estimate" in said["glmm_t"]


def test_identical_logits_have_no_knapp_hartung_variance() -> None:
    assert set(reasons([5, 5, 5], [50, 50, 50])) == {"iv_logit_reml_knha", "iv_logit_pm_knha", *TEN}


def test_a_part_of_the_methods_can_be_asked_for_in_any_order() -> None:
    results = pool([7, 18, 2], [523, 3047, 90], methods=["iv_logit_dl", "glmm_profile"])
    assert [result.method for result in results] == ["glmm_profile", "iv_logit_dl"]
    with pytest.raises(ValueError, match="unknown methods"):
        pool([1], [2], methods=["glmm"])


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 95.0, float("nan")])
def test_a_level_outside_0_1_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        pool([1], [2], level=level)


def test_question_subset_and_level_are_carried() -> None:
    for result in pool([7, 18, 2], [523, 3047, 90], level=0.9, question="q", subset="s"):
        assert (result.question, result.subset) == ("q", "s")
        if isinstance(result, Estimate):
            assert result.level == 0.9
            assert (result.k_studies, result.n_patients, result.n_events) == (3, 3660, 27)


def test_every_result_is_plain_json() -> None:
    import json

    for result in pool([7, 18, 2, 0], [523, 3047, 90, 449]):
        json.dumps(result.as_json(), allow_nan=False)
