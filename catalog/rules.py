"""Rules across fields, rows and tables: name, plain sentence, severity, where it comes from.

What a single field must be (filled, within bounds, of its vocabulary, a key, a pointer) follows from the
declaration of fields and tables and is not repeated here.

*critical*: what breaks it would make a number of an estimate wrong, or says two things about one that enters it; the
analysis is held back. *warning*: doubtful; printed in the report. *info*: worth a look; listed.
"""

from __future__ import annotations

from catalog.rule_kinds import (
    Agree,
    Allowed,
    Between,
    Computed,
    Contains,
    Differ,
    Distinct,
    Drift,
    Empty,
    Filled,
    Forbidden,
    NotAfter,
    Order,
    Rule,
    Shaped,
)
from catalog.units import USUAL

LOGIC = "logic"
DESIGN = "a study without a known denominator never enters a rate (JBI case series items 4 and 5)"
RETRACTION = "INSPECT-SR check 1.1; Cochrane policy on problematic studies"
CHILD_PUGH = "doi:10.1002/bjs.1800600817"
ALBI = "doi:10.1200/JCO.2014.57.9151"
BCLC = "doi:10.1016/j.jhep.2021.11.018"
MRECIST = "doi:10.1055/s-0030-1247132"
SURVIVAL_TIMES = "doi:10.1038/sj.bjc.6601118: the start of a time is stated"
IMMORTAL_TIME = "doi:10.1093/aje/kwm324"
EASL = "doi:10.1016/j.jhep.2018.03.019"
LIVING = "PRISMA-LSR (doi:10.1136/bmj-2024-079183): changes between versions are told"

NOTHING = ("none", "not_applicable", "not_reported")
"""Codes that say there is nothing; they stand alone, never beside another."""
ON_DRUG = ("drug_after_cr", ("maintained", "reduced"))
ON_DRUG_AT_CR = ("drug_after_cr", ("maintained", "reduced", "stopped_after_cr"))
BEFORE_CR = ("drug_after_cr", ("stopped_before_cr",))
AFTER_CR = ("drug_after_cr", ("stopped_after_cr",))
RECURRED = ("recurrence", ("yes",))
NO_RECURRENCE = ("recurrence", ("no",))
PRINTED_TO_THE_MONTH = 1.0
"""Times are printed in whole months: two of them may be a month apart and still agree."""
FOUR_WEEKS = 0.91
"""Months, rounded down: a response is confirmed after four weeks at the earliest."""
ONE_DAY = 0.03
"""Months, rounded down."""


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

STUDY: tuple[Rule, ...] = (
    Allowed(
        "case_reports_have_no_denominator", "study", "case reports and series carry no denominator", "critical",
        DESIGN, "denominator", ("numerator_only", "selected_on_response"),
        ("design", ("case_report", "case_series")),
    ),
    Filled(
        "treated_population_counted", "study", "a treated population has its number treated", "critical", DESIGN,
        "n_treated", ("denominator", ("treated_population",)),
    ),
    Agree(
        "listed_equals_counted", "study", "a study that lists its CR patients lists as many as it counts",
        "critical", "Cochrane Handbook 7.2.2", "n_cr", "n_listed",
    ),
    Computed(
        "counted_cr_confirmed", "study", "who is listed of a treated population's CR has a confirmed CR", "warning",
        MRECIST, "listed_unconfirmed",
    ),
    Computed(
        "retracted_counts_nowhere", "study", "a retracted source counts in no analysis", "critical", RETRACTION,
        "retracted_counted_in",
    ),
    Computed(
        "retraction_taken_over", "study", "a study carries the retraction of its report", "critical", RETRACTION,
        "retraction_missed",
    ),
    Empty(
        "no_concern", "study", "no expression of concern stands against a source", "warning", RETRACTION,
        "concern_by",
    ),
    Between(
        "case_report_is_one", "study", "a case report has one patient with CR", "warning", "CARE title item",
        "n_cr", 1, 1, ("design", ("case_report",)),
    ),
    Between(
        "case_series_has_cr", "study", "a case series has a patient with CR", "warning", LOGIC, "n_cr", 1, None,
        ("design", ("case_series",)),
    ),
    Allowed(
        "trial_arm_is_treated_population", "study", "the arm of a trial is a treated population", "warning",
        "CONSORT item 16", "denominator", ("treated_population",), ("design", ("trial_arm",)),
    ),
    Forbidden(
        "rate_has_criterion", "study", "a treated population names its criterion of response", "info", MRECIST,
        "criterion", ("not_reported",), ("denominator", ("treated_population",)),
    ),
    Order(
        "published_after_treatment", "study", "treatment ended before its publication", "warning", LOGIC,
        "end_year", "year",
    ),
    Computed(
        "siblings_paired", "study", "two studies of one publication stand as a pair that may overlap", "warning",
        "Cochrane Handbook 4.6.2", "unpaired_siblings",
    ),
    Between(
        "treated_population_is_of_many", "study", "a treated population is of five patients or more", "warning", DESIGN,
        "n_treated", 5, None, ("denominator", ("treated_population",)),
    ),
    Distinct(
        "counted_alike_once", "study", "no two studies have as many treated and as many in CR", "warning",
        "Cochrane Handbook 4.6.2", ("n_treated", "n_cr"),
    ),
    Filled(
        "study_located", "study", "a study can be walked back to a file", "warning", "PRISMA 2020 item 9", "file",
    ),
)  # fmt: skip

CHILDREN: tuple[Rule, ...] = (
    Between(
        "child_pugh_a", "patient", "Child–Pugh A means 5 or 6 points", "warning", CHILD_PUGH, "child_pugh_score",
        5, 6, ("child_pugh_class", ("A",)),
    ),
    Between(
        "child_pugh_b", "patient", "Child–Pugh B means 7 to 9 points", "warning", CHILD_PUGH, "child_pugh_score",
        7, 9, ("child_pugh_class", ("B",)),
    ),
    Between(
        "child_pugh_c", "patient", "Child–Pugh C means 10 to 15 points", "warning", CHILD_PUGH, "child_pugh_score",
        10, 15, ("child_pugh_class", ("C",)),
    ),
    Between(
        "albi_grade_1", "patient", "ALBI grade 1 means a score of at most −2.60", "warning", ALBI, "albi_score",
        None, -2.60, ("albi_grade", ("1",)),
    ),
    Between(
        "albi_grade_2", "patient", "ALBI grade 2 means a score above −2.60, at most −1.39", "warning", ALBI,
        "albi_score", -2.60, -1.39, ("albi_grade", ("2",)),
    ),
    Between(
        "albi_grade_3", "patient", "ALBI grade 3 means a score above −1.39", "warning", ALBI, "albi_score", -1.39,
        None, ("albi_grade", ("3",)),
    ),
    Allowed(
        "advanced_when_spread", "patient", "portal vein invasion means BCLC C or D", "warning", BCLC, "bclc_stage",
        ("C", "D", "not_reported"), ("portal_vein_invasion", ("yes",)),
    ),
    Allowed(
        "advanced_when_metastatic", "patient", "extrahepatic metastasis means BCLC C or D", "warning", BCLC,
        "bclc_stage", ("C", "D", "not_reported"), ("extrahepatic_metastasis", ("yes",)),
    ),
    Between(
        "performance_fits_stage", "patient", "ECOG 3 and 4 mean BCLC D", "warning", BCLC, "ecog", 0, 2,
        ("bclc_stage", ("0", "A", "B", "C")),
    ),
    Allowed(
        "no_site_without_metastasis", "patient", "who has no extrahepatic metastasis has no site of it", "warning",
        LOGIC, "extrahepatic_sites", ("not_applicable",), ("extrahepatic_metastasis", ("no",)),
    ),
    Allowed(
        "sites_lie_outside_the_liver", "patient", "a site of extrahepatic metastasis is not in the liver", "warning",
        LOGIC, "extrahepatic_sites",
        ("adrenal", "bone", "extrahepatic", "lung", "lymph_node", "other", "not_reported", "not_applicable"),
    ),
)  # fmt: skip
"""Baseline: what a field says against the field it belongs to."""

RESPONSE: tuple[Rule, ...] = (
    Computed(
        "cr_grounded", "patient", "a confirmed CR says by which criterion, or on what, it rests", "warning", MRECIST,
        "ungrounded",
    ),
    Between(
        "time_to_cr_possible", "patient", "CR takes four weeks or more", "warning", MRECIST,
        "time_to_cr_months_upper", FOUR_WEEKS,
    ),
    Filled(
        "time_to_cr_known", "patient", "a confirmed CR has its time", "info", "CARE item 7",
        "time_to_cr_months_lower", ("cr_certainty", ("confirmed",)),
    ),
    Forbidden(
        "time_to_cr_from_start", "patient", "a time to CR counts from nothing else than the start of the drug",
        "critical", SURVIVAL_TIMES, "time_to_cr_origin", ("CR", "stop", "surgery", "diagnosis"),
        ("time_to_cr_months_lower", ()),
    ),
    Forbidden(
        "time_to_cr_origin_stated", "patient", "a time to CR says from where it counts", "warning", SURVIVAL_TIMES,
        "time_to_cr_origin", ("not_stated",), ("time_to_cr_months_lower", ()),
    ),
    Forbidden(
        "marker_alone_confirms_nothing", "patient", "a confirmed CR rests on more than a marker", "critical",
        MRECIST, "cr_basis", ("biochemical",), ("cr_certainty", ("confirmed",)),
    ),
    Contains(
        "imaging_criterion_has_imaging", "patient", "CR by RECIST or mRECIST rests on imaging", "warning", MRECIST,
        "cr_basis", ("radiologic", "not_reported"), ("criterion", ("RECIST", "RECIST_1.1", "mRECIST", "imaging")),
    ),
    Contains(
        "pathology_criterion_has_pathology", "patient", "CR by pathology rests on a specimen", "warning", LOGIC,
        "cr_basis", ("pathologic", "not_reported"), ("criterion", ("pathology",)),
    ),
    NotAfter(
        "afp_falls", "patient", "AFP at CR is not above AFP at the start", "info", MRECIST, "afp_at_cr_ng_ml",
        "afp_baseline_ng_ml", 0,
    ),
    Between(
        "afp_low_at_cr", "patient", "AFP at CR is at most 400 ng/mL", "warning", EASL, "afp_at_cr_ng_ml", None, 400,
    ),
    NotAfter(
        "pivka_falls", "patient", "PIVKA-II at CR is not above PIVKA-II at the start", "info", MRECIST,
        "pivka_at_cr_mau_ml", "pivka_baseline_mau_ml", 0,
    ),
    Computed(
        "monotherapy_agrees", "patient", "a patient of a study of monotherapy had no other treatment with the drug",
        "warning", "doi:10.1136/bmjebm-2017-110853", "combined_in_monotherapy",
    ),
)  # fmt: skip

DRUG: tuple[Rule, ...] = (
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
        "reduced_agrees", "patient", "a drug that went on at a reduced dose was reduced", "warning", LOGIC,
        "dose_reduction", ("yes", "not_reported"), ("drug_after_cr", ("reduced",)),
    ),
    Filled(
        "stop_timed", "patient", "a stop after CR has its time from CR", "warning", "CARE item 9",
        "drug_stop_from_cr_months_lower", AFTER_CR,
    ),
    Empty(
        "no_stop_time_without_stop", "patient", "a drug that was not stopped has no time of stopping", "critical",
        IMMORTAL_TIME, "drug_stop_months_lower", ON_DRUG,
    ),
    Allowed(
        "no_stop_reason_without_stop", "patient", "a drug that was not stopped has no reason for stopping",
        "critical", IMMORTAL_TIME, "drug_stop_reason", ("not_applicable", "not_reported"), ON_DRUG,
    ),
    Between(
        "stop_after_cr_is_after", "patient", "a stop after CR has a time after CR", "critical", IMMORTAL_TIME,
        "drug_stop_from_cr_months_upper", 0, None, AFTER_CR,
    ),
    Between(
        "stop_before_cr_is_before", "patient", "a stop before CR has a time before CR", "critical", IMMORTAL_TIME,
        "drug_stop_from_cr_months_lower", None, 0, BEFORE_CR,
    ),
    NotAfter(
        "on_the_drug_at_cr", "patient", "who had the drug after CR had it until CR, to the month", "critical",
        IMMORTAL_TIME, "time_to_cr_months_lower", "drug_duration_months_upper", PRINTED_TO_THE_MONTH, ON_DRUG_AT_CR,
    ),
    NotAfter(
        "off_the_drug_at_cr", "patient", "who stopped before CR had the drug no longer than to CR, to the month",
        "critical", IMMORTAL_TIME, "drug_duration_months_lower", "time_to_cr_months_upper", PRINTED_TO_THE_MONTH,
        BEFORE_CR,
    ),
    Agree(
        "duration_reaches_the_stop", "patient", "the time on the drug ends at the stop, to the month", "warning",
        IMMORTAL_TIME, "drug_duration_months_lower", "start_to_stop_months", PRINTED_TO_THE_MONTH,
    ),
    NotAfter(
        "duration_within_follow_up", "patient", "the time on the drug ends within the follow-up, to the month",
        "warning", LOGIC, "drug_duration_months_lower", "start_to_last_look_months", PRINTED_TO_THE_MONTH,
        NO_RECURRENCE,
    ),
    NotAfter(
        "stop_within_follow_up", "patient", "the drug was stopped within the follow-up, to the month", "warning",
        LOGIC, "drug_stop_from_cr_months_lower", "disease_free_from_cr_months_upper", PRINTED_TO_THE_MONTH,
        NO_RECURRENCE,
    ),
)  # fmt: skip

COURSE: tuple[Rule, ...] = (
    Filled(
        "recurrence_timed", "patient", "a recurrence has its time from CR", "warning", "CARE item 10",
        "disease_free_from_cr_months_lower", RECURRED,
    ),
    Filled(
        "recurrence_bounded", "patient", "the time of a recurrence has an end", "warning", LOGIC,
        "disease_free_from_cr_months_upper", RECURRED,
    ),
    Between(
        "recurrence_after_cr", "patient", "a recurrence comes a day or more after CR", "warning", LOGIC,
        "disease_free_from_cr_months_upper", ONE_DAY, None, RECURRED,
    ),
    Allowed(
        "no_site_without_recurrence", "patient", "who has no recurrence has no site of it", "critical", LOGIC,
        "recurrence_site", ("not_applicable",), NO_RECURRENCE,
    ),
    Allowed(
        "site_means_recurrence", "patient", "a site of recurrence means that there was one", "critical", LOGIC,
        "recurrence_site", ("not_applicable", "not_reported"), ("recurrence", ("not_reported", "not_applicable")),
    ),
    Allowed(
        "no_salvage_without_recurrence", "patient", "who has no recurrence has no treatment of it", "critical",
        LOGIC, "salvage_treatment", NOTHING, NO_RECURRENCE,
    ),
    Forbidden(
        "no_tumour_death_without_recurrence", "patient", "who died of the tumour had a recurrence", "critical",
        LOGIC, "status_last", ("dead_hcc",), NO_RECURRENCE,
    ),
    Forbidden(
        "follow_up_has_outcome", "patient", "a disease-free time says whether it recurred", "warning",
        "CARE item 10", "recurrence", ("not_reported",), ("disease_free_months_lower", ()),
    ),
    Filled(
        "follow_up_from_cr", "patient", "a disease-free time can be counted from CR", "info", "CARE item 7",
        "disease_free_from_cr_months_lower", ("disease_free_months_lower", ()),
    ),
    Agree(
        "follow_up_as_stated", "patient", "a follow-up that is stated from CR is counted as stated", "critical",
        "one fact, one value", "disease_free_from_cr_months_lower", "disease_free_months_lower",
        where=("disease_free_origin", ("CR",)),
    ),
    Agree(
        "follow_up_ends_as_stated", "patient", "the end of a follow-up that is stated from CR is counted as stated",
        "critical", "one fact, one value", "disease_free_from_cr_months_upper", "disease_free_months_upper",
        where=("disease_free_origin", ("CR",)),
    ),
    Agree(
        "stop_as_stated", "patient", "a stop that is stated from CR is counted as stated", "critical",
        "one fact, one value", "drug_stop_from_cr_months_lower", "drug_stop_months_lower",
        where=("drug_stop_origin", ("CR",)),
    ),
    Allowed(
        "surgery_was_done", "patient", "a time that counts from surgery means that there was surgery", "warning",
        LOGIC, "drug_after_cr", ("surgery",), ("disease_free_origin", ("surgery",)),
    ),
)  # fmt: skip

WHOLE_PATIENT: tuple[Rule, ...] = (
    Distinct(
        "patient_once", "patient", "no two patients of a study are alike in every number", "warning",
        "Cochrane Handbook 4.6.2",
        ("study_id", "age_years", "sex", "max_tumor_size_cm", "afp_baseline_ng_ml", "time_to_cr_months_lower"),
    ),
    Computed(
        "merged_once", "patient", "who was decided to be another patient stands once", "critical",
        "Cochrane Handbook 4.6.2", "merged_and_still_there",
    ),
    Computed(
        "markers_measured", "patient", "a marker's value stands in the measurements too", "critical",
        "one fact, one value", "markers_not_measured",
    ),
    Filled(
        "patient_located", "patient", "a patient can be walked back to a file", "warning", "PRISMA 2020 item 9",
        "file",
    ),
)  # fmt: skip

USUAL_VALUES: tuple[Rule, ...] = tuple(
    Between(
        f"{name}_usual", "patient", f"{name} is one of an adult with liver cancer, in its unit", "warning",
        "catalog/units.py", name, usual.low, usual.high,
    )
    for name, usual in USUAL.items()
)  # fmt: skip
"""One value in another unit than its column's, which the median of the column does not show."""

MEASUREMENT: tuple[Rule, ...] = (
    Agree(
        "value_agrees_with_patient", "measurement", "a measurement agrees with the patient's own row", "critical",
        "one fact, one value", "marker_value", "patient_value",
    ),
    Allowed(
        "afp_unit", "measurement", "AFP is in ng/mL", "critical", LOGIC, "marker_unit", ("ng/mL",),
        ("marker", ("AFP",)),
    ),
    Allowed(
        "pivka_unit", "measurement", "PIVKA-II is in mAU/mL", "critical", LOGIC, "marker_unit", ("mAU/mL",),
        ("marker", ("PIVKA-II",)),
    ),
    Between(
        "afp_possible", "measurement", "AFP lies within 0 to 10,000,000 ng/mL", "warning", BCLC, "marker_value",
        0, 1e7, ("marker", ("AFP",)),
    ),
    Between(
        "pivka_possible", "measurement", "PIVKA-II lies within 0 to 10,000,000 mAU/mL", "warning", BCLC,
        "marker_value", 0, 1e7, ("marker", ("PIVKA-II",)),
    ),
    Distinct(
        "measured_once", "measurement", "a marker has one value at one time", "critical", LOGIC,
        ("patient_id", "marker", "time_point"),
    ),
)  # fmt: skip

OVERLAP: tuple[Rule, ...] = (
    Differ(
        "not_with_itself", "overlap", "a pair is of two", "critical", LOGIC, "first_id", "second_id",
    ),
    Computed(
        "counted_once", "overlap", "a pair that may be one counts once in every primary analysis", "critical",
        "Cochrane Handbook 4.6.2", "counted_twice_in",
    ),
    Computed(
        "decisions_agree", "overlap", "two that are decided different are not made one by other decisions",
        "critical", LOGIC, "made_one_by",
    ),
    Forbidden(
        "decided", "overlap", "a pair that may be one is decided", "warning", "Cochrane Handbook 4.6.2",
        "overlap_decision", ("unsure",),
    ),
    Filled(
        "decision_reasoned", "overlap", "a decision that two are one gives its evidence", "warning",
        "PRISMA 2020 item 9", "evidence_for", ("overlap_decision", ("same",)),
    ),
    Filled(
        "decision_dated", "overlap", "a decision has its day", "info", "PRISMA 2020 item 9", "decided_on",
        ("overlap_decision", ("same", "different")),
    ),
)  # fmt: skip

SOURCES: tuple[Rule, ...] = (
    Filled(
        "merged_into_another", "report", "a merged record names the one that took its place", "warning",
        "PubMed: merged PMIDs", "merged_into", ("report_status", ("merged",)),
    ),
    Shaped("pmid_shape", "report", "a PMID is one to eight digits", "warning", "PubMed", "pmid", "[1-9][0-9]{0,7}"),
    Shaped("pmcid_shape", "report", "a PMCID is PMC and digits", "warning", "PMC", "pmcid", "PMC[0-9]+"),
    Shaped(
        "doi_shape", "report", "a DOI begins with 10. and a number", "warning", "ISO 26324", "doi",
        r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+",
    ),
    Computed(
        "study_known", "claim", "a printed summary is of studies that there are", "warning", LOGIC, "of_nobody",
    ),
    Shaped(
        "printed_is_a_number", "claim", "what is printed is a number", "info", LOGIC, "printed",
        "[-+<>=≤≥~]*[0-9][0-9,.]*",
    ),
    Computed(
        "printed_possible", "claim", "a printed count is no more than its group, a percentage no more than 100",
        "warning", LOGIC, "printed_impossible",
    ),
    Computed(
        "printed_median_within", "claim", "a printed median lies between the printed minimum and maximum",
        "warning", LOGIC, "median_outside",
    ),
    Agree(
        "whole_cohort_counted", "claim", "what is printed of a whole cohort is of all its patients treated",
        "warning", LOGIC, "of_total", "n_treated_of_cohort",
    ),
    Forbidden(
        "no_critical_contradiction", "discrepancy", "no two figures contradict each other critically", "warning",
        "Cochrane Handbook 7.2.2", "severity", ("critical",),
    ),
)  # fmt: skip
"""Source tables, where they protect an estimate or what is printed beside it."""


def _drifts(table: str) -> tuple[Drift, ...]:
    """Return how far a table may move between two checked versions; a topic may tune the bounds with a reason."""
    return (
        Drift("rows_kept", table, "no more than a tenth of the rows went", "warning", LIVING, "rows", 0.10),
        Drift(
            "missing_steady", table, "the share of missing cells of a column moved by at most 10 percentage points",
            "warning", LIVING, "missing", 0.10,
        ),
        Drift(
            "words_steady", table, "the share of a word in a column moved by at most 20 percentage points",
            "warning", LIVING, "words", 0.20,
        ),
        Drift(
            "range_steady", table, "the ends of a column's range moved by at most half the range", "warning",
            LIVING, "range", 0.50,
        ),
    )  # fmt: skip


RULES: tuple[Rule, ...] = (
    *ORDERS,
    *STUDY,
    *CHILDREN,
    *RESPONSE,
    *DRUG,
    *COURSE,
    *USUAL_VALUES,
    *WHOLE_PATIENT,
    *MEASUREMENT,
    *OVERLAP,
    *SOURCES,
    *(drift for table in ("study", "patient", "measurement", "overlap") for drift in _drifts(table)),
)
