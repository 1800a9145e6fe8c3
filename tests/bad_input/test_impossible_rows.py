"""Sheets that are well formed and say what cannot be: harmonizing lists it, and the last good tables stay."""

import pytest
from support.workplace import OVERLAPS, PATIENTS, STUDIES

CHECK = "Check the times and their origins"
TIMES = "a number with days, weeks, months or years, >, <, >=, <= or ~ before it; or a range such as 3-6 months"


@pytest.mark.parametrize(
    ("sheet", "content", "problem"),
    [
        pytest.param(
            "studies", STUDIES.replace(",90,2,", ",90,91,"),
            "studies.csv, row 2, column 'n_cr, n_treated': impossible: no more CR than patients treated; "
            "found '91 and 90'; allowed: n_cr ≤ n_treated",
            id="more CR than treated",
        ),
        pytest.param(
            "studies", STUDIES.replace(",90,2,", ",0,0,"),
            "studies.csv, row 2, column 'n_treated': n_treated: the value is impossible; found '0'; allowed: 1 to …. "
            "Check the value and its unit",
            id="nobody treated",
        ),
        pytest.param(
            "studies", STUDIES.replace(",90,2,", ",-90,2,"),
            "studies.csv, row 2, column 'n_treated': n_treated: the value is impossible; found '-90'; "
            "allowed: 1 to …. Check the value and its unit",
            id="fewer than nobody treated",
        ),
        pytest.param(
            "patients", PATIENTS.replace("12 months", "2 months"),
            "patients.csv, row 2, column 'disease_free_from_cr': impossible: Time from CR to recurrence, or to the "
            f"last look without one: lower end.; found '-1'; allowed: 0 to 360 months. {CHECK}",
            id="recurrence before CR",
        ),
        pytest.param(
            "patients", PATIENTS.replace("3-6 months", "6-3 months"),
            "patients.csv, row 3, column 'time_to_cr': time_to_cr: the range ends before it begins; "
            "found '6-3 months'; allowed: the smaller number first",
            id="an interval reversed",
        ),
        pytest.param(
            "patients", PATIENTS.replace(",61,", ",300,"),
            "patients.csv, row 2, column 'age_years': age_years: the value is impossible; found '300'; "
            "allowed: 0 to 110 years. Check the value and its unit",
            id="three hundred years old",
        ),
        pytest.param(
            "patients", PATIENTS.replace("3-6 months", "240 months"),
            "patients.csv, row 3, column 'time_to_cr': time_to_cr: the value is impossible; found '240 months'; "
            "allowed: 0 to 120 months. Check the value and its unit",
            id="CR after twenty years",
        ),
        pytest.param(
            "patients", PATIENTS.replace("6 months,start_of_drug,yes", "2 months,start_of_drug,yes"),
            "patients.csv, row 2, column 'drug_stop': impossible: stopped_after_cr, but the times put the stop "
            f"before CR; found 'stopped_after_cr'. {CHECK}",
            id="stopped after CR, before CR",
        ),
        pytest.param(
            "patients", PATIENTS.replace("stopped_after_cr", "stopped_before_cr"),
            "patients.csv, row 2, column 'drug_stop': impossible: stopped_before_cr, but the times put the stop "
            f"after CR; found 'stopped_before_cr'. {CHECK}",
            id="stopped before CR, after CR",
        ),
        pytest.param(
            "patients", PATIENTS.replace(",F,", ",X,"),
            "patients.csv, row 3, column 'sex': sex: unknown value; found 'X'; allowed: F, M, not_reported. "
            "Use one of them, or map the word onto one",
            id="an unknown word",
        ),
        pytest.param(
            "patients", PATIENTS.replace("HCV;alcohol", "HCV;not_reported"),
            "patients.csv, row 3, column 'etiology': etiology: the codes contradict each other; "
            "found 'HCV;not_reported'; allowed: not_reported only alone",
            id="words that contradict each other",
        ),
        pytest.param(
            "patients", PATIENTS.replace("3-6 months", "soon"),
            f"patients.csv, row 3, column 'time_to_cr': time_to_cr: not a duration; found 'soon'; allowed: {TIMES}",
            id="a time in words",
        ),
        pytest.param(
            "patients", PATIENTS.replace(",61,", ",sixty-one,"),
            "patients.csv, row 2, column 'age_years': age_years: not a number; found 'sixty-one'; "
            "allowed: a number in years. A thousands separator or a missing code belongs into the mapping",
            id="a number in words",
        ),
        pytest.param(
            "patients", PATIENTS.replace("synthetic2,", "synthetic9,"),
            "patients.csv, row 4: patients of a study that no source describes; found 'synthetic9'; "
            "allowed: synthetic1, synthetic2, ward7. "
            "Add it to studies.csv, or a [study] section to the cohort's mapping",
            id="patients of an unknown study",
        ),
        pytest.param(
            "patients", PATIENTS.replace(",confirmed,unclear", ",,unclear"),
            "patients.csv, row 4: cr_certainty of synthetic2_p1 must be stated; "
            "allowed: confirmed, marker_led, near_complete, not_verified. Fill the column or give a constant",
            id="how certain CR is, left open",
        ),
        pytest.param(
            "studies", STUDIES.replace(",numerator_only,", ",,"),
            "studies.csv, row 3: denominator of synthetic2 must be stated; "
            "allowed: treated_population, selected_on_response, numerator_only. Fill the column or give a constant",
            id="a denominator left open",
        ),
        pytest.param(
            "overlaps", OVERLAPS.replace(",synthetic2,", ",synthetic9,"),
            "overlaps.csv, row 2, column 'second_id': no such study; found 'synthetic9'",
            id="a decision about an unknown study",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(work, sheet, content, problem):
    assert work.harmonize(**{sheet: content}) == [problem]


def test_statements_that_disagree_are_listed_with_both_places(work):
    """The ward's own register and a curated sheet speak of the same man."""
    header, *rows = PATIENTS.splitlines()
    man = "ward7,ward7_p1,49,M,,2 months,start_of_drug,confirmed,maintained,,,,,,https://example.org/3,table 1"
    assert work.harmonize(patients="\n".join([header, *rows, man]) + "\n") == [
        (
            "ward7.csv, row 2, column 'Age': age_years: disagrees with patients.csv, row 5, column 'age_years' "
            "about ward7_p1; found '48'; allowed: 49. Correct one of the two"
        )
    ]


def test_everything_impossible_comes_in_one_list(work):
    problems = work.harmonize(
        studies=STUDIES.replace(",90,2,", ",90,91,").replace(",yes,mRECIST", ",perhaps,mRECIST"),
        patients=PATIENTS.replace(",61,", ",300,").replace("3-6 months", "6-3 months").replace(",F,", ",X,"),
        overlaps=OVERLAPS.replace(",synthetic2,", ",synthetic9,"),
    )
    assert len(problems) == 6
    assert {problem.split(",")[0] for problem in problems} == {"studies.csv", "patients.csv", "overlaps.csv"}
