"""What a loading command says at its end."""

from __future__ import annotations

from catalog.store import Commit


def say(commits: list[Commit]) -> None:
    """Print one line a table: its rows, its version, and whether this run changed it."""
    from rich.console import Console
    from rich.table import Table

    table = Table("table", "rows", "version", "", box=None, pad_edge=False)
    for commit in commits:
        state = "written" if commit.changed else "unchanged"
        table.add_row(commit.table, str(commit.rows), str(commit.version), state)
    Console().print(table)
