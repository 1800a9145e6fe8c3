"""Reading with Arrow: never anything but what Python's own csv makes of the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Problems
from catalog.sheets import parse_csv

CELL = st.text("ab1. ,;\"'\t\u00e9\u2028\x0b-", max_size=5)
QUOTED = CELL.map(lambda cell: '"' + cell.replace('"', '""') + '"')
LINE = st.lists(st.one_of(CELL, QUOTED, st.just("x")), min_size=1, max_size=4).map(",".join)
END = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", "\r"])


def parsed(text, monkeypatch=None):
    if monkeypatch:
        monkeypatch.setattr("catalog.sheets.read_plain", lambda *_: None)
    problems = Problems()
    records = parse_csv("f.csv", text.encode(), problems)
    return {name: list(cells) for name, cells in records.columns.items()}, list(records.rows), list(map(str, problems))


@given(st.sampled_from(["a,b", '"a","b"', "a", "a,b,c"]), st.lists(st.tuples(END, LINE), max_size=6), st.booleans())
def test_a_file_reads_the_same_in_both_ways(header, lines, last):
    text = header + "".join(end + line for end, line in lines) + ("\n" if last else "")
    with pytest.MonkeyPatch.context() as patch:
        assert parsed(text) == parsed(text, patch)


@pytest.mark.parametrize("text", ["\ufeff\na,b\n1,2\n", ",\na,b\n1,2\n", " \na\n1\n", f"a\n1\n{' ' * 140_000}x\n"])
def test_a_header_below_the_first_line_and_a_cell_that_is_too_long_read_the_same_in_both_ways(text, monkeypatch):
    assert parsed(text) == parsed(text, monkeypatch)


@pytest.mark.parametrize(
    "text",
    ["a,b\n1,2\n ,\n3,4", '"a","b"\r\n"x, y",2\r\n"",\r\n', "\ufeffa\n1\n", 'a,b\n"1",2\n' * 3, "a,b\n1,\t2\n,\n"],
)
def test_what_hospitals_write_is_read_by_arrow(text, monkeypatch):
    expected = parsed(text, monkeypatch)
    monkeypatch.undo()
    monkeypatch.setattr("catalog.sheets._one_by_one", None)
    assert parsed(text) == expected
