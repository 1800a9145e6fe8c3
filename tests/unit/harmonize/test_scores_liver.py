import math

import pytest

from harmonize.derive import derive_patient
from harmonize.scores import albi_grade, albi_score, bclc_advanced, child_pugh_class, child_pugh_span


@pytest.mark.parametrize(("score", "letter"), [(5, "A"), (6, "A"), (7, "B"), (9, "B"), (10, "C"), (15, "C")])
def test_class_of_a_child_pugh_score(score, letter):
    assert child_pugh_class(score) == letter


@pytest.mark.parametrize(
    ("bilirubin", "albumin", "inr", "span"),
    [
        (1.0, 4.0, 1.0, (5, 9)),  # one point each of three, one to three of ascites and encephalopathy
        (2.5, 3.0, 2.0, (8, 12)),
        (4.0, 2.0, 3.0, (11, 15)),
        (None, None, None, (5, 15)),
        (2.0, 4.0, 1.0, (5, 10)),  # textbooks differ about a value on the bound
        (1.0, 3.5, 1.0, (5, 10)),
        (1.0, 2.8, 1.0, (6, 11)),
        (1.0, 4.0, 2.3, (6, 11)),
    ],
)
def test_which_child_pugh_scores_the_known_parts_allow(bilirubin, albumin, inr, span):
    assert child_pugh_span(bilirubin, albumin, inr) == span


def test_albi_by_hand():
    """1 mg/dL is 17.104 µmol/L: 0.66 × log10(17.104) − 0.085 × 40 (doi:10.1200/JCO.2014.57.9151)."""
    assert albi_score(1.0, 4.0) == pytest.approx(0.66 * math.log10(17.104) - 3.4, abs=1e-12)
    assert albi_score(1.0, 4.0) == pytest.approx(-2.586155, abs=1e-6)


@pytest.mark.parametrize(("score", "grade"), [(-3.0, "1"), (-2.60, "1"), (-2.59, "2"), (-1.39, "2"), (-1.38, "3")])
def test_grades_of_albi_at_their_bounds(score, grade):
    assert albi_grade(score) == grade


def test_stage_is_advanced_when_invaded_or_metastatic():
    assert bclc_advanced("yes", "no")
    assert bclc_advanced("no", "yes")
    assert bclc_advanced(None, "yes")
    assert not bclc_advanced("no", "not_reported")


def test_albi_is_derived_where_both_parts_are_there_and_what_is_stated_goes_first():
    row = {"bilirubin_mg_dl": 4.12, "albumin_g_dl": 3.0}
    derive_patient(row)
    assert (row["albi_score"], row["albi_grade"]) == (pytest.approx(-1.330323, abs=1e-6), "3")
    stated = {"bilirubin_mg_dl": 4.12, "albumin_g_dl": 3.0, "albi_score": -2.0, "albi_grade": "1"}
    derive_patient(stated)
    assert (stated["albi_score"], stated["albi_grade"]) == (-2.0, "1")


@pytest.mark.parametrize("parts", [{}, {"bilirubin_mg_dl": 1.0}, {"bilirubin_mg_dl": 0.0, "albumin_g_dl": 4.0}])
def test_without_both_parts_there_is_no_albi(parts):
    row = dict(parts)
    derive_patient(row)
    assert row.get("albi_score") is row.get("albi_grade") is None
