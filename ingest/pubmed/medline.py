"""PubMed XML of every DTD year, and MEDLINE XML before 2016, into records, one at a time.

Elements are taken by their place, never by searching downwards from the record: identifiers of cited works stand
in it too and are not this publication's. Lists (authors, headings, dates) are read in one flat pass, because a
loop within a loop costs three times as much. Sources: pubmed_250101.dtd and its forerunners to
nlmmedlinecitationset_140101.dtd (https://dtd.nlm.nih.gov/ncbi/pubmed/).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO

from lxml import etree

from ingest.pubmed.dates import day, iso, year_in
from ingest.pubmed.markup import collapse, text_of
from ingest.pubmed.record import (
    ArticleId,
    Author,
    Deleted,
    Heading,
    Notice,
    OtherAbstract,
    PubMedDate,
    Qualifier,
    Record,
    Section,
    Term,
)
from ingest.pubmed.split import NotPubMedXML, split


class Fields(dict[str, Any]):
    """What has been read of one record; `blanks_kept` says how it was parsed."""

    blanks_kept = False


Reader = Callable[[Any, Fields], None] | str
"""What is done with an element: a function, or the name under which its plain text is kept."""

_PMCID = re.compile(r"PMC\d+")
_REFERENCES, _REFERENCES_END, _TAIL = b"<ReferenceList>", b"</ReferenceList>", 200
_new = tuple.__new__
"""Makes a named tuple from a tuple in half the time of its own constructor."""


def iter_records(stream: BinaryIO, *, verified: bool = False) -> Iterator[Record | Deleted]:
    """Yield every record of a PubMed, MEDLINE or book set, and the PMIDs that the set withdraws, in order.

    `stream` holds uncompressed UTF-8 XML. `verified` says that its bytes have been held against a checksum (as those
    of the baseline are): then the lists of cited references, of which nothing is read, are not parsed either. No DTD
    is loaded, nothing is fetched, no entity is resolved. Raises `NotPubMedXML` when the stream is something else, ends
    early, or holds a record that is not well-formed or has no PMID; the records before that one have been yielded.
    """
    keeping, dropping = _parser(remove_blank_text=False), _parser(remove_blank_text=True)
    for number, whole in enumerate(split(stream), 1):
        piece = _without_references(whole) if verified else whole
        try:
            try:
                found = _record(etree.fromstring(piece, dropping), Fields())
            except _BlanksInDoubt:
                fields = Fields()
                fields.blanks_kept = True
                found = _record(etree.fromstring(piece, keeping), fields)
        except etree.XMLSyntaxError as error:
            raise NotPubMedXML(f"record {number} is not well-formed: {error.msg}") from None
        if found is None:
            raise NotPubMedXML(f"record {number} has no PMID")
        yield found


def _without_references(piece: bytes) -> bytes:
    """Return a record without its lists of references, which stand at its end; most of a new record's bytes."""
    last = piece.rfind(_REFERENCES_END, -_TAIL)
    first = piece.find(_REFERENCES) if last >= 0 else -1
    return piece[:first] + piece[last + len(_REFERENCES_END) :] if first >= 0 else piece


def _record(root: Any, fields: Fields) -> Record | Deleted | None:
    if root.tag == "DeleteCitation":
        return Deleted(tuple(text for child in root if (text := text_of(child))))
    _SETS[root.tag](root, fields)
    return Record.of(fields) if fields.get("pmid", "").isdecimal() else None


def _parser(*, remove_blank_text: bool) -> etree.XMLParser:
    """Return a parser that reaches for nothing outside; without layout blanks it takes a fifth less time."""
    return etree.XMLParser(
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=remove_blank_text,
    )


class _BlanksInDoubt(Exception):
    """Dropping the layout may have dropped a blank that is text: ``<b>P</b> <i>x</i>``."""


def _text(element: Any, fields: Fields) -> str:
    """Return a text that may have markup in it.

    libxml2 keeps all blanks of an element that begins with text (`areBlanks` in its SAX2.c); any other one that
    holds elements is read again from a tree with all blanks.
    """
    if len(element):
        if not fields.blanks_kept and any(len(part) and not part.text for part in element.iter()):
            raise _BlanksInDoubt
        return text_of(element)
    text = element.text
    return collapse(text) if text else ""


# --- readers of one element ---------------------------------------------------------------------------------


def _read(readers: dict[str, Reader], element: Any, fields: Fields) -> None:
    """Hand each child to the reader of its name; of plain texts under one name the first counts."""
    for child in element:
        reader = readers.get(child.tag)
        if reader is None:
            continue
        if isinstance(reader, str):
            text = _plain(child)
            if text:
                fields.setdefault(reader, text)
        else:
            reader(child, fields)


def _plain(element: Any) -> str:
    """Return the text of an element that has no markup, without the blanks that some records put around it."""
    return collapse(element.text) if element.text else ""


def _within(readers: dict[str, Reader]) -> Callable[[Any, Fields], None]:
    """Return a reader of an element that only holds others."""
    return partial(_read, readers)


def _marked_up(name: str) -> Reader:
    """Return a reader that keeps a text with inline markup as `name`."""

    def read(element: Any, fields: Fields) -> None:
        fields[name] = _text(element, fields) or None

    return read


def _day(name: str) -> Reader:
    """Return a reader that keeps a Year, Month, Day element as `name`."""

    def read(element: Any, fields: Fields) -> None:
        fields[name] = day(element)

    return read


def _pmid(element: Any, fields: Fields) -> None:
    fields["pmid"] = _plain(element)
    version = element.get("Version", "1")
    fields["version"] = int(version) if version.isdecimal() else 1


def _language(element: Any, fields: Fields) -> None:
    fields["languages"] = (*fields.get("languages", ()), _plain(element))


def _pub_date(element: Any, fields: Fields) -> None:
    said = [text for child in element if (text := _plain(child))]
    fields["pub_date"] = " ".join(said) or None
    fields["year"] = year_in(fields["pub_date"])


def _article_date(element: Any, fields: Fields) -> None:
    if fields.get("year") is None:
        fields["year"] = year_in(day(element))


def _pages(element: Any, fields: Fields) -> None:
    said = {child.tag: _plain(child) for child in element}
    ends = [end for end in (said.get("StartPage"), said.get("EndPage")) if end]
    fields["pages"] = said.get("MedlinePgn") or "-".join(ends) or None


def _location(element: Any, fields: Fields) -> None:
    if element.get("EIdType") == "doi" and element.get("ValidYN") != "N":
        fields.setdefault("doi", _plain(element) or None)


def _other_id(element: Any, fields: Fields) -> None:
    """Before 2016 the PMCID stood here."""
    found = _PMCID.match(_plain(element))
    if found:
        fields.setdefault("pmcid", found[0])


def _article_ids(element: Any, fields: Fields) -> None:
    ids = [_new(ArticleId, (child.get("IdType", "pubmed"), text)) for child in element if (text := _plain(child))]
    fields["article_ids"] = (*fields.get("article_ids", ()), *ids)
    for kind, value in reversed(ids):  # of several the first counts
        if kind == "doi":
            fields["doi"] = value
        elif kind == "pmc" and (found := _PMCID.match(value)):
            fields["pmcid"] = found[0]


def _sections(element: Any, fields: Fields) -> tuple[Section, ...]:
    sections = []
    for child in element:
        if child.tag == "AbstractText" and (text := _text(child, fields)):
            sections.append(_new(Section, (child.get("Label"), child.get("NlmCategory"), text)))
    return tuple(sections)


def _abstract(element: Any, fields: Fields) -> None:
    fields["abstract"] = _sections(element, fields)
    last = element[-1]
    if last.tag == "CopyrightInformation":
        fields["copyright"] = text_of(last) or None


def _other_abstract(element: Any, fields: Fields) -> None:
    other = OtherAbstract(element.get("Type", ""), element.get("Language", "eng"), _sections(element, fields))
    fields["other_abstracts"] = (*fields.get("other_abstracts", ()), other)


def _authors(element: Any, fields: Fields) -> None:
    """Keep the authors; a name marked as not valid has its correction beside it. Editors never displace authors."""
    if element.get("Type") == "editors" and "authors" in fields:
        return
    authors: list[Author] = []
    valid = False
    last = fore = initials = suffix = collective = ""
    affiliations: tuple[str, ...] = ()
    for child in element.iter():
        tag = child.tag
        if tag == "LastName":
            last = (child.text or "").strip()
        elif tag == "ForeName":
            fore = (child.text or "").strip()
        elif tag == "Initials":
            initials = (child.text or "").strip()
        elif tag == "Author":
            if valid:
                authors.append(_named(last, fore, initials, suffix, collective, affiliations))
            valid = child.get("ValidYN") != "N"
            last = fore = initials = suffix = collective = ""
            affiliations = ()
        elif tag == "Affiliation":  # within AffiliationInfo since 2015
            affiliations = (*affiliations, _text(child, fields))
        elif tag in ("FirstName", "MiddleName"):  # before 2003
            fore = f"{fore} {_plain(child)}".strip()
        elif tag == "Suffix":
            suffix = _text(child, fields)
        elif tag == "CollectiveName":
            collective = _text(child, fields)
    if valid:
        authors.append(_named(last, fore, initials, suffix, collective, affiliations))
    fields["authors"] = tuple(authors)


def _named(last: str, fore: str, initials: str, suffix: str, collective: str, affiliations: tuple[str, ...]) -> Author:
    names = (last or None, fore or None, initials or None, suffix or None, collective or None)
    return _new(Author, (*names, affiliations))


def _article(element: Any, fields: Fields) -> None:
    _read(_ARTICLE, element, fields)
    affiliation = fields.pop("affiliation", None)  # before 2014: one for the article, the first author's
    authors = fields.get("authors")
    if affiliation and authors and not authors[0].affiliations:
        fields["authors"] = (authors[0]._replace(affiliations=(affiliation,)), *authors[1:])


def _term(element: Any) -> Term:
    return _new(Term, (element.get("UI"), _plain(element)))


def _publication_type(element: Any, fields: Fields) -> None:
    fields["publication_types"] = (*fields.get("publication_types", ()), _term(element))


def _publication_types(element: Any, fields: Fields) -> None:
    fields["publication_types"] = tuple(map(_term, element))


def _substances(element: Any, fields: Fields) -> None:
    fields["substances"] = tuple(map(_term, element.iter("NameOfSubstance")))


def _mesh(element: Any, fields: Fields) -> None:
    headings: list[Heading] = []
    ui = name = None
    major = False
    qualifiers: tuple[Qualifier, ...] = ()
    for child in element.iter("DescriptorName", "QualifierName"):
        if child.tag == "DescriptorName":
            if name:
                headings.append(_new(Heading, (ui, name, major, qualifiers)))
            ui, name, major = child.get("UI"), (child.text or "").strip(), child.get("MajorTopicYN") == "Y"
            qualifiers = ()
        else:
            one = (child.get("UI"), (child.text or "").strip(), child.get("MajorTopicYN") == "Y")
            qualifiers = (*qualifiers, _new(Qualifier, one))
    if name:
        headings.append(_new(Heading, (ui, name, major, qualifiers)))
    fields["mesh"] = tuple(headings)


def _keywords(element: Any, fields: Fields) -> None:
    fields["keywords"] = (*fields.get("keywords", ()), *(text for child in element if (text := _text(child, fields))))


def _notices(element: Any, fields: Fields) -> None:
    fields["comments_corrections"] = tuple(_notice(child.get("RefType", ""), child) for child in element)


def _notices_before_2008(element: Any, fields: Fields) -> None:
    """An element for each type, as in ``<RetractionIn><RefSource>…``."""
    fields["comments_corrections"] = tuple(_notice(child.tag, child) for child in element)


def _notice(ref_type: str, element: Any) -> Notice:
    get = {child.tag: text_of(child) for child in element}.get
    return Notice(ref_type, get("PMID") or None, get("RefSource") or None, get("Note") or None)


def _history(element: Any, fields: Fields) -> None:
    dates: list[PubMedDate] = []
    status = ""
    year = month = None
    for child in element.iter("PubMedPubDate", "Year", "Month", "Day"):
        tag = child.tag
        if tag == "Year":
            year = child.text
        elif tag == "Month":
            month = child.text
        elif tag == "Day":
            on = iso(year, month, child.text)
            if on:
                dates.append(_new(PubMedDate, (status, on)))
        else:
            status = child.get("PubStatus", "")
    fields["pubmed_dates"] = tuple(dates)


def _citation(element: Any, fields: Fields) -> None:
    fields["medline_status"] = element.get("Status")
    fields["indexing_method"] = element.get("IndexingMethod")
    _read(_CITATION, element, fields)


def _book_document(element: Any, fields: Fields) -> None:
    """A chapter is titled in a book; a whole book has only the book's title."""
    fields["report_status"] = "book"
    _read(_BOOK_DOCUMENT, element, fields)
    if "title" not in fields:
        fields["title"] = fields.pop("journal", None)


# --- what stands where ---------------------------------------------------------------------------------------

_JOURNAL: dict[str, Reader] = {
    "ISSN": "issn",
    "JournalIssue": _within({"Volume": "volume", "Issue": "issue", "PubDate": _pub_date}),
    "Title": "journal",
    "ISOAbbreviation": "iso_abbreviation",
}
_ARTICLE: dict[str, Reader] = {
    "Journal": _within(_JOURNAL),
    "ArticleTitle": _marked_up("title"),
    "VernacularTitle": _marked_up("vernacular_title"),
    "Pagination": _pages,
    "ELocationID": _location,
    "Abstract": _abstract,
    "Affiliation": _marked_up("affiliation"),
    "AuthorList": _authors,
    "Language": _language,
    "PublicationTypeList": _publication_types,
    "ArticleDate": _article_date,
}
_CITATION: dict[str, Reader] = {
    "PMID": _pmid,
    "DateCreated": _day("created_on"),
    "DateCompleted": _day("completed_on"),
    "DateRevised": _day("revised_on"),
    "Article": _article,
    "MedlineJournalInfo": _within({"Country": "country", "MedlineTA": "iso_abbreviation"}),
    "ChemicalList": _substances,
    "CommentsCorrections": _notices_before_2008,
    "CommentsCorrectionsList": _notices,
    "MeshHeadingList": _mesh,
    "OtherID": _other_id,
    "OtherAbstract": _other_abstract,
    "KeywordList": _keywords,
}
_BOOK: dict[str, Reader] = {
    "BookTitle": _marked_up("journal"),
    "PubDate": _pub_date,
    "AuthorList": _authors,
    "Volume": "volume",
}
_BOOK_DOCUMENT: dict[str, Reader] = {
    "PMID": _pmid,
    "ArticleIdList": _article_ids,
    "Book": _within(_BOOK),
    "ArticleTitle": _marked_up("title"),
    "VernacularTitle": _marked_up("vernacular_title"),
    "Pagination": _pages,
    "Language": _language,
    "AuthorList": _authors,
    "PublicationType": _publication_type,
    "Abstract": _abstract,
    "KeywordList": _keywords,
    "DateRevised": _day("revised_on"),
}
_DATA = _within({"History": _history, "ArticleIdList": _article_ids})
_SETS: dict[str, Callable[[Any, Fields], None]] = {
    "PubmedArticle": _within({"MedlineCitation": _citation, "PubmedData": _DATA}),
    "PubmedBookArticle": _within({"BookDocument": _book_document, "PubmedBookData": _DATA}),
    "MedlineCitation": _citation,
}
