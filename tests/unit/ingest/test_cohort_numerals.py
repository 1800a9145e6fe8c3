"""Decimal commas and points: a whole column decides, or the mapping does; never the habits of a country."""

import pytest

from ingest.cohort.numerals import Notation, declared, kind_of, kinds_of, notation_of


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("7", None),
        ("13913", None),
        ("3,5", ","),
        ("0,125", ","),
        ("1250,125", ","),
        ("3,5000", ","),
        ("1.250,5", ","),
        ("1.250.000", ","),
        ("3.5", "."),
        ("0.125", "."),
        ("1,250.5", "."),
        ("1,250,000", "."),
        ("13,913", "comma or thousands"),
        ("13.913", "point or thousands"),
        ("12,34,567", "neither"),
        ("1.25,5", "neither"),
        ("1,25.5", "neither"),
    ],
)
def test_what_one_number_says(token, kind):
    assert kind_of(token) == kind


@pytest.mark.parametrize(
    ("cells", "notation"),
    [
        (["7", "13"], Notation(".", "")),
        (["3,5", "13,913"], Notation(",", ".")),
        (["3.5", "13,913"], Notation(".", ",")),
        (["13.913"], Notation(".", "")),
        (["> 20,5", "1.000"], Notation(",", ".")),
        (["1,250,000"], Notation(".", ",")),
        (["8-10 weeks", "3.5 months"], Notation(".", ",")),
    ],
)
def test_a_column_shows_how_it_writes_numbers(cells, notation):
    assert notation_of(kinds_of(cells), commas_elsewhere=False) == notation


@pytest.mark.parametrize(
    ("cells", "elsewhere", "why"),
    [
        (["13,913"], False, "the comma of '13,913' may be a decimal comma or stand between thousands"),
        (["3,5", "3.5"], False, "'3,5' has a decimal comma and '3.5' a decimal point"),
        (["1,25.5"], False, "'1,25.5' is no number in any notation"),
        (["13.913"], True, "the point of '13.913' may stand between thousands, as other columns have decimal commas"),
    ],
)
def test_what_cannot_be_told_is_said(cells, elsewhere, why):
    assert notation_of(kinds_of(cells), commas_elsewhere=elsewhere) == why


@pytest.mark.parametrize(
    ("notation", "text", "plain"),
    [
        (Notation(".", ","), "13,913", "13913"),
        (Notation(".", ","), "1,250.5", "1250.5"),
        (Notation(".", ","), "1,25", None),
        (Notation(".", ","), "1,2500", None),
        (Notation(",", "."), "1.250,5", "1250.5"),
        (Notation(",", "."), "3.5", None),
        (Notation(",", ""), "3,5", "3.5"),
        (Notation(",", ""), ">1200,5", ">1200.5"),
        (Notation(".", "'"), "13'913.5", "13913.5"),
        (Notation(".", " "), "13 913", "13913"),
        (Notation(".", ""), "8-10 weeks", "8-10 weeks"),
        (Notation(".", ""), "1.2.3", None),
        (Notation(".", ""), "unknown", "unknown"),
    ],
)
def test_plain_numbers_have_a_point_and_nothing_between_thousands(notation, text, plain):
    assert notation.plain(text) == plain


def test_a_declared_mark_tells_the_other():
    assert declared("", "") is None
    assert declared(",", "") == Notation(",", "")
    assert declared("", ",") == Notation(".", ",")
    assert declared("", ".") == Notation(",", ".")
    assert declared("", "'") == Notation(".", "'")
