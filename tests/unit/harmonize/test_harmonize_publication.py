"""A study finds its publication by any identifier, and the notices that PubMed ties to it."""

from __future__ import annotations

import pyarrow as pa

from catalog.schema import from_rows
from catalog.tables import TABLES
from harmonize.publication import link


def reports(*rows: dict) -> pa.Table:
    return from_rows(TABLES["report"], [{"origin": "pubmed", **row} for row in rows])


def linked(study: dict, *rows: dict) -> dict:
    study = {"study_id": "kim", **study}
    link([study], reports(*rows))
    return {name: study[name] for name in ("report_id", "retracted_by", "concern_by")}


RETRACTED = {"report_id": "pmid:7", "pmid": "7", "doi": "10.1/Kim", "pmcid": "PMC5", "retracted_by": "9"}
FOUND = {"report_id": "pmid:7", "retracted_by": "9", "concern_by": None}


def test_by_pmid_doi_or_pmcid() -> None:
    for identifier in ({"pmid": "7"}, {"doi": "10.1/KIM"}, {"pmcid": "PMC5"}):
        assert linked(identifier, RETRACTED) == FOUND


def test_a_merged_record_leads_to_the_notice() -> None:
    merged = {"report_id": "pmid:6", "pmid": "6", "merged_into": "7"}
    assert linked({"pmid": "6"}, merged, RETRACTED) == FOUND


def test_a_concern_is_passed_on() -> None:
    concern = {"report_id": "pmid:7", "pmid": "7", "concern_by": "11;12"}
    assert linked({"pmid": "7"}, concern)["concern_by"] == "11;12"


def test_without_identifiers_the_study_names_its_report() -> None:
    assert linked({}, RETRACTED) == {"report_id": "study:kim", "retracted_by": None, "concern_by": None}
