"""Checks into expectations, results into outcomes; with `expectations.custom` and `expectations.pages`, which nothing
else imports, the only importer of Great Expectations.

Imported lazily (it takes seconds), with its telemetry off; an ephemeral context writes nothing to disk
(https://docs.greatexpectations.io/docs/core/introduction/). Each table is validated once for the counts, a few columns
at a time; only what failed is validated again, for the rows. A frame goes straight to the engine's validator: a batch
of a data source is fingerprinted, which takes longer than its checks, and by its own `validate` is so twice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from catalog.compact import plain_type
from catalog.rules import NOTHING
from expectations.checks import Check
from expectations.crossing import pointing

Outcome = Literal["passed", "failed", "not_applicable", "error"]
WIDTH = 4
"""How many columns share a batch: the engine filters all of them for each check, but a batch has costs of its own."""
LISTED = 10_000
"""No more rows than this are listed of one check; a file with more is wrong as a whole."""
SHOWN = 200
"""How many rows are listed of a check that more rows break."""
PAIRS = ("order", "equal", "apart", "differ", "share")
"""Kinds of check that compare two columns of a row."""
PATTERNS = ("each_in_set", "contains", "shaped")
"""Kinds of check that hold a text against a regular expression."""
FEW = 10_000
"""Up to so many different texts of a column are handed over as codes; pandas is slow to index more."""


@dataclass(frozen=True)
class Result:
    """What one check found: rows it speaks of, rows that break it, and their keys with the values."""

    check: Check
    outcome: Outcome
    n_rows: int
    n_violated: int
    violations: tuple[dict[str, Any], ...] = ()
    message: str = ""
    entry: Any = field(default=None, compare=False, repr=False)
    """The engine's own result, for its Data Docs."""


def load_engine() -> None:
    """Import Great Expectations, with its telemetry off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations  # noqa: F401


def run_checks(checks: list[Check], tables: Mapping[str, pa.Table], keys: Mapping[str, str]) -> list[Result]:
    """Run `checks` on `tables`; `keys` names each table's key column. Results come in the order of `checks`."""
    load_engine()
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral", project_config=_nothing_on_disk())
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    found: dict[str, Result] = {}
    for name, table in tables.items():
        own = [check for check in checks if check.table == name]
        if own:
            batch = Batch(context, name, table, keys[name])
            found |= {check.id: batch.result(check, entry) for check, entry in batch.validate(own)}
    return [found[check.id] for check in checks]


def _nothing_on_disk() -> Any:
    """Return the engine's settings without the temporary folder for pages that it would make and leave behind."""
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    return DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False))


class Batch:
    """One table as the engine sees it."""

    def __init__(self, context: Any, name: str, table: pa.Table, key: str) -> None:
        self.context = context
        self.name = name
        self.table = table
        self.key = key

    def validate(self, checks: list[Check]) -> Iterator[tuple[Check, Any]]:
        """Yield each check with the engine's result: counts, and the rows of what failed."""
        entries: dict[str, Any] = {}
        for group in _groups(checks):
            entries |= self._run(group, {"result_format": "BASIC"})
        for check in checks:
            entry = entries[check.id]
            broken = 0 if _why_broken(entry) else _violated(entry)
            if broken:
                entry = self._run([check], self._with_rows(check, broken), self.key, *check.columns)[check.id]
            yield check, entry

    def _with_rows(self, check: Check, broken: int) -> dict[str, Any]:
        if broken > LISTED:
            return {"result_format": "BASIC", "include_unexpected_rows": True, "partial_unexpected_count": SHOWN}
        return {
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [self.key, *(check.columns if check.kind == "points" else ())],
            "return_unexpected_index_query": False,
        }

    def _run(self, checks: list[Check], result_format: dict[str, Any], *more: str) -> dict[str, Any]:
        """Return the engine's result of each check; `more` are columns that are listed beside those looked at."""
        from great_expectations.execution_engine import PandasExecutionEngine
        from great_expectations.validator.validator import Validator

        engine = PandasExecutionEngine(batch_data_dict={self.name: self._frame(checks, more)})
        results = Validator(engine, data_context=self.context).graph_validate(
            [_expectation(check).configuration for check in checks], {"result_format": result_format}
        )
        return {entry.expectation_config.meta["check_id"]: entry for entry in results}

    def _frame(self, checks: list[Check], more: Iterable[str]) -> Any:
        """Return the columns that checks look at, and `more`, as the engine is given them."""
        needed = {*more, *(column for check in checks for column in _columns(check))}
        texts = {self.key, *(name for check in checks if check.kind in PAIRS + PATTERNS for name in check.columns)}
        given = {
            name: _given(self.table[name], coded=name not in texts)
            for name in self.table.column_names if name in needed
        }  # fmt: skip
        return pa.table(given).to_pandas()

    def result(self, check: Check, entry: Any) -> Result:
        """Turn one result of the engine into an outcome; Great Expectations passes an empty column, we do not."""
        broken = _why_broken(entry)
        if broken:
            return Result(check, "error", 0, 0, message=broken, entry=entry)
        counts = entry.result
        missing = 0 if check.kind in ("filled", "empty") else counts.get("missing_count") or 0
        rows = int((counts.get("element_count") or 0) - missing)
        if rows == 0:
            return Result(check, "not_applicable", 0, 0)
        violations = tuple({"key": row[self.key], "found": found(check, row)} for row in _rows(counts))
        return Result(check, "passed" if entry.success else "failed", rows, _violated(entry), violations, entry=entry)


def _given(column: pa.ChunkedArray, *, coded: bool) -> pa.ChunkedArray:
    """Return a column as the engine is given it: texts that repeat as codes, which are filtered and looked up fast.

    Not so those that are compared with others (codes of two columns are not the same) or matched (made texts again).
    """
    if not pa.types.is_string(plain_type(column.type)):
        return column
    if coded:
        codes = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        if all(len(chunk.dictionary) <= FEW for chunk in codes.chunks):
            return codes
    return column.cast(pa.string())


def _groups(checks: list[Check]) -> list[list[Check]]:
    """Return the checks in groups that look at few columns, each with those that look at the same ones."""
    groups: list[tuple[set[str], list[Check]]] = []
    for check in sorted(checks, key=lambda check: -len(_columns(check))):
        columns = set(_columns(check))
        inside = [group for group in groups if columns <= group[0]]
        beside = [group for group in groups if len(columns | group[0]) <= WIDTH]
        if not inside + beside:
            groups.append((set(), []))
        looked_at, own = (inside + beside + groups[-1:])[0]
        looked_at |= columns
        own.append(check)
    return [group for _, group in groups]


def _columns(check: Check) -> tuple[str, ...]:
    """Return every column that the engine needs to count the rows that break a check."""
    looked_at = (pointing(check),) if check.kind == "points" else check.columns
    return (*looked_at, *(check.where[:1] if check.where else ()))


def _expectation(check: Check) -> Any:
    """Return the Great Expectations expectation that asks what the check asks."""
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    common: dict[str, Any] = {
        "severity": check.severity, "meta": {"check_id": check.id}, "description": check.sentence,
    }  # fmt: skip
    if check.where is not None:
        column, values = check.where
        common["row_condition"] = Column(column).is_in(list(values)) if values else Column(column).is_not_null()
    if check.kind in PAIRS:
        return _of_pair(check, common)
    if check.kind == "distinct" and len(check.columns) > 1:
        return gxe.ExpectCompoundColumnsToBeUnique(
            column_list=list(check.columns), ignore_row_if="any_value_is_missing", **common
        )  # fmt: skip
    column, arguments = check.columns[0], check.arguments
    match check.kind:
        case "filled":
            return gxe.ExpectColumnValuesToNotBeNull(column=column, **common)
        case "empty":
            return gxe.ExpectColumnValuesToBeNull(column=column, **common)
        case "unique" | "distinct":
            return gxe.ExpectColumnValuesToBeUnique(column=column, **common)
        case "between":
            return gxe.ExpectColumnValuesToBeBetween(column=column, **arguments, **common)
        case "in_set":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=arguments["values"], **common)
        case "not_in_set":
            return gxe.ExpectColumnValuesToNotBeInSet(column=column, value_set=arguments["values"], **common)
        case "points":
            return gxe.ExpectColumnValuesToBeInSet(column=pointing(check), value_set=[True], **common)
        case "computed":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[""], **common)
    return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=_pattern(check), **common)


def _of_pair(check: Check, common: dict[str, Any]) -> Any:
    import great_expectations.expectations as gxe

    from expectations import custom

    first, second = check.columns
    common = {"column_A": first, "column_B": second, "ignore_row_if": "either_value_is_missing", **common}
    match check.kind:
        case "order":
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(or_equal=True, **common)
        case "equal":
            return gxe.ExpectColumnPairValuesToBeEqual(**common)
        case "apart":
            return custom.ExpectColumnPairValuesToBeApart(**check.arguments, **common)
        case "share":
            return custom.ExpectColumnPairShareToBeAtMost(**check.arguments, **common)
    return custom.ExpectColumnPairValuesToDiffer(**common)


def _pattern(check: Check) -> str:
    """Return the regular expression that a cell of several codes, or of a declared shape, fits as a whole."""
    if check.kind == "shaped":
        return rf"^(?:{check.arguments['pattern']})$"
    values = check.arguments["values"]
    word = "|".join(re.escape(value) for value in values)
    if check.kind == "contains":
        return rf"(?:^|;)(?:{word})(?:;|$)"
    several = "|".join(re.escape(value) for value in values if value not in NOTHING)
    joined = rf"|(?:{several})(?:;(?:{several}))*" if several else ""
    return rf"^(?:{word}{joined})$"


def _rows(counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that break a check, as far as the engine listed them."""
    if "unexpected_rows" in counts:
        rows: list[dict[str, Any]] = counts["unexpected_rows"].to_dict("records")
        return rows
    return list(counts.get("unexpected_index_list") or ())


def _violated(entry: Any) -> int:
    return int(entry.result.get("unexpected_count") or 0)


def _why_broken(entry: Any) -> str:
    """Return the messages of an engine's exceptions: one entry, or one entry a metric; empty when none was raised."""
    info = entry.exception_info
    entries = [info] if "raised_exception" in info else list(info.values())
    messages = {str(entry["exception_message"]) for entry in entries if entry["raised_exception"]}
    return "; ".join(sorted(messages))[:500] if entries else "the engine gave no result"


def found(check: Check, row: Mapping[str, Any]) -> str:
    """Return what a row holds in the columns of a check, in their order."""
    return ", ".join(_text(row.get(column)) for column in check.columns)


def _text(value: Any) -> str:
    """Return a cell as a person would write it; an empty one says so."""
    return "nothing" if value is None or value != value else f"{value:.15g}" if isinstance(value, float) else str(value)
