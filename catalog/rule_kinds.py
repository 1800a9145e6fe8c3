"""The kinds of rule: what can be asked of a table beyond what its fields say of themselves.

A rule speaks of rows, and of a row only where what it names is there: an empty cell keeps every rule but `Filled`.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.fields import Severity

Where = tuple[str, tuple[str, ...]]
"""A column and its values: the rule speaks only of rows that hold one of them; no values: rows where it is filled."""


@dataclass(frozen=True)
class Rule:
    """What every rule says of itself; `standard` is where it comes from."""

    name: str
    table: str
    sentence: str
    severity: Severity
    standard: str

    @property
    def id(self) -> str:
        """Table and rule."""
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class Order(Rule):
    """`smaller` is at most `larger` wherever both are known."""

    smaller: str
    larger: str


@dataclass(frozen=True)
class NotAfter(Rule):
    """The number `earlier` is at most `later` and `slack` more; either may be a computed column."""

    earlier: str
    later: str
    slack: float
    where: Where | None = None


@dataclass(frozen=True)
class Agree(Rule):
    """Two columns say the same, numbers to within `within`; either may be a computed column."""

    first: str
    second: str
    within: float = 0.0
    where: Where | None = None


@dataclass(frozen=True)
class Differ(Rule):
    """Two columns do not say the same."""

    first: str
    second: str


@dataclass(frozen=True)
class Share(Rule):
    """The count `part` is at most the share `maximum` of the count `whole`."""

    part: str
    whole: str
    maximum: float
    where: Where | None = None


@dataclass(frozen=True)
class Allowed(Rule):
    """`column` holds only these `values`; of a column of several codes, each of them."""

    column: str
    values: tuple[str, ...]
    where: Where | None = None


@dataclass(frozen=True)
class Forbidden(Rule):
    """`column` holds none of these `values`, each taken as the whole cell."""

    column: str
    values: tuple[str, ...]
    where: Where | None = None


@dataclass(frozen=True)
class Contains(Rule):
    """`column`, of several codes, holds at least one of these `values`."""

    column: str
    values: tuple[str, ...]
    where: Where | None = None


@dataclass(frozen=True)
class Filled(Rule):
    """`column` is filled."""

    column: str
    where: Where | None = None


@dataclass(frozen=True)
class Empty(Rule):
    """`column` is empty."""

    column: str
    where: Where | None = None


@dataclass(frozen=True)
class Between(Rule):
    """The number `column` lies within bounds, both included; None is open."""

    column: str
    minimum: float | None = None
    maximum: float | None = None
    where: Where | None = None


@dataclass(frozen=True)
class Shaped(Rule):
    """`column` has the shape of `pattern`, a regular expression for the whole cell."""

    column: str
    pattern: str


@dataclass(frozen=True)
class Distinct(Rule):
    """No two rows hold the same in all of `columns`; rows that lack one of them are not looked at."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Computed(Rule):
    """What `expectations` computes across rows and tables as `found`: empty words where all is well."""

    found: str


@dataclass(frozen=True)
class Drift(Rule):
    """A table has not moved by more than `bound` since the version that last passed (see `expectations.drift`)."""

    measure: str
    bound: float
