"""What stands where in a record, and how it is read.

Elements are taken by their place, never by searching downwards from the record: identifiers of cited works stand
in it too and are not this publication's. Sources: pubmed_250101.dtd and its forerunners to
nlmmedlinecitationset_140101.dtd (https://dtd.nlm.nih.gov/ncbi/pubmed/).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ingest.pubmed.dates import day, year_in
from ingest.pubmed.lists import (
    PMCID,
    article_ids,
    authors,
    history,
    keywords,
    mesh,
    new,
    notices,
    notices_before_2008,
    publication_type,
    publication_types,
    substances,
)
from ingest.pubmed.markup import text_of
from ingest.pubmed.reading import Fields, Reader, marked_up, plain, read, within
from ingest.pubmed.record import OtherAbstract, Section


def _kept(name: str) -> Reader:
    """Return a reader that keeps a text with inline markup as `name`."""

    def read(element: Any, fields: Fields) -> None:
        fields[name] = marked_up(element, fields) or None

    return read


def _day(name: str) -> Reader:
    """Return a reader that keeps a Year, Month, Day element as `name`."""

    def read(element: Any, fields: Fields) -> None:
        fields[name] = day(element)

    return read


def _pmid(element: Any, fields: Fields) -> None:
    fields["pmid"] = plain(element)
    version = element.get("Version", "1")
    fields["version"] = int(version) if version.isdecimal() else 1


def _language(element: Any, fields: Fields) -> None:
    fields["languages"] = (*fields.get("languages", ()), plain(element))


def _pub_date(element: Any, fields: Fields) -> None:
    said = [text for child in element if (text := plain(child))]
    fields["pub_date"] = " ".join(said) or None
    fields["year"] = year_in(fields["pub_date"])


def _article_date(element: Any, fields: Fields) -> None:
    if fields.get("year") is None:
        fields["year"] = year_in(day(element))


def _pages(element: Any, fields: Fields) -> None:
    said = {child.tag: plain(child) for child in element}
    ends = [end for end in (said.get("StartPage"), said.get("EndPage")) if end]
    fields["pages"] = said.get("MedlinePgn") or "-".join(ends) or None


def _location(element: Any, fields: Fields) -> None:
    if element.get("EIdType") == "doi" and element.get("ValidYN") != "N":
        fields.setdefault("doi", plain(element) or None)


def _other_id(element: Any, fields: Fields) -> None:
    """Before 2016 the PMCID stood here."""
    found = PMCID.match(plain(element))
    if found:
        fields.setdefault("pmcid", found[0])


def _sections(element: Any, fields: Fields) -> tuple[Section, ...]:
    sections = []
    for child in element:
        if child.tag == "AbstractText" and (text := marked_up(child, fields)):
            sections.append(new(Section, (child.get("Label"), child.get("NlmCategory"), text)))
    return tuple(sections)


def _abstract(element: Any, fields: Fields) -> None:
    fields["abstract"] = _sections(element, fields)
    for last in element.iterchildren("CopyrightInformation"):
        fields["copyright"] = text_of(last) or None


def _other_abstract(element: Any, fields: Fields) -> None:
    other = OtherAbstract(element.get("Type", ""), element.get("Language", "eng"), _sections(element, fields))
    fields["other_abstracts"] = (*fields.get("other_abstracts", ()), other)


def _article(element: Any, fields: Fields) -> None:
    read(_ARTICLE, element, fields)
    affiliation = fields.pop("affiliation", None)  # before 2014: one for the article, the first author's
    authors = fields.get("authors")
    if affiliation and authors and not authors[0].affiliations:
        fields["authors"] = (authors[0]._replace(affiliations=(affiliation,)), *authors[1:])


def _citation(element: Any, fields: Fields) -> None:
    fields["medline_status"] = element.get("Status")
    fields["indexing_method"] = element.get("IndexingMethod")
    read(_CITATION, element, fields)


def _book_document(element: Any, fields: Fields) -> None:
    """A chapter is titled in a book; a whole book has only the book's title."""
    fields["report_status"] = "book"
    read(_BOOK_DOCUMENT, element, fields)
    if "title" not in fields:
        fields["title"] = fields.pop("journal", None)


# --- what stands where ---------------------------------------------------------------------------------------

_JOURNAL: dict[str, Reader] = {
    "ISSN": "issn",
    "JournalIssue": within({"Volume": "volume", "Issue": "issue", "PubDate": _pub_date}),
    "Title": "journal",
    "ISOAbbreviation": "iso_abbreviation",
}
_ARTICLE: dict[str, Reader] = {
    "Journal": within(_JOURNAL),
    "ArticleTitle": _kept("title"),
    "VernacularTitle": _kept("vernacular_title"),
    "Pagination": _pages,
    "ELocationID": _location,
    "Abstract": _abstract,
    "Affiliation": _kept("affiliation"),
    "AuthorList": authors,
    "Language": _language,
    "PublicationTypeList": publication_types,
    "ArticleDate": _article_date,
}
_CITATION: dict[str, Reader] = {
    "PMID": _pmid,
    "DateCreated": _day("created_on"),
    "DateCompleted": _day("completed_on"),
    "DateRevised": _day("revised_on"),
    "Article": _article,
    "MedlineJournalInfo": within({"Country": "country", "MedlineTA": "iso_abbreviation"}),
    "ChemicalList": substances,
    "CommentsCorrections": notices_before_2008,
    "CommentsCorrectionsList": notices,
    "MeshHeadingList": mesh,
    "OtherID": _other_id,
    "OtherAbstract": _other_abstract,
    "KeywordList": keywords,
}
_BOOK: dict[str, Reader] = {
    "BookTitle": _kept("journal"),
    "PubDate": _pub_date,
    "AuthorList": authors,
    "Volume": "volume",
}
_BOOK_DOCUMENT: dict[str, Reader] = {
    "PMID": _pmid,
    "ArticleIdList": article_ids,
    "Book": within(_BOOK),
    "ArticleTitle": _kept("title"),
    "VernacularTitle": _kept("vernacular_title"),
    "Pagination": _pages,
    "Language": _language,
    "AuthorList": authors,
    "PublicationType": publication_type,
    "Abstract": _abstract,
    "KeywordList": keywords,
    "DateRevised": _day("revised_on"),
}
_DATA = within({"History": history, "ArticleIdList": article_ids})
READERS: dict[str, Callable[[Any, Fields], None]] = {
    "PubmedArticle": within({"MedlineCitation": _citation, "PubmedData": _DATA}),
    "PubmedBookArticle": within({"BookDocument": _book_document, "PubmedBookData": _DATA}),
    "MedlineCitation": _citation,
}
