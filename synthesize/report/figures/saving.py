"""Figures as files: SVG and PNG, byte for byte the same for the same figure, and never half written."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.whole import write_whole
from synthesize.report.figures.page import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 200


def rendered(figure: Figure) -> dict[str, bytes]:
    """Return `figure` as bytes, by file ending: ``svg`` and ``png`` (200 dpi).

    No date and no version of a program goes in, so that the bytes change only with the figure. The title and
    the description that the figure carries become those of the files, for readers who hear a figure.
    """
    title, _, description = str(figure.get_label()).partition("\n")
    words = {key: text for key, text in (("Title", title), ("Description", description)) if text}
    svg, png = BytesIO(), BytesIO()
    # the names of parts inside an SVG come from its title, so that several figures can stand in one page
    with style(**{"svg.hashsalt": title}):
        figure.savefig(svg, format="svg", metadata={**words, "Date": None, "Creator": None})
        # level 3 costs half as much as PIL's own choice, for files of about the same size
        compression = {"compress_level": 3}
        figure.savefig(png, format="png", dpi=DPI, metadata={**words, "Software": None}, pil_kwargs=compression)
    return {"svg": svg.getvalue(), "png": png.getvalue()}


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write `figure` as ``name.svg`` and ``name.png`` into `folder` and return both paths.

    Each file is written to a temporary name and renamed. Raises `OSError` when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for ending, data in rendered(figure).items():
        paths.append(folder / f"{name}.{ending}")
        write_whole(paths[-1], data)
    return paths
