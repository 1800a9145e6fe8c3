"""CSV, as Covidence, Rayyan, Zotero, Scopus, ASReview and PubMed write it: one row a reference.

The programs name the same things differently; a column that none of them is known to write is told, not guessed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from catalog.errors import Problems
from ingest.pubmed.record import Record, Section
from ingest.references.decisions import labelled, rayyan
from ingest.references.reference import Reference, authors, doi_in, pmcid_in, pmid_alone, pmid_in, year_of

HEADINGS: dict[str, tuple[str, ...]] = {
    "title": ("title", "article title", "document title", "primary title"),
    "vernacular_title": ("original title", "translated title"),
    "authors": ("authors", "author", "author(s)", "author full names", "author names"),
    "year": ("year", "published year", "publication year", "pubyear"),
    "date": ("date", "publication date"),
    "journal": ("journal", "publication title", "source title", "journal/book", "secondary title",
                "publication"),
    "abbreviation": ("journal abbreviation", "abbreviated source title"),
    "volume": ("volume",),
    "issue": ("issue", "number"),
    "pages": ("pages",),
    "start": ("page start", "start page"),
    "end": ("page end", "end page"),
    "issn": ("issn",),
    "doi": ("doi",),
    "pmid": ("pmid", "pubmed id", "pubmed_id"),
    "accession": ("accession number",),
    "pmcid": ("pmcid", "pmc_id", "pmc id"),
    "abstract": ("abstract", "abstract note"),
    "keywords": ("keywords", "author keywords", "manual tags"),
    "language": ("language", "language of original document"),
    "url": ("url", "urls", "link"),
    "notes": ("notes", "note", "extra", "rayyan-inclusion"),
    "label": ("included", "label_included", "asreview_label", "final_included", "decision", "screening decision"),
}  # fmt: skip
IGNORED = frozenset((
    "key", "source", "covidence #", "study", "ref", "tags", "published month", "month", "day", "publisher", "location",
    "item type", "isbn", "date added", "date modified", "access date", "num pages", "number of volumes",
    "short title", "series", "automatic tags", "library catalog", "rights", "citation", "first author", "nihms id",
    "cited by", "create date", "document type", "publication stage", "open access", "eid", "art. no.", "record_id",
    "author(s) id",
))  # fmt: skip
"""Columns known to hold nothing that is kept here."""


def read(text: str, name: str, problems: Problems) -> tuple[list[Reference], tuple[str, ...]]:
    """Return the references of a CSV and the columns of it that were not used."""
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        problems.add(f"not a table of cells: {error}", file=name, remedy="Close every double quote")
        return [], ()
    header = [cell.strip().strip("\ufeff") for cell in lines[0][1]] if lines else []
    places = _places(header)
    if "title" not in places:
        problems.add("no column holds titles", file=name, row=1, allowed=", ".join(HEADINGS["title"]))
        return [], ()
    found = []
    for row, cells in lines[1:]:
        if len(cells) != len(header):
            problems.add("wrong number of cells", file=name, row=row, found=len(cells), allowed=str(len(header)),
                         remedy="Put a cell that holds the separator into double quotes")  # fmt: skip
            continue
        found.append(_reference(row, {field: _cell(cells, where) for field, where in places.items()}, header, places))
    known = {place for where in places.values() for place in where}
    unused = (cell for place, cell in enumerate(header) if place not in known and cell.casefold() not in IGNORED)
    return found, tuple(cell for cell in unused if cell)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that holds anything, with its line; the separator is the commonest one of the header."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield start, cells
        start = reader.line_num + 1


def _places(header: list[str]) -> dict[str, list[int]]:
    """Return the columns that hold each thing, in the order of preference above."""
    names = [cell.casefold() for cell in header]
    found = {
        field: [place for heading in headings for place, cell in enumerate(names) if cell == heading]
        for field, headings in HEADINGS.items()
    }
    return {field: places for field, places in found.items() if places}


def _cell(cells: list[str], where: list[int]) -> str | None:
    return next((cells[place].strip() for place in where if cells[place].strip()), None)


def _reference(row: int, cell: dict[str, str | None], header: list[str], places: dict[str, list[int]]) -> Reference:
    get = cell.get
    abstract, notes = get("abstract"), get("notes")
    ends = [end for end in (get("start"), get("end")) if end]
    keywords = (get("keywords") or "").replace("|", ";").split(";")
    record = Record(
        pmid=pmid_alone(get("pmid")) or pmid_in(get("accession"), notes, get("url")) or "",
        title=get("title"),
        vernacular_title=get("vernacular_title"),
        abstract=(Section(None, None, abstract),) if abstract else (),
        authors=authors(get("authors")),
        journal=get("journal"),
        iso_abbreviation=get("abbreviation"),
        issn=get("issn"),
        volume=get("volume"),
        issue=get("issue"),
        pages=get("pages") or "-".join(ends) or None,
        year=year_of(get("year"), get("date")),
        pub_date=get("date") or get("year"),
        doi=doi_in(get("doi"), get("url"), notes),
        pmcid=pmcid_in(get("pmcid"), notes),
        languages=tuple(filter(None, [get("language")])),
        keywords=tuple(word.strip() for word in keywords if word.strip()),
    )
    label = header[places["label"][0]] if "label" in places else ""
    return Reference(row, record, get("url"), rayyan(notes) or labelled(get("label"), label))
