"""What must be true of the audit and of overlaps, whoever the patients are."""

from __future__ import annotations

import statistics

from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.audit import audit
from harmonize.audit_figures import read_printed
from harmonize.overlap_patients import Patients

AGES = st.lists(st.integers(20, 90), min_size=1, max_size=12)
SEXES = ("M", "F", "not_reported")
PEOPLE = st.lists(
    st.tuples(
        st.integers(40, 60) | st.none(),
        st.sampled_from(SEXES),
        st.sampled_from(("HBV", "HCV", "HBV;alcohol", "not_reported")),
        st.floats(1, 15).map(lambda size: round(size, 1)) | st.none(),
        st.sampled_from("abc"),
    ),
    max_size=12,
)


def patients(ages: list[int]) -> list[dict]:
    return [{"patient_id": f"s_p{n}", "study_id": "s", "age_years": float(age)} for n, age in enumerate(ages)]


def verdict(ages: list[int], statistic: str, printed: str, category: str | None = None) -> str:
    claim = {
        "claim_id": "c", "study_id": "s", "subject": "CR patients", "field": "age_years", "category": category,
        "statistic": statistic, "printed": printed, "spread": None, "unit": "years", "of_total": len(ages),
    }  # fmt: skip
    return audit([claim], patients(ages), [])[0].outcome


@settings(max_examples=60, deadline=None)
@given(AGES, st.integers(0, 2))
def test_a_figure_printed_as_it_is_never_contradicts(ages: list[int], decimals: int) -> None:
    for name, value in (("min", min(ages)), ("max", max(ages)), ("median", statistics.median(ages)),
                        ("mean_sd", statistics.fmean(ages))):  # fmt: skip
        assert verdict(ages, name, f"{value:.{decimals}f}") == "agrees"
    below = sum(age < 50 for age in ages)
    assert verdict(ages, "count", str(below), "<50") == "agrees"
    assert verdict(ages, "percent", f"{100 * below / len(ages):.{decimals}f}", "<50") == "agrees"


@settings(max_examples=60, deadline=None)
@given(AGES, st.sampled_from(("min", "max", "median")), st.integers(1, 30) | st.integers(-15, -1))
def test_a_figure_off_by_more_than_rounding_always_does(ages: list[int], statistic: str, off: int) -> None:
    value = {"min": min, "max": max, "median": statistics.median}[statistic](ages)
    assert verdict(ages, statistic, f"{value + off:.1f}") == "contradicted"


@given(st.decimals(0, 99999, places=2))
def test_a_printed_number_covers_itself(number: object) -> None:
    for words in (f"{number}", f"{number:,}"):
        printed = read_printed(words)
        assert printed is not None
        assert printed.covers((float(number), float(number)))  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(PEOPLE)
def test_pairs_are_the_same_whatever_the_order_and_no_candidate_is_vetoed_or_of_one_study(people: list) -> None:
    rows = [
        {"patient_id": f"{study}_p{n}", "study_id": study, "age_years": None if age is None else float(age), "sex": sex,
         "etiology": cause, "max_tumor_size_cm": size}
        for n, (age, sex, cause, size, study) in enumerate(people)
    ]  # fmt: skip
    found = list(Patients(rows, []).candidates())
    assert found == list(Patients(rows[::-1], []).candidates())
    for pair in found:
        assert not pair.vetoed
        assert pair.weight >= 0
        assert pair.first_id < pair.second_id
        assert pair.first_id[0] != pair.second_id[0]
