"""A CSV of follow-up in any of three forms, read strictly into one description of the patients' times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from catalog.errors import InvalidInput, Problem, Problems, nearest
from synthesize.command import Column, Table

Form = Literal["lower,upper,event", "time,status", "start,stop,status"]
FORMS: dict[Form, tuple[str, ...]] = {
    "lower,upper,event": ("lower", "upper"),
    "time,status": ("time", "event"),
    "start,stop,status": ("start", "stop", "event"),
}
COLUMNS = (
    Column("lower", "number", ("left",), required=False, minimum=0),
    Column("upper", "number", ("right",), required=False, open_=True, minimum=0),
    Column("time", "number", ("months", "futime"), required=False, minimum=0),
    Column("start", "number", ("tstart", "entry"), required=False, minimum=0),
    Column("stop", "number", ("tstop", "end"), required=False, minimum=0),
    Column("event", "count", ("status",), required=False),
    Column("source", "text", ("study",), required=False),
)


@dataclass(frozen=True)
class FollowUp:
    """One row a patient (or, where rows start late, a stretch of one): what is known of the time.

    The event lies in (lower, upper]; `upper` is None without one. `code` is 0 for censored, 1 for the event,
    2 and more for a competing one (whose `upper` is None: the event itself was not seen). `entry` is the
    month from which the row counts.
    """

    form: Form
    lower: list[float]
    upper: list[float | None]
    code: list[int]
    entry: list[float]
    group: list[str] | None = None
    source: list[str] | None = None

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def intervals(self) -> int:
        """How many times are known only to lie in an interval."""
        return sum(high is not None and high > low for low, high in zip(self.lower, self.upper, strict=True))

    @property
    def late_entry(self) -> bool:
        """Whether rows start later than month 0."""
        return any(start > 0 for start in self.entry)

    @property
    def groups(self) -> list[str]:
        """The groups in the order of their names; comparisons are against the first."""
        return sorted(set(self.group or []))

    def of(self, group: str) -> FollowUp:
        """Return the rows of one group."""
        rows = [row for row, name in enumerate(self.group or []) if name == group]
        return FollowUp(
            self.form,
            [self.lower[row] for row in rows],
            [self.upper[row] for row in rows],
            [self.code[row] for row in rows],
            [self.entry[row] for row in rows],
            [group] * len(rows),
            self.source and [self.source[row] for row in rows],
        )


def follow_up_of(table: Table, group: str | None = None) -> FollowUp:
    """Return the times of a CSV read with `COLUMNS`; `group` names the column of groups, by default ``group``.

    Raises `InvalidInput` with every problem of the file: a header of no form or of two, an event that is not
    0, 1 (or 2 and more for a competing event), an interval that ends before it starts, a missing group.
    """
    form = _form(table)
    groups, source = _groups(table, group), table.values.get("source")
    if form == "lower,upper,event":
        lower, upper = _intervals(table)
        code = [0 if high is None else 1 for high in upper]
        return FollowUp(form, lower, upper, code, [0.0] * len(table), groups, source)
    _check_codes(table)
    time = table.values["time" if form == "time,status" else "stop"]
    entry = table.values.get("start", [0.0] * len(table))
    _check_rows(table, entry, time)
    code = table.values["event"]
    upper = [month if happened == 1 else None for month, happened in zip(time, code, strict=True)]
    return FollowUp(form, time, upper, code, entry, groups, source)


def _form(table: Table) -> Form:
    found = [form for form, columns in FORMS.items() if all(table.has(name) for name in columns)]
    if len(found) == 1:
        return found[0]
    what = "the header has the columns of two forms" if found else "the header has the columns of no form"
    allowed = " or ".join([*FORMS, "study,n,median"])
    raise InvalidInput([Problem(what, file=table.path, row=1, found=_header(table), allowed=allowed)])


def _header(table: Table) -> str:
    return ", ".join([*table.values, *table.extra])


def _intervals(table: Table) -> tuple[list[float], list[float | None]]:
    """Return lower and upper ends; event 0 opens the upper end."""
    problems = Problems()
    lower = table.values["lower"]
    event = table.values.get("event") or [None] * len(table)
    upper: list[float | None] = []
    for row, low, high, code in zip(table.rows, lower, table.values["upper"], event, strict=True):
        found = f"({low:g}, {high:g}]" if high is not None else None
        if code not in (None, 0, 1):
            problems.add("not an event", file=table.path, row=row, column="event", found=code, allowed="0 or 1")
        if code == 1 and high is None:
            remedy = "Give the month by which it had happened, or event 0 if it had not"
            what = "an event without the month by which it had happened"
            problems.add(what, file=table.path, row=row, column="upper", remedy=remedy)
        if code != 0 and high is not None and high < low:
            what = "the interval ends before it starts"
            problems.add(what, file=table.path, row=row, column="upper", found=found)
        upper.append(None if code == 0 else high)
    problems.raise_if_any()
    return lower, upper


def _check_codes(table: Table) -> None:
    """Refuse 1 and 2 without 0: censored and event in some programs, event and competing event here."""
    codes = set(table.values["event"])
    if 2 in codes and codes <= {1, 2}:
        raise InvalidInput([Problem(
            "no row is censored (0), and 2 may mean the event or a competing one", file=table.path,
            column="event", allowed="0 censored, 1 event, 2 and more a competing event",
            remedy="If 1 means censored here, write 0 and 1; if 2 means a competing event, write 3",
        )])  # fmt: skip


def _check_rows(table: Table, entry: list[float], time: list[float]) -> None:
    problems = Problems()
    for row, start, stop in zip(table.rows, entry, time, strict=True):
        if table.has("start") and stop <= start:
            found = f"({start:g}, {stop:g}]"
            problems.add("a row must stop after it starts", file=table.path, row=row, column="stop", found=found)
    problems.raise_if_any()


def _groups(table: Table, name: str | None) -> list[str] | None:
    """Return each row's group from the column `name`, or from ``group`` where there is one."""
    columns: dict[str, Sequence[str]] = {key.lower(): values for key, values in table.extra.items()}
    if table.has("source"):
        columns["source"] = table.values["source"]
    wanted = (name or "group").lower()
    if wanted not in columns:
        if name is None:
            return None
        like = nearest(name, columns)
        remedy = f"Did you mean {like!r}?" if like else None
        raise InvalidInput([Problem("no such column to group by", file=table.path, column=name,
                                    found=_header(table), remedy=remedy)])  # fmt: skip
    values = list(columns[wanted])
    missing = [row for row, value in zip(table.rows, values, strict=True) if not value]
    if missing:
        raise InvalidInput([Problem("no group is given", file=table.path, row=row, column=wanted) for row in missing])
    return values
