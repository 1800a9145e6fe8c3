"""Columns that rules across rows and tables need, computed beside the stored ones; pure functions on Arrow tables.

A column of words is empty text where all is well, says what is wrong elsewhere, and is null in rows that the rule
does not speak of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.compact import compact_column
from catalog.identity import pair_id
from catalog.rules import NOTHING
from catalog.tables import TABLES
from catalog.topic import Topic
from catalog.verdict import counts_retracted, counts_twice
from expectations.checks import Check
from expectations.printed import median_outside, printed_impossible

Tables = Mapping[str, pa.Table]
MARKERS = (
    ("afp_baseline_ng_ml", "AFP", "baseline"),
    ("afp_at_cr_ng_ml", "AFP", "at_cr"),
    ("pivka_baseline_mau_ml", "PIVKA-II", "baseline"),
    ("pivka_at_cr_mau_ml", "PIVKA-II", "at_cr"),
)
"""The patient's columns that are measurements too."""


def with_computed(tables: Tables, checks: list[Check], topic: Topic) -> dict[str, pa.Table]:
    """Return the tables with what `checks` look at beyond the stored columns; the rows stay as they are."""
    added = dict(tables)
    for check in checks:
        table = added[check.table]
        for column in check.columns:
            if column in COMPUTED and column not in table.column_names:
                table = table.append_column(column, COMPUTED[column](tables, topic))
        if check.kind == "points":
            name, target = pointing(check), check.arguments["table"]
            if name not in table.column_names:
                table = table.append_column(name, _names_a_row(table[check.columns[0]], tables[target], target))
        added[check.table] = table
    return added


def pointing(check: Check) -> str:
    """Return the name of the column that says whether a pointer leads to a row."""
    return f"{check.columns[0]}_in_{check.arguments['table']}"


def _names_a_row(cells: pa.ChunkedArray, table: pa.Table, name: str) -> pa.Array:
    """Return whether each cell is a key of `table`, null where the cell is empty.

    A patient who was decided to be another is known by either name.
    """
    keys = table[TABLES[name].key].combine_chunks()
    if name == "patient":
        keys = pa.concat_arrays([keys, _words(table["also_patient_ids"])[1]])
    coded = compact_column(cells)
    return pc.is_in(coded.dictionary, keys).take(coded.indices)


def _texts(cells: pa.ChunkedArray) -> pa.Array:
    """Return texts as texts; those of a large table come as codes (`catalog.compact`)."""
    return cells.cast(pa.string()).combine_chunks()


def _times(names: pa.ChunkedArray, listing: pa.Array) -> pa.Array:
    """Return how often each name stands in a list; null for one that does not."""
    counted = pc.value_counts(listing)
    at = pc.index_in(names, counted.field("values"))
    return counted.field("counts").take(at.combine_chunks())


def _words(cells: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Return the words of cells that join several by ``;``: the row of each, and the word."""
    said = pc.indices_nonzero(pc.is_valid(cells))
    parts = pc.split_pattern(_texts(cells.take(said)), ";")
    return said.take(pc.list_parent_indices(parts)), pc.list_flatten(parts)


# --- study -----------------------------------------------------------------------------------------------------------


def _n_listed(tables: Tables, _: Topic) -> pa.Array:
    """Count the patients that each study lists, by whichever of a patient's names; null when it lists none."""
    patients = tables["patient"]
    listing = pa.concat_arrays([_texts(patients["study_id"]), _words(patients["also_study_ids"])[1]])
    return _times(tables["study"]["study_id"], listing)


def _listed_unconfirmed(tables: Tables, _: Topic) -> pa.Array:
    """Count, for each treated population, the patients listed whose CR is not confirmed; null for other studies."""
    patients, studies = tables["patient"], tables["study"]
    doubtful = patients.filter(pc.not_equal(patients["cr_certainty"], "confirmed"))
    many = _times(studies["study_id"], _texts(doubtful["study_id"])).cast(pa.string())
    words = pc.fill_null(pc.binary_join_element_wise(many, "not confirmed", " "), "")
    return pc.if_else(pc.equal(studies["denominator"], "treated_population"), words, pa.scalar(None, pa.string()))


def _retracted_counted_in(tables: Tables, topic: Topic) -> pa.Array:
    said = "counted in " + ", ".join(counts_retracted(topic)) if counts_retracted(topic) else ""
    return pc.if_else(pc.is_valid(tables["study"]["retracted_by"]), said, None)


def _retraction_missed(tables: Tables, _: Topic) -> pa.Array:
    """Compare each study's notice of retraction with that of its report as it is now."""
    notices = dict(zip(*(tables["report"][name].to_pylist() for name in ("report_id", "retracted_by")), strict=True))
    studies = tables["study"].select(["report_id", "retracted_by"]).to_pylist()
    found: list[str | None] = []
    for study in studies:
        own, report = study["retracted_by"], notices.get(study["report_id"])
        words = "" if own == report else f"study {own or 'nothing'}, report {report or 'nothing'}; harmonize again"
        found.append(words if own or report else None)
    return pa.array(found, pa.string())


def _unpaired_siblings(tables: Tables, _: Topic) -> pa.Array:
    """Name, for each study, those of the same publication with which it does not stand as a pair."""
    paired = set(tables["overlap"]["pair_id"].to_pylist())
    names, reports = (tables["study"][column].to_pylist() for column in ("study_id", "report_id"))
    of_report: dict[str, list[str]] = defaultdict(list)
    for name, report in zip(names, reports, strict=True):
        of_report[report].append(name)
    missing: dict[str, list[str]] = defaultdict(list)
    for siblings in of_report.values():
        for first, second in combinations(siblings, 2):
            if pair_id(first, second) not in paired:
                missing[first].append(second)
                missing[second].append(first)
    alone = {siblings[0] for siblings in of_report.values() if len(siblings) == 1}
    found = [None if name in alone else ", ".join(missing[name]) for name in names]
    return pa.array(found, pa.string())


# --- patient ---------------------------------------------------------------------------------------------------------


def _exact(table: pa.Table, name: str) -> pa.Array:
    """Return a time where it is known to the day, else null."""
    lower, upper = table[f"{name}_months_lower"], table[f"{name}_months_upper"]
    return pc.if_else(pc.equal(lower, upper), lower, pa.scalar(None, pa.float64()))


def _start_to_stop(tables: Tables, _: Topic) -> pa.Array:
    """Add up time to CR and time from CR to the stop; only where both and the time on the drug are exact."""
    patients = tables["patient"]
    total = pc.add(_exact(patients, "time_to_cr"), _exact(patients, "drug_stop_from_cr"))
    known = pc.is_valid(_exact(patients, "drug_duration"))
    return pc.if_else(known, total, pa.scalar(None, pa.float64()))


def _start_to_last_look(tables: Tables, _: Topic) -> pa.Array:
    patients = tables["patient"]
    return pc.add(patients["time_to_cr_months_upper"], patients["disease_free_from_cr_months_upper"])


def _combined_in_monotherapy(tables: Tables, _: Topic) -> pa.Array:
    """Name the other treatment of patients whose study states that the drug was given alone."""
    patients, studies = tables["patient"], tables["study"]
    alone = studies.filter(pc.equal(studies["monotherapy"], "yes"))["study_id"].combine_chunks()
    given = patients["concomitant_treatment"]
    asked = pc.and_(pc.is_in(patients["study_id"], alone), pc.is_valid(given))
    words = pc.if_else(pc.is_in(given, pa.array(NOTHING)), "", given)
    return pc.if_else(asked, words, pa.scalar(None, pa.string()))


def _ungrounded(tables: Tables, _: Topic) -> pa.Array:
    """Say which confirmed CR have neither a criterion nor a basis; null for what is not confirmed."""
    patients = tables["patient"]
    unsaid = pa.array(["not_reported"])
    neither = pc.and_(pc.is_in(patients["criterion"], unsaid), pc.is_in(patients["cr_basis"], unsaid))
    words = pc.if_else(neither, "neither criterion nor basis", "")
    return pc.if_else(pc.equal(patients["cr_certainty"], "confirmed"), words, pa.scalar(None, pa.string()))


def _merged_and_still_there(tables: Tables, _: Topic) -> pa.Array:
    patients = tables["patient"]
    rows, names = _words(patients["also_patient_ids"])
    if not len(names):
        return pa.nulls(len(patients), pa.string())
    there = pc.is_in(names, patients["patient_id"].combine_chunks())
    found: list[str | None] = [None] * len(patients)
    for row, name, is_there in zip(rows.to_pylist(), names.to_pylist(), there.to_pylist(), strict=True):
        found[row] = "; ".join(filter(None, (found[row], name if is_there else "")))
    return pa.array(found, pa.string())


def _markers_not_measured(tables: Tables, _: Topic) -> pa.Array:
    """Name the columns of each patient whose value has no row in `measurement`; null when there is no value."""
    patients, measurements = tables["patient"], tables["measurement"]
    named = compact_column(measurements["patient_id"])
    at = pc.index_in(patients["patient_id"], named.dictionary)
    missing: pa.Array = pa.repeat(pa.scalar(None, pa.string()), len(patients))
    for column, marker, time_point in MARKERS:
        measured = pc.unique(named.indices.filter(_is_of(measurements, marker, time_point)))
        is_measured = pc.is_in(at, measured.cast(at.type), skip_nulls=True)
        words = pc.if_else(is_measured, "", f"{column} ")
        own = pc.if_else(pc.is_valid(patients[column]), words, pa.scalar(None, pa.string()))
        missing = pc.if_else(pc.is_valid(own), pc.binary_join_element_wise(pc.fill_null(missing, ""), own, ""), missing)
    return pc.utf8_rtrim_whitespace(missing)


# --- measurement -----------------------------------------------------------------------------------------------------


def _is_of(measurements: pa.Table, marker: str, time_point: str) -> pa.Array:
    """Return whether each measurement is of a marker at a time point."""
    at = pc.and_(pc.equal(measurements["marker"], marker), pc.equal(measurements["time_point"], time_point))
    return at.combine_chunks()


def _patient_value(tables: Tables, _: Topic) -> pa.Array:
    """Return what the patient's own row gives for each measurement; null where it has no such column."""
    patients, measurements = tables["patient"], tables["measurement"]
    named = compact_column(measurements["patient_id"])
    at = pc.index_in(named.dictionary, patients["patient_id"].combine_chunks()).take(named.indices)
    found: pa.Array = pa.repeat(pa.scalar(None, pa.float64()), len(measurements))
    for column, marker, time_point in MARKERS:
        here = _is_of(measurements, marker, time_point)
        found = pc.if_else(here, patients[column].take(at), found)
    return found


# --- overlap ---------------------------------------------------------------------------------------------------------


def _counted_twice_in(tables: Tables, topic: Topic) -> pa.Array:
    said = "counted twice in " + ", ".join(counts_twice(topic)) if counts_twice(topic) else ""
    may_be_one = pc.is_in(tables["overlap"]["overlap_decision"], pa.array(["same", "unsure"]))
    return pc.if_else(may_be_one, said, pa.scalar(None, pa.string()))


def _made_one_by(tables: Tables, _: Topic) -> pa.Array:
    """Say of each pair decided different whether decisions that others are the same make the two one."""
    pairs = tables["overlap"].select(["unit_kind", "first_id", "second_id", "overlap_decision"]).to_pylist()
    group: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for pair in pairs:
        if pair["overlap_decision"] == "same":
            first, second = ((pair["unit_kind"], pair[side]) for side in ("first_id", "second_id"))
            joined = group.get(first, {first}) | group.get(second, {second})
            group |= dict.fromkeys(joined, joined)
    found: list[str | None] = []
    for pair in pairs:
        first, second = ((pair["unit_kind"], pair[side]) for side in ("first_id", "second_id"))
        if pair["overlap_decision"] != "different":
            found.append(None)
        else:
            one = group.get(first, set()) if second in group.get(first, set()) else set()
            found.append(" = ".join(sorted(name for _, name in one)))
    return pa.array(found, pa.string())


# --- claim -----------------------------------------------------------------------------------------------------------


def _of_nobody(tables: Tables, _: Topic) -> pa.Array:
    """Name the studies of each claim that there are not; a claim may be of several, joined by ``+``."""
    known = set(tables["study"]["study_id"].to_pylist())
    named = (claim.split("+") for claim in tables["claim"]["study_id"].to_pylist())
    return pa.array([", ".join(name for name in names if name not in known) for names in named], pa.string())


def _n_treated_of_cohort(tables: Tables, _: Topic) -> pa.Array:
    claims, studies = tables["claim"], tables["study"]
    at = pc.index_in(claims["study_id"], studies["study_id"].combine_chunks())
    treated = studies["n_treated"].take(at)
    return pc.if_else(pc.equal(claims["subject"], "cohort"), treated, pa.scalar(None, pa.int64()))


COMPUTED: dict[str, Callable[[Tables, Topic], Any]] = {
    "n_listed": _n_listed,
    "listed_unconfirmed": _listed_unconfirmed,
    "retracted_counted_in": _retracted_counted_in,
    "retraction_missed": _retraction_missed,
    "unpaired_siblings": _unpaired_siblings,
    "start_to_stop_months": _start_to_stop,
    "start_to_last_look_months": _start_to_last_look,
    "combined_in_monotherapy": _combined_in_monotherapy,
    "ungrounded": _ungrounded,
    "merged_and_still_there": _merged_and_still_there,
    "markers_not_measured": _markers_not_measured,
    "patient_value": _patient_value,
    "counted_twice_in": _counted_twice_in,
    "made_one_by": _made_one_by,
    "of_nobody": _of_nobody,
    "n_treated_of_cohort": _n_treated_of_cohort,
    "printed_impossible": lambda tables, _: printed_impossible(tables["claim"]),
    "median_outside": lambda tables, _: median_outside(tables["claim"]),
}
"""Column by name: how it is computed from all tables and the topic, one entry a row of the rule's table."""
