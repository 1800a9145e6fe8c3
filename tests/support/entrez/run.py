"""The command in a process of its own, which can be killed: started in a moment from a server that has imported it."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.process import BaseProcess
from pathlib import Path


def start(environment: dict[str, str], data: Path, *, batch: int = 200, commit_rows: int = 2_000) -> BaseProcess:
    """Start a refresh of `data`."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pandas", "ingest.pubmed.command", "ingest.pubmed.__main__", "support.entrez.run"])
    process = context.Process(target=_refresh, args=(environment, data, batch, commit_rows), daemon=True)
    process.start()
    return process


def _refresh(environment: dict[str, str], data: Path, batch: int, commit_rows: int) -> None:
    import sys

    from catalog.cli import run
    from ingest.pubmed import fetch, loading
    from ingest.pubmed.__main__ import app

    os.environ.update(environment)
    fetch.BATCH, loading.COMMIT_ROWS = batch, commit_rows
    data.mkdir(parents=True, exist_ok=True)
    with (data / f"{os.getpid()}.out").open("w") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.argv = ["ingest.pubmed", "--data", str(data)]
    run(app, "python -m ingest.pubmed")
