"""Whether a mapping and a file fit: the same columns, nothing read twice, nobody to be recognised."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.errors import Problems, repeated
from catalog.fields import FIELDS
from catalog.units import needs_unit
from ingest.cohort.entries import ROW, CohortMapping, Column, FirstOf
from ingest.cohort.mapping import refuse_unknown
from ingest.cohort.privacy import record_numbers, said_of, shown_by_cells, shown_by_words
from ingest.cohort.records import CohortRecords
from ingest.cohort.written_dates import holds_date

LONG_WORDS, LONG_TEXT = 8, 80
"""More words or characters than these in a cell are free text, whatever the column is for."""
CODED_ROWS, CODES = 20, 3
"""So many cells that hold no more than so many different digits are codes for categories, not measurements."""


def check_against(mapping: CohortMapping, name: str, records: CohortRecords, problems: Problems) -> None:
    """Check that the mapping in file `name` and the records speak of the same columns."""
    header = list(records.columns)
    used = used_columns(mapping)
    for column in sorted(used - set(header)):
        what = f"the mapping names a column that {records.name} does not have"
        refuse_unknown(what, column, tuple(header), name, problems)
    accounted = used | {whole for whole, parts in records.parts.items() if set(parts) <= used}
    accounted |= {part for whole, parts in records.parts.items() if whole in used for part in parts}
    for column in header:
        if column not in accounted:
            problems.add(
                "the column is neither mapped nor ignored", file=records.name, row=1, column=column,
                remedy=f"Add a [[column]] or an [[ignored]] entry with a reason to {name}",
            )  # fmt: skip
    _check_entries(mapping, name, problems)
    readings = [(column.name, field) for column in mapping.read for field in _fields(column)]
    readings += [(constant.name, constant.field) for constant in mapping.constants]
    readings += [(any_of.name, any_of.field) for any_of in mapping.any_of]
    readings += [(difference.name(mapping.dates.index), difference.field) for difference in mapping.differences]
    for column, field in repeated(readings):
        problems.add("the mapping reads the same field twice from the same place", file=name, column=column,
                     found=field, remedy="Keep one of the entries")  # fmt: skip
    for any_of in mapping.any_of:
        if FIELDS[any_of.field].kind != "code":
            problems.add("any_of gives yes or no, which this field does not take", file=name, column=any_of.field)
    for difference in mapping.differences:
        if not difference.since and not mapping.dates.index:
            problems.add("a difference needs since, or the index of [dates]", file=name, column=difference.field)


def _check_entries(mapping: CohortMapping, name: str, problems: Problems) -> None:
    """Check what entries say of each other: a column that is read is not ignored, a first row needs an order."""
    read = [entry.name for entry in mapping.columns]
    read += [column for first_of in mapping.first_of for column in first_of.names]
    read += [column for any_of in mapping.any_of for column in any_of.names]
    read += [column for entry in mapping.differences for column in (*entry.until, entry.since)]
    ignored = [entry.name for entry in mapping.ignored]
    for column in sorted(set(ignored) & set(read)):
        problems.add("the column is read and ignored", file=name, column=column, remedy="Keep one of the entries")
    for column in repeated(ignored):
        problems.add("the column is ignored twice", file=name, column=column, remedy="Keep one of the entries")
    takes = [one.take for one in (*mapping.read, *mapping.differences)]
    rows = mapping.rows
    if {"first", "last"} & {*takes, rows.take if rows else ""} and not (rows and rows.order):
        remedy = 'Name a column of dates or numbers as order in [rows], or order = "row"'
        problems.add("first and last need an order", file=name, remedy=remedy)


def used_columns(mapping: CohortMapping) -> set[str]:
    """Return every column that a mapping names, for whatever."""
    used = {column.name for column in mapping.columns} | set(mapping.cohort.columns)
    used |= {name for first_of in mapping.first_of for name in first_of.names}
    used |= {name for any_of in mapping.any_of for name in any_of.names}
    used |= {name for one in mapping.differences for name in (*one.until, one.since)}
    used |= {ignored.name for ignored in mapping.ignored} | set(mapping.dates.formats) | {mapping.dates.index}
    choosing = [one.where for one in (*mapping.read, *mapping.any_of, *mapping.differences)]
    if mapping.rows:
        choosing.append(mapping.rows.where)
        used |= {mapping.rows.order} - {ROW}
    return (used | {column for where in choosing for column in where}) - {""}


def _fields(column: Column | FirstOf) -> list[str]:
    """Return the fields that one entry reads from its column; one that is read and said stands twice."""
    said = {name for says in column.says for name in says.facts} if isinstance(column, Column) else ()
    return [*said, *filter(None, (column.field,))]


def check_private(mapping: CohortMapping, name: str, records: CohortRecords, problems: Problems) -> None:
    """Refuse to store what tells who a patient is, dates, and free text that the mapping does not ask for."""
    for entry in mapping.read:
        for column in entry.names if isinstance(entry, FirstOf) else (entry.name,):
            explained = {*entry.values, *(says.cell for says in getattr(entry, "says", ()))}
            cells = records.columns[column].distinct() - {*entry.missing}
            kept = cells - explained - {*records.missing.get(column, ())}
            _check_stored(entry, column, kept, name, records, problems)
            _check_explained(column, cells & explained, records, problems)
    _check_said(mapping, name, problems)
    for any_of in mapping.any_of:
        for column in any_of.names:
            _refuse(records, column, [*any_of.yes, *any_of.no], name, problems, words=False)
    for column in sorted(set(mapping.cohort.columns)):
        _check_name(mapping, column, name, records, problems)


def _check_said(mapping: CohortMapping, name: str, problems: Problems) -> None:
    """Refuse a date, an address or a number in what the mapping itself says of patients."""
    said = [(constant.name, constant.value) for constant in mapping.constants]
    said += [(entry.name, word) for entry in mapping.read for word in entry.values.values()]
    facts = (says.facts for column in mapping.columns for says in column.says)
    said += [("says", word) for fact in facts for word in fact.values()]
    for column, word in said:
        what = shown_by_cells([word])
        if what:
            problems.add(f"what the mapping says of patients holds {what}", file=name, column=column, found=word,
                         remedy="Take it out: dates become times by [[difference]]")  # fmt: skip


def _check_explained(column: str, cells: set[str], records: CohortRecords, problems: Problems) -> None:
    """Refuse a date in a cell that the mapping explains: its words are stored beside what they mean."""
    for cell in sorted(filter(holds_date, cells)):
        problems.add(
            "a cell to be stored holds an exact date", file=records.name,
            row=records.rows[records.columns[column].index(cell)], column=column, found=cell[:LONG_TEXT],
            remedy="Take the date out of the file, or put it into a column of its own for a [[difference]]",
        )  # fmt: skip


def _check_stored(
    entry: Column | FirstOf, column: str, kept: set[str], name: str, records: CohortRecords, problems: Problems
) -> None:
    kind = FIELDS[entry.field].kind if entry.field else "code"
    if _refuse(records, column, kept, name, problems, words=kind in ("text", "code", "codes")) or entry.free_text:
        return
    if kind == "text":
        problems.add("free text is stored only when the mapping asks for it", file=name, column=column,
                     remedy="Read it, then write free_text = true, or ignore the column")  # fmt: skip
        return
    long = next((cell for cell in sorted(kept) if len(cell) > LONG_TEXT or len(cell.split()) > LONG_WORDS), None)
    if long and not (isinstance(entry, Column) and entry.says):
        problems.add(
            "free text in a column of words or numbers", file=records.name,
            row=records.rows[records.columns[column].index(long)], column=column, found=long[:LONG_TEXT],
            remedy="Say what it means in values or says, or write free_text = true",
        )  # fmt: skip
    coded = 0 < len(kept) <= CODES and all(len(cell) == 1 and cell.isdigit() for cell in kept)
    if coded and needs_unit(entry.field) and records.columns[column].filled().sum() >= CODED_ROWS:
        problems.add(
            "codes for categories rather than measurements", file=records.name, column=column,
            found=", ".join(sorted(kept)), remedy="Ignore the column, or say in values what each means",
        )  # fmt: skip


def _refuse(
    records: CohortRecords, column: str, cells: Iterable[str], name: str, problems: Problems, *, words: bool
) -> bool:
    """Add a problem when a column's name or cells look like what identifies a person; return whether they do."""
    cells = set(cells)
    what = said_of(records, column) or shown_by_cells(cells)
    if what is None and words:
        what = shown_by_words(cells)
    if what is None:
        return False
    dated = what in ("an exact date", "a date of birth")
    remedy = f"Drop it with [[ignored]] in {name}" + (", or use it in a [[difference]]" if dated else "")
    problems.add(f"the column looks like {what}", file=records.name, column=column, remedy=remedy)
    return True


def _check_name(mapping: CohortMapping, column: str, name: str, records: CohortRecords, problems: Problems) -> None:
    """Refuse to name patients by what identifies them; long numbers may be pseudonyms, if the mapping says so."""
    cells = records.columns[column].distinct()
    if _refuse(records, column, cells, name, problems, words=False) or mapping.cohort.pseudonyms:
        return
    what = "a record number" if record_numbers(cells) else shown_by_words(cells, few=1)
    if what:
        problems.add(
            f"patients are named by a column that looks like {what}", file=records.name, column=column,
            remedy="Number them anew in the file; or write pseudonyms = true in [cohort] if these numbers mean nothing "
            "outside the study",
        )  # fmt: skip
