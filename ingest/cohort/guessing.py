"""What a column probably is: the field by its name, its label and its cells; the unit by its name and its values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.fields import FIELDS
from catalog.units import UNITS, USUAL, Unit, likely_units, median, needs_unit, spelled
from catalog.vocabulary import Vocabulary, vocabulary
from ingest.cohort.cell_words import NUMERIC
from ingest.cohort.numerals import Notation, kinds_of, notation_of
from ingest.cohort.records import CohortRecords
from ingest.cohort.wordings import WORDINGS

ENOUGH = 80
"""Of 100: below it a name is not taken for a field ("Serum prealbumin" is 77 of "serum bilirubin")."""
SHORT = 4
SURE = 85
"""From here on a name counts even when no word of the column is known, as with a sex of 0 and 1."""
BLANK_WORDS = frozenset(
    ["?", ".", "-", "--", "—", "n/a", "na", "nd", "n.d.", "nk", "unknown", "unk", "missing", "not checked",
     "not done", "not available", "none", "null", "nan", "x"]
)  # fmt: skip
BLANK_NUMBERS = frozenset(["-1", "-9", "-99", "-999", "99", "999", "9999", "99999"])
TIME_UNITS = ("days", "weeks", "months", "years")
SEPARATORS = (";", ",", "/", "+")


@dataclass(frozen=True)
class Likeness:
    """How alike a column and a field are, of 100."""

    score: float
    column: str
    field: str


def plain_name(text: str) -> str:
    """Return a name as words: no case, no underscores, no units in brackets."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def likeness(names: Iterable[str], wordings: Iterable[str]) -> float:
    """Return how alike names and wordings are at best, of 100; short words and abbreviations are alike or not at all.

    All words of a wording within a longer name count in part: an age at diagnosis is likely an age.
    """
    from rapidfuzz import fuzz

    best = 0.0
    for name in names:
        for wording in wordings:
            joined, sought = name.replace(" ", ""), wording.replace(" ", "")
            inside = set(wording.split()) <= set(name.split())
            score = 100.0 if joined == sought else 0.0
            if min(len(joined), len(sought)) > SHORT:
                score = max(fuzz.ratio(joined, sought), fuzz.token_sort_ratio(name, wording))
            best = max(best, score, 0.5 * (fuzz.token_sort_ratio(name, wording) + 100) if inside else 0)
    return best


def guesses(records: CohortRecords, columns: Iterable[str]) -> dict[str, str]:
    """Return for each column the field that it most likely holds; each field at most once, the best likeness first."""
    found = []
    for column in columns:
        names = {plain_name(column), plain_name(records.labels.get(column, ""))} - {""}
        cells = records.columns[column].distinct()
        for field, wordings in WORDINGS.items():
            score = likeness(names, wordings)
            if score >= ENOUGH and can_hold(field, cells, named_so=score >= SURE):
                found.append(Likeness(score, column, field))
    chosen: dict[str, str] = {}
    for one in sorted(found, key=lambda one: -one.score):
        if one.column not in chosen and one.field not in chosen.values():
            chosen[one.column] = one.field
    return chosen


def can_hold(field: str, cells: set[str], *, named_so: bool = False) -> bool:
    """Return whether most of a column's distinct cells could be values of `field`; few words may be codes for them."""
    declared = FIELDS[field]
    stated = filled(cells)
    if declared.kind == "text" or not stated:
        return bool(stated)
    if declared.kind in NUMERIC:
        return 2 * len(numbers_in(stated)) > len(stated) and not coded(field, stated)
    words = vocabulary(declared.vocabulary or "")
    known = sum(all(words.code(word) for word in words_of(cell, words)[1]) for cell in stated)
    return 2 * known > len(stated) or (named_so and len(stated) <= len(words.codes) + 2)


def filled(cells: Iterable[str]) -> set[str]:
    """Return the cells that are no usual word for nothing."""
    return {cell for cell in cells if cell.casefold() not in BLANK_WORDS}


def coded(field: str, cells: set[str]) -> bool:
    """Return whether a measured field would hold nothing but a few digits: codes for categories."""
    return needs_unit(field) and len(cells) <= 3 and all(len(cell) == 1 and cell.isdigit() for cell in cells)


def words_of(cell: str, words: Vocabulary) -> tuple[str, list[str]]:
    """Return the separator that splits a cell into known words, and the words; the whole cell when none does."""
    if words.code(cell):
        return "", [cell]
    for separator in SEPARATORS:
        parts = [part.strip() for part in cell.split(separator)]
        if len(parts) > 1 and all(words.code(part) for part in parts):
            return separator, parts
    return "", [cell]


def numbers_in(cells: Iterable[str]) -> dict[str, float]:
    """Return the cells that hold one number, with it; a sign such as > before it and words after it are let be."""
    notation = notation_of(kinds_of(cells), commas_elsewhere=False)
    reading = notation if isinstance(notation, Notation) else Notation(".", ",")
    found = {}
    for cell in cells:
        plain = reading.plain(cell) or cell
        number = re.fullmatch(r"[<>≤≥~=\s]*(-?\d+(?:\.\d+)?)(?:\s*(?:-|–)\s*\d+(?:\.\d+)?)?\s*[a-zA-Z]*", plain)
        if number:
            found[cell] = float(number[1])
    return found


def unit_guess(field: str, column: str, label: str, cells: set[str]) -> tuple[str, str]:
    """Return the likely unit of a column and why it is that, for a field that has one."""
    if FIELDS[field].kind == "duration":
        said = next((unit for unit in TIME_UNITS if unit[:-1] in f"{column} {label}".casefold()), "")
        return (said, "by the column's name") if said else ("months", "guess: nothing says the unit")
    values = list(numbers_in(cells).values())
    likely = likely_units(field, values)
    said_unit = _named_unit(field, f"{column} {label}")
    if said_unit and said_unit.per_declared is None:
        return said_unit.name, f"decide: {said_unit.source}"
    if said_unit and (said_unit in likely or not likely):
        return said_unit.name, "by the column's name"
    if said_unit:
        why = f"the name says {said_unit.name}, in which a median of {median(values):.4g} is implausible"
        return likely[0].name, f"guess: {why}"
    if likely:
        return likely[0].name, f"guess: a median of {median(values):.4g} is usual in it"
    return UNITS[field][0].name, "guess: the usual unit" + ("" if field not in USUAL else "; the values do not fit it")


def _named_unit(field: str, name: str) -> Unit | None:
    """Return the unit of `field` with the longest spelling that stands in a column's name."""
    plain = spelled(name.replace("_per_", "/"))
    spellings = {spelled(word): unit for unit in UNITS[field] for word in (unit.name, *unit.also)}
    standing = [word for word in spellings if len(word) > 1 and word in plain]
    return spellings[max(standing, key=len)] if standing else None
