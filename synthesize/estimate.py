"""The one result type: an `Estimate`, or `NotEstimable` with the reason; never a NaN.

Numbers in tables, figures and text are all read from these objects, so they cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from catalog.errors import InvalidInput, Problem

NUMBERS = (
    "value", "lower", "upper", "level", "prediction_lower", "prediction_upper",
    "tau2", "i2", "loglik", "p_value",
)  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """One estimate by one method on one set of studies or patients.

    `value`, `lower` and `upper` are on the natural scale (a rate in [0, 1], months, an odds ratio, a
    hazard ratio, a rate ratio). None means: there is no finite number; `detail` then says why (for
    example ``{"upper": "not reached"}`` or ``{"upper": "unbounded"}``). `detail` holds what only this
    method has, such as the model scale (`beta`, `se`), curves and quartiles; plain JSON types only.
    """

    question: str
    method: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = 0.95
    prediction_lower: float | None = None
    prediction_upper: float | None = None
    k_studies: int | None = None
    n_patients: int | None = None
    n_events: int | None = None
    tau2: float | None = None
    i2: float | None = None
    loglik: float | None = None
    p_value: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    subset: str = "all"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse anything that is not a finite number: a table must never show a NaN."""
        for name in NUMBERS:
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{self.method}: {name} is {number}; use None and say why in `detail`")

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON types, floats at full precision, in the declared order."""
        return {name: _plain(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class NotEstimable:
    """Why a method gives no number here; a result like any other, and shown as one."""

    question: str
    method: str
    reason: str
    subset: str = "all"

    def as_json(self) -> dict[str, Any]:
        """Return method, reason, question and subset as plain JSON types."""
        return {
            "method": self.method,
            "reason": self.reason,
            "question": self.question,
            "subset": self.subset,
        }


Result = Estimate | NotEstimable


def document(input_summary: Mapping[str, Any], results: list[Result], warnings: list[str]) -> dict[str, Any]:
    """Return the object that every `--json` prints: input, estimates, not_estimable, warnings."""
    return {
        "input": dict(input_summary),
        "estimates": [result.as_json() for result in results if isinstance(result, Estimate)],
        "not_estimable": [result.as_json() for result in results if isinstance(result, NotEstimable)],
        "warnings": list(warnings),
    }


def _plain(value: Any) -> Any:
    """Turn NumPy scalars, arrays and tuples into what `json` writes; refuse NaN inside `detail`."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} has no place in a result; use None and say why")
    return value


ESTIMATE_COLUMNS = tuple(entry.name for entry in fields(Estimate))


def check_level(level: float) -> None:
    """Refuse (`InvalidInput`) a confidence level that is not between 0 and 1."""
    if not 0 < level < 1:
        allowed = "between 0 and 1, both excluded"
        problem = Problem("not a confidence level", found=str(level), allowed=allowed, remedy="0.95 is the usual one")
        raise InvalidInput([problem])
