"""Columns computed across rows and tables, each on a few synthetic rows; no engine."""

from dataclasses import replace

import pytest
from support.chain import shipped_topic

from catalog.compact import compacted
from catalog.rule_kinds import Computed
from catalog.rules import RULES
from catalog.schema import from_rows
from catalog.tables import CHECKED, TABLES
from expectations.checks import all_checks
from expectations.crossing import COMPUTED, pointing, with_computed
from expectations.printed import number

TOPIC = shipped_topic()


def tables(**rows):
    return {name: from_rows(TABLES[name], rows.get(name, [])) for name in CHECKED}


def computed(column, topic=TOPIC, **rows):
    """What a column says of each row of its table, by key; the same when the texts come as codes."""
    checks = [check for check in all_checks() if column in check.columns]
    (name,) = {check.table for check in checks}
    plain = tables(**rows)
    coded = {name: compacted(table, TABLES[name].key) for name, table in plain.items()}
    found, again = (with_computed(given, checks, topic)[name] for given in (plain, coded))
    assert again[column].to_pylist() == found[column].to_pylist()
    return dict(zip(found[TABLES[name].key].to_pylist(), found[column].to_pylist(), strict=True))


def test_every_computed_column_is_asked_for_and_every_rule_has_its_column():
    asked = {column for check in all_checks() for column in check.columns if column not in TABLES[check.table].columns}
    assert asked == set(COMPUTED)
    assert {rule.found for rule in RULES if isinstance(rule, Computed)} <= set(COMPUTED)


def test_a_table_keeps_its_rows_and_gains_only_what_is_asked_for():
    rows = tables(study=[{"study_id": "b"}, {"study_id": "a"}])
    checks = [check for check in all_checks() if "n_listed" in check.columns]
    with_more = with_computed(rows, checks, TOPIC)
    assert with_more["study"].drop_columns(["n_listed"]).equals(rows["study"])
    assert with_more["patient"] is rows["patient"]


def test_a_patient_of_two_names_is_listed_by_both_studies():
    patients = [
        {"patient_id": "a_p1", "study_id": "a", "also_patient_ids": "b_p1;b_p2", "also_study_ids": "b;b"},
        {"patient_id": "a_p2", "study_id": "a"},
    ]
    studies = [{"study_id": name} for name in "abc"]
    assert computed("n_listed", study=studies, patient=patients) == {"a": 2, "b": 2, "c": None}


def test_a_retracted_study_must_count_in_no_analysis():
    studies = [{"study_id": "a", "retracted_by": "12"}, {"study_id": "b"}]
    assert computed("retracted_counted_in", study=studies) == {"a": "", "b": None}
    rules = tuple(rule for rule in TOPIC.exclusions if rule.code != "retracted")
    said = computed("retracted_counted_in", replace(TOPIC, exclusions=rules), study=studies)["a"]
    assert said.startswith("counted in cr_rate primary, ")
    lifted = tuple(replace(one, lift=("retracted",)) if one.id == "trials_only" else one for one in TOPIC.analyses)
    said = computed("retracted_counted_in", replace(TOPIC, analyses=lifted), study=studies)["a"]
    assert said == "counted in cr_rate trials_only"


def test_a_retraction_that_came_after_harmonizing_is_seen():
    studies = [
        {"study_id": "a", "report_id": "pmid:1", "retracted_by": "12"},
        {"study_id": "b", "report_id": "pmid:2"},
        {"study_id": "c", "report_id": "pmid:3", "retracted_by": "13"},
        {"study_id": "d", "report_id": "pmid:4"},
    ]
    reports = [
        {"report_id": "pmid:1", "retracted_by": "12"},
        {"report_id": "pmid:2", "retracted_by": "14"},
        {"report_id": "pmid:3"},
        {"report_id": "pmid:4"},
    ]
    assert computed("retraction_missed", study=studies, report=reports) == {
        "a": "",
        "b": "study nothing, report 14; harmonize again",
        "c": "study 13, report nothing; harmonize again",
        "d": None,
    }


def test_studies_of_one_publication_stand_as_a_pair():
    studies = [{"study_id": name, "report_id": "pmid:1"} for name in "abc"]
    studies.append({"study_id": "d", "report_id": "pmid:2"})
    pairs = [{"pair_id": "a|b"}, {"pair_id": "b|c"}]
    assert computed("unpaired_siblings", study=studies, overlap=pairs) == {"a": "c", "b": "", "c": "a", "d": None}


def months(name, lower, upper):
    return {f"{name}_months_lower": lower, f"{name}_months_upper": upper}


def test_times_add_up_only_where_they_are_exact():
    exact = {**months("time_to_cr", 2.0, 2.0), **months("drug_stop_from_cr", 3.0, 3.0)}
    patients = [
        {"patient_id": "exact", **exact, **months("drug_duration", 5.0, 5.0)},
        {"patient_id": "open", **exact, **months("drug_duration", 5.0, None)},
        {"patient_id": "between", **exact, **months("time_to_cr", 1.0, 2.0), **months("drug_duration", 5.0, 5.0)},
        {"patient_id": "unknown", **months("drug_duration", 5.0, 5.0)},
    ]
    assert computed("start_to_stop_months", patient=patients) == {
        "exact": 5.0, "open": None, "between": None, "unknown": None,
    }  # fmt: skip


def test_the_last_look_is_at_its_latest():
    patients = [
        {"patient_id": "a", **months("time_to_cr", 1.0, 2.0), **months("disease_free_from_cr", 7.0, 9.0)},
        {"patient_id": "b", **months("time_to_cr", 1.0, 2.0), **months("disease_free_from_cr", 7.0, None)},
    ]
    assert computed("start_to_last_look_months", patient=patients) == {"a": 11.0, "b": None}


def test_other_treatment_contradicts_monotherapy():
    studies = [{"study_id": "alone", "monotherapy": "yes"}, {"study_id": "open", "monotherapy": "unclear"}]
    patients = [
        {"patient_id": name, "study_id": study, "concomitant_treatment": given}
        for name, study, given in (
            ("a", "alone", "TACE"), ("b", "alone", "none"), ("c", "alone", None), ("d", "open", "TACE"),
        )
    ]  # fmt: skip
    assert computed("combined_in_monotherapy", study=studies, patient=patients) == {
        "a": "TACE", "b": "", "c": None, "d": None,
    }  # fmt: skip


def test_who_is_counted_in_a_rate_has_a_confirmed_cr():
    studies = [
        {"study_id": name, "denominator": denominator}
        for name, denominator in (("a", "treated_population"), ("b", "treated_population"), ("c", "numerator_only"))
    ]
    patients = [
        {"patient_id": f"{study}{n}", "study_id": study, "cr_certainty": certainty}
        for n, (study, certainty) in enumerate(
            (("a", "near_complete"), ("a", "not_verified"), ("a", "confirmed"), ("b", "confirmed"), ("c", "marker_led"))
        )
    ]
    assert computed("listed_unconfirmed", study=studies, patient=patients) == {
        "a": "2 not confirmed", "b": "", "c": None,
    }  # fmt: skip
    assert computed("listed_unconfirmed", study=studies, patient=[]) == {"a": "", "b": "", "c": None}


def test_a_confirmed_cr_rests_on_a_criterion_or_a_basis():
    patients = [
        {"patient_id": name, "cr_certainty": certainty, "criterion": criterion, "cr_basis": basis}
        for name, certainty, criterion, basis in (
            ("a", "confirmed", "not_reported", "not_reported"), ("b", "confirmed", "mRECIST", "not_reported"),
            ("c", "confirmed", "not_reported", "radiologic"), ("d", "not_verified", "not_reported", "not_reported"),
        )
    ]  # fmt: skip
    assert computed("ungrounded", patient=patients) == {
        "a": "neither criterion nor basis", "b": "", "c": "", "d": None,
    }  # fmt: skip


def test_who_became_another_patient_stands_no_longer():
    patients = [
        {"patient_id": "a", "also_patient_ids": "b;c"},
        {"patient_id": "b"},
        {"patient_id": "d", "also_patient_ids": "e"},
    ]
    assert computed("merged_and_still_there", patient=patients) == {"a": "b", "b": None, "d": ""}
    assert computed("merged_and_still_there", patient=patients[1:2]) == {"b": None}


def test_a_patients_values_are_measurements():
    patients = [
        {"patient_id": "a", "afp_baseline_ng_ml": 5.0, "pivka_at_cr_mau_ml": 7.0},
        {"patient_id": "b", "afp_baseline_ng_ml": 5.0},
        {"patient_id": "c"},
    ]
    measurements = [
        {"measurement_id": "1", "patient_id": "a", "marker": "AFP", "time_point": "at_cr", "marker_value": 1.0},
        {"measurement_id": "2", "patient_id": "b", "marker": "AFP", "time_point": "baseline", "marker_value": 5.0},
        {"measurement_id": "3", "patient_id": "x", "marker": "AFP", "time_point": "baseline", "marker_value": 5.0},
    ]
    rows = {"patient": patients, "measurement": measurements}
    assert computed("markers_not_measured", **rows) == {
        "a": "afp_baseline_ng_ml pivka_at_cr_mau_ml", "b": "", "c": None,
    }  # fmt: skip
    assert computed("patient_value", **rows) == {"1": None, "2": 5.0, "3": None}


def test_a_measurement_of_nobody_is_not_everybodys():
    patients = [{"patient_id": "a", "afp_baseline_ng_ml": 5.0}, {"patient_id": "a", "afp_baseline_ng_ml": 6.0}]
    of_nobody = {"measurement_id": "1", "marker": "AFP", "time_point": "baseline", "marker_value": 5.0}
    rows = {"patient": patients[:1], "measurement": [of_nobody]}
    assert computed("markers_not_measured", **rows) == {"a": "afp_baseline_ng_ml"}
    assert computed("patient_value", **rows) == {"1": None}
    rows = {"patient": patients, "measurement": [{**of_nobody, "patient_id": "a"}]}
    checks = [check for check in all_checks() if "markers_not_measured" in check.columns]
    named_twice = with_computed(tables(**rows), checks, TOPIC)["patient"]
    assert named_twice["markers_not_measured"].to_pylist() == ["", ""]


def test_a_pair_that_may_be_one_counts_once_in_primary_analyses():
    pairs = [{"pair_id": one, "overlap_decision": one} for one in ("same", "unsure", "different")]
    assert computed("counted_twice_in", overlap=pairs) == {"different": None, "same": "", "unsure": ""}
    twice = tuple(
        replace(one, overlaps="all") if (one.id, one.question) == ("primary", "cr_rate") else one
        for one in TOPIC.analyses
    )
    said = computed("counted_twice_in", replace(TOPIC, analyses=twice), overlap=pairs)
    assert said == {"different": None, "same": "counted twice in cr_rate", "unsure": "counted twice in cr_rate"}


def test_decisions_that_make_one_of_two_that_are_different_contradict_each_other():
    def pair(name, decision, kind="study"):
        first, second = name.split("|")
        return {"pair_id": name, "unit_kind": kind, "first_id": first, "second_id": second,
                "overlap_decision": decision}  # fmt: skip

    pairs = [
        pair("a|b", "same"), pair("b|c", "same"), pair("a|c", "different"), pair("a|d", "different"),
        pair("e|f", "unsure"), pair("e|g", "different"), pair("x|y", "same", "patient"), pair("y|x", "different"),
    ]  # fmt: skip
    assert computed("made_one_by", overlap=pairs) == {
        "a|b": None, "b|c": None, "a|c": "a = b = c", "a|d": "", "e|f": None, "e|g": "", "x|y": None, "y|x": "",
    }  # fmt: skip


def claim(name, statistic, printed, of_total=None, **more):
    return {"claim_id": name, "study_id": "a", "subject": "cohort", "field": "age_years", "statistic": statistic,
            "printed": printed, "of_total": of_total, **more}  # fmt: skip


def test_a_claim_is_of_studies_that_there_are():
    claims = [
        claim("1", "count", "1"),
        claim("2", "count", "1", study_id="a+b"),
        claim("3", "count", "1", study_id="c"),
    ]
    studies = [{"study_id": "a", "n_treated": 9}, {"study_id": "b"}]
    assert computed("of_nobody", claim=claims, study=studies) == {"1": "", "2": "", "3": "c"}


def test_what_is_printed_of_a_cohort_is_held_against_its_size():
    claims = [claim("1", "count", "1", 9), claim("2", "count", "1", 9, subject="CR patients"), claim("3", "count", "1")]
    said = computed("n_treated_of_cohort", claim=claims, study=[{"study_id": "a", "n_treated": 9}])
    assert said == {"1": 9, "2": None, "3": 9}


def test_no_data_could_give_what_is_printed():
    claims = [
        claim("part", "count", "7", 7), claim("more", "count", "1,008", 523), claim("percent", "percent", "103.0", 7),
        claim("unknown", "count", "7"), claim("words", "count", "most", 7), claim("lost", "missing", "8", 7),
    ]  # fmt: skip
    assert computed("printed_impossible", claim=claims) == {
        "part": "", "more": "1,008 of 523", "percent": "103.0 of 100", "unknown": None, "words": None,
        "lost": "8 of 7",
    }  # fmt: skip


def test_a_median_lies_between_what_is_printed_beside_it():
    claims = [
        claim("low", "min", "2"), claim("high", "max", "6"), claim("in", "median", "3"), claim("out", "median", "34"),
        claim("elsewhere", "median", "34", subject="men"), claim("one end", "min", "5", subject="women"),
        claim("below", "median", "4", subject="women"),
    ]  # fmt: skip
    assert computed("median_outside", claim=claims) == {
        "low": None, "high": None, "in": "", "out": "34 outside 2 to 6", "elsewhere": None, "one end": None,
        "below": "4 outside 5 to 4",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "value"), [("1,234.5", 1234.5), (" 7 ", 7.0), ("-3", -3.0), ("<5", None), ("", None), ("1e5", None)]
)
def test_printed_numbers(printed, value):
    assert number(printed) == value


def test_a_pointer_leads_to_a_row_by_either_name_of_a_patient():
    check = next(check for check in all_checks() if check.id == "overlap.second_id_is_a_patient")
    pairs = [{"pair_id": name, "unit_kind": "patient", "second_id": name} for name in ("p1", "was", "nobody")]
    pairs.append({"pair_id": "empty", "unit_kind": "patient"})
    rows = tables(overlap=pairs, patient=[{"patient_id": "p1", "also_patient_ids": "was;once"}])
    table = with_computed(rows, [check], TOPIC)["overlap"]
    said = dict(zip(table["pair_id"].to_pylist(), table[pointing(check)].to_pylist(), strict=True))
    assert said == {"p1": True, "was": True, "nobody": False, "empty": None}
