"""Synthetic records in PubMed's own XML, and what PubMed would know of them: nothing here was ever published."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape

HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
ABSTRACT = (
    "Synthetic record. A patient with advanced hepatocellular carcinoma had complete remission under sorafenib "
    "after 23 weeks."
)


@dataclass(frozen=True)
class Paper:
    """One synthetic publication; `notices` are pairs of RefType and PMID."""

    pmid: str
    title: str = "Complete remission of hepatocellular carcinoma under sorafenib (synthetic)"
    abstract: str = ABSTRACT
    created: dt.date = dt.date(2015, 1, 1)
    doi: str | None = None
    pmcid: str | None = None
    types: tuple[str, ...] = ("Journal Article", "Case Reports")
    notices: tuple[tuple[str, str], ...] = ()
    revision: int = 1
    book: bool = False
    found: bool = True
    """Whether the topic's search finds it."""

    def xml(self) -> str:
        """Return the record as EFetch gives it."""
        return self._book() if self.book else self._article()

    def _article(self) -> str:
        day = f"<Year>{self.created.year}</Year><Month>{self.created.month:02}</Month><Day>{self.created.day:02}</Day>"
        notices = "".join(
            f'<CommentsCorrections RefType="{kind}"><RefSource>Synth J. 2020</RefSource><PMID Version="1">{pmid}</PMID>'
            "</CommentsCorrections>"
            for kind, pmid in self.notices
        )
        types = "".join(f'<PublicationType UI="D0">{escape(name)}</PublicationType>' for name in self.types)
        return (
            f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{self.pmid}</PMID>'
            f"<DateRevised><Year>2020</Year><Month>01</Month><Day>{self.revision:02}</Day></DateRevised>"
            f'<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><PubDate><Year>{self.created.year}'
            "</Year></PubDate></JournalIssue><Title>Synthetic journal</Title><ISOAbbreviation>Synth J"
            f"</ISOAbbreviation></Journal><ArticleTitle>{escape(self.title)}</ArticleTitle><Abstract><AbstractText>"
            f"{escape(self.abstract)}</AbstractText></Abstract><Language>eng</Language>"
            f"<PublicationTypeList>{types}</PublicationTypeList></Article>"
            + (f"<CommentsCorrectionsList>{notices}</CommentsCorrectionsList>" if notices else "")
            + '</MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="entrez">'
            f"{day}</PubMedPubDate></History><PublicationStatus>ppublish</PublicationStatus>{self._ids()}</PubmedData></PubmedArticle>"
        )

    def _book(self) -> str:
        return (
            f'<PubmedBookArticle><BookDocument><PMID Version="1">{self.pmid}</PMID>{self._ids()}<Book>'
            f"<Publisher><PublisherName>Synth</PublisherName></Publisher><BookTitle>{escape(self.title)}</BookTitle>"
            f"<PubDate><Year>{self.created.year}</Year></PubDate></Book><Abstract><AbstractText>"
            f"{escape(self.abstract)}</AbstractText></Abstract></BookDocument><PubmedBookData>"
            "<PublicationStatus>ppublish</PublicationStatus></PubmedBookData></PubmedBookArticle>"
        )

    def _ids(self) -> str:
        ids = {"pubmed": self.pmid, "doi": self.doi, "pmc": self.pmcid}
        listed = "".join(
            f'<ArticleId IdType="{kind}">{escape(value)}</ArticleId>' for kind, value in ids.items() if value
        )
        return f"<ArticleIdList>{listed}</ArticleIdList>"


@dataclass
class World:
    """What the server knows; change it between two refreshes."""

    papers: dict[str, Paper] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    jats: dict[str, str] = field(default_factory=dict)
    """PMC number → the article as JATS; None of a closed one."""
    withheld: set[str] = field(default_factory=set)
    """PMIDs that the search names and EFetch never gives."""
    warnings: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *papers: Paper) -> World:
        """Take papers in, in the place of those with the same PMID."""
        self.papers.update({paper.pmid: paper for paper in papers})
        return self

    def change(self, pmid: str, **what: object) -> None:
        """Revise a record."""
        old = self.papers[pmid]
        self.papers[pmid] = replace(old, revision=old.revision + 1, **what)  # type: ignore[arg-type]

    def retract(self, pmid: str, notice: str) -> None:
        """Retract a record by a notice."""
        old = self.papers[pmid]
        self.change(pmid, types=(*old.types, "Retracted Publication"), notices=(*old.notices, ("RetractionIn", notice)))

    def delete(self, pmid: str) -> None:
        """Withdraw a record."""
        del self.papers[pmid]

    def merge(self, pmid: str, into: str) -> None:
        """Let another PMID take the place of this one."""
        del self.papers[pmid]
        self.merged[pmid] = into

    def search(self, term: str) -> list[str]:
        """Return the PMIDs, newest first, that a query finds: DOIs as such, anything else by date and PMID range."""
        dois = {doi.lower() for doi in re.findall(r'"([^"]+)"\[doi\]', term)}
        hits: Iterable[Paper] = list(self.papers.values())
        if dois:
            hits = [paper for paper in hits if paper.doi and paper.doi.lower() in dois]
        else:
            hits = [paper for paper in hits if paper.found]
        for first, last in re.findall(r'"(\d{4}(?:/\d\d/\d\d)?)"\[crdt\] : "(\d{4}(?:/\d\d/\d\d)?)"\[crdt\]', term):
            since, until = _day(first), _day(last)
            hits = [paper for paper in hits if since <= paper.created <= until]
        for low, high in re.findall(r"(\d+):(\d+)\[uid\]", term):
            hits = [paper for paper in hits if int(low) <= int(paper.pmid) <= int(high)]
        return sorted((paper.pmid for paper in hits), key=int, reverse=True)


def _day(text: str) -> dt.date:
    """Return a day of PubMed's; a year alone is its first day, and 3000 has not come yet."""
    return dt.date.fromisoformat(text.replace("/", "-") if "/" in text else f"{text}-01-01")


def papers(count: int, first: int = 1, **more: object) -> list[Paper]:
    """Return papers with consecutive PMIDs, created over fifteen years."""
    start = dt.date(2010, 1, 1)
    return [
        Paper(str(number), created=start + dt.timedelta(days=number % 5475), **more)  # type: ignore[arg-type]
        for number in range(first, first + count)
    ]
