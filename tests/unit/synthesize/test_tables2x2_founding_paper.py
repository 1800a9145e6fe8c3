"""The seven patients of the founding paper: 1 recurrence of 5 kept on the drug, 2 of 2 stopped."""

import pytest

from synthesize.survival.person_time import rate_ratio
from synthesize.survival.status import landmark, split_at_stop
from synthesize.tables2x2 import compare

FOLLOW_UP = [10, 42, 9, 43, 3, 7, 25]
EVENT = [True, True, False, False, True, False, False]
STOP = [1.5, 0, None, None, None, None, None]


@pytest.fixture(scope="module")
def table():
    return {result.method: result for result in compare(1, 5, 2, 2)}


# METHODS of the project, section 6; closed forms: 1/7, 1/14 and 2/7 from the margins (5, 2; 3, 4).
def test_fisher_by_minimum_likelihood(table):
    assert table["fisher_exact"].p_value == pytest.approx(1 / 7, rel=1e-12)
    assert table["fisher_exact"].detail["p_central"] == pytest.approx(2 / 7, rel=1e-12)


def test_fisher_mid_p(table):
    assert table["fisher_midp"].p_value == pytest.approx(1 / 14, rel=1e-12)
    assert table["fisher_midp"].detail["p_central"] == pytest.approx(1 / 7, rel=1e-12)


def test_conditional_odds_ratio(table):
    # closed form: P(X <= 1) = 5 / (5 + 20 r + 10 r^2) = 0.025 gives r = -1 + sqrt(1 + 19.5)
    assert table["conditional_or"].value == 0.0
    assert table["conditional_or"].lower == 0.0
    assert table["conditional_or"].upper == pytest.approx(20.5**0.5 - 1, rel=1e-12)


def test_risk_difference(table):
    newcombe, mn = table["risk_difference_newcombe"], table["risk_difference_mn"]
    assert newcombe.value == mn.value == -0.8
    assert (newcombe.lower, newcombe.upper) == pytest.approx((-0.9638, -0.0173), abs=5e-5)  # printed digits
    assert (mn.lower, mn.upper) == pytest.approx((-0.9676, 0.0685), abs=5e-5)


def test_counts_are_told(table):
    assert {(result.n_patients, result.n_events) for result in table.values()} == {(7, 3)}


def test_follow_up_split_at_the_stop():
    rows = split_at_stop(FOLLOW_UP, EVENT, STOP)
    assert (rows.months(on_drug=True), rows.months(on_drug=False)) == (88.5, 50.5)
    assert (rows.events(on_drug=True), rows.events(on_drug=False)) == (1, 2)


def test_person_time_rate_ratio():
    on, off, ratio = rate_ratio(1, 88.5, 2, 50.5)
    assert on.value == pytest.approx(100 / 88.5)
    assert off.value == pytest.approx(200 / 50.5)
    assert ratio.value == pytest.approx(0.2853, abs=5e-5)
    assert (ratio.lower, ratio.upper) == pytest.approx((0.0048, 5.4806), abs=5e-5)


def test_landmark_at_cr_has_six_on_and_one_off():
    rows = landmark(FOLLOW_UP, EVENT, STOP, 0)
    assert (rows.on_drug.sum(), (~rows.on_drug).sum()) == (6, 1)
    assert rows.left_out == ()
