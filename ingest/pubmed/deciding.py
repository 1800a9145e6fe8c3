"""A decision on every report, by the topic's rules; a person's decision stands, whatever the rules say later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.lineage import Lineage
from catalog.merge import overlay
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES
from catalog.topic import Topic
from ingest.pubmed.held import READ, THERE
from ingest.pubmed.rows import record_of
from ingest.pubmed.screening import screen
from ingest.reports import index

Row = dict[str, Any]
RULE = "rule:"
"""How the name of a rule begins in `decided_by`; any other name is a person's."""
IDENTIFIED = ("report_id", "pmid", "pmcid", "doi")
AT_ONCE = 500
GONE = {
    "deleted": ("withdrawn", "PubMed has withdrawn the record"),
    "merged": ("merged", "another PMID took the place of this one"),
    "unavailable": ("not_retrieved", "PubMed does not give the record"),
}


def decide(
    topic: Topic, store: Store, lineage: Lineage, *, on_part: Callable[[int, int], None] = lambda done, total: None
) -> list[Row]:
    """Write `screening` and return the reports that are to be read: included or under reading, and there.

    A report is given with its identifiers (`IDENTIFIED`); `on_part` is told how many of how many are decided.
    """
    reports = store.read("report")
    ruled = from_rows(TABLES["screening"], list(_all_ruled(reports, topic, on_part)))
    names = _Names(reports)

    def change(standing: pa.Table) -> pa.Table:
        persons = standing.filter(pc.invert(pc.starts_with(standing["decided_by"], RULE)))
        moved = [{**row, "report_id": names.now(row["report_id"])} for row in persons.to_pylist()]
        kept = from_rows(TABLES["screening"], list({row["report_id"]: row for row in moved}.values()))
        free = ruled.filter(pc.invert(pc.is_in(ruled["report_id"], kept["report_id"])))
        before = standing.filter(pc.is_in(standing["report_id"], pc.unique(free["report_id"])))
        return pa.concat_tables([kept, overlay(before, free, "report_id", ("decided_on",))])

    store.edit("screening", change, lineage)
    names, decisions = (store.read("screening")[name].to_pylist() for name in ("report_id", "decision"))
    reading = {name for name, decision in zip(names, decisions, strict=True) if decision in READ}
    there = reports.select(IDENTIFIED).filter(pc.is_in(reports["report_status"], pa.array(THERE)))
    return [row for row in there.to_pylist() if row["report_id"] in reading]


def _all_ruled(reports: pa.Table, topic: Topic, on_part: Callable[[int, int], None]) -> Iterator[Row]:
    """Yield what the rules say of each report of which more is known than a name, a few in memory at a time."""
    done = 0
    for part in reports.to_batches(max_chunksize=AT_ONCE):
        for row in part.to_pylist():
            if row["title"] or row["report_status"]:
                yield _ruled(row, topic)
        done += len(part)
        on_part(done, len(reports))


class _Names:
    """What a publication is called now, on which a person decided under another name."""

    def __init__(self, reports: pa.Table) -> None:
        self._known = index(reports)
        columns = (reports[name].to_pylist() for name in ("report_id", "known_as"))
        self._before = {old: name for name, said in zip(*columns, strict=True) for old in (said or "").split(";")}

    def now(self, name: str) -> str:
        """Return the name of today: a title may have found its PMID since, a PMID another that took its place."""
        kind, _, value = name.partition(":")
        found = self._known.find(**{kind: value}) if kind in ("pmid", "doi") else None
        return found or self._before.get(name) or name


def _ruled(row: Row, topic: Topic) -> Row:
    """Return what the rules say of a report; what people have curated is included unless it was taken back."""
    status = row["report_status"]
    curated = "curated:" in row["origin"] and not row["retracted_by"] and status not in ("deleted", "merged")
    said = {"report_id": row["report_id"], "stage": "title_abstract", "decided_on": _today()}
    if curated:
        said |= {"decision": "include", "reason_code": "curated", "reason": "its facts stand in the curated evidence"}
    elif status in GONE:
        said |= dict(zip(("reason_code", "reason"), GONE[status], strict=True), decision="exclude")
    else:
        decision = screen(record_of(row), topic)
        said |= {name: getattr(decision, name) for name in ("stage", "decision", "reason_code", "reason")}
    return {**said, "decided_by": f"{RULE}{said['reason_code']}"}


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()
