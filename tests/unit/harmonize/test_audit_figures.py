import math

import pytest

from harmonize.audit_figures import figure, read_printed, standard_deviation, text


def printed(words):
    found = read_printed(words)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "value", "decimals"),
    [("34", 34, 0), ("30,376", 30376, 0), ("0.6", 0.6, 1), ("86 %", 86, 0), ("78.0", 78, 1), ("-2.35", -2.35, 2)],
)
def test_printed_numbers(words, value, decimals):
    assert (printed(words).value, printed(words).decimals) == (value, decimals)


@pytest.mark.parametrize("words", ["", "about 5", "5,3", "3-6", "1,23", "nan", "1e5", "≥7"])
def test_what_is_no_printed_number(words):
    assert read_printed(words) is None


@pytest.mark.parametrize(
    ("words", "value", "covered"),
    [
        ("1.3", 700 / 523, True),
        ("0.4", 800 / 1566, False),
        ("43", 300 / 7, True),
        ("14", 14.5, True),  # a half may have gone either way
        ("15", 14.5, True),
        ("14", 14.51, False),
        ("2.6", 1200 / 449, False),
    ],
)
def test_a_figure_covers_what_is_printed_like_it(words, value, covered):
    assert printed(words).covers((value, value)) is covered


def test_a_figure_covers_an_interval_that_reaches_it():
    assert printed("4").covers((3, 6))
    assert printed("40").covers((35, math.inf))
    assert not printed("30").covers((35, math.inf))


@pytest.mark.parametrize(("words", "value", "is_rounding"), [
    ("10", 9.5, True), ("9", 9.5, False), ("8", 8.5, True), ("9", 8.5, True), ("5.3", 5.3, True),
    ("5", math.inf, False),
])  # fmt: skip
def test_an_explanation_needs_a_rounding_by_the_rules(words, value, is_rounding):
    assert printed(words).is_rounding_of(value) is is_rounding


def test_cut_off_and_rounded_up_are_told_from_rounding():
    assert printed("2.6").cuts_off(1200 / 449)
    assert not printed("2.7").cuts_off(1200 / 449)
    assert printed("83.4").rounds_up(1000 / 12)
    assert not printed("83.3").rounds_up(1000 / 12)


@pytest.mark.parametrize(
    ("statistic", "spans", "expected"),
    [
        ("median", [(2, 2), (3, 3), (6, 6)], (3, 3)),
        ("median", [(2, 2), (3, 3)], (2.5, 2.5)),
        ("median", [(0, 6), (4, 4), (5, math.inf)], (4, 6)),
        ("max", [(1, 1), (35, math.inf)], (35, math.inf)),
        ("min", [(-math.inf, 5), (7, 7)], (-math.inf, 5)),
        ("mean", [(1, 1), (2, 4)], (1.5, 2.5)),
    ],
)
def test_statistics_of_values_known_as_intervals(statistic, spans, expected):
    assert figure(statistic, spans) == expected


def test_a_standard_deviation_needs_two_exact_values():
    assert standard_deviation([(1, 1), (3, 3)]) == pytest.approx(math.sqrt(2))
    assert standard_deviation([(1, 1)]) is None
    assert standard_deviation([(1, 1), (2, 3)]) is None


@pytest.mark.parametrize(
    ("span", "decimals", "expected"),
    [((3, 3), 0, "3"), ((1236.8, 1236.8), 1, "1236.8"), ((500 / 7, 500 / 7), 0, "71.4"), ((3, 6), 0, "3 to 6"),
     ((35, math.inf), 0, "35 or more"), ((-math.inf, 5), 0, "up to 5"), ((-math.inf, math.inf), 0, "not known")],
)  # fmt: skip
def test_recomputed_figures_are_shown_with_one_decimal_more(span, decimals, expected):
    assert text(span, decimals) == expected
