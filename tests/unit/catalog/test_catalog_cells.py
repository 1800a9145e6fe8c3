"""A column's cells, every distinct text held once: what a list of texts would give."""

import numpy as np
import pyarrow as pa
import pytest

from catalog.cells import Cells

GIVEN = ["b", None, "a", "", "b", " c ", "-9"]
SHOWN = ["b", None, "a", None, "b", " c ", "-9"]


@pytest.fixture
def cells():
    return Cells.of(GIVEN)


def test_cells_are_the_sequence_they_were_given_as(cells):
    assert cells == SHOWN == list(cells)
    assert [cells[place] for place in range(len(cells))] == SHOWN
    assert cells[1:3] == SHOWN[1:3]
    assert (len(cells), cells.index("b"), cells != SHOWN[:-1], "a" in cells) == (7, 0, True, True)
    assert cells.texts == ["b", "a", " c ", "-9"]
    assert Cells.of(cells) is cells
    assert repr(cells[:2]) == "Cells.of(['b', None])"


def test_only_texts_that_occur_are_distinct(cells):
    assert cells.distinct() == {"a", "b", " c ", "-9"}
    assert cells[2:4].distinct() == {"a"}
    assert Cells.of([None]).distinct() == set()
    assert cells.filled().tolist() == [True, False, True, False, True, True, True]


def test_cells_are_read_replaced_and_left_out_by_their_texts(cells):
    assert cells.read({"a": "x", "b": "x", "-9": None}) == ["x", None, "x", None, "x", None, None]
    assert cells.read({"a": "x", "b": "x"}).texts == ["x"]
    assert cells.replaced({"a": "x", "y": "z"}) == ["b", None, "x", None, "b", " c ", "-9"]
    assert cells.without({"-9", "b"}) == [None, None, "a", None, None, " c ", None]
    assert cells.without({"-8"}) is cells
    assert cells.stripped() == ["b", None, "a", None, "b", "c", "-9"]
    assert Cells.of([" ", "x"]).stripped() == [None, "x"]


def test_a_place_of_minus_one_is_an_empty_cell(cells):
    assert cells.take([4, -1, 2, 1]) == ["b", None, "a", None]
    assert cells.take([]) == []


@pytest.mark.parametrize(("many", "width"), [(127, pa.int8()), (128, pa.int32())])
def test_codes_take_a_byte_each_where_that_is_enough(many, width):
    texts = [str(number) for number in range(many)]
    array = Cells.of([*texts, None, "0"]).array()
    assert (array.indices.type, array.to_pylist()) == (width, [*texts, None, "0"])


def test_an_arrow_column_of_codes_is_taken_as_it_is():
    column = pa.chunked_array([pa.array(["a", None, "b"]), pa.array(["b"])]).dictionary_encode()
    assert Cells.of_codes(column) == ["a", None, "b", "b"]
    assert Cells.of_codes(column.slice(1)) == [None, "b", "b"]
    assert Cells.of_codes(pa.chunked_array([], column.type)) == []
    assert Cells.repeated("x", 2) == ["x", "x"]
    assert Cells.of_codes(column).codes.dtype == np.int32
