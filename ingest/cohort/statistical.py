"""SPSS, Stata and SAS files: value labels in the place of codes, missing codes named, dates by their formats."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.errors import Problems
from catalog.lineage import sha256
from ingest.cohort.counted_dates import CLOCK, SAS, SPSS, STATA, counted_text, shown_by
from ingest.cohort.records import Cells, CohortRecords, number_text

PROGRAMS = {".sav": SPSS, ".zsav": SPSS, ".por": SPSS, ".dta": STATA, ".xpt": SAS, ".sas7bdat": SAS}
CODELESS = (".por", ".xpt")
"""Formats that say that a value is missing without its code."""


@dataclass(frozen=True)
class Variable:
    """What the file's dictionary says of one column."""

    program: str
    shown: tuple[str, float] | None
    kind: str
    labels: Mapping[Any, str]
    letters: frozenset[str]
    ranges: tuple[Mapping[str, Any], ...]

    def text(self, value: Any) -> str | None:
        """Return a cell: its label, its date, its number or its text; a label that two codes share carries its code."""
        if value is None or value != value:
            return None
        label = self.labels.get(value, "").strip()
        if label:
            shared = sum(other.strip() == label for other in self.labels.values()) > 1
            return f"{label} ({self.code(value)})" if shared else label
        if not isinstance(value, str) and self.shown:
            return counted_text(self.program, value, *self.shown)
        return self.code(value)

    def code(self, value: Any) -> str | None:
        """Return a value as the file stores it; a letter that stands for a missing number as .a, as Stata writes it."""
        if isinstance(value, str):
            return (value.strip() or None) if self.kind == "string" else f".{value}"
        return number_text(_shortest_single(value) if self.kind == "float" else value)

    def is_missing(self, value: Any) -> bool:
        """Return whether the dictionary calls a value missing: SPSS by ranges, Stata and SAS by letters."""
        if self.kind != "string" and value in self.letters:
            return True
        alike = [span for span in self.ranges if isinstance(value, str) == isinstance(span["lo"], str)]
        return value is not None and any(span["lo"] <= value <= span["hi"] for span in alike)


def read_statistical(name: str, suffix: str, data: bytes, encoding: str, problems: Problems) -> CohortRecords:
    """Return an SPSS, Stata or SAS file as records; `encoding` overrides what the file says of itself."""
    program = PROGRAMS[suffix]
    try:
        columns, about = _read(suffix, data, encoding)
    except Exception as error:  # pyreadstat's own error, and others for damaged strings
        problems.add(f"not a file of {program} that can be read: {error}", file=name)
        return CohortRecords(name, sha256(data), {}, [])
    texts: dict[str, Cells] = {}
    missing: dict[str, Mapping[str, str]] = {}
    dates = set()
    for column, values in columns.items():
        variable = _variable(program, column, about)
        words = {value: variable.text(value) for value in set(values)}
        texts[column] = Cells.of(words[value] for value in values)
        codes = {
            str(word): str(variable.code(value)) for value, word in words.items() if word and variable.is_missing(value)
        }
        if codes:
            missing[column] = codes
        if variable.shown and variable.shown[0] != CLOCK:
            dates.add(column)
    rows = range(1, len(next(iter(texts.values()), ())) + 1)
    read_as = f"{program} file" + (f" in {about.file_encoding}" if about.file_encoding else "")
    labels = {column: label for column, label in about.column_names_to_labels.items() if label}
    return CohortRecords(name, sha256(data), texts, rows, read_as, labels, missing, frozenset(dates))


def _read(suffix: str, data: bytes, encoding: str) -> tuple[dict[str, list], Any]:
    import pyreadstat

    reader: Any = {
        ".por": pyreadstat.read_por, ".dta": pyreadstat.read_dta, ".xpt": pyreadstat.read_xport,
        ".sas7bdat": pyreadstat.read_sas7bdat,
    }.get(suffix, pyreadstat.read_sav)  # fmt: skip
    options: dict[str, Any] = {} if suffix in CODELESS else {"user_missing": True}
    if encoding:
        options["encoding"] = encoding
    # Dates stay numbers: pyreadstat stops at a date after the year 9999 and knows fewer formats.
    return reader(io.BytesIO(data), output_format="dict", disable_datetime_conversion=True, **options)


def _variable(program: str, column: str, about: Any) -> Variable:
    return Variable(
        program,
        shown_by(program, about.original_variable_types.get(column) or ""),
        about.readstat_variable_types.get(column, ""),
        about.variable_value_labels.get(column, {}),
        frozenset(about.missing_user_values.get(column, ())),
        tuple(about.missing_ranges.get(column, ())),
    )


def _shortest_single(value: float) -> float:
    """Return the number with the fewest digits that is the same single, so that 3.14 is not 3.140000104904175."""
    single = struct.pack("f", value)
    short = (float(f"{value:.{digits}g}") for digits in range(1, 10))
    return next((number for number in short if struct.pack("f", number) == single), value)
