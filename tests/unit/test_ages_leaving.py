"""No age over 89 leaves the data folder: not in what any command prints, not in a file of the report."""

import re
import shutil

import pytest
from support.command import call
from support.workplace import CLAIMS, MAPPING, OVERLAPS, PATIENTS, SHEETS, SLUG, STUDIES, WARD

from catalog.store import Store

OLD = r"\b9[1-9]\b"
"""Nothing in these files is from 91 to 99 but ages."""
SPOKEN = PATIENTS.replace(",61,", ",93,").replace(",70,", ",97,").replace(",55,", ",94,")
PRINTED = CLAIMS.replace("65.5", "92")
SAME = "patient,synthetic2_p1,ward7_p1,unsure,age alike,sex differs,a reader,2026-01-01\n"
TOPIC_RULE = """
[[rule]]
name = "of_working_age"
table = "patient"
kind = "between"
column = "age_years"
maximum = 65
sentence = "nobody is beyond the age of work"
severity = "warning"
reason = "a test"

[[rule]]
name = "ages_apart"
table = "patient"
kind = "distinct"
columns = ["age_years"]
sentence = "all are of different ages"
severity = "warning"
reason = "a test"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Sheets, a ward whose first load is corrected by a second, and the tables they fill."""
    folder = tmp_path_factory.mktemp("ages")
    (folder / "sheets").mkdir()
    sheets = SHEETS | {"patients.csv": SPOKEN, "claims.csv": PRINTED, "overlaps.csv": OVERLAPS + SAME}
    for name, text in sheets.items():
        (folder / "sheets" / name).write_text(text, encoding="utf-8")
    (folder / "ward7.toml").write_text(MAPPING, encoding="utf-8")
    from harmonize.__main__ import app as harmonize
    from ingest.cohort.__main__ import app as cohort
    from ingest.curation.__main__ import app as curation

    def run(app, *arguments):
        called = call(app, *arguments, "--data", folder / "data")
        assert called.code == 0, called

    run(curation, "import", folder / "sheets")
    for age in (92, 95):
        (folder / "ward7.csv").write_text(WARD.replace(",48,", f",{age},"), encoding="utf-8")
        run(cohort, folder / "ward7.csv", "--mapping", folder / "ward7.toml")
        run(harmonize)
    assert STUDIES.count("9") < 10
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("catalog", "show", "patient"), ("catalog", "show", "patient", "--format", "json"),
        ("catalog", "show", "patient", "--format", "csv"), ("catalog", "show", "observation", "--rows", "200"),
        ("catalog", "show", "discrepancy"), ("catalog", "show", "claim"),
        ("catalog", "diff", "patient", "--from", "0", "--to", "1"),
        ("catalog", "diff", "observation", "--from", "1", "--to", "2", "--format", "json"),
        ("catalog", "trace", "ward7_p1"), ("catalog", "trace", "ward7_p1", "--json"),
        ("harmonize", "overlaps"), ("harmonize", "overlaps", "--json"),
        ("harmonize", "audit", "--all"), ("harmonize", "audit", "--all", "--json"),
    ],
)  # fmt: skip
def test_no_command_prints_an_age_over_89(folder, arguments):
    import catalog.__main__ as catalog
    import harmonize.__main__ as harmonize

    app = {"catalog": catalog, "harmonize": harmonize}[arguments[0]].app
    called = call(app, *arguments[1:], "--data", folder / "data")
    assert (called.code, called.err) == (0, "")
    told = re.sub(r"observation_id.*|[0-9a-f]{12,}|\d{4}-\d\d-\d\d.*", "", called.out)
    assert re.search(OLD, told) is None, told
    assert "90" in called.out


def test_the_tables_keep_what_was_stated(folder):
    store = Store(folder / "data", SLUG)
    assert {row["age_years"] for row in store.read("patient").to_pylist()} == {93, 97, 94, 95, 43}


def test_a_correction_from_one_old_age_to_another_is_still_a_change(folder):
    import catalog.__main__ as catalog

    called = call(catalog.app, "diff", "patient", "--from", "0", "--to", "1", "--data", folder / "data")
    assert "1 changed in 1 cells" in called.out
    assert re.search(r"changed +ward7_p1 +age_years +90 +90", called.out)


def test_a_change_of_a_statement_says_whom_and_what_it_is_about(folder):
    import catalog.__main__ as catalog

    called = call(catalog.app, "diff", "observation", "--from", "1", "--to", "2", "--data", folder / "data")
    assert "0 rows added, 0 removed, 1 changed in 2 cells" in called.out
    assert re.search(r"stated +90 +90 +ward7_p1 age_years\n", called.out)


def test_the_gate_and_the_report_show_none(folder, tmp_path):
    """The findings file and the Data Docs stay under the data folder, and hold the age."""
    from catalog.topic import load_topic
    from expectations.__main__ import app as gate
    from synthesize.__main__ import app as synthesize

    topic = load_topic(SLUG)
    mine = tmp_path / f"{SLUG}.toml"
    mine.write_text((topic.folder / f"{SLUG}.toml").read_text(encoding="utf-8") + TOPIC_RULE, encoding="utf-8")
    data = shutil.copytree(folder / "data", tmp_path / "data")
    for arguments in ((), ("--json",)):
        called = call(gate, *arguments, "--topic", mine, "--data", data)
        assert called.code == 0, called
        assert re.search(r"age_years\D+90\b", called.out)
        assert re.search(rf"age_years\D+{OLD}", called.out) is None
    findings = (data / SLUG / "result" / "findings.csv").read_text(encoding="utf-8")
    assert re.search(r"of_working_age.*,97,", findings)
    called = call(synthesize, "--topic", mine, "--data", data)
    assert called.code == 0, called
    report = {path.name: path.read_text(encoding="utf-8") for path in (data / SLUG / "report").glob("*.*")
              if path.suffix in (".md", ".csv")}  # fmt: skip
    assert len(report) > 6
    for name, text in report.items():
        ages = [line for line in text.splitlines() if re.search("[Aa]ge[_,/]", line)]
        assert not [line for line in ages if re.search(r"(?<![\d.])9[1-9](?![\d.])", line)], name
    assert "43–90" in report["baseline.md"]
    assert "90/M" in report["evidence.md"]
