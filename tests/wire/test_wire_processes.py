"""Several processes and killed ones: nothing is lost, doubled, or asked for twice, and all keep one pace."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import Desk, environment, quick
from support.chain import store_of
from support.entrez.mischief import slowly
from support.entrez.run import start
from support.entrez.server import Entrez
from support.entrez.world import World, papers

from ingest.pubmed.client import Client
from ingest.pubmed.journal import Journal
from ingest.pubmed.query import count
from ingest.pubmed.rate import Pace

Serve = Callable[..., Entrez]


def told(data: Path) -> dict[str, pa.Table]:
    """The tables, without which answer a record came in: that depends on where a refresh was cut."""
    store = store_of(data)
    return {"report": store.read("report").drop_columns(["raw_sha256"]),
            "search": store.read("search"), "screening": store.read("screening")}  # fmt: skip


def held(data: Path) -> set[str]:
    """The PMIDs on disk: in the table, or in hand of a refresh."""
    store = store_of(data)
    in_hand = {pmid for entry in Journal(store.root).entries() for pmid in entry.pmids}
    return in_hand | set(store.read("report")["pmid"].to_pylist())


def test_kill_9_at_ten_moments_loses_and_repeats_nothing(serve: Serve, tmp_path: Path, desk: Desk) -> None:
    entrez = serve(World().add(*papers(500)), slowly(0.03))
    chance = random.Random(5)
    data = tmp_path / "killed"
    asked_again: list[str] = []
    for _ in range(10):
        before = held(data)
        requests = len(entrez.fetched())
        process = start(environment(entrez, data), data, batch=10, commit_rows=40)
        _until_fetching(entrez, requests, process)
        time.sleep(chance.uniform(0, 0.25))
        process.kill()
        process.join()
        assert process.exitcode == -9, "the refresh ended before it was killed"
        asked_again += before & set(entrez.fetched()[requests:])
    before, requests = held(data), len(entrez.fetched())
    last = start(environment(entrez, data), data)
    last.join(30)
    assert last.exitcode == 0
    assert asked_again == []
    assert before.isdisjoint(entrez.fetched()[requests:])
    entrez.mischief = lambda asked: None
    assert desk.refresh(entrez).code == 0
    killed, peaceful = told(data), told(desk.data)
    assert all(killed[name].equals(peaceful[name]) for name in peaceful)
    assert not Journal(store_of(data).root).path.exists()


def _until_fetching(entrez: Entrez, before: int, process: multiprocessing.process.BaseProcess) -> None:
    until = time.monotonic() + 20
    while len(entrez.fetched()) == before:
        assert time.monotonic() < until, "the refresh did not get anywhere"
        assert process.is_alive(), f"the refresh ended with {process.exitcode}"
        time.sleep(0.005)


def test_two_refreshes_at_once_do_not_double_or_corrupt(serve: Serve, tmp_path: Path) -> None:
    others = {"title": "Another drug (synthetic)", "abstract": "Synthetic. Lenvatinib in hepatitis."}
    entrez = serve(World().add(*papers(300, **others)), slowly(0.02))
    both = [start(environment(entrez, tmp_path), tmp_path, batch=50) for _ in range(2)]
    for process in both:
        process.join(30)
    assert [process.exitcode for process in both] == [0, 0]
    assert sorted(told(tmp_path)["report"]["pmid"].to_pylist(), key=int) == [str(number) for number in range(1, 301)]
    assert len(entrez.fetched()) == 300
    assert any("waiting" in out.read_text() for out in tmp_path.glob("*.out"))


def _ask(file: Path, times: int) -> None:
    pace = Pace(50, file)
    for _ in range(times):
        pace.wait()
        with file.with_suffix(".log").open("a") as log:
            log.write(f"{time.time()}\n")


def test_processes_share_one_pace(tmp_path: Path) -> None:
    file = tmp_path / "shared.pace"
    context = multiprocessing.get_context("forkserver")
    crowd = [context.Process(target=_ask, args=(file, 10)) for _ in range(3)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join(30)
    moments = sorted(float(line) for line in file.with_suffix(".log").read_text().splitlines())
    assert len(moments) == 30
    for first, later in zip(moments, moments[10:], strict=False):
        assert later - first > 10 / 50 - 0.05  # a moment is written down a little after it was granted


@pytest.mark.parametrize(("per_second", "least"), [(20.0, 0.045), (40.0, 0.02)])
def test_a_client_keeps_its_pace(per_second: float, least: float, serve: Serve) -> None:
    entrez = serve(World())
    client = Client(quick(entrez, requests_per_second=per_second))
    for _ in range(6):
        count(client, "anything")
    moments = [moment for moment, _, _ in entrez.log]
    assert all(later - first > least for first, later in zip(moments, moments[2:], strict=False))


@pytest.mark.parametrize("held", [b"", b"torn", b"\xff" * 8, b"\x00" * 8])
def test_a_broken_pace_file_holds_nobody_up(held: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.pace"
    file.write_bytes(held)
    slept: list[float] = []
    pace = Pace(10, file, clock=lambda: 1e9, sleep=slept.append)
    pace.wait()
    pace.wait()
    assert slept == [pytest.approx(0.1)]


def test_a_clock_that_was_set_back_holds_nobody_up(tmp_path: Path) -> None:
    slept: list[float] = []
    Pace(10, tmp_path / "x", clock=lambda: 1e9, sleep=slept.append).wait()
    Pace(10, tmp_path / "x", clock=lambda: 1e9 - 3600, sleep=slept.append).wait()
    assert slept == []
