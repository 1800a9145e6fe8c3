"""The figures hold what they were given, nothing overlaps, and the same figure gives the same bytes."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import InvalidInput
from synthesize.report.figures.cumulative_cr import CrCurve, cumulative_cr
from synthesize.report.figures.forest import ForestRow, PooledRow, forest
from synthesize.report.figures.kaplan_meier import MARKS, KmCurve, kaplan_meier
from synthesize.report.figures.month_axis import month_ticks
from synthesize.report.figures.page import style, text_width, wrap
from synthesize.report.figures.root_scale import root_scale
from synthesize.report.figures.saving import DPI, rendered, save
from synthesize.survival.kaplan_meier import kaplan_meier as product_limit

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

LONG = "Kudo M and many others, sorafenib arm of a trial with a name that no column of a journal holds, 2018"
ADDRESS = "https://www.example.org/a-name-without-any-place-to-break-it-that-is-longer-than-the-column"
PARK_MONTHS, PARK_RECURRED = [10, 42, 9, 43, 3, 7, 25], [1, 1, 0, 0, 1, 0, 0]


def study(label: str, events: int, total: int, *, group: str = "", counted: bool = True, remark: str = "") -> ForestRow:
    """A study whose interval is made up, wide for a small one; exact ones are tested elsewhere."""
    rate = events / total
    half = 2 * ((events + 1) ** 0.5) / total
    return ForestRow(label, group, events, total, rate, max(rate - half, 0.0), min(rate + half, 1.0), counted, remark)


FOUR = [study("Park 2015", 7, 523), study("Shiba 2014", 18, 3047), study("Kudo 2010", 2, 90), study("Trials", 0, 449)]
POOLED = [
    PooledRow("Random intercept, t", 0.0068573, 0.0019842, 0.0234183, 0.0007932, 0.0566549),
    PooledRow("Complete pooling", 0.0065709, 0.0043346, 0.0095461),
]


def km_curve(label: str, months: list[float], events: list[int]) -> KmCurve:
    estimate = product_limit(months, events)
    return KmCurve(
        label, n=estimate.n_patients, n_events=estimate.n_events, median_text="median as told",
        **{name: estimate.detail["curve"][name]
           for name in ("time", "survival", "lower", "upper", "at_risk", "events", "censored")},
    )  # fmt: skip


PARK = km_curve("Park 2015", PARK_MONTHS, PARK_RECURRED)
MIXED = CrCurve(
    "Reports", left=[0, 1.5, 3, 6], right=[1, 2, 3, None], probability=[0.1, 0.3, 0.4, 0.2],
    median_lower=3, median_upper=3, n=24, marks={3: (0.8, 0.6, 0.93), 12: (0.8, None, None)},
)  # fmt: skip
EXACT = CrCurve("Cohort", [2, 3, 5, 6], [2, 3, 5, 6], [3 / 7, 2 / 7, 1 / 7, 1 / 7], 3, 3, 7, {6: (1.0, 0.59, 1.0)})


def sixty() -> Figure:
    rows = [
        study(f"Study {i} of 2010", i % 4, 50 + 97 * i, group=f"Group {i % 3}", counted=i % 5 > 0) for i in range(60)
    ]
    return forest(rows, POOLED, title="Sixty")


def long_names() -> Figure:
    rows = [
        study(LONG, 3, 476, group=LONG, remark=LONG),
        study(ADDRESS, 0, 5, group="Cohorts", counted=False, remark=ADDRESS),
        ForestRow("No number of events", "Cohorts", None, 12345, None, None, None, False, "not seen"),
        study("One patient", 1, 1, group="Cohorts"),
    ]
    return forest(rows, [PooledRow(LONG, 0.007, 0.002, 0.02, 0.001, 0.6)], title=LONG, note=LONG)


def three_groups(columns: Any = 1) -> Figure:
    rng = np.random.default_rng(1)
    curves = [
        km_curve(label, rng.exponential(30, n).round(1).tolist(), rng.integers(0, 2, n).tolist())
        for label, n in (("Maintained", 4000), ("Stopped", 30), (LONG, 5))
    ]
    return kaplan_meier(curves, title=LONG, y_label=f"Free of recurrence. {LONG}", note=LONG, columns=columns)


FIGURES: dict[str, Callable[[], Figure]] = {
    "four studies": lambda: forest(FOUR, POOLED, title="CR"),
    "sixty studies": sixty,
    "long names": long_names,
    "per 1,000": lambda: forest(FOUR[:1], [], title="One study", unit="per 1,000"),
    "seven patients": lambda: kaplan_meier([PARK], title="After CR", y_label="Free of recurrence, %"),
    "one patient": lambda: kaplan_meier([km_curve("One", [9], [0])], title="One", y_label="%"),
    "all censored": lambda: kaplan_meier([km_curve("All", [3, 9, 40], [0, 0, 0])], title="None", y_label="%"),
    "at month 0": lambda: kaplan_meier([km_curve("Zero", [0], [1])], title="Zero", y_label="%"),
    "three groups": three_groups,
    "three groups, two columns": lambda: three_groups(2),
    "exact times": lambda: cumulative_cr([EXACT], title="Time to CR"),
    "two CR curves": lambda: cumulative_cr([EXACT, MIXED], title=LONG, note=LONG),
    "one interval": lambda: cumulative_cr([CrCurve(LONG, [0], [3], [1.0], 0, 3, 1)], title="One"),
    "open": lambda: cumulative_cr([CrCurve("Open", [4], [None], [1.0], None, None, 1)], title="Open"),
}


def texts(figure: Figure) -> list[str]:
    """The text elements of the SVG, in order."""
    root = ElementTree.fromstring(rendered(figure)["svg"])
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", FIGURES)
def test_all_text_stays_on_the_page_and_off_other_text(name: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = FIGURES[name]()
    figure.set_dpi(DPI)
    with style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        labels = [
            text
            for axes in figure.axes
            for text in (*axes.get_xticklabels(), *axes.get_yticklabels(), axes.yaxis.label)
        ]
        shown = [text for text in (*figure.texts, *labels) if text.get_text()]
        figure.draw(renderer)  # gives tick labels their places
        boxes = np.array([text.get_window_extent(renderer).extents for text in shown])
    width, height = figure.bbox.size
    assert boxes[:, :2].min() >= 0
    assert boxes[:, 2].max() <= width
    assert boxes[:, 3].max() <= height
    # a box reaches below the baseline whether or not a letter does: half a point of it may touch the next line
    slack = 0.5 * figure.dpi / 72
    left, bottom, right, top = (boxes[:, [side]] for side in range(4))
    apart = (right <= left.T + slack) | (top <= bottom.T + slack)
    overlapping = np.argwhere(np.triu(~(apart | apart.T), 1))
    assert [(shown[a].get_text(), shown[b].get_text()) for a, b in overlapping] == []


@pytest.mark.parametrize("name", ["long names", "three groups", "two CR curves"])
def test_bytes_do_not_depend_on_the_run_or_on_the_readers_settings(name: str) -> None:
    import matplotlib

    first = rendered(FIGURES[name]())
    with matplotlib.rc_context({"font.size": 20, "axes.grid": True, "svg.fonttype": "path", "savefig.dpi": 50}):
        assert rendered(FIGURES[name]()) == first


def test_saved_files_are_whole_say_what_they_show_and_hold_no_date_or_version(tmp_path: Path) -> None:
    svg, png = save(FIGURES["four studies"](), tmp_path / "figures", "forest")
    assert sorted(tmp_path.rglob("*.*")) == [png, svg]
    content = svg.read_text(encoding="utf-8")
    assert "<title>CR</title>" in content
    assert "Forest plot of 4 studies that count and 0 that do not. Random intercept, t: 0.686 per cent" in content
    assert "dc:date" not in content
    for version in (b"matplotlib v", b"matplotlib version", b"matplotlib.org"):
        assert version not in (svg.read_bytes() + png.read_bytes()).lower()


def test_labels_are_never_read_as_mark_up() -> None:
    nasty = "A & B <i>$x_1$</i>\x01\n2015"
    shown = texts(forest([study(nasty, 1, 10)], [], title=nasty, note=nasty))
    assert shown.count("A & B <i>$x_1$</i> 2015") == 3


def test_forest_prints_counts_rate_interval_and_prediction() -> None:
    shown = texts(forest(FOUR, POOLED, title="CR"))
    assert {"Park 2015", "7 / 523", "1.34", "18 / 3,047", "0 / 449", "0.00"} <= set(shown)
    assert {"0.69", "[0.20–2.34]", "Prediction interval", "[0.08–5.67]", "0.66", "[0.43–0.95]"} <= set(shown)
    assert "CR, % of patients (square-root scale)" in shown


def test_studies_that_do_not_count_are_hollow_and_a_footnote_says_why() -> None:
    rows = [*FOUR, study("Zhang 2015", 157, 956, counted=False, remark="with TACE"),
            study("Responders", 1, 34, counted=False, remark="chosen by response."),
            ForestRow("REFLECT", "", None, 476, None, None, None, False, "with TACE")]  # fmt: skip
    figure = forest(rows, POOLED, title="CR")
    squares = [line for line in figure.axes[0].lines if line.get_marker() == "s"]
    arrows = [line for line in figure.axes[0].lines if line.get_marker() == ">"]
    hollow = [square for square in squares if square.get_markerfacecolor() == "white"]
    assert (len(squares), len(hollow), len(arrows)) == (
        5,
        1,
        2,
    )  # Zhang's 16 % lies beyond the axis, and the limit of the responders
    shown = texts(figure)
    assert {"Zhang 2015ᵃ", "Respondersᵇ", "REFLECTᵃ", "– / 476"} <= set(shown)
    assert "Not counted: ᵃ with TACE; ᵇ chosen by response." in shown


def test_squares_have_areas_in_proportion_to_patients() -> None:
    figure = forest([study("Large", 1, 4000), study("Half", 1, 2000)], [], title="CR")
    sides = [line.get_markersize() for line in figure.axes[0].lines if line.get_marker() == "s"]
    assert (sides[0] / sides[1]) ** 2 == pytest.approx(2)


def test_diamond_and_bar_stand_where_their_limits_are() -> None:
    figure = forest(FOUR, POOLED, title="CR")
    axes = figure.axes[0]
    tick, label = axes.get_xticks()[-1], float(axes.get_xticklabels()[-1].get_text())
    diamond = axes.patches[0].get_xy()[:, 0]
    assert tick == 1
    assert [100 * share for share in (0.0019842, 0.0234183)] == pytest.approx(
        [label * diamond.min() ** 2, label * diamond.max() ** 2]
    )


@given(
    needed=st.lists(st.floats(0, 1), max_size=5), welcome=st.lists(st.floats(0, 1), max_size=5),
    factor=st.sampled_from([100.0, 1000.0]),
)  # fmt: skip
def test_root_scale_holds_what_is_needed_with_ticks_apart(
    needed: list[float], welcome: list[float], factor: float
) -> None:
    scale = root_scale(needed, welcome, factor)
    assert 0 < scale.limit <= 1
    assert not any(scale.beyond(share) for share in needed)
    places = [place for place, _ in scale.ticks(0.1)]
    assert (places[0], places[-1]) == (0, 1)
    assert np.diff(places).min() >= 0.1
    labels = [float(label) for _, label in scale.ticks(0.1)]
    assert [scale.place(label / factor) for label in labels] == pytest.approx(places, abs=1e-5)  # six digits shown


def test_numbers_at_risk_are_those_still_followed() -> None:
    figure = kaplan_meier([PARK], title="After CR", y_label="Free of recurrence, %")
    ticks = month_ticks(43 * 1.03)
    assert ticks == (0, 6, 12, 18, 24, 30, 36, 42)
    expected = [str(sum(month >= tick for month in PARK_MONTHS)) for tick in ticks]
    assert expected == ["7", "6", "3", "3", "3", "2", "2", "2"]
    shown = [text.get_text() for text in figure.texts]
    begin = shown.index("Number at risk") + 1
    assert shown[begin : begin + len(ticks)] == expected
    assert "Park 2015: 7 patients, 3 with the event; median as told" in " ".join(shown)


def test_curve_censoring_and_band_are_drawn_as_given() -> None:
    axes = kaplan_meier([PARK], title="After CR", y_label="%").axes[0]
    curve, _, _, censored = axes.lines
    assert curve.get_xdata().tolist() == [0, 3, 7, 9, 10, 25, 42, 43]
    assert curve.get_ydata()[-1] == pytest.approx(100 * 6 / 7 * 3 / 4 / 2)
    assert list(censored.get_xdata()) == [7, 9, 25, 43]
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 0].min() == 3  # before the first event there are no limits, and no band
    assert band[:, 0].max() == 43


def test_censoring_is_left_out_where_it_would_hide_the_curve() -> None:
    months = [float(month) for month in range(1, MARKS + 2)]
    figure = kaplan_meier([km_curve("Many", months, [0] * len(months))], title="Many", y_label="%")
    assert len(figure.axes[0].lines[-1].get_xdata()) == 0
    assert any("censoring is not shown" in text for text in texts(figure))


def test_intervals_become_boxes_and_no_line_runs_through_one() -> None:
    figure = cumulative_cr([MIXED], title="Time to CR")
    axes = figure.axes[0]
    end = axes.get_xlim()[1]
    boxes = [(*box.get_xy(), box.get_width(), box.get_height()) for box in axes.patches]
    assert boxes == [pytest.approx(box) for box in [(0, 0, 1, 10), (1.5, 10, 0.5, 30), (6, 80, end - 6, 20)]]
    x, y = axes.lines[0].get_data()
    segments = [(a, b) for a, b in itertools.pairwise(zip(x, y, strict=True)) if not np.isnan([*a, *b]).any()]
    assert segments == [
        ((0, 0), (0, 0)), ((1, 10), (1.5, 10)), ((2, 40), (3, 40)), ((3, 40), (3, 80)), ((3, 80), (6, 80))
    ]  # fmt: skip


def test_marks_are_drawn_and_tabulated() -> None:
    figure = cumulative_cr([MIXED], title="Time to CR")
    bar, point = figure.axes[0].lines[1:3]
    assert (list(bar.get_xdata()), list(bar.get_ydata())) == ([3, 3], [60, 93])
    assert (list(point.get_xdata()), list(point.get_ydata())) == ([3], [80])
    shown = texts(figure)
    assert {"3 months", "12 months", "80 [60–93]", "80"} <= set(shown)


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [(3, 3, "median 3 months"), (1.5, 3, "median between 1.5 and 3 months"), (4, None, "median later than 4 months"),
     (None, None, "median not reached")],
)  # fmt: skip
def test_median_is_said_as_exactly_as_it_is_known(lower: float | None, upper: float | None, words: str) -> None:
    curve = CrCurve("All", [2], [6], [1.0], lower, upper, 1)
    assert f"All: 1 patient, {words}" in texts(cumulative_cr([curve], title="Time to CR"))


@given(last=st.floats(0.8, 1e5))
def test_month_ticks_leave_room_for_numbers_at_risk(last: float) -> None:
    ticks = month_ticks(last)
    assert ticks[0] == 0
    assert ticks[-1] <= last * (1 + 1e-6)
    assert 4 <= len(ticks) <= 8


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=200))
def test_wrapped_text_fits_and_loses_no_letter(text: str) -> None:
    lines = wrap(text, 60.0)
    assert all(text_width(line) <= 60 for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(c for c in text if c.isprintable() or c == "\xa0").replace(
        " ", ""
    )


def test_what_cannot_be_drawn_is_refused_in_words() -> None:
    with pytest.raises(InvalidInput, match="nothing to draw: no study and no pooled"):
        forest([], [], title="CR")
    with pytest.raises(InvalidInput, match=r"unknown unit; found 'percent'; allowed: per cent, per 1,000"):
        forest(FOUR, [], title="CR", unit="percent")  # type: ignore[arg-type]
    for draw in (
        lambda curves: kaplan_meier(curves, title="", y_label=""),
        lambda curves: cumulative_cr(curves, title=""),
    ):
        with pytest.raises(InvalidInput, match="nothing to draw: no curve"):
            draw([])
        with pytest.raises(InvalidInput, match="too many curves; found '4'; allowed: 1 to 3"):
            draw([PARK] * 4)


def test_impossible_numbers_are_refused_in_words() -> None:
    with pytest.raises(InvalidInput, match="Park: value is not a share; found 'nan'"):
        ForestRow("Park", "", 7, 523, float("nan"), 0.0, 1.0)
    with pytest.raises(InvalidInput, match="Park: the interval does not contain the value"):
        ForestRow("Park", "", 7, 523, 0.5, 0.6, 0.7)
    with pytest.raises(InvalidInput, match=r"All, prediction: .* does not contain"):
        PooledRow("All", 0.5, 0.4, 0.6, 0.9, 0.1)
    with pytest.raises(InvalidInput, match="A: the columns have different lengths; found 'time 2, survival 1"):
        KmCurve("A", [1, 2], [1.0], [None], [None], [1], [0], [1], 1, 0, "")
    with pytest.raises(InvalidInput, match="A: the times are out of order"):
        KmCurve("A", [2, 1], [1.0, 1.0], [None] * 2, [None] * 2, [2, 1], [0, 0], [1, 1], 2, 0, "")
    with pytest.raises(InvalidInput, match="A: the times are out of order, or intervals overlap; found '0, 3, 2, 5'"):
        CrCurve("A", [0, 2], [3, 5], [0.5, 0.5], 1, 2, 2)
    with pytest.raises(InvalidInput, match="A: sum of probability is not a share"):
        CrCurve("A", [0, 2], [2, 5], [0.5, 0.6], 1, 2, 2)


def test_importing_the_figures_does_not_import_matplotlib() -> None:
    modules = ", ".join(
        f"synthesize.report.figures.{name}" for name in ("forest", "cumulative_cr", "kaplan_meier", "saving")
    )
    code = f"import sys, {modules}; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
