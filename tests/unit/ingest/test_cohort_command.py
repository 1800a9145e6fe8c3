"""``python -m ingest.cohort``: the file may come first, as it always did; `load` and `draft` are commands beside it."""

import pytest
from support.command import call
from support.workplace import MAPPING, SLUG, WARD

from ingest.cohort.__main__ import app


@pytest.fixture
def ward(tmp_path):
    (tmp_path / "ward7.csv").write_text(WARD, encoding="utf-8")
    (tmp_path / "ward7.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("before", [(), ("load",)])
def test_the_file_alone_is_loaded(ward, before):
    called = call(app, *before, ward / "ward7.csv", "--mapping", ward / "ward7.toml", "--data", ward / "data")
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("read as text in UTF-8, cells separated by commas\n2 rows: 2 patients\n")
    assert (ward / "data" / SLUG / "source" / "observation").is_dir()


def test_options_may_come_before_the_file(ward):
    called = call(app, "--mapping", ward / "ward7.toml", "--data", ward / "data", ward / "ward7.csv")
    assert called.code == 0


def test_a_second_load_changes_nothing(ward):
    arguments = (ward / "ward7.csv", "--mapping", ward / "ward7.toml", "--data", ward / "data")
    call(app, *arguments)
    assert call(app, *arguments).out.count("unchanged") == 2


def test_a_file_named_like_a_command_is_given_with_its_folder(ward, monkeypatch):
    monkeypatch.chdir(ward)
    (ward / "draft").write_text("x")
    assert "no reader for this kind of file" in call(app, "./draft", "--mapping", "ward7.toml").err


def test_help_names_both_commands():
    out = call(app, "--help").out
    assert "load " in out
    assert "draft " in out
    assert "--mapping" in call(app, "load", "-h").out


def test_no_mapping_is_a_wrong_call(ward):
    called = call(app, ward / "ward7.csv")
    assert called.code == 2
    assert "Missing option '--mapping'" in called.err


def test_a_draft_is_shown_or_written(ward):
    shown = call(app, "draft", ward / "ward7.csv")
    assert (shown.code, shown.err) == (0, "")
    assert '[[column]]\nname = "Age"\nfield = "age_years"  # guess\n' in shown.out
    written = call(app, "draft", ward / "ward7.csv", "--out", ward / "draft.toml")
    assert (written.code, (ward / "draft.toml").read_text(encoding="utf-8")) == (0, shown.out.removesuffix("\n"))
    assert call(app, "draft", ward / "ward7.csv", "--out", ward / "draft.toml").code == 2
    assert not (ward / "data").exists()


def test_a_draft_of_what_is_no_file(ward):
    called = call(app, "draft", ward / "gone.csv")
    assert called.code == 2
    assert "no such file" in called.err
