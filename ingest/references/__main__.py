"""``python -m ingest.references import FILE``: references that people already hold into the source tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import Data, TopicName, application, run

app = application("Bring references that people already hold into the source tables.")


@app.callback()
def _commands() -> None:
    """Keep `import` a subcommand while it is the only one."""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="NBIB, RIS, BibTeX, EndNote XML, PubMed XML, or CSV of Covidence, Rayyan, Zotero.")
    ],
    format_: Annotated[
        str | None, typer.Option("--format", help="nbib, ris, bibtex, endnote_xml, pubmed_xml, csv; else sniffed.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the import is called; else the file's name.")] = None,
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Import FILE, find what is held already, take over people's decisions, and screen the rest by rule.

    Example: python -m ingest.references import covidence_export.csv
    """
    from catalog.store import Store
    from catalog.topic import load_topic
    from ingest.references.importing import import_file
    from ingest.references.sniff import format_named
    from ingest.references.summary import say

    loaded = load_topic(topic)
    stated = format_named(format_) if format_ else None
    say(import_file(file, loaded, Store(data, loaded.slug), stated=stated, name=name))


if __name__ == "__main__":
    run(app, "python -m ingest.references")
