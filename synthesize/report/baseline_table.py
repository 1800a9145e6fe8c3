"""The second table: the whole cohort as printed, its CR patients, and the published CR patients."""

from __future__ import annotations

from catalog.fields import FIELDS
from synthesize.analysis import Synthesis
from synthesize.estimate import Estimate, Result
from synthesize.report.notes import general_notes
from synthesize.report.table import Column, Footnote, Line, ReportTable
from synthesize.report.words import NOT_REPORTED, number, percent

COLUMNS = (
    Column("characteristic", "Characteristic", 1.6),
    Column("whole", "Whole cohort, as printed", 1.4, numeric=True),
    Column("own", "Its CR patients", 1.4, numeric=True),
    Column("published", "Published CR patients", 1.4, numeric=True),
)


def baseline_table(synthesis: Synthesis) -> ReportTable:
    """Return the table; cells are mean ± standard deviation as printed, median (range) or n/N (per cent)."""
    lines = [
        Line("body", cells={
            "characteristic": line.label,
            "whole": _cell(line.whole),
            "own": _cell(line.own),
            "published": _cell(line.published),
        })
        for line in synthesis.baseline.lines
    ]  # fmt: skip
    notes = [
        Footnote("", "Whole cohort: mean ± standard deviation or n/N (%), as the source prints them. Patients: median "
                     "(range; number known) or n/N (%), N being the patients of whom it is known."),
        Footnote("", "Published CR patients: CR as the source states it, patients who may be the same counted once, "
                     "resected patients and patients under combined treatment among them."),
        *_units_as_printed(synthesis),
        Footnote("", general_notes(synthesis)[-1]),
    ]  # fmt: skip
    title = f"The cohort, its CR patients and the published CR patients. {synthesis.topic.title}"
    return ReportTable(title, COLUMNS, tuple(lines), tuple(notes), synthesis.evidence.stamp)


def _units_as_printed(synthesis: Synthesis) -> list[Footnote]:
    """Return a note for every printed figure whose unit is not the declared one; it is shown, not converted."""
    notes = []
    for line in synthesis.baseline.lines:
        if not isinstance(line.whole, Estimate) or line.whole.method != "printed_mean_sd":
            continue
        declared = FIELDS[line.whole.subset.split("=")[0]].unit
        printed = line.whole.detail["unit_as_printed"]
        if printed and declared and printed.rstrip("s") != declared.rstrip("s"):
            unit = printed.strip("/").replace("uL", "µL")
            text = f"{line.label}: the source prints the cohort's figure per {unit}; shown as printed."
            notes.append(Footnote("", text))
    return notes


def _cell(result: Result) -> str:
    if not isinstance(result, Estimate):
        return NOT_REPORTED
    if result.method == "printed_mean_sd":
        return f"{number(result.value, 2)} ± {number(result.detail['sd'], 2)}"
    if result.n_events is not None:
        return f"{result.n_events}/{result.n_patients} ({percent(result.value)})"
    span = f"{number(result.detail['min'], 2)}–{number(result.detail['max'], 2)}"
    return f"{number(result.value, 2)} ({span}; n = {result.n_patients})"
