"""``python -m expectations``: the validation suites; the gate before any analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import Data, TopicName, application, run

app = application("Run the validation suites on the harmonized tables.")


@app.command()
def expectations(
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
    suite: Annotated[str | None, typer.Option("--suite", help="Only the checks of one table; no verdict.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Check again even when the verdict still stands.")] = False,
) -> None:
    """Check the tables before any analysis. Leaves with 3 when a critical check fails, with 1 when one breaks.

    Example: python -m expectations --topic hcc-sorafenib-cr
    """
    from catalog.errors import CheckBroken, GateBlocked
    from catalog.rows import as_json
    from catalog.store import Store
    from catalog.topic import load_topic
    from expectations.gate import run_gate
    from expectations.shown import document, show

    loaded = load_topic(topic)
    outcome = run_gate(loaded, Store(data, loaded.slug), again=again, suite=suite)
    if json:
        print(as_json(document(outcome)))
    else:
        show(outcome)
    if outcome.count("error"):
        raise CheckBroken(f"{outcome.count('error')} critical checks broke; what broke is in {outcome.findings_file}")
    if not outcome.passed:
        raise GateBlocked(f"critical checks failed; the rows are in {outcome.findings_file}")
    if outcome.outdated and not suite:
        raise GateBlocked(f"the tables wait: {outcome.outdated}")


if __name__ == "__main__":
    run(app, "python -m expectations")
