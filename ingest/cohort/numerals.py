"""Decimal commas and points, and marks between thousands: found out from a whole column, or asked for.

``13,913`` alone may be 13913 or 13.913. Other cells of the column decide it (``3,5`` cannot have thousands, ``1,250.5``
must), else the mapping does; nothing is read by the habits of a country. Powers of ten are written out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

COMMA, POINT, NEITHER = ",", ".", "neither"
COMMA_OR_THOUSANDS, POINT_OR_THOUSANDS = "comma or thousands", "point or thousands"
LAST = chr(sys.maxunicode)
TOKEN = re.compile(r"\d(?:[\d.,]*\d)?")
POWER = re.compile(r"(?<![\w.])\d(?:\.\d+)?[eE][-+]?\d{1,2}(?![\w.])")
"""As R writes 1e+05 and Excel shows 1.2E+05: one digit before the point."""


@dataclass(frozen=True)
class Notation:
    """How the numbers of a column are written; `thousands` may be empty."""

    decimal: str
    thousands: str

    def plain(self, text: str) -> str | None:
        """Return text with its numbers in full, with a point and nothing between thousands; None when one does not fit.

        Marks between thousands stand before every third digit, so that 1,25 is not 125.
        """
        whole, _, part = text.partition(self.decimal)
        if whole.isdecimal() and part.isdecimal():
            return f"{whole}.{part}"
        if text.isdecimal():
            return text
        between = re.escape(self.thousands)
        grouped = rf"\d{{1,3}}(?:{between}\d{{3}})+|\d+" if self.thousands else r"\d+"
        number = re.compile(rf"(?:{grouped})(?:{re.escape(self.decimal)}\d+)?")
        token = re.compile(rf"\d(?:[\d.,{between}]*\d)?")
        found = token.findall(text)
        if not all(number.fullmatch(one) for one in found):
            return None
        pointed = token.sub(lambda one: one[0].replace(self.thousands, "").replace(self.decimal, "."), text)
        return POWER.sub(lambda one: f"{Decimal(one[0]):f}", pointed)


def kind_of(token: str) -> str | None:
    """Return what a number says of its notation: its decimal mark, that it may be either; None for digits alone."""
    commas, points = token.count(","), token.count(".")
    if commas and points:
        decimal = max(",.", key=token.rfind)
        other = POINT if decimal == COMMA else COMMA
        return decimal if Notation(decimal, other).plain(token) is not None else NEITHER
    mark = COMMA if commas else POINT if points else None
    if mark is None:
        return None
    other = POINT if mark == COMMA else COMMA
    if token.count(mark) > 1:
        return other if Notation(other, mark).plain(token) is not None else NEITHER
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", token):
        return COMMA_OR_THOUSANDS if mark == COMMA else POINT_OR_THOUSANDS
    return mark


def kinds_of(cells: Iterable[str]) -> dict[str, str]:
    """Return every kind that occurs in cells, with the first cell of it in alphabetical order."""
    found: dict[str, str] = {}
    for cell in cells:
        if cell.isdecimal():
            continue
        for token in TOKEN.findall(cell):
            kind = kind_of(token)
            if kind is not None and cell < found.get(kind, LAST):
                found[kind] = cell
    return found


def notation_of(kinds: dict[str, str], *, commas_elsewhere: bool) -> Notation | str:
    """Return how a column's numbers are written, given what its cells say, or why that cannot be told.

    A point before three digits is a decimal point unless other columns of the file have decimal commas.
    """
    if NEITHER in kinds:
        return f"{kinds[NEITHER]!r} is no number in any notation"
    if COMMA in kinds and POINT in kinds:
        return f"{kinds[COMMA]!r} has a decimal comma and {kinds[POINT]!r} a decimal point"
    if COMMA in kinds:
        return Notation(COMMA, POINT)
    if POINT in kinds:
        return Notation(POINT, COMMA)
    if COMMA_OR_THOUSANDS in kinds:
        return f"the comma of {kinds[COMMA_OR_THOUSANDS]!r} may be a decimal comma or stand between thousands"
    if POINT_OR_THOUSANDS in kinds and commas_elsewhere:
        cell = kinds[POINT_OR_THOUSANDS]
        return f"the point of {cell!r} may stand between thousands, as other columns have decimal commas"
    return Notation(POINT, "")


def declared(decimal: str, thousands: str) -> Notation | None:
    """Return the notation that a mapping declares, or None when it declares none; one mark tells the other."""
    if not decimal and not thousands:
        return None
    return Notation(decimal or (COMMA if thousands == POINT else POINT), thousands)
