"""What the checks found, as rows a person can act on: where, what, and what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from expectations.suite import Result

COLUMNS = ("severity", "table", "rule", "sentence", "key", "file", "row", "column", "found", "remedy")


def findings(results: list[Result], locators: Mapping[str, Mapping[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return one row a violation; `locators` gives file and row by frame and key."""
    rows = []
    for result in results:
        check = result.check
        for violation in result.violations:
            place = locators.get(check.frame, {}).get(violation["key"], {})
            rows.append({
                "severity": check.severity,
                "table": check.table,
                "rule": check.rule,
                "sentence": check.sentence,
                "key": violation["key"],
                "file": place.get("file"),
                "row": place.get("row"),
                "column": ", ".join(check.columns),
                "found": violation["found"],
                "remedy": "Correct the source and load it again, or state in the topic file why it may stand",
            })  # fmt: skip
        if result.outcome == "error":
            rows.append({"severity": check.severity, "table": check.table, "rule": check.rule,
                         "sentence": check.sentence, "found": result.message,
                         "remedy": "The check itself broke; report it"})  # fmt: skip
    return rows


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the findings as CSV, whole or not at all; an empty list leaves a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text.getvalue(), encoding="utf-8")
    temporary.replace(path)
