"""Answers of E-utilities, recorded and made up: read for what they are, or refused with what they are instead.

The recorded ones are not part of the project; they are looked for beside it and skipped where they are missing.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.pubmed.failures import Failure, NotHeld, Refused, TooMuch, TryAgain, Unreachable
from ingest.pubmed.fetch import read_batch
from ingest.pubmed.responses import (
    read_articles,
    read_conversions,
    read_links,
    read_search,
    read_summary,
)
from ingest.pubmed.rows import record_of, row_of

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
recorded = pytest.mark.skipif(not CORPUS.is_dir(), reason="the recorded answers are not beside the repository")


def of(name: str) -> bytes:
    return (CORPUS / name).read_bytes()


@recorded
def test_recorded_searches() -> None:
    found = read_search(of("entrez-responses/esearch1.xml"), retmax=20)
    assert (found.count, len(found.pmids), found.translation) == (63, 20, '"biopython"[All Fields]')
    nothing = read_search(of("entrez-responses/esearch8.xml"))
    assert (nothing.count, nothing.warnings) == (0, ("the phrase was not found and is ignored: abcXYZ",))
    with pytest.raises(TryAgain, match="counts 2651 records but names 6"):
        read_search(of("entrez-responses/esearch3.xml"))


@recorded
def test_recorded_summaries_and_articles() -> None:
    assert {fate.status for fate in read_summary(of("entrez-responses/esummary1.xml")).values()} == {"there"}
    with pytest.raises(Refused, match="Neither query_key nor id"):
        read_summary(of("entrez-responses/esummary8.xml"))
    assert [name for name, _ in read_articles(of("entrez-responses/efetch_pmc.xml"))] == ["PMC8435807"]


EXPECTED = {
    "rate-limit-429": Unreachable,
    "esearch-retstart-past-window": Refused,
    "esummary-too-many-uids": TooMuch,
    "esummary-invalid-uid": NotHeld,
    "invalid-db-name": Refused,
}


@recorded
def test_every_recorded_error_body_is_a_failure_to_every_reader() -> None:
    bodies = json.loads(of("entrez-errors/errors.json"))["bodies"]
    assert len(bodies) == 13
    for said in bodies:
        body = said["body"].encode()
        for read in (read_search, read_links, lambda body: read_batch(body, ("1",))):
            if said["id"] == "efetch-unknown-pmids" and read not in (read_search, read_links):
                assert read(body).missing == {"1"}
                continue
            with pytest.raises(Failure) as failure:
                read(body)
            assert type(failure.value) is EXPECTED.get(said["id"], TryAgain), said["id"]
            assert "192.0.2.1" not in str(failure.value)


@recorded
@pytest.mark.parametrize("name", ["pubmed1", "pubmed2", "pubmed4", "pubmed5", "pubmed6", "pubmed7"])
def test_recorded_records_make_rows_and_come_back(name: str) -> None:
    batch = read_batch(of(f"entrez-responses/{name}.xml"), ())
    assert batch.extra
    whole = read_batch(of(f"entrez-responses/{name}.xml"), tuple(batch.extra))
    for record, own in whole.records.values():
        row = row_of(record, own, "0" * 64)
        back = record_of(row)
        for part in ("title", "abstract", "mesh", "publication_types", "keywords", "authors", "comments_corrections"):
            assert getattr(back, part) == getattr(record, part)


def test_a_dtd_that_nobody_knows_is_not_fetched() -> None:
    body = (
        b'<?xml version="1.0"?><!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20991231//EN" '
        b'"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20991231/esearch_new.dtd"><eSearchResult><Count>1</Count>'
        b"<RetMax>1</RetMax><RetStart>0</RetStart><IdList><Id>7</Id></IdList></eSearchResult>"
    )
    assert read_search(body).pmids == ("7",)


def test_entities_are_not_expanded() -> None:
    body = b'<!DOCTYPE eSearchResult [<!ENTITY a "ha">]><eSearchResult><Count>0</Count><IdList/></eSearchResult>'
    with pytest.raises(TryAgain, match="internal DTD subset"):
        read_search(body)


def item(name: str, value: str) -> str:
    return f'<Item Name="{name}" Type="String">{value}</Item>'


@pytest.mark.parametrize(
    ("inner", "status", "into"),
    [
        ("<ERROR>UID=7: cannot get document summary</ERROR>", "gone", None),
        ("<ERROR>UID=7: merged into 8</ERROR>", "merged", "8"),
        (f"<DocSum><Id>7</Id>{item('Status', 'merged')}{item('ReplacedBy', '8')}</DocSum>", "merged", "8"),
        (f"<DocSum><Id>7</Id>{item('RecordStatus', 'PubMed - merged into PMID 8')}</DocSum>", "merged", "8"),
        (f"<DocSum><Id>7</Id>{item('Status', 'deleted')}</DocSum>", "gone", None),
        (f"<DocSum><Id>7</Id>{item('Status', 'live')}{item('ReplacedBy', '')}</DocSum>", "there", None),
        (f"<DocSum><Id>7</Id>{item('RecordStatus', 'moved 2020/01/02')}</DocSum>", "there", None),
    ],
)
def test_the_fate_of_a_pmid(inner: str, status: str, into: str | None) -> None:
    fate = read_summary(f"<eSummaryResult>{inner}</eSummaryResult>".encode())["7"]
    assert (fate.status, fate.merged_into) == (status, into)


def test_links_of_one_pmid_each() -> None:
    link = "<LinkSetDb><DbTo>pmc</DbTo><LinkName>{}</LinkName><Link><Id>5</Id></Link></LinkSetDb>"
    one = f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>7</Id></IdList>{link.format('pubmed_pmc')}</LinkSet>"
    cited = f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>8</Id></IdList>{link.format('pubmed_pmc_refs')}</LinkSet>"
    mixed = (
        f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>9</Id><Id>10</Id></IdList>{link.format('pubmed_pmc')}</LinkSet>"
    )
    assert read_links(f"<eLinkResult>{one}{cited}{mixed}</eLinkResult>".encode()) == {"7": "PMC5"}


def test_conversions_with_raw_line_breaks_and_without_records() -> None:
    assert read_conversions(b'{"records":[{"pmid":"7","pmcid":"PMC5.1"},{"pmid":8,"errmsg":"not\nfound"}]}') == {
        "7": "PMC5"
    }
    with pytest.raises(TryAgain, match="without records"):
        read_conversions(b'{"status":"error"}')
    with pytest.raises(TryAgain, match="HTML page"):
        read_conversions(b"<html><title>Blocked</title>")
