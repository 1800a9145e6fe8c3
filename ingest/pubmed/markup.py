"""The text of an element with inline markup, as a reader would write it on one line.

Nothing is cut at the first tag, and a raised or lowered digit stays apart from the digit before it:
``10<sup>9</sup>`` reads ``10^9``, never ``109``; ``CO<sub>2</sub>`` reads ``CO2``. White space of the XML layout
becomes one blank; other spaces (no-break, thin) stay as given.
"""

from __future__ import annotations

import re
from typing import Any

_LAYOUT = re.compile(r"[ \t\r\n]+")
_DIGITS = frozenset("0123456789")
_SIGNED = _DIGITS | frozenset("+-−–")
_MARK = {"sup": "^", "sub": "_"}
_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_MATH_BETWEEN = {"msup": ("^",), "msub": ("_",), "msubsup": ("_", "^"), "mfrac": ("/",)}
_INVISIBLE = dict.fromkeys((0x2061, 0x2062, 0x2063, 0x2064))
_SAID_TWICE = frozenset((f"{_MATHML}annotation", f"{_MATHML}annotation-xml", "tex-math"))


def text_of(element: Any) -> str:
    """Return the text of an lxml element and everything in it; empty when there is none."""
    if not len(element):
        text = element.text
        if text is None:
            return ""
    else:
        parts: list[str] = []
        _collect(element, parts)
        text = "".join(parts)
    return collapse(text)


def collapse(text: str) -> str:
    """Return `text` with the line breaks and indents of the XML layout reduced to single blanks."""
    if "\n" in text or "  " in text or "\t" in text:
        return _LAYOUT.sub(" ", text).strip(" ")
    return text.strip(" ")


def _collect(element: Any, parts: list[str]) -> None:
    if element.text:
        parts.append(element.text)
    for child in element:
        tag = child.tag
        if tag in _MARK:
            _add_raised(child, _MARK[tag], parts)
        elif tag.startswith(_MATHML):
            parts.append(_math(child))
        elif tag not in _SAID_TWICE:
            _collect(child, parts)
        if child.tail:
            parts.append(child.tail)


def _add_raised(element: Any, mark: str, parts: list[str]) -> None:
    """Add a raised or lowered piece; a mark goes in where joining would make another number."""
    piece = text_of(element)
    before = parts[-1][-1:] if parts else ""
    if piece and piece[0] in _SIGNED and before in _DIGITS:
        parts.append(mark)
    parts.append(piece)


def _math(element: Any) -> str:
    """Return a formula on one line: ``x^2``, ``a/b``; blanks between the tags of a formula mean nothing."""
    if element.tag in _SAID_TWICE:
        return ""
    children = [_math(child) for child in element]
    if not children:
        return collapse((element.text or "").translate(_INVISIBLE))
    between = _MATH_BETWEEN.get(element.tag.removeprefix(_MATHML))
    if between and len(children) == len(between) + 1:
        return children[0] + "".join(mark + child for mark, child in zip(between, children[1:], strict=True))
    return "".join(children)
