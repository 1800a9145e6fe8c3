"""Tables of the report: every method has a name, every kind of discrepancy a heading, a merged report its place."""

import pytest
from support.chain import pass_the_gate, shipped_topic, store_of
from support.command import call

from catalog.vocabulary import vocabulary
from synthesize.proportions import METHODS as PROPORTIONS
from synthesize.report.analyses_table import ELSEWHERE, QUANTITY, SENSITIVITY, analyses_table
from synthesize.report.discrepancies_table import GROUPS
from synthesize.tables2x2 import METHODS as COMPARISONS


@pytest.fixture(scope="module")
def merged(harmonized_data, tmp_path_factory):
    """The shipped evidence with the Park pair decided to be one patient, gated and synthesised."""
    from support.chain import copied

    from harmonize.__main__ import app
    from synthesize.analysis import synthesise
    from synthesize.load import load

    data = copied(harmonized_data, tmp_path_factory.mktemp("merged") / "data")
    why = ("--why", "same hospital", "--by", "A Reader", "--data", data)
    assert call(app, "overlaps", "decide", "park2015_p4|park2017_ol_p1", "same", *why).code == 0
    assert call(app, "--data", data).code == 0
    pass_the_gate(data)
    return synthesise(load(store_of(data), shipped_topic()), shipped_topic())


def test_every_method_that_can_appear_has_a_name(merged):
    appearing = {result.method for answer in merged.answers for result in answer.results}
    assert appearing | set(PROPORTIONS) | set(COMPARISONS) <= set(QUANTITY) | ELSEWHERE
    assert not set(QUANTITY) & ELSEWHERE
    assert set(SENSITIVITY) <= set(QUANTITY)


def test_the_primary_analysis_shows_every_result_but_those_that_stand_elsewhere(merged):
    table = analyses_table(merged)
    shown = [line.cells["trace"] for line in table.lines if line.kind == "body"]
    primary = [name for name in shown if ".primary." in name]
    results = [result for answer in merged.answers if answer.analysis.id == "primary" for result in answer.results]
    assert len(primary) == sum(result.method not in ELSEWHERE for result in results)
    assert len(set(shown)) == len(shown)


def test_every_kind_of_discrepancy_has_a_heading():
    assert set(GROUPS) == set(vocabulary("discrepancy_kind").codes)


def test_a_report_whose_patient_stands_in_another_row_is_not_called_without_patients(merged):
    from synthesize.report.evidence_table import evidence_table

    table = evidence_table(merged)
    (cases,) = [line.text for line in table.lines if line.kind == "group" and line.text.startswith("Published cases")]
    assert "decided to be a patient of another row: park2017_ol (in the row of park2015_p4); without" in cases
    assert "park2017_ol" not in cases.split("without patient data")[1]
    (man,) = [line for line in table.lines if line.kind == "body" and line.cells.get("unit_id") == "park2015_p4"]
    letters = {note.mark: note.text for note in table.footnotes}
    assert any("told of in several reports" in letters[mark] for mark in man.marks["report"].split(","))


def test_times_that_sources_disagree_about_are_shown_with_one_unit(merged):
    from synthesize.report.discrepancies_table import discrepancies_table

    rows = [line.cells for line in discrepancies_table(merged).lines if line.kind == "body"]
    assert not [cells for cells in rows if "months months" in cells["printed"] or "stated months" in cells["printed"]]
    (longest,) = [cells for cells in rows if cells["name"] == "park2015_p4|park2017_ol_p1:drug_duration"]
    assert (longest["printed"], longest["recomputed"]) == ("47 months", "48 months")
