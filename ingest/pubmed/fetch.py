"""Fetches records in batches and accounts for every PMID: returned, or missing with its reason.

A batch that keeps failing is halved until the record that does it is alone; the rest is kept. An answer is compared
with the request as sets of PMIDs, never by counts: EFetch leaves out what it does not hold without a word.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from catalog.errors import ServiceUnavailable
from catalog.lineage import sha256
from ingest.pubmed.client import Client
from ingest.pubmed.failures import Failure, NotHeld, Refused, TooMuch, TryAgain, Unreachable, instead, said
from ingest.pubmed.medline import iter_records
from ingest.pubmed.record import Deleted, Record
from ingest.pubmed.responses import Fate, read_summary
from ingest.pubmed.split import NotPubMedXML, split

BATCH = 200
"""Records an answer: what NBK25499 recommends; cheap to ask again, and little is lost when one is cut short."""
ATTEMPTS_OF_A_HALF = 3
IN_A_ROW = 12
"""Failures in a row after which the service, not a record, is at fault: a bad record at the worst place makes nine."""


@dataclass
class Batch:
    """One answer: its bytes, its records with the checksum of their own bytes, and what was asked for in vain."""

    asked: tuple[str, ...]
    body: bytes
    records: dict[str, tuple[Record, str]]
    withdrawn: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()

    @property
    def missing(self) -> set[str]:
        """The PMIDs asked for that are not in the answer."""
        return set(self.asked) - self.records.keys()


@dataclass
class Lost:
    """A record that could not be fetched, and why."""

    pmid: str
    reason: str


@dataclass
class Fetcher:
    """Fetches through `client`; gives up with `ServiceUnavailable` when nothing succeeds any more."""

    client: Client
    failed_in_a_row: int = field(default=0, init=False)

    def batches(self, pmids: Sequence[str]) -> Iterator[Batch | Lost]:
        """Yield the answers for `pmids`, and each record that cannot be had."""
        for start in range(0, len(pmids), BATCH):
            yield from self._batch(tuple(pmids[start : start + BATCH]), None)

    def again(self, pmids: Collection[str]) -> Iterator[Batch | Lost]:
        """Ask once more for records that an answer left out, as long as that brings any."""
        left = set(pmids)
        while left:
            before = len(left)
            for answer in self.batches(sorted(left, key=int)):
                if isinstance(answer, Lost):
                    left.discard(answer.pmid)
                else:
                    left -= answer.records.keys()
                yield answer
            if len(left) == before:
                return

    def fates(self, pmids: Collection[str], *, moved: bool) -> dict[str, Fate]:
        """Return what became of records that EFetch does not return; `moved` says that it gave others instead."""
        asked = sorted(pmids, key=int)
        fates: dict[str, Fate] = {}
        for start in range(0, len(asked), BATCH):
            fates |= self._summaries(asked[start : start + BATCH])
        for pmid in asked:
            if moved and fates[pmid].status != "merged":
                fates[pmid] = self._alone(pmid) or fates[pmid]
        return fates

    def _batch(self, pmids: tuple[str, ...], attempts: int | None) -> Iterator[Batch | Lost]:
        try:
            batch = self._ask(pmids, attempts)
        except Unreachable as failure:
            raise ServiceUnavailable(f"PubMed cannot be reached: {failure}") from None
        except (TryAgain, TooMuch, NotHeld) as failure:
            unknown = isinstance(failure, NotHeld)  # an answer, though to the whole request
            if not unknown:
                self._count(failure)
            if len(pmids) > 1:
                middle = len(pmids) // 2
                yield from self._batch(pmids[:middle], ATTEMPTS_OF_A_HALF)
                yield from self._batch(pmids[middle:], ATTEMPTS_OF_A_HALF)
            elif unknown:
                yield Batch(pmids, b"", {})
            else:
                yield Lost(pmids[0], f"PubMed's answer cannot be read: {failure}")
        except Refused as failure:
            raise ServiceUnavailable(f"PubMed refuses to give records: {failure}") from None
        else:
            self.failed_in_a_row = 0
            yield batch

    def _count(self, failure: Failure) -> None:
        """Count a failure; raise when there have been too many without a single success."""
        self.failed_in_a_row += 1
        if self.failed_in_a_row > IN_A_ROW:
            raise ServiceUnavailable(f"PubMed fails again and again: {failure}")

    def _ask(self, pmids: tuple[str, ...], attempts: int | None) -> Batch:
        params = [("db", "pubmed"), ("id", ",".join(pmids)), ("retmode", "xml")]
        return self.client.ask("efetch", params, lambda body: read_batch(body, pmids), attempts=attempts)

    def _summaries(self, pmids: Sequence[str]) -> dict[str, Fate]:
        params = [("db", "pubmed"), ("id", ",".join(pmids)), ("retmode", "xml")]
        known: dict[str, Fate] | None
        try:
            known = self.client.ask("esummary", params, read_summary)
        except NotHeld as failure:
            known = {pmids[0]: Fate("gone", str(failure))} if len(pmids) == 1 else None
        except Failure as failure:  # nobody knows, so nothing is taken for deleted
            known = {pmid: Fate("there", f"EFetch leaves it out, and ESummary fails: {failure}") for pmid in pmids}
        others = known.keys() - set(pmids) if known is not None else set()
        if others and len(pmids) == 1:
            return {pmids[0]: Fate("merged", f"ESummary gives PMID {min(others)} for it", min(others))}
        if others or known is None:  # whose is it? one at a time they can be told apart
            return {pmid: (known or {}).get(pmid) or self._summaries([pmid])[pmid] for pmid in pmids}
        return {pmid: known.get(pmid, Fate("gone", "neither EFetch nor ESummary knows it")) for pmid in pmids}

    def _alone(self, pmid: str) -> Fate | None:
        """Return the record that is given when `pmid` alone is asked for: the one that took its place."""
        try:
            batch = self._ask((pmid,), ATTEMPTS_OF_A_HALF)
        except Failure:
            return None
        if len(batch.extra) != 1:
            return None
        (into,) = batch.extra
        return Fate("merged", f"EFetch gives PMID {into} for it", into)


def read_batch(body: bytes, asked: tuple[str, ...]) -> Batch:
    """Read an EFetch answer whole; raises a `Failure` for anything but a well-formed set of PubMed records."""
    records: dict[str, tuple[Record, str]] = {}
    withdrawn: set[str] = set()
    try:
        for piece, found in zip(split(io.BytesIO(body)), iter_records(io.BytesIO(body)), strict=True):
            if isinstance(found, Deleted):
                withdrawn.update(found.pmids)
            elif found.pmid not in records or records[found.pmid][0].version <= found.version:
                records[found.pmid] = (found, sha256(piece))
    except NotPubMedXML as error:
        raise _failure(body, error) from None
    wanted = set(asked)
    extra = records.keys() - wanted
    kept = {pmid: record for pmid, record in records.items() if pmid in wanted}
    return Batch(asked, body, kept, frozenset(withdrawn & wanted), frozenset(extra))


def _failure(body: bytes, error: NotPubMedXML) -> Failure:
    """Return what a body is that is no set of records: an error in words, or damage."""
    try:
        root = etree.fromstring(body, etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False))
    except etree.XMLSyntaxError as damage:
        return instead(body, damage.msg)
    words = "; ".join("".join(element.itertext()).strip() for element in root.iter("ERROR"))
    return said(words) if words else TryAgain(str(error))
