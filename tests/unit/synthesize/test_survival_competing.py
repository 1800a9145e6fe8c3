"""Aalen–Johansen on the founding paper's seven patients and at the edges."""

from __future__ import annotations

import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import Estimate, NotEstimable
from synthesize.survival.competing import aalen_johansen

DISEASE_FREE = [10, 42, 9, 43, 3, 7, 25]
CAUSE = [1, 1, 2, 0, 1, 0, 0]


def test_recurrence_and_death_of_the_seven_patients_at_43_months() -> None:
    names = {1: "recurrence", 2: "death without recurrence"}
    recurrence, death = aalen_johansen(DISEASE_FREE, CAUSE, names=names, horizon=43)
    assert isinstance(recurrence, Estimate)
    assert isinstance(death, Estimate)
    # by hand: 1/7 + 6/7 × 4/5 × 1/4 + 18/35 × 1/2 (survival after deaths and recurrences), and 6/7 × 1/5
    assert recurrence.value == pytest.approx(4 / 7, abs=1e-15)
    assert death.value == pytest.approx(6 / 35, abs=1e-15)
    assert (recurrence.n_events, death.n_events) == (3, 1)
    assert death.subset == "all: death without recurrence"


def test_before_the_first_event_nothing_has_happened() -> None:
    found = aalen_johansen(DISEASE_FREE, CAUSE, horizon=2)[0]
    assert isinstance(found, Estimate)
    assert (found.value, found.lower, found.upper) == (0, None, None)
    assert found.detail["lower"] == "no interval at 0 or 1"


def test_everyone_has_an_event() -> None:
    results = aalen_johansen([1, 2], [1, 2])
    assert [result.value for result in results if isinstance(result, Estimate)] == [0.5, 0.5]


@pytest.mark.parametrize(
    ("cause", "reason"), [([0, 0], "no event"), ([1, 0], "one kind of event"), ([1, 1], "one kind of event")]
)
def test_without_a_competing_event_there_is_nothing_to_add(cause: list[int], reason: str) -> None:
    (found,) = aalen_johansen([3, 5], cause)
    assert isinstance(found, NotEstimable)
    assert found.reason.startswith(reason)


def test_nobody() -> None:
    assert isinstance(aalen_johansen([], [])[0], NotEstimable)


def test_impossible_codes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not an event code"):
        aalen_johansen([1, 2], [1, -1])
