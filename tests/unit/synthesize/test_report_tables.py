"""Tables of the report: every method has a name, every kind of discrepancy a heading, a merged report its place."""

import pytest
from support.chain import pass_the_gate, shipped_topic, store_of
from support.command import call

from catalog.vocabulary import vocabulary
from synthesize.proportions import METHODS as PROPORTIONS
from synthesize.report.analyses_table import ELSEWHERE, QUANTITY, SENSITIVITY, analyses_table
from synthesize.report.discrepancies_table import GROUPS
from synthesize.report.words import percent
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


def test_the_comparisons_by_drug_status_say_how_many_patients_they_rest_on(merged):
    table = analyses_table(merged)
    n = {line.cells["trace"]: line.cells.get("n") for line in table.lines if line.kind == "body"}
    whole = n["recurrence.primary.kaplan_meier"]
    assert whole
    for method in ("logrank", "person_time_rate_ratio", "cox_firth"):
        assert n[f"recurrence.primary.{method}"] == whole
    assert 0 < int(n["recurrence.primary.person_time_rate_off"]) < int(n["recurrence.primary.person_time_rate_on"])


def test_the_table_of_analyses_says_what_its_p_values_are_not(merged):
    notes = " ".join(note.text for note in analyses_table(merged).footnotes)
    assert "not adjusted for the number of analyses" in notes
    assert "Nobody was randomised" in notes


def test_a_cumulative_incidence_names_its_month(merged):
    lines = [line.cells["quantity"] for line in analyses_table(merged).lines if line.kind == "body"]
    shown = [text for text in lines if text.startswith("cumulative incidence")]
    assert shown
    assert all(", by month 4" in text for text in shown)


def test_contradicted_figures_are_named_in_words(merged):
    from synthesize.report.discrepancies_table import discrepancies_table

    rows = {line.cells["name"]: line.cells for line in discrepancies_table(merged).lines if line.kind == "body"}
    assert rows["c05"]["figure"] == "Cause of the liver disease (HBV), count"
    assert rows["c32"]["figure"] == "Total time on the drug, maximum"
    assert not [cells for cells in rows.values() if "portal_vein" in cells["explanation"] or "_" in cells["figure"]]


def test_who_is_left_out_is_named_by_the_row_where_they_stand(merged):
    from synthesize.report.evidence_table import evidence_table

    table = evidence_table(merged)
    rows = {line.cells["unit_id"]: line.cells["no"] for line in table.lines if line.cells.get("unit_id")}
    (note,) = [one.text for one in table.footnotes if one.text.startswith("Left out of the pooled CR rate")]
    assert f": {rows['zhang2015']})" in note
    assert "zhang2015" not in note
    assert f"{rows['scilit2cases_p1']} and {rows['scilit2cases_p2']}" in note
    assert "reflect" in note  # it has no row


def test_the_answers_name_studies_and_methods_as_a_reader_knows_them(merged):
    from synthesize.report.answers import answers

    text = " ".join(answer for _, answer in answers(merged))
    assert not [name for name in merged.evidence.studies if name in text]
    assert "glmm" not in text


@pytest.mark.parametrize(
    ("share", "shown"), [(1e-43, "<0.001 %"), (9.9e-6, "<0.001 %"), (1e-5, "0.001 %"), (0.0, "0 %"), (1.0, "100 %")]
)
def test_a_share_below_what_anybody_could_see_is_called_so(share, shown):
    assert percent(share) == shown


def test_the_curves_after_cr_name_their_event(merged):
    from synthesize.report.draw import figures

    drawn = figures(merged)["kaplan_meier_after_cr.svg"].decode()
    assert " with recurrence" in drawn
    assert "with the event" not in drawn
