"""Park 2015 (doi:10.3350/cmh.2015.21.3.287): tables 2 to 5 as printed, through the shipped mapping.

`values/park2015_coded.csv` is how a careful reader coded the same seven patients by hand from tables 2 to 5, their
footnotes and the results text. An empty cell is what the reader did not code.
"""

import csv
from pathlib import Path

import pytest
from support.chain import store_of

from catalog.fields import DAYS_PER_MONTH

CODED = list(csv.DictReader((Path(__file__).parent / "values" / "park2015_coded.csv").open(encoding="utf-8")))
WEEK = 7 / DAYS_PER_MONTH

NO_FOOTNOTE = "the tables do not say it; the reader inferred it from a missing footnote on death"
SPLIT = "the reader's word does not tell a stop before CR from a stop after it, the vocabulary does"
DIFFERENCES = {
    ("park2015_p1", "drug_after_cr"): ("stopped_after_cr", SPLIT),
    ("park2015_p2", "drug_after_cr"): ("stopped_before_cr", SPLIT),
    ("park2015_p1", "drug_stop_reason"): ("comorbidity", "the vocabulary's word for another illness"),
    ("park2015_p2", "recurrence_site"): (
        "extrahepatic;intrahepatic",
        "table 5 prints only that it was extrahepatic; that it was the lung stands in the results text",
    ),
    ("park2015_p6", "dose_reduction"): (None, "the patient has no footnote; the reader took it from the text's count"),
    ("park2015_p4", "status_last"): ("not_reported", NO_FOOTNOTE),
    ("park2015_p5", "status_last"): ("not_reported", NO_FOOTNOTE),
    ("park2015_p6", "status_last"): ("not_reported", NO_FOOTNOTE),
    ("park2015_p7", "status_last"): ("not_reported", NO_FOOTNOTE),
}
AS_PRINTED = {"vessel_site"}  # the reader did not keep capitals and spaces
TIMES = {
    "time_to_cr_months": ("time_to_cr", {}),
    "drug_duration_months": ("drug_duration", {}),
    "disease_free_from_cr_months": ("disease_free_from_cr", {}),
    "drug_stop": ("drug_stop", {"6 weeks": 6 * WEEK, "4 weeks": 4 * WEEK}),
}


@pytest.fixture(scope="module")
def patients(harmonized_data):
    return {row["patient_id"]: row for row in store_of(harmonized_data).read("patient").to_pylist()}


def test_all_seven_patients_are_there_and_no_other(patients):
    assert [name for name in patients if name.startswith("park2015_")] == [row["patient_id"] for row in CODED]


@pytest.mark.parametrize("coded", CODED, ids=lambda row: row["patient_id"])
def test_every_field_is_as_the_reader_coded_it(patients, coded):
    row = patients[coded["patient_id"]]
    differences = {}
    for field, cell in coded.items():
        if not cell or (coded["patient_id"], field) in DIFFERENCES:
            continue
        if field in TIMES:
            name, words = TIMES[field]
            expected = words[cell] if words else float(cell)
            same = row[f"{name}_months_lower"] == row[f"{name}_months_upper"] == pytest.approx(expected, rel=1e-12)
        elif isinstance(row[field], int | float):
            same = row[field] == float(cell)
        elif field in AS_PRINTED:
            same = row[field].casefold().replace(" ", "") == cell.casefold().replace(" ", "")
        else:
            same = row[field] == cell
        if not same:
            differences[field] = (row.get(field), cell)
    assert differences == {}


@pytest.mark.parametrize(("place", "difference"), DIFFERENCES.items(), ids=map(" ".join, DIFFERENCES))
def test_every_difference_is_as_written_and_still_one(patients, place, difference):
    patient, field = place
    ours, reason = difference
    assert patients[patient][field] == ours
    assert ours != next(row[field] for row in CODED if row["patient_id"] == patient)
    assert reason


def test_what_the_reader_left_empty_is_not_invented(patients):
    """Markers that were not checked, sites of what is not there and salvage of no recurrence stay empty."""
    for coded in CODED:
        row = patients[coded["patient_id"]]
        for field in ("pivka_baseline_mau_ml", "pivka_at_cr_mau_ml", "extrahepatic_sites", "salvage_treatment",
                      "recurrence_site", "drug_stop_reason", "drug_stop_origin"):  # fmt: skip
            if not coded[field]:
                assert row[field] is None, (coded["patient_id"], field)


def test_the_stop_is_placed_on_the_right_side_of_cr(patients):
    """Patient 1: 6 weeks after CR. Patient 2: after 4 weeks, CR at 6 months, so 5.08 months before it."""
    first, second = patients["park2015_p1"], patients["park2015_p2"]
    assert first["drug_stop_from_cr_months_lower"] == pytest.approx(6 * 7 / 30.4375, rel=1e-12)
    assert second["drug_stop_from_cr_months_lower"] == pytest.approx(4 * 7 / 30.4375 - 6, rel=1e-12)


def test_platelets_printed_per_microlitre_are_thousands(patients):
    """The table's unit is a misprint (86 to 179 per µL is impossible in the living); the mapping says so."""
    printed = [118, 105, 123, 179, 86, 98, 108]
    assert [patients[f"park2015_p{n}"]["platelets_10e9_l"] for n in range(1, 8)] == printed
