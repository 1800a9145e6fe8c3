"""Statements as rows of the `observation` table, one column of a file at a time; nothing is interpreted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import LARGE, compact_column
from catalog.identity import observation_ids, said_of_it, units_named
from catalog.name_hashes import Hashing
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


@dataclass
class Statements:
    """Collects statements column by column and gives the Arrow table at the end; texts that repeat are held once."""

    source: Source
    _parts: dict[str, list[pa.Array]] = field(default_factory=lambda: {name: [] for name in SCHEMA.names})
    _hashes: list[Callable[[], bytes]] = field(default_factory=list)
    """What gives the hashes that are the names of each part's statements."""
    _units: tuple[str, Sequence[str], Hashing, pa.Array] | None = None
    """Kind and names of the studies or patients of the last call: those of a file's columns are the same."""

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
        """Add what one column of the file states about field `name`; empty cells state nothing."""
        cells = arrow_array(list(stated), pa.string())
        kept = pc.fill_null(pc.greater(pc.binary_length(cells), 0), False)
        hashing, units = self._named(unit_kind, unit_ids)
        texts: dict[str, Given] = {
            "study_id": study_ids, "source_url": urls, "where_in_source": places, "value": values, "note": notes,
            "unit_kind": unit_kind, "field": name, "unit": unit, "column": column, "origin": self.source.origin,
            "file": self.source.file, "file_sha256": self.source.sha256, "observation_method": self.source.method,
            "observation_status": "confirmed", "recorded_by": self.source.recorded_by,
        }  # fmt: skip
        arrays = {key: _coded(given, kept) for key, given in texts.items()}
        arrays |= {
            "unit_id": units.filter(kept),
            "stated": compact_column([cells.filter(kept)]),
            "row": arrow_array(list(rows), pa.int64()).filter(kept),
        }
        chosen = bytes(memoryview(kept.cast(pa.uint8()).buffers()[1])[: len(kept)]) if len(kept) else b""
        self._hashes.append(hashing.ask(chosen, said_of_it(name, self.source.origin, column)))
        for key in self._parts.keys() - {KEY}:
            self._parts[key].append(arrays[key] if key in arrays else _coded(None, kept))

    def _named(self, unit_kind: str, unit_ids: Sequence[str]) -> tuple[Hashing, pa.Array]:
        """Return what hashes the names of statements about the studies or patients, and their own names as codes."""
        if self._units is None or self._units[0] != unit_kind or self._units[1] is not unit_ids:
            names = arrow_array(list(unit_ids), pa.string()).dictionary_encode()
            self.close()
            self._units = unit_kind, unit_ids, Hashing(units_named(unit_kind, unit_ids)), names
        return self._units[2], self._units[3]

    def close(self) -> None:
        """Let go of what helps to take up statements; to be called when they are given up."""
        if self._units:
            self._units[2].close()

    def table(self) -> pa.Table:
        """Return all statements, column by column of the file, in the declared fields; texts as codes when many."""
        self._parts[KEY] += [observation_ids(made()) for made in reversed(self._hashes)][::-1]
        self._hashes.clear()
        self.close()
        rows = sum(map(len, self._parts[KEY]))
        columns = {}
        for one in SCHEMA:
            parts = self._parts[one.name]
            plain = one.name == KEY or not pa.types.is_string(one.type)
            columns[one.name] = pa.chunked_array(parts, one.type) if plain else compact_column(parts)
            self._parts[one.name] = columns[one.name].chunks if plain else [columns[one.name]]
        table = pa.table(columns)
        return table.cast(SCHEMA) if rows < LARGE else table


def _coded(given: Given, kept: pa.BooleanArray) -> pa.DictionaryArray:
    """Return the texts of the statements that are kept as codes."""
    if given is None or isinstance(given, str):
        count = kept.true_count
        codes = pa.nulls(count, pa.int8()) if given is None else pa.repeat(pa.scalar(0, pa.int8()), count)
        return pa.DictionaryArray.from_arrays(codes, arrow_array([] if given is None else [given], pa.string()))
    return compact_column([arrow_array(list(given), pa.string()).filter(kept)])
