"""``python -m expectations``: the validation suites; the gate before any analysis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.cli import Data, TopicName, application, run

if TYPE_CHECKING:
    from expectations.gate import Outcome

app = application("Run the validation suites on the harmonized tables.")


@app.command()
def expectations(
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
    again: Annotated[bool, typer.Option("--again", help="Check again even when the verdict still stands.")] = False,
) -> None:
    """Check the harmonized tables; leaves with 3 when a critical check fails, and analysis is held back then.

    Example: python -m expectations --topic hcc-sorafenib-cr
    """
    from catalog.errors import GateBlocked
    from catalog.store import Store
    from catalog.topic import load_topic
    from expectations.gate import run_gate

    loaded = load_topic(topic)
    outcome = run_gate(loaded, Store(data, loaded.slug), again=again)
    _show(outcome)
    if not outcome.passed:
        raise GateBlocked(f"critical checks failed; the rows are in {outcome.findings_file}")


def _show(outcome: Outcome) -> None:
    """Print outcomes by table, then every check that did not pass, with what it asks and how many rows break it."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    counts = Table("table", "passed", "failed", "not applicable", "error", box=None, pad_edge=False)
    for name in dict.fromkeys(check["table"] for check in outcome.checks):
        own = [check["outcome"] for check in outcome.checks if check["table"] == name]
        counts.add_row(name, *(str(own.count(kind)) for kind in ("passed", "failed", "not_applicable", "error")))
    console.print(counts)
    for check in outcome.checks:
        if check["outcome"] in ("failed", "error"):
            note = f" ({check['note']})" if check["note"] else ""
            console.print(
                f"{check['severity']}: {check['table']}: {check['sentence']}: "
                f"{check['n_violated']} of {check['n_rows']} rows{note}",
                markup=False,
                soft_wrap=True,
            )
    state = "passed" if outcome.passed else "blocked"
    stood = "" if outcome.fresh else " (stood already for these versions and rules)"
    console.print(f"verdict: {state}{stood}; findings: {outcome.findings_file}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    run(app, "python -m expectations")
