"""The forest plot of a pooled rate: every study with its exact interval, the pooled rows as diamonds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catalog.errors import InvalidInput, Problem, Problems
from synthesize.report.figures.checks import check_order, check_shares

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Unit = Literal["per cent", "per 1,000"]
# factor, head of the column, words on the axis
UNITS: dict[str, tuple[float, str, str]] = {
    "per cent": (100.0, "%", ", % of patients"),
    "per 1,000": (1000.0, "per 1,000", " per 1,000 patients"),
}


@dataclass(frozen=True)
class ForestRow:
    """One study: `events` of `total` patients, rate and exact interval as shares of 1; None means not known.

    A study with `counted` false is drawn hollow and grey; `remark` becomes a footnote and says why. Raises
    `InvalidInput` for shares outside [0, 1] and for an interval without its value.
    """

    label: str
    group: str
    events: int | None
    total: int | None
    value: float | None
    lower: float | None
    upper: float | None
    counted: bool = True
    remark: str = ""

    def __post_init__(self) -> None:
        _check(self.label, self.lower, self.value, self.upper)


@dataclass(frozen=True)
class PooledRow:
    """One pooled estimate (shares of 1), drawn as a diamond, with a bar below it for the prediction interval.

    None means that there is no such number. Raises `InvalidInput` as `ForestRow` does.
    """

    label: str
    value: float | None
    lower: float | None
    upper: float | None
    prediction_lower: float | None = None
    prediction_upper: float | None = None

    def __post_init__(self) -> None:
        _check(self.label, self.lower, self.value, self.upper)
        _check(f"{self.label}, prediction", self.prediction_lower, None, self.prediction_upper)


def forest(
    rows: Sequence[ForestRow],
    pooled: Sequence[PooledRow],
    *,
    title: str,
    unit: Unit = "per cent",
    note: str = "",
    outcome: str = "CR",
    level: float = 0.95,
) -> Figure:
    """Return the forest plot, two journal columns wide: the studies of each group in the order given, then the pooled.

    The axis is a square-root scale that starts at 0 (`root_scale` says why); an interval that runs beyond
    it ends in an arrow. The first pooled row gives the dashed line. `outcome` heads the counts and the axis.
    Raises `InvalidInput` when there is no row at all, or for an unknown unit.
    """
    from synthesize.report.figures.forest_panel import draw
    from synthesize.report.figures.forest_table import write_table
    from synthesize.report.figures.page import Page, style

    if not rows and not pooled:
        raise InvalidInput([Problem("nothing to draw: no study and no pooled estimate was given")])
    if unit not in UNITS:
        raise InvalidInput([Problem("unknown unit", found=unit, allowed=", ".join(UNITS))])
    factor, sign, words = UNITS[unit]
    with style():
        page = Page(2)
        page.title(title)
        head = (f"{outcome} / patients", sign, f"[{level * 100:g} % CI]")
        table = write_table(page, rows, pooled, head, factor)
        said = draw(page, table, rows, pooled, f"{outcome}{words} (square-root scale)")
        page.footnotes([*table.footnotes, said, note])
        return page.finish(title, _description(rows, pooled, unit))


def _check(label: str, lower: float | None, value: float | None, upper: float | None) -> None:
    problems = Problems()
    check_shares(problems, label, value=value, lower=lower, upper=upper)
    check_order(problems, label, lower, value, upper)
    problems.raise_if_any()


def _description(rows: Sequence[ForestRow], pooled: Sequence[PooledRow], unit: str) -> str:
    counted = sum(row.counted for row in rows)
    text = f"Forest plot of {counted} studies that count and {len(rows) - counted} that do not."
    for row in pooled:
        if row.value is not None:
            text += f" {row.label}: {row.value * UNITS[unit][0]:.3g} {unit}"
            if row.lower is not None and row.upper is not None:
                text += f" ({row.lower * UNITS[unit][0]:.3g} to {row.upper * UNITS[unit][0]:.3g})"
            text += "."
    return text
