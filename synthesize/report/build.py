"""All files of the report from one synthesis, as bytes by name."""

from __future__ import annotations

import csv
import io

from catalog.tables import TABLES
from synthesize.analysis import Synthesis, estimate_rows
from synthesize.report.analyses_table import analyses_table
from synthesize.report.answers import answers
from synthesize.report.baseline_table import baseline_table
from synthesize.report.discrepancies_table import discrepancies_table
from synthesize.report.draw import figures
from synthesize.report.evidence_table import evidence_table
from synthesize.report.table import ReportTable
from synthesize.report.writers.csv_file import as_csv
from synthesize.report.writers.docx import as_docx
from synthesize.report.writers.markdown import as_markdown


def report_files(synthesis: Synthesis) -> dict[str, bytes]:
    """Return the report's files: evidence and baseline tables, estimates, answers, figures."""
    tables = {
        "evidence": evidence_table(synthesis),
        "baseline": baseline_table(synthesis),
        "analyses": analyses_table(synthesis),
        "discrepancies": discrepancies_table(synthesis),
    }
    return {
        "answers.md": _answers(synthesis),
        **{name: data for title, table in tables.items() for name, data in _table_files(title, table).items()},
        "evidence.docx": as_docx(list(tables.values())),
        "estimates.csv": _estimates(synthesis),
        **figures(synthesis),
    }


def _table_files(name: str, table: ReportTable) -> dict[str, bytes]:
    return {f"{name}.csv": as_csv(table), f"{name}.md": as_markdown(table)}


def _answers(synthesis: Synthesis) -> bytes:
    stamp = f"**{synthesis.evidence.stamp}**\n\n" if synthesis.evidence.stamp else ""
    parts = [f"## {question}\n\n{answer}\n" for question, answer in answers(synthesis)]
    return (f"# {synthesis.topic.title}\n\n{stamp}" + "\n".join(parts)).encode()


def _estimates(synthesis: Synthesis) -> bytes:
    """Return every estimate with every method, and why there is none, as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*TABLES["estimate"].columns, "stamp"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "stamp": synthesis.evidence.stamp} for row in estimate_rows(synthesis))
    return text.getvalue().encode()
