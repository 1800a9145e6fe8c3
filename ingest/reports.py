"""One row of `report` a publication, whoever speaks of it: curated sheets, cohorts, reference files, PubMed.

What PubMed says of a publication wins; what people say of it (where it was read, which part, how sure) stays
beside it. Among the others the row of the first origin in `RANK` speaks, and the rest fill what it leaves empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.identity import Publications, report_id
from catalog.schema import from_rows
from catalog.tables import PUBMED as PUBMED_COLUMNS
from catalog.tables import TABLES

Row = dict[str, Any]
REPORT = TABLES["report"]
PUBMED = "pubmed"
RANK = ("curated", "cohort", "references")
PEOPLES = (
    "title_short", "country", "part_seen", "confidence", "file", "file_sha256", "row", "column", "source_url",
    "where_in_source",
)  # fmt: skip
"""Columns that PubMed does not fill: what people say of a publication, and where they say it."""
ONLY_PUBMED = frozenset(PUBMED_COLUMNS)
IDENTIFIERS = ("pmid", "doi", "pmcid")


def publications(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return rows of studies, each with its place, as rows of publications, by PMID, DOI or the study's own name."""
    found = []
    for row in rows:
        report = {column: row.get(column) for column in REPORT.columns}
        report["report_id"] = report_id(row.get("pmid"), row.get("doi"), row["study_id"])
        report["year"] = int(report["year"]) if report["year"] else None
        found.append(report)
    return found


def told_by(origin: str, rows: Iterable[Row], standing: pa.Table) -> pa.Table:
    """Return the table in which `origin` says `rows` and nothing else; of two rows of one publication the first counts.

    A publication of which only `origin` spoke before, and of which it no longer does, is gone.
    """
    table = _without(origin, standing)
    return _laid(rows, origin, table)


def told_by_pubmed(rows: Iterable[Row], standing: pa.Table) -> pa.Table:
    """Return the table with what PubMed says (`rows`, each with a PMID) laid over what stands."""
    return _laid(rows, PUBMED, standing)


def index(reports: pa.Table) -> Publications:
    """Return the finder of publications over rows of `report`."""
    columns = (reports[name].to_pylist() for name in ("report_id", *IDENTIFIERS, "merged_into"))
    return Publications(zip(*columns, strict=True))


def _laid(rows: Iterable[Row], origin: str, table: pa.Table) -> pa.Table:
    known = index(table)
    arrivals = [(row, _names(row, origin, known)) for row in rows]
    touched = pc.is_in(table["report_id"], pa.array({name for _, names in arrivals for name in names}, pa.string()))
    open_rows: dict[str, Row] = {row["report_id"]: row for row in table.filter(touched).to_pylist()}
    done: dict[str, Row] = {}
    for row, names in arrivals:
        said = [open_rows.pop(name) for name in names if name in open_rows]
        merged = _joined(said) if said else {"report_id": row["report_id"], "origin": None}
        new = _with(merged, row, origin)
        if new["report_id"] in done and origin != PUBMED:
            continue
        done[new["report_id"]] = new
    kept = table.filter(pc.invert(touched))
    return pa.concat_tables([kept, from_rows(REPORT, [*open_rows.values(), *done.values()])])


def _names(row: Row, origin: str, known: Publications) -> list[str]:
    """Return the standing rows that are this publication; one with another PMID is another publication."""
    pmid, own = row.get("pmid"), row["report_id"]
    by_pmid = own if origin == PUBMED else known.find(pmid=pmid)
    others = [known.find(doi=row.get("doi")), known.find(pmcid=row.get("pmcid")), own]
    names = [by_pmid, *(name for name in others if name and not (pmid and name.startswith("pmid:")))]
    found = [name for name in dict.fromkeys(names) if name]
    return found if pmid else found[:1]


def _joined(said: list[Row]) -> Row:
    """Return rows of one publication as one; the first speaks, the others fill what it leaves empty."""
    joined = dict(said[0])
    for other in said[1:]:
        joined = {name: other[name] if value is None else value for name, value in joined.items()}
        joined["origin"] = united(joined["origin"], other["origin"])
        joined["known_as"] = united(joined["known_as"], other["report_id"], other["known_as"])
    return joined


def _with(standing: Row, row: Row, origin: str) -> Row:
    """Return the standing row with what `origin` says: before what stands if it may lead, else where that is empty."""
    origins = (standing["origin"] or "").split(";")
    others = [other for other in origins if other and other != PUBMED]
    leads = all(_rank(origin) <= _rank(other) for other in others)
    new: Row = {}
    for name in REPORT.columns:
        said, stands = row.get(name), standing.get(name)
        if origin == PUBMED:
            new[name] = stands if name in PEOPLES else said if said is not None or name in ONLY_PUBMED else stands
        else:
            first, second = (said, stands) if leads and (name in PEOPLES or PUBMED not in origins) else (stands, said)
            new[name] = second if first is None else first
    new["origin"] = united(standing["origin"], origin)
    known = new["pmid"] or new["doi"]
    new["report_id"] = report_id(new["pmid"], new["doi"], "") if known else row["report_id"]
    said = united(standing.get("known_as"), standing["report_id"], row.get("known_as"), row["report_id"])
    new["known_as"] = ";".join(name for name in said.split(";") if name != new["report_id"]) or None
    return new


def _without(origin: str, standing: pa.Table) -> pa.Table:
    """Return the table as if `origin` had never spoken; what others took over from it stays."""
    spoken = pc.match_substring_regex(standing["origin"], rf"(^|;)\Q{origin}\E(;|$)")
    rows = []
    for row in standing.filter(spoken).to_pylist():
        left = [other for other in row["origin"].split(";") if other != origin]
        if left:
            emptied = dict.fromkeys(PEOPLES) if left == [PUBMED] else {}
            rows.append({**row, **emptied, "origin": ";".join(left)})
    return pa.concat_tables([standing.filter(pc.invert(spoken)), from_rows(REPORT, rows)])


def united(*said: str | None) -> str:
    """Return what several lists joined by ``;`` name, each once and in order."""
    return ";".join(sorted({one for several in said if several for one in several.split(";")}))


def _rank(origin: str) -> tuple[int, str]:
    kind = origin.split(":")[0]
    return (RANK.index(kind) if kind in RANK else len(RANK), origin)


def told_status(fates: Mapping[str, Mapping[str, str | None]], standing: pa.Table) -> pa.Table:
    """Return the table with what became of PMIDs (`report_status`, `status_reason`, `merged_into`).

    What was known of a record stays; a PMID of which nothing was known becomes a row that says only this.
    """
    names = {f"pmid:{pmid}": pmid for pmid in fates}
    touched = pc.is_in(standing["report_id"], pa.array(names, pa.string()))
    known = {row["report_id"]: row for row in standing.filter(touched).to_pylist()}
    rows = []
    for name, pmid in names.items():
        row = known.get(name, {"report_id": name, "pmid": pmid, "origin": None})
        rows.append({**row, **fates[pmid], "origin": united(row["origin"], PUBMED)})
    return pa.concat_tables([standing.filter(pc.invert(touched)), from_rows(REPORT, rows)])
