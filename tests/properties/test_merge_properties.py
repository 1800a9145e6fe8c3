"""Rows held against those that stand: texts held as codes, in whatever chunks, say what plain texts say."""

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.compact import NARROW, compacted, plain
from catalog.merge import changes, keeping, overlay

KEY, COLUMNS = "key", ("said", "pointer", "number")
TEXT = st.sampled_from([None, "", "a", "b", "c", "d"])
ROW = st.tuples(TEXT, TEXT, st.sampled_from([None, 0, 1]))
ROWS = st.dictionaries(st.sampled_from(["k1", "k2", "k3", "k4", "kk5"]), ROW, max_size=5)
CUT = st.integers(0, 5)
COMPACT = st.tuples(st.booleans(), st.booleans())


def table(rows, compact, cut=0):
    """The rows in the order given, in two chunks; compact ones with one dictionary for both."""
    cells = list(zip(*rows.values(), strict=True)) or [()] * len(COLUMNS)
    kinds = (pa.string(), pa.string(), pa.int64())
    columns = {KEY: pa.array([*rows], pa.string())}
    columns |= {name: pa.array(own, kind) for name, own, kind in zip(COLUMNS, cells, kinds, strict=True)}
    whole = pa.table(columns)
    held = compacted(whole, KEY) if compact else whole
    return pa.concat_tables([held.slice(0, cut), held.slice(cut)])


@given(ROWS, ROWS, COMPACT, CUT)
@example({"k1": ("a", None, 0)}, {"k1": ("b", None, 0)}, (True, True), 0)
def test_what_differs_is_found_in_texts_and_in_codes(before, after, compact, cut):
    found = changes(table(before, compact[0], cut), table(after, compact[1]), KEY)
    names, stood = [*after], [*before]
    assert {names[at] for at in found.new} == after.keys() - before.keys()
    assert {stood[at] for at in found.gone} == before.keys() - after.keys()
    assert {names[at] for at in found.changed} == {
        name for name in names if before.get(name, after[name]) != after[name]
    }


@given(ROWS, ROWS, COMPACT, CUT)
def test_a_row_that_differs_only_in_a_pointer_stays_as_it_stands(before, after, compact, cut):
    standing, rows = table(before, compact[0], cut), table(after, compact[1])
    kept = dict(after)
    for name in before.keys() & after.keys():
        (said, _, number), (same, _, count) = before[name], after[name]
        if (said, number) == (same, count):
            kept[name] = before[name]
    for held in (keeping(standing, rows, KEY, ("pointer",)), overlay(standing, rows, KEY, ("pointer",))):
        stands = {key: tuple(row) for key, *row in zip(*plain(held).to_pydict().values(), strict=True)}
        assert stands == ({**before, **kept} if len(held) > len(rows) else kept)


def test_a_pointer_is_kept_of_more_texts_than_a_byte_tells_apart():
    many = {f"k{number}": ("a", f"text {number}", None) for number in range(NARROW + 1)}
    held = keeping(table(many, compact=True), table({"k0": ("a", "new", None)}, compact=True), KEY, ("pointer",))
    assert plain(held).to_pylist() == [{KEY: "k0", "said": "a", "pointer": "text 0", "number": None}]
