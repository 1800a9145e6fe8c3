"""The cells of one study's or one patient's row, with their footnote marks."""

from __future__ import annotations

from collections.abc import Callable

from catalog.disclosure import shown_age
from synthesize.analysis import Synthesis
from synthesize.load import Row
from synthesize.report.notes import Marks
from synthesize.report.words import NOT_APPLICABLE, NOT_REPORTED, label, months, number, percent, percent_span

Cells = dict[str, str]
Found = dict[str, str]
UNSAID = (None, "not_reported", "not_stated", "not_applicable", "unclear")


def study_cells(row: Row, place: str, synthesis: Synthesis, marks: Marks) -> tuple[Cells, Found]:
    """Return the row of an arm or cohort: its count with the exact interval, criterion, whether it counts."""
    own = next((e for e in synthesis.each_study if e.subset == row["study_id"]), None)
    count = f"{row['n_cr']}/{row['n_treated'] if row['n_treated'] is not None else NOT_REPORTED}"
    rate = f"; {percent(own.value)} ({percent_span(own.lower, own.upper)})" if own else ""
    decision = synthesis.decision("cr_rate", row["study_id"])
    cells = {
        "no": place,
        "report": _report(row),
        "design_n": f"{label('design', row['design'])}, {count}{rate}",
        "criterion": label("criterion", row["criterion"]),
        "concomitant_treatment": {"yes": "none", "no": "combined", "unclear": "unclear"}[row["monotherapy"]],
        "read": row["part_seen"] or NOT_REPORTED,
        "counts_in": "R" if decision.included else "—",
        "unit_id": row["study_id"],
    }
    found: dict[str, list[str]] = {}
    _mark_reading(row, found)
    if decision.reason_code == "counted_once":
        found.setdefault("counts_in", []).append("repeated")
    return cells, _letters(found, marks)


def patient_cells(row: Row, study: Row, place: str, synthesis: Synthesis, marks: Marks) -> tuple[Cells, Found]:
    """Return the row of a patient."""
    cells = {name: make(row) for name, make in PATIENT_CELLS.items()}
    cells |= {
        "no": place,
        "report": _report(study) if not study["present_cohort"] else f"Patient {row['patient_id'].split('_p')[-1]}",
        "design_n": label("design", study["design"]) if not study["present_cohort"] else "",
        "items": f"{_items(row)}/8",
        "read": study["part_seen"] or NOT_REPORTED,
        "counts_in": _counts_in(row, synthesis),
        "unit_id": row["patient_id"],
    }
    return cells, _letters(_patient_marks(row, study, synthesis), marks)


def also_told_by(row: Row) -> list[str]:
    """Return the other studies that tell of a patient, by decision the same one."""
    return row["also_study_ids"].split(";") if row["also_study_ids"] else []


def _report(row: Row) -> str:
    author = row["first_author"] or "Authors not displayed"
    text = f"{author}, {row['year'] or 'year ' + NOT_REPORTED}"
    return f"{text} ({row['country']})" if row["country"] else text


def _counts_in(row: Row, synthesis: Synthesis) -> str:
    letters = [
        letter
        for letter, question in (("T", "time_to_cr"), ("F", "recurrence"))
        if synthesis.decision(question, row["patient_id"]).included
    ]
    return ", ".join(letters) or "—"


def _patient_marks(row: Row, study: Row, synthesis: Synthesis) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    _mark_reading(study, found)
    add = lambda column, kind: found.setdefault(column, []).append(kind)  # noqa: E731
    decisions = [synthesis.decision(question, row["patient_id"]) for question in ("time_to_cr", "recurrence")]
    if any(decision.reason_code == "counted_once" for decision in decisions):
        add("report", "repeated")
    if also_told_by(row):
        add("report", "merged")
    if row["cr_certainty"] != "confirmed":
        add("criterion", "certainty")
    if row["concomitant_treatment"] not in (None, "none", "not_reported"):
        add("report", "combined")
    if row["drug_after_cr"] == "surgery":
        add("time_to_cr", "resected")
    elif row["time_to_cr_months_lower"] != row["time_to_cr_months_upper"]:
        add("time_to_cr", "interval")
    if row["drug_after_cr"] == "stopped_before_cr":
        add("after_cr", "before")
    if row["disease_free_from_cr_months_lower"] != row["disease_free_from_cr_months_upper"]:
        add("follow_up", "interval")
    if row["disease_free_months_lower"] is not None and row["disease_free_from_cr_months_lower"] is None:
        add("follow_up", "origin")
    return found


def _mark_reading(study: Row, found: dict[str, list[str]]) -> None:
    """Mark what was not read in full: the reader must know on what the row rests."""
    part = study["part_seen"] or ""
    if "cited by another" in part:
        found.setdefault("report", []).append("secondary")
    elif "full text" not in part and "case presentation" not in part:
        found.setdefault("report", []).append("abstract")


def _letters(found: dict[str, list[str]], marks: Marks) -> Found:
    return {column: ",".join(marks.letter(kind) for kind in kinds) for column, kinds in found.items()}


def _age_sex(row: Row) -> str:
    sex = {"M": "M", "F": "F"}.get(row["sex"], NOT_REPORTED)
    return f"{number(shown_age(row['age_years']))}/{sex}"


def _cause(row: Row) -> str:
    cause = label("etiology", row["etiology"])
    grade = row["child_pugh_class"] or NOT_REPORTED
    score = f" ({row['child_pugh_score']})" if row["child_pugh_score"] is not None else ""
    return f"{cause}; {grade}{score}"


def _tumour(row: Row) -> str:
    pvtt = {"yes": "PVTT", "no": "no PVTT"}.get(row["portal_vein_invasion"], f"PVTT {NOT_REPORTED}")
    spread = row["extrahepatic_metastasis"]
    sites = row["extrahepatic_sites"]
    outside = {"yes": label("site", sites) if sites else "extrahepatic, site NR", "no": "no extrahepatic"}.get(
        spread, f"extrahepatic {NOT_REPORTED}"
    )
    return f"{row['bclc_stage'] or NOT_REPORTED}; {number(row['max_tumor_size_cm'])}; {pvtt}; {outside}"


def _markers(row: Row) -> str:
    afp = f"{_marker(row, 'afp_baseline_ng_ml')} → {_marker(row, 'afp_at_cr_ng_ml')}"
    if row["pivka_baseline_mau_ml"] is None and row["pivka_at_cr_mau_ml"] is None:
        return afp
    return f"{afp} ({_marker(row, 'pivka_baseline_mau_ml')} → {_marker(row, 'pivka_at_cr_mau_ml')})"


def _marker(row: Row, name: str) -> str:
    sign = row[f"{name}_qualifier"]
    return ("" if sign in (None, "=") else sign) + number(row[name], 2)


def _dose(row: Row) -> str:
    changed = {"yes": "reduced", "no": "unchanged"}.get(row["dose_reduction"], NOT_REPORTED)
    return f"{number(row['start_dose_mg_per_day'])}; {changed}"


def _after_cr(row: Row) -> str:
    text = {
        "maintained": "continued", "reduced": "continued, reduced", "stopped_before_cr": "stopped before CR",
        "stopped_after_cr": "stopped", "surgery": "resected", "unclear": NOT_REPORTED,
    }[row["drug_after_cr"]]  # fmt: skip
    if row["drug_after_cr"] == "stopped_after_cr":
        text += f" {months(row['drug_stop_from_cr_months_lower'], row['drug_stop_from_cr_months_upper'])} mo after CR"
    reason = row["drug_stop_reason"]
    return f"{text} ({label('stop_reason', reason)})" if reason not in UNSAID else text


def _recurrence(row: Row) -> str:
    if row["recurrence"] != "yes":
        return label("yes_no", row["recurrence"])
    when = months(row["disease_free_from_cr_months_lower"], row["disease_free_from_cr_months_upper"])
    return f"yes: {when}; {label('site', row['recurrence_site'])}"


def _salvage(row: Row) -> str:
    return NOT_APPLICABLE if row["recurrence"] == "no" else label("treatment", row["salvage_treatment"])


def _follow_up(row: Row) -> str:
    lower, upper = row["disease_free_from_cr_months_lower"], row["disease_free_from_cr_months_upper"]
    if lower is None and row["disease_free_months_lower"] is not None:
        free = months(row["disease_free_months_lower"], row["disease_free_months_upper"])
    else:
        free = months(lower, upper)
    return f"{free}; {label('status_last', row['status_last'])}"


PATIENT_CELLS: dict[str, Callable[[Row], str]] = {
    "age_sex": _age_sex,
    "cause_child_pugh": _cause,
    "tumour": _tumour,
    "markers": _markers,
    "prior_treatment": lambda row: label("treatment", row["prior_treatment"]),
    "drug_dose": _dose,
    "concomitant_treatment": lambda row: label("treatment", row["concomitant_treatment"]),
    "criterion": lambda row: label("criterion", row["criterion"]),
    "time_to_cr": lambda row: months(row["time_to_cr_months_lower"], row["time_to_cr_months_upper"]),
    "drug_duration": lambda row: months(row["drug_duration_months_lower"], row["drug_duration_months_upper"]),
    "after_cr": _after_cr,
    "recurrence": _recurrence,
    "salvage": _salvage,
    "follow_up": _follow_up,
    "harms": lambda row: label("yes_no", row["harms"]),
}
FIELDS_OF = {
    "age_sex": ("age_years",),
    "cause_child_pugh": ("etiology",),
    "tumour": ("max_tumor_size_cm",),
    "markers": ("afp_baseline_ng_ml",),
    "prior_treatment": ("prior_treatment",),
    "drug_dose": ("start_dose_mg_per_day",),
    "concomitant_treatment": ("concomitant_treatment",),
    "criterion": ("criterion",),
    "time_to_cr": ("time_to_cr_months_lower",),
    "drug_duration": ("drug_duration_months_lower",),
    "after_cr": ("drug_after_cr",),
    "recurrence": ("recurrence",),
    "salvage": ("salvage_treatment",),
    "follow_up": ("disease_free_months_lower",),
    "harms": ("harms",),
}
"""The field that decides whether a column is known of a patient."""

JBI = (
    ("age_years", "sex"),
    (),
    ("max_tumor_size_cm", "afp_baseline_ng_ml", "bclc_stage", "portal_vein_invasion"),
    ("criterion", "cr_basis"),
    ("start_dose_mg_per_day", "drug_duration_months_lower"),
    ("time_to_cr_months_lower", "disease_free_months_lower"),
    ("harms", "dose_reduction"),
    (),
)


def known_in(column: str, patients: list[Row]) -> str:
    """Return of how many patients a column is known, as n/N."""
    fields = FIELDS_OF[column]
    known = sum(all(row[name] not in UNSAID for name in fields) for row in patients)
    return f"{known}/{len(patients)}"


def _items(row: Row) -> int:
    """Return how many of the JBI items for case reports have a recorded fact (Moola et al. 2020, JBI Manual)."""
    return sum(any(row[name] not in UNSAID for name in names) for names in JBI)
