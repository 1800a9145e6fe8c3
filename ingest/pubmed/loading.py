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
from ingest.pubmed.journal import Journal
from ingest.pubmed.responses import Fate
from ingest.pubmed.rows import Row, row_of
from ingest.reports import told_by_pubmed, told_status

COMMIT_ROWS = 2_000
"""Rows a commit: few enough to hold in memory, many enough that a large refresh makes few versions."""
NOTICES = ("retracted_by", "concern_by", "corrected_by")


@dataclass
class Changes:
    """What a refresh changed, by PMID; `noticed` holds for each kind of notice the reports that newly carry one."""

    new: set[str] = field(default_factory=set)
    revised: set[str] = field(default_factory=set)
    noticed: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in NOTICES})
    deleted: set[str] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


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
        self.journal.add(batch.records, digest)
        if digest:
            self._put(batch, digest)
        if len(self._rows) >= COMMIT_ROWS:
            self.commit()

    def _differs(self, pmid: str, record_sha256: str) -> bool:
        before = self.held.by_pmid.get(pmid)
        return before is None or before["record_sha256"] != record_sha256

    def _put(self, batch: Batch, digest: str) -> None:
        for pmid, (record, own) in batch.records.items():
            if self._differs(pmid, own):
                row = row_of(record, own, digest)
                self._rows[pmid] = row
                self._files[f"efetch {digest[:12]}"] = digest
                self._note(pmid, row)

    def _note(self, pmid: str, row: Row) -> None:
        """Count a record as new or revised; a new one that comes with a retraction or a concern is named too."""
        before = self.held.by_pmid.get(pmid) or {}
        new = before.get("record_sha256") is None
        (self.changes.new if new else self.changes.revised).add(pmid)
        for name in NOTICES:
            if row[name] and row[name] != before.get(name) and not (new and name == "corrected_by"):
                self.changes.noticed[name][pmid] = row[name]

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
        for pmid, fate in fates.items():
            known = (self.held.by_pmid.get(pmid) or {}).get("record_sha256")
            if fate.status == "merged":
                self.changes.merged[pmid] = str(fate.merged_into)
                said[pmid] = _status("merged", fate.reason, fate.merged_into)
            elif fate.status == "gone" and known:
                self.changes.deleted.add(pmid)
                said[pmid] = _status("deleted", fate.reason)
            else:
                self.changes.missing[pmid] = fate.reason
                if not known:
                    said[pmid] = _status("unavailable", fate.reason)
        for pmid, reason in lost.items():
            self.changes.missing[pmid] = reason
            if not (self.held.by_pmid.get(pmid) or {}).get("record_sha256"):
                said[pmid] = _status("unavailable", reason)
        if said:
            self.store.edit("report", lambda standing: told_status(said, standing), self._lineage())

    def _lineage(self) -> Lineage:
        return Lineage(self.lineage.command, self.lineage.arguments, self.lineage.topic_sha256, files=dict(self._files))


def received_now() -> dict[str, str]:
    """Return what the sidecar of an answer says of its receipt; only whole answers of status 200 are kept."""
    return {"status": "200", "received_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}


def _status(status: str, reason: str, merged_into: str | None = None) -> dict[str, str | None]:
    return {"report_status": status, "status_reason": reason, "merged_into": merged_into}
