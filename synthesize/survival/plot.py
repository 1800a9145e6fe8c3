"""``--plot FILE``: the curves of one file, as steps with numbers at risk, or as boxes where times are intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.errors import InvalidInput, Problem
from synthesize.command import save_plot
from synthesize.estimate import Estimate, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from synthesize.report.figures.page import Stroke

MOST = 3


def plot(path: Path, results: Sequence[Result], groups: Sequence[str], level: float) -> None:
    """Write the figure to `path`: Kaplan–Meier, or Turnbull's curve where times are intervals.

    One curve a group, or one for all where there are no groups. Raises `InvalidInput` for more than three
    groups, and when there is no curve.
    """
    if len(groups) > MOST:
        raise InvalidInput([Problem("too many groups to draw", found=str(len(groups)), allowed=f"up to {MOST}")])
    wanted = list(groups) or ["all"]
    found = {
        method: [one for one in results if isinstance(one, Estimate) and one.method == method and one.subset in wanted]
        for method in ("kaplan_meier", "turnbull")
    }
    if len(found["kaplan_meier"]) == len(wanted):
        figure = _steps(found["kaplan_meier"], level)
    elif found["turnbull"]:
        figure = _boxes(found["turnbull"])
    else:
        raise InvalidInput([Problem("nothing to draw: neither kaplan_meier nor turnbull gave a curve")])
    save_plot(path, figure)


def _steps(estimates: Sequence[Estimate], level: float) -> Figure:
    from synthesize.report.figures.kaplan_meier import KmCurve, kaplan_meier

    columns = ("time", "survival", "lower", "upper", "at_risk", "events", "censored")
    curves = [
        KmCurve(
            label=one.subset, n=one.n_patients or max(one.detail["curve"]["at_risk"], default=0),
            n_events=one.n_events or 0, event="the event", median_text=_median(one),
            **{name: list(one.detail["curve"][name]) for name in columns},
        )
        for one in estimates
    ]  # fmt: skip
    return kaplan_meier(
        curves, title="Time to event", y_label="Without the event, %", x_label="Months", level=level, columns=2
    )


def _boxes(estimates: Sequence[Estimate]) -> Figure:
    """Draw the share with the event; where the data do not say when it rises, a box instead of a line."""
    from synthesize.report.figures.month_axis import panel
    from synthesize.report.figures.page import CURVES, Page, style

    ends = [end for one in estimates for side in ("left", "right") for end in one.detail["curve"][side]]
    known = [float(end) for end in ends if end is not None]
    room = 1.15 * max(known) if None in ends else max(known)
    with style():
        page = Page(2)
        page.title("Time to event")
        for place, one in enumerate(estimates):
            page.key(place, f"{one.subset}: {one.n_patients} patients, {one.n_events} with the event; {_median(one)}")
        where = panel(page, [*known, room], "Months", "With the event, %")
        for one, look in zip(estimates, CURVES, strict=False):
            _draw_boxes(where.axes, one, look, where.end)
        page.footnotes(["Boxes: the event came within these months, the data do not say when."])
        return page.finish("Time to event", "Cumulative share with the event, in months.")


def _draw_boxes(axes: Axes, estimate: Estimate, look: Stroke, end: float) -> None:
    from matplotlib.patches import Rectangle

    curve = estimate.detail["curve"]
    x, y, height = [0.0], [0.0], 0.0
    for left, right, probability in zip(curve["left"], curve["right"], curve["probability"], strict=True):
        exact, share = right == left, 100 * float(probability)
        x += (left, left if exact else math.nan)
        y += (height, height)
        if not exact:
            box = Rectangle((left, height), min(end if right is None else right, end) - left, share)
            box.set(facecolor=(look.colour, 0.18), edgecolor=(look.colour, 0.8), lw=0.5, ls=look.dashes, zorder=2)
            axes.add_patch(box)
        height += share
        x.append(math.nan if right is None else right)
        y.append(height)
    axes.plot([*x, end], [*y, height], color=look.colour, ls=look.dashes, lw=1.3, clip_on=False, zorder=3)


def _median(estimate: Estimate) -> str:
    if estimate.value is None:
        return "median not reached"
    left, right = (estimate.detail.get(end, estimate.value) for end in ("median_left", "median_right"))
    if right is None or left != right:
        return f"median between {left:.3g} and {'…' if right is None else f'{right:.3g}'} months"
    return f"median {estimate.value:.3g} months"
