"""A record of PubMed as a row of `report`, and back as far as screening needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ingest.pubmed.record import Author, Heading, Notice, OtherAbstract, PubMedDate, Qualifier, Record, Section, Term

Row = dict[str, Any]
NOTICES = ("retracted_by", "concern_by", "corrected_by")
RETRACTIONS = ("RetractionIn", "RetractedandRepublishedIn")
CONCERNS = ("ExpressionOfConcernIn",)
CORRECTIONS = ("ErratumIn", "CorrectedandRepublishedIn", "RepublishedIn", "UpdateIn")


def row_of(record: Record, record_sha256: str, raw_sha256: str) -> Row:
    """Return the row of `report` that a record makes; what is not stated is None."""
    return {
        "report_id": f"pmid:{record.pmid}",
        "pmid": record.pmid,
        "pmcid": record.pmcid,
        "doi": record.doi,
        "first_author": record.first_author,
        "year": record.year,
        "journal": record.iso_abbreviation or record.journal,
        "title": record.title,
        "vernacular_title": record.vernacular_title,
        "abstract": _json(record.abstract),
        "other_abstracts": _json(record.other_abstracts),
        "authors": _json(record.authors),
        "published": record.pub_date,
        "volume": record.volume,
        "issue": record.issue,
        "pages": record.pages,
        "publication_types": _json(record.publication_types),
        "mesh": _json(record.mesh),
        "substances": _json(record.substances),
        "keywords": _json(record.keywords),
        "languages": _json(record.languages),
        "article_ids": _json(record.article_ids),
        "notices": _json(record.comments_corrections),
        **notices_of(record),
        "report_status": record.report_status,
        "medline_status": record.medline_status,
        "indexing_method": record.indexing_method,
        "pubmed_dates": _json(record.pubmed_dates),
        "created_on": record.created_on or _entered(record),
        "completed_on": record.completed_on,
        "revised_on": record.revised_on,
        "record_sha256": record_sha256,
        "raw_sha256": raw_sha256,
    }


def notices_of(record: Record) -> dict[str, str | None]:
    """Return the notices that a record carries, by kind (`NOTICES`)."""
    said = (retracted_by(record), _named(record, CONCERNS), _named(record, CORRECTIONS))
    return dict(zip(NOTICES, said, strict=True))


def retracted_by(record: Record) -> str | None:
    """Return the PMIDs of notices of retraction, or PubMed's other sign of it where no notice is named."""
    if not record.is_retracted:
        return None
    return _named(record, RETRACTIONS) or "Retracted Publication, without a notice in PubMed"


def _named(record: Record, ref_types: tuple[str, ...]) -> str | None:
    """Return the PMIDs of notices, or their citations where PubMed has no record of them."""
    names = dict.fromkeys(notice.pmid or notice.citation or notice.ref_type for notice in record.notices(*ref_types))
    return ";".join(names) or None


def _entered(record: Record) -> str | None:
    """Return the day the record entered PubMed: since 2018 the creation date stands only in its history."""
    days = {date.status: date.on for date in record.pubmed_dates}
    return days.get("entrez") or days.get("pubmed")


def record_of(row: Mapping[str, Any]) -> Record:
    """Return what screening looks at of a row of `report` as a record."""
    return Record(
        pmid=row["pmid"] or "",
        title=row["title"],
        vernacular_title=row["vernacular_title"],
        abstract=tuple(Section(**part) for part in _list(row["abstract"])),
        other_abstracts=tuple(
            OtherAbstract(part["kind"], part["language"], tuple(Section(**inner) for inner in part["sections"]))
            for part in _list(row["other_abstracts"])
        ),
        authors=tuple(
            Author(**{**part, "affiliations": tuple(part["affiliations"])}) for part in _list(row["authors"])
        ),
        year=row["year"],
        publication_types=tuple(Term(**part) for part in _list(row["publication_types"])),
        mesh=tuple(
            Heading(**{**part, "qualifiers": tuple(Qualifier(**inner) for inner in part["qualifiers"])})
            for part in _list(row["mesh"])
        ),
        substances=tuple(Term(**part) for part in _list(row["substances"])),
        keywords=tuple(_list(row["keywords"])),
        languages=tuple(_list(row["languages"])),
        comments_corrections=tuple(Notice(**part) for part in _list(row["notices"])),
        pubmed_dates=tuple(PubMedDate(**part) for part in _list(row["pubmed_dates"])),
    )


def _json(values: tuple[Any, ...]) -> str | None:
    return json.dumps(_plain(values), ensure_ascii=False, separators=(",", ":")) if values else None


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name: _plain(inner) for name, inner in value._asdict().items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _list(text: str | None) -> list[Any]:
    return json.loads(text) if text else []
