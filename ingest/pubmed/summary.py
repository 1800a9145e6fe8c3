"""What a refresh did, in a short table and, where it matters, PMID by PMID."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.pubmed.full_text import FullTexts
from ingest.pubmed.refresh import Outcome

LISTED = 50
WORDS = {
    "retracted_by": "newly retracted",
    "concern_by": "new expression of concern",
    "corrected_by": "newly corrected",
}


def say_search(console: Console, query: str, translation: str, warnings: Iterable[str], found: int) -> None:
    """Print the query as run, PubMed's reading of it, and what PubMed did not understand."""
    for name, words in (("query", query), ("PubMed's reading", translation), ("found", str(found))):
        console.print(f"{name}: {words}", markup=False, highlight=False, soft_wrap=True)
    for warning in warnings:
        console.print(f"warning: {warning}", markup=False, highlight=False, soft_wrap=True)


def say(console: Console, outcome: Outcome, to_read: int, root: Path) -> None:
    """Print the counts of a refresh, then every record that a person may have to look at."""
    searched = outcome.searched
    say_search(console, searched.query, searched.translation, searched.warnings, len(searched.pmids))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in _counts(outcome, to_read):
        table.add_row(name, str(number))
    console.print(table)
    for line in _lines(outcome):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"tables: {root / 'source'}; answers as received: {root / 'raw'}", markup=False, soft_wrap=True)


def _counts(outcome: Outcome, to_read: int) -> Iterator[tuple[str, int]]:
    changes = outcome.changes
    yield "found", len(outcome.searched.pmids)
    yield "already held", outcome.held
    if outcome.resumed:
        yield "taken up from an interrupted refresh", outcome.resumed
    yield "new", len(changes.new)
    yield "looked at again", outcome.looked_at_again
    yield "revised", len(changes.revised)
    for name, words in WORDS.items():
        yield words, len(changes.noticed[name])
    yield "deleted", len(changes.deleted)
    yield "merged", len(changes.merged)
    yield "not returned", len(changes.missing)
    yield "eligible for reading", to_read


def _lines(outcome: Outcome) -> Iterator[str]:
    changes = outcome.changes
    for name, words in WORDS.items():
        yield from _each(changes.noticed[name], f"{words}: PMID {{}} by {{}}")
    yield from _each(dict.fromkeys(changes.deleted, ""), "deleted: PMID {}")
    yield from _each(changes.merged, "merged: PMID {} into {}")
    yield from _each(changes.missing, "not returned: PMID {}: {}")


def _each(found: Mapping[str, str], words: str) -> Iterator[str]:
    for pmid in sorted(found, key=int):
        yield words.format(pmid, found[pmid])


def say_full_texts(console: Console, texts: FullTexts) -> None:
    """Print how many full texts are held, and those to be obtained by hand with their DOI."""
    hand = len(texts.by_hand)
    console.print(f"full texts: {texts.held} held, {texts.obtained} of them new; {hand} to be obtained by hand")
    for pmid, doi, why in sorted(texts.by_hand, key=lambda entry: int(entry[0]))[:LISTED]:
        console.print(f"by hand: PMID {pmid}, {doi or 'no DOI'} ({why})", markup=False, highlight=False, soft_wrap=True)
    if hand > LISTED:
        console.print(f"… and {hand - LISTED} more: python -m catalog show full_text --where full_text_status=by_hand")
    for line in _each(texts.failed, "not obtained: PMID {}: {}"):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
