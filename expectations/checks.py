"""Which checks a table gets: from its declaration and from the rules; plain data, no engine.

A topic may add rules, and change a rule's severity or a drift's bound with a written reason; the reason is shown
beside the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from catalog.fields import FIELDS, Severity
from catalog.rule_kinds import (
    Agree,
    Allowed,
    Between,
    Computed,
    Contains,
    Differ,
    Distinct,
    Drift,
    Empty,
    Filled,
    Forbidden,
    NotAfter,
    Order,
    Rule,
    Shaped,
    Share,
    Where,
)
from catalog.rules import RULES
from catalog.tables import CHECKED, TABLES, Table
from catalog.topic import Tuning
from catalog.vocabulary import vocabulary

Kind = Literal[
    "filled", "empty", "unique", "distinct", "between", "in_set", "each_in_set", "not_in_set", "contains", "shaped",
    "points", "computed", "order", "equal", "apart", "differ", "share", "drift",
]  # fmt: skip

DECLARED = "the declaration"
"""Where a check comes from that asks what a field says of itself; a rule names its standard."""


@dataclass(frozen=True)
class Check:
    """One question to one table; `columns` are what it looks at, stated or computed, and what a finding shows."""

    table: str
    rule: str
    sentence: str
    severity: Severity
    kind: Kind
    columns: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    where: Where | None = None
    note: str = ""

    @property
    def id(self) -> str:
        """Table and rule."""
        return f"{self.table}.{self.rule}"


def all_checks(tunings: tuple[Tuning, ...] = (), added: tuple[Rule, ...] = ()) -> list[Check]:
    """Return every check of the gate; `added` are the topic's own rules."""
    checks = [check for name in CHECKED for check in _declared(TABLES[name])]
    checks += [_of_rule(rule) for rule in (*RULES, *added)]
    tuned = {tuning.rule: tuning for tuning in tunings}
    return [_tune(check, tuned.get(check.id)) for check in checks]


def _tune(check: Check, tuning: Tuning | None) -> Check:
    if tuning is None:
        return check
    note = f"severity set by the topic: {tuning.reason}"
    if tuning.bound is None:
        return replace(check, severity=tuning.severity, note=note)
    arguments = {**check.arguments, "bound": tuning.bound}
    note = f"bound {tuning.bound:g} set by the topic: {tuning.reason}"
    return replace(check, severity=tuning.severity, arguments=arguments, note=note)


def _declared(table: Table) -> list[Check]:
    name = table.name
    sentence = f"{table.key} names one row"
    checks = [Check(name, f"{table.key}_unique", sentence, "critical", "unique", (table.key,))]
    for column in (table.key, *table.required):
        sentence = f"{column} is always filled"
        checks.append(Check(name, f"{column}_filled", sentence, "critical", "filled", (column,)))
    for declared in table.fields:
        column = declared.name
        if declared.vocabulary:
            words = vocabulary(declared.vocabulary)
            kind: Kind = "in_set" if declared.kind == "code" else "each_in_set"
            sentence = f"{column} holds only words of the vocabulary {declared.vocabulary}"
            checks.append(Check(name, f"{column}_known", sentence, "critical", kind, (column,),
                                {"values": list(words.codes)}))  # fmt: skip
        elif declared.minimum is not None or declared.maximum is not None:
            limits = {"min_value": declared.minimum, "max_value": declared.maximum}
            sentence = f"{column} lies within {_span(declared.minimum, declared.maximum, declared.unit)}"
            checks.append(Check(name, f"{column}_within", sentence, declared.severity, "between", (column,), limits))
    for pointer in table.foreign_keys:
        rule = f"{pointer.column}_is_a_{pointer.table}"
        where = (pointer.where[0], (pointer.where[1],)) if pointer.where else None
        checks.append(Check(name, rule, f"{pointer.column} names a row of {pointer.table}", "critical", "points",
                            (pointer.column,), {"table": pointer.table}, where))  # fmt: skip
    return [replace(check, note=DECLARED) for check in checks]


def _span(minimum: float | None, maximum: float | None, unit: str | None) -> str:
    low = "…" if minimum is None else f"{minimum:g}"
    high = "…" if maximum is None else f"{maximum:g}"
    return f"{low} to {high}" + (f" {unit}" if unit else "")


def _of_rule(rule: Rule) -> Check:
    """Return the check that asks what a rule asks."""
    kind, columns, arguments = _asked(rule)
    where = getattr(rule, "where", None)
    return Check(rule.table, rule.name, rule.sentence, rule.severity, kind, columns, arguments, where, rule.standard)


def _asked(rule: Rule) -> tuple[Kind, tuple[str, ...], dict[str, Any]]:
    match rule:
        case Order():
            return "order", (rule.larger, rule.smaller), {}
        case NotAfter():
            return "apart", (rule.earlier, rule.later), {"lowest": None, "highest": rule.slack}
        case Agree() if rule.within:
            return "apart", (rule.first, rule.second), {"lowest": -rule.within, "highest": rule.within}
        case Agree():
            return "equal", (rule.first, rule.second), {}
        case Differ():
            return "differ", (rule.first, rule.second), {}
        case Share():
            return "share", (rule.part, rule.whole), {"maximum": rule.maximum}
        case Allowed():
            kind: Kind = "each_in_set" if FIELDS[rule.column].kind == "codes" else "in_set"
            return kind, (rule.column,), {"values": list(rule.values)}
        case Forbidden():
            return "not_in_set", (rule.column,), {"values": list(rule.values)}
        case Contains():
            return "contains", (rule.column,), {"values": list(rule.values)}
        case Filled():
            return "filled", (rule.column,), {}
        case Empty():
            return "empty", (rule.column,), {}
        case Between():
            return "between", (rule.column,), {"min_value": rule.minimum, "max_value": rule.maximum}
        case Shaped():
            return "shaped", (rule.column,), {"pattern": rule.pattern}
        case Distinct():
            return "distinct", rule.columns, {}
        case Computed():
            return "computed", (rule.found,), {}
        case Drift():
            return "drift", (), {"measure": rule.measure, "bound": rule.bound}
    raise TypeError(f"no check for {rule}")
