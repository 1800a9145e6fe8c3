"""One table of units: for each measured field, what a stated unit is in the declared one, and who says so.

A unit that is not in the table is refused; so is one whose factor depends on the assay, with the reason. A person who
knows the assay's factor declares it, with its source, in the cohort's mapping.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

PREFIX = "SI prefixes (SI Brochure, 9th edition, 2019, table 7)"
MEANING = "meaning of the words"
BILIRUBIN = "molar mass of bilirubin, C33H36N4O6, 584.66 g/mol: 10 mg/L are 17.10 µmol/L"
AFP_UNITS = "one vial gave 54.4 to 80.7 µg beside 63.0 kIU (doi:10.1016/S0009-9120(80)80010-5): 1 IU is 0.86 to 1.28 ng"
PIVKA_KITS = "kits cannot be used for each other (ARUP Laboratories, test 0081312, interpretive data)"


@dataclass(frozen=True)
class Unit:
    """A unit in which a field may be stated; `per_declared` of it make one of the declared unit.

    The number is what to divide by, so that 23 mm are 2.3 cm exactly. None means: there is no one factor, and `source`
    says why.
    """

    name: str
    per_declared: float | None
    source: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Range:
    """Where the median of a field's values lies in any cohort of adults with liver cancer, in the declared unit.

    Much wider than what is usual, since it tells a unit from a unit and not a good cohort from a bad one.
    """

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Return whether `value`, in the declared unit, lies in the range."""
        return self.low <= value <= self.high


MASS = (Unit("ng/mL", 1, MEANING), Unit("µg/L", 1, PREFIX), Unit("µg/mL", 1e-3, PREFIX), Unit("mg/L", 1e-3, PREFIX))
AFP = (
    *MASS,
    Unit("IU/mL", None, AFP_UNITS, ("U/mL", "kIU/L", "kU/L")),
)
PIVKA = (
    Unit("mAU/mL", 1, MEANING),
    Unit("AU/L", 1, PREFIX),
    Unit("AU/mL", 1e-3, PREFIX),
    Unit("ng/mL", None, PIVKA_KITS, ("µg/L",)),
)
UNITS: dict[str, tuple[Unit, ...]] = {
    "age_years": (Unit("years", 1, MEANING, ("year", "yr", "y")), Unit("months", 12, MEANING, ("month", "mo"))),
    "alt_iu_l": (Unit("IU/L", 1, MEANING, ("U/L",)), Unit("µkat/L", 1 / 60, "1 kat is 1 mol/s, 1 U is 1 µmol/min")),
    "bilirubin_mg_dl": (Unit("mg/dL", 1, MEANING, ("mg%",)), Unit("µmol/L", 17.1, BILIRUBIN)),
    "albumin_g_dl": (Unit("g/dL", 1, MEANING, ("g%",)), Unit("g/L", 10, PREFIX)),
    "platelets_10e9_l": (
        Unit("10^9/L", 1, MEANING, ("G/L", "Gpt/L", "giga/L")),
        Unit("10^3/µL", 1, PREFIX, ("K/µL", "1000/µL", "10^3/mm3", "10^3/mm^3", "10^6/mL")),
        Unit("10^4/µL", 0.1, PREFIX, ("10^4/mm3", "10^4/mm^3", "万/µL", "万/mm3")),
        Unit("/µL", 1000, PREFIX, ("1/µL", "/mm3", "/mm^3", "cells/µL", "per µL")),
    ),
    "max_tumor_size_cm": (Unit("cm", 1, MEANING), Unit("mm", 10, PREFIX)),
    "afp_baseline_ng_ml": AFP,
    "afp_at_cr_ng_ml": AFP,
    "pivka_baseline_mau_ml": PIVKA,
    "pivka_at_cr_mau_ml": PIVKA,
    "start_dose_mg_per_day": (
        Unit("mg/day", 1, MEANING, ("mg/d", "mg per day", "mg daily", "mg once daily", "mg qd", "mg od")),
        Unit("mg twice daily", 0.5, MEANING, ("mg bid", "mg b.i.d.", "mg twice a day", "mg 2x/day")),
        Unit("mg every other day", 2, MEANING, ("mg qod", "mg every second day")),
        Unit("mg", None, "a dose, or a day's total? write mg/day, mg twice daily or mg every other day"),
    ),
}  # fmt: skip
USUAL: dict[str, Range] = {
    "age_years": Range(15, 95),
    "alt_iu_l": Range(5, 1000),
    "bilirubin_mg_dl": Range(0.2, 8),
    "albumin_g_dl": Range(1.5, 6),
    "platelets_10e9_l": Range(20, 900),
    "max_tumor_size_cm": Range(0.8, 20),
}
"""No range for the markers, which run over six powers of ten, nor for doses, which are the drug's."""

KEPT = "unit kept although the values are unusual in it: "
"""How the note of a statement begins whose source says why its unit is right all the same."""

MICRO = str.maketrans({"μ": "u", "µ": "u", "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁶": "6", "⁹": "9"})
SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁶⁹]+")


def spelled(unit: str) -> str:
    """Return a unit in the one spelling in which units compare: no case, no spaces, u for µ, 10^9 for ×10⁹ and 10e9."""
    plain = SUPERSCRIPTS.sub(lambda found: f"^{found[0]}", unit).translate(MICRO).casefold().replace(" ", "")
    plain = re.sub(r"mc(?=g|l|mol|kat)", "u", re.sub("^[x×*]", "", plain))
    return re.sub(r"10(?:\*\*|\*|e|\^)\+?0?(\d)", r"10^\1", plain)


_BY_SPELLING = {
    field: {spelled(word): unit for unit in units for word in (unit.name, *unit.also)} for field, units in UNITS.items()
}


def known_unit(field: str, stated: str) -> Unit | None:
    """Return the unit of `field` that is spelled `stated`, or None."""
    return _BY_SPELLING.get(field, {}).get(spelled(stated))


def needs_unit(field: str) -> bool:
    """Return whether values of `field` mean nothing until their unit is stated; an age is in years unless said."""
    return field in UNITS and field != "age_years"


def likely_units(field: str, values: Sequence[float]) -> list[Unit]:
    """Return the units in which `values` would be plausible, the declared one first; none for a field without range."""
    usual = USUAL.get(field)
    if usual is None or not values:
        return []
    middle = median(values)
    return [unit for unit in UNITS[field] if unit.per_declared and usual.holds(middle / unit.per_declared)]


def median(values: Sequence[float]) -> float:
    """Return the median of at least one number."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
