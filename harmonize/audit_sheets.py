"""Patients and claims from two CSV files in the declared columns: the audit for data that no topic holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog.cells import Cells
from catalog.errors import InvalidInput, Problems, nearest
from catalog.fields import FIELDS
from catalog.sheets import Records, check_cells, check_sheet, parse_csv, read_bytes
from catalog.tables import TABLES
from harmonize.audit import audit
from harmonize.audit_finding import Finding
from harmonize.consistency import clashes_in, inconsistencies
from harmonize.derive import derive_patient
from harmonize.stated import Refusal, read

Row = dict[str, Any]
AS_TEXT = ("study_id", "patient_id", "source_url", "where_in_source", "note", "file", "row")
NAMES = ("patient_id", "study_id")


def audit_files(patients: Path | None, claims: Path | None) -> list[Finding]:
    """Return what the audit finds in two files. Raises `InvalidInput` with every problem of both.

    Patients stand in the columns of `patient_sheet`, in words as stated, or in those of the table `patient`; claims in
    those of `claim_sheet`.
    """
    problems = Problems()
    people = _read(patients, "--patients", _patients, problems)
    printed = _read(claims, "--claims", _claims, problems)
    problems.raise_if_any()
    return [*audit(printed, people, []), *inconsistencies(clashes_in(people))]


def _read(path: Path | None, option: str, rows_of: Callable, problems: Problems) -> list[Row]:
    if path is None:
        problems.add("patients and claims go together", found=f"no {option}", remedy=f"Give a file with {option}")
        return []
    try:
        data = read_bytes(path)
    except InvalidInput as error:
        problems.extend(error.problems)
        return []
    records = parse_csv(path.name, data, problems)
    return rows_of(records, problems) if records.columns else []


def _patients(records: Records, problems: Problems) -> list[Row]:
    allowed = dict.fromkeys((*TABLES["patient_sheet"].columns, *TABLES["patient"].columns))
    for column in records.columns:
        if column not in allowed:
            like = nearest(column, allowed)
            problems.add("unknown column", file=records.name, row=1, column=column,
                         allowed=", ".join(TABLES["patient_sheet"].columns),
                         remedy=f"Did you mean {like!r}?" if like else None)  # fmt: skip
    known = Records(records.name, records.sha256, {name: cells for name, cells in records.columns.items()
                                                   if name in NAMES}, records.rows)  # fmt: skip
    check_sheet(known, TABLES["patient_sheet"], problems)
    rows: list[Row] = [{"file": records.name, "row": number} for number in records.rows]
    for column, cells in records.columns.items():
        if column in allowed:
            _read_column(column, cells, rows, problems)
    for row in rows:
        derive_patient(row)
    return rows


def _read_column(column: str, cells: Cells, rows: list[Row], problems: Problems) -> None:
    """Read one column into the rows; what cannot be read is a problem with its place."""
    for row, cell in zip(rows, cells, strict=True):
        if cell is None or column in AS_TEXT:
            if column not in ("file", "row"):
                row.setdefault(column, cell)
            continue
        reading = read(FIELDS[column], cell, None)
        if isinstance(reading, Refusal):
            problems.add(reading.why, file=row["file"], row=row["row"], column=column, found=cell,
                         allowed=reading.allowed, remedy=reading.remedy)  # fmt: skip
        else:
            row.update(reading)


def _claims(records: Records, problems: Problems) -> list[Row]:
    sheet = TABLES["claim_sheet"]
    check_sheet(records, sheet, problems)
    check_cells(records, ("statistic", "of_total"), problems)
    rows = []
    for place, number in enumerate(records.rows):
        row: Row = {name: records.columns[name][place] if name in records.columns else None for name in sheet.columns}
        total = row["of_total"] or ""
        rows.append({**row, "of_total": int(total) if total.isdecimal() else None, "file": records.name, "row": number})
    return rows
