"""The warning of `glmm_t` where simulations say that its interval holds the truth too seldom."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from synthesize.estimate import Estimate
from synthesize.proportions import coverage, pool

TABLE = """median_rate,tau,k,glmm_t,glmm_profile_t
0.003,0.0,4,0.99,0.991
0.003,0.5,4,0.94,0.981
0.003,1.0,4,0.91,0.971
0.003,0.0,10,0.97,0.972
0.03,0.0,4,0.99,0.992
0.03,0.5,4,0.95,0.953
0.03,1.0,4,0.94,0.944
0.03,0.0,10,0.92,0.951
"""


@pytest.fixture
def simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "coverage.csv"
    path.write_text(TABLE)
    monkeypatch.setattr(coverage, "FILE", path)
    monkeypatch.setattr(coverage, "cells", coverage.cells.__wrapped__)


@pytest.mark.usefixtures("simulated")
@pytest.mark.parametrize(
    ("rate", "taus", "k", "level", "worst"),
    [
        (0.004, (0.0, 2.0), 4, 0.95, "91.0"),
        (0.004, (0.0, 0.7), 4, 0.95, None),  # the data exclude the spread at which it falls short
        (0.004, (0.9, 2.0), 4, 0.95, "91.0"),
        (0.004, (3.0, math.inf), 5, 0.95, "91.0"),  # the largest simulated spread stands for larger ones
        (0.03, (0.0, 2.0), 4, 0.95, None),
        (0.03, (0.0, 2.0), 30, 0.95, "92.0"),
        (0.004, (0.0, 2.0), 4, 0.9, None),  # only 95 % intervals were simulated
        (0.2, (0.0, 2.0), 4, 0.95, None),  # nor rates like this
        (0.001, (0.0, 2.0), 4, 0.95, None),
    ],
)
def test_the_worst_situation_that_the_data_do_not_exclude(
    rate: float, taus: tuple[float, float], k: int, level: float, worst: str | None
) -> None:
    said = coverage.shortfall(rate, taus, k, level)
    assert (said is None) == (worst is None)
    if said is not None and worst is not None:
        assert f"held the truth in {worst} %" in said


@pytest.mark.usefixtures("simulated")
def test_the_primary_row_carries_it() -> None:
    first, *others = (one for one in pool([0, 5, 1, 6], [250, 900, 1800, 1700]) if isinstance(one, Estimate))
    assert first.method == "glmm_t"
    assert any("held the truth in 91.0 %" in note for note in first.notes)
    assert not any("held the truth" in note for one in others for note in one.notes)


def test_the_threshold_for_few_studies_is_wider_than_chi_square_and_tends_to_it() -> None:
    results = {one.method: one for one in pool([7, 18, 2, 1], [523, 3047, 90, 449]) if isinstance(one, Estimate)}
    few, many = results["glmm_profile_t"], results["glmm_profile"]
    assert few.lower is not None
    assert few.upper is not None
    assert many.lower is not None
    assert many.upper is not None
    assert few.lower < many.lower < many.upper < few.upper
    assert few.value == many.value == results["glmm_t"].value


def test_a_spread_beyond_every_simulated_one_is_said_not_to_be_known() -> None:
    """Events in one of five arms: the likelihood puts τ at 2.7, and no interval was tried there."""
    first = pool([0, 5, 0, 0, 0], [389, 372, 165, 150, 299])[0]
    assert isinstance(first, Estimate)
    assert any(note.startswith("events in 1 of 5 studies only") for note in first.notes)
    assert any(note.startswith(f"{coverage.BEYOND} (τ 2.7)") for note in first.notes)


def test_a_spread_within_the_simulated_ones_goes_without_that() -> None:
    first = pool([0, 5, 0, 0, 0, 8, 12, 18], [389, 372, 165, 150, 299, 1566, 1119, 3047])[0]
    assert isinstance(first, Estimate)
    assert not any(note.startswith((coverage.BEYOND, "all ")) for note in first.notes)
    assert coverage.beyond(1.0) is None
