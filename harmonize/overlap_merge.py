"""Patients decided to be the same become one row: what either source states, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from catalog.errors import Problems
from catalog.fields import FIELDS
from catalog.identity import pair_id
from catalog.tables import LOCATOR, TABLES
from harmonize.audit_text import shown
from harmonize.derive import derive_patient
from harmonize.held import Held, chosen
from harmonize.overlap import Pair
from harmonize.overlap_evidence import UNKNOWN
from harmonize.stated import Refusal, join

Row = dict[str, Any]
NAMES = ("patient_id", "study_id", "also_patient_ids", "also_study_ids", *LOCATOR)
NOT_STATED = "not stated"
ESTIMATED = ("time_to_cr", "drug_after_cr", "drug_stop", "recurrence", "disease_free", "cr_certainty")
"""What estimates are computed from: a disagreement about it is printed in the report."""
HANGS_ON = {
    **dict.fromkeys(("drug_maintained", "drug_stop", "drug_stop_reason"), "drug_after_cr"),
    **dict.fromkeys(("recurrence_site", "disease_free", "salvage_treatment", "status_last"), "recurrence"),
    "vessel_site": "portal_vein_invasion",
    "extrahepatic_sites": "extrahepatic_metastasis",
}
"""What means something only beside something else: a stop is one of a drug that was stopped."""


def merge(pairs: list[Pair], patients: Sequence[Row], problems: Problems) -> tuple[Sequence[Row], list[Row]]:
    """Return the patients with those decided *same* made one, and the rows of `discrepancy` between their sources.

    The fuller record keeps its name, study and place and goes first where both state something; the other's names
    stand in `also_patient_ids`. Several codes are joined. Decisions that contradict each other are problems.
    """
    groups = _groups(pairs)
    some = isinstance(patients, Held)
    looked_at = chosen(patients, "patient_id", sorted(set().union(*groups))) if some else patients
    rows = {row["patient_id"]: row for row in looked_at}
    _check_groups(groups, pairs, rows, problems)
    impossible = {pair.name: {one.field for one in pair.evidence.differ if one.hard} for pair in pairs}
    found: list[Row] = []
    gone: set[str] = set()
    for group in groups:
        kept, *others = sorted((rows[name] for name in group), key=lambda row: (-_known(row), row["patient_id"]))
        merged = dict(kept)
        for other in others:
            found += [_weighed(row, impossible) for row in _take(merged, other)]
        derive_patient(merged)
        for also, name in (("also_patient_ids", "patient_id"), ("also_study_ids", "study_id")):
            merged[also] = ";".join(row[name] for row in others)
        rows[kept["patient_id"]] = merged
        gone |= {row["patient_id"] for row in others}
    left = [row for name, row in rows.items() if name not in gone]
    return (patients.with_rows(left, sorted(gone)) if isinstance(patients, Held) else left), found


def _groups(pairs: list[Pair]) -> list[set[str]]:
    """Return the sets of patients that decisions make one, in order of their first name."""
    groups: list[set[str]] = []
    for pair in pairs:
        if pair.evidence.unit_kind == "patient" and pair.decision == "same":
            joined = {pair.evidence.first_id, pair.evidence.second_id}
            touched = [group for group in groups if group & joined]
            groups = [group for group in groups if group not in touched] + [joined.union(*touched)]
    return sorted(groups, key=min)


def _check_groups(groups: list[set[str]], pairs: list[Pair], rows: Mapping[str, Row], problems: Problems) -> None:
    for pair in pairs:
        names = {pair.evidence.first_id, pair.evidence.second_id}
        if pair.decision == "different" and any(names <= group for group in groups):
            choice = pair.choice or {}
            problems.add("decided to be different, but other decisions make the two one patient",
                         file=choice.get("file"), row=choice.get("row"), column="overlap_decision", found=pair.name,
                         remedy="python -m harmonize overlaps lists the decisions")  # fmt: skip
    decided = {pair.name for pair in pairs if pair.choice}
    for first, second in (two for group in groups for two in combinations(sorted(group), 2)):
        name = pair_id(first, second)
        if rows[first]["study_id"] == rows[second]["study_id"] and name not in decided:
            problems.add("one study lists both, but decisions about others make the two one patient",
                         file=rows[second]["file"], row=rows[second]["row"], column="patient_id", found=name,
                         remedy="Decide the two themselves, or correct one of the others: "
                                "python -m harmonize overlaps lists the decisions")  # fmt: skip


def _weighed(row: Row, impossible: Mapping[str, set[str]]) -> Row:
    """Return a disagreement, as critical when it is about what cannot differ in one and the same."""
    return {**row, "severity": "critical"} if row["field"] in impossible.get(row["subject"], ()) else row


def _known(row: Row) -> int:
    return sum(value not in UNKNOWN for value in row.values())


def _parts() -> dict[str, tuple[str, ...]]:
    """Return what a source states together, by field: a number with its sign, a time with its ends and origin."""
    parts: dict[str, tuple[str, ...]] = {}
    columns = TABLES["patient"].columns
    for column in columns:
        if column in NAMES or "_from_cr_months_" in column:
            continue
        name = column.removesuffix("_months_lower").removesuffix("_months_upper").removesuffix("_qualifier")
        timed = name.removesuffix("_origin")
        name = timed if f"{timed}_months_lower" in columns else name
        parts[name] = (*parts.get(name, ()), column)
    return parts


def _take(merged: Row, other: Row) -> list[Row]:
    """Add to `merged` what only `other` states; return a row for each thing about which the two disagree.

    What hangs on something about which they disagree is not added: a time of stopping would else stand beside a drug
    that was kept.
    """
    found = []
    apart = {name for name in set(HANGS_ON.values()) if _differ(merged.get(name), other.get(name))}
    for name, columns in _parts().items():
        ends = [column for column in columns if not column.endswith(("_origin", "_qualifier"))]
        if all(other.get(column) in UNKNOWN for column in ends):
            continue
        if all(merged.get(column) in UNKNOWN for column in ends):
            if HANGS_ON.get(name) in apart:
                found.append(_left_out(name, merged, other))
                continue
            merged.update({column: other.get(column) for column in columns})
        elif any(merged.get(column) != other.get(column) for column in columns):
            found.append(_disagreement(name, merged, other))
            merged.update(_joined(name, merged, other))
    return found


def _joined(name: str, merged: Row, other: Row) -> Row:
    """Return the codes of both sources as one cell, where a field holds several and they can stand together."""
    field = FIELDS[name]
    if field.kind != "codes":
        return {}
    joined = join(field, {*merged[name].split(";"), *other[name].split(";")})
    return {} if isinstance(joined, Refusal) else joined


def _differ(first: Any, second: Any) -> bool:
    return first not in UNKNOWN and second not in UNKNOWN and first != second


def _left_out(name: str, merged: Row, other: Row) -> Row:
    """Return the row of what only one source states, and what cannot stand beside what the other states."""
    why = f"only {other['patient_id']} states it; not taken, since the two disagree about {HANGS_ON[name]}"
    return _row(name, merged, other, NOT_STATED, why)


def _disagreement(name: str, merged: Row, other: Row) -> Row:
    stands = "both stand" if _joined(name, merged, other) else "the first stands"
    explanation = f"{merged['patient_id']} states the first, {other['patient_id']} the second; {stands}"
    return _row(name, merged, other, shown(merged, name), explanation)


def _row(name: str, merged: Row, other: Row, printed: str, explanation: str) -> Row:
    """Return a row of `discrepancy` about a field, at the place of what does not stand alone."""
    pair = pair_id(merged["patient_id"], other["patient_id"])
    return {
        "discrepancy_id": f"{pair}:{name}",
        "discrepancy_kind": "sources_disagree",
        "study_id": merged["study_id"],
        "patient_id": merged["patient_id"],
        "subject": pair,
        "field": name,
        "printed": printed,
        "recomputed": shown(other, name),
        "unit": FIELDS[name].unit,  # a time is shown with its own
        "explanation": explanation,
        "severity": "warning" if name in ESTIMATED else "info",
        **{column: other.get(column) for column in LOCATOR},
    }
