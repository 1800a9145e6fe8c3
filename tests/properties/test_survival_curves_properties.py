"""What must hold of survival curves whatever the patients: order, weightless patients, units, containment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesize.estimate import Estimate, NotEstimable
from synthesize.survival.censored import censored, innermost
from synthesize.survival.competing import aalen_johansen
from synthesize.survival.interval_logrank import compare_intervals
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.logrank import compare
from synthesize.survival.npmle import fit
from synthesize.survival.parametric import METHODS, parametric
from synthesize.survival.pooled_medians import pooled_medians
from synthesize.survival.printed_median import MedianSummary
from synthesize.survival.turnbull import turnbull

MONTHS = st.integers(1, 40).map(lambda half: half / 2)
FOLLOW_UP = st.lists(st.tuples(MONTHS, st.integers(0, 1)), min_size=1, max_size=25)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[float, float | None]:
    """Return an exact, interval, left-censored or right-censored time."""
    low, width = draw(st.integers(0, 20)) / 2, draw(st.integers(0, 16)) / 2
    kind = draw(st.sampled_from(("exact", "interval", "right")))
    if kind == "right":
        return low, None
    return (low + 0.5, low + 0.5) if kind == "exact" else (low, low + width + 0.5)


INTERVALS = st.lists(intervals(), min_size=1, max_size=15)
BRIEF = settings(max_examples=60, deadline=None)


def _columns(rows: list[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    return [row[0] for row in rows], [row[1] for row in rows]


def _plain(result: object) -> dict[str, Any]:
    assert isinstance(result, Estimate | NotEstimable)
    return result.as_json()  # refuses whatever is not finite


def _no_resampling(rows: list[tuple[float, float | None]]) -> Estimate:
    found = turnbull(*_columns(rows), n_bootstrap=0)
    assert isinstance(found, Estimate)
    return found


@BRIEF
@given(FOLLOW_UP, st.randoms())
def test_the_order_of_patients_does_not_matter(rows: list[tuple[float, int]], random: Any) -> None:
    shuffled = random.sample(rows, len(rows))
    assert _plain(kaplan_meier(*_columns(rows))) == _plain(kaplan_meier(*_columns(shuffled)))


@BRIEF
@given(FOLLOW_UP)
def test_kaplan_meier_holds_together(rows: list[tuple[float, int]]) -> None:
    found = kaplan_meier(*_columns(rows))
    assert isinstance(found, Estimate)
    curve = _plain(found)["detail"]["curve"]
    assert all(0 <= share <= 1 for share in curve["survival"])
    assert curve["survival"] == sorted(curve["survival"], reverse=True)
    for low, share, high in zip(curve["lower"], curve["survival"], curve["upper"], strict=True):
        assert low is None or low <= share <= high
    for ends in found.detail["quartiles"].values():
        known = [ends[end] for end in ("lower", "value", "upper") if ends[end] is not None]
        assert known == sorted(known)


@BRIEF
@given(FOLLOW_UP)
def test_a_patient_without_follow_up_changes_nothing(rows: list[tuple[float, int]]) -> None:
    one, other = kaplan_meier(*_columns(rows)), kaplan_meier(*_columns([*rows, (0.0, 0)]))
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    assert (one.value, one.lower, one.upper) == (other.value, other.lower, other.upper)
    exact = [(month, month if event else None) for month, event in rows]
    with_nobody = _no_resampling([*exact, (0.0, None)])
    assert with_nobody.detail["quartiles"] == _no_resampling(exact).detail["quartiles"]


@BRIEF
@given(FOLLOW_UP, st.sampled_from((0.25, 2.0, 365.25)))
def test_another_unit_of_time_scales_the_median(rows: list[tuple[float, int]], unit: float) -> None:
    one = kaplan_meier(*_columns(rows))
    other = kaplan_meier(*_columns([(unit * month, event) for month, event in rows]))
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    assert other.value == (None if one.value is None else pytest.approx(unit * one.value, rel=1e-12))


@BRIEF
@given(FOLLOW_UP)
def test_doubling_everybody_keeps_the_curve_and_narrows_it(rows: list[tuple[float, int]]) -> None:
    one, two = kaplan_meier(*_columns(rows)), kaplan_meier(*_columns([*rows, *rows]))
    assert isinstance(one, Estimate)
    assert isinstance(two, Estimate)
    assert two.detail["curve"]["survival"] == pytest.approx(one.detail["curve"]["survival"], abs=1e-12)
    for wide, narrow in zip(one.detail["curve"]["lower"], two.detail["curve"]["lower"], strict=True):
        assert wide is None or narrow >= wide - 1e-12


@BRIEF
@given(FOLLOW_UP)
def test_turnbull_is_kaplan_meier_without_intervals(rows: list[tuple[float, int]]) -> None:
    curve = kaplan_meier(*_columns(rows))
    found = turnbull(*_columns([(month, month if event else None) for month, event in rows]), n_bootstrap=0)
    assert isinstance(curve, Estimate)
    assert isinstance(found, Estimate)
    for name, ends in curve.detail["quartiles"].items():
        assert found.detail["quartiles"][name]["value"] == ends["value"]


@BRIEF
@given(INTERVALS)
def test_the_maximum_is_self_consistent_and_no_cell_would_raise_it(rows: list[tuple[float, float | None]]) -> None:
    data = censored(*_columns(rows))
    support = innermost(data.left, data.right)
    found = fit(support, np.ones((1, len(rows))))
    covers = (support.first[:, None] <= np.arange(len(support.left))) & (
        support.last[:, None] >= np.arange(len(support.left))
    )
    gradient = covers.T @ (1 / (covers @ found.mass[0])) / len(rows)
    assert found.mass[0].sum() == pytest.approx(1, abs=1e-12)
    assert gradient.max() <= 1 + 1e-8
    assert found.mass[0] * gradient == pytest.approx(found.mass[0], abs=1e-8)


@settings(max_examples=30, deadline=None)
@given(INTERVALS, st.randoms())
def test_turnbull_holds_together(rows: list[tuple[float, float | None]], random: Any) -> None:
    found = turnbull(*_columns(rows), n_bootstrap=99)
    assert isinstance(found, Estimate)
    _plain(found)
    for ends in found.detail["quartiles"].values():
        names = ("lower", "left", "value", "right", "upper") if len(rows) > 1 else ("left", "value", "right")
        order = [float("inf") if ends[name] is None else ends[name] for name in names]
        assert order == sorted(order)
    for share in found.detail["share_by_month"].values():
        assert -1e-12 <= share["at_least"] <= share["value"] + 1e-9 <= share["at_most"] + 2e-9 <= 1 + 1e-8
        assert len(rows) == 1 or share["lower"] <= share["value"] <= share["upper"]
    # where the maximum is not unique, the order may choose another; the likelihood may not
    assert _no_resampling(random.sample(rows, len(rows))).loglik == pytest.approx(found.loglik, abs=1e-7)


@settings(max_examples=25, deadline=None)
@given(INTERVALS, st.sampled_from(list(METHODS)))
def test_parametric_fits_give_a_number_or_a_reason(rows: list[tuple[float, float | None]], method: str) -> None:
    found = parametric(method, *_columns(rows))
    _plain(found)
    if isinstance(found, Estimate):
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower <= found.value <= found.upper  # type: ignore[operator]


@settings(max_examples=15, deadline=None)
@given(INTERVALS)
def test_the_larger_family_fits_at_least_as_well(rows: list[tuple[float, float | None]]) -> None:
    fits = {method: parametric(method, *_columns(rows)) for method in METHODS}
    large = fits["generalized_gamma"]
    if isinstance(large, Estimate):
        for method in ("weibull", "lognormal"):
            small = fits[method]
            assert isinstance(small, Estimate)
            assert small.loglik <= large.loglik + 1e-9  # type: ignore[operator]


@BRIEF
@given(st.lists(st.tuples(MONTHS, st.integers(0, 3)), min_size=1, max_size=25))
def test_incidences_and_survival_share_out_everybody(rows: list[tuple[float, int]]) -> None:
    times, causes = _columns(rows)
    results = aalen_johansen(times, causes)
    for result in results:
        _plain(result)
    found = [result for result in results if isinstance(result, Estimate)]
    if found:
        survival = kaplan_meier(times, [min(cause, 1) for cause in causes])
        assert isinstance(survival, Estimate)
        total = survival.detail["curve"]["survival"] + sum(one.detail["curve"]["incidence"] for one in found)
        assert total == pytest.approx(np.ones(len(total)), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(MONTHS, st.integers(0, 1), st.sampled_from("ab")), min_size=2, max_size=10))
def test_the_interval_log_rank_test_is_the_exact_one_without_intervals(rows: list[tuple[float, int, str]]) -> None:
    times, events, groups = ([row[place] for row in rows] for place in range(3))
    upper = [month if event else None for month, event in zip(times, events, strict=True)]
    exact = compare(times, events, groups)[1]
    found = compare_intervals(times, upper, groups)
    if isinstance(exact, Estimate) and isinstance(found, Estimate):
        assert found.p_value == pytest.approx(exact.p_value, abs=1e-12)


@st.composite
def summaries(draw: st.DrawFn) -> MedianSummary:
    times = sorted(draw(st.lists(MONTHS, min_size=5, max_size=5)))
    one = MedianSummary("study", draw(st.integers(3, 500)), times[2], times[0], times[1], times[3], times[4])
    shape = draw(st.sampled_from(("range", "quartiles", "both")))
    if shape == "range":
        return replace(one, q1=None, q3=None)
    return replace(one, minimum=None, maximum=None) if shape == "quartiles" else one


@settings(max_examples=25, deadline=None)
@given(st.lists(summaries(), min_size=1, max_size=6), st.randoms())
def test_a_pooled_median_lies_among_the_medians(studies: list[MedianSummary], random: Any) -> None:
    found = pooled_medians(studies)
    _plain(found)
    if isinstance(found, Estimate):
        medians = [study.median for study in studies if study.unusable is None]
        assert min(medians) - 1e-9 <= found.value <= max(medians) + 1e-9  # type: ignore[operator]
        other = pooled_medians(random.sample(studies, len(studies)))
        assert isinstance(other, Estimate)
        assert other.value == pytest.approx(found.value, rel=1e-9)
