"""The API key is sent, and is nowhere else: not in an address, a log, a message, a kept file, a table or a lineage."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Desk, quick
from support.command import call
from support.entrez.mischief import TRICKS, Asked, Trick, never
from support.entrez.server import Entrez
from support.entrez.world import World, papers

from ingest.pubmed.client import Client
from ingest.pubmed.failures import Failure
from ingest.pubmed.fetch import Fetcher
from ingest.pubmed.query import count

Serve = Callable[..., Entrez]
KEY = "0123456789abcdefSECRET"
ECHO = Trick("echo", 500, f'{{"error":"failed","api-key":"{KEY}","api_key={KEY}"}}'.encode(), "application/json")


def test_the_key_is_nowhere_but_in_the_body(serve: Serve, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    entrez = serve(World().add(*papers(30, pmcid="PMC5")), lambda asked: ECHO if asked.number % 3 == 0 else None)
    desk.monkeypatch.setenv("WARD_KEY", KEY)
    called = desk.refresh(entrez, "--api-key-env", "WARD_KEY", "--full-text")
    assert called.code == 0
    eutils = [(asked, path) for _, asked, path in entrez.log if asked.utility in ("esearch", "efetch", "elink")]
    assert all(asked.params["api_key"] == [KEY] and asked.method == "POST" for asked, _ in eutils)
    assert all(KEY not in path for _, _, path in entrez.log)
    assert KEY not in called.out + called.err + caplog.text
    kept = [path for path in desk.data.rglob("*") if path.is_file()]
    assert len(kept) > 10
    assert not [path for path in kept if KEY.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    "trick",
    [
        Trick("refused", 400, f'{{"error":"API key invalid","api-key":"{KEY}"}}'.encode()),
        Trick("in words", body=f"<eSearchResult><ERROR>wrong api_key={KEY}</ERROR></eSearchResult>".encode()),
        Trick("in json", body=f'{{"error":"API key not valid: {KEY}"}}'.encode()),
        Trick("in text", body=f"cannot route ?api_key={KEY}".encode()),
        Trick("moved", 302, b"", headers=(("Location", f"http://192.0.2.1/?api_key={KEY}"),)),
        TRICKS["reset"],
        TRICKS["502"],
    ],
    ids=lambda trick: trick.name,
)
def test_no_failure_says_the_key(trick: Trick, serve: Serve) -> None:
    told: list[str] = []
    client = Client(quick(serve(World(), lambda asked: trick), api_key=KEY, attempts=2), on_retry=told.append)
    with pytest.raises(Failure) as failure:
        count(client, "anything")
    assert KEY not in f"{failure.value!r} {told} {client.settings!r}"


def test_a_failing_connection_does_not_say_the_key(serve: Serve) -> None:
    client = Client(replace(quick(serve(World()), api_key=KEY, attempts=1), eutils_url="http://127.0.0.1:1/"))
    with pytest.raises(Failure, match="no connection to") as failure:
        count(client, "anything")
    assert KEY not in str(failure.value)


def test_a_refused_key_is_the_callers_to_put_right(serve: Serve, desk: Desk) -> None:
    entrez = serve(World(), lambda asked: Trick("refused", 400, f'{{"error":"API key {KEY} invalid"}}'.encode()))
    desk.monkeypatch.setenv("NCBI_API_KEY", KEY)
    called = desk.refresh(entrez)
    assert (called.code, len(entrez.log)) == (2, 1)
    assert "the API key was refused" in called.err
    assert KEY not in called.err


def test_without_a_key_few_ids_go_into_the_address_and_many_into_the_body(serve: Serve) -> None:
    entrez = serve(World().add(*papers(200)), never)
    client = Client(quick(entrez))
    list(Fetcher(client).batches(["1", "2"]))
    list(Fetcher(client)._ask(tuple(str(number) for number in range(1, 302)), None).records)
    few, many = entrez.asked("efetch")
    assert (few.method, many.method, len(many.ids)) == ("GET", "POST", 301)


def test_everybody_says_who_asks(serve: Serve, desk: Desk) -> None:
    entrez = serve(World().add(*papers(3)))
    desk.refresh(entrez, "--full-text")
    said: list[Asked] = [
        asked for _, asked, _ in entrez.log if asked.utility in ("esearch", "efetch", "elink", "idconv")
    ]
    assert {asked.utility for asked in said} == {"esearch", "efetch", "elink", "idconv"}
    assert {(*asked.params["tool"], *asked.params["email"]) for asked in said} == {
        ("cr-meta-synthesis", "synthetic@example.org")
    }


def test_no_mail_address_is_made_up(serve: Serve, desk: Desk, tmp_path: Path) -> None:
    entrez = serve(World())
    desk.monkeypatch.setenv("NCBI_EMAIL", "")
    from ingest.pubmed.__main__ import app

    desk.monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    called = call(app, "--data", desk.data, "--eutils-url", entrez.eutils)
    assert (called.code, entrez.log) == (2, [])
    assert "NCBI asks for the e-mail address" in called.err
