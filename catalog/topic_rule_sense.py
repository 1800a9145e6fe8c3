"""Whether a topic's rule can be meant: columns of the kind it asks of, bounds in order, nothing held against itself.

The engine would break on such a rule, or keep it without ever looking at a row.
"""

from __future__ import annotations

import math

from catalog.errors import Problems
from catalog.fields import FIELDS
from catalog.rule_kinds import (
    Agree,
    Allowed,
    Between,
    Contains,
    Differ,
    Distinct,
    Forbidden,
    NotAfter,
    Rule,
    Shaped,
    Share,
)

NUMBERS = ("integer", "number", "quantity")
WORDS = ("text", "code", "codes")


def check_sense(rule: Rule, where: str, file: str, problems: Problems) -> None:
    """Add a problem for each thing about a rule that cannot be meant; its columns are known to be the table's."""
    _check_kinds(rule, where, file, problems)
    condition = getattr(rule, "where", None)
    if condition and condition[1] and FIELDS[condition[0]].kind not in WORDS:
        problems.add(f"a condition on a column that holds no words{where}", file=file, column="where",
                     found=condition[0], remedy="{ column = [] } asks for rows in which it is filled")  # fmt: skip
    if isinstance(rule, Allowed | Forbidden | Contains) and not rule.values:
        problems.add(f"no value is named{where}", file=file, column="values", found="[]")
    bounds = [value for name in ("minimum", "maximum", "within", "slack")
              if isinstance(value := getattr(rule, name, None), float)]  # fmt: skip
    if not all(map(math.isfinite, bounds)):
        problems.add(f"a bound that is no number{where}", file=file, found=", ".join(map(str, bounds)))
    if isinstance(rule, Between) and None not in (rule.minimum, rule.maximum) and bounds[0] > bounds[1]:
        problems.add(f"the smallest is above the largest{where}", file=file, column="minimum, maximum",
                     found=f"{bounds[0]:g} and {bounds[1]:g}")  # fmt: skip
    _check_apart(rule, where, file, problems)


def _check_kinds(rule: Rule, where: str, file: str, problems: Problems) -> None:
    """Refuse numbers asked of words, and words asked of numbers."""
    columns: tuple[str, ...] = ()
    kinds, what = NUMBERS, "numbers"
    match rule:
        case Between():
            columns = (rule.column,)
        case NotAfter():
            columns = (rule.earlier, rule.later)
        case Share():
            columns = (rule.part, rule.whole)
        case Agree() if rule.within:
            columns = (rule.first, rule.second)
        case Allowed() | Forbidden() | Contains() | Shaped():
            columns, kinds, what = (rule.column,), WORDS, "words"
    for column in columns:
        if FIELDS[column].kind not in kinds:
            problems.add(f"this kind of rule asks for a column of {what}{where}", file=file, column=column,
                         found=FIELDS[column].kind, allowed=", ".join(kinds))  # fmt: skip


def _check_apart(rule: Rule, where: str, file: str, problems: Problems) -> None:
    """Refuse a column beside itself, words beside numbers, and a rule about no column."""
    if isinstance(rule, Distinct):
        if not rule.columns or len(set(rule.columns)) < len(rule.columns):
            problems.add(f"columns are one or several different ones{where}", file=file, column="columns",
                         found=", ".join(rule.columns) or "none")  # fmt: skip
    elif isinstance(rule, Agree | Differ):
        if rule.first == rule.second:
            problems.add(f"a column beside itself{where}", file=file, column="first, second", found=rule.first)
        elif (FIELDS[rule.first].kind in NUMBERS) != (FIELDS[rule.second].kind in NUMBERS):
            problems.add(f"words beside numbers{where}", file=file, column="first, second",
                         found=f"{rule.first} and {rule.second}")  # fmt: skip
