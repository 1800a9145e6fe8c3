"""``python -m ingest.curation import``: curated sheets into the source tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import Data, TopicName, application, run, say_commits

app = application("Bring facts that people read from reports into the source tables.")


@app.callback()
def _commands() -> None:
    """Keep `import` a subcommand while it is the only one."""


@app.command("import")
def import_(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder with studies.csv, patients.csv, claims.csv, overlaps.csv.")
    ] = None,
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Load curated sheets as stated; without FOLDER those that come with the topic.

    Example: python -m ingest.curation import my-evidence/ --topic hcc-sorafenib-cr
    """
    from catalog.store import Store
    from catalog.topic import load_topic
    from ingest.curation.importing import import_folder

    loaded = load_topic(topic)
    say_commits(import_folder(folder or loaded.evidence, loaded, Store(data, loaded.slug)))


if __name__ == "__main__":
    run(app, "python -m ingest.curation")
