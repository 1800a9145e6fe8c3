"""Many confirmed statements into one column a field, without a Python object for each: what `harmonize.build` does.

A field whose statements can all be read, one a subject, is read by its distinct statements and spread by arrays. Any
other field is left to `harmonize.build`, which lists what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import compact_column, plain
from catalog.errors import Problems
from catalog.fields import FIELDS
from catalog.order import rows_at
from catalog.schema import arrow_array, arrow_field
from catalog.units import UNITS
from harmonize.build import AT, Columns, read_field
from harmonize.stated import Reading, Refusal, read
from harmonize.unit_check import COLUMN, Group, check_counted, kept_units

NEEDED = ("unit_id", "stated", "value", "unit", "observation_method", "note", *AT)
MANY_PLACES = 63
"""So many different places in a source are kept as the bits of one number a subject."""
ROOM = 1 << 26
"""Whole numbers below it are numbered by a table of all that could be."""
LAST = np.iinfo(np.int64).max


class ManyStatements:
    """Confirmed statements about patients in their stored order, with the place that each patient's name has."""

    def __init__(self, observations: pa.Table, kept: pa.ChunkedArray) -> None:
        self.observations = observations
        self.kept = np.asarray(kept.combine_chunks())
        self._fields = _column(observations, "field")
        units = _column(observations, "unit_id")
        self._unit = _codes(units)
        named = np.zeros(len(units.dictionary), dtype=bool)
        named[self._unit[self.kept]] = True
        names = units.dictionary.filter(pa.array(named))
        self.names = names.take(pc.sort_indices(names))
        self._place = _codes_in(units.dictionary, self.names)

    def fields(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield each field, in order of names, with the rows that state it and the places of their subjects."""
        codes, names = _codes(self._fields), self._fields.dictionary.to_pylist()
        begins = np.flatnonzero(np.diff(codes, prepend=-1))
        ends = np.append(begins[1:], len(codes))
        for name in sorted(names):
            own = codes[begins] == names.index(name)
            runs = [np.arange(*run) for run in zip(begins[own], ends[own], strict=True)]
            at = np.concatenate(runs) if runs else begins[:0]
            at = at[self.kept[at]]
            if len(at):
                yield name, at, self._place[self._unit[at]]

    def columns(self, key: str, problems: Problems) -> Columns:
        """Return what `harmonize.build.columns_of` returns, as Arrow arrays of the declared types."""
        columns: Columns = {key: self.names}
        locator = _Locator(self.observations, len(self.names))
        for name, at, place in self.fields():
            once = int(np.bincount(place).max()) == 1
            locator.see(at, place, once=once)
            stated = rows_at(self.observations.select(NEEDED), at)
            if not (once and self._spread(name, stated, place, columns, problems)):
                ordered = plain(stated).sort_by([(part, "ascending") for part in AT])
                places = dict(zip(self.names.to_pylist(), range(len(self.names)), strict=True))
                made: Columns = {}
                read_field(name, ordered, places, made, problems)
                columns |= {column: _typed(column, values) for column, values in made.items()}
        columns.update(locator.columns(self, problems))
        return columns

    def _spread(self, name: str, stated: pa.Table, place: Any, columns: Columns, problems: Problems) -> bool:
        """Read one statement a subject; return whether all could be read. Nothing is done when not."""
        field = FIELDS[name]
        texts, units = _read_texts(stated), _column(stated, "unit")
        text, unit = _codes(texts).astype(np.int64), _codes(units)
        text_of, unit_of = texts.dictionary.to_pylist(), [None, *units.dictionary.to_pylist()]
        pairs, which = _numbered(text * len(unit_of) + unit + 1, len(text_of) * len(unit_of))
        known = [(text_of[pair // len(unit_of)], unit_of[pair % len(unit_of)]) for pair in pairs.tolist()]
        readings: dict[tuple[str, str | None], Reading | Refusal] = {pair: read(field, *pair) for pair in known}
        if any(isinstance(reading, Refusal) for reading in readings.values()):
            return False
        if name in UNITS:
            check_counted(field, _counted(stated, text, text_of), readings, kept_units(stated), problems)
        made: list[Any] = [readings[pair] for pair in known]
        spread = np.full(len(self.names), -1)
        spread[place] = which
        at = pa.array(spread, mask=spread < 0)
        for column in made[0]:
            columns[column] = _typed(column, [reading[column] for reading in made]).take(at)
        return True


class _Locator:
    """Where each subject stands: the first of its statements by file, row and column, and every place in the source."""

    def __init__(self, observations: pa.Table, subjects: int) -> None:
        self.observations = observations
        self._file, self._column = (_Ranks(_column(observations, name)) for name in ("file", "column"))
        self._rows = observations.select(["row"])
        places = _column(observations, "where_in_source")
        self._where, self._texts = _codes(places), places.dictionary.to_pylist()
        self._study = _codes(_column(observations, "study_id"))
        self._first = np.full(subjects, LAST)
        self._at = np.zeros(subjects, dtype=np.int64)
        self._said = np.zeros(subjects, dtype=np.int64)
        self._pairs: list[Any] = []
        self._studies: list[Any] = [np.full(subjects, LAST), np.full(subjects, -1)]

    def see(self, at: Any, place: Any, *, once: bool) -> None:
        """Take in the statements at some rows about the subjects at `place`; `once` when each has only one."""
        if not once:  # one after another, so that no subject stands twice
            order = np.argsort(place, kind="stable")
            turn = np.empty(len(place), dtype=np.int64)
            begins = np.flatnonzero(np.diff(place[order], prepend=-1))
            turn[order] = np.arange(len(place)) - np.repeat(begins, np.diff(begins, append=len(place)))
            for time in range(int(turn.max()) + 1):
                self.see(at[turn == time], place[turn == time], once=True)
            return
        row = np.asarray(rows_at(self._rows, at)["row"].fill_null((1 << 36) - 1))
        found = (self._file.of(at) << 52) | (row << 16) | self._column.of(at)
        sooner = found < self._first[place]
        self._first[place[sooner]] = found[sooner]
        self._at[place[sooner]] = at[sooner]
        stated = self._where[at] >= 0
        if len(self._texts) <= MANY_PLACES:
            self._said[place[stated]] |= np.int64(1) << self._where[at[stated]]
        else:
            self._pairs.append(place[stated] * len(self._texts) + self._where[at[stated]])
        least, most = self._studies
        least[place], most[place] = np.minimum(least[place], self._study[at]), np.maximum(most[place], self._study[at])

    def columns(self, statements: ManyStatements, problems: Problems) -> Columns:
        """Return the locator of each subject; a subject of several studies is a problem."""
        first = self.observations.select(["study_id", "file", "row", "source_url"]).take(pa.array(self._at))
        columns: Columns = {name: plain(first)[name].combine_chunks() for name in first.column_names}
        for place in np.flatnonzero(self._studies[0] != self._studies[1]).tolist():
            own = self._studies_of(statements, place)
            file, row = (columns[name][place].as_py() for name in ("file", "row"))
            problems.add(f"{statements.names[place].as_py()} stands in several studies", file=file, row=row,
                         found=", ".join(own),
                         remedy="Give each patient a name of its own")  # fmt: skip
        if len(self._texts) <= MANY_PLACES:
            masks, which = np.unique(self._said, return_inverse=True)
            places = [self._joined(mask) for mask in masks.tolist()]
            columns["where_in_source"] = arrow_array(places, pa.string()).take(pa.array(which))
        else:
            columns["where_in_source"] = self._joined_pairs(len(statements.names))
        return columns

    def _joined_pairs(self, subjects: int) -> pa.Array:
        """Return the places of each subject from all pairs of a subject and a place that was stated of it."""
        found: list[list[str]] = [[] for _ in range(subjects)]
        for pair in np.unique(np.concatenate(self._pairs)).tolist():
            found[pair // len(self._texts)].append(self._texts[pair % len(self._texts)])
        return arrow_array(["; ".join(sorted(filter(None, own))) or None for own in found], pa.string())

    def _joined(self, mask: int) -> str | None:
        return "; ".join(sorted(text for bit, text in enumerate(self._texts) if text and mask >> bit & 1)) or None

    def _studies_of(self, statements: ManyStatements, place: int) -> list[str]:
        about = pc.equal(self.observations["unit_id"], statements.names[place])
        about = pc.and_(about, pa.chunked_array([pa.array(statements.kept)]))
        return sorted(set(self.observations["study_id"].filter(about).to_pylist()))


def _column(table: pa.Table, name: str) -> pa.DictionaryArray:
    return compact_column(table[name])


def _codes(column: pa.DictionaryArray) -> Any:
    """Return the codes of a column, −1 where it is empty."""
    return np.asarray(pc.fill_null(column.indices, -1))


def _codes_in(texts: pa.Array, known: pa.Array) -> Any:
    return np.asarray(pc.fill_null(pc.index_in(texts, known), -1)).astype(np.int64)


class _Ranks:
    """The place of each text among all texts of its column in order, the empty ones last."""

    def __init__(self, column: pa.DictionaryArray) -> None:
        texts = column.dictionary
        self._codes = _codes(column)
        self._ranks = np.append(_codes_in(texts, texts.take(pc.sort_indices(texts))), len(texts))

    def of(self, at: Any) -> Any:
        """Return the ranks of some rows."""
        return self._ranks[self._codes[at]]


def _read_texts(stated: pa.Table) -> pa.DictionaryArray:
    """Return what is to be read of each statement: its value where one is given, else what is stated."""
    value, words = stated["value"], stated["stated"]
    if value.null_count == len(value):
        return compact_column(words)
    value, words = value.cast(pa.string()), words.cast(pa.string())
    return pc.if_else(pc.fill_null(pc.not_equal(value, ""), False), value, words).combine_chunks().dictionary_encode()


def _numbered(keys: Any, size: int) -> tuple[Any, Any]:
    """Return the different ones of whole numbers below `size`, in order, and the place of each number's among them."""
    if size > ROOM:
        return np.unique(keys, return_inverse=True)
    occurs = np.zeros(size, dtype=bool)
    occurs[keys] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[keys]


def _typed(column: str, values: list[Any]) -> pa.Array:
    """Return values of a harmonized column in its declared type."""
    return arrow_array(values, arrow_field(FIELDS[column], nullable=True).type)


def _counted(stated: pa.Table, text: Any, text_of: list[str]) -> dict[Group, dict[str, int]]:
    """Return how often each text stands in each column of a source."""
    parts = [_column(stated, name) for name in COLUMN]
    group = np.zeros(len(stated), dtype=np.int64)
    for part in parts:
        several = len(part.dictionary) + 1
        group = _numbered(group * several + _codes(part) + 1, (int(group.max()) + 1) * several)[1]
    found: dict[Group, dict[str, int]] = {}
    for number in range(int(group.max()) + 1):
        own = group == number
        at = int(np.flatnonzero(own)[0])
        method, file, column, unit = (part[at].as_py() for part in parts)
        counts = np.bincount(text[own])
        found[method, file, column, unit] = {text_of[code]: int(counts[code]) for code in np.flatnonzero(counts)}
    return found
