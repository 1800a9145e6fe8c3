"""A publication is one row of `report`, whoever speaks of it and in whatever order they come."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pytest

from catalog.schema import arrow_schema
from ingest.reports import REPORT, Row, index, publications, told_by, told_by_pubmed

EMPTY = arrow_schema(REPORT).empty_table()
KIM = {
    "study_id": "kim",
    "doi": "10.1/KIM",
    "pmid": None,
    "year": "2013",
    "title_short": "a case",
    "confidence": "high",
}
LEE = {"study_id": "lee", "doi": None, "pmid": None, "year": "2015", "journal": "J"}


def curated(*rows: Row, origin: str = "curated:a", standing: pa.Table = EMPTY) -> pa.Table:
    return told_by(origin, publications({"country": None, "pmcid": None, **row} for row in rows), standing)


def pubmed(pmid: str, **cells: object) -> Row:
    return {"report_id": f"pmid:{pmid}", "pmid": pmid, "report_status": "live", **cells}


def rows_of(table: pa.Table) -> dict[str, Row]:
    return {row["report_id"]: row for row in table.to_pylist()}


def test_a_doi_finds_the_record_of_pubmed() -> None:
    table = told_by_pubmed([pubmed("7", doi="10.1/kim", title="A Case.", year=2014)], curated(KIM, LEE))
    row = rows_of(table)["pmid:7"]
    assert sorted(rows_of(table)) == ["pmid:7", "study:lee"]
    assert (row["title"], row["year"], row["title_short"], row["confidence"]) == ("A Case.", 2014, "a case", "high")
    assert row["origin"] == "curated:a;pubmed"


def test_the_order_of_arrival_does_not_matter() -> None:
    record = pubmed("7", doi="10.1/kim", title="A Case.", year=2014)
    first = told_by_pubmed([record], curated(KIM))
    last = curated(KIM, standing=told_by_pubmed([record], EMPTY))
    assert rows_of(first) == rows_of(last)


def test_importing_again_undoes_nothing() -> None:
    table = told_by_pubmed([pubmed("7", doi="10.1/kim", title="A Case.", year=2014)], curated(KIM, LEE))
    assert curated(KIM, LEE, standing=table).sort_by("report_id").equals(table.sort_by("report_id"))


def test_a_study_taken_out_of_the_sheet_leaves_what_pubmed_says() -> None:
    table = told_by_pubmed([pubmed("7", doi="10.1/kim", title="A Case.")], curated(KIM, LEE))
    row = rows_of(curated(standing=table))
    assert list(row) == ["pmid:7"]
    assert (row["pmid:7"]["origin"], row["pmid:7"]["title_short"]) == ("pubmed", None)


def test_two_arms_of_one_publication_share_a_row() -> None:
    table = curated(KIM, {**KIM, "study_id": "kim2", "title_short": "the other arm"})
    assert [row["title_short"] for row in rows_of(table).values()] == ["a case"]


def test_a_cohort_and_a_sheet_share_a_row_and_the_sheet_speaks() -> None:
    ward = {**KIM, "title_short": "our ward", "country": "Korea"}
    for order in itertools.permutations((("curated:a", KIM), ("cohort:ward", ward))):
        table = EMPTY
        for origin, row in order:
            table = curated(row, origin=origin, standing=table)
        (row,) = rows_of(table).values()
        assert (row["title_short"], row["country"], row["origin"]) == ("a case", "Korea", "cohort:ward;curated:a")
    left = rows_of(curated(origin="curated:a", standing=table))
    assert left["doi:10.1/kim"]["origin"] == "cohort:ward"


def test_what_pubmed_no_longer_says_is_gone_and_identifiers_stay() -> None:
    table = told_by_pubmed([pubmed("7", doi="10.1/kim", title="A Case.", retracted_by="9")], EMPTY)
    row = rows_of(told_by_pubmed([pubmed("7", title="A case.")], table))["pmid:7"]
    assert (row["title"], row["retracted_by"], row["doi"]) == ("A case.", None, "10.1/kim")


def test_two_pmids_with_one_doi_are_two_publications() -> None:
    article, notice = pubmed("70", doi="10.1/kim"), pubmed("100", doi="10.1/kim")
    table = told_by_pubmed([notice, article], curated(KIM))
    assert sorted(rows_of(table)) == ["pmid:100", "pmid:70"]
    again = rows_of(curated(KIM, standing=table))
    assert again["pmid:70"]["title_short"] == "a case"
    assert again["pmid:100"]["title_short"] is None


@pytest.mark.parametrize("asked", [{"pmid": "7"}, {"doi": "10.1/KIM"}, {"pmcid": "pmc5"}])
def test_a_merged_pmid_leads_to_what_took_its_place(asked: dict[str, str]) -> None:
    merged = pubmed("7", doi="10.1/kim", pmcid="PMC5", report_status="merged", merged_into="8")
    table = told_by_pubmed([merged, pubmed("8")], EMPTY)
    assert index(table).find(**asked) == "pmid:8"


def test_pmids_that_name_each_other_end_the_search() -> None:
    rows = [pubmed("7", merged_into="8"), pubmed("8", merged_into="7")]
    assert index(told_by_pubmed(rows, EMPTY)).find(pmid="7") in ("pmid:7", "pmid:8")
