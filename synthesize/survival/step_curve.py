"""What every step curve needs: pointwise limits, and the time at which it has fallen to a level."""

from __future__ import annotations

from typing import Literal

import numpy as np

from catalog.errors import InvalidInput, Problem
from synthesize.survival.follow_up import SAME, Floats

ConfType = Literal["log-log", "log", "plain"]
CONF_TYPES: tuple[ConfType, ...] = ("log-log", "log", "plain")
QUARTILES = {"0.25": 0.25, "0.5": 0.5, "0.75": 0.75}
NOT_REACHED = "not reached"


def check_conf_type(conf_type: str) -> None:
    """Refuse an unknown scale. Raises `InvalidInput`."""
    if conf_type not in CONF_TYPES:
        raise InvalidInput([Problem("not a kind of interval", found=conf_type, allowed=", ".join(CONF_TYPES))])


def limits(probability: Floats, se_log: Floats, z: float, conf_type: ConfType) -> tuple[Floats, Floats]:
    """Return pointwise lower and upper limits; NaN where the transformation has none, as R's `survfit`.

    `se_log` is the standard error of log(probability). The limits are symmetric on the scale of `conf_type`
    (log(−log), log, or the probability itself, cut at 0 and 1). A probability of 0 has none on any scale; one
    of 1 has none on the log–log scale.
    """
    lower, upper = np.full_like(probability, np.nan), np.full_like(probability, np.nan)
    inside = (probability > 0) & ((probability < 1) | (conf_type != "log-log"))
    p, spread = probability[inside], z * se_log[inside]
    if conf_type == "log-log":
        centre, width = np.log(-np.log(p)), spread / np.log(p)
        lower[inside], upper[inside] = np.exp(-np.exp(centre - width)), np.exp(-np.exp(centre + width))
    elif conf_type == "log":
        lower[inside], upper[inside] = p * np.exp(-spread), np.minimum(p * np.exp(np.minimum(spread, 700.0)), 1)
    else:
        lower[inside], upper[inside] = np.maximum(p - p * spread, 0), np.minimum(p + p * spread, 1)
    return lower, upper


def time_at(level: float, time: Floats, curve: Floats) -> float:
    """Return the first time at which a falling `curve` is at or below `level`; infinity when it never is.

    Where the curve rests exactly at `level`, the middle of that step; where it ends there, its beginning
    (the rule of R's `print.survfit`; `quantile.survfit` takes the middle there too). NaN in the curve is
    passed over.
    """
    below = np.flatnonzero(curve < level + SAME)
    if not len(below):
        return float("inf")
    first = below[0]
    further = below[curve[below] < curve[first]]
    if abs(curve[first] - level) < SAME and len(further):
        return float((time[first] + time[further[0]]) / 2)
    return float(time[first])
