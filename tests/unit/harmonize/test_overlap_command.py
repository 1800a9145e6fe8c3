"""python -m harmonize overlaps: list, decide and replay on the shipped evidence."""

import json

import pytest
from support.chain import shipped_topic, store_of
from support.command import call

from catalog.verdict import outdated
from harmonize.__main__ import app

PAIR = "park2015_p4|park2017_ol_p1"


@pytest.fixture
def data(harmonized_copy):
    return harmonized_copy


def overlaps(data, *arguments):
    return call(app, "overlaps", *arguments, "--data", data)


def harmonized(data):
    called = call(app, "--data", data)
    assert called.code == 0, called.err
    return store_of(data)


def decide(data, pair=PAIR, decision="same", why="one man", *more):
    return overlaps(data, "decide", pair, decision, "--why", why, "--by", "A Reader", *more)


def test_the_pair_is_listed_with_its_evidence(data):
    for arguments in (("--json",), ("list", "--json")):
        called = overlaps(data, *arguments)
        assert called.code == 0
        candidates = {one["pair_id"]: one for one in json.loads(called.out)["candidates"]}
        pair = candidates[PAIR]
        assert (pair["overlap_decision"], pair["decided_by"], pair["vetoed"]) == ("unsure", "curators", False)
        assert pair["weight"] == pytest.approx(sum(one["weight"] for one in pair["evidence_for"]))
        assert {"age_years", "max_tumor_size_cm", "etiology", "drug_duration", "first_author"} <= {
            one["field"] for one in pair["evidence_for"]
        }
        assert [(one["field"], one["hard"]) for one in pair["evidence_against"]] == [("time_to_cr", False)]
        assert pair["stated_against"] == "time to CR 3 and 4 months"


def test_a_decision_that_changes_no_row_is_applied_once_and_then_nothing_changes(data):
    decide(data, decision="unsure")
    decide(data, decision="unsure", why="another reason")
    versions = [harmonized(data).versions(("study", "patient", "overlap")) for _ in range(2)]
    assert versions[0] == versions[1] == {"study": 0, "patient": 0, "overlap": 1}
    decide(data, "lee2015|park2015", "unsure")
    assert outdated(store_of(data), shipped_topic()).startswith("sources have changed")
    harmonized(data)
    assert outdated(store_of(data), shipped_topic()) is None


def test_options_may_stand_before_the_subcommand(data):
    called = call(app, "--data", data, "overlaps", "list", "--json")
    assert PAIR in {one["pair_id"] for one in json.loads(called.out)["candidates"]}


def test_a_person_reads_the_same(data):
    text = overlaps(data).out
    assert f"{PAIR}  (patient)  14.0 bits  unsure (curators, 2026-11-23)" in text
    assert "first_author Park JG (4.3)" in text
    assert "against: time_to_cr 3 months and 4 months" in text


def test_decided_the_same_is_one_patient_with_the_disagreements(data):
    assert decide(data).code == 0
    store = harmonized(data)
    patients = {row["patient_id"]: row for row in store.read("patient").to_pylist()}
    assert "park2017_ol_p1" not in patients
    man = patients["park2015_p4"]
    assert (man["also_patient_ids"], man["also_study_ids"]) == ("park2017_ol_p1", "park2017_ol")
    assert (man["drug_after_cr"], man["drug_stop_months_lower"], man["drug_stop_reason"]) == ("reduced", None, None)
    assert man["afp_baseline_ng_ml"] == 30376
    disagreements = {row["field"]: row for row in store.read("discrepancy").to_pylist()
                     if row["discrepancy_kind"] == "sources_disagree"}  # fmt: skip
    assert {name: (row["printed"], row["recomputed"]) for name, row in disagreements.items()} == {
        "age_years": ("71", "72"),
        "time_to_cr": ("3 months (start_of_drug_presumed)", "4 months (start_of_drug)"),
        "drug_duration": ("47 months", "48 months"),
        "drug_after_cr": ("reduced", "stopped_after_cr"),
        "drug_stop": ("not stated", "48 months (start_of_drug)"),
        "drug_stop_reason": ("not stated", "adverse_event"),
        "disease_free": ("43 months (CR)", "52 months (not_stated)"),
        "criterion": ("mRECIST", "imaging"),
    }
    said = store.read("observation")["unit_id"].to_pylist()
    assert "park2017_ol_p1" in said
    pair = next(row for row in store.read("overlap").to_pylist() if row["pair_id"] == PAIR)
    assert (pair["overlap_decision"], pair["why"], pair["decided_by"]) == ("same", "one man", "A Reader")


def test_the_merged_patient_is_traced_by_either_name(data):
    from catalog.tracing import trace

    decide(data)
    document = trace(harmonized(data), shipped_topic(), "park2017_ol_p1")
    assert document["target"] == "park2015_p4"
    ages = next(fact for fact in document["facts"] if fact["column"] == "age_years")
    assert {one["stated"] for one in ages["rests_on"]} == {"71", "72"}


def test_who_decides_against_what_cannot_be_is_told_so(data):
    said = decide(data, "park2015_p1|park2015_p2").out
    assert (
        "decided against what cannot be in one and the same: age_years 48 and 43; max_tumor_size_cm 9.8 and 6" in said
    )
    assert "decided against" not in decide(data).out
    assert "decided against" not in decide(data, "park2015_p1|park2015_p2", "different").out


def test_an_export_of_the_pairs_replays_what_people_decided_and_nothing_else(data, tmp_path):
    from catalog.__main__ import app as catalog

    decide(data)
    store = harmonized(data)
    export = tmp_path / "overlap.csv"
    export.write_text(call(catalog, "show", "overlap", "--format", "csv", "--data", data).out, encoding="utf-8")
    undecided = {row["pair_id"] for row in store.read("overlap").to_pylist() if row["decided_by"].startswith("rule:")}
    assert undecided
    assert overlaps(data, "replay", export).code == 0
    chosen = {row["pair_id"] for row in store.read("overlap_choice").to_pylist()}
    assert PAIR in chosen
    assert not undecided & chosen


def test_an_export_from_before_a_decision_does_not_undo_it(data, tmp_path):
    """The table of pairs knows of a decision only after the next `harmonize`; until then it holds the sheet's."""
    from catalog.__main__ import app as catalog

    decide(data)
    export = tmp_path / "overlap.csv"
    export.write_text(call(catalog, "show", "overlap", "--format", "csv", "--data", data).out, encoding="utf-8")
    before = store_of(data).read("overlap_choice").num_rows
    assert overlaps(data, "replay", export).code == 0
    assert store_of(data).read("overlap_choice").num_rows == before
    pairs = {row["pair_id"]: row for row in harmonized(data).read("overlap").to_pylist()}
    assert pairs[PAIR]["overlap_decision"] == "same"


def test_unsure_keeps_both_rows(data):
    decide(data, decision="unsure")
    names = harmonized(data).read("patient")["patient_id"].to_pylist()
    assert {"park2015_p4", "park2017_ol_p1"} <= set(names)


def test_a_decision_survives_every_import_and_rerun(data):
    from ingest.curation.importing import import_folder

    decide(data)
    first = harmonized(data).versions(("patient", "overlap", "discrepancy"))
    topic = shipped_topic()
    import_folder(topic.evidence, topic, store_of(data))
    store = harmonized(data)
    assert "park2017_ol_p1" not in store.read("patient")["patient_id"].to_pylist()
    assert store.versions(("patient", "overlap", "discrepancy")) == first


def test_the_latest_decision_holds_and_the_history_keeps_the_others(data):
    decide(data)
    decide(data, decision="different", why="two hospitals")
    store = harmonized(data)
    assert "park2017_ol_p1" in store.read("patient")["patient_id"].to_pylist()
    newest, before = (store.read("overlap_choice", store.version("overlap_choice") - back) for back in (0, 1))
    chosen = [next(row for row in table.to_pylist() if row["origin"].startswith("decisions:"))["overlap_decision"]
              for table in (newest, before)]  # fmt: skip
    assert chosen == ["different", "same"]


def test_deciding_the_same_again_changes_nothing(data):
    decide(data)
    version = store_of(data).version("overlap_choice")
    assert "unchanged" in decide(data).out
    assert store_of(data).version("overlap_choice") == version


def test_a_pair_may_be_any_two_and_the_order_does_not_matter(data):
    assert decide(data, "so2008_p1,huan2014_p1", "different").code == 0
    pairs = {row["pair_id"]: row for row in harmonized(data).read("overlap").to_pylist()}
    assert pairs["huan2014_p1|so2008_p1"]["overlap_decision"] == "different"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("decide", PAIR, "perhaps", "--why", "x"),
            "unknown decision; found 'perhaps'; allowed: same, different, unsure",
        ),
        (("decide", PAIR, "same", "--why", " "), "a decision needs its reason"),
        (("decide", "park2015_p4", "same", "--why", "x"), "a pair is two names; found 'park2015_p4'"),
        (("decide", "park2015_p4|park2015_p4", "same", "--why", "x"), "a pair is two names"),
        (("decide", "park2015_p4|park2017_ol", "same", "--why", "x"), "a pair is two studies or two patients"),
        (("decide", "park2015_p4|park2017_ol_p2", "same", "--why", "x"), "Did you mean 'park2017_ol_p1'?"),
        (("replay", "gone.csv"), "gone.csv: no such file"),
    ],
)
def test_a_wrong_call_is_said_plainly_and_nothing_is_written(data, arguments, message):
    version = store_of(data).version("overlap_choice")
    called = overlaps(data, *arguments)
    assert called.code == 2
    assert message in called.err
    assert store_of(data).version("overlap_choice") == version


def test_decisions_are_replayed_from_a_file(data, tmp_path):
    file = tmp_path / "decisions.csv"
    file.write_text(
        "unit_kind,first_id,second_id,overlap_decision,why,decided_by,decided_on\n"
        "patient,park2015_p4,park2017_ol_p1,different,two men,B Reader,2026-01-05\n"
        "patient,park2015_p4,park2017_ol_p1,same,one man after all,B Reader,2026-01-06\n"
        "study,korea2021,park2015,different,other hospitals,B Reader,2026-01-06\n"
    )
    assert overlaps(data, "replay", file).code == 0
    pairs = {row["pair_id"]: row for row in harmonized(data).read("overlap").to_pylist()}
    assert (pairs[PAIR]["overlap_decision"], pairs[PAIR]["decided_on"]) == ("same", "2026-01-06")
    assert pairs["korea2021|park2015"]["overlap_decision"] == "different"


def test_an_export_of_the_decisions_can_be_replayed_elsewhere(data, tmp_path):
    from catalog.rows import printed

    decide(data)
    rows = store_of(data).read("overlap_choice")
    file = tmp_path / "exported.csv"
    file.write_text("".join(printed(rows, "csv", None)))
    called = overlaps(data, "replay", file)
    assert called.code == 0, called.err


def test_everything_wrong_in_a_file_is_listed_at_once_and_nothing_is_recorded(data, tmp_path):
    file = tmp_path / "decisions.csv"
    file.write_text(
        "unit_kind,first_id,second_id,overlap_decision,why,whose\n"
        "patient,park2015_p4,park2017_ol_p9,same,x,\n"
        "patient,park2015_p4,park2015_p4,maybe,x,\n"
        "study,korea2021,park2015,different,,\n"
    )
    called = overlaps(data, "replay", file)
    assert called.code == 2
    problems = called.err.splitlines()
    assert problems[0] == "error: 5 problems:"
    for part in ("unknown column; found", "row 3, column 'overlap_decision': unknown value; found 'maybe'",
                 "no such patient; found 'park2017_ol_p9'. Did you mean 'park2017_ol_p1'?",
                 "row 3, column 'second_id': a pair needs two names", "row 4, column 'why'"):  # fmt: skip
        assert any(part.split(";")[0] in line for line in problems), part
    assert store_of(data).version("overlap_choice") == 0


def test_a_decision_waits_for_records_that_are_gone(data):
    """A cohort that is loaded again under other names must not stop everything; the decision is shown."""
    import pyarrow.compute as pc

    from catalog.lineage import Lineage

    decide(data)
    store = store_of(data)
    said = store.read("observation")
    store.replace("observation", said.filter(pc.not_equal(said["unit_id"], "park2017_ol_p1")), Lineage("test"))
    choices = store.read("overlap_choice")
    store.replace("overlap_choice", choices.filter(pc.starts_with(choices["origin"], "decisions:")), Lineage("test"))
    names = harmonized(data).read("patient")["patient_id"].to_pylist()
    assert "park2015_p4" in names
    assert f"decided, but no source has both names now: {PAIR} (same)" in overlaps(data).out
