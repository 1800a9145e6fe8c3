"""Which checks a table gets: from its declaration and from the rules; plain data, no engine.

A topic may change a rule's severity with a written reason; the reason is shown beside the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from catalog.fields import Severity
from catalog.rules import RULES, Allowed, Filled, Listed, Order
from catalog.tables import GATED, TABLES, Table
from catalog.topic import Tuning
from catalog.vocabulary import vocabulary

Kind = Literal["filled", "unique", "between", "in_set", "each_in_set", "order", "equal"]


@dataclass(frozen=True)
class Check:
    """One question to one frame. `frame` is a table's name, or a joined frame's."""

    table: str
    rule: str
    sentence: str
    severity: Severity
    kind: Kind
    columns: tuple[str, ...]
    frame: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    where: tuple[str, tuple[str, ...]] | None = None
    note: str = ""

    @property
    def id(self) -> str:
        """Table and rule."""
        return f"{self.table}.{self.rule}"


LISTED_FRAME = "listed"
"""One row a study that lists patients: study_id, n_cr, n_listed."""


def all_checks(tunings: tuple[Tuning, ...], keys: Mapping[str, set[str]]) -> list[Check]:
    """Return every check of the gated tables; `keys` holds the known keys of each table, for foreign keys."""
    checks = [check for name in GATED for check in _declared(TABLES[name], keys)]
    checks += [_of_rule(rule) for rule in RULES]
    tuned = {tuning.rule: tuning for tuning in tunings}
    return [_tune(check, tuned.get(check.id)) for check in checks]


def _tune(check: Check, tuning: Tuning | None) -> Check:
    if tuning is None:
        return check
    return replace(check, severity=tuning.severity, note=f"severity set by the topic: {tuning.reason}")


def _declared(table: Table, keys: Mapping[str, set[str]]) -> list[Check]:
    name = table.name
    key = Check(name, f"{table.key}_unique", f"{table.key} names one row", "critical", "unique", (table.key,), name)
    checks = [key]
    for column in (table.key, *table.required):
        sentence = f"{column} is always filled"
        checks.append(Check(name, f"{column}_filled", sentence, "critical", "filled", (column,), name))
    for declared in table.fields:
        column = declared.name
        if declared.vocabulary:
            words = vocabulary(declared.vocabulary)
            kind: Kind = "in_set" if declared.kind == "code" else "each_in_set"
            sentence = f"{column} holds only words of the vocabulary {declared.vocabulary}"
            checks.append(Check(name, f"{column}_known", sentence, "critical", kind, (column,), name,
                                {"values": list(words.codes)}))  # fmt: skip
        elif declared.minimum is not None or declared.maximum is not None:
            limits = {"min_value": declared.minimum, "max_value": declared.maximum}
            sentence = f"{column} lies within {_span(declared.minimum, declared.maximum, declared.unit)}"
            checks.append(Check(name, f"{column}_within", sentence, declared.severity, "between", (column,), name,
                                limits))  # fmt: skip
    for pointer in table.foreign_keys:
        rule = f"{pointer.column}_is_a_{pointer.table}"
        where = (pointer.where[0], (pointer.where[1],)) if pointer.where else None
        checks.append(Check(name, rule, f"{pointer.column} names a row of {pointer.table}", "critical", "in_set",
                            (pointer.column,), name, {"values": sorted(keys[pointer.table])}, where))  # fmt: skip
    return checks


def _span(minimum: float | None, maximum: float | None, unit: str | None) -> str:
    low = "…" if minimum is None else f"{minimum:g}"
    high = "…" if maximum is None else f"{maximum:g}"
    return f"{low} to {high}" + (f" {unit}" if unit else "")


def _of_rule(rule: Any) -> Check:
    base = {"table": rule.table, "rule": rule.name, "sentence": rule.sentence, "severity": rule.severity,
            "frame": rule.table, "note": rule.standard}  # fmt: skip
    if isinstance(rule, Order):
        return Check(kind="order", columns=(rule.larger, rule.smaller), **base)
    if isinstance(rule, Allowed):
        return Check(kind="in_set", columns=(rule.column,), arguments={"values": list(rule.values)}, where=rule.where,
                     **base)  # fmt: skip
    if isinstance(rule, Filled):
        return Check(kind="filled", columns=(rule.column,), where=rule.where, **base)
    if isinstance(rule, Listed):
        return Check(kind="equal", columns=("n_cr", "n_listed"), **{**base, "frame": LISTED_FRAME})
    raise TypeError(f"no check for {rule}")
