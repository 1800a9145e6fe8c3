"""One refresh: search, fetch what is not held, look again at what is included, account for every PMID.

Nothing is asked by date: the search names every PMID, and the difference with what is held is what is new. What is
included, under reading, or named by people is fetched again each time; that is how retractions, errata, mergers and
deletions are found. A record that has vanished from the search is looked up too.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from catalog.errors import InvalidInput, Problem, ServiceUnavailable
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES
from catalog.topic import Topic
from ingest.pubmed.client import Client
from ingest.pubmed.failures import Failure, Refused
from ingest.pubmed.fetch import Batch, Fetcher, Lost
from ingest.pubmed.loading import Changes, Loader
from ingest.pubmed.progress import Progress
from ingest.pubmed.query import Searched, query_of, search, search_dois
from ingest.pubmed.responses import Fate


@dataclass(frozen=True)
class Outcome:
    """What a refresh found and changed; `held` of those found were held already, `resumed` by an interrupted run.

    `named` are asked for because people name them and the search does not. `version_before` and `version` are those
    of the table `report`; None where there was none.
    """

    searched: Searched
    held: int
    named: int
    resumed: int
    looked_at_again: int
    changes: Changes
    incomplete: bool
    version_before: int | None
    version: int | None


def refresh(
    topic: Topic,
    store: Store,
    client: Client,
    progress: Progress,
    since: dt.date | None = None,
    on_searched: Callable[[Searched], None] = lambda searched: None,
) -> Outcome:
    """Bring `report` and `search` up to date with PubMed; `on_searched` is told of the search before any fetch.

    Raises `ServiceUnavailable` when PubMed cannot be reached or fails again and again; what was fetched until then
    is kept, and the next refresh goes on from there. A record that alone cannot be had makes the outcome incomplete.
    The journal is the caller's to clear when everything that follows is done.
    """
    query = query_of(topic, since)
    arguments = {"query": query, "eutils_url": client.settings.eutils_url}
    version_before = store.version("report")
    loader = Loader(store, Lineage("ingest.pubmed", arguments, topic.sha256))
    settled = loader.take_up()
    held = loader.held
    searched, by_doi = _search(client, query, held.dois, progress)
    on_searched(searched)
    known = held.known()
    new = (searched.pmids | by_doi | held.peoples()) - known
    again = held.to_look_at_again(searched.pmids if since is None else None) - new
    try:
        incomplete = _fetch([*_in_order(new - settled), *_in_order(again - settled)], Fetcher(client), loader, progress)
    finally:
        loader.commit()
    store.upsert("search", from_rows(TABLES["search"], [_row(searched)]), loader.lineage, ignore=("searched_on",))
    return Outcome(
        searched,
        held=len(searched.pmids & known),
        named=len(new - searched.pmids),
        resumed=len(settled),
        looked_at_again=len(again),
        changes=loader.changes,
        incomplete=incomplete,
        version_before=version_before,
        version=store.version("report"),
    )


def _search(client: Client, query: str, dois: Iterable[str], progress: Progress) -> tuple[Searched, set[str]]:
    """Return the search's records, and the PMIDs of what people know by DOI alone."""
    try:
        with progress.bar("search") as tell:
            searched = search(client, query, on_part=tell)
        return searched, search_dois(client, dois)
    except Refused as failure:
        raise InvalidInput([Problem(f"PubMed refuses the search: {failure}")]) from None
    except Failure as failure:
        raise ServiceUnavailable(f"PubMed could not be searched: {failure}") from None


@dataclass
class Left:
    """What a round of fetching leaves: PMIDs that were not returned, that fail, that PubMed says are withdrawn.

    `moved` says that records came which nobody had asked for: some PMID leads to another.
    """

    missing: set[str] = field(default_factory=set)
    lost: dict[str, str] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    moved: bool = False

    def take(self, answer: Batch | Lost, loader: Loader) -> int:
        """Load an answer and note what it leaves; return how many PMIDs it settles."""
        if isinstance(answer, Lost):
            self.lost[answer.pmid] = answer.reason
            self.missing.discard(answer.pmid)
            return 1
        loader.take(answer)
        self.missing |= answer.missing
        self.missing -= answer.records.keys()
        self.withdrawn |= answer.withdrawn
        self.moved |= bool(answer.extra)
        return len(answer.asked)


def _fetch(pmids: list[str], fetcher: Fetcher, loader: Loader, progress: Progress) -> bool:
    """Fetch and load records, and what took their place; return whether any that exist could not be had."""
    asked = set(pmids)
    incomplete = False
    while pmids:
        left = Left()
        with progress.bar("fetch") as tell:
            for answer in fetcher.batches(pmids):
                tell.more(left.take(answer, loader), len(pmids))
        for answer in fetcher.again(left.missing):
            left.take(answer, loader)
        loader.commit()
        fates = fetcher.fates(left.missing, moved=left.moved) if left.missing else {}
        for pmid in left.withdrawn & fates.keys():
            if fates[pmid].status == "there":
                fates[pmid] = Fate("gone", "PubMed withdraws it (DeleteCitation)")
        loader.settle(fates, left.lost)
        incomplete |= bool(left.lost) or any(fate.status == "there" for fate in fates.values())
        into = {fate.merged_into for fate in fates.values() if fate.merged_into}
        pmids = _in_order(into - asked - loader.held.known())
        asked.update(pmids)
    return incomplete


def _row(searched: Searched) -> dict[str, object]:
    listed = "\n".join(_in_order(searched.pmids))
    return {
        "search_id": f"pubmed:{hashlib.sha256(searched.query.encode()).hexdigest()[:12]}",
        "service": "PubMed",
        "query": searched.query,
        "translation": searched.translation,
        "warnings": json.dumps(searched.warnings) if searched.warnings else None,
        "n_found": len(searched.pmids),
        "pmids_sha256": hashlib.sha256(listed.encode()).hexdigest(),
        "slices": json.dumps(searched.parts) if searched.parts else None,
        "searched_on": dt.datetime.now(dt.UTC).date().isoformat(),
    }


def _in_order(pmids: Iterable[str]) -> list[str]:
    return sorted(pmids, key=int)
