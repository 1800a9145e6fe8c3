"""Odds ratios and risk differences with their intervals: one block a measure, one row an estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.errors import InvalidInput, Problem
from synthesize.report.figures.page import BODY, CURVES, GREY, INK, LINE, MARGIN, Page, style, text_width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PITCH, GAP, LABEL = 12.0, 12.0, 185.0  # points
DECADES = 2
"""A logarithmic axis shows what lies within this many powers of ten of 1; beyond it an arrow says so."""
ARROWS = {-1: "<", 1: ">"}


@dataclass(frozen=True)
class Effect:
    """One row: a value with its interval; a pooled one is drawn as a diamond. None is an end that does not exist."""

    label: str
    value: float | None
    lower: float | None
    upper: float | None
    pooled: bool = False


@dataclass(frozen=True)
class Block:
    """One measure: its name, the words on its axis, its rows; a ratio has a logarithmic axis around 1."""

    title: str
    axis: str
    rows: Sequence[Effect]
    ratio: bool


def effects(blocks: Sequence[Block], *, title: str, note: str = "", level: float = 0.95) -> Figure:
    """Return the figure, two journal columns wide. Raises `InvalidInput` when no block has a row."""
    shown = [block for block in blocks if block.rows]
    if not shown:
        raise InvalidInput([Problem("nothing to draw: no odds ratio and no risk difference was estimated")])
    with style():
        page = Page(2)
        page.title(title)
        cut = [_draw(page, block, level) for block in shown]
        said = ["Arrows: the interval goes on beyond the axis."] if any(cut) else []
        page.footnotes([*said, note])
        described = "; ".join(f"{block.title}, {row.label}: {_said(row)}" for block in shown for row in block.rows)
        return page.finish(title, described)


def _draw(page: Page, block: Block, level: float) -> bool:
    """Draw a block below what stands there; say whether anything lies beyond its axis."""
    page.y += 4
    head, right = f"[{100 * level:g} % CI]", page.width - MARGIN
    page.write(MARGIN, page.y + PITCH / 2, block.title, weight="bold")
    page.write(right, page.y + PITCH / 2, head, weight="bold", align="right")
    page.y += PITCH
    page.line((MARGIN, right), page.y)
    top = page.y
    page.y += 3
    middles = [_write_row(page, row) for row in block.rows]
    page.y += 2
    widest = max(text_width(text, BODY, "bold") for text in (head, *map(_said, block.rows)))
    left, end = MARGIN + LABEL + GAP, right - widest - GAP
    axes = page.panel(left, top, end - left, page.y - top)
    low, high = _limits(block)
    axes.set(xscale="log" if block.ratio else "linear", xlim=(low, high), ylim=(page.y, top), yticks=[])
    axes.minorticks_off()
    if block.ratio:
        ticks = [10.0**power for power in range(round(math.log10(low)), round(math.log10(high)) + 1)]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.spines["left"].set_visible(False)
    axes.axvline(1.0 if block.ratio else 0.0, color=GREY, lw=0.6, ls=(0, (4, 3)), zorder=0.5)
    cut = [_mark(axes, row, middle, (low, high)) for row, middle in zip(block.rows, middles, strict=True)]
    page.below_axis(block.axis, (left + end) / 2, end - left)
    return any(cut)


def _write_row(page: Page, row: Effect) -> float:
    """Write a label, in as many lines as it needs, and the numbers; return the middle of the first line."""
    middle, weight = page.y + PITCH / 2, "bold" if row.pooled else "normal"
    lines = wrap(row.label, LABEL, BODY, weight)
    for place, line in enumerate(lines):
        page.write(MARGIN, middle + place * LINE * BODY, line, weight=weight)
    page.write(page.width - MARGIN, middle, _said(row), align="right", weight=weight)
    page.y += PITCH + max(len(lines) - 1, 0) * LINE * BODY
    return middle


def _said(row: Effect) -> str:
    value, lower, upper = ("–" if end is None else f"{end:.3g}" for end in (row.value, row.lower, row.upper))
    return f"{value} [{lower} to {'∞' if row.upper is None else upper}]".replace("-", "−")


def _limits(block: Block) -> tuple[float, float]:
    if not block.ratio:
        return -1.0, 1.0
    ends = [end for row in block.rows for end in (row.value, row.lower, row.upper) if end is not None and end > 0]
    powers = [max(-DECADES, min(DECADES, math.log10(end))) for end in ends] or [0.0]
    return 10.0 ** min(-1, math.floor(min(powers))), 10.0 ** max(1, math.ceil(max(powers)))


def _mark(axes: Axes, row: Effect, y: float, limits: tuple[float, float]) -> bool:
    """Draw interval and value; say whether either end lies beyond the axis."""
    low, high = limits
    begin, end = row.lower if row.lower is not None else -math.inf, math.inf if row.upper is None else row.upper
    left, right = (min(max(place, low), high) for place in (begin, end))
    colour = CURVES[0].colour if row.pooled else INK
    axes.plot([left, right], [y, y], color=colour, lw=0.9, solid_capstyle="butt", clip_on=False, zorder=2)
    for beyond, place, side in ((begin < low, low, -1), (end > high, high, 1)):
        if beyond:
            axes.plot([place], [y], ARROWS[side], ms=4.0, color=colour, mew=0, clip_on=False, zorder=3)
    if row.value is not None and low <= row.value <= high:
        shape = "D" if row.pooled else "s"
        axes.plot([row.value], [y], shape, ms=4.2, color=colour, mew=0, clip_on=False, zorder=3)
    return begin < low or end > high
