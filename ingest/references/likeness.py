"""Whether two references are one publication: same, different, or for a person to say.

Made so that no two publications become one by mistake: a differing identifier, journal or year rules it out, a title
that many papers share ("Case report") proves nothing, and whatever is only much alike is left to a person.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from ingest.pubmed.record import Record

ALIKE = 90.0
"""Similarity of two titles, 0 to 100, from which a person is asked: a few letters or one word of a title."""
UNLIKE = 50.0
"""Similarity under which two titles are of different publications, whatever identifier they share."""
FEWEST_WORDS = 5
"""Words that a title needs to stand for one publication."""
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    ("a", "an", "and", "the", "of", "for", "in", "on", "de", "la", "et", "der", "und", "fur", "official")
)


@dataclass(frozen=True)
class Sketch:
    """What two references are compared by. `name` is the report's, or the one that it would get."""

    name: str
    titles: tuple[str, ...]
    year: int | None
    surname: str
    journals: tuple[str, ...]
    doi: str
    pmid: str
    pmcid: str
    volume: str
    page: str
    citation: str


@dataclass(frozen=True)
class Likeness:
    """The verdict on two references with what speaks for and against it."""

    verdict: Literal["same", "different", "unsure"]
    score: float
    evidence_for: str
    evidence_against: str


def sketch(record: Record, name: str) -> Sketch:
    """Return what `record` is compared by."""
    first = record.authors[0] if record.authors else None
    page = re.match(r"[A-Za-z]*\d+", record.pages or "")
    year = str(record.year) if record.year else None
    cited = (record.first_author, year, record.title, record.iso_abbreviation or record.journal)
    return Sketch(
        name=name,
        titles=tuple(folded(title) for title in (record.title, record.vernacular_title) if title),
        year=record.year,
        surname=folded((first.last_name or first.collective or "") if first else ""),
        journals=tuple(filter(None, (record.iso_abbreviation, record.journal))),
        doi=(record.doi or "").lower(),
        pmid=record.pmid,
        pmcid=(record.pmcid or "").upper(),
        volume=(record.volume or "").strip(),
        page=page[0].lower() if page else "",
        citation=". ".join(part.rstrip(".") for part in cited if part),
    )


def folded(text: str) -> str:
    """Return a text as its words in small letters without accents and punctuation."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(bare.casefold()))


def similarity(one: Sketch, other: Sketch) -> float:
    """Return how alike the titles are, 0 to 100; the best pair where one has a title in two languages."""
    from rapidfuzz.fuzz import ratio, token_sort_ratio

    pairs = [(a, b) for a in one.titles for b in other.titles]
    return max((max(ratio(a, b), token_sort_ratio(a, b)) for a, b in pairs), default=0.0)


def vetoes(one: Sketch, other: Sketch) -> list[str]:
    """Return what rules out that two references are one publication."""
    found = [
        f"{kind} {a} and {b}"
        for kind, a, b in (("PMID", one.pmid, other.pmid), ("DOI", one.doi, other.doi))
        if a and b and a != b
    ]
    if one.year and other.year and abs(one.year - other.year) > 1:
        found.append(f"years {one.year} and {other.year}")
    if journals_agree(one, other) is False:
        found.append(f"journals {one.journals[0]} and {other.journals[0]}")
    return found


def compare(one: Sketch, other: Sketch) -> Likeness:
    """Return the verdict on two references without a common identifier."""
    score = similarity(one, other)
    against = vetoes(one, other)
    if against or score < ALIKE:
        return Likeness("different", score, "", "; ".join(against) or "the titles differ")
    equal_title = bool(set(one.titles) & set(other.titles))
    speaks = ["the same title" if equal_title else f"titles {score:.0f} of 100 alike"]
    doubts: list[str] = []
    for what, a, b in (
        ("first author", one.surname, other.surname), ("year", one.year, other.year),
        ("volume", one.volume, other.volume), ("first page", one.page, other.page),
    ):  # fmt: skip
        if a and b:
            (speaks if a == b else doubts).append(what if a == b else f"{what} {a} and {b}")
    if journals_agree(one, other):
        speaks.append("journal")
    generic = max(len(title.split()) for title in one.titles) < FEWEST_WORDS
    if generic and "first author" not in speaks:
        return Likeness("different", score, "", "a title that many share, and not the same first author")
    placed = {"journal", "volume", "first page"} & set(speaks)
    certain = equal_title and not generic and not doubts and {"first author", "year"} <= set(speaks) and placed
    return Likeness("same" if certain else "unsure", score, ", ".join(speaks), "; ".join(doubts))


def journals_agree(one: Sketch, other: Sketch) -> bool | None:
    """Whether two references name the same journal, in full or abbreviated; None when one names none."""
    if not one.journals or not other.journals:
        return None
    return any(_same_journal(a, b) for a in one.journals for b in other.journals)


def _same_journal(one: str, other: str) -> bool:
    a, b = (_journal_words(name) for name in (one, other))
    if "".join(a) == "".join(b):
        return True
    short, long = sorted((a, b), key=len)
    if len(short) == 1 and len(long) > 2 and short[0] == "".join(word[0] for word in long):
        return True  # JAMA
    return len(a) == len(b) and all(x.startswith(y) or y.startswith(x) for x, y in zip(a, b, strict=True))


def _journal_words(name: str) -> list[str]:
    """Return the words of a journal's name that an abbreviation keeps, without a subtitle or a place in brackets."""
    bare = re.sub(r"\(.*?\)", " ", name.split(" : ")[0].split(": ")[0])
    words = folded(bare).split()
    return [word for word in words if word not in _SMALL] or words
