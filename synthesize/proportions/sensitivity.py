"""How much hangs on one study, and how the estimate grew: leave-one-out and cumulative pooling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from synthesize.estimate import Result
from synthesize.proportions.counts import Studies, labels_for, studies
from synthesize.proportions.glmm_estimates import glmm_t_many
from synthesize.proportions.switch import pool


def leave_one_out(
    events: ArrayLike,
    totals: ArrayLike,
    labels: Sequence[str] | None = None,
    *,
    level: float = 0.95,
    question: str = "cr_rate",
    method: str = "glmm_t",
) -> list[Result]:
    """Pool without each study in turn by `method`; subset = ``without LABEL``. `ValueError` as in `pool`."""
    whole = studies(events, totals, level=level, question=question)
    names = labels_for(whole.k, labels)
    kept = [np.arange(whole.k) != place for place in range(whole.k)]
    return _each(whole, kept, [f"without {name}" for name in names], method)


def cumulative(
    events: ArrayLike,
    totals: ArrayLike,
    order: Sequence[float] | Sequence[str],
    *,
    level: float = 0.95,
    question: str = "cr_rate",
    method: str = "glmm_t",
) -> list[Result]:
    """Pool the studies up to each value of `order` (k,), smallest first; subset = ``up to VALUE``.

    Studies with the same value enter together, so that their order in the file does not matter.
    """
    whole = studies(events, totals, level=level, question=question)
    if len(order) != whole.k:
        raise ValueError(f"{len(order)} places in the order for {whole.k} studies")
    places = np.asarray(order)
    steps = np.unique(places)
    words = [f"{step:g}" if isinstance(step, float) else str(step) for step in steps.tolist()]
    return _each(whole, [places <= step for step in steps], [f"up to {word}" for word in words], method)


def _each(whole: Studies, kept: list[np.ndarray], subsets: list[str], method: str) -> list[Result]:
    sets = [
        Studies(whole.x[rows], whole.n[rows], whole.level, whole.question, subset)
        for rows, subset in zip(kept, subsets, strict=True)
    ]
    if method == "glmm_t":
        return glmm_t_many(sets, whole)
    return [
        result
        for data in sets
        for result in pool(
            data.x, data.n, level=data.level, question=data.question, subset=data.subset, methods=[method]
        )
    ]
