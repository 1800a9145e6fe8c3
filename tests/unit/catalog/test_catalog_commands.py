"""``python -m catalog``: what each command prints, and the code it leaves with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.chain import store_of
from support.command import Called, call

from catalog.__main__ import app
from catalog.fields import FIELDS
from catalog.tables import STORED

COMMANDS = ("list", "show", "dictionary", "trace", "diff", "verify")


def run(data: Path, *arguments: object) -> Called:
    return call(app, *arguments, "--data", data)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_carries_an_example(command: str) -> None:
    said = call(app, command, "--help")
    assert said.code == 0
    assert f"Example: python -m catalog {command}" in " ".join(said.out.split())


def test_help_names_every_command() -> None:
    said = call(app, "--help").out
    assert [command for command in COMMANDS if f"  {command} " not in said] == []


def test_list_names_every_table_and_topic(harmonized_data: Path) -> None:
    said = run(harmonized_data, "list")
    assert said.code == 0
    lines = {line.split()[0]: line for line in said.out.splitlines() if line.strip()}
    assert set(STORED) <= set(lines)
    assert "27 rows, version 0, 20" in lines["patient"]
    assert lines["patient"].endswith("python -m harmonize")
    assert "version 1" in lines["observation"]
    assert lines["estimate"].split()[1:] == ["never", "written"]
    assert "hcc-sorafenib-cr" in said.out.splitlines()[-1]


def test_list_goes_on_beside_a_damaged_table_and_leaves_with_5(harmonized_copy: Path) -> None:
    log = store_of(harmonized_copy).path("study") / "_delta_log" / f"{0:020}.json"
    log.write_text("{")
    said = run(harmonized_copy, "list")
    assert said.code == 5
    assert "  study           DAMAGED" in said.out
    assert "  patient         27 rows" in said.out
    assert str(log.parents[1]) in said.err


def test_show_prints_chosen_rows(harmonized_data: Path) -> None:
    where = ("--where", "study_id=park2015", "--where", "recurrence=yes")
    said = run(harmonized_data, "show", "patient", *where, "--format", "json")
    assert [row["patient_id"] for row in json.loads(said.out)] == ["park2015_p1", "park2015_p2", "park2015_p5"]


def test_show_prints_an_earlier_version(harmonized_data: Path) -> None:
    old = json.loads(run(harmonized_data, "show", "observation", "--version", "0", "--format", "json").out)
    assert {row["observation_method"] for row in old} == {"person"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "pateint"), 2, "Did you mean 'patient'?"),
        (("show", "patient", "--version", "9"), 2, "allowed: 0 to 0"),
        (("show", "patient", "--where", "agee_years=5"), 2, "Did you mean 'age_years'?"),
        (("show", "patient", "--where", "sex=Q"), 2, "unknown value"),
        (("show", "estimate"), 2, "Run python -m synthesize first"),
        (("show", "patient", "--format", "xml"), 2, "xml"),
        (("show",), 2, "TABLE"),
        (("trace", "park2051"), 2, "Did you mean 'park2015'?"),
        (("diff", "patient", "--from", "0", "--to", "3"), 2, "allowed: 0 to 0"),
        (("verify", "--topic", "hcc-sorafenib"), 2, "Did you mean 'hcc-sorafenib-cr'?"),
    ],
)
def test_a_mistake_is_said_without_a_traceback(
    harmonized_data: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    said = run(harmonized_data, *arguments)
    assert said.code == code
    assert message in said.err
    assert "Traceback" not in said.err


def test_diff_prints_what_a_load_added(harmonized_data: Path) -> None:
    said = run(harmonized_data, "diff", "observation", "--from", "0", "--to", "1", "--format", "json")
    counts = json.loads(said.out)["counts"]
    assert counts["added"] > 200
    assert (counts["removed"], counts["changed"]) == (0, 0)


def test_diff_compares_with_the_version_before_unless_told_otherwise(harmonized_data: Path) -> None:
    told = run(harmonized_data, "diff", "observation", "--from", "0", "--to", "1").out
    assert told.startswith("observation, version 0 to 1: ")
    assert run(harmonized_data, "diff", "observation").out == told


def test_trace_prints_text_or_json(harmonized_data: Path) -> None:
    assert run(harmonized_data, "trace", "park2015_p4").out.startswith("patient park2015_p4, version 0")
    assert json.loads(run(harmonized_data, "trace", "patient", "--json").out)["kind"] == "table"
    assert "study search, version 0" in run(harmonized_data, "trace", "search", "--as", "study").out


def test_verify_passes_what_is_whole(harmonized_data: Path) -> None:
    said = run(harmonized_data, "verify")
    assert said.code == 0
    assert said.out.splitlines()[0].split() == ["checked", "number", "damaged"]


def test_verify_leaves_with_5_when_something_is_damaged(harmonized_copy: Path) -> None:
    next(store_of(harmonized_copy).path("overlap").glob("*.parquet")).write_bytes(b"PAR1")
    said = run(harmonized_copy, "verify")
    assert said.code == 5
    assert "harmonized/overlap cannot be read" in said.err


def test_looking_at_nothing_makes_no_folders(tmp_path: Path) -> None:
    for arguments in (("list",), ("verify",)):
        assert run(tmp_path / "data", *arguments).code == 0
    assert not (tmp_path / "data").exists()


def test_dictionary_is_printed_or_written_once(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "dictionary.md"
    printed = call(app, "dictionary").out
    assert call(app, "dictionary", "--write", path).out == f"{path}: written\n"
    assert call(app, "dictionary", "--write", path).out == f"{path}: unchanged\n"
    assert path.read_text(encoding="utf-8") == printed
    assert [name for name in FIELDS if f"`{name}`" not in printed] == []
