"""Records and a mapping into statements; the cohort's own file is never copied, only its name and checksum."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from catalog.errors import Problems
from catalog.lineage import Lineage, sha256
from catalog.merge import keeping, with_origin
from catalog.store import Commit, Store
from catalog.topic import Topic
from ingest.cohort.entries import ROW, CohortMapping
from ingest.cohort.fit import check_against, check_private
from ingest.cohort.mapping import parse_mapping
from ingest.cohort.readers import AS_DECLARED, read_records
from ingest.cohort.reading import Reading
from ingest.cohort.records import CohortRecords
from ingest.cohort.study import study_report, study_statements
from ingest.files import read_bytes
from ingest.observations import KEY, Source, Statements, table_of
from ingest.reports import told_by


def load_cohort(
    path: Path,
    mapping_path: Path,
    topic: Topic,
    store: Store,
    *,
    sheet: str = "",
    dictionary: Path | None = None,
    say: Callable[[str], object] = lambda line: None,
) -> list[Commit]:
    """Load one cohort file; all problems are raised together and nothing is written then.

    `say` is given one line for everything that was found out about the file rather than declared.
    """
    problems = Problems()
    for needed in filter(None, (mapping_path, path, dictionary)):
        if not needed.exists():
            problems.add("no such file", file=str(needed))
    problems.raise_if_any()
    mapping_bytes = read_bytes(mapping_path)
    mapping = parse_mapping(mapping_path.name, mapping_bytes, problems)
    form = mapping.file if mapping else AS_DECLARED
    records = read_records(path, problems, form, sheet=sheet, dictionary=dictionary)
    if not (mapping and _readable(mapping, mapping_path.name, records, problems)):
        problems.raise_if_any()
    assert mapping is not None
    origin = f"cohort:{mapping.cohort.study_id}"
    source = Source(origin, records.name, records.sha256, "cohort", mapping.cohort.recorded_by)
    reading = Reading(records, mapping, Statements(source), problems)
    statements = reading.read()
    problems.raise_if_any()
    read_as, name, digest = records.read_as, records.name, records.sha256
    found_out = (f"read as {read_as}", _counted(reading), *reading.notes)
    del reading, records  # the cells of a large file and its statements are too much at once
    described = dataclasses.replace(source, file=mapping_path.name, sha256=sha256(mapping_bytes))
    observations = table_of(statements, study_statements(mapping, described))
    del statements
    arguments = {"file": path.name, "mapping": mapping_path.name, "read_as": read_as}
    if dictionary:
        arguments["dictionary"] = dictionary.name
    files = {name: digest, mapping_path.name: described.sha256}
    lineage = Lineage("ingest.cohort", arguments, topic.sha256, files=files)
    told = study_report(mapping, described)
    report = store.edit("report", lambda standing: told_by(origin, told, standing), lineage)
    states = lambda standing: _stated_by(origin, observations, standing)  # noqa: E731
    observed = store.edit("observation", states, lineage, compact=True)
    for line in found_out:
        say(line)
    return [report, observed]


def _readable(mapping: CohortMapping, name: str, records: CohortRecords, problems: Problems) -> bool:
    """Check a mapping against the records; return whether what is left to find is in the cells alone.

    A file with rows that could not be read would only give problems that follow from that.
    """
    if not records.columns and not len(problems):
        problems.add("no columns", file=records.name)
    if records.columns and not records.rows and not mapping.study:
        problems.add("no row of a patient", file=records.name)
    before = len(problems)
    if records.columns:
        check_against(mapping, name, records, problems)
    if before or not records.columns or len(problems) > before:
        return False
    check_private(mapping, name, records, problems)
    return True


def _counted(reading: Reading) -> str:
    """Return how many rows became how many patients."""
    rows, patients = len(reading.records), len(reading.patients.names)
    kept = sum(map(len, reading.patients.places))
    left = f", {rows - kept} left out by where of [rows]" if kept < rows else ""
    template = reading.mapping.cohort.patient_id
    named = ", named by their rows: one put in renames those below" if "{" + ROW + "}" in template else ""
    return f"{rows} rows{left}: {patients} patients{named}"


def _stated_by(origin: str, rows: pa.Table, standing: pa.Table) -> pa.Table:
    """Return the table in which `origin` states `rows` and nothing else.

    A statement that a corrected file repeats stays as it stands, with the checksum of the file that first stated it.
    """
    return with_origin(standing, origin, keeping(standing, rows, KEY, ignore=("file_sha256",)), KEY)
