"""What the topic's rules decide on a record: include, exclude, or read; the first rule that fits decides.

A retracted report is excluded before any rule, an expression of concern is told beside the reason. Words are found
as whole words in any case, with blanks and hyphens alike (``BAY 43-9006`` is ``BAY43-9006``), singular or plural;
an abbreviation (``HCC``, ``CR``) only in capitals, because ``Cr`` is creatinine; ``respon*`` by its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from catalog.topic import ScreeningRule, Topic, Words
from ingest.pubmed.record import Record
from ingest.pubmed.rows import CONCERNS, retracted_by


@dataclass(frozen=True)
class Decision:
    """A decision on a report, with the code of its reason and the reason in words."""

    stage: Literal["title_abstract", "full_text"]
    decision: Literal["include", "exclude", "read"]
    reason_code: str
    reason: str


def screen(record: Record, topic: Topic) -> Decision:
    """Return what the rules of `topic` decide on `record`; one that no rule fits is to be read by a person."""
    notice = retracted_by(record)
    if notice:
        return Decision("title_abstract", "exclude", "retracted", f"retracted; notice: {notice}")
    seen = _Seen(record)
    for rule in topic.screening:
        if _fits(rule, seen, topic):
            return Decision("title_abstract", rule.decision, rule.code, rule.reason + _concern(record))
    return Decision("title_abstract", "read", "no_rule_fits", "no screening rule fits" + _concern(record))


def _concern(record: Record) -> str:
    notices = [notice.pmid or notice.citation or "not named" for notice in record.notices(*CONCERNS)]
    if not notices and record.has_type("Expression of Concern"):
        return ""  # the record is the expression itself, about another report
    return f"; expression of concern: {', '.join(notices)}" if notices else ""


def _fits(rule: ScreeningRule, seen: _Seen, topic: Topic) -> bool:
    """Whether the record has what the rule asks for; see `catalog.topic.ScreeningRule`."""

    def hits(field: str, terms: tuple[str, ...]) -> bool:
        return seen.has(field, _meant(terms, topic))

    return (
        all(seen.is_filled(field) for field in rule.filled)
        and (not rule.any or any(hits(field, terms) for field, terms in rule.any.items()))
        and all(hits(field, terms) for field, terms in rule.all.items())
        and not any(hits(field, terms) for field, terms in rule.none.items())
    )


def _meant(terms: tuple[str, ...], topic: Topic) -> tuple[str, ...]:
    """Return the terms with ``@drug``, ``@disease`` and ``@response`` replaced by the topic's words."""
    if not any(term.startswith("@") for term in terms):
        return terms
    named: Mapping[str, Words | None] = {"@drug": topic.drug, "@disease": topic.disease, "@response": topic.response}
    return tuple(word for term in terms for word in (_words(named.get(term)) or (term,)))


def _words(words: Words | None) -> tuple[str, ...]:
    if words is None:
        return ()
    return tuple(filter(None, (words.name, words.abbreviation, *words.synonyms, words.mesh)))


class _Seen:
    """What the rules may look at of one record; index terms are compared whole, texts searched."""

    def __init__(self, record: Record) -> None:
        self.record = record

    @cached_property
    def texts(self) -> dict[str, str]:
        record = self.record
        title = "\n".join(filter(None, (record.title, record.vernacular_title)))
        abstract = record.abstract_text or ""
        keywords = "\n".join(record.keywords)
        others = "\n".join(part.text for other in record.other_abstracts for part in other.sections)
        return {
            "title": title,
            "abstract": abstract,
            "keyword": keywords,
            "text": "\n".join((title, abstract, others, keywords)),
        }

    @cached_property
    def folded(self) -> dict[str, str]:
        return {name: text.casefold() for name, text in self.texts.items()}

    @cached_property
    def index_terms(self) -> dict[str, frozenset[str]]:
        record = self.record
        named: dict[str, list[tuple[str | None, str]]] = {
            "mesh": [(heading.ui, heading.name) for heading in record.mesh],
            "publication_type": [(term.ui, term.name) for term in record.publication_types],
            "substance": [(term.ui, term.name) for term in record.substances],
            "language": [(None, language) for language in record.languages],
        }
        return {
            field: frozenset(name.casefold() for ui, term in terms for name in (ui or "", term, _as_spoken(term)))
            for field, terms in named.items()
        }

    def is_filled(self, field: str) -> bool:
        """Whether the record has the field at all."""
        return bool(self.texts[field].strip() if field in self.texts else self.index_terms[field])

    def has(self, field: str, terms: tuple[str, ...]) -> bool:
        """Whether one of `terms` stands in the field."""
        if field not in self.texts:
            return any(term.casefold() in self.index_terms[field] for term in terms)
        folded, as_written = _patterns(terms)
        return bool(
            (folded and folded.search(self.folded[field])) or (as_written and as_written.search(self.texts[field]))
        )


def _as_spoken(heading: str) -> str:
    """Return an inverted MeSH heading the way it is spoken: ``Carcinoma, Hepatocellular`` turned round."""
    first, comma, second = heading.partition(", ")
    return f"{second} {first}" if comma else heading


@lru_cache(maxsize=1024)
def _patterns(terms: tuple[str, ...]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """Return the pattern for folded text, and the one for text as written (abbreviations)."""
    capitals = [term for term in terms if term.isupper() and term.isalpha()]
    others = [term.casefold() for term in terms if term not in capitals]
    return _pattern(others), _pattern(capitals)


def _pattern(terms: list[str]) -> re.Pattern[str] | None:
    if not terms:
        return None
    return re.compile(rf"\b(?:{'|'.join(map(_words_pattern, terms))})")


def _words_pattern(term: str) -> str:
    """Return the pattern of one term: its words with any blanks or hyphens between, whole, singular or plural."""
    words = [re.escape(word) for word in re.split(r"[\s\u2010-\u2015-]+", term.removesuffix("*").strip())]
    return r"[\s\u2010-\u2015-]*".join(words) + ("" if term.endswith("*") else r"(?:e?s)?\b")
