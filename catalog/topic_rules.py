"""The rules that a topic adds to the gate: sections [[rule]] of its file, of the declared kinds, each with a reason.

    [[rule]]
    name = "dose_given"
    table = "patient"
    kind = "between"
    column = "start_dose_mg_per_day"
    minimum = 200
    maximum = 1600
    where = { sex = ["M", "F"] }
    sentence = "the first dose is one that is given"
    severity = "warning"
    reason = "the label gives 800 mg a day, reduced to 400 and 200"

Unknown keys, kinds, tables, columns and codes are refused with the nearest known one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from catalog.errors import Problems, nearest
from catalog.fields import FIELDS, SEVERITIES
from catalog.rule_kinds import (
    Agree,
    Allowed,
    Between,
    Contains,
    Differ,
    Distinct,
    Empty,
    Filled,
    Forbidden,
    NotAfter,
    Rule,
    Shaped,
    Share,
)
from catalog.rules import RULES
from catalog.tables import CHECKED, TABLES
from catalog.topic_rule_sense import check_sense
from catalog.vocabulary import vocabulary

KINDS: dict[str, type[Rule]] = {
    "agree": Agree, "allowed": Allowed, "between": Between, "contains": Contains, "differ": Differ,
    "distinct": Distinct, "empty": Empty, "filled": Filled, "forbidden": Forbidden, "not_after": NotAfter,
    "shaped": Shaped, "share": Share,
}  # fmt: skip
ABOUT = ("name", "table", "kind", "sentence", "severity", "reason")
"""What every rule says; `reason` becomes its standard."""
COLUMNS = ("column", "columns", "first", "second", "earlier", "later", "part", "whole")


def build_rules(entries: Any, file: str, problems: Problems) -> tuple[Rule, ...]:
    """Return the rules of a topic file's [[rule]] sections; what is wrong goes into `problems`."""
    if entries is None:
        return ()
    if not isinstance(entries, list):
        problems.add("[[rule]] repeats, in double brackets", file=file)
        return ()
    taken = {rule.id for rule in RULES}
    built = []
    for place, entry in enumerate(entries, 1):
        rule = _rule(entry, f" in [[rule]] number {place}", file, problems)
        if rule and rule.id in taken:
            problems.add("a rule of this name stands already", file=file, column="name", found=rule.id)
        elif rule:
            taken.add(rule.id)
            built.append(rule)
    return tuple(built)


def _rule(entry: Any, where: str, file: str, problems: Problems) -> Rule | None:
    if not isinstance(entry, dict):
        problems.add(f"not a table of keys{where}", file=file, found=entry)
        return None
    before = len(problems)
    known = {"kind": tuple(KINDS), "table": CHECKED, "severity": SEVERITIES}
    for key in ABOUT:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            problems.add(f"a required key is missing or no text{where}", file=file, column=key, found=value)
        elif key in known and value not in known[key]:
            _unknown(f"unknown value{where}", key, value, known[key], file, problems)
    if len(problems) > before:
        return None
    if not re.fullmatch("[a-z][a-z0-9_]*", entry["name"]):
        problems.add(f"a name is small letters, digits and _{where}", file=file, column="name", found=entry["name"])
    own = _own(KINDS[entry["kind"]], entry, where, file, problems)
    if len(problems) > before:
        return None
    about = {key: entry[key] for key in ("name", "table", "sentence", "severity")}
    rule = KINDS[entry["kind"]](standard=entry["reason"], **about, **own)
    check_sense(rule, where, file, problems)
    return rule if len(problems) == before else None


def _own(kind: type[Rule], entry: Mapping[str, Any], where: str, file: str, problems: Problems) -> dict[str, Any]:
    """Return what this kind of rule has beyond what every rule has, each value checked."""
    declared = {one.name: one for one in fields(kind) if one.name not in (*ABOUT, "standard")}
    for key in entry:
        if key not in (*ABOUT, *declared):
            _unknown(f"unknown key{where}", None, key, (*ABOUT, *declared), file, problems)
    own: dict[str, Any] = {}
    for key, one in declared.items():
        if key in entry:
            own[key] = _value(key, str(one.type), entry, where, file, problems)
        elif one.default is MISSING:
            problems.add(f"a required key is missing{where}", file=file, column=key)
    if kind is Between and "minimum" not in own and "maximum" not in own:
        problems.add(f"a bound is missing{where}", file=file, column="minimum, maximum")
    return own


def _value(key: str, declared: str, entry: Mapping[str, Any], where: str, file: str, problems: Problems) -> Any:
    value = entry[key]
    for shape, (fits, read) in SHAPES.items():
        if declared.startswith(shape):
            if not fits(value):
                problems.add(f"wrong type{where}", file=file, column=key, found=value, allowed=SAID[shape])
                return None
            value = read(value)
    table = entry["table"]
    if key in COLUMNS:
        for column in (value,) if isinstance(value, str) else value:
            _column(table, column, where, file, problems)
    elif key == "values":
        _codes(entry.get("column"), value, where, file, problems)
    elif key == "where" and _column(table, value[0], where, file, problems):
        _codes(value[0], value[1], where, file, problems)
    elif key == "pattern":
        try:
            re.compile(value)
        except re.error as error:
            problems.add(f"not a regular expression{where}: {error}", file=file, column=key, found=value)
    return value


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _condition(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and all(_texts(values) for values in value.values())


SHAPES: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "str": (lambda value: isinstance(value, str), lambda value: value),
    "float": (_number, float),
    "tuple": (_texts, tuple),
    "Where": (_condition, lambda value: next((column, tuple(values)) for column, values in value.items())),
}
"""How a value of each declared type stands in the file, and what it becomes."""
SAID = {"str": "text", "float": "a number", "tuple": "a list of texts", "Where": "{ column = [values] }, one column"}


def _column(table: str, column: str, where: str, file: str, problems: Problems) -> bool:
    if column in TABLES[table].columns:
        return True
    _unknown(f"table {table} does not have the column{where}", None, column, TABLES[table].columns, file, problems)
    return False


def _codes(column: Any, values: tuple[str, ...], where: str, file: str, problems: Problems) -> None:
    """Check codes against the column's vocabulary; a column without one takes any text."""
    declared = FIELDS.get(column) if isinstance(column, str) else None
    if declared and declared.vocabulary:
        words = vocabulary(declared.vocabulary)
        for value in values:
            if value not in words.codes:
                _unknown(f"unknown code{where}", column, value, words.codes, file, problems)


def _unknown(
    what: str, column: str | None, found: str, known: tuple[str, ...], file: str, problems: Problems
) -> None:  # fmt: skip
    like = nearest(found, known)
    remedy = f"Did you mean {like!r}?" if like else None
    problems.add(what, file=file, column=column, found=found, allowed=", ".join(known), remedy=remedy)
