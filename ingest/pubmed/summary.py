"""What a refresh did, in a short table and, where it matters, PMID by PMID."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.pubmed.full_text import FullTexts
from ingest.pubmed.refresh import Outcome

Blocks = Mapping[str, Sequence[str]]
LISTED = 50
WORDS = {
    "retracted_by": "newly retracted",
    "concern_by": "new expression of concern",
    "corrected_by": "newly corrected",
}


def say_query(console: Console, query: str) -> None:
    """Print the query as it is run."""
    _line(console, f"query: {query}")


def say_reading(console: Console, translation: str, warnings: Iterable[str], blocks: Blocks) -> None:
    """Print what PubMed made of the query, and what it did not understand with the term of `blocks` it stands in."""
    _line(console, f"PubMed's reading: {translation}")
    for warning in warnings:
        _line(console, f"warning: {warning}{_place(warning, blocks)}", style="yellow")


def _place(warning: str, blocks: Blocks) -> str:
    """Return where in the topic file the part of the query stands that a warning ends with."""
    part = warning.rpartition(": ")[2].strip('"').casefold()
    for block, terms in blocks.items():
        for term in terms:
            if part in term.casefold():
                return f" (in the block {block!r} of the topic: {term})"
    return ""


def say(console: Console, outcome: Outcome, to_read: int, root: Path, options: str) -> None:
    """Print the counts of a refresh, then every record that a person may have to look at."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in _counts(outcome, to_read):
        table.add_row(name, str(number))
    console.print(table)
    for line in _lines(outcome):
        _line(console, line)
    before, now = outcome.version_before, outcome.version
    if before is not None and before != now:
        _line(console, f"all changes: python -m catalog diff report --from {before} --to {now}{options}")
    _line(console, f"tables: {root / 'source'}; answers as received: {root / 'raw'}")


def _line(console: Console, words: str, style: str | None = None) -> None:
    """Print one line as it is, however long."""
    console.print(words, style=style, markup=False, highlight=False, soft_wrap=True)


def _counts(outcome: Outcome, to_read: int) -> Iterator[tuple[str, int]]:
    changes = outcome.changes
    yield "found", len(outcome.searched.pmids)
    yield "already held", outcome.held
    if outcome.named:
        yield "not found, but named by people", outcome.named
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


def say_full_texts(console: Console, texts: FullTexts, options: str) -> None:
    """Print how many full texts are held, and those to be obtained by hand with their DOI."""
    hand = len(texts.by_hand)
    console.print(f"full texts: {texts.held} held, {texts.obtained} of them new; {hand} to be obtained by hand")
    for pmid, doi, why in sorted(texts.by_hand, key=lambda entry: int(entry[0]))[:LISTED]:
        _line(console, f"by hand: PMID {pmid}, {doi or 'no DOI'} ({why})")
    if hand > LISTED:
        every = f"python -m catalog show full_text --rows {hand + texts.held}{options}"
        _line(console, f"… and {hand - LISTED} more: {every}")
    for line in _each(texts.failed, "not obtained: PMID {}: {}"):
        _line(console, line)
