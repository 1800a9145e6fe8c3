"""``docs/cohorts.md`` says what the mapping can say today: its examples are mappings, and it leaves no key out."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from catalog.errors import Problems
from ingest.cohort.mapping import KINDS, parse_mapping
from ingest.cohort.readers import ENDINGS

TEXT = (Path(__file__).parents[2] / "docs" / "cohorts.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_mapping(example: str) -> None:
    problems = Problems()
    assert parse_mapping("example.toml", example.encode(), problems) is not None
    assert [str(problem) for problem in problems] == []


def test_every_key_of_every_section_is_shown() -> None:
    shown = set(re.findall(r"\b([a-z_]+) = ", "".join(EXAMPLES)))
    keys = {field.name for kind in KINDS.values() for field in dataclasses.fields(kind)}
    assert keys - shown == set()
    assert all(f"[{section}]" in TEXT for section in KINDS)


def test_every_ending_is_named() -> None:
    assert [ending for ending in ENDINGS if f"`{ending}`" not in TEXT] == []
