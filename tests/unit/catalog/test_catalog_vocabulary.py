"""Words are found by code or synonym in any case; a vocabulary that contradicts itself is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog import vocabulary as module
from catalog.vocabulary import vocabulary

HEADER = "code,label,synonyms,source\n"


@pytest.fixture
def vocabularies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of vocabularies in the place of the shipped one."""
    (tmp_path / "vocabularies").mkdir()
    monkeypatch.setattr(module, "files", lambda package: tmp_path)
    vocabulary.cache_clear()
    yield tmp_path / "vocabularies"
    vocabulary.cache_clear()


def test_a_word_is_found_by_code_and_synonym_in_any_case() -> None:
    words = vocabulary("etiology")
    assert [words.code(word) for word in ("HBV", "hbv", "Hepatitis B", "CHB")] == ["HBV"] * 4


def test_an_unknown_word_is_no_code() -> None:
    assert vocabulary("etiology").code("hepatitis X") is None


def test_a_spelling_that_means_two_codes_is_refused(vocabularies: Path) -> None:
    (vocabularies / "answer.csv").write_text(HEADER + "yes,Yes,Y,\nyellow,Yellow,y,\n")
    with pytest.raises(ValueError, match="'y' means two codes"):
        vocabulary("answer")


def test_a_code_that_is_another_codes_synonym_is_refused(vocabularies: Path) -> None:
    (vocabularies / "answer.csv").write_text(HEADER + "yes,Yes,no,\nno,No,,\n")
    with pytest.raises(ValueError, match="'no' means two codes"):
        vocabulary("answer")


def test_a_vocabulary_that_is_not_shipped_is_our_mistake(vocabularies: Path) -> None:
    with pytest.raises(KeyError, match="no vocabulary answer"):
        vocabulary("answer")


@pytest.mark.parametrize(
    ("name", "label", "code"),
    [
        ("etiology", "Hepatitis B virus", "HBV"),
        ("sex", "not reported", "not_reported"),
        ("bclc_stage", "advanced", "C"),
    ],
)
def test_a_label_is_a_word_for_its_code(name: str, label: str, code: str) -> None:
    assert vocabulary(name).code(label) == code
