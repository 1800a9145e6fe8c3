"""``python -m ingest.references import``: what lands in the tables, what a person reads, what stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.command import Called, call

from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES
from ingest.references.__main__ import app

SLUG = "hcc-sorafenib-cr"
TITLE = "Complete remission of hepatocellular carcinoma under sorafenib in a synthetic man"
RIS = f"""\
TY  - JOUR
AU  - Nobody, Ann
TI  - {TITLE}
JO  - Journal of Synthetic Hepatology
PY  - 2012
VL  - 3
SP  - 5
AB  - Sorafenib led to complete remission of hepatocellular carcinoma.
ER  -
TY  - JOUR
AU  - Noone, Bo
TI  - Lenvatinib in a synthetic woman with hepatocellular carcinoma
PY  - 2020
DO  - 10.5555/Len
AB  - No response.
N1  - RAYYAN-INCLUSION: {{"Ana"=>"Included"}}
ER  -
TY  - JOUR
PY  - 1999
ER  -
"""
PUBMED = f"""\
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID>5</PMID><Article><Journal><JournalIssue>
<Volume>3</Volume><PubDate><Year>2012</Year></PubDate></JournalIssue><ISOAbbreviation>J Synth Hepatol</ISOAbbreviation>
</Journal><ArticleTitle>{TITLE}.</ArticleTitle><Pagination><MedlinePgn>5-9</MedlinePgn></Pagination><AuthorList><Author>
<LastName>Nobody</LastName><ForeName>Ann</ForeName><Initials>A</Initials></Author></AuthorList></Article>
<CommentsCorrectionsList>
<CommentsCorrections RefType="RetractionIn"><PMID>6</PMID></CommentsCorrections></CommentsCorrectionsList>
</MedlineCitation></PubmedArticle></PubmedArticleSet>
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(data: Path, name: str, content: str, *more: object) -> Called:
    path = data.parent / name
    path.write_text(content, encoding="utf-8")
    return call(app, "import", path, "--data", data, *more)


def rows(data: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    found = Store(data, SLUG).read(table).select(list(columns)).to_pylist()
    return sorted(tuple(row[column] for column in columns) for row in found)


def words(called: Called) -> str:
    return " ".join(called.out.split())


def counts(called: Called) -> dict[str, str]:
    lines = (line.rstrip().rsplit("  ", 1) for line in called.out.splitlines() if "  " in line.strip())
    return {name.strip(): count.strip() for name, count in lines}


def test_references_land_with_their_place_and_what_people_decided(data: Path) -> None:
    called = run(data, "mine.ris", RIS)
    assert called.code == 0, called.err
    (ours, named) = rows(data, "report", "origin", "file", "row", "doi", "year")
    assert ours[:3] == ("references:mine", "mine.ris", 1)
    assert named == ("references:mine", "mine.ris", 10, "10.5555/Len", 2020)
    decided = rows(data, "screening", "decision", "reason_code", "decided_by")
    assert decided == [
        ("include", "decided_elsewhere", "Ana (Rayyan)"),
        ("read", "may_report_remission", "rule:may_report_remission"),
    ]
    assert "mine.ris, row 18: neither a title nor an identifier" in words(called)
    assert {"in the file (ris)": "3", "new": "2", "left out": "1"}.items() <= counts(called).items()


def test_a_second_import_changes_nothing(data: Path) -> None:
    run(data, "mine.ris", RIS)
    store = Store(data, SLUG)
    before = store.versions(("report", "screening"))
    called = run(data, "mine.ris", RIS)
    assert store.versions(("report", "screening")) == before
    assert {"new": "0", "held already": "2"}.items() <= counts(called).items()


def test_a_reference_held_already_is_found_by_its_title_and_a_retraction_reaches_screening(data: Path) -> None:
    run(data, "mine.ris", RIS)
    called = run(data, "found.xml", PUBMED)
    assert {"new": "0", "held already": "1"}.items() <= counts(called).items()
    reports = rows(data, "report", "report_id", "origin", "retracted_by")
    assert ("pmid:5", "references:found;references:mine", "6") in reports
    assert len(reports) == 2
    decided = dict(rows(data, "screening", "report_id", "reason_code"))
    assert decided["pmid:5"] == "retracted"


def test_a_person_decides_a_pair_and_the_next_import_follows(data: Path) -> None:
    run(data, "found.xml", PUBMED)
    called = run(data, "mine.ris", RIS.replace("2012", "2013"))
    assert "column decision: same, different or unsure" in words(called)
    assert len(rows(data, "report", "report_id")) == 3
    sheet = data / SLUG / "source" / "report_pairs.csv"
    sheet.write_text(sheet.read_text().replace(",,,\n", ",same,printed in 2013,Ana\n"))
    called = run(data, "mine.ris", RIS.replace("2012", "2013"))
    assert {"pairs to decide": "0"}.items() <= counts(called).items()
    assert [name for (name,) in rows(data, "report", "report_id")] == ["doi:10.5555/len", "pmid:5"]


def test_another_persons_decision_stands(data: Path) -> None:
    run(data, "mine.ris", RIS)
    called = run(data, "theirs.ris", RIS.replace('"Ana"=>"Included"', '"Ben"=>"Excluded"'))
    assert "doi:10.5555/len: exclude by Ben (Rayyan); include by Ana (Rayyan) stands" in words(called)
    assert ("doi:10.5555/len", "Ana (Rayyan)") in rows(data, "screening", "report_id", "decided_by")


def test_an_identifier_of_another_publication_is_left_out_and_told(data: Path) -> None:
    run(data, "found.xml", PUBMED)
    called = run(data, "wrong.csv", "Title,PMID\nSunscreen and the skin of forty mice,5\n")
    assert "its identifier belongs to" in words(called)
    assert [name for (name,) in rows(data, "report", "report_id")] == ["pmid:5"]


def test_the_kept_bytes_and_the_commit_name_the_file(data: Path) -> None:
    run(data, "mine.ris", RIS, "--name", "desk")
    assert len(list((data / SLUG / "raw").rglob("*.ris"))) == 1
    assert Store(data, SLUG).commit_of("report")["command"] == "ingest.references import"
    assert {origin for (origin,) in rows(data, "report", "origin")} == {"references:desk"}


@pytest.mark.parametrize(
    ("content", "more", "problem"),
    [
        ("hello", (), "its content is none of the formats read here"),
        (RIS, ("--format", "nbib"), "not a reference file in nbib: it looks like ris"),
        (RIS, ("--format", "docx"), "unknown format; found 'docx'"),
        (RIS, ("--name", "a;b"), "a name without ; is needed"),
    ],
)
def test_a_mistake_writes_nothing(data: Path, content: str, more: tuple[str, ...], problem: str) -> None:
    called = run(data, "x.ris", content, *more)
    assert (called.code, called.out) == (2, "")
    assert problem in called.err
    assert not data.exists()


def test_a_missing_file(data: Path) -> None:
    called = call(app, "import", data / "none.ris", "--data", data)
    assert called.code == 2
    assert "no such file" in called.err


def test_a_decision_follows_a_report_that_finds_its_pmid(data: Path) -> None:
    said = '"RAYYAN-INCLUSION: {""Ana""=>""Included""}"'
    zotero = '"Key","Item Type","Publication Year","Author","Title","Publication Title","Extra"\n'
    run(data, "rayyan.csv", f'key,title,year,journal,authors,notes\nk1,{TITLE},2012,Synth J,"Nobody, Ann",{said}\n')
    ((name, decided_by),) = rows(data, "screening", "report_id", "decided_by")
    assert (name[:4], decided_by) == ("ref:", "Ana (Rayyan)")
    run(data, "zotero.csv", zotero + f'"k","journalArticle","2012","Nobody, Ann","{TITLE}","Synth J","PMID: 777777"\n')
    assert rows(data, "screening", "report_id", "decided_by") == [("pmid:777777", "Ana (Rayyan)")]
    assert rows(data, "report", "report_id", "known_as") == [("pmid:777777", name)]


def test_a_decision_stays_when_the_file_itself_is_completed(data: Path) -> None:
    run(data, "held.ris", RIS)
    store = Store(data, SLUG)
    name = next(row[0] for row in rows(data, "screening", "report_id") if row[0].startswith("ref:"))
    choice = {
        "report_id": name,
        "stage": "full_text",
        "decision": "include",
        "reason_code": "cr",
        "decided_by": "Dr Kim",
    }
    store.upsert("screening", from_rows(TABLES["screening"], [choice]), Lineage("test"))
    run(data, "held.ris", RIS.replace("PY  - 2012\n", "PY  - 2012\nAN  - 5\nDB  - PubMed\n"))
    decisions = dict(rows(data, "screening", "report_id", "decided_by"))
    assert decisions["pmid:5"] == "Dr Kim"
    assert name not in decisions
