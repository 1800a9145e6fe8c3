"""Curated sheets into source tables. The two synthetic studies and their patient do not exist."""

import pytest

from catalog.errors import InvalidInput
from catalog.lineage import sha256
from catalog.store import Store
from catalog.topic import load_topic
from ingest.curation.importing import import_folder

TOPIC = load_topic("hcc-sorafenib-cr")
SHEETS = {
    "studies.csv": (
        "study_id,first_author,year,doi,design,n_treated,n_cr,denominator,source_url,where_in_source,note\n"
        'synthetic1,Nobody A,2020,10.1/X,cohort,90,1,treated_population,https://example.org/1,abstract,"one, two"\n'
        "synthetic2,,,10.1/x,case_report,,1,numerator_only,https://example.org/1,abstract,\n"
    ),
    "patients.csv": (
        "study_id,patient_id,sex,time_to_cr,cr_certainty,source_url,where_in_source,note\n"
        "synthetic1,synthetic1_p1,male,≤6 months,confirmed,https://example.org/1,table 2,a note\n"
    ),
    "claims.csv": (
        "claim_id,study_id,field,statistic,printed,of_total\nc1,synthetic1,n_cr,count,1,90\nc2,synthetic1,x,median,5.30,\n"
    ),
    "overlaps.csv": (
        "unit_kind,first_id,second_id,overlap_decision,evidence_for,decided_by\n"
        "study,synthetic2,synthetic1,different,none,a reader\n"
    ),
}


def write(folder, sheets):
    folder.mkdir(exist_ok=True)
    for name, text in sheets.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("curated")
    store = Store(folder / "data", TOPIC.slug)
    import_folder(write(folder / "sheets", SHEETS), TOPIC, store)
    return store


def test_every_filled_cell_but_names_and_places_is_a_statement_as_written(store):
    stated = {(row["unit_id"], row["field"]): row for row in store.read("observation").to_pylist()}
    assert set(stated) == {
        *(("synthetic1", field) for field in
          ("first_author", "year", "doi", "design", "n_treated", "n_cr", "denominator")),
        *(("synthetic2", field) for field in ("doi", "design", "n_cr", "denominator")),
        *(("synthetic1_p1", field) for field in ("sex", "time_to_cr", "cr_certainty")),
    }  # fmt: skip
    time = stated["synthetic1_p1", "time_to_cr"]
    assert (time["stated"], time["value"], time["unit"]) == ("≤6 months", None, None)
    assert (time["file"], time["row"], time["column"]) == ("patients.csv", 2, "time_to_cr")
    assert (time["source_url"], time["where_in_source"], time["note"]) == (
        "https://example.org/1", "table 2", "a note",
    )  # fmt: skip
    assert (time["origin"], time["observation_method"], time["observation_status"]) == (
        "curated:sheets", "person", "confirmed",
    )  # fmt: skip
    assert time["file_sha256"] == sha256(SHEETS["patients.csv"].encode())
    assert stated["synthetic1", "design"]["note"] == "one, two"


def test_summaries_keep_the_digits_as_printed(store):
    claims = {row["claim_id"]: row for row in store.read("claim").to_pylist()}
    assert (claims["c2"]["printed"], claims["c2"]["of_total"], claims["c1"]["of_total"]) == ("5.30", None, 90)


def test_arms_of_one_publication_are_one_report_and_the_first_row_speaks(store):
    (report,) = store.read("report").to_pylist()
    assert (report["report_id"], report["first_author"], report["year"]) == ("doi:10.1/x", "Nobody A", 2020)


def test_a_pair_has_one_name_whichever_comes_first(store):
    assert store.read("overlap_choice")["pair_id"].to_pylist() == ["synthetic1|synthetic2"]


def test_the_sheets_bytes_are_kept_under_their_checksum(store):
    for text in SHEETS.values():
        digest = sha256(text.encode())
        assert (store.root / "raw" / digest[:2] / f"{digest}.csv").read_bytes() == text.encode()


def test_a_second_folder_stands_beside_the_first_and_a_repeated_import_changes_nothing(tmp_path):
    store = Store(tmp_path / "data", TOPIC.slug)
    first, second = write(tmp_path / "first", SHEETS), tmp_path / "second"
    other = "study_id,design\nsynthetic3,cohort\n"
    import_folder(first, TOPIC, store)
    import_folder(write(second, {"studies.csv": other}), TOPIC, store)
    origins = store.read("observation")["origin"].to_pylist()
    assert {origin: origins.count(origin) for origin in origins} == {"curated:first": 14, "curated:second": 1}
    assert not any(commit.changed for commit in import_folder(first, TOPIC, store))
    # what the folder no longer says is gone, what the other says stays
    less = {"studies.csv": other.replace("3", "4"), "patients.csv": "study_id,patient_id\n"}
    import_folder(write(first, less), TOPIC, store)
    assert sorted(store.read("observation")["unit_id"].to_pylist()) == ["synthetic3", "synthetic4"]


def test_a_summary_that_another_folder_has_named_already_is_refused_and_nothing_is_written(tmp_path):
    store = Store(tmp_path / "data", TOPIC.slug)
    import_folder(write(tmp_path / "first", SHEETS), TOPIC, store)
    before = store.versions(("report", "observation", "claim", "overlap_choice"))
    with pytest.raises(InvalidInput) as refused:
        import_folder(write(tmp_path / "second", SHEETS), TOPIC, store)
    assert [str(problem) for problem in refused.value.problems] == [
        f"claims.csv, row {row}, column 'claim_id': another folder has a summary of this name; found '{name}'; "
        "allowed: a name that curated:first does not have. Rename it; a corrected sheet is imported from a folder of "
        "the same name"
        for row, name in ((2, "c1"), (3, "c2"))
    ]
    assert store.versions(("report", "observation", "claim", "overlap_choice")) == before


def test_only_the_sheet_of_studies_is_needed(tmp_path):
    store = Store(tmp_path / "data", TOPIC.slug)
    import_folder(write(tmp_path / "a", {"studies.csv": SHEETS["studies.csv"]}), TOPIC, store)
    assert store.read("claim").num_rows == store.read("overlap_choice").num_rows == 0
    with pytest.raises(InvalidInput, match="the sheet of studies is missing"):
        import_folder(write(tmp_path / "b", {"claims.csv": SHEETS["claims.csv"]}), TOPIC, store)
    with pytest.raises(InvalidInput, match="no such folder of curated evidence"):
        import_folder(tmp_path / "gone", TOPIC, store)


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ("study,a,b,same,x,me\nstudy,b,a,unsure,x,me\n", "overlaps.csv, row 3, column 'first_id, second_id': the pair"),
        ("study,a,a,same,x,me\n", "overlaps.csv, row 2, column 'second_id': a pair needs two names; found 'a'"),
        ("study,a,b,same,x,me\nstudy,a,b,same,x,me\n", "overlaps.csv, row 3, column 'unit_kind, first_id, second_id'"),
        (
            "person,a,b,same,x,me\n",
            "overlaps.csv, row 2, column 'unit_kind': unknown value; found 'person'; allowed: study",
        ),
        ("study,a,b,maybe,x,me\n", "overlaps.csv, row 2, column 'overlap_decision': unknown value; found 'maybe'"),
    ],
)
def test_decisions_that_cannot_be_are_refused(tmp_path, pairs, problem):
    header = SHEETS["overlaps.csv"].splitlines()[0] + "\n"
    folder = write(tmp_path / "a", {"studies.csv": SHEETS["studies.csv"], "overlaps.csv": header + pairs})
    with pytest.raises(InvalidInput) as raised:
        import_folder(folder, TOPIC, Store(tmp_path / "data", TOPIC.slug))
    (found,) = raised.value.problems
    assert str(found).startswith(problem)
