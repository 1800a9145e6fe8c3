"""The text of an element with inline markup, as a reader would write it on one line.

Nothing is cut at the first tag, and a raised or lowered digit stays apart from the digit before it:
``10<sup>9</sup>`` reads ``10^9``, never ``109``; ``CO<sub>2</sub>`` reads ``CO2``. A raised citation stays apart
from any word: ``remission<sup><xref ref-type="bibr">12</xref></sup>`` reads ``remission^12``. A line break or
an indent of the XML becomes one blank; other spaces (two blanks, no-break, thin) stay as given.
"""

from __future__ import annotations

import re
from typing import Any

_BLANKS = re.compile(r"[ \t\r\n]+")
_DIGITS = frozenset("0123456789")
_SIGNS = frozenset("+-−–")
_MARK = {"sup": "^", "sub": "_"}
_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_MATH_BETWEEN = {"msup": ("^",), "msub": ("_",), "msubsup": ("_", "^"), "mfrac": ("/",)}
_INVISIBLE = dict.fromkeys((0x2061, 0x2062, 0x2063, 0x2064))
_APART = frozenset(("break", "p", "list-item", "title"))
"""Elements of JATS that begin a new line within a text."""
_SAID_TWICE = frozenset((f"{_MATHML}annotation", f"{_MATHML}annotation-xml", "tex-math"))


def text_of(element: Any, leave_out: frozenset[str] = frozenset()) -> str:
    """Return the text of an lxml element and everything in it but the elements named; empty when there is none."""
    if len(element):
        parts: list[str] = []
        _collect(element, parts, leave_out)
        return collapse("".join(parts))
    text = element.text
    return collapse(text) if text else ""


def collapse(text: str) -> str:
    """Return `text` with the line breaks and indents of the XML layout reduced to single blanks."""
    if "\n" in text or "\t" in text:
        text = _BLANKS.sub(_on_one_line, text)
    return text.strip(" ")


def _on_one_line(blanks: re.Match[str]) -> str:
    """Return blanks as given, but a line break or an indent as one blank."""
    return " " if "\n" in blanks[0] or "\t" in blanks[0] else blanks[0]


def _collect(element: Any, parts: list[str], leave_out: frozenset[str]) -> None:
    if element.text:
        parts.append(element.text)
    for child in element:
        tag = child.tag
        if tag in _MARK:
            _add_raised(child, parts)
        elif tag in leave_out:
            parts.append((child.tail or "").lstrip() if parts and parts[-1][-1:].isspace() else child.tail or "")
            continue
        elif tag in _SAID_TWICE:
            pass
        elif tag.startswith(_MATHML):
            parts.append(_math(child))
        elif tag in _APART:
            parts.append(" ")
            _collect(child, parts, leave_out)
        else:
            _collect(child, parts, leave_out)
        if child.tail:
            parts.append(child.tail)


def _add_raised(element: Any, parts: list[str]) -> None:
    """Add a raised or lowered piece; a mark goes in where joining would make another number or word."""
    piece = text_of(element)
    before = "".join(parts[-2:])[-1:]
    is_citation = element.find("xref") is not None or element.getparent().tag == "xref"
    is_power = piece[:1] in _SIGNS and piece[1:2] in _DIGITS
    joins_digits = piece[:1] in _DIGITS and before in _DIGITS
    if joins_digits or ((is_power or is_citation) and before.strip() and piece):
        parts.append(_MARK[element.tag])
    parts.append(piece)


def _math(element: Any) -> str:
    """Return a formula on one line: ``x^2``, ``a/b``; blanks between the tags of a formula mean nothing."""
    if element.tag in _SAID_TWICE:
        return ""
    if element.tag == f"{_MATHML}mmultiscripts":
        return _multiscripts(element)
    children = [_math(child) for child in element]
    if not children:
        return collapse((element.text or "").translate(_INVISIBLE))
    between = _MATH_BETWEEN.get(element.tag.removeprefix(_MATHML))
    if between and len(children) == len(between) + 1:
        return children[0] + "".join(mark + child for mark, child in zip(between, children[1:], strict=True))
    return "".join(children)


def _multiscripts(element: Any) -> str:
    """Return a base with scripts on both sides: ``^129Xe``; they stand in pairs of lower and upper, left last."""
    base, *scripts = [(child.tag.removeprefix(_MATHML), _math(child)) for child in element] or [("", "")]
    left = next((place for place, (tag, _) in enumerate(scripts) if tag == "mprescripts"), len(scripts))
    before, after = scripts[left + 1 :], scripts[:left]
    marked = [
        "".join("_^"[place % 2] + text for place, (_, text) in enumerate(side) if text) for side in (before, after)
    ]
    return marked[0] + base[1] + marked[1]
