"""What must hold for rates, log-rank and Firth's Cox model on any patients."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesize.estimate import Estimate
from synthesize.survival import cox_firth, logrank
from synthesize.survival.person_time import rate_ratio
from synthesize.survival.status import landmark, split_at_stop

QUICK = settings(max_examples=25, deadline=None)
MONTHS = st.integers(1, 12)  # few values, so that ties are the rule


@st.composite
def patients(draw, least=2, most=9):
    """(follow-up, event, stop) of patients, as `split_at_stop` takes them; invented."""
    size = draw(st.integers(least, most))
    follow_up = draw(st.lists(MONTHS, min_size=size, max_size=size))
    event = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    stop = draw(st.lists(st.none() | st.integers(-1, 14), min_size=size, max_size=size))
    return follow_up, event, stop


@st.composite
def groups(draw):
    follow_up, event, _ = draw(patients())
    group = draw(st.lists(st.booleans(), min_size=len(event), max_size=len(event)))
    return np.array(follow_up, float), np.array(event), np.array(group)


def numbers(result):
    if not isinstance(result, Estimate):
        return (result.method, result.reason)
    return tuple(math.inf if x is None else x for x in (result.value, result.lower, result.upper, result.p_value))


def same(here, there, rel=1e-8):
    for one, other in zip(here, there, strict=True):
        assert type(one) is type(other)
        if isinstance(one, Estimate):
            assert numbers(one) == pytest.approx(numbers(other), rel=rel)


@QUICK
@given(patients(least=0))
def test_splitting_keeps_every_month_and_every_event(data):
    follow_up, event, _ = data
    rows = split_at_stop(*data)
    assert rows.months(on_drug=True) + rows.months(on_drug=False) == sum(follow_up)
    assert rows.events(on_drug=True) + rows.events(on_drug=False) == sum(event)
    assert (rows.start < rows.stop).all()
    assert set(rows.patient.tolist()) | set(rows.left_out) == set(range(len(follow_up)))


@QUICK
@given(patients(), st.integers(0, 10))
def test_a_landmark_counts_each_patient_once_or_leaves_it_out(data, at):
    rows = landmark(*data, at)
    assert sorted([*rows.patient.tolist(), *rows.left_out]) == list(range(len(data[0])))
    assert (rows.stop > at).all()


COUNTS, TIME = st.integers(0, 40), st.floats(0.5, 5000)


@QUICK
@given(COUNTS, TIME, COUNTS, TIME)
def test_exchanging_on_and_off_inverts_the_rate_ratio(on, months_on, off, months_off):
    here, there = rate_ratio(on, months_on, off, months_off)[2], rate_ratio(off, months_off, on, months_on)[2]
    if not isinstance(here, Estimate):
        assert not isinstance(there, Estimate)
        return
    value, lower, upper, p = numbers(there)
    invert = [math.inf if x == 0 else 1 / x for x in (value, upper, lower)]
    assert numbers(here) == pytest.approx((*invert, p), rel=1e-8)
    assert numbers(here)[1] <= numbers(here)[0] <= numbers(here)[2]


@QUICK
@given(st.integers(1, 20), TIME, st.integers(1, 20), TIME)
def test_doubling_events_and_months_narrows_the_rate_ratio(on, months_on, off, months_off):
    once = rate_ratio(on, months_on, off, months_off)[2]
    twice = rate_ratio(2 * on, 2 * months_on, 2 * off, 2 * months_off)[2]
    assert twice.value == pytest.approx(once.value)
    assert twice.upper / twice.lower < once.upper / once.lower


@QUICK
@given(groups(), st.booleans())
def test_a_patient_without_follow_up_changes_nothing(data, side):
    time, event, group = data
    longer = np.append(time, 0.0), np.append(event, False), np.append(group, side)
    zeros = np.zeros(len(time))
    if len(set(group.tolist())) == 2:
        same(logrank.compare(*data), logrank.compare(*longer), rel=1e-12)
    same(
        cox_firth.fit(zeros, time, event, group),
        cox_firth.fit(np.append(zeros, 0.0), *longer),
        rel=1e-12,
    )


@QUICK
@given(groups(), st.randoms())
def test_the_order_of_patients_and_the_unit_of_time_do_not_matter(data, random):
    order = random.sample(range(len(data[0])), len(data[0]))
    time, event, group = (column[order] for column in data)
    same(logrank.compare(*data), logrank.compare(30.4375 * time, event, group))
    zeros = np.zeros(len(time))
    same(cox_firth.fit(zeros, *data), cox_firth.fit(zeros, 30.4375 * time, event, group))


@QUICK
@given(groups())
def test_exchanging_the_groups_inverts_the_hazard_ratio(data):
    time, event, group = data
    zeros = np.zeros(len(time))
    pairs = [
        (logrank.compare(*data)[0], logrank.compare(time, event, ~group)[0]),
        (cox_firth.fit(zeros, *data)[0], cox_firth.fit(zeros, time, event, ~group)[0]),
    ]
    for here, there in pairs:
        assert type(here) is type(there)
        if isinstance(here, Estimate):
            value, lower, upper, p = numbers(there)
            assert numbers(here) == pytest.approx((1 / value, 1 / upper, 1 / lower, p), rel=1e-8)
            assert here.lower <= here.value <= here.upper


@QUICK
@given(groups(), st.integers(1, 11))
def test_cutting_follow_up_in_two_rows_changes_nothing(data, cut):
    time, event, group = data
    late = time > cut
    rows = (
        np.concatenate([np.zeros(len(time)), np.full(late.sum(), cut)]),
        np.concatenate([np.minimum(time, cut), time[late]]),
        np.concatenate([event & ~late, event[late]]),
        np.concatenate([group, group[late]]),
    )
    same(cox_firth.fit(np.zeros(len(time)), *data), cox_firth.fit(*rows))
    same(logrank.compare(*data)[:1], logrank.compare(*rows[1:], entry=rows[0])[:1])


@QUICK
@given(groups())
def test_the_interval_of_firths_cox_agrees_with_its_test(data):
    (fit,) = cox_firth.fit(np.zeros(len(data[0])), *data)
    if isinstance(fit, Estimate) and abs(fit.p_value - 0.05) > 1e-9:
        assert (fit.lower <= 1 <= fit.upper) == (fit.p_value > 0.05)
