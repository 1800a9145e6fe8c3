"""How far a table has moved since the version that last passed: rows, missing cells, words, ranges.

A refresh that empties a column or turns its words around is seen although every single row is in order. Shares are of
rows; a cell of several codes counts for each. A column with fewer than `LEAST` known cells on either side is not
compared: one patient more would move it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.fields import FIELDS, Field
from catalog.tables import LOCATOR, TABLES, Table
from expectations.checks import Check
from expectations.suite import Result

LEAST = 10
ROUNDING = 1e-9
"""A share that moved by exactly the bound has not moved too far, whatever floating point makes of it."""
UNSAID = ("not_reported", "not_stated")
"""Words that say that a source does not tell; they count as missing."""


@dataclass(frozen=True)
class Move:
    """One figure before and now: `by` is how far it moved, in the measure's own terms."""

    column: str
    by: float
    before: str
    now: str


def drift(check: Check, before: pa.Table | None, now: pa.Table, version: int | None) -> Result:
    """Return what one check of drift found; `before` is the table as it last passed, at `version`, if it ever did."""
    if before is None:
        return Result(check, "not_applicable", 0, 0)
    moves = list(MEASURES[check.arguments["measure"]](TABLES[check.table], before, now))
    too_far = [move for move in moves if move.by > check.arguments["bound"] + ROUNDING]
    violations = tuple(
        {"key": "", "column": move.column, "found": f"{move.before} in version {version}, {move.now} now"}
        for move in too_far
    )
    outcome: Any = "failed" if too_far else "passed" if moves else "not_applicable"
    return Result(check, outcome, len(moves), len(too_far), violations)


def _rows(_: Table, before: pa.Table, now: pa.Table) -> Iterator[Move]:
    """Yield the share of rows that went; a table that grows has not drifted."""
    if len(before) >= LEAST:
        yield Move("", (len(before) - len(now)) / len(before), f"{len(before)} rows", f"{len(now)} rows")


def _missing(table: Table, before: pa.Table, now: pa.Table) -> Iterator[Move]:
    if min(len(before), len(now)) < LEAST:
        return
    for field in _facts(table):
        was, is_now = (1 - len(_known(field, rows)) / len(rows) for rows in (before, now))
        yield Move(field.name, abs(is_now - was), f"{was:.0%} missing", f"{is_now:.0%}")


def _words(table: Table, before: pa.Table, now: pa.Table) -> Iterator[Move]:
    """Yield, for each column of codes, the word whose share moved most."""
    for field in _facts(table):
        if not field.vocabulary:
            continue
        was, is_now = (_shares(_known(field, rows)) for rows in (before, now))
        if was and is_now:
            word = max(sorted({*was, *is_now}), key=lambda one: abs(is_now[one] - was[one]))
            yield Move(field.name, abs(is_now[word] - was[word]), f"{word} {was[word]:.0%}", f"{is_now[word]:.0%}")


def _range(table: Table, before: pa.Table, now: pa.Table) -> Iterator[Move]:
    """Yield how far the farther end of each range moved, as a share of the range; a range of one value is skipped."""
    for field in _facts(table):
        if field.kind not in ("number", "integer", "quantity"):
            continue
        cells = [_known(field, rows) for rows in (before, now)]
        if min(map(len, cells)) < LEAST:
            continue
        (low, high), (new_low, new_high) = ((ends["min"], ends["max"]) for ends in map(_ends, cells))
        if high > low:
            by = max(abs(new_low - low), abs(new_high - high)) / (high - low)
            yield Move(field.name, by, f"{low:.15g} to {high:.15g}", f"{new_low:.15g} to {new_high:.15g}")


MEASURES = {"rows": _rows, "missing": _missing, "words": _words, "range": _range}


def _facts(table: Table) -> Iterator[Field]:
    """Yield the fields that say something: neither a name nor a place."""
    names = {table.key, *(pointer.column for pointer in table.foreign_keys), *LOCATOR}
    return (FIELDS[name] for name in table.columns if name not in names)


def _known(field: Field, rows: pa.Table) -> pa.ChunkedArray:
    cells = rows[field.name].drop_null()
    return cells.filter(pc.invert(pc.is_in(cells, pa.array(UNSAID)))) if field.vocabulary else cells


def _shares(cells: pa.ChunkedArray) -> Counter[str] | None:
    """Return the share of known cells that hold each word, or None when there are too few."""
    if len(cells) < LEAST:
        return None
    words: Counter[str] = Counter()
    for entry in pc.value_counts(cells).to_pylist():
        for word in entry["values"].split(";"):
            words[word] += entry["counts"] / len(cells)
    return words


def _ends(cells: pa.ChunkedArray) -> dict[str, float]:
    ends: dict[str, float] = pc.min_max(cells).as_py()
    return ends
