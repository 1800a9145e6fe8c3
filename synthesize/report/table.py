"""A table for readers: columns, rows of text cells with footnote marks, footnotes; the same for every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["group", "body", "summary"]


@dataclass(frozen=True)
class Column:
    """A column: its name in CSV, its heading, its share of a page's width; `compact` ones fit a printed page."""

    name: str
    heading: str
    width: float = 1.0
    compact: bool = True
    numeric: bool = False


@dataclass(frozen=True)
class Line:
    """One row. A group or a summary is one text across the table; marks are footnote letters by column.

    `wide` names a column whose cell may run over the empty cells to its right, where the format can do that.
    """

    kind: Kind
    text: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    wide: str = ""


@dataclass(frozen=True)
class Footnote:
    """A footnote; `mark` is empty for a general note."""

    mark: str
    text: str


@dataclass(frozen=True)
class ReportTable:
    """A whole table with its title, and a stamp that goes on every output when the data were not validated."""

    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    footnotes: tuple[Footnote, ...]
    stamp: str = ""

    @property
    def compact(self) -> tuple[Column, ...]:
        """The columns that fit a printed page."""
        return tuple(column for column in self.columns if column.compact)
