"""A CSV of medians as studies print them: ``study,n,median`` with a range, quartiles or both."""

from __future__ import annotations

from pathlib import Path

from synthesize.command import Column, Table, read_table
from synthesize.survival.printed_median import MedianSummary

COLUMNS = (
    Column("study", "text", ("source", "name", "label")),
    Column("n", "count", ("ni", "patients"), minimum=1),
    Column("median", "number", ("med",), minimum=0),
    Column("minimum", "number", ("min",), required=False, open_=True, minimum=0),
    Column("q1", "number", ("lower_quartile",), required=False, open_=True, minimum=0),
    Column("q3", "number", ("upper_quartile",), required=False, open_=True, minimum=0),
    Column("maximum", "number", ("max",), required=False, open_=True, minimum=0),
)
FORM = "study,n,median"


def holds_medians(table: Table) -> bool:
    """Say whether a file read for follow-up has a column of medians and no column of times."""
    names = {name.lower() for name in table.extra}
    times = any(table.has(name) for name in ("lower", "time", "start"))
    return not times and bool(names & {"median", "med"})


def read_medians(path: Path) -> list[MedianSummary]:
    """Read printed medians; an empty cell is not printed. Raises `InvalidInput` with every problem of the file."""
    table = read_table(path, COLUMNS)
    columns = {column.name: table.values.get(column.name, [None] * len(table)) for column in COLUMNS}
    return [MedianSummary(**dict(zip(columns, cells, strict=True))) for cells in zip(*columns.values(), strict=True)]
