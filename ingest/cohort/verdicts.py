"""What a draft makes of a cohort's file, before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.cohort.records import CohortRecords


@dataclass(frozen=True)
class Verdicts:
    """What each column probably is: what names the patients, dates, what identifies, and the likely fields.

    `cells` are the distinct cells of each column; `untils` are the fields of the times that columns of days make with
    the column `index`, the first day of the drug.
    """

    records: CohortRecords
    columns: list[str]
    cells: Mapping[str, set[str]]
    identity: str | None
    dates: list[str]
    private: Mapping[str, str]
    fields: Mapping[str, str]
    free_text: Mapping[str, str]
    index: str | None
    untils: Mapping[str, str]
