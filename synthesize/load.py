"""The only way an analysis gets its data: harmonized tables that hold a passing verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.store import Store
from catalog.tables import GATED
from catalog.topic import Topic
from catalog.verdict import require_verdict, why_blocked

Row = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """Studies and patients by name, pairs that may be the same, printed summaries and what
    contradicts them, and the versions read.

    `stamp` says that the tables were not validated, or is empty.
    """

    studies: Mapping[str, Row]
    patients: Mapping[str, Row]
    overlaps: tuple[Row, ...]
    claims: tuple[Row, ...]
    checks: tuple[Row, ...]
    discrepancies: tuple[Row, ...]
    versions: Mapping[str, int]
    stamp: str = ""

    def patients_of(self, study_id: str) -> list[Row]:
        """Return the patients listed of a study, by name."""
        return [row for row in self.patients.values() if row["study_id"] == study_id]


def load(store: Store, topic: Topic, *, allow_unvalidated: bool = False) -> Evidence:
    """Return the harmonized evidence. Raises `GateBlocked` unless it holds a passing verdict, or is let through."""
    store.require(*GATED)
    stamp = ""
    if allow_unvalidated:
        reason = why_blocked(store, topic)
        stamp = f"NOT VALIDATED: {reason}" if reason else ""
    else:
        require_verdict(store, topic)
    return Evidence(
        studies={row["study_id"]: row for row in store.read("study").to_pylist()},
        patients={row["patient_id"]: row for row in store.read("patient").to_pylist()},
        overlaps=tuple(store.read("overlap").to_pylist()),
        claims=tuple(store.read("claim").to_pylist()),
        checks=tuple(store.read("check").to_pylist()),
        discrepancies=tuple(store.read("discrepancy").to_pylist()),
        versions=store.versions((*GATED, "claim", "discrepancy", "check", "verdict")),
        stamp=stamp,
    )
