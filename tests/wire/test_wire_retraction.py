"""A retraction between two refreshes leaves every analysis; importing and harmonizing again does not bring it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Desk
from support.chain import fill_and_harmonize, shipped_topic
from support.entrez.server import Entrez
from support.entrez.world import Paper, World

from synthesize.eligibility import select
from synthesize.load import load

Serve = Callable[..., Entrez]
SACCO, CHECKMATE, SO = "21241463", "34914889", "18950519"
"""A case report and a trial that are curated by PMID, and a case report that is curated by DOI alone."""
SO_DOI = "10.1186/1756-8722-1-18"


@pytest.fixture
def filled(harmonized_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(harmonized_copy, monkeypatch)


def curated_world() -> World:
    """Synthetic records under the PMIDs and a DOI of curated reports; the topic's search does not name them."""
    return World().add(
        Paper(SACCO, found=False), Paper(CHECKMATE, found=False), Paper(SO, doi=SO_DOI.upper(), found=False)
    )


def reasons(desk: Desk, question: str) -> dict[str, str]:
    """Why each unit is left out of a question's primary analysis."""
    topic = shipped_topic()
    evidence = load(desk.store, topic, allow_unvalidated=True)
    decisions = select(evidence, topic, topic.of(question)[0]).decisions
    return {decision.unit_id: decision.reason_code for decision in decisions if not decision.included}


def studies(desk: Desk) -> dict[str, dict]:
    return {row["study_id"]: row for row in desk.store.read("study").to_pylist()}


def test_a_curated_study_finds_its_record_by_pmid_or_doi(serve: Serve, filled: Desk) -> None:
    rows_before = len(filled.store.read("report"))
    assert filled.refresh(serve(curated_world())).code == 0
    fill_and_harmonize(filled.data)
    links = {name: row["report_id"] for name, row in studies(filled).items()}
    assert (links["sacco2011"], links["checkmate459"], links["so2008"]) == tuple(
        f"pmid:{pmid}" for pmid in (SACCO, CHECKMATE, SO)
    )
    row = filled.reports()[SO]
    assert (row["title_short"] is not None, row["title"].endswith("(synthetic)")) == (True, True)
    assert row["origin"] == "curated:hcc-sorafenib-cr;pubmed"
    assert len(filled.store.read("report")) == rows_before
    assert filled.decisions()[f"pmid:{SO}"]["reason_code"] == "curated"


def test_a_curated_pmid_that_pubmed_did_not_give_is_asked_for_again(serve: Serve, filled: Desk) -> None:
    world = curated_world()
    gone = world.papers.pop(SACCO)
    entrez = serve(world)
    called = filled.refresh(entrez)
    assert f"not returned: PMID {SACCO}: PubMed has no record of it (cannot get document summary)" in called.out
    version = filled.store.version("report")
    filled.refresh(entrez)
    assert filled.store.version("report") == version
    world.add(gone)
    filled.refresh(entrez)
    assert filled.reports()[SACCO]["report_status"] == "live"


def test_importing_curated_sheets_again_undoes_no_refresh(serve: Serve, filled: Desk) -> None:
    filled.refresh(serve(curated_world()))
    version = filled.store.version("report")
    fill_and_harmonize(filled.data)
    assert filled.store.version("report") == version


def test_a_retraction_leaves_all_three_questions(serve: Serve, filled: Desk) -> None:
    world = curated_world()
    entrez = serve(world)
    filled.refresh(entrez)
    fill_and_harmonize(filled.data)
    assert "retracted" not in {*reasons(filled, "cr_rate").values(), *reasons(filled, "time_to_cr").values()}
    for pmid in (SACCO, CHECKMATE, SO):
        world.retract(pmid, notice=f"99{pmid[:6]}")
    called = filled.refresh(entrez)
    assert f"newly retracted: PMID {SACCO} by 99212414" in called.out
    assert filled.decisions()[f"pmid:{SACCO}"]["reason"] == "retracted; notice: 99212414"
    fill_and_harmonize(filled.data)
    assert studies(filled)["so2008"]["retracted_by"] == "99189505"
    assert reasons(filled, "cr_rate")["checkmate459"] == "retracted"
    for question in ("time_to_cr", "recurrence"):
        left_out = reasons(filled, question)
        assert left_out["sacco2011_p1"] == left_out["so2008_p1"] == "retracted"


def test_an_expression_of_concern_is_told_and_stays_in(serve: Serve, filled: Desk) -> None:
    world = curated_world()
    entrez = serve(world)
    filled.refresh(entrez)
    world.change(SACCO, notices=(("ExpressionOfConcernIn", "777"),))
    assert f"new expression of concern: PMID {SACCO} by 777" in filled.refresh(entrez).out
    fill_and_harmonize(filled.data)
    assert studies(filled)["sacco2011"]["concern_by"] == "777"
    assert reasons(filled, "time_to_cr").get("sacco2011_p1") != "retracted"
