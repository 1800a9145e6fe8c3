"""Which publication a study is, and what PubMed's notices say of it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from catalog.identity import Publications, report_id

Row = dict[str, Any]
NOTICES = ("retracted_by", "concern_by")


def link(studies: list[Row], reports: pa.Table) -> None:
    """Give each study its report, by PMID, DOI or PMCID, and the notices of retraction and concern that it carries.

    A PMID that PubMed has merged into another leads to the other.
    """
    columns = {
        name: reports[name].to_pylist() for name in ("report_id", "pmid", "doi", "pmcid", "merged_into", *NOTICES)
    }
    identifiers = list(columns.values())[:5]
    publications = Publications(zip(*identifiers, strict=True))
    notices = dict(zip(columns["report_id"], zip(*(columns[name] for name in NOTICES), strict=True), strict=True))
    for study in studies:
        stated = (study.get("pmid"), study.get("doi"), study["study_id"])
        found = publications.find(study.get("pmid"), study.get("doi"), study.get("pmcid"))
        study["report_id"] = found or report_id(*stated)
        study.update(zip(NOTICES, notices.get(study["report_id"], (None, None)), strict=True))
