import math

import numpy as np
import pytest

from catalog.errors import InvalidInput
from synthesize.survival.status import landmark, split_at_stop


def rows_of(rows):
    return [
        (int(p), float(a), float(b), bool(e), bool(d))
        for p, a, b, e, d in zip(rows.patient, rows.start, rows.stop, rows.event, rows.on_drug, strict=True)
    ]


def test_a_stop_during_follow_up_gives_two_rows_and_the_event_belongs_to_the_second():
    rows = split_at_stop([10], [True], [1.5])
    assert rows_of(rows) == [(0, 0.0, 1.5, False, True), (0, 1.5, 10.0, True, False)]


@pytest.mark.parametrize("stop", [None, 12, math.inf, 10])
def test_a_stop_at_or_after_the_end_is_one_row_on_the_drug(stop):
    assert rows_of(split_at_stop([10], [True], [stop])) == [(0, 0.0, 10.0, True, True)]


@pytest.mark.parametrize("stop", [0, -3, 0.0])
def test_a_stop_before_or_at_cr_is_one_row_off_the_drug(stop):
    assert rows_of(split_at_stop([10], [False], [stop])) == [(0, 0.0, 10.0, False, False)]


def test_a_patient_without_follow_up_is_left_out_and_named():
    rows = split_at_stop([0, 5], [False, False], [None, None])
    assert rows.left_out == (0,)
    assert rows.patient.tolist() == [1]


def test_nobody_gives_empty_rows():
    rows = split_at_stop([], [], [])
    assert len(rows) == 0
    assert rows.months(on_drug=True) == 0
    assert rows.event.dtype == np.bool_


def test_landmark_drops_who_recurred_or_left_and_groups_by_status_then():
    rows = landmark([10, 42, 2, 3], [True, True, True, False], [1.5, 0, None, None], at=3)
    assert rows_of(rows) == [(0, 3.0, 10.0, True, False), (1, 3.0, 42.0, True, False)]
    assert rows.left_out == (2, 3)


def test_landmark_counts_a_later_stop_as_still_on():
    assert landmark([10], [True], [6], at=3).on_drug.tolist() == [True]
    assert landmark([10], [True], [3], at=3).on_drug.tolist() == [False]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (([-1], [False], [None]), "follow-up is not a time"),
        (([math.nan], [False], [None]), "follow-up is not a time"),
        (([0], [True], [None]), "recurrence at month 0"),
        (([5], [True], [math.nan]), "month of the stop is unknown"),
        (([5, 6], [True], [None]), "one entry a patient"),
    ],
)
def test_impossible_input_is_refused(call, message):
    with pytest.raises(InvalidInput, match=message):
        split_at_stop(*call)


@pytest.mark.parametrize("at", [-1, math.nan, math.inf])
def test_a_landmark_must_be_a_month_after_cr(at):
    with pytest.raises(InvalidInput, match="not a landmark"):
        landmark([5], [True], [None], at)
