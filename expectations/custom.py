"""Expectations that Great Expectations does not have: two columns of a row against each other.

Imported by `expectations.suite` alone, when checks are run. A name must be new to the engine, whose registry is
global (https://docs.greatexpectations.io/docs/core/customize_expectations/).
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnPairMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnPairMapMetricProvider,
    column_pair_condition_partial,
)

ROUNDING = 1e-9
"""Months that are sums and differences of stated times: what floating point may add is no difference."""
DOMAIN = ("batch_id", "table", "column_A", "column_B", "row_condition", "condition_parser", "ignore_row_if")
BOTH = ("column_A", "column_B")
IGNORED = "either_value_is_missing"
"""The engine's word for rows that a pair says nothing about."""


class ValuesApart(ColumnPairMapMetricProvider):
    """Where A less B lies between two bounds."""

    condition_metric_name = "column_pair_values.crms_apart"
    condition_domain_keys = DOMAIN
    condition_value_keys = ("lowest", "highest")

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: Any, column_B: Any, lowest: Any, highest: Any, **_: Any) -> Any:  # noqa: N803, N805
        apart = column_A - column_B
        low = float("-inf") if lowest is None else lowest - ROUNDING
        high = float("inf") if highest is None else highest + ROUNDING
        return apart.between(low, high)


class ValuesDiffer(ColumnPairMapMetricProvider):
    """Where A is not B."""

    condition_metric_name = "column_pair_values.crms_differ"
    condition_domain_keys = DOMAIN
    condition_value_keys = ()

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: Any, column_B: Any, **_: Any) -> Any:  # noqa: N803, N805
        return column_A != column_B


class ValuesShare(ColumnPairMapMetricProvider):
    """Where A is at most a share of B."""

    condition_metric_name = "column_pair_values.crms_share"
    condition_domain_keys = DOMAIN
    condition_value_keys = ("maximum",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: Any, column_B: Any, maximum: Any, **_: Any) -> Any:  # noqa: N803, N805
        return column_A <= column_B * maximum


class ExpectColumnPairValuesToBeApart(ColumnPairMapExpectation):
    """Expect `lowest` ≤ A − B ≤ `highest`, to within rounding; None is open."""

    ignore_row_if: str = IGNORED
    lowest: float | None = None
    highest: float | None = None
    map_metric: ClassVar[str] = "column_pair_values.crms_apart"
    success_keys: ClassVar[tuple[str, ...]] = (*BOTH, "ignore_row_if", "lowest", "highest", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = BOTH


class ExpectColumnPairValuesToDiffer(ColumnPairMapExpectation):
    """Expect A and B of a row to be two."""

    ignore_row_if: str = IGNORED
    map_metric: ClassVar[str] = "column_pair_values.crms_differ"
    success_keys: ClassVar[tuple[str, ...]] = (*BOTH, "ignore_row_if", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = BOTH


class ExpectColumnPairShareToBeAtMost(ColumnPairMapExpectation):
    """Expect the count A to be at most `maximum` times the count B."""

    ignore_row_if: str = IGNORED
    maximum: float
    map_metric: ClassVar[str] = "column_pair_values.crms_share"
    success_keys: ClassVar[tuple[str, ...]] = (*BOTH, "ignore_row_if", "maximum", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = BOTH
