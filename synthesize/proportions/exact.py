"""What needs no model: the exact interval of one proportion, Wilson's beside it, and the crude sum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesize.estimate import Estimate, Result
from synthesize.proportions.counts import Floats, Studies, as_counts, labels_for

HOMOGENEOUS = "valid only if every study has the same true rate"


def clopper_pearson(events: ArrayLike, totals: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Exact (Clopper–Pearson) interval for `events` out of `totals`, element by element.

    Refuses ``totals = 0`` (`ValueError`): a report without a denominator has no rate. Clopper and Pearson
    1934, doi 10.1093/biomet/26.4.404.
    """
    from scipy.special import betaincinv

    x, n = as_counts(events, totals)
    tail = (1 - level) / 2
    # betaincinv needs positive shapes; the two ends it cannot give are 0 and 1 by definition
    lower = np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1), n - x + 1, tail))
    upper = np.where(x == n, 1.0, betaincinv(x + 1, np.maximum(n - x, 1), 1 - tail))
    return lower, upper


def wilson(events: ArrayLike, totals: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson score interval, element by element; refuses ``totals = 0``. doi 10.1080/01621459.1927.10502953."""
    from scipy.special import ndtri

    x, n = as_counts(events, totals)
    z2 = float(ndtri((1 + level) / 2)) ** 2
    centre = (x + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (x * (n - x) / n + z2 / 4)) / (n + z2)
    return np.where(x == 0, 0.0, centre - half), np.where(x == n, 1.0, centre + half)


def complete_pooling(data: Studies) -> Result:
    """Crude sum with its exact interval (`complete_pooling_exact`): all patients taken as one study."""
    method = "complete_pooling_exact"
    if not data.k:
        return data.refuse(method, "there is no study")
    events, total = data.x.sum(), data.n.sum()
    lower, upper = clopper_pearson([events], [total], data.level)
    notes = (f"the studies are summed as if they were one: {HOMOGENEOUS}",) if data.k > 1 else ()
    detail: dict[str, Any] = {"interval": "Clopper–Pearson of the sum"}
    if events == 0:
        # the whole error on one side: the limit to quote when nothing was seen
        detail["one_sided_upper"] = -math.expm1(math.log(1 - data.level) / total)
    return data.estimate(
        method, value=float(events / total), lower=float(lower[0]), upper=float(upper[0]),
        detail=detail, notes=notes,
    )  # fmt: skip


def study_intervals(
    events: ArrayLike,
    totals: ArrayLike,
    labels: Sequence[str] | None = None,
    level: float = 0.95,
    *,
    question: str = "cr_rate",
) -> list[Estimate]:
    """Each study's own rate: Clopper–Pearson as the interval, Wilson's in `detail`; subset = the label.

    Raises `ValueError` for counts that are not 0 ≤ events ≤ total ≥ 1.
    """
    x, n = as_counts(events, totals)
    names = labels_for(len(x), labels)
    lower, upper = clopper_pearson(x, n, level)
    wilson_lower, wilson_upper = wilson(x, n, level)
    return [
        Estimate(
            question=question, method="clopper_pearson", subset=names[i], level=level,
            value=float(x[i] / n[i]), lower=float(lower[i]), upper=float(upper[i]),
            k_studies=1, n_patients=int(n[i]), n_events=int(x[i]),
            detail={"wilson_lower": float(wilson_lower[i]), "wilson_upper": float(wilson_upper[i])},
        )
        for i in range(len(x))
    ]  # fmt: skip
