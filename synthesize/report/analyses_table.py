"""The third table: every analysis, primary and sensitivity, with k, n, events, estimate, interval and method."""

from __future__ import annotations

from synthesize.analysis import Answer, Synthesis, estimate_id
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.report.notes import general_notes
from synthesize.report.table import Column, Footnote, Line, ReportTable
from synthesize.report.words import figure, percent, percent_span, span

COLUMNS = (
    Column("quantity", "Analysis and quantity", 2.6),
    Column("k", "k", 0.4, numeric=True),
    Column("n", "n", 0.5, numeric=True),
    Column("events", "Events", 0.6, numeric=True),
    Column("estimate", "Estimate", 0.8, numeric=True),
    Column("interval", "95 % CI", 1.2, numeric=True),
    Column("prediction", "95 % prediction", 1.2, numeric=True),
    Column("p", "P", 0.6, numeric=True),
    Column("remark", "Remark", 2.8),
    Column("trace", "Name for python -m catalog trace", 2.6),
)
QUANTITY = {
    "glmm_t": "rate of the median study, GLMM, t(k − 1)",
    "glmm_profile_t": "the same, profile likelihood, threshold for few studies",
    "glmm_profile": "the same, profile likelihood, χ²(1)",
    "glmm_wald": "the same, Wald (too narrow for few studies)",
    "glmm_bayes_nm4_hn1": "rate, Bayes, μ ~ N(−4, 2²), τ ~ HN(1)",
    "glmm_bayes_nm4_hn05": "rate, Bayes, μ ~ N(−4, 2²), τ ~ HN(0.5)",
    "beta_binomial_profile": "mean rate, beta–binomial, profile",
    "common_effect": "rate, common effect",
    "complete_pooling_exact": "crude sum, exact",
    "iv_logit_reml": "rate, inverse variance on the logit, REML",
    "iv_logit_reml_knha": "the same, Knapp–Hartung",
    "iv_logit_pm_knha": "the same, Paule–Mandel and Knapp–Hartung",
    "freeman_tukey_reml": "rate, Freeman–Tukey (for comparison only)",
    "glmm_bayes_n25_hn05": "rate, Bayes, μ ~ N(0, 2.5²), τ ~ HN(0.5)",
    "glmm_bayes_n25_hn1": "rate, Bayes, μ ~ N(0, 2.5²), τ ~ HN(1)",
    "glmm_bayes_n10_hn05": "rate, Bayes, μ ~ N(0, 10²), τ ~ HN(0.5)",
    "glmm_bayes_n10_hn1": "rate, Bayes, μ ~ N(0, 10²), τ ~ HN(1)",
    "iv_logit_dl": "the same, DerSimonian–Laird",
    "fisher_homogeneity": "one rate for all studies? Fisher's exact test",
    "small_study_test": "the same rate in small studies? Change with 1/n",
    "turnbull": "median months to CR, Turnbull",
    "kaplan_meier": "median months, Kaplan–Meier",
    "weibull": "median months to CR, Weibull",
    "lognormal": "median months to CR, log-normal",
    "generalized_gamma": "median months to CR, generalised gamma",
    "logrank_interval": "permutation log-rank",
    "aalen_johansen": "cumulative incidence, Aalen–Johansen",
    "landmark_curve": "median months, landmark",
    "simon_makuch_curve": "median months, status changing at the stop",
    "person_time_rate_on": "recurrences per 100 person-months on the drug",
    "person_time_rate_off": "recurrences per 100 person-months off the drug",
    "person_time_rate_ratio": "rate ratio, on against off, exact",
    "cox_firth": "hazard ratio, on against off, Firth, status changing at the stop",
    "logrank": "hazard ratio, on against off, one-step; P by log-rank, chi-square",
    "logrank_exact": "log-rank, exact permutation",
    "fisher_exact": "odds ratio, never against ever stopped, Fisher",
    "fisher_midp": "the same, mid-P",
    "conditional_or": "odds ratio, never against ever stopped, exact",
    "risk_difference_mn": "risk difference, Miettinen–Nurminen",
    "risk_difference_newcombe": "risk difference, Newcombe",
    "barnard": "Barnard's exact test",
    "boschloo": "Boschloo's exact test",
    "firth_logistic": "odds ratio, Firth",
    "beta_posterior_uniform": "probability that never stopped recurs less, Beta(1, 1)",
    "beta_posterior_jeffreys": "probability that never stopped recurs less, Beta(½, ½)",
    "stratified_conditional_or": "odds ratio stratified by source, exact",
    "missing_outcome_bounds": "risk difference over every completion of what is not reported",
}
"""How each method of an analysis is called."""
P_VALUES = (
    "P values are not adjusted for the number of analyses, and a small one among so many is no finding by itself. "
    "Nobody was randomised: a ratio or difference by drug status compares patients, not the effect of the drug."
)
ELSEWHERE = {"clopper_pearson", "case_reports"}
"""Each study's own interval stands in the evidence table, the refusal of case reports in its footnotes."""
SENSITIVITY = (
    "glmm_t", "glmm_profile_t", "glmm_bayes_nm4_hn1", "complete_pooling_exact", "turnbull", "kaplan_meier",
    "person_time_rate_ratio", "cox_firth", "fisher_exact",
)  # fmt: skip
"""What it shows of the analyses beside the primary one."""
TITLES = {"cr_rate": "Pooled CR rate", "time_to_cr": "Time to CR", "recurrence": "Recurrence after CR"}
SHARES = {"cr_rate"}


def analyses_table(synthesis: Synthesis) -> ReportTable:
    """Return the table; the primary analysis of each question comes first."""
    lines: list[Line] = []
    for question, title in TITLES.items():
        for answer in synthesis.answers:
            if answer.analysis.question == question:
                lines.append(Line("group", f"{title}: {answer.analysis.title}"))
                lines += [_line(answer, result) for result in answer.results if _shown(answer, result)]
    notes = [
        Footnote("", "n, patients; events, CR (rate), patients whose month of CR is known or has a latest one (time), "
                     "recurrences or what the line names (recurrence). Cumulative incidence and risk difference are "
                     "shares of 1. Every method with full precision is in estimates.csv."),
        Footnote("", P_VALUES),
        Footnote("", general_notes(synthesis)[-1]),
    ]  # fmt: skip
    title = f"Every analysis, with the primary one first. {synthesis.topic.title}"
    return ReportTable(title, COLUMNS, tuple(lines), tuple(notes), synthesis.evidence.stamp)


def _shown(answer: Answer, result: Result) -> bool:
    """Return whether a result has a line: all of the primary analysis, the main ones of the others."""
    return result.method not in ELSEWHERE if answer.analysis.id == "primary" else result.method in SENSITIVITY


def _line(answer: Answer, result: Result) -> Line:
    name = estimate_id(result.question, answer.analysis.id, result.method, result.subset)
    subset = "" if result.subset == "all" else f" ({result.subset})"
    cells = {"quantity": QUANTITY[result.method] + subset + _horizon(result), "trace": name}
    if isinstance(result, NotEstimable):
        return Line("body", cells={**cells, "estimate": "—", "remark": f"not estimable: {result.reason}"})
    counts = {"k": result.k_studies, "n": result.n_patients, "events": result.n_events}
    cells |= {column: str(count) for column, count in counts.items() if count is not None}
    cells |= _numbers(result)
    return Line("body", cells={**cells, "remark": "; ".join(result.notes)})


def _horizon(result: Result) -> str:
    """Return by which month a cumulative incidence is given."""
    month = result.detail.get("horizon") if isinstance(result, Estimate) else None
    return "" if month is None else f", by month {figure(month)}"


def _numbers(result: Estimate) -> dict[str, str]:
    share = result.question in SHARES
    cells = {}
    if result.value is not None:
        cells["estimate"] = percent(result.value) if share else figure(result.value)
    elif "value" in result.detail and result.p_value is None:  # of a test the p-value says all
        cells["estimate"] = str(result.detail["value"])
    if result.lower is not None or result.upper is not None:
        text = percent_span(result.lower, result.upper) if share else span(result)
        cells["interval"] = text
    if result.prediction_lower is not None:
        cells["prediction"] = percent_span(result.prediction_lower, result.prediction_upper)
    if result.p_value is not None:
        cells["p"] = figure(result.p_value)
    return cells
