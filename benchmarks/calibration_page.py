"""The calibration tables as docs/validation.md shows them, written between markers so that the words stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from synthesize.proportions.coverage import FILE

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"
Rows = list[dict[str, str]]
LOW, HIGH = 0.93, 0.97
"""The coverage aimed at in every cell."""
NOT_OFFERED = {"cox_reid_t", "bartlett_simple"}
OUTPUT = ("glmm_t", "glmm_profile_t")
"""The intervals whose coverage the output speaks of."""


def write(parts: dict[str, Rows], page: Path = PAGE) -> None:
    """Put every table in its place on the page, and what the output says of coverage beside the estimators."""
    text = page.read_text(encoding="utf-8")
    for name, block in blocks(parts).items():
        text = inserted(text, name, block)
    page.write_text(text, encoding="utf-8")
    FILE.write_text(coverage(parts["rates"]), encoding="utf-8")


def coverage(rates: Rows) -> str:
    """Return the CSV that the output reads: one row a cell, the coverage of each interval in `OUTPUT`."""
    lines = [",".join(("median_rate", "tau", "k", *OUTPUT))]
    for cell, some in _by(rates, "median_rate", "tau", "k").items():
        found = {row["method"]: row["coverage"] for row in some}
        lines.append(",".join((*cell.split("|"), *(found[method] for method in OUTPUT))))
    return "\n".join(lines) + "\n"


def inserted(text: str, name: str, block: str) -> str:
    """Return the page with `block` between the markers of `name`; refuses a page without them (`ValueError`)."""
    begin, end = (f"<!-- {edge} {name} -->" for edge in ("calibration", "end of"))
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"the page needs {begin} and {end} once")
    return pattern.sub(lambda _: f"{begin}\n{block}\n{end}", text)


def blocks(parts: dict[str, Rows]) -> dict[str, str]:
    """Return every table by the name of its place; `parts` holds the rows of each CSV."""
    rates, cell = parts["rates"], ("median_rate", "tau", "k")
    return {
        "summary": summary(rates),
        "errors": errors(parts),
        "short": short(rates),
        "rates": wide(rates, cell, "coverage"),
        "widths": wide(rates, cell, "median_width", factor=100.0),
        "bootstrap": wide(parts["bootstrap"], cell, "coverage"),
        "medians": both(parts["medians"], ("times", "patients")),
        "status": both(parts["status"], ("hazard_ratio", "patients")),
        "tables": both(parts["tables"], ("group_1", "group_2", "risk_2", "odds_ratio")),
    }


def summary(rates: Rows) -> str:
    """Return for each method how low and how high its coverage gets, and how many cells lie where."""
    lines = []
    for method, rows in _by(rates, "method").items():
        coverage = [float(row["coverage"]) for row in rows if row["coverage"]]
        low, high = sum(share < LOW for share in coverage), sum(share > HIGH for share in coverage)
        refused = max(float(row["refused"]) for row in rows)
        shown = f"{method} (not offered)" if method in NOT_OFFERED else method
        counts = (str(low), str(len(coverage) - low - high), str(high))
        lines.append((shown, _percent(min(coverage)), _percent(max(coverage)), *counts, _percent(refused)))
    header = ("method", "lowest", "highest", "cells under 93", "93–97", "over 97", "most data sets refused")
    return _table(header, lines)


def errors(parts: dict[str, Rows]) -> str:
    """Return the Monte Carlo standard error of a coverage of 95 % for each number of data sets."""
    lines = []
    for name, rows in parts.items():
        if name == "tables":  # summed over all tables: no simulation
            continue
        for size, some in sorted(_by(rows, "data_sets").items(), key=lambda entry: -int(entry[0])):
            methods = dict.fromkeys(row["method"] for row in some)
            error = 100 * (0.95 * 0.05 / int(size)) ** 0.5
            lines.append((name, f"{int(size):,}", f"{error:.1f}", ", ".join(methods)))
    return _table(("table", "data sets a cell", "standard error, points", "methods"), lines)


def short(rates: Rows) -> str:
    """Return the cells in which the primary interval covers less than 93 %, with the coverage of the profiles there."""
    covered = {(row["method"], *_cell(row)): row["coverage"] for row in rates}
    lines = [
        (*_cell(row), *(_shown(covered[(name, *_cell(row))]) for name in ("glmm_t", "glmm_profile_t", "glmm_profile")))
        for row in rates
        if row["method"] == "glmm_t" and row["coverage"] and float(row["coverage"]) < LOW
    ]
    return _table(("median rate", "τ", "k", "glmm_t", "glmm_profile_t", "glmm_profile"), lines)


def _cell(row: dict[str, str]) -> tuple[str, str, str]:
    return row["median_rate"], row["tau"], row["k"]


def wide(rows: Rows, keys: tuple[str, ...], value: str, factor: float = 0.0) -> str:
    """Return one row a cell and one column a method: coverage in per cent, or `value` times `factor`."""
    methods = list(dict.fromkeys(row["method"] for row in rows))
    cells = _by(rows, *keys)
    lines = []
    for cell, some in cells.items():
        found = {row["method"]: row for row in some}
        refused = _percent(max(float(row["refused"]) for row in some))
        shown = [_number(found[method][value], factor) if method in found else "" for method in methods]
        lines.append((*cell.split("|"), *shown, refused))
    return _table((*(key.replace("_", " ") for key in keys), *methods, "refused"), lines)


def both(rows: Rows, keys: tuple[str, ...]) -> str:
    """Return one row a cell and method with coverage, the misses on each side, what was refused, and the width."""
    lines = [
        (
            *(row[key] for key in keys), row["method"], _shown(row["coverage"]),
            *(_percent(float(row[side])) if row[side] else "" for side in ("truth_below", "truth_above", "refused")),
            row["median_width"] or "open",
        )
        for row in rows
    ]  # fmt: skip
    header = (
        *(key.replace("_", " ") for key in keys),
        "method",
        "coverage",
        "truth below",
        "above",
        "refused",
        "width",
    )
    return _table(header, lines)


def _number(text: str, factor: float) -> str:
    if factor:
        return f"{factor * float(text):.2f}" if text else "open"
    return _shown(text)


def _shown(text: str) -> str:
    """Return a coverage in per cent, bold where it is under the aim."""
    if not text:
        return ""
    return f"**{_percent(float(text))}**" if float(text) < LOW else _percent(float(text))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _by(rows: Rows, *keys: str) -> dict[str, Rows]:
    groups: dict[str, Rows] = {}
    for row in rows:
        groups.setdefault("|".join(row[key] for key in keys), []).append(row)
    return groups


def _table(header: Iterable[str], lines: Iterable[tuple[str, ...]]) -> str:
    names = tuple(header)
    rule = tuple("---" for _ in names)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (names, rule, *lines))
