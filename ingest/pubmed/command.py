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
from ingest.pubmed.journal import Journal, alone
from ingest.pubmed.progress import Progress
from ingest.pubmed.query import Searched, count, query_of
from ingest.pubmed.refresh import Outcome, refresh
from ingest.pubmed.responses import Found
from ingest.pubmed.settings import Settings
from ingest.pubmed.summary import say, say_full_texts, say_query, say_reading


@dataclass(frozen=True)
class Call:
    """What was asked on the command line; `options` are those with which another command finds the same tables."""

    topic: Topic
    data: Path
    options: str
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
    say_query(console, query_of(call.topic, call.since))
    if call.dry_run:
        _say_counts(call, client, console)
        return
    store = Store(call.data, call.topic.slug)
    with alone(store.root, on_wait=lambda: progress.say("another refresh of this topic is running; waiting for it")):
        outcome = refresh(
            call.topic,
            store,
            client,
            progress,
            call.since,
            on_searched=lambda found: _say_reading(console, call, found),
        )
        lineage = Lineage("ingest.pubmed", {}, call.topic.sha256, store.versions(("report",)))
        with progress.bar("screen") as tell:
            reading = decide(call.topic, store, lineage, on_part=tell)
        texts = obtain(store, client, progress, reading, lineage) if call.full_text else None
        Journal(store.root).clear()
    say(console, outcome, len(reading), store.root, call.options)
    if texts is not None:
        say_full_texts(console, texts, call.options)
    _refuse_incomplete(outcome, texts)


def _say_counts(call: Call, client: Client, console: Console) -> None:
    try:
        found = count(client, query_of(call.topic, call.since))
    except Refused as failure:
        raise InvalidInput([Problem(f"PubMed refuses the search: {failure}")]) from None
    except Failure as failure:
        raise ServiceUnavailable(f"PubMed could not be searched: {failure}") from None
    _say_reading(console, call, found)
    console.print(f"found: {found.count}", highlight=False)


def _say_reading(console: Console, call: Call, found: Found | Searched) -> None:
    blocks = call.topic.search.blocks if call.topic.search else {}
    say_reading(console, found.translation, found.warnings, blocks)


def _refuse_incomplete(outcome: Outcome, texts: FullTexts | None) -> None:
    failed = len(outcome.changes.missing) if outcome.incomplete else 0
    parts = [f"{_counted(failed, 'record')} could not be had"] if failed else []
    if texts is not None and texts.failed:
        parts.append(f"{_counted(len(texts.failed), 'full text')} could not be asked for")
    if parts:
        raise ServiceUnavailable(
            f"the refresh stayed incomplete: {' and '.join(parts)}. What was obtained is in the tables; run it again "
            "for the rest, or go on with make evidence"
        )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
