"""The command's steps: search and fetch, decide, obtain full texts, say what was done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from catalog.errors import InvalidInput, Problem, ServiceUnavailable
from catalog.lineage import Lineage
from catalog.store import Store
from catalog.topic import Topic
from ingest.pubmed.client import Client
from ingest.pubmed.deciding import decide
from ingest.pubmed.failures import Failure, Refused
from ingest.pubmed.full_text import FullTexts, obtain
from ingest.pubmed.journal import alone
from ingest.pubmed.progress import Progress
from ingest.pubmed.query import count, query_of
from ingest.pubmed.refresh import Outcome, refresh
from ingest.pubmed.settings import Settings
from ingest.pubmed.summary import say, say_full_texts, say_search


@dataclass(frozen=True)
class Call:
    """What was asked on the command line."""

    topic: Topic
    data: Path
    settings: Settings
    since: dt.date | None
    full_text: bool
    dry_run: bool


def day(text: str) -> dt.date:
    """Return a day written 2026-01-31 or 2026/01/31; refuses anything else and days to come."""
    try:
        read = dt.date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise InvalidInput(
            [Problem("not a day", column="--since", found=text, remedy="For example 2026-01-31")]
        ) from None
    if read > dt.datetime.now(dt.UTC).date():
        raise InvalidInput([Problem("a day that has not come yet", column="--since", found=text)])
    return read


def carry_out(call: Call) -> None:
    """Run the refresh and print what it did; raises `ServiceUnavailable` when it stayed incomplete."""
    progress, console = Progress(), Console()
    client = Client(call.settings, on_retry=lambda why: progress.say(f"trying again: {why}"))
    if call.dry_run:
        _say_counts(call, client, console)
        return
    store = Store(call.data, call.topic.slug)
    with alone(store.root, on_wait=lambda: progress.say("another refresh of this topic is running; waiting for it")):
        outcome = refresh(call.topic, store, client, progress, call.since)
        lineage = Lineage("ingest.pubmed", {}, call.topic.sha256, store.versions(("report",)))
        reading = decide(call.topic, store, lineage)
        texts = obtain(store, client, progress, reading, lineage) if call.full_text else None
    say(console, outcome, len(reading), store.root)
    if texts is not None:
        say_full_texts(console, texts)
    _refuse_incomplete(outcome, texts)


def _say_counts(call: Call, client: Client, console: Console) -> None:
    query = query_of(call.topic, call.since)
    try:
        found = count(client, query)
    except Refused as failure:
        raise InvalidInput([Problem(f"PubMed refuses the search: {failure}")]) from None
    except Failure as failure:
        raise ServiceUnavailable(f"PubMed could not be searched: {failure}") from None
    say_search(console, query, found.translation, found.warnings, found.count)


def _refuse_incomplete(outcome: Outcome, texts: FullTexts | None) -> None:
    failed = len(outcome.changes.missing) if outcome.incomplete else 0
    parts = [f"{failed} records could not be had"] if failed else []
    if texts is not None and texts.failed:
        parts.append(f"{len(texts.failed)} full texts could not be asked for")
    if parts:
        raise ServiceUnavailable(f"the refresh stayed incomplete: {' and '.join(parts)}; run it again to go on")
