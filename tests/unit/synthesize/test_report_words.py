"""How numbers are written in the report."""

from __future__ import annotations

import pytest

from synthesize.estimate import Estimate
from synthesize.proportions import pool
from synthesize.report.words import percent, percent_span


@pytest.mark.parametrize(
    ("share", "written"),
    [(None, "NR"), (0.0, "0 %"), (1.0, "100 %"), (0.013384, "1.34 %"), (2e-5, "0.002 %"), (1e-43, "<0.001 %")],
)
def test_shares_as_percentages(share: float | None, written: str) -> None:
    assert percent(share) == written


def test_a_limit_that_is_all_but_nothing_is_written_as_under_the_least() -> None:
    assert percent_span(1e-43, 0.0174) == "<0.001 to 1.74 %"


def test_events_in_hardly_any_study_are_a_warning() -> None:
    """All events in one of five: the likelihood knows next to nothing of the spread."""
    rows = pool([0, 0, 5, 0, 0], [389, 150, 372, 165, 299], methods=["glmm_t", "glmm_profile_t"])
    for row in rows:
        assert isinstance(row, Estimate)
        assert row.notes[0].startswith("events in 1 of 5 studies only")
    (three,) = pool([1, 2, 5, 0, 0], [389, 150, 372, 165, 299], methods=["glmm_profile_t"])
    assert isinstance(three, Estimate)
    assert three.notes == ()
