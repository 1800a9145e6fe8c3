"""Every table: what one row is, its fields in order, its key, where it points, which fields must be filled.

Sheets are what people write and what cohort files are mapped onto; their cells are words as stated. The other
layers are Delta tables under ``data/<topic>/<layer>/<table>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalog.fields import FIELDS, Field

Layer = Literal["sheet", "source", "harmonized", "result"]


@dataclass(frozen=True)
class ForeignKey:
    """`column` holds a key of `table` (column `target`), or is empty; only where `where` matches, if given."""

    column: str
    table: str
    target: str
    where: tuple[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """A declared table. `required` fields are never empty (the key always is)."""

    name: str
    layer: Layer
    row_is: str
    columns: tuple[str, ...]
    key: str
    required: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The declared fields, in order."""
        return tuple(FIELDS[name] for name in self.columns)


def _months(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_months_{end}" for name in names for end in ("lower", "upper"))


LOCATOR = ("file", "row", "source_url", "where_in_source")
PLACE = ("origin", "file", "file_sha256", "row", "column", "source_url", "where_in_source")

BIBLIOGRAPHY = (
    "first_author", "year", "title_short", "journal", "doi", "pmid", "pmcid", "country",
)  # fmt: skip
PUBMED = (
    "title", "vernacular_title", "abstract", "other_abstracts", "authors", "published", "volume", "issue", "pages",
    "publication_types", "mesh", "substances", "keywords", "languages", "article_ids", "notices", "retracted_by",
    "concern_by", "corrected_by", "report_status", "status_reason", "merged_into", "medline_status",
    "indexing_method", "pubmed_dates", "created_on", "completed_on", "revised_on", "record_sha256", "raw_sha256",
)  # fmt: skip
"""What only PubMed says of a publication."""
PATIENT_BASELINE = (
    "age_years", "sex", "etiology", "histology_confirmed", "child_pugh_score", "child_pugh_class", "ecog",
    "bclc_stage", "alt_iu_l", "bilirubin_mg_dl", "albumin_g_dl", "albi_score", "albi_grade", "inr",
    "platelets_10e9_l", "tumor_location", "max_tumor_size_cm", "portal_vein_invasion", "vessel_site",
    "extrahepatic_metastasis", "extrahepatic_sites",
)  # fmt: skip
MARKERS = ("afp_baseline_ng_ml", "afp_at_cr_ng_ml", "pivka_baseline_mau_ml", "pivka_at_cr_mau_ml")
PATIENT_TREATMENT = (
    "prior_treatment", "concomitant_treatment", "start_dose_mg_per_day", "dose_reduction", "harms",
)  # fmt: skip
STUDY_SHEET = (
    "study_id", *BIBLIOGRAPHY, "design", "n_treated", "n_cr", "denominator", "criterion", "monotherapy",
    "n_centres", "start_year", "end_year", "source_url", "where_in_source", "part_seen", "confidence", "note",
)  # fmt: skip
PATIENT_SHEET = (
    "study_id", "patient_id", *PATIENT_BASELINE, *MARKERS, *PATIENT_TREATMENT,
    "time_to_cr", "time_to_cr_origin", "cr_basis", "criterion", "cr_certainty",
    "drug_maintained", "drug_after_cr", "drug_duration", "drug_stop", "drug_stop_origin", "drug_stop_reason",
    "recurrence", "recurrence_site", "disease_free", "disease_free_origin", "salvage_treatment", "status_last",
    "source_url", "where_in_source", "note",
)  # fmt: skip

_ALL = (
    Table("study_sheet", "sheet", "an arm, cohort or report, as stated", STUDY_SHEET, "study_id", ("design",)),
    Table(
        "patient_sheet", "sheet", "a patient who reached CR, as stated", PATIENT_SHEET, "patient_id",
        ("study_id",),
    ),
    Table(
        "claim_sheet", "sheet", "a summary as printed",
        ("claim_id", "study_id", "subject", "field", "category", "statistic", "printed", "spread", "unit",
         "of_total", "source_url", "where_in_source"),
        "claim_id", ("study_id", "field", "statistic", "printed"),
    ),
    Table(
        "overlap_sheet", "sheet", "a decision on two studies or patients that may be the same",
        ("unit_kind", "first_id", "second_id", "overlap_decision", "evidence_for", "evidence_against", "why",
         "decided_by", "decided_on"),
        "first_id", ("unit_kind", "second_id", "overlap_decision", "evidence_for", "decided_by"),
    ),
    Table(
        "report", "source", "a publication",
        ("report_id", "known_as", *BIBLIOGRAPHY, *PUBMED, "part_seen", "confidence", *PLACE), "report_id", ("origin",),
    ),
    Table(
        "search", "source", "a search of a service, as last run",
        ("search_id", "service", "query", "translation", "warnings", "n_found", "pmids_sha256", "slices",
         "searched_on"),
        "search_id", ("service", "query", "n_found", "searched_on"),
    ),
    Table(
        "full_text", "source", "the full text of a report: held, or why not",
        ("report_id", "pmid", "pmcid", "doi", "full_text_status", "provider", "licence", "raw_sha256", "note",
         "obtained_on"),
        "report_id", ("full_text_status",),
    ),
    Table(
        "screening", "source", "a decision on a report",
        ("report_id", "stage", "decision", "reason_code", "reason", "decided_by", "decided_on"), "report_id",
        ("stage", "decision", "reason_code", "decided_by"),
    ),
    Table(
        "observation", "source", "one stated fact about one patient or arm",
        ("observation_id", "unit_kind", "unit_id", "study_id", "field", "stated", "value", "unit", *PLACE,
         "quote", "observation_method", "observation_status", "recorded_by", "note"),
        "observation_id",
        ("unit_kind", "unit_id", "study_id", "field", "stated", "origin", "observation_method",
         "observation_status"),
    ),
    Table(
        "claim", "source", "a summary that a source prints",
        ("claim_id", "study_id", "subject", "field", "category", "statistic", "printed", "spread", "unit",
         "of_total", *PLACE),
        "claim_id", ("study_id", "field", "statistic", "printed", "origin"),
    ),
    Table(
        "overlap_choice", "source", "a person's decision on a pair that may be the same",
        ("choice_id", "pair_id", "unit_kind", "first_id", "second_id", "overlap_decision", "evidence_for",
         "evidence_against", "why", "decided_by", "decided_on", "origin", "file", "file_sha256", "row"),
        "choice_id", ("pair_id", "unit_kind", "first_id", "second_id", "overlap_decision", "decided_by", "origin"),
    ),
    Table(
        "study", "harmonized", "an arm, cohort or report",
        ("study_id", "report_id", *BIBLIOGRAPHY, "design", "n_treated", "n_cr", "denominator", "criterion",
         "monotherapy", "present_cohort", "n_centres", "start_year", "end_year", "part_seen", "confidence",
         "retracted_by", "concern_by", *LOCATOR),
        "study_id", ("report_id", "design", "denominator", "criterion", "monotherapy", "present_cohort"),
        (ForeignKey("report_id", "report", "report_id"),),
    ),
    Table(
        "patient", "harmonized", "a patient who reached CR, or is reported as such",
        ("patient_id", "study_id", *PATIENT_BASELINE,
         *(name for marker in MARKERS for name in (marker, f"{marker}_qualifier")), *PATIENT_TREATMENT,
         *_months("time_to_cr"), "time_to_cr_origin", "cr_basis", "criterion", "cr_certainty",
         "drug_maintained", "drug_after_cr", *_months("drug_duration", "drug_stop"), "drug_stop_origin",
         *_months("drug_stop_from_cr"), "drug_stop_reason", "recurrence", "recurrence_site",
         *_months("disease_free"), "disease_free_origin", *_months("disease_free_from_cr"),
         "salvage_treatment", "status_last", "also_patient_ids", "also_study_ids", *LOCATOR),
        "patient_id",
        ("study_id", "sex", "etiology", "portal_vein_invasion", "extrahepatic_metastasis", "time_to_cr_origin",
         "cr_basis", "criterion", "cr_certainty", "drug_maintained", "drug_after_cr", "recurrence",
         "disease_free_origin", "status_last"),
        (ForeignKey("study_id", "study", "study_id"),),
    ),
    Table(
        "measurement", "harmonized", "one marker value at one time",
        ("measurement_id", "patient_id", "marker", "time_point", "marker_value", "marker_qualifier",
         "marker_unit"),
        "measurement_id",
        ("patient_id", "marker", "time_point", "marker_value", "marker_qualifier", "marker_unit"),
        (ForeignKey("patient_id", "patient", "patient_id"),),
    ),
    Table(
        "overlap", "harmonized", "two studies or patients that may be the same, and the decision",
        ("pair_id", "unit_kind", "first_id", "second_id", "overlap_decision", "weight_bits", "evidence_for",
         "evidence_against", "why", "decided_by", "decided_on"),
        "pair_id", ("unit_kind", "first_id", "second_id", "overlap_decision", "decided_by"),
        (ForeignKey("first_id", "study", "study_id", ("unit_kind", "study")),
         ForeignKey("second_id", "study", "study_id", ("unit_kind", "study")),
         ForeignKey("first_id", "patient", "patient_id", ("unit_kind", "patient")),
         ForeignKey("second_id", "patient", "patient_id", ("unit_kind", "patient"))),
    ),
    Table(
        "discrepancy", "harmonized", "two figures of one thing that contradict each other",
        ("discrepancy_id", "discrepancy_kind", "claim_id", "study_id", "patient_id", "subject", "field", "category",
         "statistic", "printed", "recomputed", "unit", "explanation", "severity", *LOCATOR),
        "discrepancy_id", ("discrepancy_kind", "study_id", "field", "printed", "recomputed", "severity"),
        (ForeignKey("claim_id", "claim", "claim_id"),),
    ),
    Table(
        "check", "result", "the outcome of one rule on one table",
        ("check_id", "table", "table_version", "rule", "sentence", "severity", "outcome", "n_rows",
         "n_violated", "note"),
        "check_id", ("table", "rule", "sentence", "severity", "outcome"),
    ),
    Table(
        "verdict", "result", "what the gate says about the tables as they were checked",
        ("verdict_id", "verdict", "suite_hash", "table_versions", "n_critical", "n_warning"),
        "verdict_id", ("verdict", "suite_hash", "table_versions"),
    ),
    Table(
        "inclusion", "result", "whether a study or patient counts in an analysis, and why not",
        ("inclusion_id", "question", "analysis", "unit_kind", "unit_id", "included", "reason_code", "reason"),
        "inclusion_id", ("question", "analysis", "unit_kind", "unit_id", "included"),
    ),
    Table(
        "estimate", "result", "one estimate, or why there is none",
        ("estimate_id", "question", "analysis", "subset", "estimate_method", "estimate_value", "lower", "upper",
         "level", "prediction_lower", "prediction_upper", "k_studies", "n_patients", "n_events", "tau2", "i2",
         "loglik", "p_value", "detail", "notes", "not_estimable", "inputs"),
        "estimate_id", ("question", "analysis", "subset", "estimate_method", "inputs"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
STORED: dict[str, Table] = {table.name: table for table in _ALL if table.layer != "sheet"}
HARMONIZED_FROM = ("observation", "report", "overlap_choice", "claim")
"""The source tables that the harmonized ones are made of, as far as they are there."""
GATED = ("study", "patient", "measurement", "overlap")
"""The harmonized tables that must pass the gate before any analysis opens them."""
CHECKED = (*GATED, "report", "claim", "discrepancy")
"""What the gate looks at as far as it is there: a verdict holds for the versions of all of these."""
