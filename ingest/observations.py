"""Statements as rows of the `observation` table, one column of a file at a time; nothing is interpreted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from catalog.cells import Cells
from catalog.compact import LARGE, compact_column
from catalog.identity import SAID, SUBJECT, said_name, subject_name
from catalog.schema import arrow_array, arrow_schema
from catalog.tables import TABLES

SCHEMA = arrow_schema(TABLES["observation"])
KEY = TABLES["observation"].key


@dataclass(frozen=True)
class Source:
    """Where a file's statements come from and who took them up."""

    origin: str
    file: str
    sha256: str
    method: str
    recorded_by: str


Given = Sequence[str | None] | str | None
"""One text a statement, or one for all of them."""


@dataclass(frozen=True)
class Subjects:
    """The studies or patients that a column speaks of, one a row."""

    kind: str
    given: Sequence[str]
    order: Any
    """The places of the subjects in order of how the names of statements about them end."""
    names: pa.StringArray
    """Their own names, in that order."""
    ends: Any
    """How the names of statements about them end, in that order: one row of ASCII characters a subject."""

    @classmethod
    def of(cls, kind: str, names: Sequence[str]) -> Subjects:
        """Return subjects with how the names of statements about them end."""
        joined = "".join([subject_name(kind, name) for name in names]).encode()
        ends = np.frombuffer(joined, dtype=np.uint8).reshape(-1, SUBJECT)
        order = np.argsort(ends.view(f"S{SUBJECT}").ravel(), kind="stable")
        return cls(kind, names, order, arrow_array(list(names), pa.string()).take(pa.array(order)), ends[order])


@dataclass(frozen=True)
class Constant:
    """One and the same text, or nothing, for many statements; made an array when it is needed."""

    text: str | None
    count: int

    def array(self) -> pa.DictionaryArray:
        """Return the text as often as it stands."""
        if self.text is None:
            return pa.DictionaryArray.from_arrays(pa.nulls(self.count, pa.int8()), pa.nulls(0, pa.string()))
        codes = pa.array(np.zeros(self.count, dtype=np.int8))
        return pa.DictionaryArray.from_arrays(codes, arrow_array([self.text], pa.string()))


@dataclass
class Statements:
    """Collects statements column by column; texts that repeat are held once."""

    source: Source
    _parts: dict[str, dict[str, pa.Array | Constant]] = field(default_factory=dict)
    """The statements of each column about a field, by how their names begin, in order of their names."""
    _subjects: Subjects | None = None
    """Those of the last call: the columns of a file speak of the same."""

    def add(
        self,
        unit_kind: str,
        unit_ids: Sequence[str],
        study_ids: Given,
        name: str,
        stated: Sequence[str | None],
        *,
        rows: Sequence[int | None],
        column: str,
        urls: Given,
        places: Given,
        values: Sequence[str | None] | None = None,
        unit: str | None = None,
        notes: Given = None,
    ) -> None:
        """Add what one column of the file states about field `name`; empty cells state nothing.

        `rows` are the rows of the file in which the cells stand; those of empty cells are not looked at.
        """
        cells = Cells.of(stated)
        subjects = self._named(unit_kind, unit_ids)
        kept = np.flatnonzero(cells.filled()[subjects.order])
        at = subjects.order[kept]
        texts: dict[str, Given] = {
            "stated": cells, "value": values,
            "study_id": study_ids, "source_url": urls, "where_in_source": places, "note": notes,
            "unit_kind": unit_kind, "field": name, "unit": unit, "column": column, "origin": self.source.origin,
            "file": self.source.file, "file_sha256": self.source.sha256, "observation_method": self.source.method,
            "observation_status": "confirmed", "recorded_by": self.source.recorded_by,
        }  # fmt: skip
        said = said_name(name, self.source.origin, column)
        part = {one.name: _given(texts.get(one.name), at) for one in SCHEMA if pa.types.is_string(one.type)}
        part[KEY] = _names(said, subjects.ends[kept])
        part["unit_id"] = pa.DictionaryArray.from_arrays(pa.array(kept.astype(np.int32)), subjects.names)
        part["row"] = _rows(rows, at)
        if said in self._parts:
            raise ValueError(f"{column} was added twice for {name}")
        self._parts[said] = part

    def _named(self, unit_kind: str, unit_ids: Sequence[str]) -> Subjects:
        """Return what is known of the studies or patients, which are mostly those of the last call."""
        known = self._subjects
        if known is None or known.kind != unit_kind or known.given is not unit_ids:
            known = self._subjects = Subjects.of(unit_kind, unit_ids)
        return known

    def parts(self) -> dict[str, dict[str, pa.Array | Constant]]:
        """Give up the statements of each column about a field, by how their names begin."""
        parts, self._parts = self._parts, {}
        return parts

    def table(self) -> pa.Table:
        """Return all statements, which are then given up; see `table_of`."""
        return table_of(self)


def table_of(*collected: Statements) -> pa.Table:
    """Return all statements in order of their names, in the declared fields; texts as codes when many.

    They are given up, since a large table has no room beside what it is made of.
    """
    named = [part for statements in collected for part in statements.parts().items()]
    parts = [part for _, part in sorted(named, key=lambda one: one[0])]
    del named
    columns = {}
    for one in SCHEMA:
        own = [_made(part.pop(one.name)) for part in parts]
        plain = one.name == KEY or not pa.types.is_string(one.type)
        columns[one.name] = pa.chunked_array(own, one.type) if plain else compact_column(own)
    table = pa.table(columns)
    return table.cast(SCHEMA) if len(table) < LARGE else table


def _names(said: str, ends: Any) -> pa.StringArray:
    """Return the names of statements, which begin alike."""
    width = SAID + SUBJECT
    names = np.empty((len(ends), width), dtype=np.uint8)
    names[:, :SAID] = np.frombuffer(said.encode(), dtype=np.uint8)
    names[:, SAID:] = ends
    offsets = np.arange(0, names.size + 1, width, dtype=np.int32)
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(names))


def _given(given: Given, at: Any) -> pa.DictionaryArray | Constant:
    """Return the texts of the statements at some places."""
    return (
        Constant(given or None, len(at))
        if given is None or isinstance(given, str)
        else Cells.of(given).take(at).array()
    )


def _made(texts: pa.Array | Constant) -> pa.Array:
    return texts.array() if isinstance(texts, Constant) else texts


def _rows(rows: Sequence[int | None], at: Any) -> pa.Array:
    """Return the rows of the file at some places."""
    if isinstance(rows, range):
        return pa.array(rows.start + rows.step * at)
    return arrow_array([rows[place] for place in at.tolist()], pa.int64())
