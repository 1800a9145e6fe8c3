"""A refresh is complete, repeatable, and says what changed between two of them."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import Desk, quick
from support.entrez.mischief import TRICKS, Asked, Trick, at_random, whenever_asked_for
from support.entrez.server import Entrez
from support.entrez.world import Paper, World, papers

from catalog import raw
from catalog.errors import ServiceUnavailable
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.tables import TABLES
from ingest.pubmed.client import Client
from ingest.pubmed.query import search

Serve = Callable[..., Entrez]
SOURCES = ("report", "search", "screening", "full_text")


def files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def counts(out: str) -> dict[str, int]:
    """The numbers that the command printed."""
    rows = (line.rsplit(maxsplit=1) for line in out.splitlines())
    return {row[0].strip(): int(row[1]) for row in rows if len(row) == 2 and row[1].isdecimal() and ":" not in row[0]}


def test_failures_at_random_change_nothing_in_the_end(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pubmed.fetch.BATCH", 10)
    world = World().add(*papers(200))
    tables: list[dict[str, pa.Table]] = []
    for seed, share in ((0, 0.0), (1, 0.2), (2, 0.2)):
        desk = Desk(tmp_path / str(seed), monkeypatch)
        called = desk.refresh(serve(world, at_random(share, seed)))
        assert called.code == 0, called.err
        tables.append({name: desk.store.read(name) for name in SOURCES})
    for failing in tables[1:]:
        for name, rows in failing.items():
            assert rows.equals(tables[0][name]), name


def test_nothing_new_writes_nothing_and_asks_little(serve: Serve, desk: Desk) -> None:
    included = papers(250)
    others = papers(300, 1001, title="Another drug (synthetic)", abstract="Synthetic. Lenvatinib in hepatitis.")
    entrez = serve(World().add(*included, *others))
    first = desk.refresh(entrez)
    assert counts(first.out)["eligible for reading"] == 250
    before, versions, asked = files(desk.data), desk.store.versions(SOURCES), len(entrez.log)
    second = desk.refresh(entrez)
    assert (counts(second.out)["new"], counts(second.out)["already held"]) == (0, 550)
    assert desk.store.versions(SOURCES) == versions
    assert files(desk.data) == before
    assert [asked.utility for _, asked, _ in entrez.log[asked:]] == ["esearch", "efetch", "efetch"]


def test_what_changed_is_found_written_and_said(serve: Serve, desk: Desk) -> None:
    world = World().add(*papers(10))
    entrez = serve(world)
    desk.refresh(entrez)
    kept = desk.store.version("report")
    world.retract("1", notice="901")
    world.change("2", notices=(("ExpressionOfConcernIn", "902"),))
    world.change("3", notices=(("ErratumIn", "903"),))
    world.change("4", title="A better title (synthetic)")
    world.delete("5")
    world.merge("6", into="7")
    world.add(*papers(1, 11))
    called = desk.refresh(entrez)
    said = counts(called.out)
    assert (said["new"], said["revised"], said["newly retracted"], said["newly corrected"]) == (1, 4, 1, 1)
    assert (said["new expression of concern"], said["deleted"], said["merged"], said["not returned"]) == (1, 1, 1, 0)
    assert "newly retracted: PMID 1 by 901" in called.out
    assert f"python -m catalog diff report --from {kept} --to {kept + 2} --data {desk.data}" in called.out
    assert "merged: PMID 6 into 7" in called.out
    rows = desk.reports()
    assert (rows["1"]["retracted_by"], rows["2"]["concern_by"], rows["3"]["corrected_by"]) == ("901", "902", "903")
    assert (rows["5"]["report_status"], rows["6"]["report_status"], rows["6"]["merged_into"]) == (
        "deleted",
        "merged",
        "7",
    )
    assert rows["5"]["title"].startswith("Complete remission")
    assert rows["4"]["title"] == "A better title (synthetic)"
    decisions = desk.decisions()
    assert decisions["pmid:1"]["reason"] == "retracted; notice: 901"
    assert decisions["pmid:2"]["decision"] == "read"
    assert "902" in decisions["pmid:2"]["reason"]
    assert {decisions[f"pmid:{pmid}"]["reason_code"] for pmid in (5, 6)} == {"withdrawn", "merged"}
    unchanged = desk.store.read("report", kept).to_pylist()[8]
    assert unchanged == next(row for row in rows.values() if row["report_id"] == unchanged["report_id"])
    assert desk.refresh(entrez).code == 0
    assert len(desk.store.history("report")) == kept + 3


def test_an_answer_is_kept_with_what_was_asked_and_when(serve: Serve, desk: Desk) -> None:
    desk.refresh(serve(World().add(*papers(2))))
    (answer,) = raw.kept(desk.store.root)
    said = json.loads(raw.sidecar(desk.store.root, answer.stem).read_text())
    assert (said["utility"], said["id"], said["status"]) == ("efetch", "1,2", "200")
    assert dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(said["received_at"]) < dt.timedelta(minutes=5)


def test_a_record_that_comes_retracted_is_named_at_once(serve: Serve, desk: Desk) -> None:
    world = World().add(*papers(2))
    world.retract("1", notice="901")
    world.change("2", notices=(("ErratumIn", "903"),))
    said = counts(desk.refresh(serve(world)).out)
    assert (said["new"], said["revised"], said["newly retracted"], said["newly corrected"]) == (2, 0, 1, 0)
    assert desk.decisions()["pmid:1"]["decision"] == "exclude"


def test_a_record_that_the_search_no_longer_names_is_looked_up(serve: Serve, desk: Desk) -> None:
    world = World().add(*papers(3, title="Other (synthetic)", abstract="Synthetic. Hepatitis.", types=("News",)))
    entrez = serve(world)
    desk.refresh(entrez)
    assert {row["decision"] for row in desk.decisions().values()} == {"exclude"}
    world.delete("2")
    called = desk.refresh(entrez)
    assert "deleted: PMID 2" in called.out
    assert entrez.fetched()[3:] == ["2", "2"]


def test_a_merged_record_brings_the_one_that_took_its_place(serve: Serve, desk: Desk) -> None:
    world = World().add(*papers(2))
    entrez = serve(world)
    desk.refresh(entrez)
    world.add(*papers(1, 50, found=False))
    world.merge("2", into="50")
    desk.refresh(entrez)
    assert desk.reports()["50"]["report_status"] == "live"


def test_a_pmid_that_gives_another_record_was_merged(serve: Serve, desk: Desk) -> None:
    world = World().add(*papers(2))
    entrez = serve(world)
    desk.refresh(entrez)
    survivor = papers(1, 50)[0]
    world.delete("2")
    entrez.mischief = lambda asked: (
        Trick(
            "forward",
            spoil=lambda body: body.replace(b"</PubmedArticleSet>", survivor.xml().encode() + b"</PubmedArticleSet>"),
        )
        if asked.utility == "efetch" and "2" in asked.ids
        else None
    )
    world.add(survivor)
    assert "merged: PMID 2 into 50" in desk.refresh(entrez).out


def test_a_record_withdrawn_in_the_answer_is_deleted(serve: Serve, desk: Desk) -> None:
    world = World().add(*papers(2))
    entrez = serve(world)
    desk.refresh(entrez)
    world.withheld.add("2")
    gone = b'<DeleteCitation><PMID Version="1">2</PMID></DeleteCitation></PubmedArticleSet>'
    entrez.mischief = lambda asked: (
        Trick("withdrawn", spoil=lambda body: body.replace(b"</PubmedArticleSet>", gone))
        if asked.utility == "efetch"
        else None
    )
    assert "deleted: PMID 2" in desk.refresh(entrez).out
    assert desk.reports()["2"]["status_reason"] == "PubMed withdraws it (DeleteCitation)"


def test_what_is_not_returned_is_named_with_its_reason(serve: Serve, desk: Desk) -> None:
    world = World(withheld={"3"}).add(*papers(5))
    entrez = serve(world)
    called = desk.refresh(entrez)
    assert called.code == 4
    assert "not returned: PMID 3: EFetch leaves it out, ESummary has it (status: PubMed)" in called.out
    assert "the refresh stayed incomplete: 1 record could not be had" in called.err
    assert desk.reports()["3"]["report_status"] == "unavailable"
    world.withheld.clear()
    again = desk.refresh(entrez)
    assert (again.code, desk.reports()["3"]["report_status"]) == (0, "live")
    assert desk.reports()["3"]["status_reason"] is None


def test_a_bad_record_does_not_hold_up_the_others(serve: Serve, desk: Desk) -> None:
    entrez = serve(World().add(*papers(30)), whenever_asked_for("7", TRICKS["corrupt"]))
    called = desk.refresh(entrez)
    assert called.code == 4
    assert "not returned: PMID 7: PubMed's answer cannot be read" in called.out
    assert sum(row["report_status"] == "live" for row in desk.reports().values()) == 29


def test_a_service_that_goes_down_loses_nothing(serve: Serve, desk: Desk) -> None:
    def after_three(asked: Asked) -> Trick | None:
        return TRICKS["429"] if asked.number > 2 else None

    entrez = serve(World().add(*papers(1000)), after_three)
    called = desk.refresh(entrez)
    assert (called.code, "PubMed cannot be reached: too many requests" in called.err) == (4, True)
    assert len(desk.reports()) == 400
    before = len(entrez.fetched())
    entrez.mischief = lambda asked: None
    called = desk.refresh(entrez)
    assert (called.code, counts(called.out)["taken up from an interrupted refresh"]) == (0, 400)
    held = {str(number) for number in range(1, 401)}
    assert held.isdisjoint(entrez.fetched()[before:])
    assert len(desk.reports()) == 1000


def test_what_an_interrupted_refresh_found_is_still_said(serve: Serve, desk: Desk) -> None:
    world = World().add(*papers(4))
    entrez = serve(world)
    desk.refresh(entrez)
    world.retract("1", notice="901")
    world.delete("2")
    world.merge("3", into="4")
    desk.monkeypatch.setattr("ingest.pubmed.command.say", lambda *what: 1 / 0)
    desk.monkeypatch.setattr("ingest.pubmed.journal.Journal.clear", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.refresh(entrez)
    desk.monkeypatch.undo()
    assert desk.reports()["1"]["retracted_by"] == "901"
    said = desk.refresh(entrez).out
    for words in ("newly retracted: PMID 1 by 901", "deleted: PMID 2", "merged: PMID 3 into 4"):
        assert words in said
    assert "newly retracted: PMID 1" not in desk.refresh(entrez).out


def test_an_interrupted_refresh_whose_answers_are_lost_fetches_them_again(serve: Serve, desk: Desk) -> None:
    entrez = serve(World().add(*papers(600)), lambda asked: TRICKS["429"] if asked.number > 2 else None)
    desk.monkeypatch.setattr("ingest.pubmed.loading.Loader.commit", lambda self: None)
    assert desk.refresh(entrez).code == 4
    desk.monkeypatch.undo()
    damaged, gone = sorted((desk.store.root / "raw").glob("??/*.xml"))
    damaged.write_bytes(b"<PubmedArticleSet/>")
    gone.unlink()
    entrez.mischief = lambda asked: None
    assert desk.refresh(entrez).code == 0
    assert len(desk.reports()) == 600
    assert raw.damaged(desk.store.root) == []


def test_a_persons_decision_survives_every_refresh(serve: Serve, desk: Desk) -> None:
    entrez = serve(World().add(*papers(3)))
    desk.refresh(entrez)
    choice = {"stage": "full_text", "decision": "exclude", "reason_code": "not_cr", "decided_by": "Dr Kim"}
    rows = from_rows(TABLES["screening"], [{"report_id": "pmid:2", **choice}])
    desk.store.upsert("screening", rows, Lineage("test"))
    entrez.world.retract("2", notice="9")
    desk.refresh(entrez)
    kept = desk.decisions()["pmid:2"]
    assert (kept["decided_by"], kept["reason_code"]) == ("Dr Kim", "not_cr")


def test_a_decision_under_a_doi_moves_to_the_pmid(serve: Serve, desk: Desk) -> None:
    choice = {"stage": "full_text", "decision": "include", "reason_code": "cr", "decided_by": "Dr Kim"}
    desk.store.upsert(
        "screening", from_rows(TABLES["screening"], [{"report_id": "doi:10.1/x", **choice}]), Lineage("t")
    )
    desk.refresh(serve(World().add(*papers(1, doi="10.1/X"))))
    assert list(desk.decisions()) == ["pmid:1"]
    assert desk.decisions()["pmid:1"]["decided_by"] == "Dr Kim"


def test_25000_hits_are_25000_records(serve: Serve) -> None:
    entrez = serve(World().add(*papers(25_000)))
    found = search(Client(quick(entrez)), "anything")
    assert len(found.pmids) == 25_000
    assert sum(count for _, count in found.parts) == 25_000
    assert all(count <= 9_999 for _, count in found.parts)


def test_a_day_with_too_many_records_is_cut_by_pmid(serve: Serve) -> None:
    numbers = random.Random(0).sample(range(1, 40_000_000), 12_000)
    entrez = serve(World().add(*(Paper(str(number)) for number in numbers)))
    assert search(Client(quick(entrez)), "anything").pmids == {str(number) for number in numbers}


def test_a_shortfall_is_an_error(serve: Serve) -> None:
    world = World().add(*papers(12_000))

    def lose(body: bytes) -> bytes:
        return body.replace(b"<Count>12000</Count>", b"<Count>12001</Count>")

    with pytest.raises(ServiceUnavailable, match="counts 12001 records, its parts give 12000"):
        search(Client(quick(serve(world, lambda asked: Trick("one too many", spoil=lose)))), "anything")


def test_warnings_name_the_part_that_failed(serve: Serve, desk: Desk) -> None:
    errors = "<PhraseNotFound>abcXYZ</PhraseNotFound><FieldNotFound>tiabb</FieldNotFound>"
    quoted = '<QuotedPhraseNotFound>"complete response"</QuotedPhraseNotFound>'
    world = World(warnings=f"<ErrorList>{errors}</ErrorList><WarningList>{quoted}</WarningList>")
    called = desk.refresh(serve(world.add(*papers(1))))
    for words in ("ignored: abcXYZ", "ignored: tiabb", 'one by one: "complete response"'):
        assert words in called.out
    assert "(in the block 'finding' of the topic: \"complete response\"[tiab])" in called.out
    (row,) = desk.store.read("search").to_pylist()
    assert (row["translation"], len(json.loads(row["warnings"])), row["n_found"]) == ("synthetic", 3, 1)


def test_a_dry_run_counts_and_writes_nothing(serve: Serve, desk: Desk) -> None:
    entrez = serve(World().add(*papers(12_345)))
    called = desk.refresh(entrez, "--dry-run")
    assert (called.code, "found: 12345" in called.out, len(entrez.log)) == (0, True, 1)
    assert not desk.data.exists()


def test_since_asks_for_what_was_created_since(serve: Serve, desk: Desk) -> None:
    entrez = serve(World().add(*papers(400)))
    desk.refresh(entrez, "--since", "2010-06-01")
    days = [row["created_on"] for row in desk.reports().values()]
    assert len(days) == 250
    assert min(days) == "2010-06-01"
