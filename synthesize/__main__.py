"""``python -m synthesize``: the three answers, the evidence table, the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import Data, TopicName, application, run

app = application("Estimate and write the report, from tables that have passed the gate.")


@app.command()
def synthesize(
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
    allow_unvalidated: Annotated[
        bool, typer.Option("--allow-unvalidated", help="Go on without a passing verdict; every output is stamped.")
    ] = False,
) -> None:
    """Answer the three questions; leaves with 3 when the gate holds the tables back.

    Example: python -m synthesize --topic hcc-sorafenib-cr
    """
    from catalog.store import Store
    from catalog.topic import load_topic
    from synthesize.run import run_synthesis

    loaded = load_topic(topic)
    outcome = run_synthesis(loaded, Store(data, loaded.slug), allow_unvalidated=allow_unvalidated)
    _say(outcome.folder, outcome.changed)


def _say(folder: Path, changed: bool) -> None:
    """Print the three answers as the report has them, and where everything lies."""
    import textwrap

    for line in (folder / "answers.md").read_text(encoding="utf-8").splitlines():
        print(textwrap.fill(line, 100) if line else "")
    print()
    for name in ("evidence.docx", "evidence.md", "baseline.md", "analyses.md", "discrepancies.md", "estimates.csv"):
        print(folder / name)
    for figure in sorted(folder.glob("*.svg")):
        print(figure)
    print("report written" if changed else "report unchanged: the tables, the topic and the program are the same")


if __name__ == "__main__":
    run(app, "python -m synthesize")
