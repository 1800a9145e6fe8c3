"""Cohort files of every format as the same records: cells as text, by column, with their row."""

from __future__ import annotations

from pathlib import Path

from catalog.errors import InvalidInput, Problem, Problems
from catalog.lineage import sha256
from ingest.files import Records, parse_csv, read_bytes


def read_records(path: Path, problems: Problems) -> Records:
    """Return the file's records by its ending (.csv, .parquet); refuses other endings."""
    if path.suffix.lower() == ".csv":
        return parse_csv(path.name, read_bytes(path), problems)
    if path.suffix.lower() == ".parquet":
        return _read_parquet(path, problems)
    raise InvalidInput(
        [Problem("no reader for this kind of file", file=str(path), found=path.suffix, allowed=".csv, .parquet")]
    )


def _read_parquet(path: Path, problems: Problems) -> Records:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = read_bytes(path)
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
    except (pa.ArrowException, OSError) as error:
        problems.add(f"not a Parquet file: {error}", file=path.name)
        return Records(path.name, sha256(data), {}, [])
    columns: dict[str, list[str | None]] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name in columns:
            problems.add("a column name stands twice", file=path.name, column=name)
        if pa.types.is_nested(column.type):
            problems.add("a column of lists or structures cannot be read", file=path.name, column=name)
            continue
        if pa.types.is_float32(column.type):  # by way of text, so that 9.8 does not become 9.800000190734863
            column = column.cast(pa.string()).cast(pa.float64())  # noqa: PLW2901
        columns[name] = [_text(cell) for cell in column.to_pylist()]
    return Records(path.name, sha256(data), columns, list(range(2, table.num_rows + 2)))


def _text(cell: object) -> str | None:
    """Return a cell as it would stand in a CSV: whole numbers without a decimal point, an empty text as None."""
    if isinstance(cell, float):
        if cell != cell:
            return None
        return str(int(cell)) if cell.is_integer() else repr(cell)
    text = None if cell is None else str(cell).strip()
    return text or None
