"""Which program's format a reference file is in, told by its content; the name of the file says nothing."""

from __future__ import annotations

import re
from typing import Literal, get_args

from catalog.errors import InvalidInput, Problem

Format = Literal["nbib", "ris", "bibtex", "endnote_xml", "pubmed_xml", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)

_PUBMED = re.compile(r"<(PubmedArticleSet|PubmedBookArticleSet|MedlineCitationSet)\b")
_ENDNOTE = re.compile(r"<xml>\s*<records>|<records>\s*<record>")
_NBIB = re.compile(r"^PMID ?- ?\d", re.MULTILINE)
_RIS = re.compile(r"^TY {0,2}- ?\w", re.MULTILINE)
_BIBTEX = re.compile(r"^\s*@[A-Za-z]+\s*[{(]", re.MULTILINE)
_HEADER = re.compile(r"\b(title|article title|document title)\b", re.IGNORECASE)
_PACKED = {b"PK\x03\x04": "a ZIP archive or an Excel file", b"\x1f\x8b": "a gzip file", b"%PDF": "a PDF"}


def format_named(word: str) -> Format:
    """Return the format that a person names; refuses any other word."""
    for name in FORMATS:
        if name == word.strip().lower():
            return name
    raise InvalidInput([Problem("unknown format", column="--format", found=word, allowed=", ".join(FORMATS))])


def decoded(data: bytes) -> str | None:
    """Return the text of a file in UTF-8, or in UTF-16 with its mark; None for any other encoding."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def sniff(text: str) -> Format | None:
    """Return the format of a reference file's text, or None when it is none of those read here."""
    head = text[:65536]
    if head.lstrip().startswith("<"):
        return "pubmed_xml" if _PUBMED.search(head) else "endnote_xml" if _ENDNOTE.search(head) else None
    lines: tuple[tuple[re.Pattern[str], Format], ...] = ((_NBIB, "nbib"), (_RIS, "ris"), (_BIBTEX, "bibtex"))
    for pattern, name in lines:
        if pattern.search(head):
            return name
    first = next((line for line in head.splitlines() if line.strip()), "")
    return "csv" if _HEADER.search(first) and any(mark in first for mark in ",;\t") else None


def packed(data: bytes) -> str | None:
    """Return what a file is that must be unpacked or exported differently first."""
    return next((what for mark, what in _PACKED.items() if data.startswith(mark)), None)
