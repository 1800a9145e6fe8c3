"""The journal of a refresh under way, and the query that a topic makes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from pathlib import Path

import pytest

from catalog.errors import InvalidInput
from catalog.topic import Search, Topic, load_topic
from ingest.pubmed.command import day
from ingest.pubmed.journal import FRESH_SECONDS, Entry, Journal
from ingest.pubmed.query import query_of


def test_what_was_noted_is_read_back_and_forgotten(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.entries() == []
    journal.add({"2", "1"}, "abc")
    journal.add(["3"], None)
    assert [(entry.pmids, entry.raw_sha256, entry.fresh) for entry in journal.entries()] == [
        (("1", "2"), "abc", True),
        (("3",), None, True),
    ]
    journal.clear()
    assert journal.entries() == []


def test_a_line_that_was_cut_off_spoils_neither_its_neighbours_nor_the_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add(["1"], None)
    with journal.path.open("a") as file:
        file.write('{"pmids": ["2"], "raw')
    journal.add(["3"], None)
    assert [entry.pmids for entry in journal.entries()] == [("1",), ("3",)]


def test_what_was_fetched_long_ago_is_fetched_again() -> None:
    assert Entry((), None, time.time() - FRESH_SECONDS + 60).fresh
    assert not Entry((), None, time.time() - FRESH_SECONDS - 60).fresh


def topic_with(**blocks: tuple[str, ...]) -> Topic:
    return dataclasses.replace(load_topic("hcc-sorafenib-cr"), search=Search(blocks))


def test_blocks_are_joined_by_and_terms_by_or() -> None:
    topic = topic_with(drug=("sorafenib[tiab]", '"bay 43-9006"[tiab]'), disease=("hcc[tiab]",))
    assert query_of(topic) == '(sorafenib[tiab] OR "bay 43-9006"[tiab]) AND (hcc[tiab])'
    assert query_of(topic, dt.date(2024, 3, 1)).endswith('AND ("2024/03/01"[crdt] : "3000"[crdt])')


def test_terms_that_cannot_be_are_refused_all_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        query_of(topic_with(drug=("sorafenib[tiab", '"bay'), disease=("(hcc", " ")))
    said = str(refused.value)
    for words in (
        "brackets [] do not match",
        "a quotation mark is not closed",
        "brackets () do not match",
        "empty search",
    ):
        assert words in said
    assert said.startswith("4 problems")


def test_a_topic_that_does_not_search_says_so() -> None:
    with pytest.raises(InvalidInput, match=r"Add \[search.blocks\] to it"):
        query_of(dataclasses.replace(load_topic("hcc-sorafenib-cr"), search=None))


def test_days_are_read_either_way_and_others_refused() -> None:
    assert day("2024-03-01") == day("2024/03/01") == dt.date(2024, 3, 1)
    for text, words in (("March", "not a day"), ("2024-13-01", "not a day"), ("2999-01-01", "has not come yet")):
        with pytest.raises(InvalidInput, match=words):
            day(text)
