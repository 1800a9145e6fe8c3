"""Markdown: GitHub's table syntax, compact columns, footnotes below."""

from __future__ import annotations

from synthesize.report.table import Column, Line, ReportTable


def as_markdown(table: ReportTable) -> bytes:
    """Return the table as Markdown; groups are bold rows, summaries a list after the rows."""
    columns = table.compact
    lines = [f"# {table.title}", ""]
    if table.stamp:
        lines += [f"**{table.stamp}**", ""]
    lines += [_row([column.heading for column in columns])]
    lines += [_row(["---:" if column.numeric else "---" for column in columns])]
    below: list[str] = []
    for index, line in enumerate(table.lines):
        only_text = line.kind == "group" and not _has_body(table.lines[index + 1 :])
        if line.kind == "summary" or only_text:
            below += [f"\n**{line.text}**\n"] if only_text else [f"- {escape(line.text)}"]
        elif line.kind == "group":
            lines.append(_row([f"**{escape(line.text)}**", *[""] * (len(columns) - 1)]))
        else:
            lines.append(_row([_cell(line, column) for column in columns]))
    lines += [*below, ""]
    lines += [f"<sup>{note.mark}</sup> {escape(note.text)}  " if note.mark else f"{escape(note.text)}\n"
              for note in table.footnotes]  # fmt: skip
    return ("\n".join(lines).rstrip() + "\n").encode()


def _has_body(lines: tuple[Line, ...]) -> bool:
    for line in lines:
        if line.kind == "group":
            return False
        if line.kind == "body":
            return True
    return False


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(line: Line, column: Column) -> str:
    text = escape(line.cells.get(column.name, ""))
    marks = line.marks.get(column.name)
    return f"{text}<sup>{marks}</sup>" if marks else text


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    for character in "\\|*_<>`[]":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")
