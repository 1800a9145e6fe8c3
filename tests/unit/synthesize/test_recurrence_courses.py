"""The drug's course after CR as an analysis takes it: what is certain, and whose side a patient is on."""

from __future__ import annotations

import pytest

from catalog.topic import Analysis
from synthesize.eligibility import Selection
from synthesize.load import Evidence
from synthesize.recurrence import courses

EVIDENCE = Evidence({"a": {"study_id": "a", "design": "case_report"}}, {}, (), (), (), (), {})


def course_of(analysis: dict | None = None, **row: object):
    base = {
        "patient_id": "a_p1", "study_id": "a", "drug_after_cr": "maintained", "recurrence": "no",
        "disease_free_from_cr_months_lower": 12.0, "disease_free_from_cr_months_upper": 16.0,
        "drug_stop_from_cr_months_lower": None, "drug_stop_from_cr_months_upper": None, "status_last": "alive",
    }  # fmt: skip
    selection = Selection(Analysis("primary", "recurrence", "t", **(analysis or {})), ({**base, **row},), ())
    return courses(selection, EVIDENCE)


def test_what_is_certain_counts_by_default_and_the_later_bound_on_request() -> None:
    stop = {"drug_after_cr": "stopped_after_cr", "drug_stop_from_cr_months_lower": 8.0,
            "drug_stop_from_cr_months_upper": 12.0}  # fmt: skip
    (known,), _ = course_of(**stop)
    assert (known.months, known.stop) == (12.0, 8.0)
    (known,), _ = course_of({"ends": "upper"}, **stop)
    assert (known.months, known.stop) == (16.0, 12.0)


def test_an_open_upper_end_leaves_the_certain_one() -> None:
    (known,), _ = course_of({"ends": "upper"}, disease_free_from_cr_months_upper=None)
    assert known.months == 12.0


@pytest.mark.parametrize(("side", "stop"), [("off", 0.0), ("on", None)])
def test_who_stopped_before_cr_is_put_where_the_analysis_says(side: str, stop: float | None) -> None:
    (known,), _ = course_of({"stopped_before_cr": side}, drug_after_cr="stopped_before_cr")
    assert known.stop == stop


def test_who_stopped_before_cr_can_be_left_out() -> None:
    assert course_of({"stopped_before_cr": "left_out"}, drug_after_cr="stopped_before_cr") == ([], [])


@pytest.mark.parametrize("row", [{"drug_after_cr": "unclear"}, {"drug_after_cr": "stopped_after_cr"}])
def test_an_unknown_course_is_in_the_curve_and_not_in_the_comparison(row: dict) -> None:
    known, unclear = course_of(**row)
    assert known == []
    assert len(unclear) == 1


@pytest.mark.parametrize(("recurrence", "died"), [("no", True), ("yes", False)])
def test_death_competes_only_when_it_came_without_a_recurrence(recurrence: str, died: bool) -> None:
    (known,), _ = course_of(status_last="dead_other", recurrence=recurrence)
    assert known.died is died
