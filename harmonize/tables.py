"""All sources onto one schema, each repeated patient once; or one list of all problems and no change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import holds, is_compact
from catalog.errors import InvalidInput, Problems
from catalog.fields import FIELDS
from catalog.lineage import Lineage
from catalog.rules import ORDERS
from catalog.schema import arrow_schema, from_rows
from catalog.store import Commit, Store
from catalog.tables import HARMONIZED_FROM, TABLES
from catalog.topic import Topic
from catalog.verdict import DATED
from harmonize.audit import audit
from harmonize.audit_finding import Finding, as_discrepancies
from harmonize.build import Columns, about, columns_of, subjects
from harmonize.consistency import Clash, clashes_in, inconsistencies
from harmonize.derive import derive_patient, fill_unsaid
from harmonize.held import Held, cells
from harmonize.overlap import Pair, overlaps
from harmonize.overlap_decisions import waiting
from harmonize.overlap_merge import merge
from harmonize.publication import link

Row = dict[str, Any]
MARKERS = (
    ("afp_baseline_ng_ml", "AFP", "baseline", "ng/mL"),
    ("afp_at_cr_ng_ml", "AFP", "at_cr", "ng/mL"),
    ("pivka_baseline_mau_ml", "PIVKA-II", "baseline", "mAU/mL"),
    ("pivka_at_cr_mau_ml", "PIVKA-II", "at_cr", "mAU/mL"),
)


DERIVED_TIMES = (
    *(f"{name}_from_cr_months_{end}" for name in ("drug_stop", "disease_free") for end in ("lower", "upper")),
    "drug_after_cr",
)
"""The columns that decide what `_check_derived` says."""


def harmonize(topic: Topic, store: Store) -> list[Commit]:
    """Build the harmonized tables from the source tables. Raises `InvalidInput` with every problem."""
    problems = Problems()
    sources = read_sources(store, problems)
    pairs = overlaps(sources.choices, sources.studies, sources.patients, problems)
    patients, disagreements = merge(pairs, sources.patients, problems)
    merged = _merged(patients)
    _check_order("patient", merged, problems)
    _check_derived(merged, problems)
    problems.raise_if_any()
    lineage = Lineage("harmonize", {}, topic.sha256, store.versions(HARMONIZED_FROM))
    rows: dict[str, Sequence[Row]] = {
        "study": sources.studies,
        "patient": patients,
        "measurement": _measurements(patients),
        "overlap": [pair.as_row() for pair in pairs],
        "discrepancy": as_discrepancies(disagreements, findings(sources)),
    }
    return [store.replace(name, _table(name, found), lineage, renew=name == DATED) for name, found in rows.items()]


@dataclass(frozen=True)
class Sources:
    """What the sources state, on one schema, before any two patients are made one."""

    studies: list[Row]
    patients: Sequence[Row]
    choices: list[Row]
    claims: list[Row]
    observations: pa.Table
    clashes: list[tuple[Row, Clash]] | None
    """Contradictions within the patients' rows, when they have been looked for."""


def read_sources(store: Store, problems: Problems) -> Sources:
    """Return studies and patients as their sources state them, and people's decisions; problems are added."""
    store.require("observation", "report")
    observations = _without_key(store.read("observation", compact=True))
    studies = _studies(observations, problems)
    link(studies, store.read("report"))
    patients: Sequence[Row]
    clashes = None
    if is_compact(observations):
        patients, clashes = _many_patients(observations, studies, problems)
        _check_order("study", studies, problems)
    else:
        patients = _patients(observations, studies, problems)
        _check_order("study", studies, problems)
        _check_order("patient", patients, problems)
        _check_derived(patients, problems)
    choices, claims = (store.read(name).to_pylist() for name in ("overlap_choice", "claim"))
    return Sources(studies, patients, choices, claims, observations, clashes)


def look_for_overlaps(store: Store) -> tuple[list[Pair], list[Row]]:
    """Return the pairs that may be one, as the sources are now, and decisions about names that are gone."""
    problems = Problems()
    sources = read_sources(store, problems)
    pairs = overlaps(sources.choices, sources.studies, sources.patients, problems)
    problems.raise_if_any()
    known: dict[str, Sequence[Row]] = {"study": sources.studies, "patient": sources.patients}
    names = {kind: set(cells(rows, f"{kind}_id")) for kind, rows in known.items()}
    return pairs, waiting(sources.choices, names)


def pairs_as_they_are(store: Store) -> list[Pair]:
    """Return the pairs that may be one; none while the sources have problems, which `harmonize` lists."""
    try:
        return look_for_overlaps(store)[0]
    except InvalidInput:
        return []


def findings(sources: Sources) -> list[Finding]:
    """Return what the audit finds: about each claim, and contradictions within each patient's row."""
    clashes = clashes_in(sources.patients) if sources.clashes is None else sources.clashes
    return [
        *audit(sources.claims, sources.patients, sources.studies),
        *inconsistencies(clashes, sources.observations),
    ]


def audit_sources(store: Store) -> list[Finding]:
    """Return what the audit finds in the sources as they are now. Raises `InvalidInput` with every problem."""
    problems = Problems()
    sources = read_sources(store, problems)
    problems.raise_if_any()
    return findings(sources)


def known_names(store: Store) -> dict[str, set[str]]:
    """Return the names of all studies and patients that a source states something about."""
    store.require("observation")
    said = store.read("observation", compact=True).select(["unit_id", "unit_kind", "observation_status"])
    return {kind: set(subjects(said, kind)["unit_id"].to_pylist()) for kind in ("study", "patient")}


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    if isinstance(rows, Held):
        return rows.table
    table = TABLES[name]
    return from_rows(table, [{column: row.get(column) for column in table.columns} for row in rows])


def _without_key(observations: pa.Table) -> pa.Table:
    """Return the statements without their names, which nothing here asks for: of millions they take most room."""
    return observations.drop_columns([TABLES["observation"].key])


def _as_rows(columns: Columns) -> list[Row]:
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _studies(observations: pa.Table, problems: Problems) -> list[Row]:
    rows = _as_rows(columns_of(subjects(observations, "study"), "study_id", problems))
    by_file = holds(observations["observation_method"], ("cohort",))
    loaded = set(observations["study_id"].filter(by_file).unique().to_pylist())
    for row in rows:
        row["present_cohort"] = row["study_id"] in loaded
        fill_unsaid("study", row, problems)
    return rows


def _patients(observations: pa.Table, studies: list[Row], problems: Problems) -> list[Row]:
    rows = _as_rows(columns_of(subjects(observations, "patient"), "patient_id", problems))
    _complete(rows, problems)
    _refuse_undescribed({row["study_id"]: row for row in reversed(rows)}, studies, problems)
    return rows


def _many_patients(
    observations: pa.Table, studies: list[Row], problems: Problems
) -> tuple[Held, list[tuple[Row, Clash]]]:
    """Return the patients in columns, completed and checked, and the contradictions within their rows."""
    from harmonize.build_large import ManyStatements
    from harmonize.complete_large import clashing, completed, first_of_each, in_wrong_order, refused_by

    columns = ManyStatements(observations, about(observations, "patient")).columns("patient_id", problems)
    patients = completed(columns, problems)
    first = {row["study_id"]: row for row in first_of_each(patients, "study_id")}
    _refuse_undescribed(first, studies, problems)
    _check_order("patient", in_wrong_order(patients), problems)
    _check_derived(refused_by(_check_derived, DERIVED_TIMES, patients), problems)
    return Held("patient", patients), clashes_in(clashing(patients))


def _complete(patients: list[Row], problems: Problems) -> None:
    for row in patients:
        derive_patient(row)
        fill_unsaid("patient", row, problems)


def _refuse_undescribed(first: dict[str, Row], studies: list[Row], problems: Problems) -> None:
    """Add a problem for each study that only patients name; `first` is the first patient of each."""
    known = {row["study_id"] for row in studies}
    for study_id in sorted(first.keys() - known):
        problems.add("patients of a study that no source describes", file=first[study_id]["file"],
                     row=first[study_id]["row"], found=study_id, allowed=", ".join(sorted(known)) or None,
                     remedy="Add it to studies.csv, or a [study] section to the cohort's mapping")  # fmt: skip


def _check_order(table: str, rows: Sequence[Row], problems: Problems) -> None:
    """Refuse rows in which two numbers stand in an order that cannot be."""
    for rule in ORDERS:
        if rule.table != table:
            continue
        for row in rows:
            smaller, larger = row.get(rule.smaller), row.get(rule.larger)
            if smaller is not None and larger is not None and smaller > larger:
                problems.add(f"impossible: {rule.sentence}", file=row["file"], row=row["row"],
                             column=f"{rule.smaller}, {rule.larger}", found=f"{smaller:.15g} and {larger:.15g}",
                             allowed=f"{rule.smaller} ≤ {rule.larger}")  # fmt: skip


def _check_derived(patients: Sequence[Row], problems: Problems) -> None:
    """Refuse times since CR that cannot be: a recurrence before CR, a stop on the other side of CR than stated."""
    for row in patients:
        for name in ("drug_stop_from_cr", "disease_free_from_cr"):
            for end in (f"{name}_months_lower", f"{name}_months_upper"):
                value, field = row[end], FIELDS[end]
                if value is not None and not (field.minimum or 0) <= value <= (field.maximum or value):
                    problems.add(f"impossible: {field.description}", file=row["file"], row=row["row"], column=name,
                                 found=f"{value:.15g}", allowed=f"{field.minimum:g} to {field.maximum:g} months",
                                 remedy="Check the times and their origins")  # fmt: skip
                    break
        before = (row["drug_stop_from_cr_months_upper"] or 0) < 0
        after = (row["drug_stop_from_cr_months_lower"] or 0) > 0
        said = row["drug_after_cr"]
        if (said == "stopped_after_cr" and before) or (said == "stopped_before_cr" and after):
            problems.add(f"impossible: {said}, but the times put the stop {'before' if before else 'after'} CR",
                         file=row["file"], row=row["row"], column="drug_stop", found=said,
                         remedy="Check the times and their origins")  # fmt: skip


def _merged(patients: Sequence[Row]) -> list[Row]:
    """Return the rows that are of several patients' names."""
    if isinstance(patients, Held):
        return patients.filled("also_patient_ids")
    return [row for row in patients if row.get("also_patient_ids")]


def _measurements(patients: Sequence[Row]) -> Sequence[Row]:
    if isinstance(patients, Held):
        return Held("measurement", pa.concat_tables([_measured(patients.table, *marker) for marker in MARKERS]))
    return [
        {
            "measurement_id": f"{row['patient_id']}:{marker}:{time_point}",
            "patient_id": row["patient_id"],
            "marker": marker,
            "time_point": time_point,
            "marker_value": row[column],
            "marker_qualifier": row[f"{column}_qualifier"],
            "marker_unit": unit,
        }
        for row in patients
        for column, marker, time_point, unit in MARKERS
        if row.get(column) is not None
    ]


def _measured(patients: pa.Table, column: str, marker: str, time_point: str, unit: str) -> pa.Table:
    """Return the rows of `measurement` of one marker at one time."""
    stated = patients.filter(pc.is_valid(patients[column]))
    said = pa.scalar(f"{marker}:{time_point}")
    columns = {
        "measurement_id": pc.binary_join_element_wise(stated["patient_id"], said, ":"),
        "patient_id": stated["patient_id"],
        "marker": pa.repeat(pa.scalar(marker), len(stated)),
        "time_point": pa.repeat(pa.scalar(time_point), len(stated)),
        "marker_value": stated[column],
        "marker_qualifier": stated[f"{column}_qualifier"],
        "marker_unit": pa.repeat(pa.scalar(unit), len(stated)),
    }
    return pa.table(columns).cast(arrow_schema(TABLES["measurement"]))
