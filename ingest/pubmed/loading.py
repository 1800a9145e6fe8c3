"""Answers into the tables: kept as bytes first, noted in the journal, then merged into `report`.

A record whose own bytes are the same as before is not written, whatever answer it came in.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from catalog import raw
from catalog.lineage import Lineage, sha256
from catalog.store import Store
from ingest.pubmed.fetch import Batch, read_batch
from ingest.pubmed.held import Held
from ingest.pubmed.journal import Journal, Said
from ingest.pubmed.responses import Fate
from ingest.pubmed.rows import NOTICES, Row, notices_of, row_of
from ingest.reports import told_by_pubmed, told_status

COMMIT_ROWS = 2_000
"""Rows a commit: few enough to hold in memory, many enough that a large refresh makes few versions."""


@dataclass
class Changes:
    """What a refresh changed, by PMID; `noticed` holds for each kind of notice the reports that newly carry one."""

    new: set[str] = field(default_factory=set)
    revised: set[str] = field(default_factory=set)
    noticed: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in NOTICES})
    deleted: set[str] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def hear(self, said: Said) -> None:
        """Take in what an answer said of which PMIDs."""
        for kind, of_whom in said.items():
            if kind == "deleted":
                self.deleted.update(of_whom)
            else:
                (self.merged if kind == "merged" else self.noticed[kind]).update(of_whom)


class Loader:
    """Takes answers and writes what differs from `held`; `changes` says what that was."""

    def __init__(self, store: Store, lineage: Lineage) -> None:
        self.store = store
        self.lineage = lineage
        self.journal = Journal(store.root)
        self.changes = Changes()
        self.held = Held({}, frozenset(), {})
        self._rows: dict[str, Row] = {}
        self._files: dict[str, str] = {}

    def take_up(self) -> set[str]:
        """Load what an interrupted refresh had in hand; return the PMIDs that need not be asked for again."""
        settled: set[str] = set()
        self.held = Held.of(self.store)
        for entry in self.journal.entries():
            self.changes.hear(entry.said)
            if entry.raw_sha256:
                path = raw.held(self.store.root, entry.raw_sha256)
                data = path.read_bytes() if path else b""
                if sha256(data) != entry.raw_sha256:  # not what was received: fetched and kept again
                    if path:
                        path.unlink()
                    continue
                self._put(read_batch(data, entry.pmids), entry.raw_sha256)
            if entry.fresh:
                settled.update(entry.pmids)
        self.commit()
        self.held = Held.of(self.store)
        return settled

    def take(self, batch: Batch) -> None:
        """Take an answer; it is safe on disk when this returns, and in the table after the next commit."""
        digest = None
        if any(self._differs(pmid, own) for pmid, (_, own) in batch.records.items()):
            request = {"service": "E-utilities", "utility": "efetch", "db": "pubmed", "id": ",".join(batch.asked)}
            digest = raw.keep(self.store.root, batch.body, ".xml", request | received_now())
        self.journal.add(batch.records, digest, self._said(batch))
        if digest:
            self._put(batch, digest)
        if len(self._rows) >= COMMIT_ROWS:
            self.commit()

    def _differs(self, pmid: str, record_sha256: str) -> bool:
        before = self.held.by_pmid.get(pmid)
        return before is None or before["record_sha256"] != record_sha256

    def _said(self, batch: Batch) -> Said:
        """Return the notices that records newly carry; of one that is new itself, corrections are not told."""
        said: dict[str, dict[str, str]] = {}
        for pmid, (record, own) in batch.records.items():
            if self._differs(pmid, own):
                before = self.held.by_pmid.get(pmid) or {}
                told = NOTICES if before.get("record_sha256") else NOTICES[:2]
                for name, by in notices_of(record).items():
                    if by and by != before.get(name) and name in told:
                        said.setdefault(name, {})[pmid] = by
        return said

    def _put(self, batch: Batch, digest: str) -> None:
        for pmid, (record, own) in batch.records.items():
            if self._differs(pmid, own):
                self._rows[pmid] = row_of(record, own, digest)
                self._files[f"efetch {digest[:12]}"] = digest
                new = (self.held.by_pmid.get(pmid) or {}).get("record_sha256") is None
                (self.changes.new if new else self.changes.revised).add(pmid)
        self.changes.hear(self._said(batch))

    def commit(self) -> None:
        """Write what was taken; nothing when there is nothing new."""
        if not self._rows:
            return
        rows, lineage = list(self._rows.values()), self._lineage()
        self.store.edit("report", lambda standing: told_by_pubmed(rows, standing), lineage)
        self._rows, self._files = {}, {}

    def settle(self, fates: dict[str, Fate], lost: dict[str, str]) -> None:
        """Write what became of records that were not returned: what is gone, merged, or could not be had."""
        said: dict[str, dict[str, str | None]] = {}
        gone: dict[str, dict[str, str]] = {"deleted": {}, "merged": {}}
        for pmid, fate in fates.items():
            known = (self.held.by_pmid.get(pmid) or {}).get("record_sha256")
            if fate.status == "merged":
                gone["merged"][pmid] = str(fate.merged_into)
                said[pmid] = _status("merged", fate.reason, fate.merged_into)
            elif fate.status == "gone" and known:
                gone["deleted"][pmid] = ""
                said[pmid] = _status("deleted", fate.reason)
            else:
                self.changes.missing[pmid] = fate.reason
                if not known:
                    said[pmid] = _status("unavailable", fate.reason)
        for pmid, reason in lost.items():
            self.changes.missing[pmid] = reason
            if not (self.held.by_pmid.get(pmid) or {}).get("record_sha256"):
                said[pmid] = _status("unavailable", reason)
        self.changes.hear(gone)
        if said:
            self.journal.add((), None, gone)
            self.store.edit("report", lambda standing: told_status(said, standing), self._lineage())

    def _lineage(self) -> Lineage:
        return Lineage(self.lineage.command, self.lineage.arguments, self.lineage.topic_sha256, files=dict(self._files))


def received_now() -> dict[str, str]:
    """Return what the sidecar of an answer says of its receipt; only whole answers of status 200 are kept."""
    return {"status": "200", "received_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}


def _status(status: str, reason: str, merged_into: str | None = None) -> dict[str, str | None]:
    return {"report_status": status, "status_reason": reason, "merged_into": merged_into}
