"""Publications as rows of the `report` table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from catalog.identity import report_id
from catalog.schema import from_rows
from catalog.tables import TABLES


def reports(rows: Iterable[Mapping[str, Any]], origin: str, standing: pa.Table) -> pa.Table:
    """Return one row a publication from rows of studies with their place; two arms of one publication share it.

    The first row speaks for a publication, and one that another origin has described (`standing`) stays as it is.
    """
    table = TABLES["report"]
    names = zip(standing["report_id"].to_pylist(), standing["origin"].to_pylist(), strict=True)
    elsewhere = {name for name, of in names if of != origin}
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = report_id(row.get("pmid"), row.get("doi"), row["study_id"])
        report = {**{column: row.get(column) for column in table.columns}, "report_id": name, "origin": origin}
        report["year"] = int(report["year"]) if report["year"] else None
        if name not in elsewhere:
            found.setdefault(name, report)
    return from_rows(table, list(found.values()))
