"""Each kind of check on a small synthetic frame, through Great Expectations, all in one run."""

import os
import re

import pyarrow as pa
import pytest

from catalog.compact import compacted
from expectations.checks import Check
from expectations.suite import WIDTH, _columns, _groups, _text, run_checks

FRAME = pa.table(
    {
        "key": ["a", "b", "c", "c"],
        "code": ["x", "y", "z", None],
        "codes": ["x", "x;y", "x;q", None],
        "number": pa.array([1.0, 5.0, 1234567.0, None]),
        "larger": pa.array([2, 2, None, 9], pa.int64()),
        "smaller": pa.array([1, 3, 5, 9], pa.int64()),
        "other": ["x", "x", None, None],
        "kind": ["k", "k", "l", "l"],
        "text": ["t", None, None, "t"],
        "empty": pa.nulls(4, pa.string()),
        "no_number": pa.nulls(4, pa.float64()),
    }
)


def check(name, kind, *columns, where=None, **arguments):
    return Check("study", name, name, "critical", kind, columns, arguments, where)


CHECKS = [
    check("unique", "unique", "key"),
    check("unique_kept", "unique", "smaller"),
    check("in_set", "in_set", "code", values=["x", "y"]),
    check("in_set_kept", "in_set", "code", values=["x", "y", "z"]),
    check("each_in_set", "each_in_set", "codes", values=["x", "y"]),
    check("each_in_set_kept", "each_in_set", "codes", values=["x", "y", "q"]),
    check("between", "between", "number", min_value=2, max_value=10),
    check("between_open", "between", "number", min_value=0, max_value=None),
    check("order", "order", "larger", "smaller"),
    check("equal", "equal", "larger", "smaller"),
    check("equal_texts", "equal", "code", "other"),
    check("differ_texts", "differ", "code", "other"),
    check("in_set_beside", "in_set", "code", values=["x"], where=("other", ("x",))),
    check("filled", "filled", "text"),
    check("filled_kept", "filled", "key"),
    check("filled_where", "filled", "text", where=("kind", ("k",))),
    check("filled_where_kept", "filled", "text", where=("key", ("a",))),
    check("in_set_where", "in_set", "code", where=("kind", ("k",)), values=["x"]),
    check("nobody_there", "in_set", "code", where=("kind", ("m",)), values=["x"]),
    check("empty_text", "in_set", "empty", values=["x"]),
    check("empty_codes", "each_in_set", "empty", values=["x"]),
    check("empty_number", "between", "no_number", min_value=0, max_value=1),
    check("empty_pair", "order", "no_number", "number"),
    check("distinct_one", "distinct", "text"),
    check("distinct_several", "distinct", "kind", "text"),
    check("no_such_column", "between", "gone", min_value=0, max_value=1),
]


@pytest.fixture(scope="module")
def results():
    results = run_checks(CHECKS, {"study": FRAME}, {"study": "key"})
    assert [result.check for result in results] == CHECKS
    return {result.check.rule: result for result in results}


# outcome, rows it speaks of, rows that break it, their keys, what was found there
EXPECTED = {
    "unique": ("failed", 4, 2, ["c", "c"], ["c", "c"]),
    "unique_kept": ("passed", 4, 0, [], []),
    "in_set": ("failed", 3, 1, ["c"], ["z"]),
    "in_set_kept": ("passed", 3, 0, [], []),
    "each_in_set": ("failed", 3, 1, ["c"], ["x;q"]),
    "each_in_set_kept": ("passed", 3, 0, [], []),
    "between": ("failed", 3, 2, ["a", "c"], ["1", "1234567"]),
    "between_open": ("passed", 3, 0, [], []),
    "order": ("failed", 3, 1, ["b"], ["2, 3"]),
    "equal": ("failed", 3, 2, ["a", "b"], ["2, 1", "2, 3"]),
    "equal_texts": ("failed", 2, 1, ["b"], ["y, x"]),
    "differ_texts": ("failed", 2, 1, ["a"], ["x, x"]),
    "in_set_beside": ("failed", 2, 1, ["b"], ["y"]),
    "filled": ("failed", 4, 2, ["b", "c"], ["nothing", "nothing"]),
    "filled_kept": ("passed", 4, 0, [], []),
    "filled_where": ("failed", 2, 1, ["b"], ["nothing"]),
    "filled_where_kept": ("passed", 1, 0, [], []),
    "in_set_where": ("failed", 2, 1, ["b"], ["y"]),
    "nobody_there": ("not_applicable", 0, 0, [], []),
    "empty_text": ("not_applicable", 0, 0, [], []),
    "empty_codes": ("not_applicable", 0, 0, [], []),
    "empty_number": ("not_applicable", 0, 0, [], []),
    "empty_pair": ("not_applicable", 0, 0, [], []),
    "distinct_one": ("failed", 2, 2, ["a", "c"], ["t", "t"]),
    "distinct_several": ("passed", 2, 0, [], []),
    "no_such_column": ("error", 0, 0, [], []),
}


@pytest.mark.parametrize("rule", EXPECTED)
def test_each_kind_of_check_finds_what_is_planted_and_nothing_else(results, rule):
    result = results[rule]
    keys = [violation["key"] for violation in result.violations]
    found = [violation["found"] for violation in result.violations]
    assert (result.outcome, result.n_rows, result.n_violated, keys, found) == EXPECTED[rule]


@pytest.mark.parametrize("few", [0, 10_000])
def test_texts_as_codes_are_checked_like_texts(results, monkeypatch, few):
    """Whether the store gives codes, as of a large table, and whether the engine is given any."""
    monkeypatch.setattr("expectations.suite.FEW", few)
    coded = run_checks(CHECKS, {"study": compacted(FRAME, "key")}, {"study": "key"})
    assert coded == list(results.values())


def test_of_too_many_broken_rows_the_first_are_shown(monkeypatch):
    monkeypatch.setattr("expectations.suite.LISTED", 1)
    monkeypatch.setattr("expectations.suite.SHOWN", 1)
    asked = [check for check in CHECKS if check.rule in ("between", "order", "filled", "distinct_one", "in_set_where")]
    found = {result.check.rule: result for result in run_checks(asked, {"study": FRAME}, {"study": "key"})}
    shown = {rule: [(one["key"], one["found"]) for one in result.violations] for rule, result in found.items()}
    assert shown == {
        "between": [("a", "1")], "order": [("b", "2, 3")], "filled": [("b", "nothing")], "distinct_one": [("a", "t")],
        "in_set_where": [("b", "y")],
    }  # fmt: skip
    assert {rule: result.n_violated for rule, result in found.items()} == {rule: EXPECTED[rule][2] for rule in shown}


def test_a_page_of_texts_as_codes_is_that_of_texts(monkeypatch):
    from expectations.pages import sections

    pages = []
    for few in (0, 10_000):
        monkeypatch.setattr("expectations.suite.FEW", few)
        found = run_checks(CHECKS, {"study": FRAME}, {"study": "key"})
        pages.append("".join(sections("study", [one for one in found if one.outcome in ("passed", "failed")])))
    assert pages[0] == pages[1]


def test_a_page_tells_several_columns_in_the_order_of_the_check():
    from expectations.pages import sections

    (order,) = (one for one in CHECKS if one.rule == "order")
    shown = "".join(sections("study", run_checks([order], {"study": FRAME}, {"study": "key"})))
    assert '<div class="show-scrollbars">2, 3</div>' in shown


def test_checks_of_the_same_columns_share_a_batch_and_a_batch_is_narrow():
    groups = _groups(CHECKS)
    assert sorted(one.rule for group in groups for one in group) == sorted(EXPECTED)
    looked_at = [{column for one in group for column in _columns(one)} for group in groups]
    assert max(map(len, looked_at)) <= WIDTH
    (of_number,) = (group for group in groups if any(one.rule == "between" for one in group))
    assert {"between", "between_open"} <= {one.rule for one in of_number}


def test_a_check_that_breaks_says_why(results):
    assert results["no_such_column"].message == 'Error: The column "gone" in BatchData does not exist.'


def test_every_check_of_this_file_is_expected():
    assert [check.rule for check in CHECKS] == list(EXPECTED)


def test_the_engine_reports_to_nobody(results):
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "nothing"), (float("nan"), "nothing"), (2.0, "2"), (1234567.0, "1234567"), (7, "7"), ("x", "x")],
)
def test_cells_are_written_as_a_person_would(value, text):
    assert _text(value) == text


def test_a_page_says_of_how_many_rows_a_share_is(results):
    """The engine's own words are 33 % of 4 rows: the row without a code is in neither the one nor the 1 of 3."""
    from expectations.pages import sections

    text = "".join(sections("study", [results["in_set"]]))
    assert re.search(
        r"1 unexpected values found.*33\.\d+%.*of\W+3\W+total rows", re.sub("<[^>]*>", "", text), re.DOTALL
    )
