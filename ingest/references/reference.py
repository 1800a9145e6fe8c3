"""One entry of a reference file: the publication it names, where it stands, and what a person decided about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ingest.pubmed.record import Author, Record

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}]+")
_PMID_NAMED = re.compile(
    r"(?:PMID\s*:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{1,9})", re.IGNORECASE
)
PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
"""Names of databases whose accession numbers are PMIDs; those of CINAHL are plain numbers as well."""
_PMCID = re.compile(r"PMC\d{2,9}", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_SURNAME_INITIALS = re.compile(r"(.+?)[ ]((?:[A-Z]\.?[ -]?){1,5})")


@dataclass(frozen=True)
class PersonDecision:
    """What people decided elsewhere: the decision, its reason in their words, and who they are."""

    decision: Literal["include", "exclude", "read"]
    reason: str
    decided_by: str


@dataclass(frozen=True)
class Reference:
    """An entry: its line (or its number, in XML), and the publication as far as it is named.

    `record.pmid` is empty when the entry names none.
    """

    row: int
    record: Record
    url: str | None = None
    decision: PersonDecision | None = None


def doi_in(*texts: str | None) -> str | None:
    """Return the first DOI in `texts`, as given, without address and punctuation around it."""
    for text in texts:
        found = _DOI.search(text or "")
        if found:
            doi = found[0].rstrip(".,;:'")
            return doi if doi.count("(") >= doi.count(")") else doi.rstrip(")")
    return None


def pmid_in(*texts: str | None) -> str | None:
    """Return the first PMID that `texts` name as one: ``PMID: 123``, or an address of PubMed."""
    found = next((found for text in texts if (found := _PMID_NAMED.search(text or ""))), None)
    return found[1].lstrip("0") or None if found else None


def pmid_alone(text: str | None) -> str | None:
    """Return the PMID in a field that holds nothing else, with or without its label."""
    stated = (text or "").strip()
    return (stated.lstrip("0") or None) if stated.isdecimal() and len(stated) < 10 else pmid_in(stated)


def pmcid_in(*texts: str | None) -> str | None:
    """Return the first PMCID in `texts`."""
    return next((found[0].upper() for text in texts if (found := _PMCID.search(text or ""))), None)


def year_of(*texts: str | None) -> int | None:
    """Return the first year, 1500 to 2099, in `texts`."""
    return next((int(found[0]) for text in texts if (found := _YEAR.search(text or ""))), None)


def author(name: str) -> Author:
    """Read one name: ``Kim, Jung Hyun``, ``Kim JH``, ``Jung Hyun Kim``; one that is none of these is a group's."""
    name = " ".join(name.split())
    if "," in name:
        last, _, fore = (part.strip() for part in name.partition(","))
        return Author(last or None, fore or None, _initials(fore), None, None, ())
    found = _SURNAME_INITIALS.fullmatch(name)
    if found:
        return Author(found[1], None, _initials(found[2]), None, None, ())
    words = name.split()
    if 2 <= len(words) <= 4 and all(word[:1].isupper() or word in ("van", "von", "de", "da", "der") for word in words):
        return Author(words[-1], " ".join(words[:-1]), _initials(" ".join(words[:-1])), None, None, ())
    return Author(None, None, None, None, name or None, ())


def authors(listed: str | None) -> tuple[Author, ...]:
    """Read names in one cell, separated by ``;``, ``and``, or commas where each is a surname with initials."""
    text = (listed or "").strip().rstrip(";.,")
    if ";" in text:
        parts = text.split(";")
    elif re.search(r"\band\b", text):
        parts = re.split(r",?\s+and\s+", text)
    else:
        parts = text.split(",")
        if not all(_SURNAME_INITIALS.fullmatch(part.strip().rstrip(".")) for part in parts):
            parts = [text]
    return tuple(author(part) for part in parts if part.strip())


def _initials(fore: str) -> str | None:
    if fore.isupper() and len(fore) <= 4 and fore.isalpha():
        return fore
    return "".join(part[0].upper() for part in re.split(r"[\s.\-]+", fore) if part[:1].isalpha()) or None
