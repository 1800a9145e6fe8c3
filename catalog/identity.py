"""Names that two stages must agree on."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from catalog.name_hashes import WIDTH, hashes


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
    made = hashes(units_named(unit_kind, [unit_id]), said_of_it(field, origin, column))
    name: str = observation_ids(made)[0].as_py()
    return name


def units_named(unit_kind: str, unit_ids: Iterable[str]) -> list[bytes]:
    """Return how the names of all statements about studies or patients begin, before they are hashed."""
    return [f"{unit_kind}\x1f{unit_id}".encode() for unit_id in unit_ids]


def said_of_it(field: str, origin: str, column: str) -> bytes:
    """Return how the names of all statements that a column makes about a field end, before they are hashed."""
    return "\x1f".join(("", field, origin, column)).encode()


def observation_ids(made: bytes) -> pa.StringArray:
    """Return the names of statements from their hashes (see `catalog.name_hashes`), one after another."""
    digits = made.hex().encode()
    width = 2 * WIDTH
    whole = pa.Array.from_buffers(pa.binary(width), len(digits) // width, [None, pa.py_buffer(digits)])
    return whole.cast(pa.binary()).cast(pa.string())
