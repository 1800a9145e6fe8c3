"""Records and a mapping into statements; the cohort's own file is never copied, only its name and checksum."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pyarrow as pa

from catalog.errors import Problems
from catalog.lineage import Lineage, sha256
from catalog.store import Commit, Store
from catalog.topic import Topic
from ingest.cohort.fit import check_against
from ingest.cohort.mapping import AnyOf, CohortMapping, Column, parse_mapping
from ingest.cohort.readers import read_records
from ingest.cohort.study import study_report, study_statements
from ingest.files import Records, read_bytes
from ingest.observations import Source, Statements
from ingest.reports import told_by

Cells = list[str | None]


def load_cohort(path: Path, mapping_path: Path, topic: Topic, store: Store) -> list[Commit]:
    """Load one cohort file; all problems are raised together and nothing is written then."""
    problems = Problems()
    mapping_bytes = read_bytes(mapping_path)
    mapping = parse_mapping(mapping_path.name, mapping_bytes, problems)
    records = read_records(path, problems)
    if records.columns and not records.rows and not (mapping and mapping.study):
        problems.add("no row of a patient", file=records.name)
    if mapping is not None and records.columns:
        check_against(mapping, mapping_path.name, records.name, list(records.columns), problems)
    problems.raise_if_any()
    assert mapping is not None
    origin = f"cohort:{mapping.cohort.study_id}"
    source = Source(origin, records.name, records.sha256, "cohort", mapping.cohort.recorded_by)
    patients = Reading(records, mapping, Statements(source), problems).read()
    problems.raise_if_any()
    described = dataclasses.replace(source, file=mapping_path.name, sha256=sha256(mapping_bytes))
    observations = pa.concat_tables([patients.table(), study_statements(mapping, described).table()])
    lineage = Lineage(
        "ingest.cohort",
        {"file": path.name, "mapping": mapping_path.name},
        topic.sha256,
        files={records.name: records.sha256, mapping_path.name: described.sha256},
    )
    told = study_report(mapping, described)
    commit = store.edit("report", lambda standing: told_by(origin, told, standing), lineage)
    return [commit, store.replace("observation", observations, lineage, origin=origin)]


class Reading:
    """One pass over the columns of a file with its mapping."""

    def __init__(self, records: Records, mapping: CohortMapping, statements: Statements, problems: Problems) -> None:
        self.records = records
        self.mapping = mapping
        self.statements = statements
        self.problems = problems
        self.patients = self._patients()
        self.studies = [mapping.cohort.study_id] * len(records)

    def read(self) -> Statements:
        """Return what the file states."""
        for constant in self.mapping.constants:
            cells: Cells = [constant.value] * len(self.records)
            self._add(constant.field, cells, None, f"constant {constant.field}", constant.place)
        for column in self.mapping.columns:
            cells = self._without_missing(column)
            if column.field:
                self._add(column.field, cells, self._values(column, cells), column.name, column.place, column.unit)
            if column.says:
                self._add_says(column, cells)
        for any_of in self.mapping.any_of:
            self._add_any_of(any_of)
        return self.statements

    def _patients(self) -> list[str]:
        """Return each row's patient name; a missing part or a name that stands twice is a problem."""
        cohort, records = self.mapping.cohort, self.records
        names = []
        first: dict[str, int] = {}
        for index, row in enumerate(records.rows):
            parts = {column: records.columns[column][index] for column in cohort.columns}
            for column, part in parts.items():
                if part is None:
                    self.problems.add("a patient without a name", file=records.name, row=row, column=column)
            name = cohort.patient_id
            for column, part in parts.items():
                name = name.replace("{" + column + "}", part or "")
            if first.setdefault(name, row) != row:
                self.problems.add(f"the patient stands already in row {first[name]}", file=records.name, row=row,
                                  found=name)  # fmt: skip
            names.append(name)
        return names

    def _without_missing(self, column: Column) -> Cells:
        missing = set(column.missing)
        return [None if cell in missing else cell for cell in self.records.columns[column.name]]

    def _values(self, column: Column, cells: Cells) -> Cells:
        """Return the declared reading of each cell: words by the values table, numbers without separators."""
        readings: dict[str, str] = {}
        for cell in {cell for cell in cells if cell}:
            words = [word.strip() for word in cell.split(column.separator)] if column.separator else [cell]
            reading = ";".join(column.values.get(word, word) for word in words)
            readings[cell] = reading.replace(column.thousands, "") if column.thousands else reading
        return [readings[cell] if cell and readings[cell] != cell else None for cell in cells]

    def _add_says(self, column: Column, cells: Cells) -> None:
        """Add the facts that whole cells say; a cell that the mapping does not know is a problem."""
        known = {says.cell: says.facts for says in column.says}
        for row, cell in zip(self.records.rows, cells, strict=True):
            if cell and cell not in known:
                self.problems.add("the mapping does not say what this cell says", file=self.records.name, row=row,
                                  column=column.name, found=cell, remedy="Add a [[column.says]] entry")  # fmt: skip
        for cell in sorted(set(known) - set(cells)):
            self.problems.add("the mapping explains a cell that does not occur", file=self.records.name,
                              column=column.name, found=cell, remedy="Remove or correct the entry")  # fmt: skip
        for name in sorted({name for facts in known.values() for name in facts}):
            values = [known[cell].get(name) if cell in known else None for cell in cells]
            stated = [cell if value else None for cell, value in zip(cells, values, strict=True)]
            self._add(name, stated, values, column.name, column.place)

    def _add_any_of(self, rule: AnyOf) -> None:
        columns = [self.records.columns[name] for name in rule.names]
        stated: Cells = []
        values: Cells = []
        for index, row in enumerate(self.records.rows):
            cells = [column[index] for column in columns]
            for name, cell in zip(rule.names, cells, strict=True):
                if cell is not None and cell not in (*rule.yes, *rule.no):
                    self.problems.add("neither a yes nor a no of this any_of", file=self.records.name, row=row,
                                      column=name, found=cell, allowed=", ".join((*rule.yes, *rule.no)))  # fmt: skip
            yes = any(cell in rule.yes for cell in cells)
            value = "yes" if yes else "no" if all(cell in rule.no for cell in cells) else None
            values.append(value)
            said = "; ".join(f"{name}: {cell}" for name, cell in zip(rule.names, cells, strict=True) if cell)
            stated.append(said if value else None)
        self._add(rule.field, stated, values, " + ".join(rule.names), rule.place)

    def _add(self, field: str, stated: Cells, values: Cells | None, column: str, place: str, unit: str = "") -> None:
        count = len(self.records)
        self.statements.add(
            "patient", self.patients, self.studies, field, stated, values=values, unit=unit or None,
            rows=self.records.rows, column=column,
            urls=[self.mapping.cohort.source_url or None] * count, places=[place or None] * count,
        )  # fmt: skip
