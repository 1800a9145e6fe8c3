"""EndNote XML, as EndNote and Covidence write it; text stands in ``<style>`` elements, which say only how it looks."""

from __future__ import annotations

from typing import Any

from lxml import etree

from catalog.errors import Problems
from ingest.pubmed.markup import text_of
from ingest.pubmed.record import Record, Section
from ingest.references.decisions import rayyan
from ingest.references.reference import PUBMED, Reference, author, doi_in, pmcid_in, pmid_alone, pmid_in, year_of


def read(data: bytes, name: str, problems: Problems) -> list[Reference]:
    """Return the entries of an EndNote XML file; nothing is fetched and no entity resolved."""
    parser = etree.XMLParser(
        load_dtd=False, no_network=True, resolve_entities=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        problems.add(f"not well-formed XML: {error.msg}", file=name)
        return []
    if root.getroottree().docinfo.internalDTD is not None and list(root.getroottree().docinfo.internalDTD.entities()):
        problems.add("an entity in an internal DTD subset is not accepted", file=name)
        return []
    return [_reference(record) for record in root.iter("record")]


def _reference(record: Any) -> Reference:
    def first(*paths: str) -> str | None:
        return next((text for path in paths for text in every(path)), None)

    def every(path: str) -> list[str]:
        return [text for element in record.iterfind(path) if (text := text_of(element))]

    notes = " ".join(every("notes") + every("research-notes") + every("custom1"))
    urls = every("urls/related-urls/url") + every("urls/web-urls/url")
    database = f"{first('remote-database-name') or ''} {first('remote-database-provider') or ''}"
    accession = first("accession-num") if PUBMED.search(database) else None
    abstract = first("abstract")
    parsed = Record(
        pmid=pmid_alone(accession) or pmid_in(notes, *urls) or "",
        title=first("titles/title"),
        vernacular_title=first("titles/translated-title"),
        abstract=(Section(None, None, abstract),) if abstract else (),
        authors=tuple(author(name) for name in every("contributors/authors/author")),
        journal=first("periodical/full-title", "titles/secondary-title"),
        iso_abbreviation=first("periodical/abbr-1"),
        issn=first("isbn"),
        volume=first("volume"),
        issue=first("number"),
        pages=first("pages"),
        year=year_of(first("dates/year"), first("dates/pub-dates/date")),
        pub_date=" ".join(filter(None, (first("dates/year"), first("dates/pub-dates/date")))) or None,
        doi=doi_in(first("electronic-resource-num"), *urls, notes),
        pmcid=pmcid_in(first("custom2"), notes),
        languages=tuple(every("language")),
        keywords=tuple(every("keywords/keyword")),
    )
    return Reference(record.sourceline or 1, parsed, urls[0] if urls else None, rayyan(notes))
