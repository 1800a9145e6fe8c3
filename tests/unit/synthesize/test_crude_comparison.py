"""Never stopped against ever stopped: strata by source, and what is unknown put on either side."""

from __future__ import annotations

from itertools import product

import pytest

from catalog.topic import Analysis, Exclusion, Topic
from synthesize.crude_comparison import crude, unreported
from synthesize.estimate import Estimate, NotEstimable
from synthesize.load import Evidence

UNINFORMED = Exclusion(
    "not_told", "whether it recurred is not told", "patient", ("recurrence",), when={"recurrence": ("not_reported",)}
)
RESECTED = Exclusion("resected", "resected", "patient", ("recurrence",), when={"drug_after_cr": ("surgery",)})
PRIMARY = Analysis("primary", "recurrence", "everybody")


def evidence(*patients: tuple[str, str]) -> Evidence:
    """Patients of one study as (drug after CR, recurrence)."""
    rows = {
        f"p{place}": {"patient_id": f"p{place}", "study_id": "a", "drug_after_cr": drug, "recurrence": recurrence}
        for place, (drug, recurrence) in enumerate(patients, start=1)
    }
    return Evidence({"a": {"study_id": "a", "design": "case_report"}}, rows, (), (), (), (), {})


def topic() -> Topic:
    made = object.__new__(Topic)
    object.__setattr__(made, "exclusions", (UNINFORMED, RESECTED))
    return made


def bounds(found: Evidence, analysis: Analysis = PRIMARY) -> dict[str, Estimate]:
    results = unreported(found, topic(), analysis)
    assert all(isinstance(one, Estimate) for one in results)
    return {one.subset: one for one in results if isinstance(one, Estimate)}


def test_every_completion_of_outcomes_that_are_not_reported() -> None:
    """1 of 2 on the drug, 1 of 1 off it, and one of each whose outcome is not told: worked out by hand."""
    found = bounds(evidence(
        ("maintained", "no"), ("reduced", "yes"), ("maintained", "not_reported"),
        ("stopped_after_cr", "yes"), ("stopped_before_cr", "not_reported"),
    ))  # fmt: skip
    (one,) = found.values()
    assert (one.subset, one.n_patients) == ("all", 5)
    assert one.value == pytest.approx(1 / 2 - 1)
    assert one.lower == pytest.approx(1 / 3 - 2 / 2)
    assert one.upper == pytest.approx(2 / 3 - 1 / 2)


def test_patients_of_unclear_status_stand_on_one_side_and_then_on_the_other() -> None:
    found = bounds(evidence(("maintained", "no"), ("stopped_after_cr", "yes"), ("unclear", "yes")))
    as_on, as_off = (found[f"all: unclear drug status as {words}"] for words in ("never stopped", "stopped"))
    assert (as_on.value, as_on.lower, as_on.upper) == (-0.5, -0.5, -0.5)
    assert (as_off.value, as_off.lower, as_off.upper) == (-1.0, -1.0, -1.0)
    assert "p3" in as_on.notes[-1]


def test_unclear_patients_stand_on_whichever_side_as_in_every_completion() -> None:
    """Against every completion of side and outcome, one by one."""
    told = [("maintained", "no"), ("maintained", "yes"), ("stopped_after_cr", "yes"), ("stopped_after_cr", "no"),
            ("maintained", "not_reported"), ("unclear", "no"), ("unclear", "not_reported"), ("unclear", "not_reported"),
            ("stopped_after_cr", "yes"), ("unclear", "yes")]  # fmt: skip
    found = bounds(evidence(*told))["all: unclear drug status on whichever side, patient by patient"]
    sides = [("on", "off") if drug == "unclear" else ("on",) if drug == "maintained" else ("off",) for drug, _ in told]
    ends = [(0, 1) if end == "not_reported" else (int(end == "yes"),) for _, end in told]
    differences = []
    for completed in product(*(product(side, end) for side, end in zip(sides, ends, strict=True))):
        risk = {}
        for side in ("on", "off"):
            events = [event for where, event in completed if where == side]
            risk[side] = sum(events) / len(events)
        differences.append(risk["on"] - risk["off"])
    assert (found.lower, found.upper) == (pytest.approx(min(differences)), pytest.approx(max(differences)))
    assert found.value == pytest.approx(1 / 2 - 2 / 3)
    assert found.n_patients == len(told)


def test_a_side_that_nobody_need_be_on_is_not_compared() -> None:
    found = unreported(evidence(("maintained", "no"), ("unclear", "no")), topic(), PRIMARY)
    assert isinstance(found[-1], NotEstimable)
    assert "one side" in found[-1].reason


def test_who_is_left_out_for_what_is_known_stays_out() -> None:
    (one,) = bounds(evidence(("maintained", "no"), ("stopped_after_cr", "yes"), ("surgery", "no"))).values()
    assert one.n_patients == 2


@pytest.mark.parametrize(("side", "value"), [("off", 0.0 - 2 / 2), ("on", 1 / 2 - 1), ("left_out", 0.0 - 1)])
def test_who_stopped_before_cr_stands_where_the_analysis_says(side: str, value: float) -> None:
    analysis = Analysis("other", "recurrence", "t", stopped_before_cr=side)  # type: ignore[arg-type]
    found = bounds(evidence(("maintained", "no"), ("stopped_after_cr", "yes"), ("stopped_before_cr", "yes")), analysis)
    assert found["all"].value == value


def test_strata_by_source_hold_what_the_sources_hold() -> None:
    """The exact odds ratio within sources differs from that of everybody thrown together."""
    results = crude(
        ["on"] * 3 + ["off"] * 3 + ["on"] * 2 + ["off"] * 4,
        [True, True, False, True, False, False, False, False, False, False, False, True],
        ["cohort"] * 6 + ["case reports"] * 6,
    )
    found = {one.method: one for one in results}
    stratified, together = found["stratified_conditional_or"], found["conditional_or"]
    assert isinstance(stratified, Estimate)
    assert isinstance(together, Estimate)
    assert stratified.k_studies == 2
    assert stratified.value != pytest.approx(together.value, rel=0.01)
    assert "mantel_haenszel_rd" not in found


def test_one_side_alone_compares_nothing() -> None:
    (one,) = crude(["on", "on"], [True, False], ["a", "b"])
    assert isinstance(one, NotEstimable)


@pytest.mark.parametrize(
    ("rule", "lacks"),
    [
        (UNINFORMED, True),
        (RESECTED, False),
        (Exclusion("a", "a", "patient", ("recurrence",), missing=("months",)), True),
        (Exclusion("b", "b", "study", ("recurrence",), filled=("retracted_by",)), False),
    ],
)
def test_a_rule_for_want_of_information_is_told_from_others(rule: Exclusion, lacks: bool) -> None:
    assert rule.lacks_information is lacks
