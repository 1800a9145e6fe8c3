"""An outcome for a person and for a program: what the command prints."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from catalog.disclosure import shown_row
from catalog.fields import SEVERITIES
from catalog.tables import TABLES
from expectations.findings import read
from expectations.gate import Outcome

OUTCOMES = ("passed", "failed", "not_applicable", "error")
FIRST = 3
"""How many rows of each failure are printed; the findings file holds the others."""


def document(outcome: Outcome) -> dict[str, Any]:
    """Return all of an outcome as plain data for JSON; each check with its first rows."""
    rows = _first_rows(outcome)
    return {
        "verdict": None if outcome.suite else _verdict(outcome),
        "suite": outcome.suite,
        "outdated": outcome.outdated,
        "fresh": outcome.fresh,
        "table_versions": dict(outcome.versions),
        "counts": {kind: sum(check["outcome"] == kind for check in outcome.checks) for kind in OUTCOMES},
        "checks": [{**check, "first_rows": rows[check["table"], check["rule"]]} for check in outcome.checks],
        "findings": str(outcome.findings_file),
        "data_docs": str(outcome.pages) if outcome.pages.exists() else None,
    }


def show(outcome: Outcome) -> None:
    """Print outcomes by table, then every check that did not pass, the gravest first, with its first rows."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    counts = Table("table", box=None, pad_edge=False)
    for kind in OUTCOMES:
        counts.add_column(kind.replace("_", " "), justify="right")
    asked = {check["table"] for check in outcome.checks}
    for name in (name for name in TABLES if name in asked):
        own = [check["outcome"] for check in outcome.checks if check["table"] == name]
        counts.add_row(name, *(str(own.count(kind)) for kind in OUTCOMES))
    console.print(counts)
    rows = _first_rows(outcome)
    for check in sorted(outcome.checks, key=_gravity):
        if check["outcome"] in ("failed", "error"):
            for line in _lines(check, rows[check["table"], check["rule"]]):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    for line in _last(outcome):
        console.print(line, markup=False, soft_wrap=True)


def _gravity(check: dict[str, Any]) -> tuple[int, int, str]:
    """Order checks the same way whether they ran now or are read from the table `check`."""
    return SEVERITIES.index(check["severity"]), list(TABLES).index(check["table"]), check["rule"]


def _lines(check: dict[str, Any], rows: list[dict[str, str]]) -> list[str]:
    note = f" ({check['note']})" if check["note"] else ""
    about = f"{check['severity']}: {check['table']}: {check['sentence']}: "
    if check["outcome"] == "error":
        return [f"{about}the check broke: {row['found']}{note}" for row in rows]
    unit = "columns" if rows and not rows[0]["key"] else "rows"
    lines = [f"{about}{check['n_violated']} of {check['n_rows']} {unit}{note}"]
    for row in rows:
        place = ", row ".join(filter(None, (row["file"], row["row"])))
        lines.append("  " + ": ".join(filter(None, (row["key"], place, row["column"], row["found"]))))
    if check["n_violated"] > len(rows):
        lines.append(f"  and {check['n_violated'] - len(rows)} more")
    return lines


def _last(outcome: Outcome) -> list[str]:
    if outcome.suite:
        return [f"suite {outcome.suite} only, no verdict; findings: {outcome.findings_file}"]
    stood = "" if outcome.fresh else " (stood already for these versions and rules)"
    lines = [f"verdict: {_verdict(outcome)}{stood}; findings: {outcome.findings_file}"]
    return [*lines, f"data docs: {outcome.pages}"] if outcome.pages.exists() else lines


def _verdict(outcome: Outcome) -> str:
    return "passed" if outcome.passed else "blocked"


def _first_rows(outcome: Outcome) -> dict[tuple[str, str], list[dict[str, str]]]:
    found: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in read(outcome.findings_file):
        own = found[row["table"], row["rule"]]
        if len(own) < FIRST:
            own.append(shown_row({name: row[name] for name in ("key", "file", "row", "column", "found", "remedy")}))
    return found
