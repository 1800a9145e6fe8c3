"""``--plot`` of two-by-two tables: what is drawn of one table and of several, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import InvalidInput
from synthesize.twobytwo import app

STRATA = "label,a,n1,c,n2,stratum\nx,1,5,2,2,case reports\ny,3,20,6,15,cohorts\nz,0,4,1,6,trials\n"


def drawn(path: Path, *arguments: str) -> str:
    app([*arguments, "--plot", str(path)], standalone_mode=False)
    return path.read_text()


def test_one_table_shows_every_method(tmp_path: Path) -> None:
    text = drawn(tmp_path / "one.svg", "1", "5", "2", "2")
    for words in ("0 [0 to 3.53]", "Firth", "0.0667 [0.00038 to 1.45]", "Newcombe", "−0.8 [−0.964 to −0.0173]"):
        assert words in text
    assert "beyond the axis" in text


def test_several_tables_show_one_row_each_and_the_common_ones(tmp_path: Path) -> None:
    source = tmp_path / "tables.csv"
    source.write_text(STRATA)
    text = drawn(tmp_path / "strata.svg", "--file", str(source))
    for words in ("case reports", "cohorts", "trials", "Common, Peto", "conditional odds ratio, exact"):
        assert words in text
    assert "Firth" not in text


def test_one_method_is_drawn_alone(tmp_path: Path) -> None:
    text = drawn(tmp_path / "one.svg", "1", "5", "2", "2", "--method", "firth_logistic")
    assert "0.0667 [0.00038 to 1.45]" in text
    assert "Newcombe" not in text


def test_a_test_without_an_interval_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nothing to draw"):
        drawn(tmp_path / "none.svg", "1", "5", "2", "2", "--method", "boschloo")
    with pytest.raises(InvalidInput, match=r"svg or \.png"):
        drawn(tmp_path / "none.pdf", "1", "5", "2", "2")
    assert not list(tmp_path.iterdir())
