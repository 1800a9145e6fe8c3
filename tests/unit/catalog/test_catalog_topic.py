"""A topic file: unknown keys, columns and codes are refused with the nearest known one, all in one list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalog.errors import InvalidInput
from catalog.topic import QUESTIONS, Topic, load_topic, shipped_topics

WHOLE = """
title = "T"
question = "Q"
[drug]
name = "sorafenib"
[disease]
name = "hepatocellular carcinoma"
[[exclusion]]
code = "few"
reason = "too few"
unit = "study"
questions = ["cr_rate"]
when = { design = ["case_report"] }
[[analysis]]
id = "primary"
question = "cr_rate"
title = "All"
[[analysis]]
id = "primary"
question = "time_to_cr"
title = "All"
[[analysis]]
id = "primary"
question = "recurrence"
title = "All"
"""


def load(folder: Path, text: str) -> Topic:
    path = folder / "other.toml"
    path.write_text(text, encoding="utf-8")
    return load_topic(str(path))


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        load(folder, text)
    assert all(problem.file == str(folder / "other.toml") for problem in refused.value.problems)
    return [str(problem).removeprefix(f"{folder / 'other.toml'}") for problem in refused.value.problems]


def test_a_whole_topic_is_read(tmp_path: Path) -> None:
    topic = load(tmp_path, WHOLE)
    assert (topic.slug, topic.title, topic.drug.name) == ("other", "T", "sorafenib")
    assert topic.exclusions[0].when == {"design": ("case_report",)}
    assert [analysis.id for analysis in topic.of("recurrence")] == ["primary"]
    assert re.fullmatch("[0-9a-f]{64}", topic.sha256)


def test_the_evidence_of_a_topic_file_lies_beside_it(tmp_path: Path) -> None:
    assert load(tmp_path, WHOLE).evidence == tmp_path / "other"


@pytest.mark.parametrize("slug", shipped_topics())
def test_a_shipped_topic_has_its_evidence_and_a_primary_analysis_of_each_question(slug: str) -> None:
    topic = load_topic(slug)
    assert (topic.evidence / "studies.csv").is_file()
    assert [topic.of(question)[0].id for question in QUESTIONS] == ["primary"] * len(QUESTIONS)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('title = "T"', 'titel = "T"', "unknown key; found 'titel'; .*Did you mean 'title'"),
        ('title = "T"', "", "column 'title': a required key is missing"),
        ('title = "T"', "title = 7", "column 'title': wrong type; found '7'"),
        ('name = "sorafenib"', 'nam = "sorafenib"', r"unknown key in \[drug\] number 1; found 'nam'.*'name'"),
        ("[drug]", "[[drug]]", r"\[drug\] stands once"),
        ("[drug]", "[[screening]]", "column 'drug': a required key is missing"),
        ('unit = "study"', 'unit = "hospital"', "column 'unit': unknown value.*allowed: study, patient"),
        ('reason = "too few"', "reason = 5", "column 'reason': wrong type.*found '5'"),
        ('questions = ["cr_rate"]', 'questions = "cr_rate"', "column 'questions': wrong type"),
        ('questions = ["cr_rate"]', 'questions = ["rate"]', "unknown question in exclusion few; found 'rate'"),
        ("design = [", "desing = [", "column that table study does not have; found 'desing'. Did you mean 'design'"),
        ('["case_report"]', '["case"]', "column 'design': unknown code in exclusion few; found 'case'; allowed: trial"),
        ('when = { design = ["case_report"] }', "", "exclusion few has no condition: it would fit everybody"),
        ('question = "recurrence"', 'question = "relapse"', "column 'question': unknown value.*found 'relapse'"),
        ('question = "recurrence"', 'question = "cr_rate"', "an analysis is declared twice; found 'cr_rate primary'"),
        ('question = "recurrence"', 'question = "cr_rate"', "no primary analysis of recurrence"),
        ('title = "All"', 'title = "All"\nlift = ["fw"]', "lifts an unknown exclusion; found 'fw'; allowed: few"),
        ('title = "All"', 'title = "All"\nkeep = { "study.sex" = ["M"] }', "table study does not have; found 'study.s"),
        ('title = "All"', 'title = "All"\noverlaps = "twice"', "column 'overlaps': unknown value.*allowed: once, all"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in WHOLE
    found = problems(tmp_path, WHOLE.replace(before, after, 1))
    assert any(re.search(message, problem) for problem in found), found


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = (
        WHOLE.replace('title = "T"', 'titel = "T"', 1)
        .replace("design = [", "desing = [")
        .replace('unit = "study"', 'unit = "study"\ncolour = "red"')
        .replace('id = "primary"\nquestion = "recurrence"', 'id = "main"\nquestion = "recurrence"')
    )
    found = problems(tmp_path, text)
    for part in ("'titel'", "'title'", "'colour'", "no primary analysis of recurrence"):
        assert any(part in problem for problem in found), part


def test_a_topic_without_analyses_is_refused(tmp_path: Path) -> None:
    text = WHOLE[: WHOLE.index("[[exclusion]]")].replace('question = "Q"', 'question = "Q"\nanalysis = []')
    assert any("column 'analysis'" in problem for problem in problems(tmp_path, text))


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    assert "not a TOML file" in problems(tmp_path, "title = ")[0]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hcc-sorafenib", "Did you mean 'hcc-sorafenib-cr'"),
        ("nonsense", "A path must end in .toml"),
        ("nowhere/x.toml", "no such topic file"),
    ],
)
def test_a_topic_that_is_not_there_is_refused(name: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        load_topic(name)
