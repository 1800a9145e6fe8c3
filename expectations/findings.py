"""What the checks found, as rows a person can act on: where, what, and what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from expectations.checks import Check
from expectations.suite import Result

COLUMNS = ("severity", "table", "rule", "sentence", "key", "file", "row", "column", "found", "remedy")
CORRECT = "Correct the source and load it again, or state in the topic file why it may stand"
REMEDIES = {
    "drift": "Look at what changed with python -m catalog diff; nothing is to be done when it is right",
    "overlap.decided": "Decide it with python -m harmonize overlaps; until then it counts once",
}


def findings(results: list[Result], places: Mapping[str, Mapping[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return one row a violation; `places` gives file and row by table and key."""
    rows = []
    for result in results:
        check = result.check
        for violation in result.violations:
            place = places.get(check.table, {}).get(violation["key"], {})
            rows.append({
                **_about(check),
                "key": violation["key"],
                "file": place.get("file"),
                "row": place.get("row"),
                "column": violation.get("column", ", ".join(check.columns)),
                "found": violation["found"],
            })  # fmt: skip
        more = result.n_violated - len(result.violations)
        if result.violations and more:
            rows.append({**_about(check), "found": f"and {more} more rows"})
        if result.outcome == "error":
            rows.append({**_about(check), "found": result.message, "remedy": "The check itself broke; report it"})
    return rows


def _about(check: Check) -> dict[str, Any]:
    remedy = REMEDIES.get(check.id) or REMEDIES.get(check.kind) or CORRECT
    return {"severity": check.severity, "table": check.table, "rule": check.rule, "sentence": check.sentence,
            "remedy": remedy}  # fmt: skip


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the findings as CSV, whole or not at all; an empty list leaves a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    # unlike in `catalog.whole` always the same name: what a killed run leaves behind is overwritten by the next
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text.getvalue(), encoding="utf-8")
    temporary.replace(path)


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a findings file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
