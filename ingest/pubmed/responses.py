"""What the services say, one reader an answer: searches, summaries, links, conversions, articles of PMC.

A body is parsed whole and held against its own promises (a count, a root element) before anything of it is used.
E-utilities' bodies are then read by `Bio.Entrez` under the DTDs that come with it; no DTD is ever fetched.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ingest.pubmed.failures import TryAgain, instead, said

LIMIT = 9_999
"""PubMed's ESearch gives at most so many PMIDs, whatever is asked (NBK25499, read 2026-03-04)."""


@dataclass(frozen=True)
class Found:
    """A search: how many, which, and what the service made of the query."""

    count: int
    pmids: tuple[str, ...]
    translation: str
    warnings: tuple[str, ...]


_DTD = {"eSearchResult": "esearch.dtd", "eLinkResult": "elink.dtd", "eSummaryResult": "esummary-v1.dtd"}
_IGNORED = {
    "PhraseNotFound": "the phrase was not found and is ignored",
    "FieldNotFound": "the field is unknown and is ignored",
    "PhraseIgnored": "the phrase is ignored",
    "QuotedPhraseNotFound": "the quoted phrase was not found; its words may have been searched one by one",
    "OutputMessage": "note",
}


def read_search(body: bytes, *, retmax: int = LIMIT) -> Found:
    """Read an ESearch answer; zero hits only when its count says zero, and all PMIDs that the count promises."""
    root = _root(body, "eSearchResult")
    answer = _entrez(root)
    try:
        count, pmids = int(answer["Count"]), tuple(str(pmid) for pmid in answer.get("IdList") or ())
    except (KeyError, ValueError, TypeError):
        raise TryAgain("a search without a count") from None
    if not retmax:
        pmids = ()
    if len(pmids) != min(count, retmax) or len(set(pmids)) != len(pmids) or not all(map(str.isdecimal, pmids)):
        raise TryAgain(f"a search that counts {count} records but names {len(set(pmids))}")
    return Found(count, pmids, str(answer.get("QueryTranslation") or ""), tuple(_warnings(root)))


def _warnings(root: Any) -> list[str]:
    """Return what was not searched as written, with the part of the query it is about."""
    found = []
    for tag, words in _IGNORED.items():
        found += [f"{words}: {_inner(element)}" for element in root.iter(tag) if _inner(element)]
    return [warning for warning in found if warning != "note: No items found."]


@dataclass(frozen=True)
class Fate:
    """What ESummary knows of a PMID: there, gone, or another took its place (`merged_into`)."""

    status: str
    reason: str
    merged_into: str | None = None


_MERGED = re.compile(r"(?:merged|replaced|moved)\D{0,20}(\d{1,9})\b(?![/-])", re.IGNORECASE)
_INTO = re.compile(r"replaced_?by|merged_?(?:in)?to", re.IGNORECASE)
_GONE = re.compile(r"deleted|withdrawn|removed|dead|suppressed", re.IGNORECASE)
_UID = re.compile(r"(?:UID|id|pmid)\s*=?\s*:?\s*(\d+)", re.IGNORECASE)


def read_summary(body: bytes) -> dict[str, Fate]:
    """Read an ESummary answer: the fate of each PMID it speaks of; one it cannot summarise is gone."""
    root = _root(body, "eSummaryResult", errors_are_data=True)
    fates = {}
    for error in root.iter("ERROR", "error"):
        words = _inner(error)
        uid = _UID.search(words)
        if uid is None:
            raise said(words)
        into = _MERGED.search(words[uid.end() :])
        reason = f"PubMed has no record of it ({words[uid.end() :].strip(' :') or words})"
        fates[uid[1]] = Fate("merged", words, into[1]) if into else Fate("gone", reason)
    for summary in _entrez(root, ignore_errors=True) or ():
        if hasattr(summary, "get") and summary.get("Id"):
            fates[str(summary["Id"])] = _fate(summary)
    return fates


def _fate(summary: Mapping[str, Any]) -> Fate:
    """Read one summary: its status fields name a deletion, or the PMID that took its place."""
    uid = str(summary["Id"])
    words = " ".join(str(summary.get(name) or "") for name in ("Status", "RecordStatus", "error")).strip()
    named = [str(value).strip() for name, value in summary.items() if _INTO.search(str(name))]
    stated = [found[1] for found in (_MERGED.search(words),) if found]
    into = next((pmid for pmid in (*named, *stated) if pmid.isdecimal() and pmid != uid), None)
    if into:
        return Fate("merged", f"merged into PMID {into}", into)
    if _GONE.search(words):
        return Fate("gone", words)
    return Fate("there", "EFetch leaves it out, ESummary has it" + (f" (status: {words})" if words else ""))


def read_links(body: bytes) -> dict[str, str]:
    """Read an ELink answer from PubMed to PMC: PMID → PMCID, for those that have one."""
    links = {}
    for linkset in _entrez(_root(body, "eLinkResult")) or ():
        pmids = [str(pmid) for pmid in linkset.get("IdList", ())]
        found = [
            str(link["Id"])
            for group in linkset.get("LinkSetDb", ())
            if group.get("DbTo") == "pmc" and group.get("LinkName", "pubmed_pmc") == "pubmed_pmc"
            for link in group.get("Link", ())
        ]
        if len(pmids) == 1 and found:  # of several PMIDs in one set nobody can say whose link it is
            links[pmids[0]] = f"PMC{found[0]}"
    return links


def read_conversions(body: bytes) -> dict[str, str]:
    """Read the ID Converter's JSON: PMID → PMCID, for those that are in PMC."""
    answer = read_json(body)
    records = answer.get("records") if isinstance(answer, dict) else None
    if not isinstance(records, list):
        raise TryAgain("an answer of the ID Converter without records")
    return {
        str(record["pmid"]): str(record["pmcid"]).split(".")[0]
        for record in records
        if isinstance(record, dict) and record.get("pmid") and str(record.get("pmcid", "")).startswith("PMC")
    }


def read_json(body: bytes) -> Any:
    """Return a JSON body; E-utilities put raw line breaks into strings, so control characters are let pass."""
    try:
        return json.loads(body.decode("utf-8", "replace"), strict=False)
    except ValueError:
        raise instead(body) from None


def read_articles(body: bytes) -> list[tuple[str, Any]]:
    """Return the JATS articles of a PMC EFetch answer, each with its PMCID.

    A lower-case ``<error id>`` beside them is data (PMC does not give that one); an upper-case ``ERROR`` is a failure.
    """
    found = []
    for article in _root(body, "pmc-articleset").iterchildren("article"):
        for identifier in article.iterfind("front/article-meta/article-id"):
            if identifier.get("pub-id-type") in ("pmc", "pmcid") and identifier.text:
                found.append((f"PMC{identifier.text.strip().removeprefix('PMC')}", article))
                break
        else:
            raise TryAgain("an article of PMC without its identifier")
    return found


def _root(body: bytes, name: str, *, errors_are_data: bool = False) -> Any:
    """Return the root element of a body, fully parsed, or raise what the body is instead."""
    if b"<!ENTITY" in body[:4096] or re.search(rb"<!DOCTYPE[^>]*\[", body[:4096]):
        raise TryAgain("an answer with an internal DTD subset")
    parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False, huge_tree=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise instead(body, error.msg) from None
    errors = [_inner(element) for element in root.iter("ERROR")]
    if etree.QName(root).localname != name or (errors and not errors_are_data):
        raise said("; ".join(filter(None, errors)) or f"the root element is {root.tag}, not {name}")
    return root


def _entrez(root: Any, *, ignore_errors: bool = False) -> Any:
    """Return the body as `Bio.Entrez` reads it, under the DTD that comes with Biopython."""
    from Bio import Entrez

    dtd = f"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{_DTD[root.tag]}"
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE {root.tag} PUBLIC "-//NLM//DTD {root.tag}//EN" "{dtd}">\n'
    )
    try:
        return Entrez.read(io.BytesIO(head.encode() + etree.tostring(root, encoding="UTF-8").split(b"?>", 1)[-1]),
                           validate=False, ignore_errors=ignore_errors)  # fmt: skip
    except (ValueError, RuntimeError, KeyError, AttributeError, AssertionError) as error:
        raise TryAgain(f"an answer that cannot be read: {str(error)[:120]}") from None


def _inner(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
