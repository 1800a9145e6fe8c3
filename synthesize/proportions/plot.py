"""``--plot FILE``: every study with its exact interval, the pooled rows below as diamonds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthesize.command import save_plot
from synthesize.estimate import Estimate, Result

SHOWN = {
    "glmm_t": "Random-intercept logistic model, t",
    "glmm_bayes_nm4_hn1": "The same, Bayesian, τ ~ HN(1)",
    "complete_pooling_exact": "Crude sum, exact",
}
"""Drawn when every method was asked for; a single method is drawn alone."""


def plot(path: Path, own: Sequence[Estimate], groups: Sequence[str], pooled: Sequence[Result], outcome: str) -> None:
    """Draw the forest of studies `own`, each in its group (k,), with the `pooled` results that have a number.

    The file is written whole or not at all. Raises `InvalidInput` when it cannot be written.
    """
    from synthesize.report.figures.forest import ForestRow, PooledRow, forest

    places = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    rows = [
        ForestRow(one.subset, group, one.n_events, one.n_patients, one.value, one.lower, one.upper)
        for one, group in sorted(zip(own, groups, strict=True), key=lambda pair: places[pair[1]])
    ]
    drawn = [one for one in pooled if isinstance(one, Estimate) and one.value is not None]
    if len({one.method for one in drawn}) > 1:
        drawn = [one for one in drawn if one.method in SHOWN]
    diamonds = [
        PooledRow(_label(one), one.value, one.lower, one.upper, one.prediction_lower, one.prediction_upper)
        for one in drawn
    ]
    level = own[0].level if own and own[0].level is not None else 0.95
    figure = forest(rows, diamonds, title="Pooled proportion", outcome=outcome, level=level)
    save_plot(path, figure)


def _label(one: Estimate) -> str:
    words = SHOWN.get(one.method, one.method)
    return words if one.subset == "all" else f"{words}: {one.subset}"
