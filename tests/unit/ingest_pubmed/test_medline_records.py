"""Records as PubMed has written them over the years; every one is synthetic and holds one trap."""

from __future__ import annotations

import io

import pytest

from ingest.pubmed.medline import iter_records
from ingest.pubmed.record import Deleted, Heading, Notice, PubMedDate, Qualifier, Record, Section, Term
from ingest.pubmed.split import NotPubMedXML

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
DOCTYPE = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
MATHML = 'xmlns:mml="http://www.w3.org/1998/Math/MathML"'


def article(inner: str = "", citation: str = "", data: str = "", pmid: str = '<PMID Version="1">1</PMID>') -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" IndexingMethod="Automated" Owner="NLM">{pmid}'
        f'<Article PubModel="Print">{inner}</Article>{citation}</MedlineCitation>'
        f"<PubmedData>{data}</PubmedData></PubmedArticle>"
    )


def a_set(*records: str, root: str = "PubmedArticleSet", head: str = HEAD + DOCTYPE) -> bytes:
    return f"{head}<{root}>{''.join(records)}</{root}>".encode()


def read(data: bytes, **how: bool) -> list[Record | Deleted]:
    return list(iter_records(io.BytesIO(data), **how))


def one(*args: str, **parts: str) -> Record:
    (record,) = read(a_set(article(*args, **parts)))
    assert isinstance(record, Record)
    return record


def abstract_of(text: str) -> str:
    return one(f"<Abstract><AbstractText>{text}</AbstractText></Abstract>").abstract[0].text


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        pytest.param("AFP (<i>P</i>&lt;0.001) in <b>all</b>.", "AFP (P<0.001) in all.", id="text after tags"),
        pytest.param("10<sup>9</sup>/L and CO<sub>2</sub>", "10^9/L and CO2", id="a raised digit"),
        pytest.param("<b>P</b> <i>x</i>", "P x", id="a blank between two tags"),
        pytest.param("<i>E. <b>coli</b></i> <i>K</i>", "E. coli K", id="markup in markup"),
        pytest.param("one\n          two", "one two", id="the layout of the file"),
        pytest.param("two  blanks\u00a0kept", "two  blanks\u00a0kept", id="other blanks"),
        pytest.param(
            f"of <mml:math {MATHML}><mml:msup><mml:mn>10</mml:mn><mml:mn>9</mml:mn></mml:msup></mml:math> cells",
            "of 10^9 cells", id="a formula",
        ),
        pytest.param("<DispFormula>x</DispFormula> <u>y</u>", "x y", id="a formula on a line of its own"),
        pytest.param("<!-- no --><?pi no?>yes", "yes", id="a comment"),
        pytest.param("<![CDATA[a < b]]>", "a < b", id="a section of characters"),
    ],
)  # fmt: skip
def test_text_keeps_everything_that_a_reader_sees(xml: str, text: str) -> None:
    assert abstract_of(xml) == text


def test_sections_keep_their_labels() -> None:
    record = one(
        "<Abstract><AbstractText NlmCategory='UNASSIGNED'>Patient: Female, 16</AbstractText>"
        "<AbstractText Label='PATIENT CONCERNS' NlmCategory='BACKGROUND'>Pain.</AbstractText>"
        "<AbstractText Label='EMPTY'/><CopyrightInformation>(c) nobody</CopyrightInformation></Abstract>"
    )
    assert record.abstract == (
        Section(None, "UNASSIGNED", "Patient: Female, 16"),
        Section("PATIENT CONCERNS", "BACKGROUND", "Pain."),
    )
    assert record.abstract_text == "Patient: Female, 16\nPATIENT CONCERNS: Pain."
    assert record.copyright == "(c) nobody"


def test_identifiers_of_cited_works_are_not_the_records() -> None:
    other = "<ArticleIdList><ArticleId IdType='doi'>10.9/other</ArticleId></ArticleIdList>"
    cited = f"<ReferenceList><Reference>{other}</Reference></ReferenceList>"
    own = (
        "<ArticleIdList><ArticleId IdType='pubmed'>1</ArticleId><ArticleId IdType='doi'>10.1/Own</ArticleId>"
        "<ArticleId IdType='pmc'>PMC7</ArticleId></ArticleIdList>"
    )
    data = a_set(article("<ArticleTitle>t</ArticleTitle>", data=own + cited))
    for verified in (False, True):
        (record,) = read(data, verified=verified)
        assert isinstance(record, Record)
        assert (record.doi, record.pmcid) == ("10.1/Own", "PMC7")
        assert "10.9/other" not in repr(record)


def test_a_doi_may_stand_in_the_article_alone_but_not_when_it_is_marked_as_wrong() -> None:
    assert one('<ELocationID EIdType="doi" ValidYN="Y">10.1/x</ELocationID>').doi == "10.1/x"
    assert one('<ELocationID EIdType="doi" ValidYN="N">10.1/x</ELocationID>').doi is None


def test_authors_groups_and_corrected_names() -> None:
    record = one(
        '<AuthorList CompleteYN="Y"><Author ValidYN="N"><LastName>Parc</LastName><Initials>J</Initials></Author>'
        "<Author ValidYN='Y'><LastName>Park </LastName><ForeName>Jung Gil</ForeName><Initials>JG</Initials>"
        "<Suffix>3rd</Suffix><Identifier Source='ORCID'>x</Identifier><AffiliationInfo><Affiliation>Seoul<sup>1</sup>"
        "</Affiliation></AffiliationInfo><AffiliationInfo><Affiliation>Daegu</Affiliation></AffiliationInfo></Author>"
        "<Author><CollectiveName>Liver <i>Group</i></CollectiveName></Author></AuthorList>"
        "<InvestigatorList><Investigator><LastName>Nobody</LastName></Investigator></InvestigatorList>"
    )
    first, group = record.authors
    assert first[:5] == ("Park", "Jung Gil", "JG", "3rd", None)
    assert first.affiliations == ("Seoul1", "Daegu")
    assert (record.first_author, group.name) == ("Park JG 3rd", "Liver Group")


def test_affiliations_of_three_periods() -> None:
    two = "<Author><LastName>A</LastName></Author><Author><LastName>B</LastName></Author>"
    before_2014 = f"<Affiliation>Kyoto</Affiliation><AuthorList>{two}</AuthorList>"
    of_2014 = "<AuthorList><Author><LastName>A</LastName><Affiliation>Kyoto</Affiliation></Author></AuthorList>"
    assert [author.affiliations for author in one(before_2014).authors] == [("Kyoto",), ()]
    assert one(of_2014).authors[0].affiliations == ("Kyoto",)
    assert one("<Affiliation>Kyoto</Affiliation>").authors == ()


@pytest.mark.parametrize(
    ("pub_date", "printed", "year"),
    [
        ("<Year>2015</Year><Month>Jul</Month><Day>03</Day>", "2015 Jul 03", 2015),
        ("<Year>2010</Year><Season>Summer</Season>", "2010 Summer", 2010),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998 Dec-1999 Jan", 1998),
        ("<MedlineDate>Spring</MedlineDate>", "Spring", None),
    ],
)
def test_dates_of_publication(pub_date: str, printed: str, year: int | None) -> None:
    record = one(f"<Journal><JournalIssue><PubDate>{pub_date}</PubDate></JournalIssue></Journal>")
    assert (record.pub_date, record.year) == (printed, year)


def test_the_electronic_date_gives_the_year_where_the_issue_does_not() -> None:
    record = one("<ArticleDate DateType='Electronic'><Year>2020</Year><Month>1</Month><Day>2</Day></ArticleDate>")
    assert record.year == 2020


def test_history_and_the_days_of_the_record() -> None:
    days = "<Year>2011</Year><Month>{}</Month><Day>5</Day>"
    record = one(
        citation=f"<DateCreated>{days.format('Feb')}</DateCreated><DateRevised>{days.format('12')}</DateRevised>",
        data=f'<History><PubMedPubDate PubStatus="retracted">{days.format("3")}<Hour>6</Hour></PubMedPubDate>'
        '<PubMedPubDate PubStatus="entrez"><Year>x</Year><Month>1</Month><Day>1</Day></PubMedPubDate></History>',
    )
    assert (record.created_on, record.revised_on, record.completed_on) == ("2011-02-05", "2011-12-05", None)
    assert record.pubmed_dates == (PubMedDate("retracted", "2011-03-05"),)
    assert record.is_retracted


def test_index_terms_with_and_without_identifiers() -> None:
    record = one(
        "<PublicationTypeList><PublicationType UI='D002363'>Case Reports</PublicationType></PublicationTypeList>",
        "<ChemicalList><Chemical><RegistryNumber>9ZOQ3TZI87</RegistryNumber><NameOfSubstance UI='D000077157'>Sorafenib"
        "</NameOfSubstance></Chemical></ChemicalList><MeshHeadingList><MeshHeading><DescriptorName UI='D006528' "
        "MajorTopicYN='N'>Carcinoma, Hepatocellular</DescriptorName><QualifierName UI='Q000188' MajorTopicYN='Y'>drug "
        "therapy</QualifierName></MeshHeading><MeshHeading><DescriptorName MajorTopicYN='Y'> Humans </DescriptorName>"
        "</MeshHeading></MeshHeadingList><KeywordList Owner='NOTNLM'><Keyword>CR</Keyword><Keyword/></KeywordList>"
        "<KeywordList Owner='NASA'><Keyword>space</Keyword></KeywordList>",
    )
    assert record.publication_types == (Term("D002363", "Case Reports"),)
    assert record.substances == (Term("D000077157", "Sorafenib"),)
    assert record.mesh == (
        Heading("D006528", "Carcinoma, Hepatocellular", False, (Qualifier("Q000188", "drug therapy", True),)),
        Heading(None, "Humans", True, ()),
    )
    assert record.keywords == ("CR", "space")


def test_every_tie_to_another_publication_is_kept() -> None:
    record = one(
        citation="<CommentsCorrectionsList><CommentsCorrections RefType='RetractionIn'><RefSource>J X. 2016;1:2"
        "</RefSource><PMID Version='1'>99</PMID><Note>fraud</Note></CommentsCorrections><CommentsCorrections "
        "RefType='PartialRetractionIn'><RefSource>J Y. 1999</RefSource></CommentsCorrections></CommentsCorrectionsList>"
    )
    assert record.comments_corrections == (
        Notice("RetractionIn", "99", "J X. 2016;1:2", "fraud"),
        Notice("PartialRetractionIn", None, "J Y. 1999", None),
    )
    assert record.pmid == "1"
    assert record.is_retracted


def test_ties_and_names_before_2008() -> None:
    record = one(
        "<AuthorList><Author><LastName>A</LastName><FirstName>B</FirstName><MiddleName>C</MiddleName></Author></AuthorList>",
        "<CommentsCorrections><RetractionIn><RefSource>J X. 2003</RefSource><PMID>99</PMID></RetractionIn>"
        "<CommentIn><RefSource>J Y. 2004</RefSource></CommentIn></CommentsCorrections>",
    )
    assert record.comments_corrections == (
        Notice("RetractionIn", "99", "J X. 2003", None),
        Notice("CommentIn", None, "J Y. 2004", None),
    )
    assert record.authors[0].fore_name == "B C"


def test_an_erratum_or_a_partial_retraction_is_no_retraction() -> None:
    record = Record(
        "1", comments_corrections=(Notice("ErratumIn", "2", None, None), Notice("PartialRetractionIn", "3", None, None))
    )
    assert not record.is_retracted
    assert Record("1", publication_types=(Term(None, "Retracted Publication"),)).is_retracted


def test_titles_and_abstracts_in_other_languages() -> None:
    record = one(
        "<ArticleTitle>[A case of <i>CR</i>].</ArticleTitle><Language>jpn</Language><Language>eng</Language>"
        "<VernacularTitle>Ein Fall</VernacularTitle>",
        "<OtherAbstract Type='plain-language-summary' Language='eng'><AbstractText>Easy.</AbstractText></OtherAbstract>"
        "<MedlineJournalInfo><Country>Japan</Country><MedlineTA>J Y</MedlineTA></MedlineJournalInfo>",
    )
    assert (record.title, record.vernacular_title) == ("[A case of CR].", "Ein Fall")
    assert record.languages == ("jpn", "eng")
    (other,) = record.other_abstracts
    assert (other.kind, other.language, other.sections[0].text) == ("plain-language-summary", "eng", "Easy.")
    assert (record.country, record.iso_abbreviation) == ("Japan", "J Y")


def test_what_is_not_stated_is_none() -> None:
    record = one("<ArticleTitle/>")
    assert record.title is None
    assert (record.journal, record.abstract, record.abstract_text, record.authors, record.first_author) == (
        None, (), None, (), None,
    )  # fmt: skip
    assert (record.medline_status, record.indexing_method, record.version) == ("MEDLINE", "Automated", 1)


def test_a_set_of_before_2016_has_no_wrapper_around_a_record() -> None:
    citation = (
        '<MedlineCitation Owner="NLM" Status="MEDLINE"><PMID Version="2">5</PMID><Article><ArticleTitle>t'
        '</ArticleTitle></Article><OtherID Source="NLM">PMC44 [Available on 01/01/15]</OtherID></MedlineCitation>'
    )
    data = a_set(
        citation,
        "<DeleteCitation><PMID>6</PMID>\n<PMID>7</PMID></DeleteCitation>",
        root="MedlineCitationSet",
        head=HEAD,
    )
    record, deleted = read(data)
    assert isinstance(record, Record)
    assert (record.pmid, record.version, record.pmcid) == ("5", 2, "PMC44")
    assert deleted == Deleted(("6", "7"))


BOOK = (
    "<PubmedBookArticle><BookDocument><PMID Version='1'>20</PMID><ArticleIdList><ArticleId IdType='bookaccession'>NBK1"
    "</ArticleId></ArticleIdList><Book><Publisher><PublisherName>U</PublisherName></Publisher><BookTitle>Gene"
    "<sup>®</sup> Reviews</BookTitle><PubDate><Year>1993</Year></PubDate><AuthorList Type='editors'><Author><LastName>"
    "Ed</LastName></Author></AuthorList></Book>{}<Language>eng</Language>{}<PublicationType UI='D016454'>Review"
    "</PublicationType></BookDocument><PubmedBookData><History><PubMedPubDate PubStatus='pubmed'><Year>2000</Year>"
    "<Month>1</Month><Day>1</Day></PubMedPubDate></History></PubmedBookData></PubmedBookArticle>"
)


def test_a_chapter_has_the_books_title_as_its_journal() -> None:
    authors = "<AuthorList Type='authors'><Author><LastName>Ch</LastName></Author></AuthorList>"
    (record,) = read(a_set(BOOK.format("<ArticleTitle>Chapter</ArticleTitle>", authors)))
    assert isinstance(record, Record)
    assert (record.title, record.journal, record.year, record.is_book) == ("Chapter", "Gene® Reviews", 1993, True)
    assert [author.name for author in record.authors] == ["Ch"]
    assert record.article_ids == (("bookaccession", "NBK1"),)
    assert record.publication_types == (Term("D016454", "Review"),)
    assert record.pubmed_dates == (PubMedDate("pubmed", "2000-01-01"),)


def test_a_whole_book_is_titled_by_itself() -> None:
    (record,) = read(a_set(BOOK.format("", "")))
    assert isinstance(record, Record)
    assert (record.title, record.journal, record.first_author) == ("Gene® Reviews", None, "Ed")


def test_a_set_may_be_empty() -> None:
    assert read(a_set()) == []
    assert read(b"<PubmedArticleSet/>") == []


RECORD = article("<ArticleTitle>t</ArticleTitle>")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "there is nothing in it", id="nothing"),
        pytest.param(b"<!DOCTYPE html><html>blocked</html>", "the root element is html", id="a web page"),
        pytest.param(b"<eFetchResult><ERROR>Search Backend failed</ERROR></eFetchResult>", "Search Backend failed",
                     id="an error with status 200"),
        pytest.param(b"API rate limit exceeded", "it is not XML", id="words"),
        pytest.param(a_set(RECORD)[:-30], "the root element is not closed", id="cut at the end"),
        pytest.param(a_set(RECORD)[:300], "the root element is not closed", id="cut in a record"),
        pytest.param(a_set(RECORD).replace(b">t<", b">t&foo;<"), "record 1 is not well-formed",
                     id="an entity"),
        pytest.param(a_set(RECORD, RECORD.replace("</ArticleTitle", "</ArticleTitl`")), "record 2 is not well-formed",
                     id="a corrupt byte"),
        pytest.param(a_set(RECORD).replace(b">t<", b">\xff<"), "record 1 is not well-formed", id="no UTF-8"),
        pytest.param(a_set(RECORD, head=HEAD.replace("utf-8", "latin-1")), "the encoding is latin-1", id="an encoding"),
        pytest.param(a_set(RECORD, head='<!DOCTYPE PubmedArticleSet [<!ENTITY a "aa">]>'), "an internal DTD subset",
                     id="an internal subset"),
        pytest.param(a_set(article(pmid="")), "record 1 has no PMID", id="no PMID"),
        pytest.param(a_set(RECORD) + b"<more/>", "something follows", id="more than one root"),
        pytest.param(a_set(RECORD, "<Other/>"), "<Other> stands where a record should", id="another element"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(NotPubMedXML, match=words):
        read(data)


def test_records_before_a_damaged_one_are_given() -> None:
    records = iter_records(io.BytesIO(a_set(RECORD, RECORD)[:-60]))
    assert next(records).pmid == "1"  # type: ignore[union-attr]


def test_namespaces_that_the_root_declares_reach_the_records() -> None:
    data = a_set(article("<ArticleTitle>a<mml:math><mml:mi>x</mml:mi></mml:math></ArticleTitle>"))
    declared = data.replace(b"<PubmedArticleSet>", f"<PubmedArticleSet {MATHML}>".encode())
    (record,) = read(declared)
    assert isinstance(record, Record)
    assert record.title == "ax"


def test_a_comment_between_records_and_a_byte_order_mark_are_passed_over() -> None:
    data = a_set("<!-- a -->\n", RECORD, "<!-- </PubmedArticle> -->", RECORD)
    assert len(read(b"\xef\xbb\xbf" + data)) == 2
