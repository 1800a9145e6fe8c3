"""What the catalog says a derived column follows from is what harmonizing derives it from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.chain import shipped_topic, store_of

from catalog.basis import CONFIRMED, columns_that_matter, stated_fields
from catalog.fields import FIELDS
from harmonize import build
from harmonize.derive import derive_patient

DERIVED = (
    "child_pugh_class", "drug_after_cr", "drug_stop_from_cr_months_lower", "drug_stop_from_cr_months_upper",
    "disease_free_from_cr_months_lower", "disease_free_from_cr_months_upper",
)  # fmt: skip


@pytest.fixture(scope="module")
def patients(harmonized_data: Path) -> list[dict[str, Any]]:
    return store_of(harmonized_data).read("patient").to_pylist()


@pytest.mark.parametrize("column", DERIVED)
def test_a_derived_column_needs_nothing_but_what_it_is_said_to_rest_on(
    patients: list[dict[str, Any]], column: str
) -> None:
    """Everything else is emptied and the column derived again; it must come out the same."""
    filled = 0
    for row in patients:
        said = {name: [{}] for name in FIELDS if row.get(name) not in (None, "not_reported")}
        if column in ("child_pugh_class", "drug_after_cr"):
            said.pop(column, None)
        names = stated_fields(row, column, said)
        alone = {
            name: value
            for name, value in row.items()
            if name.removesuffix("_months_lower").removesuffix("_months_upper") in names
        }
        derive_patient(alone)
        if column not in ("child_pugh_class", "drug_after_cr"):
            assert alone[column] == row[column], row["patient_id"]
        elif alone.get(column) is not None:  # a class or course may also be stated, and then differ
            assert alone[column] == row[column] or row[column] in ("reduced", "stopped_after_cr")
        filled += alone.get(column) is not None
    assert filled >= 3, "the shipped evidence exercises the column"


def test_a_statement_counts_here_when_it_counts_in_harmonizing() -> None:
    assert CONFIRMED == build.CONFIRMED


def test_a_lifted_rule_adds_no_columns() -> None:
    topic = shipped_topic()
    assert "monotherapy" in columns_that_matter(topic, "cr_rate", "primary", "study")
    assert "monotherapy" not in columns_that_matter(topic, "cr_rate", "with_combined_treatment", "study")
    assert "criterion" in columns_that_matter(topic, "cr_rate", "mrecist_only", "study")
