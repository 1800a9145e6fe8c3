"""BibTeX, as Zotero and JabRef write it, read by `bibtexparser` 2; LaTeX accents become letters."""

from __future__ import annotations

import logging
import re
from typing import Any

from catalog.errors import Problems
from ingest.pubmed.record import Author, Record, Section
from ingest.references.decisions import rayyan
from ingest.references.reference import Reference, author, doi_in, pmcid_in, pmid_alone, pmid_in, year_of


def read(text: str, name: str, problems: Problems) -> list[Reference]:
    """Return the entries of a BibTeX file; a block that is not BibTeX is a problem."""
    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry

    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # what it logs is a problem here
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware(keep_braced_groups=True)])
    entries = list(library.entries)
    for block in library.failed_blocks:
        if isinstance(block, DuplicateBlockKeyBlock) and isinstance(block.ignore_error_block, Entry):
            entries.append(block.ignore_error_block)
        else:
            problems.add("not a BibTeX entry", file=name, row=(block.start_line or 0) + 1,
                         found=" ".join((block.raw or "").split())[:60])  # fmt: skip
    entries.sort(key=lambda entry: entry.start_line or 0)
    return [_reference((entry.start_line or 0) + 1, _fields(entry)) for entry in entries]


def _fields(entry: Any) -> dict[str, str]:
    fields = {field.key.lower(): str(field.value) for field in entry.fields}
    return {key: value for key, value in fields.items() if value.strip()}


def _reference(row: int, fields: dict[str, str]) -> Reference:
    get = fields.get
    notes = " ".join(filter(None, (get("note"), get("annote"), get("extra"))))
    abstract = _plain(get("abstract"))
    keywords = re.split(r"[;,]\s*", get("keywords", ""))
    record = Record(
        pmid=pmid_alone(get("pmid")) or pmid_in(notes, get("url")) or "",
        title=_plain(get("title")),
        abstract=(Section(None, None, abstract),) if abstract else (),
        authors=_authors(get("author", "")),
        journal=_plain(get("journal") or get("journaltitle") or get("booktitle")),
        issn=get("issn"),
        volume=get("volume"),
        issue=get("number"),
        pages=re.sub(r"\s*[-–]+\s*", "-", get("pages", "")) or None,
        year=year_of(get("year"), get("date")),
        pub_date=get("date") or get("year"),
        doi=doi_in(get("doi"), get("url"), notes),
        pmcid=pmcid_in(get("pmcid"), get("pmc"), notes),
        languages=tuple(filter(None, [get("language") or get("langid")])),
        keywords=tuple(word for word in keywords if word),
    )
    return Reference(row, record, get("url"), rayyan(notes))


def _authors(listed: str) -> tuple[Author, ...]:
    found = []
    for name in re.split(r"\s+and\s+", listed.strip()):
        if name.startswith("{"):
            found.append(Author(None, None, None, None, _plain(name), ()))
        elif name and name != "others":
            found.append(author(_plain(name) or ""))
    return tuple(found)


def _plain(text: str | None) -> str | None:
    """Return a text without the braces that hold capitals."""
    return " ".join((text or "").replace("{", "").replace("}", "").split()) or None
