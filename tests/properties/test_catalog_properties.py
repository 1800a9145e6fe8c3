"""What holds of the bottom layer whatever the content: checksums, differences, names, words, derived times."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.basis import stated_fields
from catalog.checksum import content_sha256
from catalog.difference import changes
from catalog.fields import FIELDS
from catalog.identity import observation_id, pair_id, report_id
from catalog.rows import text
from catalog.schema import from_rows
from catalog.tables import TABLES
from catalog.vocabulary import vocabulary
from harmonize.derive import derive_patient

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=5)
CELLS = st.fixed_dictionaries(
    {
        "journal": st.none() | WORDS,
        "year": st.none() | st.integers(-(2**63), 2**63 - 1),
    }
)
"""Cells of `report`, a table with text and whole numbers; every word is allowed, also the empty one."""


def reports(rows: dict[str, dict[str, Any]]) -> pa.Table:
    return from_rows(TABLES["report"], [{"report_id": name, "origin": "o", **cells} for name, cells in rows.items()])


TABLE = st.dictionaries(WORDS, CELLS, max_size=6)


@settings(max_examples=50)
@given(TABLE, st.integers(1, 3))
def test_the_checksum_does_not_depend_on_chunks_or_the_order_of_columns(rows: dict, size: int) -> None:
    whole = reports(rows)
    pieces = [whole.slice(start, size) for start in range(0, whole.num_rows, size)]
    chunked = pa.concat_tables(pieces) if pieces else whole
    assert content_sha256(chunked) == content_sha256(whole)
    assert content_sha256(whole.select(whole.column_names[::-1])) == content_sha256(whole)


@settings(max_examples=50)
@given(TABLE, TABLE)
def test_two_tables_have_one_checksum_only_when_they_are_equal(first: dict, second: dict) -> None:
    one, other = reports(first), reports(second)
    assert (content_sha256(one) == content_sha256(other)) == one.equals(other)


@given(st.lists(st.none() | WORDS, max_size=4), st.lists(st.none() | WORDS, max_size=4))
def test_texts_that_read_the_same_in_a_row_have_different_checksums(first: list, second: list) -> None:
    one, other = (pa.table({"words": pa.array(words, pa.string())}) for words in (first, second))
    assert (content_sha256(one) == content_sha256(other)) == (first == second)


@settings(max_examples=50)
@given(TABLE, TABLE)
def test_the_changes_turn_one_version_into_the_other(before: dict, after: dict) -> None:
    found = changes(reports(before), reports(after), "report_id")
    turned = {name: dict(cells) for name, cells in before.items()}
    for change in found:
        if change.change == "removed":
            del turned[change.key]
        elif change.change == "added":
            turned[change.key] = dict(after[change.key])
        else:
            assert turned[change.key][str(change.column)] == change.before
            turned[change.key][str(change.column)] = change.after
    assert turned == after
    assert (found == []) == (before == after)


@given(WORDS, WORDS)
def test_a_pair_has_one_name_whichever_comes_first(first: str, second: str) -> None:
    assert pair_id(first, second) == pair_id(second, first)


@given(st.tuples(*[WORDS] * 5), st.tuples(*[WORDS] * 5))
def test_statements_at_different_places_have_different_names(first: tuple, second: tuple) -> None:
    """The parts are joined by a control character; a name that holds it is nobody's name."""
    if any("\x1f" in part for part in (*first, *second)):
        return
    assert (observation_id(*first) == observation_id(*second)) == (first == second)


@given(st.none() | st.from_regex(r"[0-9]{1,8}", fullmatch=True), st.none() | st.just("10.1000/ABC"), WORDS)
def test_a_report_is_named_by_the_best_identifier_it_has(pmid: str | None, doi: str | None, study: str) -> None:
    expected = f"pmid:{pmid}" if pmid else "doi:10.1000/abc" if doi else f"study:{study}"
    assert report_id(pmid, doi, study) == expected


@given(st.sampled_from(sorted({str(field.vocabulary) for field in FIELDS.values() if field.vocabulary})), st.data())
def test_a_word_means_the_same_in_any_case(name: str, data: st.DataObject) -> None:
    words = vocabulary(name)
    spelling = data.draw(st.sampled_from(sorted(words.spellings)))
    code = words.spellings[spelling]
    assert code in words.codes
    assert words.code(spelling) == code
    assert words.code(spelling.upper().casefold()) in (code, None)  # None: ß and the like
    assert words.code(spelling.casefold()) == code


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_number_is_the_number(value: float) -> None:
    assert float(text(value)) == value


MONTHS = st.integers(0, 60)
ENDS = st.none() | st.tuples(MONTHS, MONTHS).map(lambda pair: (float(min(pair)), float(max(pair))))
ORIGINS = st.sampled_from(sorted(vocabulary("time_origin").codes))


@st.composite
def patients(draw: st.DrawFn) -> dict[str, Any]:
    """A patient's harmonized row before anything is derived, as far as times go."""
    row: dict[str, Any] = {"drug_after_cr": draw(st.sampled_from(sorted(vocabulary("drug_after_cr").codes)))}
    for name in ("time_to_cr", "drug_stop", "disease_free"):
        row[f"{name}_months_lower"], row[f"{name}_months_upper"] = draw(ENDS) or (None, None)
        row[f"{name}_origin"] = draw(ORIGINS)
    return row


@given(patients(), st.sampled_from(["drug_stop_from_cr_months_upper", "disease_free_from_cr_months_lower"]))
def test_a_time_since_cr_follows_from_the_fields_it_is_said_to_rest_on(row: dict[str, Any], column: str) -> None:
    names = stated_fields(row, column, {})
    alone = {
        name: value
        for name, value in row.items()
        if name.removesuffix("_months_lower").removesuffix("_months_upper") in names
    }
    derive_patient(row)
    derive_patient(alone)
    assert alone[column] == row[column]
