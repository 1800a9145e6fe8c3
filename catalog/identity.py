"""Names that two stages must agree on."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

SAID, SUBJECT = 8, 16
"""Hexadecimal digits of a statement's name for what says it, and for whom it is about."""


def report_id(pmid: str | None, doi: str | None, study_id: str) -> str:
    """Return a report's name: PMID, else DOI (lower case, as DOIs compare without case), else the study's."""
    if pmid:
        return f"pmid:{pmid}"
    return f"doi:{doi.lower()}" if doi else f"study:{study_id}"


class Publications:
    """Finds the publication that an identifier belongs to; DOIs and PMCIDs compare without case.

    A PMID is certain. A DOI or PMCID finds a publication only when no other PMID is known for what is asked, since
    PubMed lists a few DOIs under two PMIDs (an article and its notice); the lowest PMID is then the article.
    """

    def __init__(self, rows: Iterable[tuple[str, str | None, str | None, str | None, str | None]]) -> None:
        """Take report_id, pmid, doi, pmcid and merged_into of each publication."""
        self._by_id: dict[tuple[str, str], str] = {}
        self._merged: dict[str, str] = {}
        for name, pmid, doi, pmcid, merged_into in sorted(
            rows, key=lambda row: (len(row[1] or ""), row[1] or "", row[0])
        ):
            if pmid:
                self._by_id[("pmid", pmid)] = name
                if merged_into:
                    self._merged[name] = merged_into
            for kind, value in (("doi", doi), ("pmcid", pmcid)):
                if value:
                    standing = self._by_id.get((kind, value.lower()))
                    if standing is None or standing in self._merged:
                        self._by_id[(kind, value.lower())] = name

    def find(self, pmid: str | None = None, doi: str | None = None, pmcid: str | None = None) -> str | None:
        """Return the name of the publication, following a merged PMID to what took its place, or None."""
        if pmid:
            return self._followed(self._by_id.get(("pmid", pmid)))
        for kind, value in (("doi", doi), ("pmcid", pmcid)):
            if value and (kind, value.lower()) in self._by_id:
                return self._followed(self._by_id[(kind, value.lower())])
        return None

    def _followed(self, name: str | None) -> str | None:
        seen = set()
        while name in self._merged and name not in seen:
            seen.add(name)
            name = self._by_id.get(("pmid", self._merged[name]), name)
        return name


def pair_id(first: str, second: str) -> str:
    """Return the name of a pair, the same whichever comes first."""
    return "|".join(sorted((first, second)))


def choice_id(origin: str, pair: str) -> str:
    """Return the name of a decision on a pair: one stands for each pair and each who brought it."""
    return f"{origin}|{pair}"


def observation_id(unit_kind: str, unit_id: str, field: str, origin: str, column: str) -> str:
    """Return the name of a statement: it stays when the statement's value is corrected."""
    return said_name(field, origin, column) + subject_name(unit_kind, unit_id)


def said_name(field: str, origin: str, column: str) -> str:
    """Return how the names of all statements that a column makes about a field begin.

    So the statements of a column lie together in order of their names: a table in that order is small and quick.
    """
    return _digest(field, origin, column)[:SAID]


def subject_name(unit_kind: str, unit_id: str) -> str:
    """Return how the names of all statements about a study or a patient end.

    Two of a million patients have the same one with a chance of 3 in 100 million; the table would then refuse both.
    """
    return _digest(unit_kind, unit_id)[:SUBJECT]


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()
