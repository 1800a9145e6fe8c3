"""Full texts come from whoever gives them, with their licence; the rest is listed to be obtained by hand."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from conftest import Desk
from support.entrez.mischief import TRICKS, Trick
from support.entrez.server import Entrez
from support.entrez.world import World, papers

from catalog import raw
from catalog.store import Store

Serve = Callable[..., Entrez]
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def article(number: str, *, body: bool = True) -> str:
    """A synthetic article in JATS."""
    text = "<body><sec><title>Case</title><p>Synthetic. Complete remission at week 23.</p></sec></body>" if body else ""
    return (
        '<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="case-report"><front><article-meta>'
        f'<article-id pub-id-type="pmcid">PMC{number}</article-id><title-group><article-title>Synthetic'
        f'</article-title></title-group><permissions><license xlink:href="{LICENCE}"><license-p>CC BY</license-p>'
        f"</license></permissions></article-meta></front>{text}</article>"
    )


def world(**jats: str) -> World:
    """Three reports: one in PMC by its record, one by its PMID only, one not in PMC."""
    there = World(jats={number.removeprefix("n"): text for number, text in jats.items()})
    return there.add(
        *papers(1, 1, pmcid="PMC10", doi="10.1/a"), *papers(1, 2, doi="10.1/b"), *papers(1, 3, doi="10.1/c")
    )


def texts(desk: Desk) -> dict[str, dict]:
    return {row["pmid"]: row for row in desk.store.read("full_text").to_pylist()}


def test_the_text_is_kept_with_its_licence(serve: Serve, desk: Desk) -> None:
    entrez = serve(world(n10=article("10")))
    called = desk.refresh(entrez, "--full-text")
    assert called.code == 0
    row = texts(desk)["1"]
    assert (row["full_text_status"], row["provider"], row["licence"]) == ("held", "E-utilities", "CC BY 4.0")
    kept = raw.held(desk.store.root, row["raw_sha256"])
    assert kept is not None
    assert kept.read_bytes() == article("10").encode()
    assert "CC BY 4.0" in raw.sidecar(desk.store.root, row["raw_sha256"]).read_text()
    assert "full texts: 1 held, 1 of them new; 2 to be obtained by hand" in called.out
    assert "by hand: PMID 2, 10.1/b (not in PMC)" in called.out


def test_what_is_held_is_not_fetched_again_and_what_is_pending_is(serve: Serve, desk: Desk) -> None:
    entrez = serve(world(n10=article("10")))
    desk.refresh(entrez, "--full-text")
    version = desk.store.version("full_text")
    seen = len(entrez.log)
    assert desk.refresh(entrez, "--full-text").code == 0
    assert desk.store.version("full_text") == version
    assert [asked.utility for _, asked, _ in entrez.log[seen:]] == ["esearch", "efetch", "idconv", "elink"]


def test_the_pmcid_is_found_by_the_id_converter(serve: Serve, desk: Desk) -> None:
    there = world(n10=article("10"), n20=article("20"))
    entrez = serve(there)
    found = b'{"status":"ok","records":[{"pmid":2,"pmcid":"PMC20"},{"pmid":"3","status":"error"}]}'
    entrez.mischief = lambda asked: Trick("found", body=found) if asked.utility == "idconv" else None
    desk.refresh(entrez, "--full-text")
    assert (texts(desk)["2"]["pmcid"], texts(desk)["2"]["full_text_status"]) == ("PMC20", "held")


@pytest.mark.parametrize(
    ("without", "provider"),
    [({"efetch_pmc"}, "PMC Cloud Service"), ({"efetch_pmc", "cloud"}, "Europe PMC")],
    ids=["cloud", "europepmc"],
)
def test_the_next_service_gives_what_one_does_not(without: set[str], provider: str, serve: Serve, desk: Desk) -> None:
    entrez = serve(world(n10=article("10")))
    entrez.routes_without = without
    assert desk.refresh(entrez, "--full-text").code == 0
    row = texts(desk)["1"]
    assert (row["provider"], row["licence"]) == (provider, "CC BY" if "Cloud" in provider else "CC BY 4.0")


def test_a_closed_article_is_listed_by_hand_with_its_doi(serve: Serve, desk: Desk) -> None:
    called = desk.refresh(serve(world(n10=article("10", body=False))), "--full-text")
    assert "by hand: PMID 1, 10.1/a (no service gives more than its front matter)" in called.out
    assert texts(desk)["1"]["full_text_status"] == "closed"


def test_an_article_that_pmc_does_not_give_is_data_and_no_failure(serve: Serve, desk: Desk) -> None:
    called = desk.refresh(serve(world()), "--full-text")
    assert (called.code, texts(desk)["1"]["full_text_status"]) == (0, "closed")


def test_services_that_fail_leave_the_report_for_the_next_time(serve: Serve, desk: Desk) -> None:
    entrez = serve(world(n10=article("10")))
    entrez.mischief = lambda asked: (
        TRICKS["500"] if asked.params.get("db") == ["pmc"] or asked.utility in ("listing", "europepmc") else None
    )
    called = desk.refresh(entrez, "--full-text")
    assert (called.code, "1" in texts(desk)) == (4, False)
    assert "not obtained: PMID 1: E-utilities: the service failed" in called.out
    entrez.mischief = lambda asked: None
    assert desk.refresh(entrez, "--full-text").code == 0
    assert texts(desk)["1"]["full_text_status"] == "held"


def test_a_file_that_does_not_have_its_checksum_is_not_kept(serve: Serve, desk: Desk) -> None:
    entrez = serve(world(n10=article("10")))
    entrez.routes_without = {"efetch_pmc", "europepmc"}
    said = f'{{"version":1,"license_code":"CC BY","xml_url":"{entrez.root}PMC10.1/PMC10.1.xml?md5={"0" * 32}"}}'
    entrez.mischief = lambda asked: Trick("other", body=said.encode()) if asked.utility == "metadata" else None
    called = desk.refresh(entrez, "--full-text")
    assert called.code == 4
    assert "an article that does not have the checksum in its address" in called.out


def test_what_a_killed_run_has_kept_is_not_fetched_again(serve: Serve, desk: Desk) -> None:
    entrez = serve(world(n10=article("10")))
    upsert = Store.upsert

    def killed(store: Store, name: str, rows: pa.Table, *more: object, **named: object) -> object:
        if name == "full_text" and "held" in rows["full_text_status"].to_pylist():
            raise KeyboardInterrupt
        return upsert(store, name, rows, *more, **named)  # type: ignore[arg-type]

    desk.monkeypatch.setattr(Store, "upsert", killed)
    assert desk.refresh(entrez, "--full-text").code == 130
    desk.monkeypatch.setattr(Store, "upsert", upsert)
    seen = len(entrez.log)
    called = desk.refresh(entrez, "--full-text")
    assert [asked.utility for _, asked, _ in entrez.log[seen:]] == ["esearch", "idconv", "elink"]
    assert "full texts: 1 held, 1 of them new" in called.out
    row = texts(desk)["1"]
    assert (row["full_text_status"], row["provider"], row["licence"]) == ("held", "E-utilities", "CC BY 4.0")
