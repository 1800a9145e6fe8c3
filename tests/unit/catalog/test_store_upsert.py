"""Rows laid over a table: only what differs is written, and two writers never overrun or double each other."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pyarrow as pa
import pytest

import catalog.compact
import catalog.store
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES

LINEAGE = Lineage("test")


def reports(*names: str, **cells: object) -> pa.Table:
    return from_rows(TABLES["report"], [{"report_id": name, "origin": "o", **cells} for name in names])


def test_an_upsert_adds_changes_and_leaves_alone(tmp_path: Path) -> None:
    store = Store(tmp_path, "t")
    assert store.upsert("report", reports("a", "b", journal="J"), LINEAGE).version == 0
    commit = store.upsert("report", reports("b", "c", journal="K"), LINEAGE)
    assert (commit.version, commit.rows, commit.changed) == (1, 3, True)
    rows = {row["report_id"]: row["journal"] for row in store.read("report").to_pylist()}
    assert rows == {"a": "J", "b": "K", "c": "K"}
    assert store.history("report")[0]["operationMetrics"]["num_source_rows"] == 2


def test_rows_that_are_all_new_are_appended(tmp_path: Path) -> None:
    store = Store(tmp_path, "t")
    store.upsert("report", reports("a"), LINEAGE)
    store.upsert("report", reports("b"), LINEAGE)
    assert (store.history("report")[0]["operation"], store.version("report")) == ("WRITE", 1)
    assert store.read("report")["report_id"].to_pylist() == ["a", "b"]


def test_rows_that_stand_already_are_not_written(tmp_path: Path) -> None:
    store = Store(tmp_path, "t")
    store.upsert("report", reports("a", "b", doi="10.1/x"), LINEAGE)
    assert not store.upsert("report", reports("a", doi="10.1/x"), LINEAGE).changed
    assert not store.upsert("report", reports("a", doi="10.1/y"), LINEAGE, ignore=("doi",)).changed
    assert store.version("report") == 0


def test_an_edit_may_take_rows_away(tmp_path: Path) -> None:
    store = Store(tmp_path, "t")
    store.upsert("report", reports("a", "b", "c", row=1, column="table"), LINEAGE)
    store.edit("report", lambda standing: standing.slice(1), LINEAGE)
    assert store.read("report")["report_id"].to_pylist() == ["b", "c"]


def test_a_column_declared_since_then_is_added(tmp_path: Path) -> None:
    from deltalake import write_deltalake

    store = Store(tmp_path, "t")
    store.upsert("report", reports("a"), LINEAGE)
    old = reports("a").drop_columns(["confidence"])
    write_deltalake(str(store.path("report")), old, mode="overwrite", schema_mode="overwrite",
                    commit_properties=_checksum(old))  # fmt: skip
    assert store.upsert("report", reports("b", confidence="high"), LINEAGE).version == 2
    assert store.read("report")["confidence"].to_pylist() == [None, "high"]


def _checksum(rows: pa.Table) -> object:
    from deltalake import CommitProperties

    from catalog.checksum import content_sha256

    return CommitProperties({"content_sha256": content_sha256(rows)})


def test_the_same_key_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two rows have the same report_id"):
        Store(tmp_path, "t").upsert("report", reports("a", "a"), LINEAGE)


def _write(data: Path, writer: int, large: int) -> None:
    catalog.compact.LARGE = catalog.store.LARGE = large
    store = Store(data, "t")
    for turn in range(3):
        store.upsert("report", reports(f"{writer}-{turn}", "shared", file=str(writer)), LINEAGE)


@pytest.mark.parametrize("large", [1, catalog.compact.LARGE])
def test_writers_at_once_lose_and_double_nothing(tmp_path: Path, large: int) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, number, large)) for number in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    names = Store(tmp_path, "t").read("report")["report_id"].to_pylist()
    assert names == sorted({f"{number}-{turn}" for number in range(2) for turn in range(3)} | {"shared"})


NAMES = [f"name{number:03}" for number in range(60)]


@pytest.fixture(params=[1, catalog.compact.LARGE])
def any_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Tables of any size, or of every size, are held as large ones."""
    for module in ("catalog.compact", "catalog.store"):
        monkeypatch.setattr(f"{module}.LARGE", request.param)
    return int(request.param)


@pytest.mark.parametrize("long", [1, 1024])
@pytest.mark.parametrize(
    ("taken", "cells"),
    [(NAMES, "J"), (NAMES[20:40], "K"), (NAMES[::3], "K"), ([*NAMES[50:], "name100"], "K"), (["a", "zz"], "K")],
)
def test_what_is_laid_over_a_table_of_any_size_stands_and_the_rest_stays(
    any_size: int, taken: list[str], cells: str, long: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.order.LONG", long)
    store = Store(tmp_path, "t")
    store.upsert("report", reports(*NAMES, journal="J", title="T"), LINEAGE)
    commit = store.upsert("report", reports(*taken, journal=cells), LINEAGE, ignore=("title",))
    expected = dict.fromkeys(NAMES, ("J", "T")) | {name: (cells, None) for name in taken if cells != "J"}
    stands = {row["report_id"]: (row["journal"], row["title"]) for row in store.read("report").to_pylist()}
    assert stands == expected
    assert store.read("report", compact=True).num_rows == len(expected)
    assert commit.changed == (cells != "J")


def test_rows_of_one_origin_are_replaced_in_a_table_of_any_size(any_size: int, tmp_path: Path) -> None:
    store = Store(tmp_path, "t")
    for origin, names in (("first", NAMES[:40]), ("other", NAMES[40:]), ("first", NAMES[10:30]), ("none", [])):
        rows = from_rows(TABLES["report"], [{"report_id": name, "origin": origin} for name in names])
        store.replace("report", rows, LINEAGE, origin=origin)
    assert store.read("report")["report_id"].to_pylist() == [*NAMES[10:30], *NAMES[40:]]
    assert [entry["version"] for entry in store.history("report")] == [2, 1, 0]


def test_a_corrected_text_is_written_in_a_table_of_any_size(any_size: int, tmp_path: Path) -> None:
    store = Store(tmp_path, "t")
    for version, title in enumerate(("as first stated", "as corrected")):
        said = [{"report_id": name, "origin": "o", "title": title if name == NAMES[7] else name} for name in NAMES]
        commit = store.replace("report", from_rows(TABLES["report"], said), LINEAGE, origin="o")
        assert (commit.changed, commit.version) == (True, version)
    assert store.read("report")["title"].to_pylist() == [*NAMES[:7], "as corrected", *NAMES[8:]]
