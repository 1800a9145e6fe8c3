"""Which statements a harmonized value rests on, and which columns matter to a question.

The statements are those of the field itself; a few columns follow from others (`harmonize` derives them), and
which ones is stated here so that every cell can be walked back to the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import holds
from catalog.fields import FIELDS
from catalog.tables import LOCATOR, PATIENT_BASELINE, TABLES
from catalog.topic import Analysis, Topic

Row = Mapping[str, Any]
Statements = Mapping[str, list[dict[str, Any]]]
"""The statements about one study or patient, by field."""

CONFIRMED = ("confirmed", "corrected")
"""Only a statement that a person stands behind becomes a value."""

NUMBERS = {
    "cr_rate": ("n_cr", "n_treated"),
    "time_to_cr": ("time_to_cr_months_lower", "time_to_cr_months_upper", "time_to_cr_origin"),
    "recurrence": (
        "recurrence", "disease_free_from_cr_months_lower", "disease_free_from_cr_months_upper", "drug_after_cr",
        "drug_stop_from_cr_months_lower", "drug_stop_from_cr_months_upper",
    ),
    "baseline": PATIENT_BASELINE,
}  # fmt: skip
"""The harmonized columns whose values an estimate of the question is computed from."""

INSTEAD = {"child_pugh_class": "child_pugh_score", "drug_after_cr": "drug_maintained"}
"""The field that a column follows from when nobody states it itself."""

PARTS = dict.fromkeys(("albi_score", "albi_grade"), ("bilirubin_mg_dl", "albumin_g_dl"))
"""The fields that a score is computed from when nobody states it."""

SHOWN = (
    "field", "stated", "value", "unit", "file", "file_sha256", "row", "column", "where_in_source", "source_url",
    "observation_method", "observation_status", "recorded_by", "note",
)  # fmt: skip


def columns_that_matter(topic: Topic, question: str, analysis: str, unit_kind: str) -> tuple[str, ...]:
    """Return the numbers of a question, then the unit's columns that the topic's rules for the analysis look at."""
    entry: Analysis | None = next((one for one in topic.of(question) if one.id == analysis), None)
    names = [*NUMBERS.get(question, ())]
    for rule in topic.exclusions:
        if question in rule.questions and rule.unit == unit_kind and not (entry and rule.code in entry.lift):
            names += [*rule.when, *rule.missing, *rule.filled]
    if entry:
        names += entry.keep
    return tuple(dict.fromkeys(name for name in names if name in TABLES[unit_kind].columns))


def columns_of_a_unit(unit_kind: str) -> tuple[str, ...]:
    """Return the columns that hold facts about a study or patient: all but its name and its place."""
    table = TABLES[unit_kind]
    return tuple(name for name in table.columns if name not in (table.key, "study_id", *LOCATOR))


def statements(observations: pa.Table, unit_kind: str, unit_ids: Collection[str]) -> dict[str, Statements]:
    """Return all statements about the units, by unit and field; `observations` are rows of `observation`."""
    wanted = pc.and_(
        holds(observations["unit_kind"], (unit_kind,)),
        holds(observations["unit_id"], unit_ids),
    )
    found: dict[str, dict[str, list[dict[str, Any]]]] = {unit: defaultdict(list) for unit in unit_ids}
    for row in observations.filter(wanted).select(["unit_id", *SHOWN]).to_pylist():
        found[row.pop("unit_id")][row["field"]].append(row)
    return {unit: dict(fields) for unit, fields in found.items()}


def fact(row: Row, column: str, said: Statements) -> dict[str, Any]:
    """Return one value with the statements it rests on; `why` says how a value without any came about."""
    rests_on = [
        statement
        for name in stated_fields(row, column, said)
        for statement in said.get(name, ())
        if statement["observation_status"] in CONFIRMED
    ]
    why = None if rests_on or row[column] is None else _unstated(column)
    return {"column": column, "value": row[column], "unit": FIELDS[column].unit, "rests_on": rests_on, "why": why}


def stated_fields(row: Row, column: str, said: Statements) -> tuple[str, ...]:
    """Return the fields, as a source states them, that a harmonized column of `row` follows from."""
    name = column.removesuffix("_months_lower").removesuffix("_months_upper").removesuffix("_qualifier")
    if name == "report_id":
        return next(((known,) for known in ("pmid", "doi", "pmcid") if said.get(known)), ())
    if name.endswith("_from_cr"):
        return tuple(dict.fromkeys(_from_cr(row, name.removesuffix("_from_cr"))))
    if name in PARTS and not said.get(name):
        return PARTS[name]
    return (name,) if said.get(name) or name not in INSTEAD else (INSTEAD[name],)


def _from_cr(row: Row, name: str) -> list[str]:
    """Return what a time since CR follows from: the time as stated and, by its origin, what leads from there to CR."""
    origin = row[f"{name}_origin"]
    fields = [name, f"{name}_origin"]
    if origin in ("start_of_drug", "start_of_drug_presumed", "start_of_drug_or_cr"):
        fields.append("time_to_cr")
        if (name, row["drug_after_cr"]) == ("drug_stop", "stopped_after_cr"):
            fields.append("drug_after_cr")  # such a stop is not before CR, whatever the two times allow
    elif origin == "surgery":
        fields.append("drug_after_cr")
    elif (name, origin) == ("disease_free", "stop"):
        fields += _from_cr(row, "drug_stop")
    return fields


def _unstated(column: str) -> str:
    if column == "present_cohort":
        return "whether the group's own records of this study were loaded"
    if column == "report_id":
        return "no PMID, DOI or PMCID is stated: the study's own name"
    if column in TABLES["report"].columns:
        return "taken over from the publication's row in table report"
    return "no source states it: the vocabulary's word for that"
