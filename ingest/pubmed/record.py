"""What PubMed says about one publication: the parsed record, as immutable values.

Texts are as PubMed gives them, with inline markup resolved (`ingest.pubmed.markup`); what is not stated is None
or an empty tuple, never an empty string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple


class Section(NamedTuple):
    """One section of an abstract; `nlm_category` is NLM's grouping of the journal's own `label`."""

    label: str | None
    nlm_category: str | None
    text: str


class OtherAbstract(NamedTuple):
    """An abstract in another language or for another reader, for example a plain-language summary."""

    kind: str
    language: str
    sections: tuple[Section, ...]


class Author(NamedTuple):
    """A person, or a group in `collective`; several affiliations stay apart."""

    last_name: str | None
    fore_name: str | None
    initials: str | None
    suffix: str | None
    collective: str | None
    affiliations: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name as citations print it: surname and initials, or the group's name."""
        if self.collective:
            return self.collective
        return " ".join(part for part in (self.last_name, self.initials or self.fore_name, self.suffix) if part)


class Term(NamedTuple):
    """A publication type or a substance; `ui` is None in records made before 2015."""

    ui: str | None
    name: str


class Qualifier(NamedTuple):
    """A MeSH subheading of a heading."""

    ui: str | None
    name: str
    major: bool


class Heading(NamedTuple):
    """A MeSH heading with its qualifiers; `major` says that the descriptor itself is a main topic."""

    ui: str | None
    name: str
    major: bool
    qualifiers: tuple[Qualifier, ...]


class ArticleId(NamedTuple):
    """An identifier of this publication (never of one that it cites)."""

    id_type: str
    value: str


class Notice(NamedTuple):
    """A tie to another publication: retraction, erratum, expression of concern, comment, update …"""

    ref_type: str
    pmid: str | None
    citation: str | None
    note: str | None


class PubMedDate(NamedTuple):
    """A date of the record's history: `status` is received, accepted, entrez, retracted …; `on` is ISO 8601."""

    status: str
    on: str


@dataclass(frozen=True)
class Record:
    """One publication as PubMed describes it.

    `report_status` is "live", or "book" for a book or a chapter (`is_book`). `year` is the year of publication
    (the first one that a MedlineDate names); `pub_date` the date as printed. Days are ISO 8601.
    """

    pmid: str
    version: int = 1
    report_status: Literal["live", "book"] = "live"
    title: str | None = None
    vernacular_title: str | None = None
    abstract: tuple[Section, ...] = ()
    copyright: str | None = None
    other_abstracts: tuple[OtherAbstract, ...] = ()
    authors: tuple[Author, ...] = ()
    journal: str | None = None
    iso_abbreviation: str | None = None
    issn: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    year: int | None = None
    pub_date: str | None = None
    country: str | None = None
    doi: str | None = None
    pmcid: str | None = None
    article_ids: tuple[ArticleId, ...] = ()
    languages: tuple[str, ...] = ()
    publication_types: tuple[Term, ...] = ()
    mesh: tuple[Heading, ...] = ()
    substances: tuple[Term, ...] = ()
    keywords: tuple[str, ...] = ()
    comments_corrections: tuple[Notice, ...] = ()
    medline_status: str | None = None
    indexing_method: str | None = None
    created_on: str | None = None
    completed_on: str | None = None
    revised_on: str | None = None
    pubmed_dates: tuple[PubMedDate, ...] = ()

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Record:
        """Return a record with `fields` set and the rest left at what the class says.

        A frozen dataclass sets its fields one by one, which for this many takes ten times as long.
        """
        record = object.__new__(cls)
        vars(record).update(fields)
        return record

    @property
    def is_book(self) -> bool:
        """Whether this is a book or a chapter of one."""
        return self.report_status == "book"

    @property
    def abstract_text(self) -> str | None:
        """The abstract as one text, a line a section, each headed by its label; None without an abstract."""
        lines = (f"{part.label}: {part.text}" if part.label else part.text for part in self.abstract)
        return "\n".join(lines) or None

    @property
    def first_author(self) -> str | None:
        """The first author as citations print it."""
        return self.authors[0].name or None if self.authors else None

    def notices(self, *ref_types: str) -> tuple[Notice, ...]:
        """Return the ties of the given types, in order."""
        return tuple(notice for notice in self.comments_corrections if notice.ref_type in ref_types)

    def has_type(self, *names: str) -> bool:
        """Say whether one of the publication types is among `names`."""
        return any(term.name in names for term in self.publication_types)

    @property
    def is_retracted(self) -> bool:
        """Whether any of PubMed's three signals says so: publication type, notice, or date of retraction."""
        return (
            self.has_type("Retracted Publication")
            or bool(self.notices("RetractionIn", "RetractedandRepublishedIn"))
            or any(date.status == "retracted" for date in self.pubmed_dates)
        )


@dataclass(frozen=True, slots=True)
class Deleted:
    """PMIDs that an update file withdraws (`DeleteCitation`)."""

    pmids: tuple[str, ...]
