"""RIS, as EndNote, Zotero, Mendeley, Embase, Covidence and Rayyan write it, read by `rispy`.

A tag that RIS does not know is kept aside by rispy, not lost; what the programs disagree on (where the title, the
journal and the PMID stand) is looked up in each of the places.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.pubmed.record import Record, Section
from ingest.references.decisions import rayyan
from ingest.references.reference import PUBMED, Reference, author, doi_in, pmcid_in, pmid_alone, pmid_in, year_of

_START = re.compile(r"^TY {0,2}- ?", re.MULTILINE)
_TAG = re.compile(r"^([A-Z][A-Z0-9]) {0,2}-(?: |$)", re.MULTILINE)


def read(text: str) -> list[Reference]:
    """Return the entries of a RIS file; each begins with its type. Raises ValueError when some cannot be read."""
    import rispy

    lines = _TAG.sub(r"\1  - ", text.replace("\r\n", "\n").replace("\r", "\n"))
    rows = [lines.count("\n", 0, found.start()) + 1 for found in _START.finditer(lines)]
    entries = rispy.loads(lines, skip_unknown_tags=False)
    if len(entries) != len(rows):
        raise ValueError(f"{len(rows)} begin in the file, {len(entries)} can be read")
    return [_reference(row, entry) for row, entry in zip(rows, entries, strict=True)]


def _reference(row: int, entry: dict[str, Any]) -> Reference:
    def first(*names: str) -> str | None:
        values = (value for name in names for value in _listed(entry.get(name)))
        return next((value for value in values if value.strip()), None)

    notes = " ".join(_listed(entry.get("notes")) + _listed(entry.get("note")) + _listed(entry.get("research_notes")))
    urls = _listed(entry.get("urls"))
    in_pubmed = PUBMED.search(" ".join(filter(None, (first("name_of_database"), first("database_provider")))))
    accession = first("accession_number")
    names = entry.get("authors") or entry.get("first_authors") or []
    abstract = first("abstract", "notes_abstract")
    pages = "-".join(filter(None, (first("start_page"), first("end_page"))))
    record = Record(
        pmid=(pmid_alone(accession) if in_pubmed else pmid_in(accession)) or pmid_in(notes, *urls) or "",
        title=first("title", "primary_title", "translated_title"),
        abstract=(Section(None, None, abstract),) if abstract else (),
        authors=tuple(author(name) for name in names),
        journal=first("journal_name", "alternate_title3", "secondary_title"),
        iso_abbreviation=first("alternate_title2", "alternate_title1"),
        issn=first("issn"),
        volume=first("volume"),
        issue=first("number"),
        pages=pages or None,
        year=year_of(first("year", "publication_year", "date")),
        pub_date=first("date", "publication_year", "year"),
        doi=doi_in(first("doi"), *urls, notes),
        pmcid=pmcid_in(first("custom2"), notes, *urls),
        languages=tuple(_listed(entry.get("language"))),
        keywords=tuple(_listed(entry.get("keywords"))),
    )
    return Reference(row, record, urls[0] if urls else None, rayyan(notes))


def _listed(value: Any) -> list[str]:
    if isinstance(value, dict):  # tags that RIS does not know
        return []
    return [value] if isinstance(value, str) else [str(item) for item in value or ()]
