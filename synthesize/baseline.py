"""Who are they? The whole cohort as printed beside its CR patients and the published CR patients."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.disclosure import shown_row
from synthesize.eligibility import repeated_patients
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.load import Evidence, Row

QUESTION = "baseline"
WHOLE, OWN, PUBLISHED = "whole_cohort", "cr_patients", "published_cr_patients"


@dataclass(frozen=True)
class Characteristic:
    """A line of the table: a number, or a category of a field with the words the source prints it under."""

    label: str
    field: str
    codes: tuple[str, ...] = ()
    printed_category: str = ""


CHARACTERISTICS = (
    Characteristic("Age, years", "age_years"),
    Characteristic("Male sex", "sex", ("M",), "M"),
    Characteristic("Hepatitis B", "etiology", ("HBV",), "HBV"),
    Characteristic("Hepatitis C", "etiology", ("HCV",), "HCV"),
    Characteristic("Alcohol", "etiology", ("alcohol",), "alcohol"),
    Characteristic("ALT, IU/L", "alt_iu_l"),
    Characteristic("Bilirubin, mg/dL", "bilirubin_mg_dl"),
    Characteristic("Albumin, g/dL", "albumin_g_dl"),
    Characteristic("INR", "inr"),
    Characteristic("Platelets, 10⁹/L", "platelets_10e9_l"),
    Characteristic("Child–Pugh score 5–6", "child_pugh_score", ("5", "6"), "5-6"),
    Characteristic("Child–Pugh score 7–8", "child_pugh_score", ("7", "8"), "7-8"),
    Characteristic("ECOG 0", "ecog", ("0",), "0"),
    Characteristic("ECOG 1", "ecog", ("1",), "1"),
    Characteristic("ECOG 2", "ecog", ("2",), "2"),
    Characteristic("AFP, ng/mL", "afp_baseline_ng_ml"),
    Characteristic("PIVKA-II, mAU/mL", "pivka_baseline_mau_ml"),
    Characteristic("Largest tumour, cm", "max_tumor_size_cm"),
    Characteristic("Portal vein invasion", "portal_vein_invasion", ("yes",), "yes"),
    Characteristic("Extrahepatic metastasis", "extrahepatic_metastasis", ("yes",), "yes"),
)
UNKNOWN = {None, "not_reported", "not_applicable"}


@dataclass(frozen=True)
class Line:
    """One characteristic in the three groups."""

    label: str
    whole: Result
    own: Result
    published: Result


@dataclass(frozen=True)
class Baseline:
    """The lines, and the patients of each group of listed patients, by name."""

    lines: tuple[Line, ...]
    groups: Mapping[str, tuple[str, ...]]


def baseline(evidence: Evidence) -> Baseline:
    """Return the table; a group without the information gives `NotEstimable`."""
    cohorts = [study for study in evidence.studies.values() if study["present_cohort"]]
    names = {study["study_id"] for study in cohorts}
    own = [row for row in evidence.patients.values() if row["study_id"] in names]
    twins = repeated_patients(evidence)
    published = [
        row
        for row in evidence.patients.values()
        if row["study_id"] not in names and row["cr_certainty"] == "confirmed" and row["patient_id"] not in twins
    ]
    printed = [claim for claim in evidence.claims if claim["study_id"] in names and claim["subject"] == "cohort"]
    lines = tuple(
        Line(one.label, _printed(one, printed), _observed(one, own), _observed(one, published))
        for one in CHARACTERISTICS
    )
    groups = {OWN: own, PUBLISHED: published}
    return Baseline(lines, {name: tuple(row["patient_id"] for row in rows) for name, rows in groups.items()})


def _name(characteristic: Characteristic) -> str:
    category = f"={characteristic.printed_category}" if characteristic.printed_category else ""
    return f"{characteristic.field}{category}"


def _printed(characteristic: Characteristic, claims: list[Row]) -> Result:
    """Return what the source prints of the whole cohort: mean and standard deviation, or a count."""
    statistic = "count" if characteristic.codes else "mean_sd"
    subset = _name(characteristic)
    for claim in claims:
        same = (claim["field"], claim["statistic"]) == (characteristic.field, statistic)
        if not same or (claim["category"] or "") != characteristic.printed_category:
            continue
        detail = {"claim_id": claim["claim_id"], "unit_as_printed": claim["unit"]}
        if statistic == "mean_sd":
            spread = {**detail, "sd": float(claim["spread"])}
            return Estimate(QUESTION, "printed_mean_sd", float(claim["printed"]), level=None,
                            n_patients=claim["of_total"], detail=spread, subset=subset)  # fmt: skip
        count = int(claim["printed"])
        return Estimate(QUESTION, "printed_count", count / claim["of_total"], level=None, n_events=count,
                        n_patients=claim["of_total"], detail=detail, subset=subset)  # fmt: skip
    return NotEstimable(QUESTION, f"printed_{statistic}", "not printed", subset)


def _observed(characteristic: Characteristic, patients: list[Row]) -> Result:
    """Return median and range, or the count, over the patients of whom it is known."""
    leaving = map(shown_row, patients)  # the report shows the ends of a range, which are single patients
    values = [row[characteristic.field] for row in leaving if row[characteristic.field] not in UNKNOWN]
    subset = _name(characteristic)
    method = "observed_count" if characteristic.codes else "observed_median_range"
    if not values:
        return NotEstimable(QUESTION, method, f"not reported of any of {len(patients)} patients", subset)
    if characteristic.codes:
        count = sum(not set(str(value).split(";")).isdisjoint(characteristic.codes) for value in values)
        return Estimate(QUESTION, method, count / len(values), level=None, n_patients=len(values), n_events=count,
                        subset=subset, detail={"n_group": len(patients)})  # fmt: skip
    detail = {"min": min(values), "max": max(values), "n_group": len(patients)}
    return Estimate(QUESTION, method, float(statistics.median(values)), level=None, n_patients=len(values),
                    detail=detail, subset=subset)  # fmt: skip
