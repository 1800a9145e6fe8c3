"""A decision on every report, by the topic's rules; a person's decision stands, whatever the rules say later."""

from __future__ import annotations

import datetime as dt
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
GONE = {
    "deleted": ("withdrawn", "PubMed has withdrawn the record"),
    "merged": ("merged", "another PMID took the place of this one"),
    "unavailable": ("not_retrieved", "PubMed does not give the record"),
}


def decide(topic: Topic, store: Store, lineage: Lineage) -> list[Row]:
    """Write `screening` and return the rows of `report` that are to be read: included or under reading, and there."""
    reports = store.read("report")
    rows = [row for row in reports.to_pylist() if row["title"] or row["report_status"]]
    ruled = from_rows(TABLES["screening"], [_ruled(row, topic) for row in rows])
    known = index(reports)

    def change(standing: pa.Table) -> pa.Table:
        persons = standing.filter(pc.invert(pc.starts_with(standing["decided_by"], RULE)))
        moved = [{**row, "report_id": _name_now(row["report_id"], known)} for row in persons.to_pylist()]
        kept = from_rows(TABLES["screening"], list({row["report_id"]: row for row in moved}.values()))
        free = ruled.filter(pc.invert(pc.is_in(ruled["report_id"], kept["report_id"])))
        before = standing.filter(pc.is_in(standing["report_id"], pc.unique(free["report_id"])))
        return pa.concat_tables([kept, overlay(before, free, "report_id", ("decided_on",))])

    store.edit("screening", change, lineage)
    names, decisions = (store.read("screening")[name].to_pylist() for name in ("report_id", "decision"))
    reading = {name for name, decision in zip(names, decisions, strict=True) if decision in READ}
    return [row for row in rows if row["report_id"] in reading and row["report_status"] in THERE]


def _name_now(name: str, known: Any) -> str:
    """Return the name of the publication that a person decided on: a DOI may have found its PMID since."""
    kind, _, value = name.partition(":")
    return (known.find(**{kind: value}) if kind in ("pmid", "doi") else None) or name


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
