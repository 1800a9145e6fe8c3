"""Names that two stages must agree on."""

from __future__ import annotations

from catalog.lineage import sha256


def report_id(pmid: str | None, doi: str | None, study_id: str) -> str:
    """Return a report's name: PMID, else DOI (lower case, as DOIs compare without case), else the study's."""
    if pmid:
        return f"pmid:{pmid}"
    return f"doi:{doi.lower()}" if doi else f"study:{study_id}"


def pair_id(first: str, second: str) -> str:
    """Return the name of a pair, the same whichever comes first."""
    return "|".join(sorted((first, second)))


def observation_id(unit_kind: str, unit_id: str, field: str, origin: str, column: str) -> str:
    """Return the name of a statement: it stays when the statement's value is corrected."""
    return sha256("\x1f".join((unit_kind, unit_id, field, origin, column)).encode())[:20]
