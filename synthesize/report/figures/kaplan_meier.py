"""Kaplan–Meier curves as a paper prints them: bands, censoring ticks, medians above, numbers at risk below."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from catalog.errors import Problems
from synthesize.report.figures.checks import check_curves, check_lengths, check_months, check_order, check_shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from synthesize.report.figures.month_axis import Panel
    from synthesize.report.figures.page import Columns, Page, Stroke

MARKS = 80


@dataclass(frozen=True)
class KmCurve:
    """One curve: columns (K,) with one entry a distinct time in months, as `kaplan_meier` returns them.

    Survival and limits are shares of 1, a limit that does not exist is None. `n` patients, `n_events` of them with the
    `event`, named as a reader would; `median_text` goes into the legend as it is. Raises `InvalidInput` for columns of
    different lengths, times that do not rise, and shares outside [0, 1].
    """

    label: str
    time: Sequence[float]
    survival: Sequence[float]
    lower: Sequence[float | None]
    upper: Sequence[float | None]
    at_risk: Sequence[int]
    events: Sequence[int]
    censored: Sequence[int]
    n: int
    n_events: int
    median_text: str
    event: str = "the event"

    def __post_init__(self) -> None:
        problems = Problems()
        check_lengths(
            problems, self.label, time=self.time, survival=self.survival, lower=self.lower, upper=self.upper,
            at_risk=self.at_risk, events=self.events, censored=self.censored,
        )  # fmt: skip
        problems.raise_if_any()
        check_months(problems, self.label, self.time)
        for low, value, high in zip(self.lower, self.survival, self.upper, strict=True):
            check_shares(problems, self.label, lower=low, survival=value, upper=high)
            check_order(problems, self.label, low, value, high)
        problems.raise_if_any()

    def at_risk_at(self, month: float) -> int:
        """Return the number at risk just before `month`: that of the first time not before it, 0 after the last."""
        place = bisect.bisect_left(self.time, month - 1e-9)
        return int(self.at_risk[place]) if place < len(self.time) else 0


def kaplan_meier(
    curves: Sequence[KmCurve],
    *,
    title: str,
    y_label: str,
    note: str = "",
    x_label: str = "Months since complete remission",
    level: float = 0.95,
    columns: Columns = 1,
) -> Figure:
    """Return up to three curves in per cent with pointwise bands, censoring ticks and numbers at risk.

    With delayed entry, the number at risk at a tick is the one at the next time of the curve. Raises
    `InvalidInput` when there is no curve, or more than three.
    """
    from synthesize.report.figures.month_axis import panel
    from synthesize.report.figures.page import CURVES, Page, style

    check_curves(curves, len(CURVES))
    with style():
        page = Page(columns)
        page.title(title)
        for place, curve in enumerate(curves):
            page.key(place, f"{_said(curve)}; {curve.median_text}")
        where = panel(page, [month for curve in curves for month in curve.time], x_label, y_label)
        for curve, look in zip(curves, CURVES, strict=False):
            _draw(where.axes, curve, look)
        _numbers_at_risk(page, where, curves)
        page.footnotes([_legend(curves, level), note])
        words = "; ".join(f"{_said(curve)}, {curve.median_text}" for curve in curves)
        return page.finish(title, f"Kaplan–Meier curves in months. {words}.")


def _said(curve: KmCurve) -> str:
    patients = "patient" if curve.n == 1 else "patients"
    return f"{curve.label}: {curve.n:,} {patients}, {curve.n_events:,} with {curve.event}"


def _draw(axes: Axes, curve: KmCurve, look: Stroke) -> None:
    months = [0.0, *curve.time]
    axes.step(
        months, [100.0, *(100 * share for share in curve.survival)],
        where="post", color=look.colour, ls=look.dashes, lw=1.3, clip_on=False, zorder=3,
    )  # fmt: skip
    x, lower, upper = _band(curve)
    axes.fill_between(x, lower, upper, color=look.colour, alpha=0.13, lw=0)
    for limit in (lower, upper):
        axes.plot(x, limit, color=look.colour, ls=look.dashes, lw=0.4)
    ticks = _censoring(curve)
    axes.plot(
        [curve.time[place] for place in ticks], [100 * curve.survival[place] for place in ticks],
        "|", color=look.colour, ms=6, mew=0.9, clip_on=False, zorder=4,
    )  # fmt: skip


def _censoring(curve: KmCurve) -> list[int]:
    """Return the times to be marked as censored; none where so many marks would hide the curve."""
    places = [place for place, count in enumerate(curve.censored) if count]
    return places if len(places) <= MARKS else []


def _band(curve: KmCurve) -> tuple[list[float], list[float], list[float]]:
    """Return months and limits in per cent, two points a step; NaN, a gap, where there are no limits."""
    x: list[float] = []
    lower: list[float] = []
    upper: list[float] = []
    for place, (begin, end) in enumerate(pairwise(curve.time)):
        low, high = curve.lower[place], curve.upper[place]
        x += (begin, end)
        lower += 2 * (math.nan if low is None or high is None else 100 * low,)
        upper += 2 * (math.nan if low is None or high is None else 100 * high,)
    return x, lower, upper


def _numbers_at_risk(page: Page, where: Panel, curves: Sequence[KmCurve]) -> None:
    page.paragraph("Number at risk", weight="bold")
    for place, curve in enumerate(curves):
        middle = page.stroke(place)
        for tick in where.ticks:
            page.write(where.x(tick), middle, f"{curve.at_risk_at(tick):,}", align="center")
    page.y += 3


def _legend(curves: Sequence[KmCurve], level: float) -> str:
    said = []
    if any(low is not None for curve in curves for low in curve.lower):
        said.append(f"Bands: pointwise {level * 100:g} % intervals.")
    if any(map(_censoring, curves)):
        said.append("Upright ticks: censored.")
    if any(sum(count > 0 for count in curve.censored) > MARKS for curve in curves):
        said.append("Where patients are too many to mark each, censoring is not shown.")
    return " ".join(said)
