"""Kaplan–Meier on the founding paper's seven patients and at the edges."""

from __future__ import annotations

import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable
from synthesize.survival.kaplan_meier import kaplan_meier

TIME_TO_CR = [2, 6, 2, 3, 2, 5, 3]
DISEASE_FREE = [10, 42, 9, 43, 3, 7, 25]
RECURRED = [1, 1, 0, 0, 1, 0, 0]


def _estimate(time: list[float], event: list[int], **options: object) -> Estimate:
    result = kaplan_meier(time, event, **options)  # type: ignore[arg-type]
    assert isinstance(result, Estimate)
    return result


def test_time_to_cr_of_the_seven_patients_is_3_months() -> None:
    found = _estimate(TIME_TO_CR, [1] * 7)
    assert (found.value, found.lower, found.upper) == (3, 2, 5)
    assert (found.n_patients, found.n_events) == (7, 7)


def test_disease_free_median_is_42_and_its_upper_limit_is_not_reached() -> None:
    found = _estimate(DISEASE_FREE, RECURRED)
    assert (found.value, found.lower, found.upper) == (42, 3, None)
    assert found.detail["upper"] == "not reached"
    assert found.detail["curve"]["at_risk"].tolist() == [7, 6, 5, 4, 3, 2, 1]


def test_a_curve_without_events_stays_at_one_and_has_no_median() -> None:
    found = _estimate([5, 8, 2], [0, 0, 0])
    assert found.value is None
    assert found.detail["value"] == "not reached"
    assert found.detail["curve"]["survival"].tolist() == [1, 1, 1]


def test_one_patient_with_the_event() -> None:
    found = _estimate([4], [1])
    assert (found.value, found.lower, found.upper) == (4, None, None)
    assert found.detail["lower"] == "no limit: the curve falls to 0 in one step"


def test_nobody_is_not_estimable() -> None:
    assert isinstance(kaplan_meier([], []), NotEstimable)


def test_everyone_at_the_same_time() -> None:
    found = _estimate([3] * 50, [1] * 50)
    assert found.value == 3
    assert found.as_json()["detail"]["curve"]["lower"] == [None]


def test_a_censored_patient_is_at_risk_at_the_month_of_censoring() -> None:
    assert _estimate([3, 3], [1, 0]).detail["curve"]["survival"].tolist() == [0.5]


def test_where_the_curve_rests_at_one_half_the_median_is_the_middle() -> None:
    assert _estimate([2, 4, 6, 9], [1, 1, 1, 1]).value == 5


def test_months_computed_along_two_ways_are_ties() -> None:
    found = _estimate([0.3, 0.1 + 0.2, 1.0], [1, 1, 1])
    assert found.detail["curve"]["events"].tolist() == [2, 1]


def test_an_emptied_risk_set_is_told() -> None:
    found = _estimate([2, 5, 8], [1, 1, 0], entry=[0, 3, 4])
    assert found.value == 2
    assert "everyone then under observation" in found.notes[0]


@pytest.mark.parametrize(
    ("time", "event", "options", "message"),
    [
        ([-1], [1], {}, "not a time"),
        ([float("nan")], [1], {}, "not a time"),
        ([1], [0.5], {}, "not an event code"),
        ([1, 2], [1], {}, "one value a patient"),
        ([1], [1], {"entry": [1]}, "entry is not before the end"),
        ([0.1 + 0.2], [1], {"entry": [0.3]}, "differ by rounding only"),
        ([1], [1], {"level": 1.5}, "level"),
        ([1], [1], {"conf_type": "logit"}, "not a kind of interval"),
    ],
)
def test_impossible_input_is_refused(time: list, event: list, options: dict, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        kaplan_meier(time, event, **options)
