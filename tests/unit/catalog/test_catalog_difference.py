"""Two versions of a table: rows added and removed, cells changed, in the order of the key."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest

from catalog.difference import Change, Difference, difference, printed
from catalog.errors import InvalidInput
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES


def reports(**cells: tuple[int | None, str | None]) -> pa.Table:
    """Return rows of `report` by name, each with year and country."""
    rows = [{"report_id": name, "origin": "o", "year": year, "country": country}
            for name, (year, country) in cells.items()]  # fmt: skip
    return from_rows(TABLES["report"], rows)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, "topic")
    store.replace("report", reports(a=(1, "Japan"), b=(2, None), c=(3, "Korea")), Lineage("test"))
    store.replace("report", reports(b=(None, "Italy"), c=(3, "Korea"), d=(4, "China")), Lineage("test"))
    return store


CHANGES = (
    Change("removed", "a"),
    Change("changed", "b", "year", 2, None),
    Change("changed", "b", "country", None, "Italy"),
    Change("added", "d"),
)


def test_rows_and_cells_that_differ_are_found(store: Store) -> None:
    found = difference(store, "report", 0, 1)
    assert found == Difference("report", 0, 1, CHANGES)
    assert found.counts == {"added": 1, "removed": 1, "changed": 1, "cells": 2}


def test_a_version_does_not_differ_from_itself(store: Store) -> None:
    assert difference(store, "report", 1, 1).changes == ()


def test_the_way_back_swaps_everything(store: Store) -> None:
    back = difference(store, "report", 1, 0)
    assert back.counts == {"added": 1, "removed": 1, "changed": 1, "cells": 2}
    assert Change("changed", "b", "year", None, 2) in back.changes


@pytest.mark.parametrize(("name", "versions"), [("report", (0, 2)), ("report", (-1, 1)), ("reprt", (0, 1))])
def test_what_is_not_there_is_refused(store: Store, name: str, versions: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput, match="no such"):
        difference(store, name, *versions)


def test_rows_that_cannot_be_paired_are_refused(tmp_path: Path) -> None:
    store = Store(tmp_path, "topic")
    twins = pa.concat_tables([reports(a=(1, None)), reports(a=(2, None))])
    store.replace("report", reports(a=(1, None)), Lineage("test"))
    store.replace("report", twins, Lineage("test"))
    with pytest.raises(InvalidInput, match="version 1 of table 'report' has rows with the same report_id"):
        difference(store, "report", 0, 1)


def test_the_table_says_the_counts_first(store: Store) -> None:
    lines = "".join(printed(difference(store, "report", 0, 1), "table")).splitlines()
    assert lines[0] == "report, version 0 to 1: 1 rows added, 1 removed, 1 changed in 2 cells"
    assert [line.split() for line in lines[1:4]] == [
        ["change", "key", "column", "before", "after"],
        ["removed", "a"],
        ["changed", "b", "year", "2"],
    ]


def test_the_csv_holds_the_changes_alone(store: Store) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(printed(difference(store, "report", 0, 1), "csv")))))
    assert rows[1] == {"change": "changed", "key": "b", "column": "year", "before": "2", "after": ""}


def test_the_json_says_the_counts_first(store: Store) -> None:
    document = json.loads("".join(printed(difference(store, "report", 0, 1), "json")))
    assert list(document) == ["table", "from", "to", "counts", "changes"]
    assert document["changes"][2]["after"] == "Italy"
