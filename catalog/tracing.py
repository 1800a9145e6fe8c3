"""From a table, an estimate, a study or a patient back to statements, files and commands; plain data, no printing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow.compute as pc

from catalog.ancestry import ancestry
from catalog.basis import CONFIRMED, columns_of_a_unit, columns_that_matter, fact, statements
from catalog.errors import InvalidInput, Problem, nearest
from catalog.store import Store, lineage_of
from catalog.tables import LOCATOR, STORED, TABLES
from catalog.topic import Topic

Document = dict[str, Any]
UNITS = ("study", "patient")


def trace(store: Store, topic: Topic, target: str) -> Document:
    """Return everything behind `target`: a table, an estimate, a study or a patient, looked for in this order.

    `kind` says which it was. Raises `InvalidInput` for an unknown name, with the nearest known one.
    """
    if target in STORED:
        return trace_table(store, target)
    names = {name: store.read(name)[TABLES[name].key].to_pylist() for name in ("estimate", *UNITS)}
    if target in names["estimate"]:
        return trace_estimate(store, topic, target)
    for unit_kind in UNITS:
        if target in names[unit_kind]:
            return trace_unit(store, unit_kind, target)
    like = nearest(target, [*STORED, *(name for known in names.values() for name in known)])
    missing = ", ".join(name for name, known in names.items() if not known)
    written_by = "python -m harmonize and python -m synthesize write them"
    remedy = f"Did you mean {like!r}?" if like else f"Not there yet: {missing}; {written_by}" if missing else None
    allowed = "a table, an estimate, a study or a patient; python -m catalog show TABLE lists their names"
    raise InvalidInput([Problem("nothing of this name can be traced", found=target, allowed=allowed, remedy=remedy)])


def trace_table(store: Store, name: str) -> Document:
    """Return the current version of a table with the versions, commands and files it was made from."""
    store.require(name)
    version = store.versions((name,))[name]
    lineage = [asdict(node) for node in ancestry(store, [(name, version)])]
    return {"target": name, "kind": "table", "row_is": STORED[name].row_is, "lineage": lineage}


def trace_unit(store: Store, unit_kind: str, unit_id: str) -> Document:
    """Return a study's or patient's harmonized row, each value beside the statements it rests on."""
    version = store.versions((unit_kind,))[unit_kind]
    row = _rows(store, unit_kind, version, {unit_id})[unit_id]
    said = _statements(store, unit_kind, version, {unit_id})[unit_id]
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

    Rows and statements are those of the table versions that the estimate was computed from.
    """
    estimate = _matching(store, "estimate", estimate_id=estimate_id)[0]
    estimate["detail"] = json.loads(estimate["detail"] or "{}")
    used: dict[str, int] = json.loads(estimate.pop("inputs"))
    question, analysis = estimate["question"], estimate["analysis"]
    entry = next((one for one in topic.of(question) if one.id == analysis), None)
    decisions = _matching(store, "inclusion", question=question, analysis=analysis)
    counted = [decision for decision in decisions if decision["included"]]
    # An estimate of one study alone (its exact interval) has that study's name as its subset.
    own = [decision for decision in counted if decision["unit_id"] == estimate["subset"]]
    version = store.versions(("estimate",))["estimate"]
    lineage = ancestry(store, [("estimate", version)])
    return {
        "target": estimate_id,
        "kind": "estimate",
        "estimate": estimate,
        "analysis": asdict(entry) if entry else None,
        "topic_changed": lineage[0].writings[0].topic_sha256 != topic.sha256,
        "versions": {name: {"used": one, "now": store.version(name)} for name, one in used.items()},
        "counted": _counted(store, topic, question, analysis, own or counted, used),
        "left_out": [
            {name: decision[name] for name in ("unit_kind", "unit_id", "reason_code", "reason")}
            for decision in decisions
            if not decision["included"]
        ],
        "lineage": [asdict(node) for node in lineage],
    }


def _counted(
    store: Store, topic: Topic, question: str, analysis: str, decisions: list[Document], used: Mapping[str, int]
) -> list[Document]:
    """Return the units that counted, each with the values that matter and what they rest on."""
    found = []
    for unit_kind in UNITS:
        units = {decision["unit_id"] for decision in decisions if decision["unit_kind"] == unit_kind}
        version = used.get(unit_kind, store.version(unit_kind))
        if not units or version is None:
            continue
        columns = columns_that_matter(topic, question, analysis, unit_kind)
        rows, said = _rows(store, unit_kind, version, units), _statements(store, unit_kind, version, units)
        found += [
            {"unit_kind": unit_kind, "unit_id": unit, "facts": [fact(row, column, said[unit]) for column in columns]}
            for unit, row in rows.items()
        ]
    return found


def _rows(store: Store, unit_kind: str, version: int, units: set[str]) -> dict[str, Document]:
    """Return the harmonized rows of some units in one version, by name."""
    key = TABLES[unit_kind].key
    return {row[key]: row for row in store.read(unit_kind, version).to_pylist() if row[key] in units}


def _statements(store: Store, unit_kind: str, version: int, units: set[str]) -> Mapping[str, Any]:
    """Return the statements that a version of the harmonized table was built from."""
    built_from = lineage_of(store.commit_of(unit_kind, version)).tables.get("observation")
    return statements(store.read("observation", built_from), unit_kind, units)


def _matching(store: Store, name: str, **wanted: str) -> list[Document]:
    """Return a table's rows in which each named column holds the wanted text."""
    rows = store.read(name)
    for column, text in wanted.items():
        rows = rows.filter(pc.equal(rows[column], text))
    return rows.to_pylist()


def _pairs_with(store: Store, unit_kind: str, unit_id: str) -> list[Document]:
    return [
        pair
        for pair in _matching(store, "overlap", unit_kind=unit_kind)
        if unit_id in (pair["first_id"], pair["second_id"])
    ]
