"""CSV: every column, one row a line; group and footnote marks in columns of their own, footnotes below."""

from __future__ import annotations

import csv
import io

from synthesize.report.table import ReportTable


def as_csv(table: ReportTable) -> bytes:
    """Return the table as UTF-8 CSV with a BOM (so that spreadsheets read it); `group` names each row's group.

    Marks stand in a column of their own, so that the cells stay as they are.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kind", "group", *(column.name for column in table.columns), "footnotes", "text"])
    if table.stamp:
        writer.writerow(["stamp", *[""] * (len(table.columns) + 2), table.stamp])
    group = ""
    for line in table.lines:
        group = line.text if line.kind == "group" else group
        cells = [line.cells.get(column.name, "") for column in table.columns]
        marks = " ".join(f"{name}:{letters}" for name, letters in line.marks.items())
        writer.writerow([line.kind, group, *cells, marks, line.text if line.kind != "body" else ""])
    for note in table.footnotes:
        writer.writerow(["footnote", "", *[""] * len(table.columns), note.mark, note.text])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
