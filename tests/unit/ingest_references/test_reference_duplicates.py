"""Which references are one publication: identifiers, vetoes, titles, persons' decisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import Problems
from catalog.identity import pair_id
from ingest.pubmed.record import Author, Record
from ingest.references.duplicates import Matches, match
from ingest.references.importing import name_of
from ingest.references.likeness import Sketch, compare, folded, journals_agree, sketch
from ingest.references.pairs import COLUMNS, decisions, read_pairs, with_new, write_pairs

TITLE = "Complete remission of advanced hepatocellular carcinoma under sorafenib"


def a_sketch(name: str = "a", **said: object) -> Sketch:
    surname = str(said.pop("surname", "Kim"))
    whole = {"title": TITLE, "year": 2012, "journal": "Journal of Hepatology", "pmid": "", "pages": "1-9", **said}
    authors = (Author(surname, None, "JH", None, None, ()),) if surname else ()
    return sketch(Record(authors=authors, **whole), name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [
        ({}, "same"),
        ({"title": TITLE.upper() + "."}, "same"),
        ({"journal": "J. Hepatol."}, "same"),
        ({"journal": None}, "same"),
        ({"doi": "10.1000/a"}, "same"),
        ({"title": TITLE.replace("sorafenib", "sorafenb")}, "unsure"),
        ({"year": 2013}, "unsure"),
        ({"surname": "Kimura"}, "unsure"),
        ({"surname": ""}, "unsure"),
        ({"pages": "301-9"}, "unsure"),
        ({"journal": None, "pages": None}, "unsure"),
        ({"year": 2014}, "different"),
        ({"journal": "Oncology"}, "different"),
        ({"title": "Sorafenib in thyroid cancer: a case with bone metastases"}, "different"),
    ],
)
def test_the_verdict(difference: dict[str, object], verdict: str) -> None:
    one, other = a_sketch(), a_sketch("b", **difference)
    assert compare(one, other).verdict == verdict
    assert compare(other, one).verdict == verdict


def test_differing_dois_and_pmids_rule_it_out() -> None:
    for kind in ("doi", "pmid"):
        likeness = compare(a_sketch(**{kind: "11"}), a_sketch("b", **{kind: "12"}))
        assert likeness.verdict == "different"
        assert likeness.evidence_against == f"{kind.upper()} 11 and 12"


def test_dois_compare_without_case() -> None:
    assert compare(a_sketch(doi="10.1/Ab"), a_sketch("b", doi="10.1/aB")).verdict == "same"


def test_a_title_that_many_share_needs_the_author_and_is_never_enough() -> None:
    for surname, verdict in (("Kim", "unsure"), ("Lee", "different")):
        assert (
            compare(a_sketch(title="A case report"), a_sketch("b", title="A case report", surname=surname)).verdict
            == verdict
        )


def test_a_title_in_two_languages_is_compared_in_both() -> None:
    german = a_sketch("b", title="Komplette Remission", vernacular_title=TITLE)
    assert compare(a_sketch(), german).verdict == "same"


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("J Hepatol", "Journal of Hepatology", True),
        ("World journal of gastroenterology : WJG", "World J Gastroenterol", True),
        ("Medicine (Baltimore)", "Medicine", True),
        ("Hepato-Gastroenterology", "Hepatogastroenterology", True),
        ("JAMA", "Journal of the American Medical Association", True),
        ("Gut and liver", "Gut Liver", True),
        ("Hepatology", "Journal of Hepatology", False),
        ("Ann Oncol", "Annals of Surgery", False),
        ("Ann Oncol", None, None),
    ],
)
def test_journals(one: str, other: str | None, agree: bool | None) -> None:
    assert journals_agree(a_sketch(journal=one), a_sketch("b", journal=other)) is agree


def test_folding_drops_accents_case_and_punctuation() -> None:
    assert folded("[Über–Leber: α-FETOPROTEIN ‘10%’].") == "uber leber α fetoprotein 10"


def found(*entries: Sketch, held: tuple[Sketch, ...] = (), decided: dict[str, str] | None = None) -> Matches:
    return match(entries, held, decided or {})


def test_identifiers_come_first() -> None:
    held = a_sketch("pmid:7", pmid="7", doi="10.1000/X", title=None, surname="")
    assert found(a_sketch(doi="10.1000/x"), held=(held,)).same == [held]
    assert found(a_sketch(pmid="7"), held=(held,)).same == [held]
    assert found(a_sketch(pmid="8", doi="10.1000/x"), held=(held,)).same == [None], "two PMIDs are two records"


def test_an_identifier_that_belongs_to_another_publication_is_told() -> None:
    held = a_sketch("pmid:7", pmid="7", title="Sunscreen and the skin of mice", surname="Berg")
    matches = found(a_sketch(pmid="7"), held=(held,))
    assert matches.same == [None]
    assert matches.contradicted == {
        0: "its identifier belongs to “Berg JH. 2012. Sunscreen and the skin of mice. Journal of Hepatology”"
    }
    assert found(a_sketch(pmid="7", title="Another title", surname="Berg"), held=(held,)).same == [held]


def test_entries_are_found_in_the_file_itself() -> None:
    first, second, third = a_sketch("a", doi="10.1000/x"), a_sketch("b", pmid="9"), a_sketch("c", pmid="9", title=None)
    assert found(first, second, third).same == [None, first, first]


def test_what_is_only_much_alike_becomes_a_pair() -> None:
    held = a_sketch("pmid:7", pmid="7")
    matches = found(a_sketch("ref:1", year=2013), held=(held,))
    assert matches.same == [None]
    assert [(pair.first.name, pair.second.name) for pair in matches.pairs] == [("pmid:7", "ref:1")]


@pytest.mark.parametrize(("decision", "same"), [("same", True), ("different", False), ("unsure", False)])
def test_a_persons_decision_is_followed(decision: str, same: bool) -> None:
    held, entry = a_sketch("pmid:7", pmid="7"), a_sketch("ref:1", year=2013)
    assert (found(entry, held=(held,), decided={pair_id("ref:1", "pmid:7"): decision}).same == [held]) is same


def test_a_person_may_keep_apart_what_looks_the_same() -> None:
    held, entry = a_sketch("pmid:7", pmid="7"), a_sketch("ref:1")
    assert found(entry, held=(held,)).same == [held]
    assert found(entry, held=(held,), decided={pair_id("ref:1", "pmid:7"): "different"}).same == [None]


def test_a_reference_without_identifiers_keeps_its_name() -> None:
    record = Record("", title="A  Title.", year=2012)
    assert name_of(record) == name_of(Record("", title="a title", year=2012))
    assert name_of(record).startswith("ref:")
    assert name_of(Record("", doi="10.1/X")) == "doi:10.1/x"
    assert name_of(Record("3", doi="10.1/X")) == "pmid:3"


def test_the_sheet_of_pairs_keeps_what_a_person_wrote(tmp_path: Path) -> None:
    sheet = tmp_path / "source" / "report_pairs.csv"
    pairs = found(a_sketch("ref:1", year=2013), held=(a_sketch("pmid:7", pmid="7"),)).pairs
    write_pairs(sheet, with_new({}, pairs))
    sheet.write_text(sheet.read_text().replace(",,,\n", ",Same,an erratum,Ana\n"))
    problems = Problems()
    told = read_pairs(sheet, problems)
    assert not len(problems)
    assert decisions(told) == {"pmid:7|ref:1": "same"}
    assert with_new(told, pairs) == told
    write_pairs(sheet, told)
    before = sheet.stat().st_ino
    write_pairs(sheet, read_pairs(sheet, problems))
    assert sheet.stat().st_ino == before, "an unchanged sheet is not written again"
    assert tuple(next(iter(told.values()))) == COLUMNS


def test_no_pairs_no_sheet(tmp_path: Path) -> None:
    write_pairs(tmp_path / "pairs.csv", {})
    assert not (tmp_path / "pairs.csv").exists()
    assert read_pairs(tmp_path / "pairs.csv", Problems()) == {}


def test_a_decision_that_is_no_word_of_the_vocabulary_is_refused(tmp_path: Path) -> None:
    sheet = tmp_path / "report_pairs.csv"
    sheet.write_text(",".join(COLUMNS) + "\na|b,a,b,,,90,,,perhaps,,\n")
    problems = Problems()
    read_pairs(sheet, problems)
    assert [str(problem) for problem in problems] == [
        (
            "report_pairs.csv, row 2, column 'decision': unknown decision; found 'perhaps'; "
            "allowed: same, different, unsure"
        )
    ]
    sheet.write_text("pair_id\nx\n")
    problems = Problems()
    assert read_pairs(sheet, problems) == {}
    assert len(problems) == len(COLUMNS) - 1
