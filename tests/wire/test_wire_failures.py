"""Every failure on record is recognised, tried again only when that can help, and never taken for a result."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from conftest import quick
from support.entrez.mischief import ERROR, TRICKS, Asked, Trick, first, never, whenever_asked_for
from support.entrez.server import Entrez
from support.entrez.world import World, papers

from catalog.errors import ServiceUnavailable
from ingest.pubmed.client import Client
from ingest.pubmed.failures import Failure, Refused, TooMuch, TryAgain, Unreachable
from ingest.pubmed.fetch import Batch, Fetcher, Lost
from ingest.pubmed.pmc import pmcids
from ingest.pubmed.query import search

Serve = Callable[..., Entrez]


def fetched(client: Client, pmids: list[str]) -> tuple[set[str], dict[str, str]]:
    """PMIDs returned, and those lost with the reason."""
    answers = list(Fetcher(client).batches(pmids))
    got = {pmid for answer in answers if isinstance(answer, Batch) for pmid in answer.records}
    return got, {answer.pmid: answer.reason for answer in answers if isinstance(answer, Lost)}


@pytest.mark.parametrize("name", sorted(TRICKS))
def test_a_passing_failure_is_survived(name: str, serve: Serve) -> None:
    entrez = serve(World().add(*papers(5)))
    pmids = [str(number) for number in range(1, 6)]
    told: list[str] = []
    for utility in ("esearch", "efetch"):
        entrez.mischief = first(2, TRICKS[name], utility)
        if "Retry-After" in name:
            entrez.mischief = first(1, Trick(name, 429, b"{}", headers=(("Retry-After", "0"),)), utility)
        client = Client(quick(entrez), on_retry=told.append)
        if utility == "esearch":
            assert search(client, "anything").pmids == set(pmids)
        else:
            assert fetched(client, pmids) == (set(pmids), {})
    assert told
    assert all("192.0.2.1" not in words for words in told)


@pytest.mark.parametrize(
    ("trick", "kind"),
    [
        (Trick("wrong key", 400, b'{"error":"API key invalid","api-key":"secret"}'), Refused),
        (Trick("forbidden", 403, b"no"), Refused),
        (Trick("gone", 404, b"no"), Refused),
        (Trick("moved", 301, b"", headers=(("Location", "http://192.0.2.1/"),)), Refused),
        (Trick("too long", 414, b""), TooMuch),
        (Trick("invalid db", body=ERROR.format("Invalid db name specified: fleegle").encode()), Refused),
        (Trick("no ids", body=ERROR.format("Empty id list; nothing to do").encode()), Refused),
    ],
    ids=lambda value: value.name if isinstance(value, Trick) else value.__name__,
)
def test_what_cannot_succeed_is_asked_once(trick: Trick, kind: type[Failure], serve: Serve) -> None:
    entrez = serve(World().add(*papers(1)), lambda asked: trick)
    with pytest.raises(kind) as failure:
        search(Client(quick(entrez)), "anything")
    assert len(entrez.log) == 1
    assert "secret" not in str(failure.value)


def test_zero_hits_only_when_the_count_says_zero(serve: Serve) -> None:
    assert search(Client(quick(serve(World()))), "anything").pmids == frozenset()
    error = Trick("error", body=ERROR.format("Search Backend failed").replace("eFetch", "eSearch").encode())
    with pytest.raises(TryAgain, match="Search Backend failed"):
        search(Client(quick(serve(World(), lambda asked: error))), "anything")


def test_a_search_that_loses_records_is_not_believed(serve: Serve) -> None:
    def lose_one(body: bytes) -> bytes:
        return body.replace(b"<Id>3</Id>\n", b"")

    entrez = serve(World().add(*papers(5)), lambda asked: Trick("short", spoil=lose_one))
    with pytest.raises(TryAgain, match="counts 5 records but names 4"):
        search(Client(quick(entrez)), "anything")


def test_retry_after_is_waited_for(serve: Serve) -> None:
    entrez = serve(World().add(*papers(1)), first(1, TRICKS["429 with Retry-After"]))
    began = time.monotonic()
    search(Client(quick(entrez)), "anything")
    assert time.monotonic() - began >= 1.0


def test_a_wait_beyond_all_patience_ends_at_once(serve: Serve) -> None:
    entrez = serve(World(), lambda asked: Trick("busy", 503, b"", headers=(("Retry-After", "86400"),)))
    began = time.monotonic()
    with pytest.raises(Unreachable, match="503"):
        search(Client(quick(entrez)), "anything")
    assert len(entrez.log) == 1
    assert time.monotonic() - began < 5


def test_a_body_that_drips_is_given_up(serve: Serve) -> None:
    entrez = serve(World().add(*papers(1)), first(1, Trick("drip", drip=0.02, spoil=lambda body: body)))
    client = Client(quick(entrez, answer_seconds=0.2))
    assert search(client, "anything").pmids == {"1"}
    assert client.requests == 2


@pytest.mark.parametrize("name", ["corrupt", "cut short", "500", "empty", "external viewer"])
def test_one_bad_record_is_set_aside_and_the_rest_is_kept(name: str, serve: Serve) -> None:
    entrez = serve(World().add(*papers(400)), whenever_asked_for("77", TRICKS[name]))
    pmids = [str(number) for number in range(1, 401)]
    got, lost = fetched(Client(quick(entrez, attempts=2)), pmids)
    assert got == set(pmids) - {"77"}
    assert list(lost) == ["77"]
    assert lost["77"].startswith("PubMed's answer cannot be read: ")


def test_a_request_that_is_too_long_is_halved_without_trying_again(serve: Serve) -> None:
    entrez = serve(World().add(*papers(200)), lambda asked: Trick("414", 414, b"") if len(asked.ids) > 50 else None)
    got, lost = fetched(Client(quick(entrez)), [str(number) for number in range(1, 201)])
    assert (len(got), lost) == (200, {})
    assert len(entrez.log) == 7


def test_records_that_are_refused_as_unknown_are_missing_and_not_lost(serve: Serve) -> None:
    unknown = Trick("unknown", body=ERROR.format("UID=77: not found").encode())
    gone = {str(number) for number in range(60, 80)}
    entrez = serve(World().add(*papers(90)), lambda asked: None if gone.isdisjoint(asked.ids) else unknown)
    answers = list(Fetcher(Client(quick(entrez))).batches([str(number) for number in range(1, 91)]))
    assert all(isinstance(answer, Batch) for answer in answers)
    assert set().union(*(answer.missing for answer in answers if isinstance(answer, Batch))) == gone


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_service_that_refuses_to_give_records_ends_the_refresh(status: int, serve: Serve) -> None:
    entrez = serve(World().add(*papers(3)), lambda asked: Trick("no", status, b""))
    with pytest.raises(ServiceUnavailable, match=f"refuses to give records.*{status}"):
        fetched(Client(quick(entrez)), ["1", "2"])
    assert len(entrez.log) == 1


def test_a_service_that_is_down_is_not_asked_record_by_record(serve: Serve) -> None:
    entrez = serve(World().add(*papers(400)), lambda asked: TRICKS["500"])
    with pytest.raises(ServiceUnavailable, match="fails again and again"):
        fetched(Client(quick(entrez)), [str(number) for number in range(1, 401)])
    assert len(entrez.log) < 50


def test_the_last_failure_is_not_told_as_one_more_try(serve: Serve) -> None:
    told: list[str] = []
    client = Client(quick(serve(World(), lambda asked: TRICKS["500"]), attempts=3), on_retry=told.append)
    with pytest.raises(TryAgain):
        search(client, "anything")
    assert told == ["the service failed (HTTP 500)"] * 2


def test_no_connection_at_all(serve: Serve) -> None:
    entrez = serve(World())
    settings = quick(entrez)
    entrez.__exit__()
    with pytest.raises(ServiceUnavailable, match=r"cannot be reached: no connection to 127\.0\.0\.1"):
        fetched(Client(settings), ["1"])


def test_records_that_nobody_asked_for_are_left_aside(serve: Serve) -> None:
    world = World().add(*papers(5))
    extra = world.papers["5"].xml().encode()
    entrez = serve(
        world,
        lambda asked: Trick(
            "extra", spoil=lambda body: body.replace(b"</PubmedArticleSet>", extra + b"</PubmedArticleSet>")
        ),
    )
    (batch,) = Fetcher(Client(quick(entrez))).batches(["1", "2"])
    assert isinstance(batch, Batch)
    assert (set(batch.records), batch.extra) == ({"1", "2"}, {"5"})


def test_what_is_left_out_at_random_is_asked_for_again(serve: Serve) -> None:
    world = World(withheld={"3"}).add(*papers(5))

    def appear(asked: Asked) -> None:
        if asked.number == 1:
            world.withheld.clear()

    entrez = serve(world, appear)
    fetcher = Fetcher(Client(quick(entrez)))
    (batch,) = fetcher.batches(["1", "2", "3"])
    assert isinstance(batch, Batch)
    assert batch.missing == {"3"}
    (again,) = fetcher.again(batch.missing)
    assert isinstance(again, Batch)
    assert set(again.records) == {"3"}


def test_a_summary_under_another_pmid_is_a_merger(serve: Serve) -> None:
    world = World().add(*papers(3))

    def forwarding(body: bytes) -> bytes:
        return body.replace(b"<ERROR>UID=9: cannot get document summary</ERROR>", b"<DocSum><Id>2</Id></DocSum>")

    entrez = serve(world, lambda asked: Trick("forward", spoil=forwarding) if asked.utility == "esummary" else None)
    fates = Fetcher(Client(quick(entrez))).fates(["8", "9"], moved=False)
    assert (fates["9"].status, fates["9"].merged_into, fates["8"].status) == ("merged", "2", "gone")


def test_nothing_is_taken_for_deleted_while_esummary_fails(serve: Serve) -> None:
    for trick in (TRICKS["500"], Trick("no", 404, b""), Trick("no", 403, b"")):
        entrez = serve(
            World().add(*papers(3)), lambda asked, trick=trick: trick if asked.utility == "esummary" else None
        )
        fates = Fetcher(Client(quick(entrez))).fates(["8", "9"], moved=False)
        assert {fate.status for fate in fates.values()} == {"there"}


def test_a_summary_refused_for_one_is_not_refused_for_all(serve: Serve) -> None:
    body = b"<eSummaryResult><ERROR>cannot get document summary</ERROR></eSummaryResult>"
    refused = Trick("one for all", body=body)
    entrez = serve(
        World().add(*papers(3)), lambda asked: refused if asked.utility == "esummary" and "9" in asked.ids else None
    )
    fates = Fetcher(Client(quick(entrez))).fates(["2", "9"], moved=False)
    assert {pmid: fate.status for pmid, fate in fates.items()} == {"2": "there", "9": "gone"}


def test_a_book_counts_as_a_record(serve: Serve) -> None:
    entrez = serve(World().add(*papers(1), *papers(1, 2, book=True)), never)
    (batch,) = Fetcher(Client(quick(entrez))).batches(["1", "2"])
    assert isinstance(batch, Batch)
    assert {pmid: record.report_status for pmid, (record, _) in batch.records.items()} == {"1": "live", "2": "book"}


def test_elink_takes_over_when_the_id_converter_fails(serve: Serve) -> None:
    world = World().add(*papers(1, pmcid="PMC5"), *papers(1, 2))
    entrez = serve(world, lambda asked: TRICKS["500"] if asked.utility == "idconv" else None)
    assert pmcids(Client(quick(entrez)), ["1", "2"]) == ({"1": "PMC5"}, None)
    assert entrez.asked("elink")[0].params["id"] == ["1", "2"]
