"""A reference file into `report` and `screening`: what is new, what is held already, what a person must look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from catalog import raw
from catalog.errors import InvalidInput, Problem, Problems
from catalog.identity import report_id
from catalog.lineage import Lineage, sha256
from catalog.schema import from_rows
from catalog.store import Commit, Store
from catalog.tables import TABLES
from catalog.topic import Topic
from ingest.files import read_bytes
from ingest.pubmed.deciding import RULE, decide
from ingest.pubmed.record import Record
from ingest.pubmed.rows import record_of, row_of
from ingest.references.duplicates import Matches, Pair, match
from ingest.references.likeness import Sketch, folded, sketch
from ingest.references.pairs import decisions, read_pairs, sheet_of, with_new, write_pairs
from ingest.references.reading import Entries, read_entries
from ingest.references.reference import Reference, author
from ingest.references.sniff import Format
from ingest.reports import index, told_by, united

Row = dict[str, Any]
_FILLED_LATER = ("pmid", "doi", "pmcid", "abstract", "journal", "volume", "issue", "pages", "year")


@dataclass
class Outcome:
    """What an import did; entries are named by their place in the file."""

    entries: Entries
    new: int = 0
    held: int = 0
    repeated: int = 0
    without_pmid: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    to_decide: list[Pair] = field(default_factory=list)
    taken_over: int = 0
    disagreeing: list[str] = field(default_factory=list)
    sheet: Path = Path()
    commits: list[Commit] = field(default_factory=list)


def import_file(
    path: Path, topic: Topic, store: Store, *, stated: Format | None = None, name: str | None = None
) -> Outcome:
    """Import `path`; what it said under the same `name` before (by default the file's) is replaced.

    Raises `InvalidInput` with all problems of the file and of the sheet of pairs; nothing is written then.
    """
    data = read_bytes(path)
    entries = read_entries(path.name, data, stated)
    problems = Problems()
    sheet = sheet_of(store.root)
    pairs = read_pairs(sheet, problems)
    problems.raise_if_any()
    origin = f"references:{_origin(name or path.stem)}"
    standing = store.read("report").to_pylist()
    held = [_held_sketch(row) for row in standing if row["origin"] != origin]  # what it alone said is replaced
    usable, outcome = _usable(entries, path.name)
    sketches = [sketch(reference.record, name_of(reference.record)) for reference in usable]
    matches = match(sketches, held, decisions(pairs))
    names = {row["report_id"] for row in standing}
    rows = _rows(usable, sketches, matches, names, origin, path.name, sha256(data), outcome)
    raw.keep(store.root, data, f".{entries.format}", {"file": path.name, "source": "reference file"})
    write_pairs(sheet, with_new(pairs, matches.pairs))
    outcome.sheet = sheet
    outcome.to_decide = [pair for pair in matches.pairs if pair.id not in decisions(pairs)]
    lineage = Lineage(
        "ingest.references import",
        {"file": path.name, "origin": origin},
        topic.sha256,
        store.versions(("report", "screening")),
        {path.name: sha256(data)},
    )
    outcome.commits.append(store.edit("report", lambda standing: told_by(origin, rows, standing), lineage))
    outcome.commits.append(_screen(usable, sketches, matches, topic, store, lineage, outcome))
    return outcome


def name_of(record: Record) -> str:
    """Return the name of the report that a record would make: its PMID, its DOI, else what it is called."""
    if record.pmid or record.doi:
        return report_id(record.pmid, record.doi, "")
    return _name_by_title(record)


def _names(record: Record) -> str:
    """Return every name that the file's record has or would have without its identifiers: they may come later."""
    return united(name_of(record), _name_by_title(record) if record.title else None)


def _name_by_title(record: Record) -> str:
    said = (folded(record.title or ""), folded(record.first_author or ""), str(record.year))
    return f"ref:{sha256('|'.join(said).encode())[:16]}"


def _origin(name: str) -> str:
    if ";" in name or not name.strip():
        raise InvalidInput([Problem("a name without ; is needed", found=name, remedy="Give one with --name")])
    return name.strip()


def _held_sketch(row: Row) -> Sketch:
    names = ("doi", "pmcid", "journal", "volume", "pages")
    record = replace(record_of(row), **{name: row[name] for name in names})
    if not record.authors and row["first_author"]:
        record = replace(record, authors=(author(row["first_author"]),))
    return sketch(record, row["report_id"])


def _usable(entries: Entries, file: str) -> tuple[list[Reference], Outcome]:
    """Return the entries that name a publication; the others are told."""
    outcome = Outcome(entries)
    usable = []
    for reference in entries.references:
        record = reference.record
        if record.title or record.pmid or record.doi or record.pmcid:
            usable.append(reference)
        else:
            outcome.left_out.append(f"{file}, row {reference.row}: neither a title nor an identifier")
    return usable, outcome


def _rows(
    usable: list[Reference], sketches: list[Sketch], matches: Matches, held: set[str], origin: str, file: str,
    digest: str, outcome: Outcome,
) -> list[Row]:  # fmt: skip
    """Return one row a publication, under the name of what it was found to be."""
    rows: dict[str, Row] = {}
    for place, (reference, one, same) in enumerate(zip(usable, sketches, matches.same, strict=True)):
        said = f"{file}, row {reference.row}: {one.citation or one.name}"
        if place in matches.contradicted:
            outcome.left_out.append(f"{said}: {matches.contradicted[place]}")
            continue
        row = _row(reference, origin, file, digest)
        row["report_id"] = same.name if same else one.name
        row["known_as"] = _names(reference.record)
        row["pmid"] = row["pmid"] or (same.pmid if same else None) or None
        before = rows.get(row["report_id"])
        if before is not None:
            outcome.repeated += 1
            before.update({name: row[name] for name in _FILLED_LATER if before[name] is None})
            before["known_as"] = united(before["known_as"], row["known_as"])
            continue
        rows[row["report_id"]] = row
        if row["report_id"] in held:
            outcome.held += 1
        else:
            outcome.new += 1
        if not row["pmid"]:
            outcome.without_pmid.append(said)
    return list(rows.values())


def _row(reference: Reference, origin: str, file: str, digest: str) -> Row:
    row: Row = {**row_of(reference.record, "", ""), "record_sha256": None, "raw_sha256": None, "report_status": None}
    row["pmid"] = reference.record.pmid or None
    place = {"origin": origin, "file": file, "file_sha256": digest, "row": reference.row, "source_url": reference.url}
    return {**dict.fromkeys(TABLES["report"].columns), **row, **place}


def _screen(
    usable: list[Reference], sketches: list[Sketch], matches: Matches, topic: Topic, store: Store, lineage: Lineage,
    outcome: Outcome,
) -> Commit:  # fmt: skip
    """Take over what people decided in the file, then let the rules decide the rest."""
    known, before = index(store.read("report")), store.version("screening")
    decided: dict[str, Row] = {}
    for place, (reference, one, same) in enumerate(zip(usable, sketches, matches.same, strict=True)):
        decision = reference.decision
        if decision is None or place in matches.contradicted:
            continue
        record = reference.record
        found = known.find(pmid=record.pmid or (same.pmid if same else None), doi=record.doi, pmcid=record.pmcid)
        report = found or (same.name if same else one.name)
        decided[report] = {
            "report_id": report,
            "stage": "title_abstract",
            "decision": decision.decision,
            "reason_code": "decided_elsewhere",
            "reason": decision.reason,
            "decided_by": decision.decided_by,
        }
    if decided:
        store.edit("screening", lambda standing: _laid(standing, decided.values(), outcome), lineage)
    decide(topic, store, lineage)
    version = store.version("screening") or 0
    return Commit("screening", version, store.read("screening").num_rows, changed=version != before)


def _laid(standing: pa.Table, decided: Iterable[Row], outcome: Outcome) -> pa.Table:
    """Return the decisions with those of people in the file laid over the rules'; another person's stands."""
    rows = {row["report_id"]: row for row in standing.to_pylist()}
    outcome.taken_over, outcome.disagreeing = 0, []
    for row in decided:
        before = rows.get(row["report_id"])
        if before is None or before["decided_by"].startswith(RULE) or before["decided_by"] == row["decided_by"]:
            rows[row["report_id"]] = row
            outcome.taken_over += 1
        elif before["decision"] != row["decision"]:
            outcome.disagreeing.append(
                f"{row['report_id']}: {row['decision']} by {row['decided_by']}; "
                f"{before['decision']} by {before['decided_by']} stands"
            )
    return from_rows(TABLES["screening"], list(rows.values()))
