"""``docs/dictionary.md`` is what the declaration gives today."""

from __future__ import annotations

from pathlib import Path

from catalog.dictionary import dictionary
from catalog.fields import DAYS_PER_MONTH, FIELDS
from catalog.rules import RULES
from catalog.tables import TABLES
from catalog.vocabulary import vocabulary

DICTIONARY = Path(__file__).parents[2] / "docs" / "dictionary.md"


def test_the_dictionary_is_fresh() -> None:
    standing = DICTIONARY.read_text(encoding="utf-8") if DICTIONARY.exists() else ""
    fresh = standing == dictionary()  # compared here, so that a failure does not print both texts
    assert fresh, "docs/dictionary.md is stale: run `make dictionary`"


def test_the_dictionary_leaves_nothing_out() -> None:
    text = dictionary()
    headings = {line for line in text.splitlines() if line.startswith("### ")}
    words = {str(field.vocabulary) for field in FIELDS.values() if field.vocabulary}
    assert headings == {f"### Table `{name}`" for name in TABLES} | {f"### Vocabulary `{name}`" for name in words}
    for part in (
        *(f"| `{name}` |" for name in FIELDS),
        *(f"| `{code}` |" for name in words for code in vocabulary(name).codes),
        *(rule.sentence for rule in RULES),
        f"One month is {DAYS_PER_MONTH} days",
    ):
        assert part in text


def test_every_row_of_a_table_has_as_many_cells_as_its_header() -> None:
    width = 0
    for line in dictionary().splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = line.replace("\\|", "").count("|")
        assert width in (0, cells), line
        width = cells


def test_every_link_leads_to_a_heading() -> None:
    import re

    text = dictionary()
    anchors = {
        re.sub(r"[^a-z0-9 _-]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
