"""Full texts of the reports that are read: found in PMC, fetched as JATS, kept with their licence.

The way to an article is its PMCID: from the record itself, else from the ID Converter, else from ELink. The text
comes from E-utilities, else the PMC Cloud Service, else Europe PMC; only what its publisher lets PMC give. The open
access web service and the FTP tree of PMC are gone since August 2026.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from typing import Any

from catalog import raw
from catalog.lineage import Lineage, sha256
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES
from ingest.pubmed.client import Client
from ingest.pubmed.failures import Failure, TryAgain
from ingest.pubmed.jats import NotJats, parse_article
from ingest.pubmed.loading import received_now
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
    names = {row["pmid"]: row["pmcid"] or found.get(row["pmid"]) for row in wanted}
    nowhere, there = ([row for row in wanted if bool(names[row["pmid"]]) is held] for held in (False, True))
    in_hand = _in_hand(store)
    with progress.bar("full text") as tell:
        _write(store, _not_in_pmc(nowhere, failed, texts), lineage)
        tell.more(len(nowhere), len(wanted))
        for start in range(0, len(there), BATCH):
            batch = there[start : start + BATCH]
            _write(store, _obtained(store, client, batch, names, in_hand, texts), lineage)
            tell.more(len(batch), len(wanted))
    return texts


def _write(store: Store, rows: list[Row], lineage: Lineage) -> None:
    if rows:
        store.upsert("full_text", from_rows(TABLES["full_text"], rows), lineage, ignore=("obtained_on",))


def _in_hand(store: Store) -> dict[str, Text]:
    """Return PMCID → article of those that a killed run has kept as bytes and not written down."""
    written = set(store.read("full_text")["raw_sha256"].to_pylist())
    found = {}
    for path in raw.kept(store.root):
        if path.stem not in written:
            said = json.loads(raw.sidecar(store.root, path.stem).read_text(encoding="utf-8"))
            data = path.read_bytes() if "pmcid" in said else b""
            if data and sha256(data) == path.stem:
                found[said["pmcid"]] = Text(data, said["service"], said["licence"])
    return found


def _not_in_pmc(rows: list[Row], failed: str | None, texts: FullTexts) -> list[Row]:
    """Return the rows of `full_text` for reports without a PMCID; none when nobody could be asked for one."""
    if failed:
        texts.failed.update({row["pmid"]: failed for row in rows})
        return []
    texts.by_hand += [(row["pmid"], row["doi"], "not in PMC") for row in rows]
    return [_row(row, None, "by_hand", note="not in PMC") for row in rows]


def _obtained(
    store: Store, client: Client, batch: list[Row], names: dict[str, str | None], in_hand: dict[str, Text],
    texts: FullTexts,
) -> list[Row]:  # fmt: skip
    """Return the rows of `full_text` for a batch that is in PMC; a report whose services failed has none."""
    rows = []
    given = {name: in_hand[name] for row in batch if (name := names[row["pmid"]]) in in_hand}
    asked = [name for row in batch if (name := names[row["pmid"]]) and name not in given]
    failure = None
    try:
        given |= by_efetch(client, asked) if asked else {}
    except Failure as error:
        failure = f"E-utilities: {error}"
    for row in batch:
        name = str(names[row["pmid"]])
        text, why = _text(client, name, given, failure)
        if text is not None:
            texts.obtained += 1
            texts.held += 1
            rows.append(_row(row, name, "held", text=text, digest=_keep(store, row, name, text)))
        elif why:
            texts.failed[row["pmid"]] = why
        else:
            note = "no service gives more than its front matter"
            texts.by_hand.append((row["pmid"], row["doi"], note))
            rows.append(_row(row, name, "closed", note=note))
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


def _keep(store: Store, row: Row, name: str, text: Text) -> str:
    said = {
        "service": text.provider,
        "pmcid": name,
        "pmid": row["pmid"],
        "licence": text.licence or "not stated",
    }
    return raw.keep(store.root, text.data, ".xml", said | received_now())


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
