"""Screening by the topic's rules: words, index terms, order, retractions."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from catalog.topic import ScreeningRule, Topic, load_topic
from ingest.pubmed.record import Heading, Notice, Record, Section, Term
from ingest.pubmed.screening import Decision, screen


@cache
def topic() -> Topic:
    return load_topic("hcc-sorafenib-cr")


def with_rules(*rules: ScreeningRule) -> Topic:
    return replace(topic(), screening=rules)


def rule(**parts: object) -> ScreeningRule:
    return ScreeningRule(**{"code": "fits", "reason": "it fits", "decision": "include", **parts})  # type: ignore[arg-type]


def fits(record: Record, **parts: object) -> bool:
    return screen(record, with_rules(rule(**parts))).reason_code == "fits"


def a_record(title: str | None = None, abstract: str | None = None, **more: object) -> Record:
    sections = (Section(None, None, abstract),) if abstract else ()
    return Record(pmid="1", title=title, abstract=sections, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "term", "found"),
    [
        ("Sorafenib for HCC", "sorafenib", True),
        ("Regorafenib-sorafenib", "sorafenib", True),
        ("sorafenibum", "sorafenib", False),
        ("BAY43-9006 in HCC", "BAY 43-9006", True),
        ("bay 43-9006", "BAY 43-9006", True),
        ("Two complete remissions", "complete remission", True),
        ("A complete\u2010remission", "complete remission", True),
        ("disease-free survival", "disease free", True),
        ("incomplete remission", "complete remission", False),
        ("Serum Cr rose", "CR", False),
        ("CRs were rare", "CR", True),
        ("CR was seen", "CR", True),
        ("responders", "respon*", True),
        ("unresponsive", "respon*", False),
    ],
)
def test_words_are_found_as_a_reader_would(title: str, term: str, found: bool) -> None:
    assert fits(a_record(title), any={"title": (term,)}) is found


def test_text_is_title_abstract_keywords_and_other_abstracts() -> None:
    record = a_record("A", "B", keywords=("C",))
    assert all(fits(record, any={"text": (letter,)}) for letter in "ABC")
    assert not fits(record, any={"abstract": ("C",)})


def test_index_terms_are_compared_whole_by_name_identifier_or_as_spoken() -> None:
    record = a_record(mesh=(Heading("D006528", "Carcinoma, Hepatocellular", False, ()),),
                      substances=(Term("D000077157", "Sorafenib"),), languages=("eng",),
                      publication_types=(Term("D002363", "Case Reports"),))  # fmt: skip
    for term in ("D006528", "carcinoma, hepatocellular", "hepatocellular carcinoma", "@disease"):
        assert fits(record, any={"mesh": (term,)}), term
    assert not fits(record, any={"mesh": ("Carcinoma",)})
    assert fits(record, any={"substance": ("@drug",)})
    assert fits(record, any={"publication_type": ("Case Reports",)})
    assert fits(record, any={"language": ("eng",)})


def test_groups_of_a_rule() -> None:
    record = a_record("alpha", "beta")
    assert fits(record, any={"title": ("x", "alpha"), "abstract": ("y",)})
    assert fits(record, all={"title": ("alpha",), "abstract": ("beta",)})
    assert not fits(record, all={"title": ("alpha",), "abstract": ("alpha",)})
    assert not fits(record, none={"title": ("alpha",)})
    assert fits(record, filled=("abstract",))
    assert not fits(a_record("alpha"), filled=("abstract",))
    assert fits(record), "a rule that asks for nothing fits everything"


def test_the_first_rule_that_fits_decides() -> None:
    rules = with_rules(
        rule(code="no", any={"title": ("zeta",)}), rule(code="one", decision="exclude"), rule(code="two")
    )
    assert screen(a_record("alpha"), rules) == Decision("title_abstract", "exclude", "one", "it fits")


def test_what_no_rule_fits_is_read() -> None:
    assert screen(a_record("alpha"), with_rules()).decision == "read"


def test_a_retracted_report_is_excluded_with_its_notice_whatever_the_rules_say() -> None:
    record = a_record("alpha", comments_corrections=(Notice("RetractionIn", "99", "J X", None),))
    assert screen(record, with_rules(rule())) == Decision(
        "title_abstract", "exclude", "retracted", "retracted; notice: 99"
    )


def test_an_expression_of_concern_is_told_beside_the_decision() -> None:
    record = a_record("alpha", comments_corrections=(Notice("ExpressionOfConcernIn", "98", "J X", None),))
    decision = screen(record, with_rules(rule()))
    assert (decision.decision, decision.reason) == ("include", "it fits; expression of concern: 98")


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (a_record("Sorafenib in HCC", "One complete remission."), "may_report_remission"),
        (a_record("Sorafenib in HCC"), "may_report_remission"),
        (a_record("Sorafenib in HCC", "No response."), "remission_not_named"),
        (a_record("Lenvatinib in HCC", "A complete response."), "another_drug"),
        (a_record("Sorafenib in thyroid cancer", "A complete response."), "another_disease"),
        (a_record("x", publication_types=(Term(None, "Published Erratum"),)), "not_a_report"),
    ],
)
def test_the_shipped_topic(record: Record, code: str) -> None:
    assert screen(record, topic()).reason_code == code
