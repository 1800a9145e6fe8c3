"""Statements as rows of the `observation` table, one column of a file at a time; nothing is interpreted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from catalog.identity import observation_ids
from catalog.schema import arrow_array, arrow_schema
from catalog.tables import TABLES

SCHEMA = arrow_schema(TABLES["observation"])


@dataclass(frozen=True)
class Source:
    """Where a file's statements come from and who took them up."""

    origin: str
    file: str
    sha256: str
    method: str
    recorded_by: str


@dataclass
class Statements:
    """Collects statements column by column and gives the Arrow table at the end."""

    source: Source
    _parts: dict[str, list[pa.Array]] = field(default_factory=lambda: {name: [] for name in SCHEMA.names})

    def add(
        self,
        unit_kind: str,
        unit_ids: Sequence[str],
        study_ids: Sequence[str],
        name: str,
        stated: Sequence[str | None],
        *,
        rows: Sequence[int | None],
        column: str,
        urls: Sequence[str | None],
        places: Sequence[str | None],
        values: Sequence[str | None] | None = None,
        unit: str | None = None,
        notes: Sequence[str | None] | None = None,
    ) -> None:
        """Add what one column of the file states about field `name`; empty cells state nothing."""
        kept = [index for index, cell in enumerate(stated) if cell]
        take = lambda cells: [cells[index] for index in kept]  # noqa: E731
        units = take(unit_ids)
        of_each = {
            "observation_id": observation_ids(unit_kind, units, name, self.source.origin, column),
            "unit_id": units, "study_id": take(study_ids), "stated": take(stated), "row": take(rows),
            "source_url": take(urls), "where_in_source": take(places),
            "value": take(values) if values else None, "note": take(notes) if notes else None,
        }  # fmt: skip
        of_all = {
            "unit_kind": unit_kind, "field": name, "unit": unit, "column": column, "origin": self.source.origin,
            "file": self.source.file, "file_sha256": self.source.sha256, "observation_method": self.source.method,
            "observation_status": "confirmed", "recorded_by": self.source.recorded_by,
        }  # fmt: skip
        for key, parts in self._parts.items():
            cells, kind = of_each.get(key), SCHEMA.field(key).type
            parts.append(arrow_array(cells, kind) if cells else pa.repeat(pa.scalar(of_all.get(key), kind), len(kept)))

    def table(self) -> pa.Table:
        """Return all statements in the declared schema, column by column of the file."""
        arrays = [pa.chunked_array(self._parts[field.name], field.type) for field in SCHEMA]
        return pa.Table.from_arrays(arrays, schema=SCHEMA)
