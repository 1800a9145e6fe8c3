"""Rules across fields and tables: name, plain sentence, severity, where it comes from.

What a single field must be (filled, within bounds, of its vocabulary, a key, a pointer) follows from the
declaration of fields and tables and is not repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.fields import Severity

Where = tuple[str, tuple[str, ...]]
LOGIC = "logic"
DESIGN = "a study without a known denominator never enters a rate (JBI case series items 4 and 5)"


@dataclass(frozen=True)
class Rule:
    """What every rule says of itself."""

    name: str
    table: str
    sentence: str
    severity: Severity
    standard: str


@dataclass(frozen=True)
class Order(Rule):
    """`smaller` is at most `larger` wherever both are known."""

    smaller: str
    larger: str


@dataclass(frozen=True)
class Allowed(Rule):
    """`column` holds one of `values` in rows where `where` holds."""

    column: str
    values: tuple[str, ...]
    where: Where


@dataclass(frozen=True)
class Filled(Rule):
    """`column` is filled in rows where `where` holds."""

    column: str
    where: Where


@dataclass(frozen=True)
class Listed(Rule):
    """The patients listed of a study are as many as it counts."""


def _interval(name: str, words: str) -> Order:
    return Order(
        f"{name}_ordered", "patient", f"{words} does not end before it begins", "critical", LOGIC,
        f"{name}_months_lower", f"{name}_months_upper",
    )  # fmt: skip


ORDERS: tuple[Order, ...] = (
    Order("cr_within_treated", "study", "no more CR than patients treated", "critical", LOGIC, "n_cr", "n_treated"),
    Order("years_ordered", "study", "treatment ends after it began", "critical", LOGIC, "start_year", "end_year"),
    _interval("time_to_cr", "time to CR"),
    _interval("drug_duration", "time on the drug"),
    _interval("drug_stop", "time of stopping"),
    _interval("drug_stop_from_cr", "time from CR to stopping"),
    _interval("disease_free", "disease-free time"),
    _interval("disease_free_from_cr", "disease-free time from CR"),
)

RULES: tuple[Rule, ...] = (
    *ORDERS,
    Allowed(
        "case_reports_have_no_denominator", "study", "case reports and series carry no denominator", "critical",
        DESIGN, "denominator", ("numerator_only", "selected_on_response"),
        ("design", ("case_report", "case_series")),
    ),
    Filled(
        "treated_population_counted", "study", "a treated population has its number treated", "critical", DESIGN,
        "n_treated", ("denominator", ("treated_population",)),
    ),
    Listed(
        "listed_equals_counted", "study", "a study that lists its CR patients lists as many as it counts",
        "critical", "Cochrane Handbook 7.2.2",
    ),
    Filled(
        "recurrence_timed", "patient", "a recurrence has its time from CR", "warning", "CARE item 10",
        "disease_free_from_cr_months_lower", ("recurrence", ("yes",)),
    ),
    Filled(
        "stop_timed", "patient", "a stop after CR has its time from CR", "warning", "CARE item 9",
        "drug_stop_from_cr_months_lower", ("drug_after_cr", ("stopped_after_cr",)),
    ),
    Filled(
        "time_to_cr_known", "patient", "a confirmed CR has its time", "info", "CARE item 7",
        "time_to_cr_months_lower", ("cr_certainty", ("confirmed",)),
    ),
    Allowed(
        "not_maintained_agrees", "patient", "a drug that the source counts as not maintained was stopped",
        "critical", LOGIC, "drug_after_cr", ("stopped_after_cr", "stopped_before_cr", "surgery", "unclear"),
        ("drug_maintained", ("no",)),
    ),
    Allowed(
        "maintained_agrees", "patient", "a drug that the source counts as maintained went on after CR", "critical",
        LOGIC, "drug_after_cr", ("maintained", "reduced", "stopped_after_cr"), ("drug_maintained", ("yes",)),
    ),
    Allowed(
        "no_site_without_recurrence", "patient", "who has no recurrence has no site of it", "critical", LOGIC,
        "recurrence_site", ("not_applicable",), ("recurrence", ("no",)),
    ),
    Allowed(
        "advanced_when_spread", "patient", "portal vein invasion or metastasis means BCLC C or D", "warning",
        "doi:10.1016/j.jhep.2021.11.018", "bclc_stage", ("C", "D"), ("portal_vein_invasion", ("yes",)),
    ),
)  # fmt: skip
