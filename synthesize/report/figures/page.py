"""A page measured in points: text that fits its column, lines and panels placed from the top left corner.

Widths are those of a journal column. Letters are DejaVu Sans, which comes with matplotlib, so that a PNG is
the same on every machine; an SVG keeps its text as text, and other sans-serif fonts are narrower and fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Columns = Literal[1, 2]
Align = Literal["left", "center", "right"]

WIDTH = {1: 241.0, 2: 510.0}  # 85 mm and 180 mm
MARGIN, BODY, SMALL, TITLE = 6.0, 7.0, 6.5, 8.5
BLANKS, NO_BREAK = re.compile(r"[ \t\r\n\f\v]+"), "\u00a0"
LINE = 1.35  # line height in letter sizes
INK, GREY, PALE = "#1a1a1a", "#666666", "#bbbbbb"


class Stroke(NamedTuple):
    """How one of several curves is told from the others: colour, dashes and the shape of its points."""

    colour: str
    dashes: str | tuple[float, tuple[float, float]]
    marker: str


# Colours after Paul Tol's high-contrast scheme (SRON/EPS/TN/09-002), for colour-blind readers and grey print;
# the yellow is darkened to be seen as a line
CURVES = (
    Stroke("#004488", "-", "o"),
    Stroke("#bb5566", (0, (5, 1.6)), "s"),
    Stroke("#b8860b", (0, (1.2, 1.2)), "^"),
)

_OWN = {
    "font.size": BODY,
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "text.hinting": "none",  # costs less, and at 200 dpi nobody sees the difference
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
}
_LEFT_ALONE = {"backend", "backend_fallback", "interactive", "toolbar", "webagg.port", "timezone"}


@contextmanager
def style(**more: object) -> Iterator[None]:
    """Draw as this project draws, whatever the reader's own matplotlib settings are."""
    import matplotlib

    defaults = {key: value for key, value in matplotlib.rcParamsDefault.items() if key not in _LEFT_ALONE}
    with matplotlib.rc_context({**defaults, **_OWN, **more}):
        yield


def clean(text: str) -> str:
    """Return `text` on one line, without the control characters that an SVG file cannot hold."""
    return "".join(letter for letter in BLANKS.sub(" ", text).strip(" ") if letter.isprintable() or letter == NO_BREAK)


def text_width(text: str, size: float = BODY, weight: str = "normal") -> float:
    """Return the width of `text` in points; kerning, which only makes it narrower, is left out."""
    return size * sum(_advance(letter, weight) for letter in text)


@lru_cache(maxsize=2048)
def _advance(letter: str, weight: str) -> float:
    """Return how far a letter of one point moves the pen: what a second one adds to the first."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=100, weight=weight)
    one, two = (text_to_path.get_text_width_height_descent(letter * n, font, ismath=False)[0] for n in (1, 2))
    return float(two - one) / 100


def wrap(text: str, width: float, size: float = BODY, weight: str = "normal") -> list[str]:
    """Return the lines of `text`, none wider than `width` points; a word too long is cut where it must be."""
    lines: list[str] = []
    line = ""
    for word in clean(text).split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, weight) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        lines += (pieces := _cut(word, width, size, weight))[:-1]
        line = pieces[-1]
    return [*lines, line] if line else lines


def _cut(word: str, width: float, size: float, weight: str) -> list[str]:
    """Return `word` in pieces that fit; each has at least one letter."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, size, weight) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


class Page:
    """A figure that grows downward: `y` is how far it has come, in points from the top."""

    def __init__(self, columns: Columns) -> None:
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D, BboxTransformTo, ScaledTranslation

        self.width = WIDTH[columns]
        self.figure: Figure = Figure(figsize=(self.width / 72, 1.0))
        from_top = ScaledTranslation(0, 1, BboxTransformTo(self.figure.bbox))
        self.points = Affine2D().scale(1 / 72, -1 / 72) + self.figure.dpi_scale_trans + from_top
        self.y = MARGIN
        self._panels: list[tuple[Axes, float, float, float, float]] = []

    @property
    def inner_width(self) -> float:
        """The width between the margins."""
        return self.width - 2 * MARGIN

    def write(
        self, x: float, y: float, text: str, *,
        size: float = BODY, align: Align = "left", color: str = INK, weight: str = "normal",
    ) -> None:  # fmt: skip
        """Write one line of text with its middle at `y` (points from the top)."""
        # the baseline stands a third of a letter below the middle: letters with tails do not shift a line
        self.figure.text(
            x, y + 0.36 * size, clean(text), size=size, ha=align, va="baseline",
            color=color, weight=weight, transform=self.points,
        )  # fmt: skip

    def paragraph(
        self, text: str, *, x: float = MARGIN, size: float = BODY, color: str = INK, weight: str = "normal"
    ) -> None:
        """Write `text` below what stands there, in as many lines as it needs; nothing for an empty text."""
        for line in wrap(text, self.width - MARGIN - x, size, weight):
            self.write(x, self.y + LINE * size / 2, line, size=size, color=color, weight=weight)
            self.y += LINE * size

    def title(self, text: str) -> None:
        """Write the title at the top."""
        self.paragraph(text, size=TITLE, weight="bold")
        self.y += 4

    def footnotes(self, notes: Sequence[str]) -> None:
        """Write each note on a line of its own in small letters."""
        for note in notes:
            self.paragraph(note, size=SMALL, color=GREY)

    def line(self, x: tuple[float, float], y: float, **look: Any) -> None:
        """Draw a horizontal line from x[0] to x[1]."""
        from matplotlib.lines import Line2D

        self.figure.add_artist(Line2D(x, (y, y), transform=self.points, **{"color": INK, "lw": 0.6, **look}))

    def stroke(self, place: int) -> float:
        """Draw the stroke of curve number `place` at the left and move on by a line; return its middle."""
        middle = self.y + LINE * BODY / 2
        self.line((MARGIN, MARGIN + 15), middle, color=CURVES[place].colour, ls=CURVES[place].dashes, lw=1.3)
        self.y += LINE * BODY
        return middle

    def key(self, place: int, text: str) -> None:
        """Write an entry of the legend: the stroke of curve number `place`, and what it is."""
        self.stroke(place)
        self.y -= LINE * BODY
        self.paragraph(text, x=MARGIN + 20)

    def below_axis(self, label: str, centre: float, width: float) -> None:
        """Move on below the tick labels of an axis that ends here, and write what the axis is."""
        self.y += 5 + LINE * BODY
        for line in wrap(label, width):
            self.write(centre, self.y + LINE * BODY / 2, line, align="center")
            self.y += LINE * BODY
        self.y += 6

    def panel(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return empty axes at this place."""
        axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._panels.append((axes, left, top, width, height))
        return axes

    def finish(self, title: str, description: str) -> Figure:
        """Give the figure its height and its panels their places; keep title and description for `save`."""
        height = self.y + MARGIN
        self.figure.set_size_inches(self.width / 72, height / 72)
        for axes, left, top, wide, high in self._panels:
            axes.set_position((left / self.width, 1 - (top + high) / height, wide / self.width, high / height))
        self.figure.set_label(f"{clean(title)}\n{clean(description)}")
        return self.figure
