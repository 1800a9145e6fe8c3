"""Calling a command as a person does, in this process: arguments in; exit code, output and error text out."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from unittest.mock import patch

import typer

from catalog.cli import run


@dataclass(frozen=True)
class Called:
    code: int
    out: str
    err: str


def call(app: typer.Typer, *arguments: object) -> Called:
    """Run `app` with `arguments` through the project's own entry (`catalog.cli.run`)."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with (
        patch("sys.argv", ["command", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            run(app, "command")
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return Called(code, out.getvalue(), err.getvalue())
