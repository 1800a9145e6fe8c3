"""What the tables hold when a refresh begins: which PMIDs, as what, and which of them are looked at again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.store import Store

THERE = ("live", "book")
GONE = ("deleted", "merged")
READ = ("include", "read")
COLUMNS = (
    "report_id", "pmid", "doi", "origin", "report_status", "record_sha256", "retracted_by", "concern_by",
    "corrected_by",
)  # fmt: skip


@dataclass(frozen=True)
class Held:
    """Rows of `report` by PMID, those of people without one, and the decision on each report."""

    by_pmid: dict[str, dict[str, Any]]
    dois: frozenset[str]
    decisions: dict[str, str]

    @classmethod
    def of(cls, store: Store) -> Held:
        """Return what the store holds now."""
        rows = store.read("report").select(COLUMNS).to_pylist()
        screening = store.read("screening")
        names, decisions = (screening[name].to_pylist() for name in ("report_id", "decision"))
        return cls(
            {row["pmid"]: row for row in rows if row["pmid"]},
            frozenset(row["doi"] for row in rows if row["doi"] and not row["pmid"]),
            dict(zip(names, decisions, strict=True)),
        )

    def known(self) -> set[str]:
        """The PMIDs whose record is held, or is known to be gone."""
        return {pmid for pmid, row in self.by_pmid.items() if row["report_status"] in (*THERE, *GONE)}

    def peoples(self) -> set[str]:
        """The PMIDs that people name and PubMed has not been asked for, or gave no record of when it was."""
        return {
            pmid
            for pmid, row in self.by_pmid.items()
            if row["report_status"] in (None, "unavailable") and row["origin"] != "pubmed" and pmid.isdecimal()
        }

    def to_look_at_again(self, named: Iterable[str] | None) -> set[str]:
        """The held records in which a change matters: included, under reading, named by people, or no longer found.

        `named` are the PMIDs of a whole search; None when only a part was searched.
        """
        still = None if named is None else set(named)
        again = set()
        for pmid, row in self.by_pmid.items():
            if row["report_status"] in THERE:
                counts = self.decisions.get(row["report_id"]) in READ or row["origin"] != "pubmed"
                if counts or (still is not None and pmid not in still):
                    again.add(pmid)
        return again
