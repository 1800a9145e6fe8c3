"""Footnotes: letters in the order of their first use, and what holds for the whole table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.fields import DAYS_PER_MONTH
from catalog.lineage import code_version
from synthesize.analysis import Synthesis
from synthesize.report.answers import left_out

ABBREVIATIONS = {
    "AFP": "alpha-fetoprotein", "BCLC": "Barcelona Clinic Liver Cancer", "CI": "confidence interval",
    "CR": "complete remission", "EBRT": "external-beam radiotherapy",
    "HAIC": "hepatic arterial infusion chemotherapy", "HBV": "hepatitis B virus", "HCV": "hepatitis C virus",
    "JBI": "Joanna Briggs Institute", "NA": "not applicable", "NR": "not reported in the part that was read",
    "PIVKA-II": "protein induced by vitamin K absence-II", "PVTT": "portal vein tumour thrombus",
    "RFA": "radiofrequency ablation", "TACE": "transarterial chemoembolisation",
    "TAE": "transarterial embolisation",
}  # fmt: skip
TEXTS = {
    "abstract": "read from the abstract or an index record only",
    "secondary": "read in another publication that cites it",
    "repeated": "may be, or is, the same patient or cohort as another row; counted once",
    "merged": "decided to be one patient told of in several reports; the discrepancies list what they disagree about",
    "combined": "another treatment of the tumour was given with the drug",
    "resected": "tumour resected; CR found in the specimen, so the time to CR is only an upper bound",
    "interval": "known only to lie in an interval, or beyond a bound; enters as an interval",
    "certainty": "CR near-complete, led by a marker, or not verified in the part that was read",
    "before": "the drug was stopped before CR was seen",
    "origin": "the source does not say from when the time is counted",
}
COUNTS_IN = (
    "Counts in: R, pooled CR rate; T, time to CR; F, recurrence after CR; — none. "
    "The reasons are listed below, by question, with the numbers of the rows; what has no row has its name in the data."
)
JBI = (
    "JBI items found (a column of evidence.csv): how many of the eight items for case reports have at least one "
    "recorded fact (items 2 and 8, timeline and lessons, cannot be seen from facts); not an appraisal by a person."
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Marks:
    """Gives each kind of footnote its letter when it is first used."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def letter(self, kind: str) -> str:
        """Return the letter of a footnote, a new one for a new kind."""
        return self._letters.setdefault(kind, LETTERS[len(self._letters)])

    def used(self) -> list[tuple[str, str]]:
        """Return letter and text of the footnotes that were used."""
        return [(letter, TEXTS[kind]) for kind, letter in self._letters.items()]


def general_notes(synthesis: Synthesis, rows: Mapping[str, str] | None = None) -> list[str]:
    """Return abbreviations, conventions, who was left out of which estimate and why, and the versions.

    `rows` gives the number of the row in which a study or patient stands in the table.
    """
    notes = [
        "; ".join(f"{short}, {full}" for short, full in sorted(ABBREVIATIONS.items())) + ".",
        f"One month is {DAYS_PER_MONTH} days; weeks are divided by {DAYS_PER_MONTH / 7:.3f}.",
        "Cases were published because CR happened: no response rate follows from them.",
        COUNTS_IN,
        JBI,
    ]
    for question, name in (("cr_rate", "pooled CR rate"), ("time_to_cr", "time to CR"), ("recurrence", "recurrence")):
        parts = [
            f"{reason} ({count}: {', '.join(_placed(units, rows or {}))})"
            for reason, count, units in left_out(synthesis.primary(question))
        ]
        notes.append(f"Left out of the {name}: " + ("; ".join(parts) if parts else "nobody") + ".")
    notes += [
        f"Retracted: {row['study_id']}, {row['title_short']} (notice PMID {row['retracted_by']}); "
        "left out of this table and of every estimate."
        for row in synthesis.evidence.studies.values()
        if row["retracted_by"] is not None
    ]
    notes += [
        f"Expression of concern: {row['study_id']} (notice PMID {row['concern_by']}); it counts."
        for row in synthesis.evidence.studies.values()
        if row["concern_by"] is not None
    ]
    warnings = [
        f"{check['sentence']} ({check['n_violated']} of {check['n_rows']})"
        for check in synthesis.evidence.checks
        if check["outcome"] == "failed" and check["severity"] == "warning"
    ]
    if warnings:
        notes.append("Warnings of the data checks, rules not met: " + "; ".join(warnings) + ".")
    versions = ", ".join(f"{name} {version}" for name, version in sorted(synthesis.evidence.versions.items()))
    notes.append(f"Made from table versions {versions}; topic {synthesis.topic.slug} "
                 f"({synthesis.topic.sha256[:12]}); program {code_version()}.")  # fmt: skip
    return notes


def _placed(units: Iterable[str], rows: Mapping[str, str]) -> list[str]:
    """Return the rows in which units stand, in the order of the table, then the names of those without a row."""
    order = list(rows)
    standing = sorted((unit for unit in units if unit in rows), key=order.index)
    return [*(rows[unit] for unit in standing), *(unit for unit in units if unit not in rows)]
