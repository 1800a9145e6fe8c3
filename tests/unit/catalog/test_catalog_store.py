"""The store: whole commits, nothing written twice, versions, one origin at a time, damage found on reading."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from catalog.checksum import content_sha256
from catalog.errors import DamagedData, InvalidInput
from catalog.lineage import Lineage
from catalog.schema import arrow_schema, from_rows
from catalog.store import Store, lineage_of
from catalog.tables import TABLES

LINEAGE = Lineage("test", {"argument": "value"}, "f" * 64, {"observation": 3}, {"file.csv": "e" * 64})


def reports(origin: str, **journals: str) -> pa.Table:
    rows = [{"report_id": name, "journal": journal, "origin": origin} for name, journal in journals.items()]
    return from_rows(TABLES["report"], rows)


def journals(store: Store, version: int | None = None) -> dict[str, str]:
    return {row["report_id"]: row["journal"] for row in store.read("report", version).to_pylist()}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two versions of the table `report`: a and b, then b changed."""
    store = Store(tmp_path, "topic")
    store.replace("report", reports("one", a="J", b="K"), LINEAGE)
    store.replace("report", reports("one", a="J", b="L"), LINEAGE)
    return store


def test_a_table_never_written_is_empty_and_has_no_version(tmp_path: Path) -> None:
    store = Store(tmp_path, "topic")
    assert store.version("study") is None
    assert store.versions(("study", "patient")) == {}
    assert store.history("study") == []
    assert store.read("study").equals(arrow_schema(TABLES["study"]).empty_table())
    assert not (tmp_path / "topic").exists(), "looking makes no folders"


def test_a_table_that_is_needed_says_which_command_writes_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        Store(tmp_path, "topic").require("observation", "study", "verdict", "estimate")
    remedies = [problem.remedy for problem in refused.value.problems]
    assert remedies == ["Run python -m ingest.curation import, or python -m ingest.cohort, first"] + [
        f"Run python -m {name} first" for name in ("harmonize", "expectations", "synthesize")
    ]


@pytest.mark.parametrize("name", ["reprot", "study_sheet"])
def test_an_unknown_table_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="no such table"):
        Store(tmp_path, "topic").read(name)


def test_the_nearest_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Did you mean 'report'"):
        Store(tmp_path, "topic").read("reprot")


def test_equal_content_makes_no_commit(store: Store) -> None:
    commit = store.replace("report", reports("one", b="L", a="J"), LINEAGE)
    assert (commit.version, commit.changed, commit.rows) == (1, False, 2)
    assert len(store.history("report")) == 2


def test_an_earlier_version_stays_readable(store: Store) -> None:
    assert journals(store, 0) == {"a": "J", "b": "K"}
    assert journals(store, 1) == journals(store) == {"a": "J", "b": "L"}


@pytest.mark.parametrize("version", [2, -1])
def test_a_version_that_is_not_there_is_refused(store: Store, version: int) -> None:
    with pytest.raises(InvalidInput, match=r"no such version.*allowed: 0 to 1"):
        store.read("report", version)
    with pytest.raises(InvalidInput, match="no such version"):
        store.commit_of("report", version)


def test_one_origin_is_replaced_and_the_others_stay(store: Store) -> None:
    store.replace("report", reports("two", c="M", d="N"), LINEAGE, origin="two")
    assert journals(store) == {"a": "J", "b": "L", "c": "M", "d": "N"}
    store.replace("report", reports("two", d="O"), LINEAGE, origin="two")
    assert journals(store) == {"a": "J", "b": "L", "d": "O"}


def test_a_commit_carries_its_lineage(store: Store) -> None:
    commit = store.commit_of("report")
    assert lineage_of(commit) == LINEAGE
    assert commit["rows"] == "2"
    assert commit["content_sha256"] == content_sha256(store.read("report"))
    assert commit["code_version"].startswith("0.")


def test_a_write_that_fails_leaves_the_last_version(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_after_the_data(path: str, rows: pa.Table, **_: object) -> None:
        import pyarrow.parquet as pq

        pq.write_table(rows, f"{path}/part-of-a-commit-that-never-came.parquet")
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("deltalake.write_deltalake", fail_after_the_data)
        with pytest.raises(OSError, match="disk is full"):
            store.replace("report", reports("one", a="lost"), LINEAGE)
    assert journals(store) == {"a": "J", "b": "L"}
    assert store.replace("report", reports("one", a="kept"), LINEAGE).version == 2


WRITER = """
import sys
from pathlib import Path
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES

store = Store(Path(sys.argv[1]), "topic")
for turn in range(10_000):
    rows = [{"report_id": str(row), "journal": str(turn), "origin": "one"} for row in range(2_000)]
    store.replace("report", from_rows(TABLES["report"], rows), Lineage("writer"))
    print(turn, flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_a_whole_version(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "0\n"
    time.sleep(0.1)
    os.kill(writer.pid, signal.SIGKILL)
    assert writer.wait() == -signal.SIGKILL
    writer.stdout.close()
    store = Store(tmp_path, "topic")
    found = set(journals(store).values())  # reading compares the rows with the checksum in the commit
    assert len(found) == 1
    assert store.replace("report", reports("one", a="J"), LINEAGE).changed


def log(store: Store, version: int) -> Path:
    return store.path("report") / "_delta_log" / f"{version:020}.json"


def newest_parquet(store: Store) -> Path:
    return max(store.path("report").glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)


def change_a_value(store: Store) -> None:
    """Put another valid parquet file in the place of the newest one."""
    import pyarrow.parquet as pq

    path = newest_parquet(store)
    rows = pq.read_table(path)
    changed = pa.array(["Z" if journal == "L" else journal for journal in rows["journal"].to_pylist()])
    pq.write_table(rows.set_column(rows.column_names.index("journal"), "journal", changed), path)


def overwrite_the_first_page(store: Store) -> None:
    path = newest_parquet(store)
    data = path.read_bytes()
    path.write_bytes(data[:4] + bytes(60) + data[64:])


DAMAGES: dict[str, Callable[[Store], object]] = {
    "a value changed in the parquet file": change_a_value,
    "some bytes of the parquet file overwritten": overwrite_the_first_page,
    "the parquet file cut short": lambda store: os.truncate(newest_parquet(store), 100),
    "the parquet file gone": lambda store: newest_parquet(store).unlink(),
    "the log cut short": lambda store: os.truncate(log(store, 1), 200),
    "a log entry empty, as after a power cut": lambda store: os.truncate(log(store, 1), 0),
    "a log entry that is no text": lambda store: log(store, 1).write_bytes(b"\xff\x00"),
    "the first log entry gone": lambda store: log(store, 0).unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_damage_is_found_on_reading(store: Store, damage: Callable[[Store], object]) -> None:
    damage(store)
    with pytest.raises(DamagedData) as found:
        store.read("report")
    assert found.value.exit_code == 5
    assert str(store.path("report")) in str(found.value)
    assert "\n" not in str(found.value), "one line, not the engine's stack of causes"


def test_the_log_is_never_cleaned_up(store: Store) -> None:
    """The engine's default deletes entries of over 30 days with every hundredth commit, and lineage with them."""
    from catalog.store import _properties

    assert _properties(reports("one"), LINEAGE, None)["post_commithook_properties"].cleanup_expired_logs is False


def test_the_checksum_is_the_one_that_stands_in_existing_logs() -> None:
    """Whoever changes the checksum makes every stored table look damaged: this number must not change lightly."""
    rows = pa.table({
        "text": ["a", None, "ü"], "whole": pa.array([1, None, 3], pa.int64()), "number": [0.5, None, -1.0],
        "boolean": [True, None, False],
    })  # fmt: skip
    assert content_sha256(rows) == "d04b71698bd910ab305ad30db8d7e883af0c95b48a2ad7a503187ba7d1f9274f"
