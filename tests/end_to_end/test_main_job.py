"""The main job on the shipped evidence: from tables that passed the gate to the report."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from support.chain import shipped_topic, store_of

from catalog.errors import GateBlocked
from catalog.lineage import Lineage
from catalog.store import content_sha256
from synthesize.proportions import pool
from synthesize.run import run_synthesis

TOPIC = shipped_topic()


@pytest.fixture(scope="module")
def report(gated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from support.chain import copied

    data = copied(gated_data, tmp_path_factory.mktemp("report") / "data")
    return run_synthesis(TOPIC, store_of(data)).folder


def estimates(report: Path) -> dict[str, dict]:
    rows = csv.DictReader(io.StringIO((report / "estimates.csv").read_text()))
    return {row["estimate_id"]: row for row in rows}


def included(report: Path, question: str, analysis: str = "primary") -> set[str]:
    rows = store_of(report.parent.parent).read("inclusion").to_pylist()
    return {r["unit_id"] for r in rows if (r["question"], r["analysis"]) == (question, analysis) and r["included"]}


@pytest.mark.parametrize("question", ["time_to_cr", "recurrence"])
def test_park_patient_4_counts_once(report: Path, question: str) -> None:
    assert included(report, question) & {"park2015_p4", "park2017_ol_p1"} == {"park2015_p4"}


def test_the_sensitivity_analysis_counts_both(report: Path) -> None:
    assert included(report, "time_to_cr", "overlaps_counted") >= {"park2015_p4", "park2017_ol_p1"}


def test_the_rate_pools_treated_populations_and_no_case_report(report: Path) -> None:
    studies = {row["study_id"]: row for row in store_of(report.parent.parent).read("study").to_pylist()}
    counted = included(report, "cr_rate")
    assert not any(studies[name]["design"].startswith("case") for name in counted)
    rows = [studies[name] for name in sorted(counted)]
    again = pool([row["n_cr"] for row in rows], [row["n_treated"] for row in rows])
    shown = estimates(report)["cr_rate.primary.glmm_t"]
    assert float(shown["estimate_value"]) == pytest.approx(again[0].value, rel=1e-9)  # order of studies
    assert int(shown["n_events"]) == sum(row["n_cr"] for row in rows)


def test_case_reports_are_refused_by_the_rate_with_the_reason(report: Path) -> None:
    assert "numerator and no denominator" in estimates(report)["cr_rate.primary.case_reports"]["not_estimable"]


def test_the_founding_cohort_alone_gives_its_known_numbers(report: Path) -> None:
    """METHODS reference values, but for the stop at exactly 42 days after CR (1.38 months, not 1.5)."""
    found = estimates(report)
    assert float(found["time_to_cr.cohort_only.kaplan_meier"]["estimate_value"]) == 3
    assert float(found["time_to_cr.cohort_only.kaplan_meier"]["lower"]) == 2
    assert float(found["time_to_cr.cohort_only.kaplan_meier"]["upper"]) == 5
    assert float(found["recurrence.cohort_only.kaplan_meier"]["estimate_value"]) == 42
    assert float(found["recurrence.cohort_only.fisher_exact"]["p_value"]) == pytest.approx(0.142857, abs=1e-6)
    detail = json.loads(found["recurrence.cohort_only.person_time_rate_ratio"]["detail"])
    assert detail["months_on"] == pytest.approx(87 + 42 / 30.4375, rel=1e-12)
    assert (detail["events_on"], detail["events_off"]) == (1, 2)


def test_the_answers_say_what_the_estimates_say(report: Path) -> None:
    text = (report / "answers.md").read_text()
    rate = estimates(report)["cr_rate.primary.glmm_t"]
    assert f"{100 * float(rate['estimate_value']):.3g} %" in text
    assert f"{rate['n_events']} of {rate['n_patients']} patients of {rate['k_studies']}" in text


def test_every_estimate_has_its_own_name_and_no_nan(report: Path) -> None:
    text = (report / "estimates.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len({row["estimate_id"] for row in rows}) == len(rows)
    assert re.search(r"\bnan\b", text, re.IGNORECASE) is None
    assert all(row["estimate_value"] or row["not_estimable"] or row["detail"] != "{}" for row in rows)


def test_all_formats_carry_the_same_footnotes(report: Path) -> None:
    import docx

    word = {paragraph.text.strip() for paragraph in docx.Document(str(report / "evidence.docx")).paragraphs}
    with (report / "evidence.csv").open(encoding="utf-8-sig") as file:
        notes = [row for row in csv.DictReader(file) if row["kind"] == "footnote"]
    markdown = (report / "evidence.md").read_text().replace("\\", "")
    assert len(notes) > 8
    for note in notes:
        assert f"{note['footnotes']} {note['text']}".strip() in word
        assert note["text"] in markdown


def test_the_word_table_repeats_its_header_and_lies_on_its_side(report: Path) -> None:
    import docx
    from docx.oxml.ns import qn

    document = docx.Document(str(report / "evidence.docx"))
    section = document.sections[0]
    assert section.page_width > section.page_height
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    rows = [row.cells[0].text for row in document.tables[0].rows]
    assert [name for name in rows if name in {"P", "P1", "P7", "C1", "S1"}] == ["S1", "C1", "P", "P1", "P7"]


def test_every_row_says_in_which_estimates_it_counts(report: Path) -> None:
    with (report / "evidence.csv").open(encoding="utf-8-sig") as file:
        rows = {row["unit_id"]: row["counts_in"] for row in csv.DictReader(file) if row["unit_id"]}
    assert rows["shiba2014"] == "R"
    assert rows["zhang2015"] == "—"
    assert rows["park2015_p1"] == "T, F"
    assert rows["kermiche2013_p1"] == "T"
    assert rows["annhepatol2019_p1"] == "—"


def test_printed_figures_that_the_patients_contradict_are_listed(report: Path) -> None:
    with (report / "discrepancies.csv").open(encoding="utf-8-sig") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert (rows["c28"]["printed"], rows["c28"]["recomputed"]) == ("34 months", "3")
    assert rows["c59"]["study"] == "korea2021"


def test_a_second_run_changes_nothing(report: Path) -> None:
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in report.iterdir()}
    outcome = run_synthesis(TOPIC, store_of(report.parent.parent))
    assert not outcome.changed
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in report.iterdir()} == before


def test_a_damaged_report_is_written_again(gated_copy: Path) -> None:
    first = run_synthesis(TOPIC, store_of(gated_copy)).folder
    good = (first / "evidence.csv").read_bytes()
    (first / "evidence.csv").write_bytes(good[:100])
    assert run_synthesis(TOPIC, store_of(gated_copy)).changed
    assert (first / "evidence.csv").read_bytes() == good


def change_a_patient(data: Path) -> None:
    store = store_of(data)
    rows = store.read("patient")
    changed = rows.slice(0, rows.num_rows - 1)
    assert content_sha256(changed) != content_sha256(rows)
    store.replace("patient", changed, Lineage("test"))


def test_tables_that_changed_since_the_gate_are_not_analysed(gated_copy: Path) -> None:
    folder = run_synthesis(TOPIC, store_of(gated_copy)).folder
    before = (folder / "evidence.csv").read_bytes()
    versions = store_of(gated_copy).versions(("estimate", "inclusion"))
    change_a_patient(gated_copy)
    with pytest.raises(GateBlocked, match="changed since they were checked"):
        run_synthesis(TOPIC, store_of(gated_copy))
    assert (folder / "evidence.csv").read_bytes() == before
    assert store_of(gated_copy).versions(("estimate", "inclusion")) == versions


def test_unvalidated_output_is_stamped_everywhere(gated_copy: Path) -> None:
    change_a_patient(gated_copy)
    folder = run_synthesis(TOPIC, store_of(gated_copy), allow_unvalidated=True).folder
    import docx

    names = [path for path in folder.iterdir() if path.suffix in {".csv", ".md", ".svg"}]
    assert len(names) > 8
    for path in names:
        assert "NOT VALIDATED" in path.read_text(encoding="utf-8-sig"), path.name
    stamps = [p.text for p in docx.Document(str(folder / "evidence.docx")).paragraphs if "NOT VALIDATED" in p.text]
    assert len(stamps) == len(docx.Document(str(folder / "evidence.docx")).tables)


def test_every_kind_of_printed_number_walks_back_to_stated_words(report: Path) -> None:
    from catalog.tracing import trace

    store = store_of(report.parent.parent)
    for name in (
        "cr_rate.primary.glmm_t",
        "time_to_cr.primary.turnbull",
        "recurrence.primary.person_time_rate_ratio",
        "baseline.cr_patients.observed_median_range.age_years",
        "baseline.whole_cohort.printed_mean_sd.age_years",
        "park2015_p4",
        "shiba2014",
    ):
        walked = json.dumps(trace(store, TOPIC, name))
        assert ".csv" in walked, name
        assert '"stated"' in walked or '"printed"' in walked, name
