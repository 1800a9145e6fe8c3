"""A topic's search as one PubMed query, and the search of all its records, however many.

PubMed gives at most 9,999 PMIDs a search and cuts the rest without a word. A larger search is bisected on the
create date (unlike the Entrez date it is never set back for papers added late), a single day on PMID ranges, until
each part fits; the parts must add up to the whole.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from catalog.errors import InvalidInput, Problem, Problems, ServiceUnavailable
from catalog.topic import Topic
from ingest.pubmed.client import Client
from ingest.pubmed.responses import LIMIT, Found, read_search

FIRST_DAY = dt.date(1900, 1, 1)
LAST_PMID = 10**8
DOIS_IN_QUERY = 40
Part = tuple[int, int]


@dataclass(frozen=True)
class Searched:
    """All records of a search, and the parts it was taken in when one answer could not hold it."""

    query: str
    translation: str
    warnings: tuple[str, ...]
    pmids: frozenset[str]
    parts: tuple[tuple[str, int], ...] = ()


def query_of(topic: Topic, since: dt.date | None = None) -> str:
    """Return the topic's query; with `since` only records created from that day on.

    Raises `InvalidInput` when the topic has no search or a term's quotes or brackets do not match.
    """
    if topic.search is None:
        raise InvalidInput([Problem("the topic says nothing about how to search", file=f"topic {topic.slug}",
                                    remedy="Add [search.blocks] to it")])  # fmt: skip
    problems = Problems()
    for name, terms in topic.search.blocks.items():
        for term in terms:
            _check_term(term, name, problems)
    problems.raise_if_any()
    query = " AND ".join(f"({' OR '.join(terms)})" for terms in topic.search.blocks.values())
    return f'({query}) AND ("{since:%Y/%m/%d}"[crdt] : "3000"[crdt])' if since else query


def _check_term(term: str, block: str, problems: Problems) -> None:
    outside = re.sub(r'"[^"]*"', "", term)
    for opening, closing in ("()", "[]"):
        if outside.count(opening) != outside.count(closing):
            problems.add(f"brackets {opening}{closing} do not match in a search term", column=block, found=term)
    if '"' in outside:
        problems.add("a quotation mark is not closed in a search term", column=block, found=term)
    if not term.strip():
        problems.add("an empty search term", column=block)


def count(client: Client, query: str) -> Found:
    """Return how many records there are, without their PMIDs."""
    params = [("db", "pubmed"), ("term", query), ("retmax", "0"), ("retmode", "xml")]
    return client.ask("esearch", params, lambda body: read_search(body, retmax=0))


def search(client: Client, query: str, *, on_part: Callable[[int, int], None] = lambda done, total: None) -> Searched:
    """Return every record of `query`. Raises `ServiceUnavailable` when the parts do not add up to the whole."""
    shortfall = ""
    for _ in range(2):  # a record that is added between two parts makes a difference once
        whole = _ask(client, query)
        if whole.count <= LIMIT:
            on_part(whole.count, whole.count)
            return Searched(query, whole.translation, whole.warnings, frozenset(whole.pmids))
        pmids, parts = _gathered(client, query, whole.count, on_part)
        if len(pmids) == whole.count == sum(count for _, count in parts):
            return Searched(query, whole.translation, whole.warnings, frozenset(pmids), tuple(parts))
        shortfall = f"the search counts {whole.count} records, its parts give {len(pmids)}"
    raise ServiceUnavailable(f"{shortfall}; nothing was fetched, try again later")


def _gathered(
    client: Client, query: str, total: int, on_part: Callable[[int, int], None]
) -> tuple[set[str], list[tuple[str, int]]]:
    """Return the PMIDs of all parts of a large search, and how many each part gave."""
    pmids: set[str] = set()
    parts: list[tuple[str, int]] = []
    last = dt.date.today() + dt.timedelta(days=1)  # noqa: DTZ011 -- wherever PubMed's clock is, no record is newer
    for name, found in _parts(client, query, total, (FIRST_DAY.toordinal(), last.toordinal()), _days):
        pmids.update(found.pmids)
        parts.append((name, found.count))
        on_part(len(pmids), total)
    return pmids, parts


def search_dois(client: Client, dois: Iterable[str]) -> set[str]:
    """Return the PMIDs that PubMed has for DOIs; an answer that knows far more than was asked is left aside."""
    asked = sorted(dois)
    found: set[str] = set()
    for start in range(0, len(asked), DOIS_IN_QUERY):
        some = asked[start : start + DOIS_IN_QUERY]
        answer = _ask(client, " OR ".join(f'"{doi}"[doi]' for doi in some))
        if answer.count <= 2 * len(some):
            found.update(answer.pmids)
    return found


def _ask(client: Client, term: str) -> Found:
    params = [("db", "pubmed"), ("term", term), ("retmax", str(LIMIT)), ("retmode", "xml")]
    return client.ask("esearch", params, read_search)


def _parts(
    client: Client, query: str, total: int, part: Part, restrict: Callable[[Part], str]
) -> Iterable[tuple[str, Found]]:
    """Yield the parts of a search that fit into one answer each; a part is halved until it does."""
    first, last = part
    if first == last and restrict is _uids:
        raise ServiceUnavailable(f"PubMed counts {total} records under one PMID ({restrict(part)})")
    if first == last:
        inner = f"({query}) AND {restrict(part)}"
        yield from _parts(client, inner, total, (1, LAST_PMID), _uids)
        return
    middle = (first + last) // 2
    left, right = (first, middle), (middle + 1, last)
    lower = _ask(client, f"({query}) AND {restrict(left)}")
    yield from _fitting(client, query, lower, left, restrict)
    if total - lower.count > LIMIT:  # that much is certain without asking
        yield from _parts(client, query, total - lower.count, right, restrict)
    else:
        upper = _ask(client, f"({query}) AND {restrict(right)}")
        yield from _fitting(client, query, upper, right, restrict)


def _fitting(
    client: Client, query: str, found: Found, part: Part, restrict: Callable[[Part], str]
) -> Iterable[tuple[str, Found]]:
    """Yield a part that fits as it is, the parts of one that does not, and nothing for one without records."""
    if found.count > LIMIT:
        yield from _parts(client, query, found.count, part, restrict)
    elif found.count:
        yield restrict(part), found


def _days(part: Part) -> str:
    first, last = (dt.date.fromordinal(day).strftime("%Y/%m/%d") for day in part)
    return f'("{first}"[crdt] : "{last}"[crdt])'


def _uids(part: Part) -> str:
    return f"{part[0]}:{part[1]}[uid]"
