"""Contradictions within one patient's row."""

import pytest

from harmonize.consistency import clashes_in, inconsistencies
from harmonize.derive import derive_patient


def clashes(**stated):
    """Return field, what the row says and what it says instead, after deriving; times are (lower, upper) in months."""
    row = {"patient_id": "s_p1", "study_id": "s"}
    for name, value in stated.items():
        if isinstance(value, tuple):
            row[f"{name}_months_lower"], row[f"{name}_months_upper"] = value
        else:
            row[name] = value
    derive_patient(row)
    return [(one.claim["field"], one.claim["printed"], one.recomputed) for one in inconsistencies(clashes_in([row]))]


KEPT = {"drug_after_cr": "maintained", "recurrence": "no", "disease_free_origin": "CR"}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        # six weeks after CR at 2 months is 3.4 months after the start
        ({"drug_duration": (5, 5), "time_to_cr": (2, 2), "drug_stop": (1.38, 1.38), "drug_stop_origin": "CR"},
         [("drug_duration", "5 months", "3.38 months")]),
        ({"drug_duration": (4, 4), "time_to_cr": (2, 2), "drug_stop": (1.38, 1.38), "drug_stop_origin": "CR"}, []),
        ({"drug_duration": (12, 12), "drug_stop": (6, 6), "drug_stop_origin": "start_of_drug"},
         [("drug_duration", "12 months", "6 months")]),
        ({"drug_duration": (1, 1), "drug_stop": (0.92, 0.92), "drug_stop_origin": "start_of_drug"}, []),
        ({"drug_duration": (12, 12), "drug_stop": (6, 6), "drug_stop_origin": "diagnosis"}, []),
        ({"drug_duration": (12, None), "drug_stop": (6, 6), "drug_stop_origin": "start_of_drug"}, []),
    ],
)  # fmt: skip
def test_time_on_the_drug_against_its_stop(stated, expected):
    assert clashes(**stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({**KEPT, "drug_duration": (9, 9), "time_to_cr": (2, 2), "disease_free": (9, 9)},
         [("drug_duration", "9 months", "at least 11 months")]),
        # whole months: three halves may be lost in rounding
        ({**KEPT, "drug_duration": (11, 11), "time_to_cr": (5, 5), "disease_free": (7, 7)}, []),
        ({**KEPT, "drug_duration": (30, 30), "time_to_cr": (2, 2), "disease_free": (9, 9)},
         [("drug_duration", "30 months", "at most 11 months")]),
        # after a recurrence the drug may go on
        ({**KEPT, "recurrence": "yes", "drug_duration": (30, 30), "time_to_cr": (2, 2), "disease_free": (9, 9)}, []),
        ({**KEPT, "drug_duration": (41, 41), "time_to_cr": (5.3, 5.3), "disease_free": (35, None)}, []),
        ({**KEPT, "drug_duration": (3, 3), "time_to_cr": (6, 6)}, [("drug_duration", "3 months", "at least 6 months")]),
        ({"drug_after_cr": "stopped_before_cr", "drug_duration": (9, 9), "time_to_cr": (6, 6)},
         [("drug_after_cr", "stopped_before_cr", "9 months on the drug")]),
        ({"drug_after_cr": "stopped_after_cr", "drug_duration": (3, 3), "time_to_cr": (6, 6)},
         [("drug_after_cr", "stopped_after_cr", "3 months on the drug")]),
        ({"drug_after_cr": "stopped_before_cr", "drug_duration": (1, 1), "time_to_cr": (6, 6)}, []),
    ],
)  # fmt: skip
def test_time_on_the_drug_against_follow_up_and_status(stated, expected):
    assert clashes(**stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"drug_maintained": "no", "drug_after_cr": "reduced"}, [("drug_maintained", "no", "reduced")]),
        ({"drug_maintained": "yes", "drug_after_cr": "stopped_before_cr"},
         [("drug_maintained", "yes", "stopped_before_cr")]),
        ({"drug_maintained": "yes", "drug_after_cr": "stopped_after_cr"}, []),
        ({"drug_after_cr": "maintained", "drug_stop_reason": "cost"},
         [("drug_after_cr", "maintained", "a reason for stopping: cost")]),
        # another source follows longer: stopped after the last look of this one
        ({"drug_after_cr": "reduced", "drug_stop_reason": "adverse_event", "drug_stop": (45, 45),
          "drug_stop_origin": "CR", "disease_free": (43, 43), "disease_free_origin": "CR"}, []),
        ({"drug_after_cr": "reduced", "drug_stop": (10, 10), "drug_stop_origin": "CR", "disease_free": (43, 43),
          "disease_free_origin": "CR"}, [("drug_after_cr", "reduced", "stopped 10 months after CR")]),
        ({"drug_after_cr": "reduced", "dose_reduction": "no"}, [("dose_reduction", "no", "reduced")]),
    ],
)  # fmt: skip
def test_what_became_of_the_drug(stated, expected):
    assert clashes(**stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"harms": "no", "dose_reduction": "yes"}, [("harms", "no", "dose reduced")]),
        ({"harms": "no", "drug_stop_reason": "adverse_event;cost"}, [("harms", "no", "stopped for an adverse event")]),
        ({"harms": "yes", "dose_reduction": "yes"}, []),
        ({"harms": "not_reported", "dose_reduction": "yes"}, []),
        ({"recurrence": "no", "recurrence_site": "lung"}, [("recurrence", "no", "recurrence_site: lung")]),
        ({"recurrence": "no", "recurrence_site": "not_applicable", "salvage_treatment": "none"}, []),
        ({"recurrence": "no", "salvage_treatment": "RFA"}, [("recurrence", "no", "salvage_treatment: RFA")]),
        ({"recurrence": "no", "status_last": "dead_hcc"}, [("recurrence", "no", "status_last: dead_hcc")]),
        ({"recurrence": "yes", "status_last": "dead_hcc", "recurrence_site": "lung"}, []),
        ({"extrahepatic_metastasis": "no", "extrahepatic_sites": "lung"},
         [("extrahepatic_metastasis", "no", "extrahepatic_sites: lung")]),
        ({"portal_vein_invasion": "no", "vessel_site": "Right main portal"},
         [("portal_vein_invasion", "no", "vessel_site: Right main portal")]),
        ({"portal_vein_invasion": "no", "vessel_site": "P5, 6"},
         [("portal_vein_invasion", "no", "vessel_site: P5, 6")]),
        ({"portal_vein_invasion": "no", "vessel_site": "middle hepatic vein"}, []),
    ],
)  # fmt: skip
def test_details_of_what_is_said_not_to_be_there(stated, expected):
    assert clashes(**stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"child_pugh_score": 7, "child_pugh_class": "A"}, [("child_pugh_class", "A", "B")]),
        ({"child_pugh_score": 7, "child_pugh_class": "B"}, []),
        ({"child_pugh_class": "A", "bilirubin_mg_dl": 7.0, "albumin_g_dl": 2.0}, [("child_pugh_class", "A", "B to C")]),
        ({"child_pugh_class": "C", "bilirubin_mg_dl": 1.0, "albumin_g_dl": 4.0, "inr": 1.0},
         [("child_pugh_class", "C", "A to B")]),
        ({"child_pugh_class": "B", "bilirubin_mg_dl": 7.0, "albumin_g_dl": 2.0}, []),
        ({"child_pugh_score": 5, "bilirubin_mg_dl": 4.0, "albumin_g_dl": 3.0, "inr": 1.0, "child_pugh_class": "A"},
         [("child_pugh_score", "5", "8 to 12")]),
        ({"child_pugh_score": 8, "bilirubin_mg_dl": 4.12, "albumin_g_dl": 3.0, "inr": 1.33}, []),
        ({"bclc_stage": "B", "portal_vein_invasion": "yes"}, [("bclc_stage", "B", "C")]),
        ({"bclc_stage": "C", "portal_vein_invasion": "yes"}, []),
        ({"bclc_stage": "B", "portal_vein_invasion": "not_reported"}, []),
        ({"albi_score": -2.0, "bilirubin_mg_dl": 1.0, "albumin_g_dl": 4.0}, [("albi_score", "-2.00", "-2.59")]),
        ({"albi_score": -2.6, "bilirubin_mg_dl": 1.0, "albumin_g_dl": 4.0}, []),
        ({"albi_score": -2.55, "bilirubin_mg_dl": 1.0, "albumin_g_dl": 4.0}, []),  # as of 3.96 g/dL
        ({"albi_score": -2.65, "bilirubin_mg_dl": 1.04, "albumin_g_dl": 4.01}, [("albi_score", "-2.65", "-2.58")]),
        ({"albi_score": -2.59, "bilirubin_mg_dl": 1.0, "albumin_g_dl": 4.0}, []),
        ({"albi_score": -2.0, "albi_grade": "1"}, [("albi_grade", "1", "2")]),
    ],
)  # fmt: skip
def test_scores_against_what_they_are_made_of(stated, expected):
    assert clashes(**stated) == expected


def test_a_row_that_says_little_contradicts_nothing():
    assert clashes() == []
    assert clashes(drug_after_cr="maintained", drug_duration=(None, 9), time_to_cr=(0, 6)) == []


def test_a_row_inconsistency_is_named_so_and_placed():
    row = {"patient_id": "s_p1", "study_id": "s", "harms": "no", "dose_reduction": "yes", "file": "s.csv", "row": 4}
    (found,) = inconsistencies(clashes_in([row]))
    written = found.as_row()
    assert written["discrepancy_kind"] == "row_inconsistency"
    assert (written["claim_id"], written["patient_id"], written["file"], written["row"]) == (None, "s_p1", "s.csv", 4)
    assert (written["statistic"], written["severity"]) == (None, "info")
