"""A large table is held and built otherwise than a small one, and nobody can tell from what comes out."""

from pathlib import Path

import pytest

from catalog.store import Store
from catalog.tables import TABLES
from catalog.topic import load_topic
from harmonize.tables import harmonize, known_names, look_for_overlaps
from ingest.cohort.loading import load_cohort
from ingest.curation.importing import import_folder

TOPIC = load_topic("hcc-sorafenib-cr")
SHIPPED = Path("catalog/evidence/hcc-sorafenib-cr")
BUILT = ("study", "patient", "measurement", "overlap", "discrepancy")


@pytest.fixture
def everything_is_large(monkeypatch):
    for module in ("catalog.compact", "catalog.store", "ingest.observations"):
        monkeypatch.setattr(f"{module}.LARGE", 1)


def loaded(folder, *, cohort_first):
    store = Store(folder, TOPIC.slug)
    steps = [
        lambda: import_folder(SHIPPED, TOPIC, store),
        lambda: load_cohort(SHIPPED / "park2015_tables_2_to_5.csv", SHIPPED / "park2015_mapping.toml", TOPIC, store),
    ]
    for step in steps[::-1] if cohort_first else steps:
        step()
    return store


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    store = loaded(tmp_path_factory.mktemp("small"), cohort_first=False)
    harmonize(TOPIC, store)
    return store


@pytest.mark.parametrize("cohort_first", [False, True])
@pytest.mark.usefixtures("everything_is_large")
def test_the_shipped_evidence_gives_the_same_tables(small, tmp_path, cohort_first):
    store = loaded(tmp_path, cohort_first=cohort_first)
    harmonize(TOPIC, store)
    for name in ("observation", *BUILT):
        assert store.commit_of(name)["content_sha256"] == small.commit_of(name)["content_sha256"], name
        assert store.read(name).equals(small.read(name))
    assert known_names(store) == known_names(small)
    assert look_for_overlaps(store) == look_for_overlaps(small)


@pytest.mark.usefixtures("everything_is_large")
def test_loading_again_changes_nothing(tmp_path):
    store = loaded(tmp_path, cohort_first=True)
    version = store.version("observation")
    loaded(tmp_path, cohort_first=False)
    assert store.version("observation") == version
    assert store.read("observation").schema.names == list(TABLES["observation"].columns)
