"""How every command starts and ends: no traceback for a user's mistake, the exit codes of the errors."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.errors import InvalidInput, UserError
from catalog.unwritable import OF_PLACE, unwritable

if TYPE_CHECKING:
    from catalog.store import Commit

TopicName = Annotated[str, typer.Option("--topic", help="Slug of a shipped topic, or path of a .toml file.")]
Data = Annotated[Path, typer.Option("--data", help="Folder that holds all data; never part of the repository.")]


def application(help_text: str) -> typer.Typer:
    """Return a Typer application with the project's conventions."""
    return typer.Typer(
        help=help_text,
        add_completion=False,
        no_args_is_help=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def run(app: typer.Typer, program: str) -> None:
    """Run `app`; print a `UserError` plainly and leave with its exit code.

    A reader that goes away (`… | head`) ends the command quietly, as other command-line tools do.
    """
    try:
        app(prog_name=program)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        if error.errno not in OF_PLACE or isinstance(error, FileNotFoundError):  # the latter is rather our fault
            raise
        wrong = InvalidInput([unwritable(error.filename or "the output", error.errno)])
        print(f"error: {wrong}", file=sys.stderr)
        raise SystemExit(wrong.exit_code) from None


def say_commits(commits: list[Commit]) -> None:
    """Print one line a table: its rows, its version, and whether this run changed it."""
    from rich.console import Console
    from rich.table import Table

    table = Table("table", "rows", "version", "", box=None, pad_edge=False)
    for commit in commits:
        state = "written" if commit.changed else "unchanged"
        table.add_row(commit.table, str(commit.rows), str(commit.version), state)
    Console().print(table)
