"""What a mapping's [study] section says of the cohort as a whole."""

from __future__ import annotations

from ingest.cohort.entries import CohortMapping
from ingest.observations import Source, Statements
from ingest.reports import Row, publications

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


def study_report(mapping: CohortMapping, source: Source) -> list[Row]:
    """Return the publication that the section describes: one, or none without a section."""
    if not mapping.study:
        return []
    place = {"file": source.file, "file_sha256": source.sha256, "source_url": _url(mapping)}
    row = {**mapping.study, "study_id": mapping.cohort.study_id, **place}
    return publications([row])


def _url(mapping: CohortMapping) -> str | None:
    return mapping.study.get("source_url") or mapping.cohort.source_url or None
