"""A draft written as a mapping: guesses are marked, open questions stand as comments where their answers belong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from catalog.fields import FIELDS
from catalog.vocabulary import vocabulary
from ingest.cohort.cell_words import NUMERIC
from ingest.cohort.dates import fitting
from ingest.cohort.entries import ROW
from ingest.cohort.guessing import (
    BLANK_NUMBERS,
    BLANK_WORDS,
    ENOUGH,
    can_hold,
    coded,
    filled,
    likeness,
    numbers_in,
    plain_name,
    unit_guess,
    words_of,
)
from ingest.cohort.numerals import kinds_of, notation_of
from ingest.cohort.privacy import record_numbers
from ingest.cohort.redcap import STRUCTURE
from ingest.cohort.verdicts import Verdicts
from ingest.cohort.wordings import WORDINGS

SHOWN = 12
STUDY = """\
# What holds of the whole cohort. Needed unless a curated sheet describes the study: fill in and uncomment.
# [study]
# design = "cohort"
# n_treated = 0
# n_cr = 0
# denominator = "treated_population"
# monotherapy = "yes"
# criterion = "mRECIST"

# What holds for every patient: decide, and uncomment.
# [[constant]]
# field = "cr_certainty"
# value = "confirmed"
"""


def draft_text(verdicts: Verdicts, stem: str, form: Mapping[str, str]) -> str:
    """Return the whole mapping; `stem` names the cohort, `form` is how the file had to be told to be read."""
    said = [f"{key} = {quoted(value)}" for key, value in form.items() if value]
    parts = [
        _head(verdicts, re.sub(r"\W+", "_", stem.casefold()).strip("_") or "cohort"),
        "\n".join(["[file]", *said, ""]) if said else "",
        STUDY,
        _rows(verdicts),
        _dates(verdicts),
        *(_column(verdicts, column) for column in verdicts.columns if column in verdicts.fields),
        *_ignored(verdicts),
    ]
    return "\n".join(part for part in parts if part)


def _head(verdicts: Verdicts, study_id: str) -> str:
    records, identity = verdicts.records, verdicts.identity
    lines = [
        f"# Draft of a mapping of {records.name}: read every line, correct it, and take the marks away.",
        f"# Read as {records.read_as}, {len(records)} row{'s' * (len(records) != 1)}.",
        "",
        "[cohort]",
        f"study_id = {quoted(study_id)}",
    ]
    if identity is None:
        lines.append(
            "# decide: no column numbers the patients, so their rows do; a row that is put in renames those below"
        )
    elif record_numbers(verdicts.cells[identity]):
        lines.append("# decide: these look like record numbers; number the patients anew, or write pseudonyms = true")
    template = f"{study_id}_p{{{identity or ROW}}}"
    return "\n".join([*lines, f"patient_id = {quoted(template)}", 'recorded_by = ""', ""])


def _rows(verdicts: Verdicts) -> str:
    kinds = [column for column in STRUCTURE if column in verdicts.records.columns]
    if not kinds:
        return ""
    return "\n".join([
        f"# Several rows a patient ({', '.join(kinds)}): each column takes the only cell there is. Where there are",
        f'# several, choose rows in the column, as where = {{ {kinds[0]} = "…" }}, or one of them, as take = "first".',
        "[rows]", 'take = "only"', "",
    ])  # fmt: skip


def _dates(verdicts: Verdicts) -> str:
    """Return [dates], and a difference for each column of days that a time seems to end with."""
    if verdicts.index is None:
        return ""
    lines = ["# Dates become times from the index event; guess: the event is the start of the drug", "[dates]"]
    lines += [f"index = {quoted(verdicts.index)}", 'event = "start_of_drug"']
    formats, blank = [], set()
    for column in (verdicts.index, *verdicts.untils):
        cells = verdicts.cells[column]
        blank |= {cell for cell in cells if cell.casefold() in BLANK_WORDS}
        fits = fitting(filled(cells))
        if column in verdicts.records.dates:
            continue
        if len(fits) == 1:
            formats.append(f"{quoted(column)} = {quoted(fits[0])}")
        else:
            lines.append(f"# decide the format of {column}: {' or '.join(fits) or 'no usual one'} fits all cells")
    if formats:
        lines.append(f"formats = {{ {', '.join(formats)} }}")
    if blank:
        lines.append(f"missing = {listed(sorted(blank))}  # guess")
    for column, field in verdicts.untils.items():
        lines += ["", "[[difference]]", f"field = {quoted(field)}  # guess"]
        if field == "age_years":
            lines += [f"since = {quoted(column)}", f"until = {quoted(verdicts.index)}", 'unit = "years"']
        else:
            lines.append(f"until = {quoted(column)}")
    return "\n".join([*lines, ""])


def _column(verdicts: Verdicts, column: str) -> str:
    field, cells = verdicts.fields[column], verdicts.cells[column]
    label = verdicts.records.labels.get(column, "")
    lines = [f"# {label}"] if label and plain_name(label) != plain_name(column) else []
    lines += ["[[column]]", f"name = {quoted(column)}", f"field = {quoted(field)}  # guess"]
    lines += _numbers(field, column, label, cells) if FIELDS[field].kind in NUMERIC else _words(field, cells)
    return "\n".join([*lines, ""])


def _numbers(field: str, column: str, label: str, cells: set[str]) -> list[str]:
    """Return unit, missing codes and open questions of a column of numbers."""
    declared = FIELDS[field]
    lines = []
    if declared.unit or declared.kind == "duration":
        unit, why = unit_guess(field, column, label, cells)
        lines.append(f"unit = {quoted(unit)}  # {why}")
    notation = notation_of(kinds_of(cells), commas_elsewhere=False)
    if isinstance(notation, str):
        lines.append(f"# decide decimal or thousands: {notation}")
    low, high = declared.minimum or 0, declared.maximum or float("inf")
    impossible = {cell for cell, number in numbers_in(cells & BLANK_NUMBERS).items() if not low <= number <= high}
    unread = cells - set(numbers_in(cells))
    codes = sorted(impossible | {cell for cell in unread if cell.casefold() in BLANK_WORDS | BLANK_NUMBERS})
    if codes:
        lines.append(f"missing = {listed(codes)}  # guess")
    questions = sorted(unread - set(codes))
    return [*lines, f"# decide what these cells mean: {listed(questions[:SHOWN])}"] if questions else lines


def _words(field: str, cells: set[str]) -> list[str]:
    """Return separator and open questions of a column of words."""
    words = vocabulary(FIELDS[field].vocabulary or "")
    separators = sorted({words_of(cell, words)[0] for cell in cells} - {""})
    unknown = sorted(cell for cell in cells if not all(words.code(word) for word in words_of(cell, words)[1]))
    lines = [f"separator = {quoted(separators[0])}  # guess"] if separators else []
    if unknown:
        lines.append(f"# decide in values what these words mean: {listed(unknown[:SHOWN])}")
        lines.append(f"# allowed: {words.allowed}")
    return lines


def _ignored(verdicts: Verdicts) -> list[str]:
    """Return an entry for every column that is not mapped, with the reason or what is to decide."""
    used = {*verdicts.untils, *verdicts.fields, verdicts.index, verdicts.identity}
    return [
        "\n".join(["[[ignored]]", f"name = {quoted(column)}", f"reason = {quoted(_reason(verdicts, column))}", ""])
        for column in verdicts.columns
        if column not in used
    ]


def _reason(verdicts: Verdicts, column: str) -> str:
    what = verdicts.private.get(column)
    if column in verdicts.dates:
        return f"decide: looks like {what or 'a date'}; [[difference]] can make a time or an age of it"
    if what:
        return f"looks like {what}"
    if column in STRUCTURE:
        return "tells the rows of one patient apart"
    if column in verdicts.free_text:
        return f"decide: likely {verdicts.free_text[column]}, which is free text; read it, then write free_text = true"
    names = {plain_name(column), plain_name(verdicts.records.labels.get(column, ""))} - {""}
    best = max(WORDINGS, key=lambda field: likeness(names, WORDINGS[field]))
    if likeness(names, WORDINGS[best]) < ENOUGH:
        return "decide"
    cells = filled(verdicts.cells[column])
    if coded(best, cells):
        return f"decide: named like {best}, but only holds {', '.join(sorted(cells))}: codes for categories?"
    fits = can_hold(best, cells, named_so=True)
    return f"decide: named like {best}, {'which another column holds' if fits else 'which its cells are not'}"


def quoted(text: str) -> str:
    """Return text as a basic string of TOML, whose escapes are those of JSON (TOML 1.0, "String")."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def listed(texts: Iterable[str]) -> str:
    """Return texts as an array of TOML."""
    return f"[{', '.join(map(quoted, texts))}]"
