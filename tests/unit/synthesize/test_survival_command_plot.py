"""``--plot``: a figure for follow-up and for intervals, and a message where none can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.errors import InvalidInput
from synthesize.survival.command import app

EXACT = "time,status,group\n10,1,on\n42,1,off\n9,0,on\n43,0,on\n"
INTERVALS = "lower,upper,event\n2,2,1\n3,6,1\n0,4,1\n5,,0\n"


def _run(folder: Path, text: str, figure: Path) -> None:
    source = folder / "times.csv"
    source.write_text(text, encoding="utf-8")
    command = [str(source), "--plot", str(figure), "--resamples", "0", "--method", "turnbull"]
    assert CliRunner().invoke(app, command, catch_exceptions=False).exit_code == 0


@pytest.mark.parametrize(
    ("text", "ending", "said"), [(EXACT, "svg", "Number at risk"), (INTERVALS, "svg", "Boxes"), (EXACT, "png", "")]
)
def test_the_curves_are_drawn(tmp_path: Path, text: str, ending: str, said: str) -> None:
    figure = tmp_path / f"curves.{ending}"
    _run(tmp_path, text, figure)
    assert said in figure.read_text(encoding="utf-8", errors="replace")
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (EXACT, "curves.pdf.txt", "not the name of a figure"),
        (EXACT, "missing/curves.svg", "no such folder"),
        ("time,status,group\n1,1,a\n2,1,b\n3,1,c\n4,1,d\n", "curves.svg", "too many groups"),
    ],
)
def test_what_cannot_be_drawn_is_told(tmp_path: Path, text: str, name: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        _run(tmp_path, text, tmp_path / name)
