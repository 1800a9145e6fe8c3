"""PubMed's own text format (NBIB, "MEDLINE"), read by `Bio.Medline`.

Tags: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

from __future__ import annotations

import io
import re
from typing import Any

from ingest.pubmed.record import ArticleId, Author, Heading, Notice, Qualifier, Record, Section, Term
from ingest.references.reference import Reference, author, pmcid_in, pmid_alone, year_of

_NOTICES = {
    "RIN": "RetractionIn", "ROF": "RetractionOf", "CRI": "CorrectedandRepublishedIn",
    "CRF": "CorrectedandRepublishedFrom", "EIN": "ErratumIn", "EFR": "ErratumFor", "ECI": "ExpressionOfConcernIn",
    "ECF": "ExpressionOfConcernFor", "RRI": "RetractedandRepublishedIn", "RRF": "RetractedandRepublishedFrom",
    "RPI": "RepublishedIn", "RPF": "RepublishedFrom", "UIN": "UpdateIn", "UOF": "UpdateOf", "CIN": "CommentIn",
    "CON": "CommentOn", "SPIN": "SummaryForPatientsIn", "ORI": "OriginalReportIn",
}  # fmt: skip
_START = re.compile(r"^PMID ?-", re.MULTILINE)


def read(text: str) -> list[Reference]:
    """Return the entries of an NBIB file; each begins with its PMID. Raises ValueError when some cannot be read."""
    from Bio import Medline

    rows = [text.count("\n", 0, found.start()) + 1 for found in _START.finditer(text)]
    entries = [entry for entry in Medline.parse(io.StringIO(text)) if entry.get("PMID")]
    if len(entries) != len(rows):
        raise ValueError(f"{len(rows)} begin in the file, {len(entries)} can be read")
    return [Reference(row, _record(entry)) for row, entry in zip(rows, entries, strict=True)]


def _record(entry: dict[str, Any]) -> Record:
    ids = [(found[2], found[1]) for value in entry.get("AID", []) if (found := re.match(r"(.+?) \[(\w+)\]$", value))]
    named = [(found[2], found[1]) for found in re.finditer(r"(\S+) \[(\w+)\]", _joined(entry.get("LID")))]
    groups = [Author(None, None, None, None, name, ()) for name in entry.get("CN", [])]
    abstract = entry.get("AB")
    return Record(
        pmid=pmid_alone(entry["PMID"]) or "",
        title=entry.get("TI") or entry.get("BTI"),
        vernacular_title=entry.get("TT"),
        abstract=(Section(None, None, abstract),) if abstract else (),
        authors=(*(author(name) for name in entry.get("FAU") or entry.get("AU", [])), *groups),
        journal=entry.get("JT"),
        iso_abbreviation=entry.get("TA"),
        volume=entry.get("VI"),
        issue=entry.get("IP"),
        pages=entry.get("PG"),
        year=year_of(entry.get("DP")),
        pub_date=entry.get("DP"),
        country=entry.get("PL"),
        doi=next((value for kind, value in (*ids, *named) if kind == "doi"), None),
        pmcid=pmcid_in(entry.get("PMC")),
        article_ids=tuple(ArticleId(kind, value) for kind, value in ids),
        languages=tuple(entry.get("LA", [])),
        publication_types=tuple(Term(None, name) for name in entry.get("PT", [])),
        mesh=tuple(_heading(stated) for stated in entry.get("MH", [])),
        substances=tuple(Term(None, name.partition(" (")[2].rstrip(")") or name) for name in entry.get("RN", [])),
        keywords=tuple(entry.get("OT", [])),
        comments_corrections=tuple(_notices(entry)),
        medline_status=entry.get("STAT"),
    )


def _heading(stated: str) -> Heading:
    """Read ``Carcinoma, Hepatocellular/*drug therapy``; a star marks a main topic."""
    name, *qualifiers = stated.split("/")
    more = tuple(Qualifier(None, one.lstrip("*"), one.startswith("*")) for one in qualifiers)
    return Heading(None, name.lstrip("*"), name.startswith("*"), more)


def _notices(entry: dict[str, Any]) -> list[Notice]:
    found = []
    for tag, ref_type in _NOTICES.items():
        stated = entry.get(tag, [])
        for citation in [stated] if isinstance(stated, str) else stated:
            pmid = re.search(r"PMID:\s*(\d+)", citation)
            found.append(Notice(ref_type, pmid[1] if pmid else None, citation.partition(" PMID:")[0], None))
    return found


def _joined(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(value or ())
