"""How hospitals name the columns of their tables: for each field the usual words, by which a draft finds it."""

from __future__ import annotations

WORDINGS: dict[str, tuple[str, ...]] = {
    "age_years": ("age", "age at start", "age at diagnosis", "age at baseline", "alter", "나이", "연령", "年龄"),
    "sex": ("sex", "gender", "male", "m f", "geschlecht", "sexo", "성별", "性别", "性別"),
    "etiology": ("etiology", "aetiology", "cause", "cause of liver disease", "underlying liver disease", "病因"),
    "histology_confirmed": ("biopsy", "histology", "pathology", "histologically confirmed", "pathologic diagnosis"),
    "child_pugh_score": ("child pugh score", "cp score", "ctp score", "cps", "child score"),
    "child_pugh_class": ("child pugh class", "child pugh", "cp class", "ctp class", "child class", "cpc"),
    "ecog": ("ecog", "ecog ps", "performance status", "ps", "ecog performance status"),
    "bclc_stage": ("bclc", "bclc stage", "barcelona stage"),
    "alt_iu_l": ("alt", "alat", "gpt", "sgpt", "alanine aminotransferase"),
    "bilirubin_mg_dl": ("bilirubin", "total bilirubin", "tbil", "t bil", "bili", "tb", "serum bilirubin"),
    "albumin_g_dl": ("albumin", "alb", "serum albumin"),
    "inr": ("inr", "pt inr", "prothrombin time inr"),
    "platelets_10e9_l": ("platelets", "platelet", "platelet count", "plt", "thrombocytes"),
    "tumor_location": ("location", "tumor location", "tumour location", "segment", "lobe"),
    "max_tumor_size_cm": (
        "tumor size", "tumour size", "size", "maximum tumor size", "max tumor diameter", "largest tumor",
        "tumor diameter", "diameter",
    ),
    "portal_vein_invasion": (
        "pvtt", "pvt", "portal vein invasion", "portal vein thrombosis", "portal vein tumor thrombus",
        "vascular invasion", "macrovascular invasion", "mvi",
    ),
    "vessel_site": ("vessel involvement", "vessel", "vessel site", "site of vascular invasion"),
    "extrahepatic_metastasis": (
        "extrahepatic metastasis", "extrahepatic spread", "ehs", "ehm", "distant metastasis", "metastasis", "mets",
    ),
    "extrahepatic_sites": ("metastatic sites", "site of metastasis", "extrahepatic sites", "metastasis site"),
    "afp_baseline_ng_ml": ("afp", "alpha fetoprotein", "afp baseline", "baseline afp", "initial afp", "afp pre"),
    "afp_at_cr_ng_ml": ("afp at cr", "afp cr", "cr afp", "afp nadir", "afp at remission", "afp post"),
    "pivka_baseline_mau_ml": ("pivka", "pivka ii", "dcp", "pivka baseline", "des gamma carboxy prothrombin"),
    "pivka_at_cr_mau_ml": ("pivka at cr", "pivka ii at cr", "pivka cr", "dcp at cr", "pivka at remission"),
    "prior_treatment": (
        "prior treatment", "previous treatment", "pretreatment", "pretreatment procedure", "previous therapy",
        "prior therapy",
    ),
    "concomitant_treatment": ("concomitant treatment", "combined treatment", "combination", "concurrent treatment"),
    "start_dose_mg_per_day": (
        "dose", "starting dose", "initial dose", "sorafenib dose", "dosage", "dosage of sorafenib", "daily dose",
    ),
    "dose_reduction": ("dose reduction", "dose reduced", "reduction of dose", "dose modification"),
    "harms": ("adverse events", "side effects", "side effect of sorafenib", "toxicity", "ae", "adverse event"),
    "time_to_cr": (
        "time to cr", "time to complete remission", "time to complete response", "ttcr", "months to cr", "weeks to cr",
        "time to disappearance", "cr",
    ),
    "time_to_cr_origin": ("time to cr origin",),
    "cr_basis": ("basis of cr", "cr basis", "how cr was found"),
    "criterion": ("criterion", "response criterion", "response criteria", "recist"),
    "cr_certainty": ("cr certainty", "certainty of cr", "cr confirmed"),
    "drug_maintained": ("sorafenib maintenance", "drug maintained", "maintained", "maintenance", "continued after cr"),
    "drug_after_cr": ("drug after cr", "sorafenib after cr", "treatment after cr"),
    "drug_duration": (
        "duration of sorafenib", "duration of sorafenib use", "treatment duration", "duration of treatment",
        "time on drug", "sorafenib duration", "duration",
    ),
    "drug_stop": ("time to stop", "time of stopping", "stop of sorafenib", "time to discontinuation"),
    "drug_stop_origin": ("stop origin",),
    "drug_stop_reason": ("reason for stopping", "stop reason", "reason for discontinuation"),
    "recurrence": ("recurrence", "relapse", "recurred", "progression", "재발", "复发", "再発"),
    "recurrence_site": ("recurrence site", "site of recurrence", "recurrence pattern", "recurrence location"),
    "disease_free": (
        "disease free survival", "dfs", "rfs", "recurrence free survival", "time to recurrence",
        "disease free interval", "progression free survival", "pfs",
    ),
    "disease_free_origin": ("disease free origin",),
    "salvage_treatment": ("next treatment", "treatment after recurrence", "salvage treatment", "subsequent treatment"),
    "status_last": ("last status", "vital status", "status", "outcome", "survival status", "death"),
    "note": ("note", "notes", "comment", "comments", "remarks", "footnotes"),
}  # fmt: skip

INDEX_WORDS = (
    "start", "start of sorafenib", "sorafenib start", "start of treatment", "first dose", "start date", "on study",
    "onstudy", "date enrolled", "enrolment", "begin",
)  # fmt: skip
"""How the column of the first day of the drug is named."""
UNTIL_WORDS = {
    "time_to_cr": ("cr", "cr date", "date of cr", "complete remission", "complete response", "remission date"),
    "drug_stop": ("stop", "end of sorafenib", "sorafenib end", "stop date", "end of treatment", "last dose"),
    "disease_free": ("recurrence", "date of recurrence", "recurrence date", "progression", "relapse", "relapse date"),
}
"""How columns of days are named that end a time."""
