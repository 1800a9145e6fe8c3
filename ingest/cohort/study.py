"""What a mapping's [study] section says of the cohort as a whole."""

from __future__ import annotations

import pyarrow as pa

from ingest.cohort.mapping import CohortMapping
from ingest.observations import Source, Statements
from ingest.reports import reports

PLACES = {"source_url", "where_in_source", "note"}


def study_statements(mapping: CohortMapping, source: Source) -> Statements:
    """Return the section's fields as statements about the study; `source` is the mapping file, which has no rows."""
    cohort, study = mapping.cohort, mapping.study
    statements = Statements(source)
    for field, stated in study.items():
        if field not in PLACES:
            statements.add(
                "study", [cohort.study_id], [cohort.study_id], field, [stated],
                rows=[None], column="[study]", notes=[study.get("note")],
                urls=[_url(mapping)], places=[study.get("where_in_source")],
            )  # fmt: skip
    return statements


def study_report(mapping: CohortMapping, source: Source, standing: pa.Table) -> pa.Table:
    """Return the publication that the section describes as rows of `report`: one, or none without a section."""
    if not mapping.study:
        return reports([], source.origin, standing)
    place = {"file": source.file, "file_sha256": source.sha256, "source_url": _url(mapping)}
    row = {**mapping.study, "study_id": mapping.cohort.study_id, **place}
    return reports([row], source.origin, standing)


def _url(mapping: CohortMapping) -> str | None:
    return mapping.study.get("source_url") or mapping.cohort.source_url or None
