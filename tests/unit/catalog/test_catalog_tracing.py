"""Every number, row and table walks back to who counted, the stated words, the bytes and the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.chain import shipped_topic, store_of
from support.estimates import ALONE, PRINTED, RATE, REFUSED, store_estimates

from catalog.basis import columns_of_a_unit
from catalog.errors import InvalidInput
from catalog.lineage import Lineage, code_version, sha256
from catalog.rows import as_json
from catalog.store import Store
from catalog.tracing import KINDS, Document, trace
from catalog.tracing_text import lines

TOPIC = shipped_topic()


@pytest.fixture(scope="module")
def store(harmonized_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    from support.chain import copied

    return store_estimates(copied(harmonized_data, tmp_path_factory.mktemp("traced") / "data"))


def text(document: Document) -> str:
    json.loads(as_json(document))  # every document is plain JSON
    return "\n".join(lines(document))


def fact(document: Document, column: str) -> dict[str, Any]:
    return next(one for one in document["facts"] if one["column"] == column)


# --- tables ------------------------------------------------------------------------------------------------


def test_a_table_walks_back_to_files_and_commands(store: Store) -> None:
    document = trace(store, TOPIC, "patient")
    nodes = {node["table"]: node for node in document["lineage"]}
    assert list(nodes) == ["patient", "claim", "observation", "overlap_choice", "report"]
    written = nodes["patient"]["writings"][0]
    assert (written["command"], written["topic_sha256"]) == ("harmonize", TOPIC.sha256)
    assert written["code_version"] == code_version()
    cohort, curated = nodes["observation"]["writings"]
    assert (cohort["version"], cohort["command"]) == (1, "ingest.cohort")
    assert (curated["version"], curated["command"]) == (0, "ingest.curation import")
    assert cohort["arguments"] == {
        "file": "park2015_tables_2_to_5.csv",
        "mapping": "park2015_mapping.toml",
        "read_as": "text in UTF-8, cells separated by commas",
    }


def test_the_bytes_of_curated_sheets_are_held_and_a_groups_own_records_are_not(store: Store) -> None:
    nodes = {node["table"]: node for node in trace(store, TOPIC, "observation")["lineage"]}
    files = {file["name"]: file for writing in nodes["observation"]["writings"] for file in writing["files"]}
    sheet = (TOPIC.evidence / "patients.csv").read_bytes()
    assert files["patients.csv"] == {"name": "patients.csv", "sha256": sha256(sheet), "held": True}
    assert files["park2015_tables_2_to_5.csv"]["held"] is False


def test_a_load_that_was_replaced_is_no_longer_an_ancestor(harmonized_copy: Path) -> None:
    store = store_of(harmonized_copy)
    rows = store.read("observation")
    rows = rows.filter([origin.startswith("cohort:") for origin in rows["origin"].to_pylist()])
    again = Lineage("ingest.cohort", files={"park2015_tables_2_to_5.csv": rows["file_sha256"][0].as_py()})
    store.replace("observation", rows.slice(1), again, origin="cohort:park2015")
    writings = trace(store, TOPIC, "observation")["lineage"][0]["writings"]
    assert [writing["version"] for writing in writings] == [2, 0]


def test_the_text_names_versions_commands_and_checksums(store: Store) -> None:
    said = text(trace(store, TOPIC, "study"))
    for part in ("study version 0: 50 rows", "by python -m harmonize", "file=park2015_tables_2_to_5.csv",
                 "rows of version 0 still stand", "(bytes held)", "(bytes not held, only their checksum)"):  # fmt: skip
        assert part in said


def test_a_table_never_written_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInput, match="table 'full_text' is not there yet"):
        trace(store, TOPIC, "full_text")


# --- studies and patients ----------------------------------------------------------------------------------


def test_a_patients_values_stand_beside_their_words(store: Store) -> None:
    document = trace(store, TOPIC, "park2015_p1")
    assert document["kind"] == "patient"
    afp = fact(document, "afp_baseline_ng_ml")
    assert (afp["value"], afp["unit"]) == (13913, "ng/mL")
    (stated,) = afp["rests_on"]
    assert (stated["stated"], stated["value"]) == ("13,913", "13913")
    assert (stated["file"], stated["row"], stated["column"]) == ("park2015_tables_2_to_5.csv", 2, "AFP (ng/mL)")
    assert (stated["where_in_source"], stated["source_url"][:23]) == ("table 3", "https://www.e-cmh.org/j")


def test_a_derived_value_rests_on_all_that_it_follows_from(store: Store) -> None:
    document = trace(store, TOPIC, "so2008_p1")
    free = fact(document, "disease_free_from_cr_months_upper")
    assert [one["field"] for one in free["rests_on"]] == [
        "disease_free", "disease_free_origin", "drug_stop", "drug_stop_origin", "time_to_cr", "drug_after_cr",
    ]  # fmt: skip
    assert fact(trace(store, TOPIC, "park2015_p1"), "child_pugh_class")["rests_on"][0]["field"] == "child_pugh_score"


def test_a_value_that_nobody_states_says_so(store: Store) -> None:
    sex = fact(trace(store, TOPIC, "so2008_p1"), "sex")
    assert (sex["value"], sex["rests_on"]) == ("not_reported", [])
    assert sex["why"] == "no source states it: the vocabulary's word for that"
    assert fact(trace(store, TOPIC, "park2015"), "present_cohort")["why"]


def test_pairs_and_analyses_of_a_unit_are_named(store: Store) -> None:
    document = trace(store, TOPIC, "kudo2010")
    assert ["shiba2014" in (pair["first_id"], pair["second_id"]) for pair in document["overlaps"]].count(True) == 1
    said = text(document)
    assert "may be the same as shiba2014: same (curators)" in said
    assert "in cr_rate.primary: left out: cr_count_not_seen: the number of CR was not seen" in said
    assert "in cr_rate.primary: counts" in text(trace(store, TOPIC, "park2015"))


@pytest.mark.parametrize("unit_kind", ["study", "patient"])
def test_every_harmonized_cell_walks_back(store: Store, unit_kind: str) -> None:
    """No cell without either statements or a reason; a reason only for words such as *not reported*."""
    from catalog.basis import fact as fact_of
    from catalog.basis import statements

    rows = store.read(unit_kind).to_pylist()
    said = statements(store.read("observation"), unit_kind, {row[f"{unit_kind}_id"] for row in rows})
    unstated = set()
    for row in rows:
        for column in columns_of_a_unit(unit_kind):
            found = fact_of(row, column, said[row[f"{unit_kind}_id"]])
            if found["value"] is not None and not found["rests_on"]:
                assert found["why"]
                unstated.add("report_id" if column == "report_id" else f"{found['value']}")
    assert unstated <= {"not_reported", "not_stated", "unclear", "report_id", "True", "False"}


def test_only_what_a_person_stands_behind_counts(harmonized_copy: Path) -> None:
    import pyarrow as pa

    store = store_of(harmonized_copy)
    rows = store.read("observation").to_pylist()
    for row in rows:
        if (row["unit_id"], row["field"]) == ("park2015_p1", "age_years"):
            row["observation_status"] = "rejected"
    store.replace("observation", pa.Table.from_pylist(rows), Lineage("test"))
    study = Lineage("harmonize", tables={"observation": 2})
    store.replace("patient", store.read("patient").slice(1), study)
    document = trace(store, TOPIC, "park2015_p1")
    assert fact(document, "age_years")["rests_on"] == []
    assert [one["field"] for one in document["not_used"]] == ["age_years"]
    assert 'age_years (rejected): "48"' in text(document)


def test_a_patient_of_two_names_rests_on_the_statements_about_both(harmonized_copy: Path) -> None:
    import pyarrow as pa

    store = store_of(harmonized_copy)
    rows = [row for row in store.read("patient").to_pylist() if row["patient_id"] != "park2017_ol_p1"]
    for row in rows:
        row["also_patient_ids"] = "park2017_ol_p1" if row["patient_id"] == "park2015_p4" else None
    store.replace("patient", pa.Table.from_pylist(rows), Lineage("harmonize", tables={"observation": 1}))
    time_to_cr = fact(trace(store, TOPIC, "park2015_p4"), "time_to_cr_months_lower")
    assert [one["file"] for one in time_to_cr["rests_on"]] == ["park2015_tables_2_to_5.csv", "patients.csv"]


# --- estimates -----------------------------------------------------------------------------------------------


def test_an_estimate_walks_back_to_those_who_counted_and_those_who_did_not(store: Store) -> None:
    document = trace(store, TOPIC, RATE)
    assert document["estimate"]["estimate_value"] == 0.0125
    assert document["estimate"]["detail"] == {"beta": -4.4}
    assert [unit["unit_id"] for unit in document["counted"]] == ["park2015", "shiba2014"]
    events = fact(document["counted"][0], "n_cr")
    assert (events["value"], events["rests_on"][0]["stated"]) == (7, "7")
    assert [unit["unit_id"] for unit in document["left_out"]] == ["kudo2010"]
    assert document["left_out"][0]["reason_code"] == "cr_count_not_seen"
    assert [node["table"] for node in document["lineage"]][:2] == ["estimate", "claim"]


def test_the_columns_that_the_topics_rules_look_at_are_shown_too(store: Store) -> None:
    columns = [one["column"] for one in trace(store, TOPIC, RATE)["counted"][0]["facts"]]
    assert columns[:2] == ["n_cr", "n_treated"]
    assert {"design", "denominator", "monotherapy"} <= set(columns)


def test_the_interval_of_one_study_is_about_that_study(store: Store) -> None:
    assert [unit["unit_id"] for unit in trace(store, TOPIC, ALONE)["counted"]] == ["park2015"]


def test_a_printed_number_walks_back_to_the_claim(store: Store) -> None:
    document = trace(store, TOPIC, PRINTED)
    assert [claim["claim_id"] for claim in document["claims"]] == ["t01"]
    assert "printed as 56.6 ± 12.7 [year], of cohort: claims.csv, row 76" in text(document)


def test_what_cannot_be_estimated_says_why(store: Store) -> None:
    assert "no number  invented: nobody is left" in text(trace(store, TOPIC, REFUSED))


def test_an_estimate_shows_the_versions_it_was_computed_from(harmonized_copy: Path) -> None:
    """Rows of later versions are not shown in the place of those that went in."""
    import pyarrow as pa

    store = store_estimates(harmonized_copy)
    rows = store.read("study").to_pylist()
    for row in rows:
        row["n_cr"] = 8 if row["study_id"] == "park2015" else row["n_cr"]
    store.replace("study", pa.Table.from_pylist(rows), Lineage("harmonize", tables={"observation": 1}))
    document = trace(store, TOPIC, RATE)
    assert fact(document["counted"][0], "n_cr")["value"] == 7
    assert document["versions"]["study"] == {"used": 0, "now": 1}
    assert "computed from study version 0, which is now at version 1" in text(document)


def test_a_topic_that_changed_since_is_said(store: Store) -> None:
    from dataclasses import replace

    assert trace(store, TOPIC, RATE)["topic_changed"] is False
    changed = trace(store, replace(TOPIC, sha256="0" * 64), RATE)
    assert "the topic file has changed since" in text(changed)


# --- names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "like"),
    [("pateint", "patient"), ("park2051", "park2015"), ("cr_rate.primary.inventd", RATE), ("so2008_p2", "so2008_p1")],
)
def test_an_unknown_name_is_refused_with_the_nearest(store: Store, target: str, like: str) -> None:
    with pytest.raises(InvalidInput, match=f"Did you mean '{like}'"):
        trace(store, TOPIC, target)


def test_an_estimate_that_is_not_there_yet_says_what_to_run(harmonized_data: Path) -> None:
    with pytest.raises(InvalidInput, match=r"Not there yet: estimate; .* python -m synthesize"):
        trace(store_of(harmonized_data), TOPIC, "cr_rate.primary.glmm_t")


def test_a_name_of_several_things_asks_which(store: Store) -> None:
    """The shipped evidence has a study named after the trial SEARCH, and there is a table of searches."""
    with pytest.raises(InvalidInput, match=r"means several things.*--as table, --as study"):
        trace(store, TOPIC, "search")
    assert trace(store, TOPIC, "search", "study")["kind"] == "study"


def test_a_kind_that_the_name_is_not_is_refused(store: Store) -> None:
    for kind in KINDS:
        if kind != "patient":
            with pytest.raises(InvalidInput, match="nothing of this name"):
                trace(store, TOPIC, "park2015_p1", kind)
