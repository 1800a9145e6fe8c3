"""Rules that a topic adds: read, checked in one list, bound to the verdict."""

import re
from dataclasses import replace

import pytest
from support.chain import shipped_topic

from catalog.errors import Problems
from catalog.rule_kinds import Between, Share
from catalog.topic import load_topic
from catalog.topic_rules import KINDS, build_rules
from catalog.verdict import suite_hash
from expectations.checks import all_checks

DOSE = {
    "name": "dose_given", "table": "patient", "kind": "between", "column": "start_dose_mg_per_day", "minimum": 200,
    "maximum": 1600, "where": {"sex": ["M", "F"]}, "sentence": "the first dose is one that is given",
    "severity": "warning", "reason": "the label",
}  # fmt: skip
RARE = {
    "name": "cr_is_rare", "table": "study", "kind": "share", "part": "n_cr", "whole": "n_treated", "maximum": 0.1,
    "sentence": "CR is rare", "severity": "warning", "reason": "no arm came near it",
}  # fmt: skip


def problems_of(*entries):
    problems = Problems()
    rules = build_rules(list(entries), "t.toml", problems)
    return rules, [str(problem) for problem in problems]


def test_rules_are_built_and_become_checks_with_their_reason():
    rules, problems = problems_of(DOSE, RARE)
    assert problems == []
    assert [type(rule) for rule in rules] == [Between, Share]
    checks = {check.id: check for check in all_checks((), rules)}
    dose = checks["patient.dose_given"]
    assert (dose.kind, dose.columns, dose.where, dose.note) == (
        "between", ("start_dose_mg_per_day",), ("sex", ("M", "F")), "the label",
    )  # fmt: skip
    assert checks["study.cr_is_rare"].arguments == {"maximum": 0.1}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colum": "sex"}, "unknown key.*found 'colum'.*Did you mean 'column'"),
        ({"kind": "betwen"}, "unknown value.*found 'betwen'.*Did you mean 'between'"),
        ({"table": "patients"}, "unknown value.*found 'patients'.*Did you mean 'patient'"),
        ({"severity": "grave"}, "column 'severity': unknown value.*allowed: critical, warning, info"),
        ({"reason": " "}, "column 'reason': a required key is missing or no text"),
        ({"name": "Dose given"}, "a name is small letters"),
        ({"column": "start_dose"}, "does not have the column.*found 'start_dose'.*'start_dose_mg_per_day'"),
        ({"minimum": "200"}, "column 'minimum': wrong type.*found '200'; allowed: a number"),
        ({"minimum": True}, "column 'minimum': wrong type"),
        ({"where": {"sex": ["X"]}}, "column 'sex': unknown code.*found 'X'"),
        ({"where": {"sexes": ["M"]}}, "does not have the column.*found 'sexes'"),
        ({"where": {"sex": ["M"], "etiology": ["HBV"]}}, "column 'where': wrong type.*one column"),
        ({"name": "child_pugh_a"}, "a rule of this name stands already; found 'patient.child_pugh_a'"),
    ],
)
def test_what_is_wrong_is_said(change, message):
    rules, problems = problems_of({**DOSE, **change})
    assert rules == ()
    assert any(re.search(message, problem) for problem in problems), problems


def test_what_is_missing_is_said():
    bare = {key: value for key, value in DOSE.items() if key not in ("minimum", "maximum")}
    assert "a bound is missing" in problems_of(bare)[1][0]
    headless = {key: value for key, value in RARE.items() if key not in ("part", "sentence")}
    assert "column 'sentence': a required key is missing or no text" in problems_of(headless)[1][0]
    partless = {key: value for key, value in RARE.items() if key != "part"}
    assert "column 'part': a required key is missing" in problems_of(partless)[1][0]


def test_everything_wrong_is_said_at_once():
    _, problems = problems_of({**DOSE, "column": "start_dose"}, {**RARE, "maximum": "much"}, 7)
    assert len(problems) == 3


def test_a_pattern_must_be_one():
    shaped = {**DOSE, "kind": "shaped", "pattern": "[0-9", "column": "tumor_location"}
    for key in ("minimum", "maximum", "where"):
        del shaped[key]
    assert "not a regular expression" in problems_of(shaped)[1][0]


def test_a_name_stands_once():
    assert "stands already" in problems_of(DOSE, DOSE)[1][0]


def test_every_kind_can_be_asked_by_a_topic_and_checks_know_it():
    assert set(KINDS) == {
        "agree", "allowed", "between", "contains", "differ", "distinct", "empty", "filled", "forbidden", "not_after",
        "shaped", "share",
    }  # fmt: skip


def test_a_topic_file_brings_its_rules_and_they_bind_the_verdict(tmp_path):
    shipped = shipped_topic()
    text = (shipped.folder / f"{shipped.slug}.toml").read_text(encoding="utf-8")
    text += '\n[[rule]]\nname = "adult"\ntable = "patient"\nkind = "between"\ncolumn = "age_years"\nminimum = 18\n'
    text += 'sentence = "patients are adults"\nseverity = "info"\nreason = "a test"\n'
    path = tmp_path / "other.toml"
    path.write_text(text, encoding="utf-8")
    topic = load_topic(str(path))
    assert [rule.id for rule in topic.rules][-1] == "patient.adult"
    assert suite_hash(topic) != suite_hash(replace(topic, rules=()))


def test_the_shipped_topic_asks_what_only_this_drug_and_disease_can_answer():
    rules = {rule.id: rule for rule in shipped_topic().rules}
    assert (rules["study.cr_is_rare"].part, rules["study.cr_is_rare"].maximum) == ("n_cr", 0.05)
    assert (rules["patient.dose_given"].minimum, rules["patient.dose_given"].maximum) == (200, 1600)
    assert rules["study.published_with_the_drug"].minimum == 2006
    assert rules["study.treated_with_the_drug"].minimum == 2000


@pytest.mark.parametrize(
    ("kind", "keys", "message"),
    [
        ("between", {"column": "sex", "minimum": 1}, "column 'sex': this kind of rule asks for a column of numbers"),
        ("between", {"column": "age_years", "minimum": 9, "maximum": 3}, "smallest is above the largest.*'9 and 3'"),
        ("between", {"column": "age_years", "minimum": float("nan")}, "a bound that is no number"),
        ("share", {"part": "sex", "whole": "ecog", "maximum": 0.5}, "column 'sex': .* a column of numbers"),
        ("not_after", {"earlier": "sex", "later": "ecog", "slack": 1}, "column 'sex': .* a column of numbers"),
        ("shaped", {"column": "age_years", "pattern": "[0-9]"}, "column 'age_years': .* a column of words"),
        ("forbidden", {"column": "ecog", "values": ["0"]}, "column 'ecog': .* a column of words.*found 'integer'"),
        ("allowed", {"column": "sex", "values": []}, "column 'values': no value is named"),
        ("filled", {"column": "sex", "where": {"ecog": ["0"]}}, "a condition on a column that holds no words"),
        ("distinct", {"columns": []}, "columns are one or several different ones.*'none'"),
        ("distinct", {"columns": ["sex", "sex"]}, "columns are one or several different ones.*'sex, sex'"),
        ("differ", {"first": "sex", "second": "sex"}, "a column beside itself.*found 'sex'"),
        ("agree", {"first": "age_years", "second": "sex"}, "words beside numbers.*'age_years and sex'"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused(kind, keys, message):
    rule = {"name": "mine", "table": "patient", "kind": kind, "sentence": "s", "severity": "info", "reason": "r"} | keys
    _, problems = problems_of(rule)
    assert len(problems) == 1
    assert re.search(message, problems[0]), problems


def test_a_rule_may_ask_that_one_column_is_distinct_and_another_is_filled():
    about = {"table": "patient", "sentence": "s", "severity": "info", "reason": "r"}
    rules, problems = problems_of(
        about | {"name": "one", "kind": "distinct", "columns": ["file"]},
        about | {"name": "two", "kind": "empty", "column": "ecog", "where": {"age_years": []}},
    )
    assert (len(rules), problems) == (2, [])
