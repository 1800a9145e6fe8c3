"""Reference files as programs write them, all synthetic: what is in them, where it stands, what is refused."""

from __future__ import annotations

import pytest

from catalog.errors import InvalidInput
from ingest.references.reading import read_entries
from ingest.references.reference import PersonDecision, Reference
from ingest.references.sniff import format_named

NBIB = """\

PMID- 26157760
STAT- MEDLINE
DP  - 2015 Sep
TI  - Complete remission of advanced hepatocellular carcinoma
      by sorafenib: a synthetic record.
PG  - 287-94
LID - 10.1/Lid [doi]
AB  - BACKGROUND: one
      two.
FAU - Park, Jung Gil
AU  - Park JG
CN  - Liver Group
LA  - eng
PT  - Case Reports
JT  - Clinical and molecular hepatology
TA  - Clin Mol Hepatol
MH  - Carcinoma, Hepatocellular/*drug therapy
MH  - *Humans
RIN - J X. 2016;1(2):3. PMID: 99
PMC - PMC4612294
VI  - 21
IP  - 3

PMID- 2
TI  - Other
"""
RIS = """\
TY  - JOUR
AU  - Kim, J. H.
AU  - Lee, Sun
TI  - A title
T2  - Journal of X
J2  - J X
PY  - 2012/03//
VL  - 3
IS  - 4
SP  - 5
EP  - 9
DO  - https://doi.org/10.1000/ABC.(12)3.
AN  - 22334455
DB  - PubMed
KW  - one
KW  - two
N1  - RAYYAN-INCLUSION: {"Ana"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: wrong drug
XX  - strange
ER  -

TY - JOUR
T1 - Second
AN - 104567890
DB - CINAHL
UR - https://pubmed.ncbi.nlm.nih.gov/777/
ER -
"""
BIBTEX = r"""
@comment{made by hand}
@article{a,
  title = {{CR} under {S}orafenib in M\"unchen},
  author = {M{\"u}ller, J{\"o}rg and Jung Hyun Kim and {WHO Group}},
  year = 2012, journal = {J Hepatol}, pages = {1--3}, doi = {10.1/x}, note = {PMID: 123}
}
@article{a, title = {The same key again}}
"""
ENDNOTE = """\
<?xml version="1.0" encoding="UTF-8"?><xml><records><record><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Kim, J. H.</style></author></authors></contributors>
<titles><title><style>Complete </style><style face="italic">in vivo</style><style> remission</style></title>
<secondary-title>J Hepatol</secondary-title></titles><dates><year><style>2012</style></year></dates>
<electronic-resource-num>10.1234/x</electronic-resource-num><accession-num>12345</accession-num>
<remote-database-provider>NLM</remote-database-provider><custom2>PMC123456</custom2>
<urls><related-urls><url>https://example.org/1</url></related-urls></urls></record></records></xml>
"""
PUBMED = """\
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID>5</PMID><Article><ArticleTitle>T
</ArticleTitle></Article></MedlineCitation></PubmedArticle><DeleteCitation><PMID>6</PMID></DeleteCitation>
</PubmedArticleSet>
"""
COVIDENCE = """\
Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,\
Covidence #,Study,Notes,Tags
"A title, with
comma","Kim, J. H.; Lee, S.",abs,2012,3,J Hepatol,1,2,3-4,22334455,10.1000/xx,,#12,Kim 2012,,
"""
RAYYAN = """\
key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,notes,doi,\
keywords,pubmed_id,pmc_id
rayyan-1,T,2012,1,1,J,,,,,"Kim JH and Lee S",,eng,,,a,\
"RAYYAN-INCLUSION: {""Ana""=>""Included"", ""Ben""=>""Excluded""}",10.1000/y,k;l,123,PMC12
"""
ZOTERO = """\
"Key","Item Type","Publication Year","Author","Title","Publication Title","ISSN","DOI","Url","Date","Extra"
"A","journalArticle","2012","Kim, Jung Hyun; Lee, Sun","T","J Hep","1-2","","https://x.example","2012-01","PMID: 777"
"""
PUBMED_CSV = """\
PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI
123,"T.","Kim JH, van der Lee S.",c,Kim JH,J Hepatol,2012,2012/05/01,PMC1234,,10.1000/z
"""
ASREVIEW = "title;authors;year;included;Score\nT;Kim JH;2012;1;0.9\nU;;;0;\nV;;;;\n"


def read(text: str) -> tuple[Reference, ...]:
    return read_entries("file", text.encode()).references


def names(reference: Reference) -> list[str]:
    return [author.name for author in reference.record.authors]


def test_nbib() -> None:
    entries = read_entries("file", NBIB.encode())
    first, second = entries.references
    record = first.record
    assert (entries.format, first.row, second.row, second.record.pmid) == ("nbib", 2, 25, "2")
    assert record.title == "Complete remission of advanced hepatocellular carcinoma by sorafenib: a synthetic record."
    assert (record.pmid, record.doi, record.pmcid, record.year) == ("26157760", "10.1/Lid", "PMC4612294", 2015)
    assert record.abstract_text == "BACKGROUND: one two."
    assert names(first) == ["Park JG", "Liver Group"]
    assert [(heading.name, heading.major, heading.qualifiers) for heading in record.mesh] == [
        ("Carcinoma, Hepatocellular", False, ((None, "drug therapy", True),)), ("Humans", True, ()),
    ]  # fmt: skip
    assert record.is_retracted
    assert record.comments_corrections[0][:3] == ("RetractionIn", "99", "J X. 2016;1(2):3.")


def test_ris() -> None:
    first, second = read(RIS)
    record = first.record
    assert (first.row, second.row) == (1, 21)
    assert (record.title, record.journal, record.iso_abbreviation, record.year) == (
        "A title",
        "Journal of X",
        "J X",
        2012,
    )
    assert (record.pmid, record.doi, record.pages) == ("22334455", "10.1000/ABC.(12)3", "5-9")
    assert names(first) == ["Kim JH", "Lee S"]
    assert record.keywords == ("one", "two")
    assert first.decision == PersonDecision("exclude", "wrong drug", "Ana (Rayyan)")
    assert second.record.title == "Second"
    assert second.record.pmid == "777", "an accession number of another database is no PMID, an address of PubMed is"


def test_bibtex() -> None:
    first, again = read(BIBTEX)
    record = first.record
    assert record.title == "CR under Sorafenib in München"
    assert names(first) == ["Müller J", "Kim JH", "WHO Group"]
    assert (record.year, record.pages, record.doi, record.pmid) == (2012, "1-3", None, "123")
    assert again.record.title == "The same key again"


def test_endnote_xml() -> None:
    (reference,) = read(ENDNOTE)
    record = reference.record
    assert (record.title, record.journal, record.year) == ("Complete in vivo remission", "J Hepatol", 2012)
    assert (record.pmid, record.doi, record.pmcid) == ("12345", "10.1234/x", "PMC123456")
    assert (names(reference), reference.url) == (["Kim JH"], "https://example.org/1")
    (without,) = read(ENDNOTE.replace("NLM", "CINAHL"))
    assert without.record.pmid == ""


def test_pubmed_xml() -> None:
    (reference,) = read(PUBMED)
    assert (reference.row, reference.record.pmid, reference.record.title) == (1, "5", "T")


def test_covidence() -> None:
    (reference,) = read(COVIDENCE)
    record = reference.record
    assert (reference.row, record.title, names(reference)) == (2, "A title, with\ncomma", ["Kim JH", "Lee S"])
    assert (record.year, record.doi, record.pmid) == (2012, "10.1000/xx", ""), "whose accession number is not said"


def test_rayyan_who_disagree_have_not_decided() -> None:
    (reference,) = read(RAYYAN)
    assert (reference.record.pmid, reference.record.pmcid, names(reference)) == ("123", "PMC12", ["Kim JH", "Lee S"])
    assert reference.decision == PersonDecision(
        "read", "the reviewers disagree: Ana: included, Ben: excluded", "Ana, Ben (Rayyan)"
    )


def test_zotero_keeps_the_pmid_in_extra() -> None:
    (reference,) = read(ZOTERO)
    assert (reference.record.pmid, names(reference), reference.url) == ("777", ["Kim JH", "Lee S"], "https://x.example")


def test_the_csv_of_pubmed() -> None:
    (reference,) = read(PUBMED_CSV)
    assert (reference.record.pmid, names(reference)) == ("123", ["Kim JH", "van der Lee S"])
    assert (reference.record.journal, reference.record.pub_date) == ("J Hepatol", "2012")


def test_asreview_labels_and_columns_that_nobody_knows() -> None:
    entries = read_entries("file", ASREVIEW.encode())
    assert [reference.decision and reference.decision.decision for reference in entries.references] == [
        "include", "exclude", None,
    ]  # fmt: skip
    assert entries.unused == ("Score",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_encodings(encoding: str) -> None:
    assert len(read_entries("file", RIS.encode(encoding)).references) == 2
    assert len(read_entries("file", ZOTERO.encode(encoding)).references) == 1


def test_line_ends_of_other_systems() -> None:
    assert [reference.row for reference in read(RIS.replace("\n", "\r\n"))] == [1, 21]
    assert [reference.row for reference in read(NBIB.replace("\n", "\r\n"))] == [2, 25]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "file: the file is empty"),
        (b"PK\x03\x04", "file: it is a ZIP archive or an Excel file. Unpack it, or export as RIS or CSV"),
        ("Größe".encode("latin-1"), "file: not UTF-8 text. Save or export it as UTF-8"),
        (b"hello", "its content is none of the formats read here; allowed: nbib, ris, bibtex"),
        (b"<html><body/></html>", "its content is none of the formats read here"),
        (b"@article{b, title = {unclosed\n", "file, row 1: not a BibTeX entry; found '@article{b, title = {unclosed'"),
        (b"<xml><records><record></records></xml>", "file: not well-formed XML"),
        (b"<!DOCTYPE xml [<!ENTITY a 'b'>]><xml><records></records></xml>", "an entity in an internal DTD subset"),
        (b"<xml><records></records></xml>", "file: there are no entries in it"),
        (PUBMED.replace("</Article>", "").encode(), "file: record 1 is not well-formed"),
        (b"title,year\na,b,c\n", "file, row 2: wrong number of cells; found '3'; allowed: 2"),
        (b'title,year\n"a,2012\n', "file: not a table of cells: unexpected end of data. Close every double quote"),
        (b"name,title of work,year\na,b,c\n", "file, row 1: no column holds titles; allowed: title, article title"),
        (b"TY  - JOUR\nTI  - a\nTY  - JOUR\nTI  - b\nER  - \n", "file: not all of its entries can be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(data: bytes, problem: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_entries("file", data)
    assert problem in str(refusal.value)


def test_a_format_that_the_content_contradicts_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not a reference file in ris: it looks like nbib"):
        read_entries("file", NBIB.encode(), "ris")
    with pytest.raises(InvalidInput, match="unknown format; found 'medline'; allowed: nbib"):
        format_named("medline")
    assert format_named(" RIS ") == "ris"
