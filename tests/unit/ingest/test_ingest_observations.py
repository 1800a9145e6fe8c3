from catalog.identity import observation_id
from catalog.tables import TABLES
from ingest.observations import Source, Statements

SOURCE = Source("curated:a", "a.csv", "0" * 64, "person", "curators")


def add(statements, stated, **more):
    names = [f"p{number}" for number in range(len(stated))]
    statements.add(
        "patient", names, ["a"] * len(stated), "afp_baseline_ng_ml", stated, rows=range(2, 2 + len(stated)),
        column="AFP", urls=["https://example.org"] * len(stated), places=["table 3"] * len(stated), **more,
    )  # fmt: skip


def test_each_filled_cell_is_one_statement_with_its_place_and_untouched_words():
    statements = Statements(SOURCE)
    add(statements, ["13,913", None, "Not checked"], values=["13913", None, None], unit="ng/mL")
    table = statements.table()
    assert table.column_names == list(TABLES["observation"].columns)
    rows = {row["unit_id"]: row for row in table.to_pylist()}
    assert set(rows) == {"p0", "p2"}
    assert rows["p0"] == {
        "observation_id": observation_id("patient", "p0", "afp_baseline_ng_ml", "curated:a", "AFP"),
        "unit_kind": "patient", "unit_id": "p0", "study_id": "a", "field": "afp_baseline_ng_ml",
        "stated": "13,913", "value": "13913", "unit": "ng/mL", "origin": "curated:a", "file": "a.csv",
        "file_sha256": "0" * 64, "row": 2, "column": "AFP", "source_url": "https://example.org",
        "where_in_source": "table 3", "quote": None, "observation_method": "person",
        "observation_status": "confirmed", "recorded_by": "curators", "note": None,
    }  # fmt: skip
    assert (rows["p2"]["stated"], rows["p2"]["value"], rows["p2"]["row"]) == ("Not checked", None, 4)


def test_notes_go_with_their_row():
    statements = Statements(SOURCE)
    add(statements, ["1", None, "3"], notes=["first", "second", None])
    assert {row["unit_id"]: row["note"] for row in statements.table().to_pylist()} == {"p0": "first", "p2": None}


def test_a_statement_keeps_its_name_when_its_value_is_corrected():
    before, after = Statements(SOURCE), Statements(SOURCE)
    add(before, ["1"])
    add(after, ["2"])
    assert before.table()["observation_id"] == after.table()["observation_id"]


def test_nothing_stated_is_an_empty_table():
    assert Statements(SOURCE).table().num_rows == 0
