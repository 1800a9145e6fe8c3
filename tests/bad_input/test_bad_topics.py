"""A topic that is wrong is refused by every command before anything is read or written."""

import pytest
from support.workplace import SLUG

from catalog.topic import load_topic


@pytest.fixture
def apps():
    from expectations.__main__ import app as expectations
    from harmonize.__main__ import app as harmonize
    from ingest.curation.__main__ import app as curation

    return {("import",): curation, (): harmonize, ("--again",): expectations}


def spoiled_topic(work, old, new):
    """Write the shipped topic with one thing changed."""
    text = (load_topic(SLUG).folder / f"{SLUG}.toml").read_text(encoding="utf-8")
    assert old in text
    return work.write(f"{SLUG}.toml", text.replace(old, new, 1))


def test_an_unknown_topic_names_the_nearest(work, apps):
    for arguments, app in apps.items():
        (problem,) = work.refused(app, *arguments, "--topic", "hcc-sorafenib")
        assert problem.startswith("no such topic; found 'hcc-sorafenib'; allowed: ")
        assert problem.endswith(f". Did you mean {SLUG!r}?")


def test_a_missing_topic_file_is_named(work, apps):
    for arguments, app in apps.items():
        (problem,) = work.refused(app, *arguments, "--topic", work.folder / "gone.toml")
        assert problem.endswith("gone.toml: no such topic file")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[drug]", "[drugs]", "unknown key; found 'drugs'"),
        ('synonyms = ["Nexavar', 'synonym = ["Nexavar', "in [drug] number 1; found 'synonym'"),
        ("when = {", "wen = {", "found 'wen'; allowed: code, reason, unit, questions, when"),
        ('monotherapy = ["no"]', 'monotherapy = ["maybe"]', "column 'monotherapy': unknown code in exclusion"),
        ("{ denominator =", "{ denominators =", "that table study does not have; found 'denominators'"),
        ('question = "cr_rate"', 'question = "cr_rates"', "column 'question': unknown value in [analysis]"),
        ("[drug]", "[drug", "not a TOML file"),
        (
            'reason = "the report has been retracted"',
            'reason = ""',
            "column 'reason': a required key is empty in [excl",
        ),
        (
            "[[exclusion]]",
            '[[tuning]]\nrule = "patient.range_steady"\nseverity = "info"\nreason = " "\n\n[[exclusion]]',
            "column 'reason': a required key is empty in [tuning] number 1",
        ),
    ],
)
def test_a_spoiled_topic_is_refused(work, apps, old, new, problem):
    topic = spoiled_topic(work, old, new)
    problems = work.refused(apps[()], "--topic", topic)
    assert problem in problems[0]
    assert str(topic) in problems[0]


def test_the_gate_refuses_a_tuning_of_an_unknown_rule_with_the_nearest(work, apps):
    tuning = '[[tuning]]\nrule = "patient.recurrence_timd"\nseverity = "info"\nreason = "a test"\n\n[[exclusion]]'
    (problem,) = work.refused(apps["--again",], "--topic", spoiled_topic(work, "[[exclusion]]", tuning))
    assert problem == (
        f"{SLUG}: the topic tunes an unknown rule; found 'patient.recurrence_timd'. "
        "Did you mean 'patient.recurrence_timed'?"
    )
