"""Whole dates as people and programs write them, found in order to refuse them; how to read them a mapping declares."""

from __future__ import annotations

import re

from ingest.cohort.dates import USUAL, read_date

MONTHS = frozenset(
    ["jan", "january", "januar", "jänner", "janvier", "janv", "enero", "ene", "gennaio", "gen",
     "feb", "february", "februar", "février", "fév", "févr", "febrero", "febbraio",
     "mar", "march", "mär", "märz", "mrz", "mars", "marzo", "apr", "april", "avril", "avr", "abril", "abr", "aprile",
     "may", "mai", "mayo", "maggio", "mag", "jun", "june", "juni", "juin", "junio", "giugno", "giu",
     "jul", "july", "juli", "juillet", "juil", "julio", "luglio", "lug",
     "aug", "august", "août", "aout", "agosto", "ago",
     "sep", "sept", "september", "septembre", "septiembre", "settembre",
     "oct", "october", "okt", "oktober", "octobre", "octubre", "ottobre", "ott",
     "nov", "november", "novembre", "noviembre",
     "dec", "december", "dez", "dezember", "décembre", "déc", "diciembre", "dic", "dicembre"]
)  # fmt: skip
"""Names of months in languages of hospitals whose files come as text."""
EASTERN = r"(?:19|20)\d{2} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]"
WRITTEN_OUT = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[. /-]{0,2}(?:de )?([^\W\d_]{3,10})[. /,-]{0,2}(?:de )?(?:\d{4}|\d{2})"
)
"""As in 12. März 1945, 12 de marzo de 1945, and 12MAR45 of SAS."""
IN_DIGITS = re.compile(r"\d{1,4}[-./ ]\w{1,9}[-./ ,]{1,2}\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?|\w{3,9} \d{1,2}, \d{4}")
IN_PROSE = re.compile(
    r"(?<![\w./-])(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:19|20)\d{2}"
    r"|\d{1,2}[. -]{0,2}(?:de )?[^\W\d_]{3,10}[. -]{0,2}(?:de )?(?:19|20)\d{2}"
    rf"|[^\W\d_]{{3,9}} \d{{1,2}}, (?:19|20)\d{{2}})(?![\w/-])|(?<!\d){EASTERN}"
)
"""What may be a date among other words; only with its century, since 1/2/12 may be anything."""


def whole_date(cell: str) -> bool:
    """Return whether a cell is a whole date, to the day, in ISO 8601 or a usual format, with or without a time."""
    written = WRITTEN_OUT.fullmatch(cell)
    if written and 0 < int(written[1]) <= 31 and written[2].casefold() in MONTHS:
        return True
    if not IN_DIGITS.fullmatch(cell):
        return bool(re.fullmatch(EASTERN, cell))
    day = re.sub(r"[ T]\d{1,2}:\d{2}.*$", "", cell)
    spans = (read_date(day, form) for form in ("", *USUAL))
    return any(span is not None and span[0] == span[1] for span in spans)


def holds_date(cell: str) -> bool:
    """Return whether a cell is a whole date, or prose with one in it."""
    plain = cell.replace(".", "", 1)
    if plain.isascii() and plain.isalnum():  # one word or number, of which only 12MAR1945 is a date
        return not plain.isdecimal() and whole_date(cell)
    return whole_date(cell) or any(whole_date(found[0]) for found in IN_PROSE.finditer(cell))
