"""What a cohort's mapping can say, one class a kind of entry; data, never code.

The annotations are read when a mapping is parsed: they are what the person is told when a value has the wrong type.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

Texts = tuple[str, ...]
"""One text, or a list of them."""
Where = Mapping[str, tuple[str, ...]]
"""Columns with the cell, or the list of cells, that a row must have; a row must have all."""

TAKES = ("only", "first", "last", "smallest", "largest")
"""Which of a patient's cells counts: the only one there is, the first or last in the declared order, by size."""
ROW = "row"
SPANS = ("days", "months", "years")


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Names of the cohort and its patients.

    `{Column}` in `patient_id` stands for that column's cell, `{row}` for the number of the row in the file.
    """

    study_id: str
    patient_id: str
    source_url: str = ""
    recorded_by: str = ""
    pseudonyms: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns whose cells make up a patient's name."""
        return [name for name in re.findall(r"\{([^{}]+)\}", self.patient_id) if name != ROW]


@dataclass(frozen=True, kw_only=True)
class FileForm:
    """How the file is written, where that cannot be found out: [file]."""

    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    sheet: str = ""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """How rows become patients: which rows count, and which cell of several: [rows]."""

    where: Where = dataclasses.field(default_factory=dict)
    take: str = "only"
    order: str = ""


@dataclass(frozen=True, kw_only=True)
class Dates:
    """How dates are written, and the event from which times are counted: [dates]."""

    format: str = ""
    formats: Mapping[str, str] = dataclasses.field(default_factory=dict)
    missing: tuple[str, ...] = ()
    index: str = ""
    event: str = ""


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A fact that holds for every patient of the file."""

    field: str
    value: str
    place: str = ""

    @property
    def name(self) -> str:
        """The entry as a place of the file."""
        return f"constant {self.field}"


@dataclass(frozen=True)
class Says:
    """What a cell with exactly these words says, as declared fields."""

    cell: str
    facts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Words:
    """How cells are read, whatever names them: in what unit, with which words, from which rows."""

    unit: str = ""
    place: str = ""
    separator: str = ""
    decimal: str = ""
    thousands: str = ""
    missing: tuple[str, ...] = ()
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    factor: float = 1
    factor_source: str = ""
    unit_reason: str = ""
    free_text: bool = False
    where: Where = dataclasses.field(default_factory=dict)
    take: str = ""


@dataclass(frozen=True, kw_only=True)
class Column(Words):
    """One reading of one column; a column may be read more than once."""

    name: str
    field: str = ""
    says: tuple[Says, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FirstOf(Words):
    """A field that stands in the first of several columns that is filled, in the order in which they are named."""

    field: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The columns as one place."""
        return f"first of {', '.join(self.names)}"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A time, or an age, from one date to another; `until` is the earliest of several, `since` the index event."""

    field: str
    until: Texts
    since: str = ""
    unit: str = "days"
    place: str = ""
    where: Where = dataclasses.field(default_factory=dict)
    take: str = ""

    def name(self, index: str) -> str:
        """The two dates as one place."""
        return f"{' or '.join(self.until)} − {self.since or index}"


@dataclass(frozen=True, kw_only=True)
class AnyOf:
    """A yes/no field that is yes when any of several columns is, and no when all are; "" stands for an empty cell."""

    field: str
    names: tuple[str, ...]
    no: tuple[str, ...]
    yes: tuple[str, ...] = ()
    yes_when_filled: bool = False
    place: str = ""
    where: Where = dataclasses.field(default_factory=dict)

    @property
    def name(self) -> str:
        """The columns as one place."""
        return " + ".join(self.names)


@dataclass(frozen=True, kw_only=True)
class Ignored:
    """A column that is left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CohortMapping:
    """A whole mapping file."""

    cohort: Cohort
    file: FileForm = FileForm()
    rows: Rows | None = None
    dates: Dates = Dates()
    constants: tuple[Constant, ...] = ()
    columns: tuple[Column, ...] = ()
    first_of: tuple[FirstOf, ...] = ()
    differences: tuple[Difference, ...] = ()
    any_of: tuple[AnyOf, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    study: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def read(self) -> tuple[Column | FirstOf, ...]:
        """The entries that read cells as they stand."""
        return (*self.columns, *self.first_of)
