"""The services that give full texts: which PMCID a report has, and its article as JATS with its licence.

E-utilities: NBK25499. PMC Cloud Service: the public bucket `pmc-oa-opendata`, one metadata file a version of an
article. Europe PMC: ``{PMCID}/fullTextXML``. ID Converter: at most 200 identifiers of one kind a request.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from ingest.pubmed.client import Client
from ingest.pubmed.failures import Failure, TryAgain, instead
from ingest.pubmed.responses import read_articles, read_conversions, read_json, read_links
from ingest.pubmed.settings import TOOL

IDS = 200
_ARTICLE = re.compile(rb"<article[\s>].*?</article>", re.DOTALL)
_KEY = re.compile(r"<Key>(metadata/PMC\d+\.(\d+)\.json)</Key>")


@dataclass(frozen=True)
class Text:
    """An article as received, who gave it, and its licence where the provider says it."""

    data: bytes
    provider: str
    licence: str | None = None


def pmcids(client: Client, pmids: Iterable[str]) -> tuple[dict[str, str], str | None]:
    """Return PMID → PMCID of those in PMC, by ID Converter, then ELink; and what failed when neither could be asked."""
    left = list(pmids)
    found: dict[str, str] = {}
    failed: list[str] = []
    for name, ask in (("the ID Converter", _convert), ("ELink", _link)):
        left = [pmid for pmid in left if pmid not in found]
        try:
            for start in range(0, len(left), IDS):
                found |= ask(client, left[start : start + IDS])
        except Failure as failure:
            failed.append(f"{name}: {failure}")
    return found, "; ".join(failed) if len(failed) == 2 else None


def _convert(client: Client, pmids: list[str]) -> dict[str, str]:
    params = [("ids", ",".join(pmids)), ("idtype", "pmid"), ("format", "json"), ("versions", "no"),
              ("tool", TOOL), ("email", client.settings.email)]  # fmt: skip
    url = f"{client.settings.pmc_url}tools/idconv/api/v1/articles/"
    return client.get(url, params, read_conversions) or {}


def _link(client: Client, pmids: list[str]) -> dict[str, str]:
    """Ask with one `id` a PMID: a list in one `id` mixes the links of all."""
    params = [("dbfrom", "pubmed"), ("db", "pmc"), ("linkname", "pubmed_pmc"), *(("id", pmid) for pmid in pmids)]
    return client.ask("elink", params, read_links)


def by_efetch(client: Client, names: Iterable[str]) -> dict[str, Text]:
    """Return PMCID → article for those that E-utilities give, each as the bytes that stand in the answer."""
    numbers = [name.removeprefix("PMC") for name in names]
    params = [("db", "pmc"), ("id", ",".join(numbers)), ("retmode", "xml")]

    def read(body: bytes) -> dict[str, Text]:
        found = read_articles(body)
        pieces: list[bytes] = _ARTICLE.findall(body)
        whole = (
            pieces if len(pieces) == len(found) else [etree.tostring(article, with_tail=False) for _, article in found]
        )
        return {name: Text(piece, "E-utilities") for (name, _), piece in zip(found, whole, strict=True)}

    return client.ask("efetch", params, read)


def by_cloud(client: Client, name: str) -> Text | None:
    """Return an article from the PMC Cloud Service, its newest version, checked against its MD5; None without one."""
    base = client.settings.pmc_cloud_url
    listing = client.get(
        base, [("list-type", "2"), ("prefix", f"metadata/{name}.")], lambda body: body.decode("utf-8", "replace")
    )
    versions = {int(number): key for key, number in _KEY.findall(listing or "")}
    if not versions:
        return None
    said = client.get(base + versions[max(versions)], [], read_json)
    if not isinstance(said, dict) or not said.get("xml_url"):
        return None
    parts = urlsplit(str(said["xml_url"]))
    digest = parse_qs(parts.query).get("md5", [""])[0]
    data = client.get(base + parts.path.lstrip("/"), [], lambda body: _article(body, digest))
    return None if data is None else Text(data, "PMC Cloud Service", said.get("license_code"))


def by_europe_pmc(client: Client, name: str) -> Text | None:
    """Return an article from Europe PMC, which gives open ones only; None without one."""
    data = client.get(f"{client.settings.europe_pmc_url}{name}/fullTextXML", [], _article)
    return None if data is None else Text(data, "Europe PMC")


def _article(body: bytes, md5: str = "") -> bytes:
    """Return a body that is one article in well-formed JATS, and that has the checksum its address names."""
    if re.fullmatch("[0-9a-f]{32}", md5) and hashlib.md5(body, usedforsecurity=False).hexdigest() != md5:
        raise TryAgain("an article that does not have the checksum in its address")
    try:
        root = etree.fromstring(
            body, etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False, huge_tree=True)
        )
    except etree.XMLSyntaxError as error:
        raise instead(body, error.msg) from None
    if root.tag != "article":
        raise TryAgain(f"the root element is {root.tag}, not article")
    return body
