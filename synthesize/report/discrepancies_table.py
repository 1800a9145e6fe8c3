"""The fourth table: printed figures that the source's own patients contradict, and rows that contradict themselves."""

from __future__ import annotations

import re

from catalog.disclosure import shown_row
from catalog.fields import FIELDS
from catalog.vocabulary import vocabulary
from synthesize.analysis import Synthesis
from synthesize.load import Row
from synthesize.report.notes import general_notes
from synthesize.report.table import Column, Footnote, Line, ReportTable
from synthesize.report.words import field_words

COLUMNS = (
    Column("study", "Study", 1.0),
    Column("subject", "About", 1.2),
    Column("figure", "Figure", 1.6),
    Column("printed", "Printed", 0.9, numeric=True),
    Column("recomputed", "Recomputed", 0.9, numeric=True),
    Column("explanation", "What would explain it", 3.2),
    Column("severity", "Severity", 0.7),
    Column("where", "Place", 1.6),
    Column("name", "Name in the data", 1.4, compact=False),
)
GROUPS = {
    "printed_against_recomputed": "Printed summaries",
    "claims_disagree": "Printed summaries that contradict each other",
    "row_inconsistency": "Rows that contradict themselves",
    "sources_disagree": "Sources that disagree about one patient",
}


def discrepancies_table(synthesis: Synthesis) -> ReportTable:
    """Return the table; analyses use the patients' rows and counts, never the printed summaries."""
    found = synthesis.evidence.discrepancies
    lines: list[Line] = []
    for kind, title in GROUPS.items():
        rows = [shown_row(row) for row in found if row["discrepancy_kind"] == kind]
        if rows:
            lines += [Line("group", f"{title} ({len(rows)})"), *(_line(row) for row in rows)]
    if not found:
        lines.append(Line("summary", "No printed figure is contradicted by the patients' own rows."))
    notes = [
        Footnote("", "Every estimate uses the patients' rows and counts, never a printed summary or percentage."),
        Footnote("", general_notes(synthesis)[-1]),
    ]
    title = f"Printed against recomputed. {synthesis.topic.title}"
    return ReportTable(title, COLUMNS, tuple(lines), tuple(notes), synthesis.evidence.stamp)


def _line(row: Row) -> Line:
    unit = "" if row["unit"] in (None, "patients") else f" {row['unit'].replace('percent', '%')}"
    return Line("body", cells={
        "study": row["study_id"],
        "subject": row["subject"] or "",
        "figure": _figure(row),
        "printed": f"{row['printed']}{unit}",
        "recomputed": row["recomputed"] or "",
        "explanation": _in_words(row["explanation"] or "no subset explains it"),
        "severity": row["severity"],
        "where": row["where_in_source"] or "",
        "name": row["discrepancy_id"],
    })  # fmt: skip


def _figure(row: Row) -> str:
    """Return what a figure is, as "Cause of the liver disease (HBV), count"."""
    category = f" ({row['category']})" if row["category"] else ""
    statistic = f", {vocabulary('statistic').labels[row['statistic']]}" if row["statistic"] else ""
    return f"{field_words(row['field'])}{category}{statistic}"


def _in_words(text: str) -> str:
    """Return an explanation with fields in words."""
    return re.sub(r"[a-z]+(?:_[a-z]+)+", lambda found: field_words(found[0]) if found[0] in FIELDS else found[0], text)
