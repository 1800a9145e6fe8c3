"""Two invented estimates over the shipped evidence, as the synthesis stage would store them, without running it."""

from __future__ import annotations

import json
from pathlib import Path

from support.chain import shipped_topic, store_of

from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES

RATE = "cr_rate.primary.invented"
ALONE = "cr_rate.primary.invented.park2015"
PRINTED = "baseline.description.printed_mean_sd.age_years|whole_cohort"
REFUSED = "time_to_cr.primary.invented"


def store_estimates(data: Path) -> Store:
    """Write rows of `estimate` and `inclusion` that read the harmonized tables as they stand."""
    store = store_of(data)
    versions = store.versions(("study", "patient", "claim"))
    lineage = Lineage("synthesize", {}, shipped_topic().sha256, versions)
    estimates = [
        {"estimate_id": RATE, "estimate_value": 0.0125, "lower": 0.005, "upper": 0.03, "level": 0.95,
         "k_studies": 2, "n_patients": 3570, "n_events": 25, "detail": json.dumps({"beta": -4.4})},
        {"estimate_id": ALONE, "subset": "park2015", "estimate_value": 7 / 523, "detail": "{}"},
        {"estimate_id": PRINTED, "subset": "age_years|whole_cohort", "estimate_value": 56.6,
         "detail": json.dumps({"claim_id": "t01"})},
        {"estimate_id": REFUSED, "not_estimable": "invented: nobody is left"},
    ]  # fmt: skip
    for row in estimates:
        question, analysis, method = str(row["estimate_id"]).split(".")[:3]
        row |= {"question": question, "analysis": analysis, "estimate_method": method, "inputs": json.dumps(versions)}
        row.setdefault("subset", "all")
    reason = {"reason_code": "cr_count_not_seen", "reason": "the number of CR was not seen"}
    inclusion = [
        {"unit_id": "park2015", "included": True},
        {"unit_id": "shiba2014", "included": True},
        {"unit_id": "kudo2010", "included": False, **reason},
    ]
    for row in inclusion:
        row |= {"inclusion_id": f"cr_rate.primary.{row['unit_id']}", "question": "cr_rate", "analysis": "primary",
                "unit_kind": "study"}  # fmt: skip
    store.replace("estimate", from_rows(TABLES["estimate"], estimates), lineage)
    store.replace("inclusion", from_rows(TABLES["inclusion"], inclusion), lineage)
    return store
