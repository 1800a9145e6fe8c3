"""Statements as rows of the `observation` table, one column of a file at a time; nothing is interpreted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from catalog.identity import observation_id
from catalog.schema import from_columns
from catalog.tables import TABLES


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
    _columns: dict[str, list] = field(default_factory=lambda: {name: [] for name in TABLES["observation"].columns})

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
        columns = self._columns
        units = take(unit_ids)
        columns["observation_id"] += [
            observation_id(unit_kind, unit_id, name, self.source.origin, column) for unit_id in units
        ]
        columns["unit_id"] += units
        columns["study_id"] += take(study_ids)
        columns["stated"] += take(stated)
        columns["value"] += take(values) if values else [None] * len(kept)
        columns["row"] += take(rows)
        columns["source_url"] += take(urls)
        columns["where_in_source"] += take(places)
        columns["note"] += take(notes) if notes else [None] * len(kept)
        columns["quote"] += [None] * len(kept)
        for key, value in (
            ("unit_kind", unit_kind), ("field", name), ("unit", unit), ("column", column),
            ("origin", self.source.origin), ("file", self.source.file), ("file_sha256", self.source.sha256),
            ("observation_method", self.source.method), ("observation_status", "confirmed"),
            ("recorded_by", self.source.recorded_by),
        ):  # fmt: skip
            columns[key] += [value] * len(kept)

    def table(self) -> pa.Table:
        """Return all statements in the declared schema."""
        return from_columns(TABLES["observation"], self._columns)
