"""Synthetic patients with CR, as a hospital's export would hold them, and the mapping that reads it.

Nobody in it exists. Words are drawn from the declared vocabularies, numbers within the declared bounds; the course of
a patient hangs together (who stopped has a time of stopping, who recurred has one of recurrence), so that every check
of the gate has rows to look at and finds them in order. The same seed gives the same file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from catalog.fields import FIELDS
from catalog.vocabulary import vocabulary

SEED = 20150921
MISSING = 0.1
STUDY = "synthetic"
UNSAID = ("none", "not_reported", "not_applicable")
NUMBERS = {
    "age_years": (30, 85, 0), "child_pugh_score": (5, 9, 0), "ecog": (0, 2, 0), "alt_iu_l": (10, 200, 0),
    "bilirubin_mg_dl": (0.3, 1.9, 2), "albumin_g_dl": (3.6, 5, 1), "inr": (0.9, 1.6, 2),
    "platelets_10e9_l": (40, 400, 0), "max_tumor_size_cm": (1, 15, 1),
}  # fmt: skip
"""Ranges in which patients with liver cancer lie, within the declared bounds, and how many decimals are kept."""
WORDS = (
    "sex", "etiology", "histology_confirmed", "portal_vein_invasion", "extrahepatic_metastasis", "prior_treatment",
)  # fmt: skip
CONSTANTS = {
    "criterion": "mRECIST", "cr_basis": "radiologic", "cr_certainty": "confirmed",
    "time_to_cr_origin": "start_of_drug", "disease_free_origin": "CR",
}  # fmt: skip
MONTHS = ("time_to_cr", "drug_duration", "drug_stop", "disease_free")


def patients(n: int, seed: int = SEED) -> pa.Table:
    """Return `n` patients, one column a field, as text where a word is stated and as a number elsewhere."""
    rng = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"Case": pa.array(np.arange(1, n + 1))}
    for name, (low, high, decimals) in NUMBERS.items():
        assert (FIELDS[name].minimum or 0) <= low
        assert high <= (FIELDS[name].maximum or high)
        columns[name] = _holes(_number(rng.uniform(low, high, n), decimals), rng)
    for name in WORDS:
        codes = [code for code in vocabulary(str(FIELDS[name].vocabulary)).codes if code not in UNSAID]
        columns[name] = _holes(_pick(rng, codes, n), rng)
    advanced = pc.or_kleene(*(pc.equal(columns[f], "yes") for f in ("portal_vein_invasion", "extrahepatic_metastasis")))
    columns["bclc_stage"] = pc.if_else(pc.fill_null(advanced, True), "C", "B")
    baseline = np.exp(rng.uniform(0, 11, n))
    columns["afp_baseline_ng_ml"] = _holes(_number(baseline, 1), rng)
    columns["afp_at_cr_ng_ml"] = _holes(_number(baseline * rng.uniform(0, 0.9, n), 1), rng)
    columns["start_dose_mg_per_day"] = pa.array(rng.choice([400, 800], n))
    return pa.table({**columns, **_course(rng, n)})


def _course(rng: np.random.Generator, n: int) -> dict[str, pa.Array]:
    """Return response, drug and recurrence of each patient, which must fit each other."""
    to_cr, on_drug = rng.integers(1, 13, n), rng.integers(1, 13, n)
    free = on_drug + rng.integers(0, 49, n)
    after = rng.choice(["maintained", "reduced", "stopped_after_cr"], n)
    stopped, recurred = after == "stopped_after_cr", rng.random(n) < 0.4
    return {
        "time_to_cr": pa.array(to_cr),
        "drug_after_cr": pa.array(after),
        "dose_reduction": pa.array(np.where(after == "reduced", "yes", "no")),
        "drug_duration": pa.array(to_cr + np.where(stopped, on_drug, free)),
        "drug_stop": pa.array(on_drug, mask=~stopped),
        "drug_stop_origin": pa.array(np.where(stopped, "CR", ""), mask=~stopped),
        "drug_stop_reason": pa.array(rng.choice(["adverse_event", "cost", "planned"], n), mask=~stopped),
        "recurrence": pa.array(np.where(recurred, "yes", "no")),
        "recurrence_site": pa.array(rng.choice(["intrahepatic", "lung", "bone"], n), mask=~recurred),
        "salvage_treatment": pa.array(rng.choice(["TACE", "RFA", "resection"], n), mask=~recurred),
        "disease_free": pa.array(free),
        "status_last": pa.array(np.where(recurred & (rng.random(n) < 0.5), "dead_hcc", "alive")),
    }


def _number(values: np.ndarray, decimals: int) -> pa.Array:
    return pa.array(np.round(values, decimals).astype(float if decimals else int))


def _pick(rng: np.random.Generator, codes: list[str], n: int) -> pa.Array:
    return pa.array(codes).take(pa.array(rng.integers(0, len(codes), n)))


def _holes(cells: pa.Array, rng: np.random.Generator) -> pa.Array:
    return pc.if_else(pa.array(rng.random(len(cells)) < MISSING), pa.scalar(None, cells.type), cells)


def write_cohort(folder: Path, n: int) -> tuple[Path, Path]:
    """Write `n` patients and their mapping into `folder`; return both files."""
    table = patients(n)
    records, mapping = folder / f"synthetic_{n}.csv", folder / f"synthetic_{n}.toml"
    pa.csv.write_csv(table, records, pa.csv.WriteOptions(quoting_style="needed"))
    mapping.write_text(_mapping(table.column_names, n), encoding="utf-8")
    return records, mapping


def _mapping(columns: list[str], n: int) -> str:
    head = f"""[cohort]
study_id = "{STUDY}"
patient_id = "{STUDY}_p{{Case}}"
pseudonyms = true

[study]
design = "cohort"
n_treated = {50 * n}
n_cr = {n}
denominator = "treated_population"
criterion = "mRECIST"
monotherapy = "yes"
"""
    constants = [f'[[constant]]\nfield = "{field}"\nvalue = "{value}"\n' for field, value in CONSTANTS.items()]
    entries = [f'[[column]]\nname = "{name}"\nfield = "{name}"\n{_unit(name)}' for name in columns if name != "Case"]
    return "\n".join([head, *constants, *entries])


def _unit(name: str) -> str:
    unit = "months" if name in MONTHS else FIELDS[name].unit
    return f'unit = "{unit}"\n' if unit else ""
