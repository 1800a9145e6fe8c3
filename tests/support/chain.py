"""The chain on the shipped evidence, by its Python functions: a data folder after each stage, and copies of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from catalog.store import Store
from catalog.topic import Topic, load_topic

SLUG = "hcc-sorafenib-cr"


def shipped_topic() -> Topic:
    return load_topic(SLUG)


def store_of(data: Path) -> Store:
    """The shipped topic's tables in a data folder."""
    return Store(data, SLUG)


def fill_and_harmonize(data: Path) -> Path:
    """Import the curated evidence and the example cohort into `data`, and harmonize them."""
    from harmonize.tables import harmonize
    from ingest.cohort.loading import load_cohort
    from ingest.curation.importing import import_folder

    topic, store = shipped_topic(), store_of(data)
    import_folder(topic.evidence, topic, store)
    cohort = topic.evidence / "park2015_tables_2_to_5.csv"
    load_cohort(cohort, topic.evidence / "park2015_mapping.toml", topic, store)
    harmonize(topic, store)
    return data


def pass_the_gate(data: Path) -> Path:
    """Run the gate on `data`; importing Great Expectations takes about eight seconds."""
    from expectations.gate import run_gate

    outcome = run_gate(shipped_topic(), store_of(data))
    assert outcome.passed, outcome.findings_file.read_text(encoding="utf-8")
    return data


def copied(data: Path, target: Path) -> Path:
    """A copy of a data folder that a test may change."""
    shutil.copytree(data, target)
    return target
