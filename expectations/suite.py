"""The only importer of Great Expectations: checks into expectations, results into outcomes.

Imported lazily (it takes seconds), with its telemetry off; an ephemeral context writes nothing to disk
(https://docs.greatexpectations.io/docs/core/introduction/).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from expectations.checks import Check

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["passed", "failed", "not_applicable", "error"]


@dataclass(frozen=True)
class Result:
    """What one check found: rows it speaks of, rows that break it, and their keys with the values."""

    check: Check
    outcome: Outcome
    n_rows: int
    n_violated: int
    violations: tuple[dict[str, Any], ...] = ()
    message: str = ""


def run_checks(checks: list[Check], frames: dict[str, pd.DataFrame], keys: dict[str, str]) -> list[Result]:
    """Run `checks` on `frames`; `keys` names each frame's key column. Results come in the order of `checks`."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("harmonized")
    found: dict[str, Result] = {}
    for name, frame in frames.items():
        own = [check for check in checks if check.frame == name]
        batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        suite = gx.ExpectationSuite(name=name, expectations=[_expectation(check) for check in own])
        validation = batch.get_batch({"dataframe": frame}).validate(
            suite, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [keys[name]]}
        )
        by_id = {check.id: check for check in own}
        for entry in validation.results:
            check = by_id[entry.expectation_config.meta["check_id"]]
            found[check.id] = _result(check, entry, keys[name])
    return [found[check.id] for check in checks]


def _expectation(check: Check) -> Any:
    """Return the Great Expectations expectation that asks what the check asks."""
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    common: dict[str, Any] = {"severity": check.severity, "meta": {"check_id": check.id, "sentence": check.sentence}}
    if check.where is not None:
        column, values = check.where
        common["row_condition"] = Column(column).is_in(list(values))
    if check.kind == "order":
        larger, smaller = check.columns
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=larger, column_B=smaller, or_equal=True, ignore_row_if="either_value_is_missing", **common
        )
    if check.kind == "equal":
        first, second = check.columns
        return gxe.ExpectColumnPairValuesToBeEqual(
            column_A=first, column_B=second, ignore_row_if="either_value_is_missing", **common
        )
    column = check.columns[0]
    if check.kind == "filled":
        return gxe.ExpectColumnValuesToNotBeNull(column=column, **common)
    if check.kind == "unique":
        return gxe.ExpectColumnValuesToBeUnique(column=column, **common)
    if check.kind == "between":
        return gxe.ExpectColumnValuesToBeBetween(column=column, **check.arguments, **common)
    if check.kind == "each_in_set":
        word = "|".join(re.escape(value) for value in check.arguments["values"])
        return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=rf"^(?:{word})(?:;(?:{word}))*$", **common)
    return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=check.arguments["values"], **common)


def _result(check: Check, entry: Any, key: str) -> Result:
    """Turn one validation result into an outcome; Great Expectations passes an empty column, we do not."""
    broken = _why_broken(entry.exception_info)
    if broken:
        return Result(check, "error", 0, 0, message=broken)
    result = entry.result
    missing = 0 if check.kind == "filled" else result.get("missing_count") or 0
    rows = int((result.get("element_count") or 0) - missing)
    if rows == 0:
        return Result(check, "not_applicable", 0, 0)
    violations = tuple(
        {"key": row[key], "found": ", ".join(_text(row.get(column)) for column in check.columns)}
        for row in result.get("unexpected_index_list") or ()
    )
    return Result(check, "passed" if entry.success else "failed", rows, int(result["unexpected_count"]), violations)


def _why_broken(info: dict[str, Any]) -> str:
    """Return the messages of an engine's exceptions: one entry, or one entry a metric; empty when none was raised."""
    entries = [info] if "raised_exception" in info else list(info.values())
    messages = {str(entry["exception_message"]) for entry in entries if entry["raised_exception"]}
    return "; ".join(sorted(messages))[:500] if entries else "the engine gave no result"


def _text(value: Any) -> str:
    """Return a cell as a person would write it; an empty one says so."""
    return "nothing" if value is None or value != value else f"{value:.15g}" if isinstance(value, float) else str(value)
