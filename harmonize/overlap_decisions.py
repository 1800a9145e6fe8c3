"""Decisions of people on pairs, recorded as data: they survive every rerun and every import.

They stand in `overlap_choice` beside those of curated sheets, under an origin of their own, one for each pair; the
table's history keeps what was decided before.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.errors import Problems, nearest
from catalog.identity import choice_id, pair_id
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.sheets import Records, check_cells, parse_csv, read_bytes
from catalog.store import Commit, Store
from catalog.tables import TABLES
from catalog.topic import Topic
from catalog.vocabulary import vocabulary
from harmonize.overlap import BY_RULE, DECISIONS

Row = dict[str, Any]
SEPARATORS = ("|", ",")
FILLED = ("unit_kind", "first_id", "second_id", "overlap_decision")


def decide(
    topic: Topic, store: Store, known: dict[str, set[str]], pair: str, decision: str, why: str, by: str | None
) -> Commit:
    """Record one decision; `known` holds the names of studies and of patients.

    `pair` is ``first|second`` or ``first,second``. Raises `InvalidInput` for a pair of unknown names or of one study
    and one patient, an unknown decision, or a decision without a reason.
    """
    problems = Problems()
    if decision not in (words := vocabulary("overlap_decision")).codes:
        problems.add("unknown decision", found=decision, allowed=words.allowed)
    if not why.strip():
        problems.add("a decision needs its reason", remedy='For example --why "same hospital, same dates"')
    kind, first, second = _parted(pair, known, problems)
    problems.raise_if_any()
    row = {
        "unit_kind": kind,
        "first_id": first,
        "second_id": second,
        "overlap_decision": decision,
        "why": why.strip(),
        "decided_by": (by or "").strip() or _whoever(),
        "decided_on": datetime.now(UTC).date().isoformat(),
    }
    return _record([row], store, Lineage("harmonize overlaps decide", {"pair": pair_id(first, second)}, topic.sha256))


def replay(topic: Topic, store: Store, known: dict[str, set[str]], path: Path) -> Commit:
    """Record every decision of a CSV in the columns of `overlap_sheet`, the last one of a pair; all or none.

    An export of `overlap_choice` or `overlap` will do: its other columns, pairs that nobody decided, and what a curated
    sheet says itself are passed over. Raises `InvalidInput` with every problem of the file.
    """
    problems = Problems()
    records = parse_csv(path.name, read_bytes(path), problems)
    rows = _checked(records, known, problems) if records.columns else []
    problems.raise_if_any()
    curated = {_decision(row) for row in store.read("overlap_choice").to_pylist() if row["origin"] != DECISIONS}
    # a copy of the sheet's decision would outlive the next correction of the sheet, and undo what was decided since
    by_pair = {pair_id(row["first_id"], row["second_id"]): row for row in rows if _decision(row) not in curated}
    lineage = Lineage("harmonize overlaps replay", {"file": path.name}, topic.sha256,
                      files={path.name: records.sha256})  # fmt: skip
    return _record(list(by_pair.values()), store, lineage)


def _decision(row: Row) -> tuple[str | None, ...]:
    """Return what was decided of which pair, by whom and when."""
    pair = pair_id(row["first_id"], row["second_id"])
    return pair, row["overlap_decision"], row["decided_by"], row["decided_on"]


def _record(rows: list[Row], store: Store, lineage: Lineage) -> Commit:
    for row in rows:
        row["pair_id"] = pair_id(row["first_id"], row["second_id"])
        row["choice_id"] = choice_id(DECISIONS, row["pair_id"])
        row["origin"] = DECISIONS
    return store.upsert("overlap_choice", from_rows(TABLES["overlap_choice"], rows), lineage)


def _parted(pair: str, known: dict[str, set[str]], problems: Problems) -> tuple[str, str, str]:
    """Return kind and both names of a pair given as text; what is wrong with it goes into the problems."""
    separator = next((mark for mark in SEPARATORS if mark in pair), SEPARATORS[0])
    names = [name.strip() for name in pair.split(separator)]
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        problems.add("a pair is two names", found=pair, remedy="For example 'park2015_p4|park2017_ol_p1', in quotes")
        return "", "", ""
    kinds = [kind for kind, own in known.items() if set(names) <= own]
    if kinds:
        return kinds[0], names[0], names[1]
    everything = sorted(set().union(*known.values()))
    unknown = [name for name in names if name not in everything]
    for name in unknown:
        like = nearest(name, everything)
        problems.add("no such study or patient", found=name, remedy=f"Did you mean {like!r}?" if like else None)
    if not unknown:
        problems.add("a pair is two studies or two patients", found=pair)
    return "", "", ""


def _checked(records: Records, known: dict[str, set[str]], problems: Problems) -> list[Row]:
    """Return the file's decisions; unknown columns, empty cells, unknown words and names are problems."""
    allowed = (*TABLES["overlap_sheet"].columns, *TABLES["overlap_choice"].columns, "weight_bits")
    for column in records.columns:
        if column not in allowed:
            like = nearest(column, allowed)
            problems.add("unknown column", file=records.name, row=1, column=column,
                         allowed=", ".join(TABLES["overlap_sheet"].columns),
                         remedy=f"Did you mean {like!r}?" if like else None)  # fmt: skip
    missing = [column for column in FILLED if column not in records.columns]
    for column in missing:
        problems.add("a required column is missing", file=records.name, row=1, column=column)
    check_cells(records, ("unit_kind", "overlap_decision"), problems)
    if missing:
        return []
    by = records.columns.get("decided_by") or [None] * len(records)
    decided = [place for place in range(len(records)) if by[place] != BY_RULE]
    return [row for place in decided if (row := _row(records, place, known, problems))]


def _row(records: Records, place: int, known: dict[str, set[str]], problems: Problems) -> Row | None:
    cells = {name: column[place] for name, column in records.columns.items()}
    at: dict[str, Any] = {"file": records.name, "row": records.rows[place]}
    before = len(problems)
    for column in FILLED:
        if cells[column] is None:
            problems.add("a required value is missing", **at, column=column)
    if not any(cells.get(column) for column in ("why", "evidence_for", "evidence_against")):
        problems.add("a decision needs its reason", **at, column="why")
    names = {side: name for side in ("first_id", "second_id") if (name := cells[side])}
    if len(names) == 2 and names["first_id"] == names["second_id"]:
        problems.add("a pair needs two names", **at, column="second_id", found=names["second_id"])
    own = known.get(cells["unit_kind"] or "", set())
    for side, name in names.items():
        if own and name not in own:
            like = nearest(name, own)
            problems.add(f"no such {cells['unit_kind']}", **at, column=side, found=name,
                         remedy=f"Did you mean {like!r}?" if like else None)  # fmt: skip
    if len(problems) > before:
        return None
    kept = {name: cells.get(name) for name in TABLES["overlap_sheet"].columns}
    return {**kept, "decided_by": kept["decided_by"] or _whoever(), "file_sha256": records.sha256, **at}


def _whoever() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "not named"


def waiting(choices: Sequence[Row], known: dict[str, set[str]]) -> list[Row]:
    """Return the recorded decisions about names that no source has any more; they wait."""
    return [
        choice
        for choice in choices
        if choice["origin"] == DECISIONS and not {choice["first_id"], choice["second_id"]} <= known[choice["unit_kind"]]
    ]
