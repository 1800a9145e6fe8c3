"""Printed summaries against each other: what no data could give."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pyarrow as pa

GROUP = ("study_id", "subject", "field", "category", "unit")
"""Summaries that agree in these are of one and the same column of one and the same patients."""


def number(printed: str) -> float | None:
    """Return a printed number, thousands separators apart; None when it is not a plain one."""
    text = printed.replace(",", "").strip()
    return float(text) if re.fullmatch(r"[-+]?[0-9]+(?:\.[0-9]+)?", text) else None


def printed_impossible(claims: pa.Table) -> pa.Array:
    """Say which counts are more than their group and which percentages more than 100; null for other summaries."""
    found: list[str | None] = []
    for claim in claims.select(["statistic", "printed", "of_total"]).to_pylist():
        value = number(claim["printed"])
        top = 100 if claim["statistic"] == "percent" else claim["of_total"]
        if value is None or top is None or claim["statistic"] not in ("count", "missing", "percent"):
            found.append(None)
        else:
            found.append("" if 0 <= value <= top else f"{claim['printed']} of {top}")
    return pa.array(found, pa.string())


def median_outside(claims: pa.Table) -> pa.Array:
    """Say which medians lie outside the minimum and maximum printed beside them; null for other summaries."""
    rows: list[dict[str, Any]] = claims.select([*GROUP, "statistic", "printed"]).to_pylist()
    ends: dict[tuple, dict[str, float]] = defaultdict(dict)
    for row in rows:
        value = number(row["printed"])
        if row["statistic"] in ("min", "max") and value is not None:
            ends[_group(row)][row["statistic"]] = value
    found: list[str | None] = []
    for row in rows:
        value, beside = number(row["printed"]), ends.get(_group(row))
        if row["statistic"] != "median" or value is None or not beside:
            found.append(None)
            continue
        low, high = beside.get("min", value), beside.get("max", value)
        found.append("" if low <= value <= high else f"{value:.15g} outside {low:.15g} to {high:.15g}")
    return pa.array(found, pa.string())


def _group(row: dict[str, Any]) -> tuple:
    return tuple(row[name] for name in GROUP)
