"""Every field, stated once: name (unit as suffix), type, unit, meaning, bounds, vocabulary, severity.

Everything else is computed from here: Arrow schemas, the validation suites, the data dictionary, what a curated
sheet or a cohort mapping may name. The same name means the same thing in every table.

A `duration` or `quantity` is a field *as stated* ("23 weeks", ">35 months", ">20000"); it stands only in sheets
and observations. Harmonising turns a duration into two columns in months, `…_months_lower` and
`…_months_upper`, open on the left and closed on the right; equal when exact; an empty upper end means open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["text", "integer", "number", "boolean", "code", "codes", "duration", "quantity"]
Severity = Literal["critical", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

DAYS_PER_MONTH = 30.4375
"""The one convention for months: 365.25 / 12 days; printed in the notes of every output."""


@dataclass(frozen=True)
class Field:
    """One declared field. `codes` holds several codes of the vocabulary, joined by ``;`` in sorted order."""

    name: str
    kind: Kind
    description: str
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    vocabulary: str | None = None
    severity: Severity = "critical"
    leaves_machine: bool = True
    ask: str | None = None


FIELDS: dict[str, Field] = {}


def _declare(name: str, kind: Kind, description: str, **more: object) -> None:
    if name in FIELDS:
        raise ValueError(f"field {name} is declared twice")
    FIELDS[name] = Field(name, kind, description, **more)  # type: ignore[arg-type]


def _months(name: str, meaning: str, *, maximum: float = 360, ask: str | None = None) -> None:
    """Declare a stated duration and the two ends, in months, that harmonising gives it."""
    _declare(name, "duration", f"{meaning}, as stated (for example 23 weeks, >35 months, <=6 months).", ask=ask)
    _ends(name, meaning, 0, maximum)


def _ends(name: str, meaning: str, minimum: float, maximum: float) -> None:
    """Declare the two ends of a time in months; alone for a time that follows from others and is never stated."""
    ends = {"minimum": minimum, "maximum": maximum, "unit": "months", "severity": "critical"}
    _declare(f"{name}_months_lower", "number", f"{meaning}: lower end.", **ends)
    _declare(f"{name}_months_upper", "number", f"{meaning}: upper end; empty when open.", **ends)


def _quantity(name: str, meaning: str, unit: str, minimum: float, maximum: float) -> None:
    """Declare a stated quantity that may be censored, and the qualifier that harmonising splits off."""
    _declare(name, "quantity", f"{meaning}.", unit=unit, minimum=minimum, maximum=maximum, severity="warning")
    _declare(f"{name}_qualifier", "code", f"{meaning}: how exact the number is.", vocabulary="qualifier")


# --- identity and place ------------------------------------------------------------------------------------
_declare("study_id", "text", "Short name of an arm, cohort or report; never changes once given.")
_declare("patient_id", "text", "Short name of a patient: the study's name and a number, never a hospital number.")
_declare("report_id", "text", "A publication: pmid:…, else doi:…, else study:… or, from a reference file, ref:….")
_declare(
    "origin",
    "text",
    "What a row was loaded by: a curated folder, a cohort or reference file, pubmed; several are joined by ;.",
)
_declare("file", "text", "File that holds the stated value.")
_declare("file_sha256", "text", "SHA-256 of that file's bytes as read.")
_declare("row", "integer", "Line of the file (the header is line 1).", minimum=1)
_declare("column", "text", "Column of the file.")
_declare("source_url", "text", "Address at which the statement was read.", ask="Where can it be read?")
_declare("where_in_source", "text", "Place in the source: abstract, table, paragraph.", ask="Where in it?")
_declare("note", "text", "What a reader of the value must know, in a few words.")

# --- reports -------------------------------------------------------------------------------------------------
_declare("first_author", "text", "First author, surname and initials; empty when not displayed.")
_declare("year", "integer", "Year of publication.", minimum=1950, maximum=2100)
_declare("title_short", "text", "Short description of the report, in our words.")
_declare("journal", "text", "Journal, abbreviated.")
_declare("doi", "text", "Digital object identifier, as given.")
_declare("pmid", "text", "PubMed identifier.")
_declare("pmcid", "text", "PubMed Central identifier.")
_declare("country", "text", "Country of the patients, or multinational.")
_declare("part_seen", "text", "What part of the source was read.")
_declare("confidence", "code", "How sure the reading is.", vocabulary="confidence", severity="warning")

# --- reports: what PubMed says -------------------------------------------------------------------------------
_declare("title", "text", "Title as published; a book's chapter or the book.")
_declare("vernacular_title", "text", "Title in the language of publication, when that is not English.")
_declare("abstract", "text", "Abstract as JSON: sections with label, nlm_category and text.")
_declare(
    "other_abstracts", "text", "Abstracts in other languages or for other readers, as JSON: kind, language, sections."
)
_declare("authors", "text", "Authors as JSON: last_name, fore_name, initials, suffix, collective, affiliations.")
_declare("published", "text", "Date of publication as printed.")
_declare("volume", "text", "Volume.")
_declare("issue", "text", "Issue.")
_declare("pages", "text", "Pages.")
_declare("publication_types", "text", "Publication types as JSON: ui and name.")
_declare("mesh", "text", "MeSH headings as JSON: ui, name, major, and qualifiers alike.")
_declare("substances", "text", "Substances as JSON: ui and name.")
_declare("keywords", "text", "Keywords as JSON.")
_declare("languages", "text", "Languages as JSON, three letters each.")
_declare("article_ids", "text", "All identifiers of the publication as JSON: id_type and value.")
_declare("notices", "text", "Ties to other publications as JSON: ref_type, pmid, citation, note.")
_declare("retracted_by", "text", "PMIDs of notices of retraction, joined by ;, or PubMed's words where none is named.")
_declare("concern_by", "text", "PMIDs of expressions of concern, joined by ;, or PubMed's words where none is named.")
_declare("corrected_by", "text", "PMIDs of errata, corrected versions and updates, joined by ;, or their citation.")
_declare(
    "report_status",
    "code",
    "What PubMed holds under this PMID; empty when it was not asked.",
    vocabulary="report_status",
)
_declare("status_reason", "text", "Why a record is not there, in words.")
_declare("merged_into", "text", "PMID that took the place of this one.")
_declare(
    "known_as",
    "text",
    "Names that the publication had before its PMID or DOI was known; a decision on one holds for it.",
)
_declare("medline_status", "text", "Stage of the record in MEDLINE, as PubMed names it.")
_declare("indexing_method", "text", "How MeSH was assigned (Automated, Curated); empty when by people.")
_declare("pubmed_dates", "text", "History of the record as JSON: status and day.")
_declare("created_on", "text", "Day the record was created, ISO 8601.")
_declare("completed_on", "text", "Day the record was completed, ISO 8601.")
_declare("revised_on", "text", "Day the record was last revised, ISO 8601.")
_declare("record_sha256", "text", "SHA-256 of the record's bytes as received.")
_declare("raw_sha256", "text", "SHA-256 of the kept answer in which the record was first seen like this.")

# --- searches and full texts ---------------------------------------------------------------------------------
_declare("search_id", "text", "Service and checksum of the query.")
_declare("service", "text", "Where it was asked.")
_declare("query", "text", "The query as sent.")
_declare("translation", "text", "What the service made of it.")
_declare("warnings", "text", "What the service did not understand, as JSON.")
_declare("n_found", "integer", "Records found.", minimum=0)
_declare("pmids_sha256", "text", "SHA-256 of the PMIDs found, sorted, one a line.")
_declare("slices", "text", "Parts of a search above the limit of one answer, as JSON: part and records found.")
_declare("searched_on", "text", "Day of the first search that found exactly these, ISO 8601.")
_declare("full_text_status", "code", "Whether the full text is held.", vocabulary="full_text_status")
_declare("provider", "text", "Service that gave the full text.")
_declare("licence", "text", "Licence of the full text, as its provider or the article states it.")
_declare("obtained_on", "text", "Day the full text was obtained, ISO 8601.")

# --- screening -----------------------------------------------------------------------------------------------
_declare("stage", "code", "Stage of screening.", vocabulary="stage")
_declare("decision", "code", "Decision on a report.", vocabulary="decision")
_declare("reason_code", "text", "Code of the reason, from the topic file.")
_declare("reason", "text", "The reason in words.")
_declare("decided_by", "text", "The rule or the person that decided.")
_declare("decided_on", "text", "Day of the decision, ISO 8601.")

# --- observations and claims -------------------------------------------------------------------------------
_declare("observation_id", "text", "Checksum of subject, field and place: the same statement keeps its name.")
_declare("unit_kind", "code", "Whether the row is about a study or a patient.", vocabulary="unit_kind")
_declare("unit_id", "text", "The study or patient the row is about.")
_declare("field", "text", "Declared field that the statement is about.")
_declare("stated", "text", "The words or digits as they stand in the source.")
_declare("value", "text", "The declared reading of those words where a mapping gives one; else empty.")
_declare("unit", "text", "Unit as stated, or as the mapping declares it.")
_declare("quote", "text", "Words the value rests on, at most 300 characters.")
_declare("observation_method", "code", "How the statement was taken up.", vocabulary="observation_method")
_declare("observation_status", "code", "Whether a person stands behind it.", vocabulary="observation_status")
_declare("recorded_by", "text", "Who took it up.")
_declare("claim_id", "text", "Short name of a printed summary.")
_declare("subject", "text", "Group that a printed summary is about.")
_declare("category", "text", "Category that a printed count or percentage is about.")
_declare("statistic", "code", "What kind of summary is printed.", vocabulary="statistic")
_declare("printed", "text", "The number exactly as printed.")
_declare("spread", "text", "The printed spread (standard deviation) beside it.")
_declare("of_total", "integer", "Size of the group, as printed.", minimum=0)

# --- studies -------------------------------------------------------------------------------------------------
_declare("design", "code", "Design of the study.", vocabulary="design", ask="How were patients found?")
_declare("n_treated", "integer", "Patients treated: the denominator. Empty when unknown.", minimum=1)
_declare("n_cr", "integer", "Patients with CR. Empty when the count was not seen.", minimum=0)
_declare(
    "denominator",
    "code",
    "What the number treated is: only a whole treated population can carry a rate.",
    vocabulary="denominator",
    ask="Are all treated patients of the centre or arm counted?",
)
_declare("monotherapy", "code", "Whether the drug was given alone.", vocabulary="yes_no_unclear")
_declare("present_cohort", "boolean", "Whether this is the group's own cohort.")
_declare("n_centres", "integer", "Number of centres.", minimum=1, severity="warning")
_declare("start_year", "integer", "First year of treatment.", minimum=1990, maximum=2100, severity="warning")
_declare("end_year", "integer", "Last year of treatment.", minimum=1990, maximum=2100, severity="warning")

# --- patients: who -------------------------------------------------------------------------------------------
_declare("age_years", "number", "Age at the start of the drug.", unit="years", minimum=0, maximum=110)
_declare("sex", "code", "Sex.", vocabulary="sex")
_declare("etiology", "codes", "Cause of the liver disease; several are joined by ;.", vocabulary="etiology")
_declare("histology_confirmed", "code", "Tumour proven by biopsy or specimen.", vocabulary="yes_no")
_declare("child_pugh_score", "integer", "Child–Pugh score.", minimum=5, maximum=15)
_declare("child_pugh_class", "code", "Child–Pugh class.", vocabulary="child_pugh_class")
_declare("ecog", "integer", "ECOG performance status at the start, so not 5, dead.", minimum=0, maximum=4)
_declare("bclc_stage", "code", "Barcelona Clinic Liver Cancer stage.", vocabulary="bclc_stage")
_declare("alt_iu_l", "number", "Alanine aminotransferase.", unit="IU/L", minimum=1, maximum=10000, severity="warning")
_declare("bilirubin_mg_dl", "number", "Total bilirubin.", unit="mg/dL", minimum=0.05, maximum=60, severity="warning")
_declare("albumin_g_dl", "number", "Serum albumin.", unit="g/dL", minimum=1, maximum=7, severity="warning")
_declare("albi_score", "number", "Albumin–bilirubin (ALBI) score.", minimum=-8, maximum=3, severity="warning")
_declare("albi_grade", "code", "ALBI grade.", vocabulary="albi_grade")
_declare("inr", "number", "International normalised ratio.", minimum=0.5, maximum=15, severity="warning")
_declare("platelets_10e9_l", "number", "Platelets.", unit="10^9/L", minimum=5, maximum=2000, severity="warning")

# --- patients: tumour ----------------------------------------------------------------------------------------
_declare("tumor_location", "text", "Segments or lobe, as printed.")
_declare("max_tumor_size_cm", "number", "Largest tumour.", unit="cm", minimum=0.1, maximum=40)
_declare("portal_vein_invasion", "code", "Portal vein tumour thrombus (PVTT).", vocabulary="yes_no")
_declare("vessel_site", "text", "Vessel involved, as printed.")
_declare("extrahepatic_metastasis", "code", "Extrahepatic metastasis.", vocabulary="yes_no")
_declare("extrahepatic_sites", "codes", "Sites of extrahepatic metastasis.", vocabulary="site")
_quantity("afp_baseline_ng_ml", "Alpha-fetoprotein at the start of the drug", "ng/mL", 0, 1e7)
_quantity("afp_at_cr_ng_ml", "Alpha-fetoprotein at CR", "ng/mL", 0, 1e7)
_quantity("pivka_baseline_mau_ml", "PIVKA-II at the start of the drug", "mAU/mL", 0, 1e7)
_quantity("pivka_at_cr_mau_ml", "PIVKA-II at CR", "mAU/mL", 0, 1e7)

# --- patients: treatment -------------------------------------------------------------------------------------
_declare("prior_treatment", "codes", "Treatment before the drug.", vocabulary="treatment")
_declare("concomitant_treatment", "codes", "Other treatment given with the drug.", vocabulary="treatment")
_declare("start_dose_mg_per_day", "number", "Dose at the start.", unit="mg/day", minimum=1, maximum=5000)
_declare("dose_reduction", "code", "Dose reduced at any time.", vocabulary="yes_no")
_declare("harms", "code", "Side effects reported.", vocabulary="yes_no")

# --- patients: response --------------------------------------------------------------------------------------
_months("time_to_cr", "Time to CR", maximum=120, ask="How long from the start of the drug to CR?")
_declare("time_to_cr_origin", "code", "Where the time to CR starts.", vocabulary="time_origin")
_declare("cr_basis", "codes", "What CR rests on.", vocabulary="cr_basis")
_declare("criterion", "code", "Response criterion.", vocabulary="criterion")
_declare("cr_certainty", "code", "How certain CR is.", vocabulary="cr_certainty")

# --- patients: the drug after CR, and what followed --------------------------------------------------------
_declare("drug_maintained", "code", "Whether the source counts the drug as maintained.", vocabulary="yes_no")
_declare("drug_after_cr", "code", "The drug after CR.", vocabulary="drug_after_cr", ask="What became of the drug?")
_months("drug_duration", "Total time on the drug")
_months("drug_stop", "Time of stopping the drug, from its named origin")
_declare("drug_stop_origin", "code", "Where the time of stopping starts.", vocabulary="time_origin")
_declare("drug_stop_reason", "codes", "Why the drug was stopped.", vocabulary="stop_reason")
_ends("drug_stop_from_cr", "Time from CR to stopping the drug; negative when stopped before CR", -240, 360)
_declare("recurrence", "code", "Recurrence after CR.", vocabulary="yes_no")
_declare("recurrence_site", "codes", "Where it recurred.", vocabulary="site")
_months("disease_free", "Time to recurrence, or to the last look without one")
_declare("disease_free_origin", "code", "Where the disease-free time starts.", vocabulary="time_origin")
_ends("disease_free_from_cr", "Time from CR to recurrence, or to the last look without one", 0, 360)
_declare("salvage_treatment", "codes", "Treatment of the recurrence.", vocabulary="treatment")
_declare("status_last", "code", "Status when last heard of.", vocabulary="status_last")

# --- measurements ------------------------------------------------------------------------------------------
_declare("measurement_id", "text", "Patient, marker and time point.")
_declare("marker", "code", "Tumour marker.", vocabulary="marker")
_declare("time_point", "code", "When it was measured.", vocabulary="time_point")
_declare("marker_value", "number", "Measured value.", minimum=0)
_declare("marker_qualifier", "code", "How exact the number is.", vocabulary="qualifier")
_declare("marker_unit", "code", "Unit of the measured value.", vocabulary="marker_unit")

# --- overlaps and discrepancies ------------------------------------------------------------------------------
_declare("pair_id", "text", "The two names, in alphabetical order, joined by |.")
_declare("first_id", "text", "First of the pair.")
_declare("second_id", "text", "Second of the pair.")
_declare("overlap_decision", "code", "Same, different or unsure.", vocabulary="overlap_decision")
_declare("weight_bits", "number", "Evidence that two are one: −log2 of the share that agrees.", unit="bits", minimum=0)
_declare("evidence_for", "text", "What speaks for one and the same.")
_declare("evidence_against", "text", "What speaks against it.")
_declare("why", "text", "Why it was decided so, in the words of who decided.")
_declare("choice_id", "text", "Who brought the decision, and the pair.")
_declare("also_patient_ids", "text", "Other names of the patient, decided to be the same; joined by ;.")
_declare("also_study_ids", "text", "The studies of those other names, in the same order; joined by ;.")
_declare("discrepancy_id", "text", "Short name of a contradiction.")
_declare("discrepancy_kind", "code", "Which two figures contradict each other.", vocabulary="discrepancy_kind")
_declare("recomputed", "text", "The other figure: what the rows, the counts or the other source give.")
_declare("explanation", "text", "What would explain the printed figure, or what it was compared with.")
_declare("severity", "code", "How much it matters.", vocabulary="severity")

# --- the gate ------------------------------------------------------------------------------------------------
_declare("check_id", "text", "Table and rule.")
_declare("table", "text", "Table that was checked.")
_declare("table_version", "integer", "Version of the table that was checked.", minimum=0)
_declare("rule", "text", "Name of the rule.")
_declare("sentence", "text", "What the rule asks, in a plain sentence.")
_declare("outcome", "code", "Outcome of a check.", vocabulary="outcome")
_declare("n_rows", "integer", "Rows the rule speaks of.", minimum=0)
_declare("n_violated", "integer", "Rows that break the rule.", minimum=0)
_declare("verdict_id", "text", "Always gate: one verdict stands at a time.")
_declare("verdict", "code", "Whether analysis may go ahead.", vocabulary="verdict")
_declare("suite_hash", "text", "Checksum of the declaration, the rules and the topic's tuning.")
_declare("table_versions", "text", "Versions of the tables that were checked, as JSON.")
_declare("n_critical", "integer", "Failed checks that block.", minimum=0)
_declare("n_warning", "integer", "Failed checks that warn.", minimum=0)

# --- results -------------------------------------------------------------------------------------------------
_declare("estimate_id", "text", "Question, analysis, method and subset.")
_declare("question", "code", "Which of the three questions.", vocabulary="question")
_declare("analysis", "text", "Analysis of the topic file.")
_declare("subset", "text", "Subset of the analysis.")
_declare("estimate_method", "text", "Stable identifier of the method.")
_declare("estimate_value", "number", "The estimate, on its natural scale.")
_declare("lower", "number", "Lower end of the interval.")
_declare("upper", "number", "Upper end of the interval.")
_declare("level", "number", "Level of the interval.", minimum=0, maximum=1)
_declare("prediction_lower", "number", "Lower end of the prediction interval.")
_declare("prediction_upper", "number", "Upper end of the prediction interval.")
_declare("k_studies", "integer", "Studies behind the estimate.", minimum=0)
_declare("n_patients", "integer", "Patients behind the estimate.", minimum=0)
_declare("n_events", "integer", "Events behind the estimate.", minimum=0)
_declare("tau2", "number", "Between-study variance on the model scale.", minimum=0)
_declare("i2", "number", "I²; its definition is named in detail.", unit="per cent", minimum=0, maximum=100)
_declare("loglik", "number", "Maximised log-likelihood.")
_declare("p_value", "number", "P value.", minimum=0, maximum=1)
_declare("detail", "text", "What only this method has, as JSON.")
_declare("notes", "text", "What a reader must know.")
_declare("not_estimable", "text", "Why there is no number; empty when there is one.")
_declare("inputs", "text", "Versions of the tables read, as JSON.")
_declare("inclusion_id", "text", "Question, analysis and unit.")
_declare("included", "boolean", "Whether the unit counts in the analysis.")
