"""Large tables held compactly: the same content, the same checksum."""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from catalog.checksum import content_sha256
from catalog.compact import batches, compact_column, compacted, is_compact, joined, plain
from catalog.order import in_key_order

KEY = "key"


def table(keys):
    size = len(keys)
    return pa.table(
        {
            KEY: pa.chunked_array([keys[: size // 2], keys[size // 2 :]], pa.string()),
            "constant": pa.array(["same"] * size),
            "empty": pa.nulls(size, pa.string()),
            "some": pa.array([None if place % 3 else f"word {place % 7}" for place in range(size)], pa.string()),
            "number": pa.array([None if place % 5 else place for place in range(size)]),
            "share": pa.array([place / 3 for place in range(size)]),
            "truth": pa.array([None, True, False] * size)[:size],
        }
    )


def checksums(count):
    return [hashlib.sha256(str(number).encode()).hexdigest()[:20] for number in range(count)]


ALIKE = [f"0123456{number % 10}{number:012x}" for number in range(300)]
"""Names of which many begin alike."""


KEYS = [checksums(500), sorted(checksums(500)), ALIKE, ALIKE[::-1], ["b", "a", "ccc"], ["Z" * 9, "A" * 9, "0" * 9], []]


@pytest.mark.parametrize("keys", KEYS)
@pytest.mark.parametrize("long", [1, 1024])
def test_a_compact_table_in_order_of_its_key_is_the_plain_sorted_one_with_the_same_checksum(keys, long, monkeypatch):
    monkeypatch.setattr("catalog.order.LONG", long)
    rows = table(keys)
    held = in_key_order(compacted(rows, KEY), KEY)
    assert is_compact(held)
    assert plain(held).equals(rows.sort_by(KEY))
    assert content_sha256(held) == content_sha256(rows.sort_by(KEY))


def test_runs_in_order_are_laid_one_after_another_without_copying():
    keys = sorted(checksums(4000))
    rows = compacted(table([*keys[2000:], *keys[:2000]]), KEY)
    held = in_key_order(rows, KEY)
    assert held[KEY].to_pylist() == keys
    assert held[KEY].chunk(0).buffers()[2].address == rows[KEY].chunk(1).buffers()[2].address
    assert in_key_order(held, KEY) is held


@pytest.mark.parametrize("part", [1, 3, 1000])
def test_the_checksum_of_codes_is_that_of_their_texts(part, monkeypatch):
    rows = table(checksums(50))
    before = content_sha256(rows)
    monkeypatch.setattr("catalog.checksum.PART", part)
    twice = pa.concat_tables([compacted(rows.slice(0, 20), KEY), compacted(rows.slice(20), KEY)])
    assert content_sha256(twice) == content_sha256(rows) == before


def test_codes_are_a_byte_where_that_is_enough_and_of_one_dictionary():
    few = compact_column(pa.chunked_array([["a", None], ["b", "a"]]))
    assert (few.indices.type, few.to_pylist()) == (pa.int8(), ["a", None, "b", "a"])
    many = compact_column([pa.array([str(number) for number in range(128)]), few])
    assert many.indices.type == pa.int32()
    assert many.to_pylist()[-4:] == ["a", None, "b", "a"]
    assert pc.count_distinct(many.dictionary).as_py() == len(many.dictionary)
    assert compact_column(pa.chunked_array([], pa.string())).to_pylist() == []


def test_tables_are_joined_plainly_when_few_and_compactly_when_many(monkeypatch):
    one, other = table(checksums(7)), table(ALIKE[:4])
    whole = pa.concat_tables([one, other])
    assert joined([compacted(one, KEY), other], KEY).equals(whole)
    monkeypatch.setattr("catalog.compact.LARGE", 11)
    held = joined([one, compacted(other, KEY), one.slice(0, 0)], KEY)
    assert is_compact(held)
    assert plain(held).equals(whole)


def test_a_compact_table_is_written_as_plain_batches():
    rows = table(checksums(9))
    assert batches(compacted(rows, KEY)).read_all().equals(rows)
