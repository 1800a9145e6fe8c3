"""The pooled evidence table for a discussion section: cohorts, published cases, the present cohort, pooled rows."""

from __future__ import annotations

from synthesize.analysis import Synthesis
from synthesize.load import Row
from synthesize.report.answers import rate_sentence, recurrence_sentence, time_sentence
from synthesize.report.cells import PATIENT_CELLS, also_told_by, known_in, patient_cells, study_cells
from synthesize.report.notes import Marks, general_notes
from synthesize.report.table import Column, Footnote, Line, ReportTable

COLUMNS = (
    Column("no", "No.", 0.5),
    Column("report", "First author, year (country)", 1.5),
    Column("design_n", "Design, CR/treated", 1.2),
    Column("age_sex", "Age/sex", 0.7),
    Column("cause_child_pugh", "Cause; Child–Pugh", 1.0),
    Column("tumour", "Stage (BCLC); size, cm; PVTT; extrahepatic", 1.6),
    Column("markers", "AFP, ng/mL (PIVKA-II, mAU/mL): start → CR", 1.5),
    Column("prior_treatment", "Prior treatment", 1.0),
    Column("drug_dose", "Start dose, mg/day; changed", 1.0),
    Column("concomitant_treatment", "With the drug", 0.9, compact=False),
    Column("criterion", "Criterion", 0.9),
    Column("time_to_cr", "Time to CR, mo", 0.7, numeric=True),
    Column("drug_duration", "Drug in all, mo", 0.7, numeric=True),
    Column("after_cr", "Drug after CR", 1.3),
    Column("recurrence", "Recurrence: mo after CR; site", 1.2),
    Column("salvage", "Treatment of recurrence", 0.9, compact=False),
    Column("follow_up", "Disease-free from CR, mo; status", 1.0),
    Column("harms", "Harms", 0.5, compact=False),
    Column("items", "JBI items found (n/8)", 0.6, compact=False),
    Column("read", "Read", 0.8, compact=False),
    Column("counts_in", "Counts in", 1.0),
    Column("unit_id", "Name in the data", 1.0, compact=False),
)


def evidence_table(synthesis: Synthesis) -> ReportTable:
    """Return the table; every cell is read from a harmonized row or from an `Estimate`."""
    marks = Marks()
    lines = [*_study_group(synthesis, marks), *_case_group(synthesis, marks), *_present(synthesis, marks)]
    lines += [*_known(synthesis), *_pooled(synthesis)]
    footnotes = [
        *(Footnote(mark, text) for mark, text in marks.used()),
        *(Footnote("", text) for text in general_notes(synthesis, _places(synthesis, lines))),
    ]
    title = f"Published and own evidence. {synthesis.topic.title}"
    return ReportTable(title, COLUMNS, tuple(lines), tuple(footnotes), synthesis.evidence.stamp)


def _places(synthesis: Synthesis, lines: list[Line]) -> dict[str, str]:
    """Return the number of each study's and patient's row; a case report's rows are those of its patients."""
    rows = {line.cells["unit_id"]: line.cells["no"] for line in lines if line.cells.get("unit_id")}
    reports: dict[str, list[str]] = {}
    for name, place in rows.items():
        if name in synthesis.evidence.patients:
            reports.setdefault(synthesis.evidence.patients[name]["study_id"], []).append(place)
    return {**{name: " and ".join(places) for name, places in reports.items()}, **rows}


def standing_studies(synthesis: Synthesis) -> list[Row]:
    """Return the studies whose report has not been retracted: a retracted one leaves the table."""
    return [row for row in synthesis.evidence.studies.values() if row["retracted_by"] is None]


def _order(row: Row) -> tuple:
    """Sort by year, then author; what is not displayed comes last."""
    return (row["year"] or 9999, row["first_author"] or "~", row["study_id"])


def _study_group(synthesis: Synthesis, marks: Marks) -> list[Line]:
    """Return the published arms and cohorts whose number of CR is known."""
    rows = [
        row
        for row in standing_studies(synthesis)
        if row["design"] not in ("case_report", "case_series") and not row["present_cohort"]
        and row["n_cr"] is not None
    ]  # fmt: skip
    body = [
        Line("body", cells=cells, marks=found, wide="design_n")
        for place, row in enumerate(sorted(rows, key=_order), 1)
        for cells, found in [study_cells(row, f"S{place}", synthesis, marks)]
    ]
    unseen = [
        row["study_id"] for row in standing_studies(synthesis) if row["n_treated"] is not None and row["n_cr"] is None
    ]
    note = f"Published arms and cohorts ({len(body)}"
    note += f"; {len(unseen)} more whose number of CR was not seen are not shown)" if unseen else ")"
    return [Line("group", note), *body]


def _case_group(synthesis: Synthesis, marks: Marks) -> list[Line]:
    """Return the published cases, one row a patient; reports without patient rows are counted in the heading."""
    evidence = synthesis.evidence
    reports = sorted(
        (row for row in standing_studies(synthesis) if row["design"] in ("case_report", "case_series")), key=_order
    )
    body: list[Line] = []
    for study in reports:
        for patient in evidence.patients_of(study["study_id"]):
            cells, found = patient_cells(patient, study, f"C{len(body) + 1}", synthesis, marks)
            body.append(Line("body", cells=cells, marks=found))
    bare = [study["study_id"] for study in reports if not evidence.patients_of(study["study_id"])]
    elsewhere = {name: row["patient_id"] for row in evidence.patients.values() for name in also_told_by(row)}
    within = [f"{study_id} (in the row of {elsewhere[study_id]})" for study_id in bare if study_id in elsewhere]
    without = [study_id for study_id in bare if study_id not in elsewhere]
    note = f"Published cases ({len(body)} patients of {len(reports) - len(bare)} reports"
    note += f"; decided to be a patient of another row: {', '.join(within)}" if within else ""
    note += f"; without patient data in what was read: {', '.join(without)})" if without else ")"
    return [Line("group", note), *body]


def _present(synthesis: Synthesis, marks: Marks) -> list[Line]:
    lines: list[Line] = []
    for study in synthesis.evidence.studies.values():
        if not study["present_cohort"]:
            continue
        lines.append(Line("group", f"Present cohort: {study['title_short'] or study['study_id']}"))
        cells, found = study_cells(study, "P", synthesis, marks)
        lines.append(Line("body", cells=cells, marks=found, wide="design_n"))
        for place, patient in enumerate(synthesis.evidence.patients_of(study["study_id"]), 1):
            cells, found = patient_cells(patient, study, f"P{place}", synthesis, marks)
            lines.append(Line("body", cells=cells, marks=found))
    return lines


def _known(synthesis: Synthesis) -> list[Line]:
    """Return the denominators: of how many patients each column is known."""
    standing = {row["study_id"] for row in standing_studies(synthesis)}
    patients = [row for row in synthesis.evidence.patients.values() if row["study_id"] in standing]
    cells = {column: known_in(column, patients) for column in PATIENT_CELLS}
    return [
        Line("group", f"Known of how many patients (of {len(patients)} rows, before repeated patients are set aside)"),
        Line("body", cells={"report": "known in", **cells}),
    ]


def _pooled(synthesis: Synthesis) -> list[Line]:
    lines = [Line("group", "Pooled")]
    lines += [Line("summary", rate_sentence(synthesis.primary("cr_rate")))]
    lines += [Line("summary", time_sentence(synthesis.primary("time_to_cr")))]
    lines += [Line("summary", recurrence_sentence(synthesis.primary("recurrence")))]
    return lines
