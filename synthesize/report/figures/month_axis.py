"""The time axis that curves share: months from 0, with ticks at numbers of months that people speak of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthesize.report.figures.page import BODY, LINE, Page, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# the step between ticks, and the longest axis for it: numbers at risk must find room below each
STEPS = ((0.25, 1.5), (0.5, 3), (1, 7.9), (2, 10), (3, 20), (6, 45), (12, 95), (24, 190), (36, 285), (60, 475))
LEFT, RIGHT = 38.0, 12.0  # beside the panel: per cent labels, and half of the last number at risk


@dataclass(frozen=True)
class Panel:
    """Axes from month 0 to `end` and 0 to 100 per cent, and where they stand on the page (points)."""

    axes: Axes
    left: float
    width: float
    end: float
    ticks: tuple[float, ...]

    def x(self, month: float) -> float:
        """Return where `month` stands on the page, in points from the left."""
        return self.left + self.width * month / self.end


def month_ticks(last: float) -> tuple[float, ...]:
    """Return four to eight ticks from 0 to `last` (months): steps of a month, a quarter, a year and so on."""
    step = next((step for step, longest in STEPS if last <= longest), 120.0 * math.ceil(last / 950))
    return tuple(step * count for count in range(int(last / step + 1e-9) + 1))


def panel(page: Page, months: Sequence[float], x_label: str, y_label: str) -> Panel:
    """Put axes on the page that hold all of `months` (finite, at least 0), and move on below their label."""
    last = max(months, default=0.0)
    end = last * 1.03 if last > 0 else 1.0
    height = min(0.62 * (page.width - LEFT - RIGHT), 210.0)
    label = wrap(y_label, height)
    left = LEFT + LINE * BODY * (len(label) - 1)
    width = page.width - left - RIGHT
    page.y += 6
    axes = page.panel(left, page.y, width, height)
    ticks = month_ticks(end)
    axes.set(xlim=(0, end), ylim=(0, 100))
    axes.set_ylabel("\n".join(label), labelpad=3)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks(range(0, 101, 20))
    page.y += height
    page.below_axis(x_label, left + width / 2, width)
    return Panel(axes, left, width, end, ticks)
