"""``--plot FILE`` of two-by-two tables: every odds ratio and risk difference, of one table or stratum by stratum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from synthesize.command import save_plot
from synthesize.estimate import Estimate, Result
from synthesize.report.figures.effects import Block, Effect, effects

ODDS_RATIOS = {
    "fisher_exact": "Fisher, conditional",
    "fisher_midp": "Fisher, mid-P",
    "conditional_or": "Conditional, exact",
    "firth_logistic": "Firth's penalised logistic",
    "stratified_conditional_or": "Common, conditional, exact",
    "mantel_haenszel_or": "Common, Mantel–Haenszel",
    "peto_or": "Common, Peto",
}
DIFFERENCES = {
    "risk_difference_newcombe": "Newcombe",
    "risk_difference_mn": "Miettinen–Nurminen",
    "mantel_haenszel_rd": "Common, Mantel–Haenszel",
}
EACH_STRATUM = ("conditional_or", "risk_difference_newcombe")
"""Where several strata were compared by every method, one method stands for each stratum."""
POOLED = ("stratified_conditional_or", "mantel_haenszel_or", "peto_or", "mantel_haenszel_rd")


def plot(path: Path, results: Sequence[Result], level: float) -> None:
    """Write the figure to `path`. Raises `InvalidInput` when no result has an interval to draw."""
    drawn = [one for one in results if isinstance(one, Estimate) and not one.lower is one.upper is None]
    by_stratum = len({one.subset for one in drawn if one.method not in POOLED}) > 1
    if by_stratum and len({one.method for one in drawn} - set(POOLED)) > 1:
        drawn = [one for one in drawn if one.method in (*EACH_STRATUM, *POOLED)]
    blocks = [
        Block("Odds ratio, group 1 against group 2", "Odds ratio (logarithmic scale)",
              _rows(drawn, ODDS_RATIOS, by_stratum), ratio=True),
        Block("Risk difference, group 1 less group 2", "Risk difference",
              _rows(drawn, DIFFERENCES, by_stratum), ratio=False),
    ]  # fmt: skip
    note = "Each stratum: conditional odds ratio, exact; risk difference, Newcombe." if by_stratum else ""
    save_plot(path, effects(blocks, title="Two proportions", note=note, level=level))


def _rows(results: Sequence[Estimate], names: Mapping[str, str], by_stratum: bool) -> list[Effect]:
    return [
        Effect(
            names[one.method] if one.method in POOLED or not by_stratum else one.subset,
            one.value, one.lower, one.upper, one.method in POOLED,
        )
        for one in results
        if one.method in names
    ]  # fmt: skip
