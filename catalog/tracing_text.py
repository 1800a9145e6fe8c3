"""A trace as lines that a person reads from top to bottom: the number, who counted, the words, the files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from catalog.rows import text
from catalog.vocabulary import vocabulary

Document = Mapping[str, Any]
NUMBERS = (
    ("estimate_value", "value"), ("lower", "lower"), ("upper", "upper"), ("level", "level"),
    ("prediction_lower", "prediction lower"), ("prediction_upper", "prediction upper"), ("k_studies", "studies"),
    ("n_patients", "patients"), ("n_events", "events"), ("tau2", "tau²"), ("i2", "I²"), ("loglik", "log-likelihood"),
    ("p_value", "p"),
)  # fmt: skip


def lines(document: Document) -> Iterator[str]:
    """Yield the lines of a document made by `catalog.tracing.trace`."""
    if document["kind"] == "table":
        yield f"{document['target']}: one row is {document['row_is']}"
    elif document["kind"] == "estimate":
        yield from _estimate(document)
    else:
        yield from _unit(document)
    yield ""
    yield "what it was made from"
    yield from _indented(_lineage(document["lineage"]))


def _estimate(document: Document) -> Iterator[str]:
    estimate, analysis = document["estimate"], document["analysis"]
    yield document["target"]
    yield f"  question   {vocabulary('question').labels.get(estimate['question'], estimate['question'])}"
    yield f"  analysis   {estimate['analysis']}" + (f": {analysis['title']}" if analysis else "")
    yield f"  method     {estimate['estimate_method']}"
    yield f"  subset     {estimate['subset']}"
    if estimate["not_estimable"]:
        yield f"  no number  {estimate['not_estimable']}"
    yield from (f"  {label:<18} {text(estimate[name])}" for name, label in NUMBERS if estimate[name] is not None)
    for name, value in estimate["detail"].items():
        yield f"  {name:<18} {_short(value)}"
    if estimate["notes"]:
        yield f"  notes      {estimate['notes']}"
    for name, version in document["versions"].items():
        moved = "" if version["now"] == version["used"] else f", which is now at version {version['now']}"
        yield f"  computed from {name} version {version['used']}{moved}"
    if document["topic_changed"]:
        yield "  the topic file has changed since: python -m synthesize computes it again"
    for claim in document["claims"]:
        spread = f" ± {claim['spread']}" if claim["spread"] else ""
        unit = f" [{claim['unit']}]" if claim["unit"] else ""
        yield f"  printed as {claim['printed']}{spread}{unit}, of {claim['subject']}: {_at(claim)}"
    if document["claims"]:
        return
    yield ""
    if not document["counted"] and not document["left_out"]:
        yield "no list of who counted is stored for this analysis"
        return
    yield f"counted: {len(document['counted'])}"
    for unit in document["counted"]:
        yield f"  {unit['unit_kind']} {unit['unit_id']}"
        yield from _indented(_facts(unit["facts"]), 4)
    yield ""
    yield f"left out: {len(document['left_out'])}"
    for unit in document["left_out"]:
        yield f"  {unit['unit_kind']} {unit['unit_id']}: {unit['reason_code']}: {unit['reason']}"


def _unit(document: Document) -> Iterator[str]:
    place = document["place"]
    yield f"{document['kind']} {document['target']}, version {document['version']} of table {document['kind']}"
    if document["kind"] == "patient":
        yield f"  of study {place['study_id']}"
    yield f"  {_at(place)}"
    yield from _indented(_facts(document["facts"]))
    if document["not_used"]:
        yield "stated, and not used:"
        for statement in document["not_used"]:
            yield f"  {statement['field']} ({statement['observation_status']}): {_statement(statement)}"
    for pair in document["overlaps"]:
        other = pair["second_id"] if pair["first_id"] == document["target"] else pair["first_id"]
        yield f"may be the same as {other}: {pair['overlap_decision']} ({pair['decided_by']}): {pair['evidence_for']}"
    for decision in document["analyses"]:
        counts = "counts" if decision["included"] else f"left out: {decision['reason_code']}: {decision['reason']}"
        yield f"in {decision['question']}.{decision['analysis']}: {counts}"


def _facts(facts: list[Document]) -> Iterator[str]:
    """Yield values with the statements below them (columns of one statement together), then notes, each once."""
    filled = (fact for fact in facts if fact["value"] is not None or fact["rests_on"])
    for (rests_on, why), group in groupby(filled, key=lambda fact: (fact["rests_on"], fact["why"])):
        columns = []
        for fact in group:
            value = "nothing" if fact["value"] is None else f"{text(fact['value'])} {fact['unit'] or ''}".rstrip()
            yield f"{fact['column']}: {value}"
            columns.append(fact["column"])
        for statement in rests_on:
            field = "" if columns == [statement["field"]] else f"{statement['field']} "
            yield f"  {field}{_statement(statement)}"
        if why:
            yield f"  ({why})"
    said = (one for fact in facts for one in fact["rests_on"] if one["note"])
    yield from dict.fromkeys(f"note, {one['file']}, row {one['row']}: {one['note']}" for one in said)


def _statement(statement: Document) -> str:
    said = f'"{statement["stated"]}"'
    if statement["value"] is not None:
        said += f" read as {statement['value']}"
    if statement["unit"]:
        said += f" [{statement['unit']}]"
    return f"{said}: {_at(statement)}"


def _at(place: Document) -> str:
    parts = [place["file"], f"row {place['row']}", place.get("column") and f"column {place['column']!r}",
             place["where_in_source"], place["source_url"]]  # fmt: skip
    return ", ".join(part for part in parts if part)


def _lineage(nodes: list[Document]) -> Iterator[str]:
    """Yield the table versions as a tree; one that stands further up is named and not repeated."""
    known = {(node["table"], node["version"]): node for node in nodes}
    shown: set[tuple[str, int]] = set()

    def branch(key: tuple[str, int]) -> Iterator[str]:
        name, version = key
        if key in shown:
            yield f"{name} version {version}, see above"
            return
        shown.add(key)
        yield f"{name} version {version}: {known[key]['rows']} rows"
        for writing in known[key]["writings"]:
            yield from _indented(_writing(writing, version))
            for read in writing["reads"].items():
                yield from _indented(branch(read), 4)

    yield from branch((nodes[0]["table"], nodes[0]["version"]))


def _writing(writing: Document, version: int) -> Iterator[str]:
    earlier = "" if writing["version"] == version else f"rows of version {writing['version']} still stand: "
    arguments = "".join(f" {name}={value}" for name, value in writing["arguments"].items())
    yield f"{earlier}written {writing['written']} by python -m {writing['command']}{arguments}"
    yield f"  code {writing['code_version']}, topic sha256 {writing['topic_sha256']}"
    for file in writing["files"]:
        held = "bytes held" if file["held"] else "bytes not held, only their checksum"
        yield f"  file {file['name']} sha256 {file['sha256']} ({held})"


def _indented(inner: Iterator[str], by: int = 2) -> Iterator[str]:
    return (" " * by + line for line in inner)


def _short(value: Any) -> str:
    """Return a detail on one line; a long one (a curve) is cut, the JSON output has it whole."""
    written = text(value) if isinstance(value, int | float | str) else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 100 else f"{written[:100]}… (whole with --json)"
