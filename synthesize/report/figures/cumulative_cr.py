"""How fast complete remission comes: its cumulative share, shaded where the data do not say when.

The nonparametric estimate for interval-censored times puts its mass into intervals and says nothing about
where in them. A line through such an interval would be made up; so the figure shows a box, from the corner
where all its patients are late to the corner where all are early.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog.errors import Problems
from synthesize.report.figures.checks import check_curves, check_lengths, check_months, check_order, check_shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from synthesize.report.figures.page import Columns, Page, Stroke

Mark = tuple[float, float | None, float | None]


@dataclass(frozen=True)
class CrCurve:
    """One curve: probability (m,) in the intervals (left, right] of months, equal ends for an exact time.

    A `right` of None or infinity is open. The median lies between `median_lower` and `median_upper`: one
    number when they are equal, None where it is not reached. `marks` gives share and confidence interval by
    certain months. Raises `InvalidInput` for intervals that overlap or shares outside [0, 1].
    """

    label: str
    left: Sequence[float]
    right: Sequence[float | None]
    probability: Sequence[float]
    median_lower: float | None
    median_upper: float | None
    n: int
    marks: Mapping[float, Mark] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = Problems()
        check_lengths(problems, self.label, left=self.left, right=self.right, probability=self.probability)
        problems.raise_if_any()
        ends = [end for interval in self.intervals() for end in interval[:2]]
        check_months(problems, self.label, ends, open_ended=True)
        check_shares(problems, self.label, **{"sum of probability": max(sum(self.probability) - 1e-6, 0.0)})
        for month, (value, lower, upper) in self.marks.items():
            check_shares(problems, f"{self.label}, month {month:g}", value=value, lower=lower, upper=upper)
            check_order(problems, f"{self.label}, month {month:g}", lower, value, upper)
        problems.raise_if_any()

    def intervals(self) -> list[tuple[float, float, float]]:
        """Return left, right (infinity when open) and probability of each."""
        rights = [math.inf if right is None else right for right in self.right]
        return list(zip(self.left, rights, self.probability, strict=True))


def cumulative_cr(
    curves: Sequence[CrCurve],
    *,
    title: str,
    note: str = "",
    x_label: str = "Months since the start of the drug",
    y_label: str = "In CR, % of those who reach CR",
    outcome: str = "CR",
    level: float = 0.95,
    columns: Columns = 1,
) -> Figure:
    """Return up to three curves of the cumulative share in CR, with marks and a table of them below.

    Raises `InvalidInput` when there is no curve, or more than three.
    """
    from synthesize.report.figures.month_axis import panel
    from synthesize.report.figures.page import CURVES, Page, style

    check_curves(curves, len(CURVES))
    with style():
        page = Page(columns)
        page.title(title)
        for place, curve in enumerate(curves):
            page.key(place, _said(curve))
        where = panel(page, _months(curves), x_label, y_label)
        for place, (curve, look) in enumerate(zip(curves, CURVES, strict=False)):
            _draw(where.axes, curve, look, where.end)
            dodge = (place - (len(curves) - 1) / 2) * 4 * where.end / where.width
            _draw_marks(where.axes, curve, look, dodge)
        _table(page, curves, outcome, level)
        page.footnotes([_legend(curves, outcome, level), note])
        return page.finish(title, "Cumulative share in complete remission. " + "; ".join(map(_said, curves)) + ".")


def _said(curve: CrCurve) -> str:
    early, late = curve.median_lower, curve.median_upper
    if early is None:
        median = "median not reached"
    elif late is None:
        median = f"median later than {early:.3g} months"
    elif late - early < 0.005:
        median = f"median {early:.3g} months"
    else:
        median = f"median between {early:.3g} and {late:.3g} months"
    return f"{curve.label}: {curve.n:,} {'patient' if curve.n == 1 else 'patients'}, {median}"


def _months(curves: Sequence[CrCurve]) -> list[float]:
    """Return every month the axis must hold; an open interval needs some room to be seen in."""
    ends = [end for curve in curves for interval in curve.intervals() for end in interval[:2]]
    months = [end for end in ends if math.isfinite(end)] + [month for curve in curves for month in curve.marks]
    return [*months, 1.15 * max(months, default=0.0)] if math.inf in ends else months


def _draw(axes: Axes, curve: CrCurve, look: Stroke, end: float) -> None:
    from matplotlib.patches import Rectangle

    x, y, height = [0.0], [0.0], 0.0
    for left, right, probability in curve.intervals():
        share = 100 * probability
        x.append(left)
        y.append(height)
        if right > left:
            # no line through a box; none after an open one, where nothing more is known
            x.append(math.nan)
            y.append(math.nan)
            box = Rectangle((left, height), min(right, end) - left, share)
            box.set(facecolor=(look.colour, 0.18), edgecolor=(look.colour, 0.8), lw=0.5, ls=look.dashes, zorder=2)
            axes.add_patch(box)
        height += share
        x.append(right if math.isfinite(right) else math.nan)
        y.append(height)
    if not math.isnan(x[-1]):
        x.append(end)
        y.append(height)
    axes.plot(x, y, color=look.colour, ls=look.dashes, lw=1.3, clip_on=False, zorder=3)


def _draw_marks(axes: Axes, curve: CrCurve, look: Stroke, dodge: float) -> None:
    for month, (value, lower, upper) in curve.marks.items():
        low, high = (value if end is None else end for end in (lower, upper))
        axes.plot(2 * [month + dodge], [100 * low, 100 * high], "-", color=look.colour, lw=0.9, clip_on=False, zorder=4)
        axes.plot(
            [month + dodge], [100 * value], look.marker,
            color=look.colour, ms=4, mec="white", mew=0.5, clip_on=False, zorder=5,
        )  # fmt: skip


def _table(page: Page, curves: Sequence[CrCurve], outcome: str, level: float) -> None:
    """Write the marked shares, one row a curve, one column a month."""
    months = sorted({month for curve in curves for month in curve.marks})
    if not months:
        return
    page.paragraph(f"Per cent with {outcome} [{level * 100:g} % CI] by", weight="bold")
    first = 30.0
    step = (page.inner_width - first) / len(months)
    centres = {month: first + step * (place + 0.5) for place, month in enumerate(months)}
    for month, centre in centres.items():
        page.write(centre, page.y + 5, f"{month:g} months", align="center")
    page.y += 10
    for place, curve in enumerate(curves):
        middle = page.stroke(place)
        for month, mark in curve.marks.items():
            page.write(centres[month], middle, _mark_text(*mark), align="center")
    page.y += 3


def _mark_text(value: float, lower: float | None, upper: float | None) -> str:
    if lower is None and upper is None:
        return f"{100 * value:.0f}"
    ends = ["–" if end is None else f"{100 * end:.0f}" for end in (lower, upper)]
    return f"{100 * value:.0f} [{ends[0]}–{ends[1]}]"


def _legend(curves: Sequence[CrCurve], outcome: str, level: float) -> str:
    said = []
    intervals = [interval for curve in curves for interval in curve.intervals()]
    if any(right > left for left, right, _ in intervals):
        said.append(f"Boxes: {outcome} came within these months, the data do not say when.")
    if any(math.isinf(right) for _, right, _ in intervals):
        said.append("The last box is open: it has no end.")
    if any(curve.marks for curve in curves):
        said.append(f"Points: share with {level * 100:g} % interval.")
    return " ".join(said)
