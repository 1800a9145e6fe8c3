"""The command against the synthetic PubMed on loopback; nothing here can reach any further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.chain import store_of
from support.command import Called, call
from support.entrez.mischief import When, never
from support.entrez.server import Entrez
from support.entrez.world import World

from catalog.store import Store
from ingest.pubmed.settings import Settings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let these tests connect to this machine, and to nothing else."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture
def serve() -> Iterator[Callable[..., Entrez]]:
    """Start servers that stop when the test ends."""
    with ExitStack() as stack:
        yield lambda world, mischief=never: stack.enter_context(Entrez(world, mischief))


def quick(entrez: Entrez, **more: object) -> Settings:
    """Settings for a test: no waiting between requests, next to none before a retry."""
    given = {"requests_per_second": 1e5, "first_wait_seconds": 0.001, "longest_wait_seconds": 0.01, **more}
    return Settings("synthetic@example.org", eutils_url=entrez.eutils, pmc_url=entrez.root, pmc_cloud_url=entrez.root,
                    europe_pmc_url=entrez.root, **given)  # type: ignore[arg-type]  # fmt: skip


@dataclass
class Desk:
    """One data folder, and the command run on it against a server."""

    data: Path
    monkeypatch: pytest.MonkeyPatch

    @property
    def store(self) -> Store:
        """The tables."""
        return store_of(self.data)

    def refresh(self, entrez: Entrez, *options: str) -> Called:
        """Run ``python -m ingest.pubmed`` in this process."""
        from ingest.pubmed.__main__ import app

        for name, value in environment(entrez, self.data).items():
            self.monkeypatch.setenv(name, value)
        return call(app, "--data", self.data, *options)

    def reports(self) -> dict[str, dict]:
        """Rows of `report` by PMID."""
        return {row["pmid"]: row for row in self.store.read("report").to_pylist()}

    def decisions(self) -> dict[str, dict]:
        """Rows of `screening` by report."""
        return {row["report_id"]: row for row in self.store.read("screening").to_pylist()}


def environment(entrez: Entrez, folder: Path) -> dict[str, str]:
    """The environment in which the command asks the server and hurries."""
    return {
        "NCBI_EMAIL": "synthetic@example.org",
        "NCBI_EUTILS_URL": entrez.eutils,
        "NCBI_PMC_URL": entrez.root,
        "EUROPEPMC_URL": entrez.root,
        "NCBI_REQUESTS_PER_SECOND": "100000",
        "NCBI_FIRST_WAIT_SECONDS": "0.001",
        "XDG_CONFIG_HOME": str(folder / "no-config"),
    }


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty data folder."""
    return Desk(tmp_path / "data", monkeypatch)


@pytest.fixture
def peaceful() -> When:
    """No mischief."""
    return never


@pytest.fixture
def world() -> World:
    """An empty PubMed."""
    return World()
