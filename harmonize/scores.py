"""Scores of liver function and stage, recomputed from their parts: Child–Pugh, ALBI, BCLC advanced."""

from __future__ import annotations

import math

BILIRUBIN_UMOL_L_PER_MG_DL = 17.104
"""10 000 / 584.66 g/mol."""
ALBI_GRADES = ((-2.60, "1"), (-1.39, "2"))
"""The largest score of grades 1 and 2."""
CHILD_PUGH_POINTS = ((2.0, 3.0), (2.8, 3.5), (1.7, 2.3))
"""Bounds of the middle grade: bilirubin in mg/dL, albumin in g/dL, INR (Pugh et al. 1973, doi:10.1002/bjs.1800600817).

Textbooks differ about a value that lies on a bound, so either number of points is right there.
"""


def child_pugh_class(score: int) -> str:
    """Return the class of a Child–Pugh score: A to 6, B to 9, C above (doi:10.1002/bjs.1800600817)."""
    return "A" if score <= 6 else "B" if score <= 9 else "C"


def child_pugh_span(bilirubin_mg_dl: float | None, albumin_g_dl: float | None, inr: float | None) -> tuple[int, int]:
    """Return the smallest and largest Child–Pugh score that the known parts allow.

    What is not known, always ascites and encephalopathy, gives one to three points.
    """
    spans = [bilirubin_points(bilirubin_mg_dl), albumin_points(albumin_g_dl), inr_points(inr), (1, 3), (1, 3)]
    return sum(least for least, _ in spans), sum(most for _, most in spans)


def bilirubin_points(mg_dl: float | None) -> tuple[int, int]:
    """Return fewest and most Child–Pugh points of bilirubin."""
    return _points(mg_dl, *CHILD_PUGH_POINTS[0])


def albumin_points(g_dl: float | None) -> tuple[int, int]:
    """Return fewest and most Child–Pugh points of albumin."""
    scarce, enough = CHILD_PUGH_POINTS[1]
    return _points(None if g_dl is None else -g_dl, -enough, -scarce)


def inr_points(inr: float | None) -> tuple[int, int]:
    """Return fewest and most Child–Pugh points of INR."""
    return _points(inr, *CHILD_PUGH_POINTS[2])


def _points(value: float | None, low: float, high: float) -> tuple[int, int]:
    """Return fewest and most points of one part that is worse the larger it is."""
    if value is None:
        return 1, 3
    return 1 + (value > low) + (value > high), 1 + (value >= low) + (value >= high)


def albi_score(bilirubin_mg_dl: float, albumin_g_dl: float) -> float:
    """Return the albumin–bilirubin score: 0.66 log10 bilirubin (µmol/L) − 0.085 albumin (g/L).

    `bilirubin_mg_dl` must be above 0. Source: Johnson et al. 2015, doi:10.1200/JCO.2014.57.9151.
    """
    return 0.66 * math.log10(bilirubin_mg_dl * BILIRUBIN_UMOL_L_PER_MG_DL) - 0.085 * albumin_g_dl * 10


def albi_grade(score: float) -> str:
    """Return the grade of an ALBI score: 1 to −2.60, 2 to −1.39, 3 above (doi:10.1200/JCO.2014.57.9151)."""
    return next((grade for largest, grade in ALBI_GRADES if score <= largest), "3")


def bclc_advanced(portal_vein_invasion: str | None, extrahepatic_metastasis: str | None) -> bool:
    """Return whether invasion or metastasis makes the stage at least BCLC C (doi:10.1016/j.jhep.2021.11.018)."""
    return "yes" in (portal_vein_invasion, extrahepatic_metastasis)
