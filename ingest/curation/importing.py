"""A folder of curated sheets into the source tables, as stated, each value with file, row and column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from catalog import raw
from catalog.errors import InvalidInput, Problem, Problems
from catalog.identity import choice_id, pair_id
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Commit, Store
from catalog.tables import TABLES
from catalog.topic import Topic
from ingest.files import Records, check_cells, check_sheet, parse_csv, read_bytes
from ingest.observations import Source, Statements, table_of
from ingest.reports import publications, told_by

SHEETS = {
    "studies.csv": ("study_sheet", ("study_id",)),
    "patients.csv": ("patient_sheet", ("patient_id",)),
    "claims.csv": ("claim_sheet", ("claim_id",)),
    "overlaps.csv": ("overlap_sheet", ("unit_kind", "first_id", "second_id")),
}
TYPED = {
    "studies.csv": ("year",),
    "claims.csv": ("statistic", "of_total"),
    "overlaps.csv": ("unit_kind", "overlap_decision"),
}
"""Cells that are stored as numbers and codes at once; all others are read when sources are harmonized."""
NOT_STATED = {"study_id", "patient_id", "source_url", "where_in_source", "note"}


def import_folder(folder: Path, topic: Topic, store: Store) -> list[Commit]:
    """Load the sheets in `folder`; all problems of all sheets are raised together and nothing is written then."""
    if not folder.is_dir():
        raise InvalidInput([Problem("no such folder of curated evidence", file=str(folder))])
    origin = f"curated:{folder.resolve().name}"
    problems = Problems()
    contents = {name: read_bytes(folder / name) for name in SHEETS if (folder / name).exists()}
    if "studies.csv" not in contents:
        problems.add("the sheet of studies is missing", file=str(folder / "studies.csv"))
    sheets = {name: parse_csv(name, data, problems) for name, data in contents.items()}
    for name, records in sheets.items():
        table, keys = SHEETS[name]
        if records.columns:
            check_sheet(records, TABLES[table], problems, keys=keys)
            check_cells(records, TYPED.get(name, ()), problems)
    _check_pairs(sheets.get("overlaps.csv"), problems)
    _check_names(sheets.get("claims.csv"), origin, store, problems)
    problems.raise_if_any()
    for name, data in contents.items():
        raw.keep(store.root, data, ".csv", {"file": name, "source": "curated sheet"})
    tables = {
        "observation": _observations(sheets, origin),
        "claim": _rows(sheets.get("claims.csv"), "claim", origin),
        "overlap_choice": _choices(sheets.get("overlaps.csv"), origin),
    }
    lineage = Lineage(
        "ingest.curation import",
        {"folder": folder.name},
        topic.sha256,
        files={name: records.sha256 for name, records in sheets.items()},
    )
    told = publications(_by_row(sheets["studies.csv"], origin))
    commit = store.edit("report", lambda standing: told_by(origin, told, standing), lineage)
    return [commit, *(store.replace(name, rows, lineage, origin=origin) for name, rows in tables.items())]


def _check_names(claims: Records | None, origin: str, store: Store, problems: Problems) -> None:
    """Refuse a printed summary whose name another folder has given already."""
    if claims is None or "claim_id" not in claims.columns:
        return
    stored = store.read("claim").select(["claim_id", "origin"]).to_pylist()
    others = {row["claim_id"]: row["origin"] for row in stored if row["origin"] != origin}
    for name, row in zip(claims.columns["claim_id"], claims.rows, strict=True):
        if name in others:
            problems.add("another folder has a summary of this name", file=claims.name, row=row, column="claim_id",
                         found=name, allowed=f"a name that {others[name]} does not have",
                         remedy="Rename it; a corrected sheet is imported from a folder of the same name")  # fmt: skip


def _check_pairs(records: Records | None, problems: Problems) -> None:
    """Refuse a pair of one and the same name, and a pair that stands again the other way round."""
    if records is None or not {"first_id", "second_id"} <= set(records.columns):
        return
    seen: dict[str, tuple[str, int]] = {}
    pairs = zip(records.columns["first_id"], records.columns["second_id"], records.rows, strict=True)
    for one, other, row in pairs:
        if one is None or other is None:
            continue
        first, before = seen.setdefault(pair_id(one, other), (one, row))
        if one == other:
            problems.add("a pair needs two names", file=records.name, row=row, column="second_id", found=other)
        elif first != one:
            problems.add(f"the pair stands already in row {before}", file=records.name, row=row,
                         column="first_id, second_id", found=f"{one} {other}")  # fmt: skip


def _observations(sheets: dict[str, Records], origin: str) -> pa.Table:
    collected = []
    for name, unit_kind, key in (("studies.csv", "study", "study_id"), ("patients.csv", "patient", "patient_id")):
        records = sheets.get(name)
        if records is None:
            continue
        statements = Statements(Source(origin, name, records.sha256, "person", "curators"))
        empty: list[str | None] = [None] * len(records)
        notes = records.columns.get("note", empty)
        for column, cells in records.columns.items():
            if column not in NOT_STATED:
                statements.add(
                    unit_kind, records.columns[key], records.columns["study_id"], column, cells,  # type: ignore[arg-type]
                    rows=records.rows, column=column, notes=notes,
                    urls=records.columns.get("source_url", empty),
                    places=records.columns.get("where_in_source", empty),
                )  # fmt: skip
        collected.append(statements)
    return table_of(*collected)


def _by_row(records: Records | None, origin: str) -> Iterator[dict]:
    """Yield each row as a dict with its locator."""
    if records is None:
        return
    for index, row in enumerate(records.rows):
        cells = {name: column[index] for name, column in records.columns.items()}
        yield {**cells, "origin": origin, "file": records.name, "file_sha256": records.sha256, "row": row}


def _rows(records: Records | None, table: str, origin: str) -> pa.Table:
    rows = []
    for row in _by_row(records, origin):
        if row.get("of_total"):
            row["of_total"] = int(row["of_total"])
        rows.append(row)
    return from_rows(TABLES[table], rows)


def _choices(records: Records | None, origin: str) -> pa.Table:
    rows = []
    for row in _by_row(records, origin):
        pair = pair_id(row["first_id"], row["second_id"])
        rows.append({**row, "choice_id": choice_id(origin, pair), "pair_id": pair})
    return from_rows(TABLES["overlap_choice"], rows)
