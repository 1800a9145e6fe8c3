"""``python -m ingest.pubmed``: bring the published reports of a topic up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import Data, TopicName, application, run

SHIPPED, FOLDER = "hcc-sorafenib-cr", Path("data")
app = application("Search PubMed for a topic, fetch what is new or changed, and screen it.")


@app.command()
def refresh(
    topic: TopicName = SHIPPED,
    data: Data = FOLDER,
    email: Annotated[str | None, typer.Option(help="Who asks; NCBI wants to know. Also NCBI_EMAIL.")] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="Environment variable that holds an API key; else NCBI_API_KEY.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only records created from this day on.")] = None,
    full_text: Annotated[bool, typer.Option("--full-text", help="Also fetch the full texts of what is read.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask for counts only; write nothing.")] = False,
    show_query: Annotated[bool, typer.Option("--show-query", help="Print the query and stop.")] = False,
    eutils_url: Annotated[str | None, typer.Option(help="Address of E-utilities. Also NCBI_EUTILS_URL.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings as TOML, instead of the one in ~/.config.")] = None,
) -> None:
    """Bring report, search, screening and, with --full-text, full_text up to date; a person's decisions stay.

    Example: python -m ingest.pubmed --email you@hospital.org --full-text
    """
    from catalog.topic import load_topic
    from ingest.pubmed.command import Call, carry_out, day
    from ingest.pubmed.query import query_of
    from ingest.pubmed.settings import settings

    loaded = load_topic(topic)
    first = day(since) if since else None
    if show_query:
        print(query_of(loaded, first))
        return
    asked = settings({"email": email, "eutils_url": eutils_url}, api_key_env=api_key_env, config=config)
    named = (f" --topic {topic}" if topic != SHIPPED else "") + (f" --data {data}" if data != FOLDER else "")
    carry_out(Call(loaded, data, named, asked, first, full_text, dry_run))


if __name__ == "__main__":
    run(app, "python -m ingest.pubmed")
