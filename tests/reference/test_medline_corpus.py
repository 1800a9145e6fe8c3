"""Real records of NLM, held against the counts of their README and against the XML itself, read in another way.

The corpus is not part of the project; without it beside the repository these tests are skipped. How peers read the
same records is told in docs/parsing.md.
"""

from __future__ import annotations

import gzip
import io
import re
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from ingest.pubmed import medline
from ingest.pubmed.jats import parse_article
from ingest.pubmed.medline import iter_records
from ingest.pubmed.reading import Fields
from ingest.pubmed.record import Deleted, Record
from ingest.pubmed.split import NotPubMedXML, split

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")

COUNTS = {
    "pubmed-bulk/pubmed_unique_shared.xml.gz": (782, 0),
    "pubmed-nlm-samples/medsamp2014.xml.gz": (161, 7),
    "pubmed-nlm-samples/medsamp2017.xml.gz": (95, 7),
    "pubmed-nlm-samples/pubmed20n0001.xml.gz": (10, 0),
    "pubmed-nlm-samples/pubmed20n0002.xml.gz": (10, 0),
    "pubmed-nlm-samples/pubmed20n1203.xml.gz": (10, 23),
    "pubmed-nlm-samples/pubmed21n0001.xml.gz": (49, 0),
    "pubmed-nlm-samples/pubmed21n1000.xml.gz": (29, 0),
    "pubmed-nlm-samples/pubmed21n1001.xml.gz": (37, 0),
    "pubmed-nlm-samples/pubmed21n1002.xml.gz": (45, 0),
    "pubmed-nlm-samples/pubmedsample_2019.xml.gz": (176, 7),
}
"""Records and withdrawn PMIDs of each file, as the READMEs of the corpus give them."""
MARKS = str.maketrans("", "", "^_/\n\t ")


@cache
def data_of(name: str) -> bytes:
    data = (CORPUS / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def files() -> list[str]:
    single = sorted(str(path.relative_to(CORPUS)) for path in CORPUS.glob("pubmed-efetch/*/*"))
    return [*COUNTS, *single]


@cache
def read(name: str) -> tuple[Record | Deleted, ...]:
    return tuple(iter_records(io.BytesIO(data_of(name))))


def records() -> list[tuple[Record, etree._Element]]:
    """Every record beside its element, parsed whole and with nothing left out."""
    found = []
    for name in files():
        root = etree.fromstring(data_of(name), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        elements = root.xpath("/*/PubmedArticle | /*/PubmedBookArticle | /MedlineCitationSet/MedlineCitation")
        ours = [one for one in read(name) if isinstance(one, Record)]
        found += list(zip(ours, elements, strict=True))
    return found


def plain(element: etree._Element | None) -> str:
    """The text of an element without marks and blanks, formulas left out: what two readers must agree on."""
    if element is None:
        return ""
    return "".join(element.xpath(".//text()[not(ancestor::*[local-name()='math'])]")).translate(MARKS)


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    found = read(name)
    withdrawn = sum(len(one.pmids) for one in found if isinstance(one, Deleted))
    assert (sum(isinstance(one, Record) for one in found), withdrawn) == COUNTS[name]


def test_single_answers_of_efetch() -> None:
    found = [one for name in files() if name.startswith("pubmed-efetch") for one in read(name)]
    assert len(found) == 94
    assert sorted(one.pmid for one in found if isinstance(one, Record) and one.is_book) == [
        "20301347",
        "21413221",
        "33054145",
    ]


def test_a_record_without_a_pmid_is_refused() -> None:
    with pytest.raises(NotPubMedXML, match="record 1 has no PMID"):
        list(iter_records(io.BytesIO(data_of("pubmed-nlm-samples/pubmedsample_no_pmid_2019.xml.gz"))))


def test_nothing_of_a_title_or_an_abstract_is_lost() -> None:
    for record, element in records():
        title = element.find(".//ArticleTitle")
        abstract = element.find(".//Article/Abstract" if not record.is_book else ".//BookDocument/Abstract")
        sections = [] if abstract is None else abstract.findall("AbstractText")
        if element.find(".//{*}math") is None:
            assert (record.title or "").translate(MARKS) == plain(
                title if title is not None else element.find(".//BookTitle")
            )
            assert "".join(part.text for part in record.abstract).translate(MARKS) == "".join(map(plain, sections))
        assert [part.label for part in record.abstract] == [part.get("Label") for part in sections if plain(part)]


def test_identifiers_are_the_records_own() -> None:
    for record, element in records():
        own = {text.strip() for text in element.xpath("./*/ArticleIdList/ArticleId/text()")}
        cited = set(element.xpath(".//ReferenceList//ArticleId/text()"))
        assert {item.value for item in record.article_ids} == own
        assert record.doi not in cited - own


def test_index_terms_notices_and_people_are_all_there() -> None:
    for record, element in records():
        assert len(record.mesh) == len(element.findall(".//MeshHeading"))
        assert sum(len(heading.qualifiers) for heading in record.mesh) == len(element.findall(".//QualifierName"))
        listed = element.xpath(".//CommentsCorrectionsList/CommentsCorrections/@RefType")
        older = [notice.tag for notice in element.xpath(".//MedlineCitation/CommentsCorrections/*")]
        assert [notice.ref_type for notice in record.comments_corrections] == [*listed, *older]
        if not record.is_book:
            valid = element.xpath(".//Article/AuthorList/Author[not(@ValidYN='N')]")
            assert len(record.authors) == len(valid)
            assert sum(len(author.affiliations) for author in record.authors) >= len(
                [one for author in valid for one in author.iter("Affiliation") if plain(one)]
            )


def test_retractions_by_any_of_the_three_signs() -> None:
    retracted = {record.pmid for record, element in records() if element.xpath(
        ".//PublicationType[.='Retracted Publication'] | .//CommentsCorrections[@RefType='RetractionIn'] | "
        ".//PubMedPubDate[@PubStatus='retracted']")}  # fmt: skip
    assert retracted
    assert {record.pmid for record, _ in records() if record.is_retracted} == retracted


def test_dropping_the_layout_and_the_references_changes_nothing() -> None:
    keeping = medline._parser(remove_blank_text=False)
    for name in files():
        pieces = list(split(io.BytesIO(data_of(name))))
        verified = list(iter_records(io.BytesIO(data_of(name)), verified=True))
        for piece, ours, quick in zip(pieces, read(name), verified, strict=True):
            fields = Fields()
            fields.blanks_kept = True
            assert medline._record(etree.fromstring(piece, keeping), fields) == ours == quick


def test_every_inline_element_of_the_dtds_is_known_text() -> None:
    """What may be dropped as layout (`reading.marked_up`) rests on the list of elements that stand within text."""
    inline = set()
    for path in (CORPUS / "pubmed-dtd").glob("*.dtd"):
        content = path.read_text(encoding="utf-8", errors="replace")
        for mixed in re.findall(r'<!ENTITY % (?:text|format)\s+"\s*\(?([^"]*)"', content):
            inline |= set(re.findall(r"\b[a-z]+\b", mixed)) - {"format"}
    assert inline - {"pcdata"} == {"b", "i", "sup", "sub", "u"}


@pytest.mark.parametrize("path", sorted(CORPUS.glob("jats-full-text/*.xml")), ids=lambda path: path.stem)
def test_articles_of_pmc(path: Path) -> None:
    article = parse_article(path.read_bytes())
    root = etree.parse(path).getroot()
    assert (article.pmcid, article.licence, article.has_body) == (path.stem, "CC BY 4.0", True)
    assert article.article_type == "case-report"
    assert len(article.tables) == len(root.findall(".//table-wrap"))
    said = " ".join(unit.text for unit in article.units).translate(MARKS)
    for paragraph in root.iterfind("body//p"):
        if not paragraph.xpath(
            "ancestor::table-wrap | .//table-wrap | .//fig | .//*[local-name()='math'] | .//xref/sup"
        ):
            assert plain(paragraph) in said
    for table in article.tables:
        assert len({len(row) for row in table.rows}) == 1
        assert not table.is_image
