"""Which figures the report has, and what goes into each; all numbers from `Estimate`s."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from synthesize.analysis import Synthesis
from synthesize.estimate import Estimate
from synthesize.report.figures.cumulative_cr import CrCurve, cumulative_cr
from synthesize.report.figures.forest import ForestRow, PooledRow, forest
from synthesize.report.figures.kaplan_meier import KmCurve, kaplan_meier
from synthesize.report.figures.saving import rendered
from synthesize.report.words import figure, interval, short_name, with_short_names
from synthesize.survival.by_status import OFF, ON

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUPS = {
    "trial_arm": "Arms of randomised trials",
    "cohort": "Cohorts and surveys",
    "survey": "Cohorts and surveys",
}
POOLED = (
    ("glmm_t", "Pooled, median study (GLMM, t)"),
    ("glmm_profile_t", "Pooled, profile likelihood"),
    ("complete_pooling_exact", "Crude sum, exact"),
)


def figures(synthesis: Synthesis) -> dict[str, bytes]:
    """Return the figures as SVG and PNG by name; one for which there is nothing to draw is left out."""
    drawings: dict[str, Callable[[Synthesis], Figure | None]] = {
        "forest_cr_rate": _forest,
        "cumulative_cr": _cumulative_cr,
        "kaplan_meier_after_cr": _after_cr,
        "kaplan_meier_by_drug_status": _by_status,
    }
    files: dict[str, bytes] = {}
    for name, draw in drawings.items():
        drawn = draw(synthesis)
        if drawn is not None:
            files |= {f"{name}.{ending}": data for ending, data in rendered(drawn).items()}
    return files


def _note(synthesis: Synthesis, text: str) -> str:
    return f"{synthesis.evidence.stamp} {text}".strip()


def _forest(synthesis: Synthesis) -> Figure | None:
    rows = [_forest_row(estimate, synthesis) for estimate in synthesis.each_study]
    rows.sort(key=lambda row: (list(GROUPS.values()).index(row.group), not row.counted, row.label))
    answer = synthesis.primary("cr_rate")
    results = [(label, answer.get(method)) for method, label in POOLED]
    pooled = [
        PooledRow(label, r.value, r.lower, r.upper, r.prediction_lower, r.prediction_upper)
        for label, r in results
        if isinstance(r, Estimate)
    ]
    if not rows:
        return None
    note = _note(synthesis, "Exact: Clopper–Pearson. Case reports carry no denominator and are not shown.")
    return forest(rows, pooled, title=f"Complete remission under {synthesis.topic.drug.name}", note=note)


def _forest_row(estimate: Estimate, synthesis: Synthesis) -> ForestRow:
    study = synthesis.evidence.studies[estimate.subset]
    decision = synthesis.decision("cr_rate", estimate.subset)
    return ForestRow(
        label=f"{short_name(study)}: {study['title_short']}" if study["title_short"] else short_name(study),
        group=GROUPS.get(study["design"], "Other"),
        events=estimate.n_events,
        total=estimate.n_patients,
        value=estimate.value,
        lower=estimate.lower,
        upper=estimate.upper,
        counted=decision.included,
        remark=with_short_names(decision.reason, synthesis.evidence.studies),
    )


def _cumulative_cr(synthesis: Synthesis) -> Figure | None:
    curves = [
        _cr_curve(label, estimate)
        for analysis, label in (("primary", "All patients with CR"), ("cohort_only", "Patients of cohorts"))
        if isinstance(estimate := synthesis.find("time_to_cr", analysis).get("turnbull"), Estimate)
    ]
    if not curves:
        return None
    title = f"Time to complete remission under {synthesis.topic.drug.name}"
    note = _note(
        synthesis,
        "Among patients who reached CR. Bars: 95 % intervals at 3, 6, 12 months (bootstrap percentile; exact where all "
        "or none are in CR).",
    )
    return cumulative_cr(curves, title=title, note=note)


def _cr_curve(label: str, estimate: Estimate) -> CrCurve:
    detail = estimate.detail
    curve = detail["curve"]
    marks = {
        float(month): (share["value"], share["lower"], share["upper"])
        for month, share in detail["share_by_month"].items()
    }
    return CrCurve(
        label, list(curve["left"]), list(curve["right"]), list(curve["probability"]),
        detail["median_left"], detail["median_right"], estimate.n_patients or 0, marks,
    )  # fmt: skip


def _after_cr(synthesis: Synthesis) -> Figure | None:
    return _km_figure(synthesis, {"All patients": ("kaplan_meier", "all")}, "Case reports select for long remissions.")


def _by_status(synthesis: Synthesis) -> Figure | None:
    curves = {
        "On the drug when CR was found": ("landmark_curve", f"all, landmark 0 months: {ON}"),
        "Off the drug when CR was found": ("landmark_curve", f"all, landmark 0 months: {OFF}"),
    }
    return _km_figure(synthesis, curves, "Nobody was randomised; the groups are the status at CR, whatever followed.")


def _km_figure(synthesis: Synthesis, shown: dict[str, tuple[str, str]], note: str) -> Figure | None:
    answer = synthesis.primary("recurrence")
    results = {label: answer.get(method, subset) for label, (method, subset) in shown.items()}
    curves = [_km_curve(label, result) for label, result in results.items() if isinstance(result, Estimate)]
    if not curves:
        return None
    return kaplan_meier(
        curves,
        title="Time without recurrence after complete remission",
        y_label="Without recurrence, %",
        note=_note(synthesis, note),
    )


def _km_curve(label: str, estimate: Estimate) -> KmCurve:
    curve = estimate.detail["curve"]
    median = "not reached" if estimate.value is None else f"{figure(estimate.value)} months"
    columns = {
        name: list(curve[name]) for name in ("time", "survival", "lower", "upper", "at_risk", "events", "censored")
    }
    text = f"median {median} ({interval(estimate)})"
    return KmCurve(
        label=label,
        n=estimate.n_patients or 0,
        n_events=estimate.n_events or 0,
        median_text=text,
        event="recurrence",
        **columns,
    )
