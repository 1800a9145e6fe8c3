"""``python -m ingest.cohort FILE --mapping MAPPING.toml``: a group's own records into the source tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import Data, TopicName, application, run, say_commits

app = application("Load a group's own records through a mapping.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="The records: .csv or .parquet, one row a patient with CR.")],
    mapping: Annotated[Path, typer.Option("--mapping", help="What each column means, as TOML.")],
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Load FILE as stated; the file itself is not copied, only its name and checksum are kept.

    Example: python -m ingest.cohort ward7.csv --mapping ward7.toml
    """
    from catalog.store import Store
    from catalog.topic import load_topic
    from ingest.cohort.loading import load_cohort

    loaded = load_topic(topic)
    say_commits(load_cohort(file, mapping, loaded, Store(data, loaded.slug)))


if __name__ == "__main__":
    run(app, "python -m ingest.cohort")
