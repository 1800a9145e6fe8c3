"""The verdict holds for exactly the tables, words, rules and tuning that were checked, and for nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.chain import shipped_topic, store_of

from catalog import verdict as module
from catalog.errors import GateBlocked
from catalog.lineage import Lineage
from catalog.rules import RULES
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import CHECKED, GATED, HARMONIZED_FROM, TABLES
from catalog.topic import Tuning
from catalog.verdict import DATED, require_verdict, suite_hash, why_blocked
from catalog.vocabulary import Vocabulary, vocabulary

TOPIC = shipped_topic()


@pytest.fixture
def store(harmonized_copy: Path) -> Store:
    """Harmonized tables with a passing verdict, written here because the gate itself takes seconds to start."""
    store = store_of(harmonized_copy)
    give(store, "passed")
    return store


def give(store: Store, verdict: str, n_critical: int = 0) -> None:
    row = {
        "verdict_id": "gate", "verdict": verdict, "suite_hash": suite_hash(TOPIC), "n_critical": n_critical,
        "table_versions": json.dumps(store.versions(CHECKED)), "n_warning": 0,
    }  # fmt: skip
    store.replace("verdict", from_rows(TABLES["verdict"], [row]), Lineage("test"))


def test_a_passing_verdict_lets_the_analysis_through(store: Store) -> None:
    assert why_blocked(store, TOPIC) is None
    require_verdict(store, TOPIC)


def test_no_verdict_blocks(harmonized_data: Path) -> None:
    with pytest.raises(GateBlocked, match=r"have not been checked\. Run python -m expectations --topic hcc") as blocked:
        require_verdict(store_of(harmonized_data), TOPIC)
    assert blocked.value.exit_code == 3


@pytest.mark.parametrize("name", GATED)
def test_a_changed_table_blocks(store: Store, name: str) -> None:
    store.replace(name, store.read(name).slice(1), Lineage("test"))
    assert "the tables have changed since they were checked" in str(why_blocked(store, TOPIC))


@pytest.mark.parametrize("name", ["observation", "overlap_choice"])
def test_a_source_that_changed_since_it_was_harmonized_blocks(store: Store, name: str) -> None:
    store.replace(name, store.read(name).slice(1), Lineage("test"))
    assert why_blocked(store, TOPIC) == (
        f"sources have changed since they were harmonized: {name}. Run python -m harmonize --topic hcc-sorafenib-cr"
    )


@pytest.mark.parametrize("name", HARMONIZED_FROM)
def test_a_source_that_came_after_the_tables_were_harmonized_blocks(store: Store, name: str) -> None:
    known = {other: version for other, version in store.versions(HARMONIZED_FROM).items() if other != name}
    store.replace(DATED, store.read(DATED), Lineage("harmonize", {}, TOPIC.sha256, known), renew=True)
    assert f"sources have changed since they were harmonized: {name}." in str(why_blocked(store, TOPIC))


def test_a_change_of_the_sources_that_changes_no_row_is_taken_over_once(store: Store) -> None:
    before = store.versions(GATED)
    rows = store.read("observation").slice(1)
    store.replace("observation", rows, Lineage("test"))
    lineage = Lineage("harmonize", {}, TOPIC.sha256, store.versions(HARMONIZED_FROM))
    for _ in range(2):
        store.replace(DATED, store.read(DATED), lineage, renew=True)
    assert store.versions(GATED) == {**before, DATED: before[DATED] + 1}
    give(store, "passed")
    assert why_blocked(store, TOPIC) is None


def test_failed_checks_block_and_are_counted(store: Store) -> None:
    give(store, "blocked", n_critical=2)
    assert "2 critical checks failed" in str(why_blocked(store, TOPIC))


def test_another_tuning_blocks(store: Store) -> None:
    tuned = replace(TOPIC, tunings=(*TOPIC.tunings, Tuning("study.cr_within_treated", "info", "because")))
    assert "the rules have changed since the tables were checked" in str(why_blocked(store, tuned))


def test_changed_rules_block(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RULES", RULES[1:])
    assert "the rules have changed" in str(why_blocked(store, TOPIC))


def test_a_changed_declaration_blocks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    study = TABLES["study"]
    monkeypatch.setitem(TABLES, "study", replace(study, required=study.required[1:]))
    assert "the rules have changed" in str(why_blocked(store, TOPIC))


def test_a_changed_vocabulary_blocks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_word_more(name: str) -> Vocabulary:
        words = vocabulary(name)
        return replace(words, labels={**words.labels, "new": "New"}) if name == "design" else words

    monkeypatch.setattr(module, "vocabulary", one_word_more)
    assert "the rules have changed" in str(why_blocked(store, TOPIC))
