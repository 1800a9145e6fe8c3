"""Reading delimited text column by column with Arrow, where it cannot differ from Python's own strict `csv`."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from catalog.cells import Cells

QUOTE, NEWLINE, RETURN = b'"\n\r'


def read_plain(data: bytes, delimiter: str, width: int) -> tuple[Sequence[int], list[Cells]] | None:
    """Return line numbers and columns of the rows below a first line of `width` names, ten times as fast as `csv`.

    None for text with empty lines, with a quoted cell that holds a quote or a line break, and for all that is wrong:
    `csv` says where, and Arrow would take a stray quote for a part of its cell.
    """
    from pyarrow import csv as arrow

    if len(delimiter.encode()) > 1 or not _plain(data, ord(delimiter)):
        return None
    names = [str(place) for place in range(width)]
    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            arrow.ReadOptions(column_names=names, skip_rows=1),
            arrow.ParseOptions(delimiter=delimiter),
            arrow.ConvertOptions(column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string()))),
        )
    except pa.ArrowInvalid:
        return None
    written = [Cells.of_codes(column) for column in table.unify_dictionaries().columns]
    if max((len(text) for column in written for text in column.texts), default=0) > csv.field_size_limit():
        return None
    columns = [column.stripped() for column in written]
    filled = np.zeros(len(table), dtype=bool)
    for column in columns:
        if filled.all():
            break
        filled |= column.filled()
    if filled.all():
        return range(2, len(table) + 2), columns
    kept = np.flatnonzero(filled)
    return (kept + 2).tolist(), [column.take(kept) for column in columns]


def _plain(data: bytes, delimiter: int) -> bool:
    """Return whether each line is a row and each quote stands at the edge of its cell."""
    if data.startswith((b"\n", b"\r")) or b"\n\n" in data or b"\n\r" in data:
        return False
    if data.count(b"\r") > data.count(b"\r\n"):
        return False
    letters = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(letters == QUOTE)
    if not len(quotes):
        return True
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) > len(closing):
        return False
    before = letters[opening[opening > 0] - 1]
    after = letters[closing[closing < len(letters) - 1] + 1]
    ends = np.flatnonzero(letters == NEWLINE)
    return bool(
        np.all((before == delimiter) | (before == NEWLINE))
        and np.all((after == delimiter) | (after == RETURN) | (after == NEWLINE))
        and np.all(np.searchsorted(ends, opening) == np.searchsorted(ends, closing))
    )
