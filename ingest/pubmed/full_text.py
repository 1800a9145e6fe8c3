"""Full texts of the reports that are read: found in PMC, fetched as JATS, kept with their licence.

The way to an article is its PMCID: from the record itself, else from the ID Converter, else from ELink. The text
comes from E-utilities, else the PMC Cloud Service, else Europe PMC; only what its publisher lets PMC give. The open
access web service and the FTP tree of PMC are gone since August 2026.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from catalog import raw
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES
from ingest.pubmed.client import Client
from ingest.pubmed.failures import Failure, TryAgain
from ingest.pubmed.jats import NotJats, parse_article
from ingest.pubmed.pmc import Text, by_cloud, by_efetch, by_europe_pmc, pmcids
from ingest.pubmed.progress import Progress

BATCH = 20
"""Articles an answer: a full text is a hundred times as long as a record."""
Row = dict[str, Any]


@dataclass
class FullTexts:
    """How many full texts are held and were obtained now; PMID, DOI and reason of those to be obtained by hand."""

    held: int = 0
    obtained: int = 0
    by_hand: list[tuple[str, str | None, str]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def obtain(store: Store, client: Client, progress: Progress, reports: list[Row], lineage: Lineage) -> FullTexts:
    """Fetch the full texts of `reports` (rows of `report`) that are not held, and write `full_text`.

    A service that fails leads to the next one; a report that none gave while one failed is tried again next time.
    """
    statuses = store.read("full_text").select(["report_id", "full_text_status"]).to_pylist()
    held = {row["report_id"] for row in statuses if row["full_text_status"] == "held"}
    wanted = [row for row in reports if row["report_id"] not in held]
    texts = FullTexts(held=len(reports) - len(wanted))
    if not wanted:
        return texts
    unnamed = [row["pmid"] for row in wanted if not row["pmcid"]]
    found, failed = pmcids(client, unnamed) if unnamed else ({}, None)
    with progress.bar("full text") as tell:
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            names = {row["pmid"]: row["pmcid"] or found.get(row["pmid"]) for row in batch}
            rows = _obtained(store, client, batch, names, failed, texts)
            store.upsert("full_text", from_rows(TABLES["full_text"], rows), lineage, ignore=("obtained_on",))
            tell.more(len(batch), len(wanted))
    return texts


def _obtained(
    store: Store, client: Client, batch: list[Row], names: dict[str, str | None], failed: str | None, texts: FullTexts
) -> list[Row]:
    """Return the rows of `full_text` for a batch; a report whose services failed has none."""
    rows = []
    asked = [name for name in names.values() if name]
    try:
        given, failure = (by_efetch(client, asked) if asked else {}), None
    except Failure as error:
        given, failure = {}, f"E-utilities: {error}"
    for row in batch:
        name = names[row["pmid"]]
        text, why = _text(client, name, given, failure) if name else (None, failed)
        if text is not None:
            texts.obtained += 1
            texts.held += 1
            rows.append(_row(row, name, "held", text=text, digest=_keep(store, row, name, text)))
        elif why:
            texts.failed[row["pmid"]] = why
        else:
            status, note = ("closed", "PMC gives no more than its front matter") if name else ("by_hand", "not in PMC")
            texts.by_hand.append((row["pmid"], row["doi"], note))
            rows.append(_row(row, name, status, note=note))
    return rows


def _text(client: Client, name: str, given: dict[str, Text], failure: str | None) -> tuple[Text | None, str | None]:
    """Return an article, whole and with its licence, from the first service that gives one; else what failed."""
    failures = [failure] if failure else []
    ways = {"E-utilities": lambda: given.get(name), "PMC Cloud Service": lambda: by_cloud(client, name),
            "Europe PMC": lambda: by_europe_pmc(client, name)}  # fmt: skip
    for service, ask in ways.items():
        try:
            text = ask()
            whole, licence = _read(text) if text else (False, None)
        except Failure as error:
            failures.append(f"{service}: {error}")
            continue
        if text and whole:
            return replace(text, licence=licence), None
    return None, "; ".join(failures) or None


def _read(text: Text) -> tuple[bool, str | None]:
    """Return whether an article has its body, and its licence as the provider or the article names it.

    Raises `Failure` for what is no article.
    """
    try:
        article = parse_article(text.data)
    except NotJats as error:
        raise TryAgain(str(error)) from None
    said = text.licence or article.licence or article.licence_url or (article.licence_text or "")[:200]
    return article.has_body, said or None


def _keep(store: Store, row: Row, name: str | None, text: Text) -> str:
    said = {
        "service": text.provider,
        "pmcid": str(name),
        "pmid": row["pmid"],
        "licence": text.licence or "not stated",
    }
    return raw.keep(store.root, text.data, ".xml", said)


def _row(
    row: Row,
    name: str | None,
    status: str,
    *,
    text: Text | None = None,
    digest: str | None = None,
    note: str | None = None,
) -> Row:
    return {
        "report_id": row["report_id"],
        "pmid": row["pmid"],
        "pmcid": name,
        "doi": row["doi"],
        "full_text_status": status,
        "provider": text.provider if text else None,
        "licence": text.licence if text else None,
        "raw_sha256": digest,
        "note": note,
        "obtained_on": dt.datetime.now(dt.UTC).date().isoformat() if text else None,
    }
