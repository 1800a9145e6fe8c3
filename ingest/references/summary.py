"""What an import did, for the person at the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from catalog.cli import say_commits
from ingest.references.importing import Outcome

LISTED = 20
"""Lines of a list that are printed; the rest is counted."""


def say(outcome: Outcome) -> None:
    """Print counts, everything that was left out, what is to be decided, and the tables."""
    console = Console(highlight=False)
    table = Table("entries", "", box=None, pad_edge=False, show_header=False)
    for name, count in (
        (f"in the file ({outcome.entries.format})", len(outcome.entries.references)),
        ("new", outcome.new),
        ("held already", outcome.held),
        ("repeated in the file", outcome.repeated),
        ("left out", len(outcome.left_out)),
        ("without a PMID", len(outcome.without_pmid)),
        ("pairs to decide", len(outcome.to_decide)),
        ("decisions of people taken over", outcome.taken_over),
    ):
        table.add_row(name, str(count))
    console.print(table)
    if outcome.entries.unused:
        console.print(f"columns not used: {', '.join(outcome.entries.unused)}", markup=False, soft_wrap=True)
    _list(console, "left out", outcome.left_out)
    _list(console, "without a PMID: not found again by a refresh", outcome.without_pmid)
    _list(console, "decided otherwise before, and so it stays", outcome.disagreeing)
    if outcome.to_decide:
        console.print(
            f"Say in {outcome.sheet} (column decision: same, different or unsure) which pairs are one publication, "
            "then run this import again.",
            markup=False,
            soft_wrap=True,
        )
    say_commits(outcome.commits)


def _list(console: Console, heading: str, lines: Sequence[str]) -> None:
    if lines:
        console.print(f"{heading}:", markup=False, soft_wrap=True)
        for line in lines[:LISTED]:
            console.print(f"  {line}", markup=False, soft_wrap=True)
        if len(lines) > LISTED:
            console.print(f"  … and {len(lines) - LISTED} more", markup=False, soft_wrap=True)
