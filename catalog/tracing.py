"""From a table, an estimate, a study or a patient back to statements, files and commands; plain data, no printing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal, get_args

import pyarrow.compute as pc

from catalog.ancestry import ancestry
from catalog.basis import CONFIRMED, NUMBERS, Statements, columns_of_a_unit, columns_that_matter, fact, statements
from catalog.compact import holds
from catalog.errors import InvalidInput, Problem, nearest
from catalog.store import Store, lineage_of
from catalog.tables import LOCATOR, STORED, TABLES
from catalog.topic import Topic

Document = dict[str, Any]
UNITS = ("study", "patient")
Kind = Literal["table", "estimate", "study", "patient"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def trace(store: Store, topic: Topic, target: str, kind: Kind | None = None) -> Document:
    """Return everything behind `target`: a table, an estimate, a study or a patient; its key `kind` says which.

    Raises `InvalidInput` for an unknown name, with the nearest known one, and for a name of several things when
    `kind` does not say which is meant.
    """
    kinds = KINDS if kind is None else (kind,)
    if "patient" in kinds:
        target = _standing_name(store, target)
    names = {one: _names(store, one) for one in kinds}
    meant = [one for one, known in names.items() if target in known]
    if not meant:
        raise InvalidInput([_unknown(target, names)])
    if len(meant) > 1:
        allowed = ", ".join(f"--as {one}" for one in meant)
        raise InvalidInput([Problem("the name means several things", found=target, allowed=allowed)])
    if meant == ["table"]:
        return trace_table(store, target)
    return trace_estimate(store, topic, target) if meant == ["estimate"] else trace_unit(store, meant[0], target)


def _names(store: Store, kind: Kind) -> list[str]:
    if kind == "table":
        return [*STORED]
    names: list[str] = store.read(kind, compact=True)[TABLES[kind].key].to_pylist()
    return names


def _standing_name(store: Store, name: str) -> str:
    """Return the name under which a patient stands whom `name` means too; any other name as it is."""
    patients = store.read("patient", compact=True)
    patients = patients.filter(pc.is_valid(patients["also_patient_ids"]))
    others = zip(patients["patient_id"].to_pylist(), patients["also_patient_ids"].to_pylist(), strict=True)
    return next((standing for standing, also in others if name in also.split(";")), name)


def _unknown(target: str, names: Mapping[Kind, list[str]]) -> Problem:
    """Return the problem of a name that nothing has: the nearest one that something has, or what is not there yet."""
    like = nearest(target, [name for known in names.values() for name in known])
    missing = ", ".join(kind for kind, known in names.items() if not known)
    written_by = "python -m harmonize and python -m synthesize write them"
    remedy = f"Did you mean {like!r}?" if like else f"Not there yet: {missing}; {written_by}" if missing else None
    allowed = "a table, an estimate, a study or a patient; python -m catalog show TABLE lists their names"
    return Problem("nothing of this name can be traced", found=target, allowed=allowed, remedy=remedy)


def trace_table(store: Store, name: str) -> Document:
    """Return the current version of a table with the versions, commands and files it was made from."""
    store.require(name)
    version = store.versions((name,))[name]
    lineage = [asdict(node) for node in ancestry(store, [(name, version)])]
    return {"target": name, "kind": "table", "row_is": STORED[name].row_is, "lineage": lineage}


def trace_unit(store: Store, unit_kind: str, unit_id: str) -> Document:
    """Return a study's or patient's harmonized row, each value beside the statements it rests on."""
    version = store.versions((unit_kind,))[unit_kind]
    rows = _rows(store, unit_kind, version, {unit_id})
    row, said = rows[unit_id], _statements(store, unit_kind, version, rows)[unit_id]
    unused = [one for own in said.values() for one in own if one["observation_status"] not in CONFIRMED]
    return {
        "target": unit_id,
        "kind": unit_kind,
        "version": version,
        "place": {name: row[name] for name in ("study_id", *LOCATOR)},
        "facts": [fact(row, column, said) for column in columns_of_a_unit(unit_kind)],
        "not_used": unused,
        "overlaps": _pairs_with(store, unit_kind, unit_id),
        "analyses": _matching(store, "inclusion", unit_kind=unit_kind, unit_id=unit_id),
        "lineage": [asdict(node) for node in ancestry(store, [(unit_kind, version)])],
    }


def trace_estimate(store: Store, topic: Topic, estimate_id: str) -> Document:
    """Return an estimate, who counted with the values that went in and their statements, who did not and why.

    Rows and statements are those of the table versions that the estimate was computed from. A number that a source
    prints has the claim it repeats in the place of units.
    """
    estimate = _matching(store, "estimate", estimate_id=estimate_id)[0]
    estimate["detail"] = json.loads(estimate["detail"] or "{}")
    claim = estimate["detail"].get("claim_id")
    used: dict[str, int] = json.loads(estimate.pop("inputs"))
    question, analysis = estimate["question"], estimate["analysis"]
    entry = next((one for one in topic.of(question) if one.id == analysis), None)
    decisions = _matching(store, "inclusion", question=question, analysis=analysis)
    lineage = ancestry(store, [("estimate", store.versions(("estimate",))["estimate"])])
    return {
        "target": estimate_id,
        "kind": "estimate",
        "estimate": estimate,
        "analysis": asdict(entry) if entry else None,
        "topic_changed": lineage[0].writings[0].topic_sha256 != topic.sha256,
        "versions": {name: {"used": one, "now": store.version(name)} for name, one in used.items()},
        "claims": _matching(store, "claim", used.get("claim"), claim_id=claim) if claim else [],
        "counted": _counted(store, topic, estimate, decisions, used),
        "left_out": [
            {name: decision[name] for name in ("unit_kind", "unit_id", "reason_code", "reason")}
            for decision in decisions
            if not decision["included"]
        ],
        "lineage": [asdict(node) for node in lineage],
    }


def _counted(
    store: Store, topic: Topic, estimate: Document, decisions: list[Document], used: Mapping[str, int]
) -> list[Document]:
    """Return the units that counted, each with the values that matter and what they rest on.

    A subset that names a study is that study alone; one that begins with a number's column is about that number.
    """
    subset = estimate["subset"]
    about = re.split("[=|]", subset)[0]
    found = []
    for unit_kind in UNITS:
        version = used.get(unit_kind, store.version(unit_kind))
        if version is None:
            continue
        units = {one["unit_id"] for one in decisions if one["unit_kind"] == unit_kind and one["included"]}
        rows = _rows(store, unit_kind, version, units | {subset})
        if subset in rows:
            rows = {subset: rows[subset]}
        said = _statements(store, unit_kind, version, rows)
        columns = columns_that_matter(topic, estimate["question"], estimate["analysis"], unit_kind)
        if about in NUMBERS[estimate["question"]]:
            columns = (about,)
        found += [
            {"unit_kind": unit_kind, "unit_id": unit, "facts": [fact(row, column, said[unit]) for column in columns]}
            for unit, row in rows.items()
        ]
    return found


def _rows(store: Store, unit_kind: str, version: int, units: set[str]) -> dict[str, Document]:
    """Return the harmonized rows of some units in one version, by name."""
    rows, key = store.read(unit_kind, version, compact=True), TABLES[unit_kind].key
    return {row[key]: row for row in rows.filter(holds(rows[key], units)).to_pylist()}


def _statements(store: Store, unit_kind: str, version: int, rows: Mapping[str, Document]) -> dict[str, Statements]:
    """Return the statements that a version's rows were built from; a patient of several names has those of each."""
    built_from = lineage_of(store.commit_of(unit_kind, version)).tables.get("observation")
    names = {unit: [unit, *filter(None, (row.get("also_patient_ids") or "").split(";"))] for unit, row in rows.items()}
    said = statements(
        store.read("observation", built_from, compact=True), unit_kind, {name for own in names.values() for name in own}
    )
    return {
        unit: {
            field: [one for name in own for one in said[name].get(field, ())] for name in own for field in said[name]
        }
        for unit, own in names.items()
    }


def _matching(store: Store, name: str, version: int | None = None, **wanted: str) -> list[Document]:
    """Return a table's rows, of its current version by default, in which each named column holds the wanted text."""
    rows = store.read(name, version, compact=True)
    for column, text in wanted.items():
        rows = rows.filter(holds(rows[column], (text,)))
    return rows.to_pylist()


def _pairs_with(store: Store, unit_kind: str, unit_id: str) -> list[Document]:
    return [
        pair
        for pair in _matching(store, "overlap", unit_kind=unit_kind)
        if unit_id in (pair["first_id"], pair["second_id"])
    ]
