"""The marks of a forest plot: squares, intervals, diamonds and prediction bars on a square-root axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthesize.report.figures.page import CURVES, GREY, INK, Page
from synthesize.report.figures.root_scale import RootScale, root_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from synthesize.report.figures.forest import ForestRow, PooledRow
    from synthesize.report.figures.forest_table import Table

DIAMOND, SQUARE = CURVES[0].colour, "#6f7f96"
LARGEST, SMALLEST, ARROW = 8.5, 3.8, 4.0  # sides in points


def draw(page: Page, table: Table, rows: Sequence[ForestRow], pooled: Sequence[PooledRow], axis_label: str) -> str:
    """Draw the marks beside the table, with the axis below; return the sentence that explains them."""
    left, right, top, bottom = table.panel
    scale = _scale(rows, pooled, table.factor)
    axes = page.panel(left, top, right - left, bottom - top)
    axes.set(xlim=(0, 1), ylim=(bottom, top), yticks=[])
    ticks = scale.ticks(apart=19 / (right - left))
    axes.set_xticks([place for place, _ in ticks], [label for _, label in ticks])
    axes.spines["left"].set_color(GREY)
    if pooled and pooled[0].value is not None:
        axes.axvline(scale.place(pooled[0].value), color=GREY, lw=0.6, ls=(0, (4, 3)), zorder=0.5)
    _draw_studies(axes, scale, rows, table.studies)
    for row, middle, prediction in zip(pooled, table.pooled, table.predictions, strict=True):
        _draw_diamond(axes, scale, row, middle)
        if prediction is not None:
            _draw_interval(axes, scale, row.prediction_lower, row.prediction_upper, prediction, DIAMOND, 1.8)
    page.below_axis(axis_label, (left + right) / 2, 220.0)
    return _legend(scale, rows, pooled)


def _scale(rows: Sequence[ForestRow], pooled: Sequence[PooledRow], factor: float) -> RootScale:
    deciding = [row for row in rows if row.counted] or rows
    needed = [row.value for row in deciding] + [end for row in pooled for end in (row.value, row.upper)]
    welcome = [row.upper for row in deciding] + [row.prediction_upper for row in pooled]
    return root_scale([n for n in needed if n is not None], [n for n in welcome if n is not None], factor)


def _draw_studies(axes: Axes, scale: RootScale, rows: Sequence[ForestRow], middles: Sequence[float]) -> None:
    most = max((row.total or 0 for row in rows), default=0)
    for row, y in zip(rows, middles, strict=True):
        _draw_interval(axes, scale, row.lower, row.upper, y, INK if row.counted else GREY, 0.8)
        if row.value is None or scale.beyond(row.value):
            continue
        # a filled square lies behind its interval, which is never hidden; a hollow one before it, to stay hollow
        fill, edge, layer = (SQUARE, SQUARE, 1.5) if row.counted else ("white", GREY, 3.0)
        axes.plot(
            [scale.place(row.value)], [y], "s",
            ms=_side(row.total, most), mfc=fill, mec=edge, mew=0.7, zorder=layer, clip_on=False,
        )  # fmt: skip


def _side(total: int | None, most: int) -> float:
    """Return the side of a square whose area goes with the number of patients, but never too small to see."""
    return max(SMALLEST, LARGEST * math.sqrt((total or 0) / most)) if most else SMALLEST


def _draw_interval(
    axes: Axes, scale: RootScale, lower: float | None, upper: float | None, y: float, colour: str, width: float
) -> None:
    if lower is None and upper is None:
        return
    begin, end = lower or 0.0, 1.0 if upper is None else upper
    # an interval that lies wholly beyond the axis keeps a short tail, so that the arrow reads as an arrow
    start = min(scale.place(begin), 0.96) if scale.beyond(begin) else scale.place(begin)
    axes.plot(
        [start, scale.place(end)], [y, y],
        color=colour, lw=width, solid_capstyle="butt", clip_on=False, zorder=2,
    )  # fmt: skip
    if scale.beyond(end):
        axes.plot([1.0], [y], ">", ms=ARROW, color=colour, mew=0, clip_on=False, zorder=3)


def _draw_diamond(axes: Axes, scale: RootScale, row: PooledRow, y: float) -> None:
    if row.value is None:
        return
    lower, upper = (row.value if end is None else end for end in (row.lower, row.upper))
    left, middle, right = (scale.place(share) for share in (lower, row.value, upper))
    axes.fill([left, middle, right, middle], [y, y - 4, y, y + 4], color=DIAMOND, lw=0, clip_on=False, zorder=3)


def _legend(scale: RootScale, rows: Sequence[ForestRow], pooled: Sequence[PooledRow]) -> str:
    """Return one sentence a mark, and only for marks that are there."""
    said = []
    if rows:
        said.append("Squares: studies, area by number of patients; lines: exact intervals")
    if not all(row.counted for row in rows):
        said.append("open squares: not counted in the pooled estimates")
    if pooled:
        said.append("diamonds: pooled estimates with their intervals")
    if any(row.prediction_upper is not None for row in pooled):
        said.append("bars below them: where the rate of a new study is expected")
    ends = [row.upper for row in rows] + [end for row in pooled for end in (row.upper, row.prediction_upper)]
    if any(end is not None and scale.beyond(end) for end in ends):
        said.append("arrows: the interval goes on beyond the axis")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."
