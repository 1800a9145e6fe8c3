"""Everything stored is compared with what was written; all that is wrong is listed at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.chain import store_of

from catalog import raw
from catalog.errors import DamagedData
from catalog.lineage import sha256
from catalog.store import Store
from catalog.verifying import raise_if_damaged, verify


@pytest.fixture
def store(harmonized_copy: Path) -> Store:
    """The harmonized shipped evidence with a report folder of one figure."""
    store = store_of(harmonized_copy)
    figure = store.root / "report" / "figures" / "forest.svg"
    figure.parent.mkdir(parents=True)
    figure.write_bytes(b"<svg/>")
    manifest = {"files": {"figures/forest.svg": sha256(b"<svg/>")}}
    (store.root / "report" / "manifest.json").write_text(json.dumps(manifest))
    return store


def damage(store: Store) -> dict[str, list[str]]:
    return {one.what: [line.removeprefix(f"{store.root}/") for line in one.damage] for one in verify(store)}


CLEAN: dict[str, list[str]] = {"tables": [], "lineages": [], "raw files": [], "report files": []}


def test_what_is_whole_passes(store: Store) -> None:
    checked = verify(store)
    assert {one.what: one.count for one in checked} == {"tables": 9, "lineages": 9, "raw files": 4, "report files": 1}
    assert damage(store) == CLEAN
    raise_if_damaged(checked)


def test_an_empty_data_folder_passes(tmp_path: Path) -> None:
    checked = verify(Store(tmp_path, "topic"))
    assert sum(one.count for one in checked) == 0
    raise_if_damaged(checked)


def test_a_damaged_table_is_found(store: Store) -> None:
    part = next(store.path("patient").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-10])
    assert [line.split(" ")[0] for line in damage(store)["tables"]] == ["harmonized/patient"]


def test_a_damaged_log_is_found_and_nothing_is_said_twice(store: Store) -> None:
    """Tables that were made from the damaged one are not called damaged because of it."""
    log = store.path("observation") / "_delta_log" / f"{1:020}.json"
    log.write_text(log.read_text()[:200])
    found = damage(store)
    assert [line.split(" ")[0] for line in found["tables"]] == ["source/observation"]
    assert found["lineages"] == []


def test_a_lost_newest_version_is_found_by_those_made_from_it(store: Store) -> None:
    """A table whose last log entry is gone reads as the version before: only its descendants know better."""
    (store.path("observation") / "_delta_log" / f"{1:020}.json").unlink()
    found = damage(store)
    assert found["tables"] == []
    gone = "was made from observation version 1, which is gone"
    made = ("study", "patient", "measurement", "overlap", "discrepancy")
    assert found["lineages"] == [f"harmonized/{name} version 0 {gone}" for name in made]


def test_changed_and_lost_raw_bytes_are_found(store: Store) -> None:
    changed, lost, *_ = raw.kept(store.root)
    changed.write_bytes(b"other")
    lost.unlink()
    found = damage(store)
    assert found["raw files"] == [f"{changed.relative_to(store.root)}: the bytes do not match the checksum in the name"]
    assert found["lineages"]
    assert all(line.endswith(f"whose kept bytes are gone: sha256 {lost.stem}") for line in found["lineages"])


def test_a_sidecar_without_bytes_that_no_table_needs_is_no_damage(store: Store) -> None:
    """So it stands when an import was killed between the two; the next import heals it."""
    digest = raw.keep(store.root, b"new", ".csv", {})
    path = raw.held(store.root, digest)
    assert path is not None
    path.unlink()
    assert damage(store) == CLEAN


def test_a_changed_and_a_lost_report_file_are_found(store: Store) -> None:
    figure = store.root / "report" / "figures" / "forest.svg"
    figure.write_bytes(b"<svg>")
    assert damage(store)["report files"] == ["report/figures/forest.svg: the bytes do not match the manifest"]
    figure.unlink()
    assert damage(store)["report files"] == ["report/figures/forest.svg: the file is gone"]


@pytest.mark.parametrize("text", ["", "{}", '{"files": 5}', '{"files": ["a"]}', "[]"])
def test_a_manifest_that_is_none_is_found(store: Store, text: str) -> None:
    (store.root / "report" / "manifest.json").write_text(text)
    assert "does not hold names and checksums" in damage(store)["report files"][0]


def test_everything_wrong_is_raised_at_once_with_what_to_do(store: Store) -> None:
    next(store.path("study").glob("*.parquet")).unlink()
    raw.kept(store.root)[0].write_bytes(b"other")
    with pytest.raises(DamagedData, match="2 things are not as written") as raised:
        raise_if_damaged(verify(store))
    assert raised.value.exit_code == 5
    assert "harmonized/study" in str(raised.value)
    assert "remove the folder of the damaged table" in str(raised.value)
