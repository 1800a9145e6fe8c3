"""The cells of one column, of which many are alike: every distinct text is held, and looked at, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import eq
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import NARROW
from catalog.schema import arrow_array

EMPTY = -1


class Cells(Sequence[str | None]):
    """Cells as texts; an empty one is None. `codes` tells the place of each cell's text in `texts`, -1 for none."""

    __slots__ = ("codes", "texts")

    def __init__(self, texts: list[str], codes: Any) -> None:
        """Take distinct texts, none of them empty, and a whole number for each cell."""
        self.texts = texts
        self.codes = codes

    @classmethod
    def of(cls, cells: Iterable[str | None]) -> Cells:
        """Return cells given one after another; an empty text is an empty cell."""
        if isinstance(cells, cls):
            return cells
        known: dict[str, int] = {}
        codes = [known.setdefault(cell, len(known)) if cell else EMPTY for cell in cells]
        return cls(list(known), np.array(codes, dtype=np.int32))

    @classmethod
    def of_codes(cls, column: pa.ChunkedArray) -> Cells:
        """Return an Arrow column of codes, of one dictionary in all its chunks."""
        if not column.num_chunks:
            return cls.of(())
        codes = [np.asarray(pc.fill_null(chunk.indices, EMPTY)) for chunk in column.chunks]
        return cls(column.chunk(0).dictionary.to_pylist(), np.concatenate(codes, dtype=np.int32))

    @classmethod
    def repeated(cls, cell: str, count: int) -> Cells:
        """Return `count` times the same cell."""
        return cls([cell], np.zeros(count, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, at: int) -> str | None: ...
    @overload
    def __getitem__(self, at: slice) -> Cells: ...
    def __getitem__(self, at: int | slice) -> str | Cells | None:
        if isinstance(at, slice):
            return Cells(self.texts, self.codes[at])
        code = self.codes[at]
        return None if code == EMPTY else self.texts[code]

    def __iter__(self) -> Iterator[str | None]:
        return map([*self.texts, None].__getitem__, self.codes.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Cells.of({list(self)!r})"

    def filled(self) -> Any:
        """Return which cells are not empty, as a NumPy array."""
        return self.codes != EMPTY

    def distinct(self) -> set[str]:
        """Return every text that occurs."""
        occurs = np.zeros(len(self.texts) + 1, dtype=bool)
        occurs[self.codes] = True
        return {self.texts[code] for code in np.flatnonzero(occurs[:EMPTY])}

    def stripped(self) -> Cells:
        """Return the cells without white space around them; one of nothing else becomes an empty cell."""
        if all(text and text == text.strip() for text in self.texts):
            return self
        return self.read({text: text.strip() for text in self.texts})

    def take(self, places: Any) -> Cells:
        """Return the cells at some places, a place of -1 being an empty cell."""
        return Cells(self.texts, _or_empty(self.codes)[np.asarray(places, dtype=np.int64)])

    def read(self, readings: Mapping[str, str | None]) -> Cells:
        """Return each cell's reading; a text without one, or with an empty one, becomes an empty cell."""
        new = Cells.of(readings.get(text) for text in self.texts)
        return Cells(new.texts, _or_empty(new.codes)[self.codes])

    def replaced(self, others: Mapping[str, str]) -> Cells:
        """Return the cells with other texts for some of theirs."""
        return self.read({text: others.get(text, text) for text in self.texts})

    def without(self, missing: Collection[str]) -> Cells:
        """Return the cells with an empty one in the place of some texts."""
        if not any(text in missing for text in self.texts):
            return self
        return self.read({text: text for text in self.texts if text not in missing})

    def array(self) -> pa.DictionaryArray:
        """Return the cells as an Arrow array, a byte each where that is enough."""
        width = np.int8 if len(self.texts) <= NARROW else np.int32
        codes = pa.array(self.codes.astype(width, copy=False), mask=~self.filled())
        return pa.DictionaryArray.from_arrays(codes, arrow_array(self.texts, pa.string()))


def _or_empty(codes: Any) -> Any:
    """Return codes with one behind them that stands for an empty cell, where -1 finds it."""
    return np.append(codes, codes.dtype.type(EMPTY))
