"""One pass over a cohort's file with its mapping: what the file states, column by column, as statements on patients."""

from __future__ import annotations

from catalog.errors import Problems
from catalog.fields import FIELDS
from catalog.units import KEPT
from ingest.cohort.cell_words import CellWords
from ingest.cohort.date_columns import DateColumns
from ingest.cohort.entries import AnyOf, CohortMapping, Column, Difference, FirstOf
from ingest.cohort.records import Cells, CohortRecords
from ingest.cohort.rows import Taken, Taking, matching, patients_of
from ingest.observations import Statements

FILLED = "filled"
"""What is kept of a cell that only counts by being there, such as the date of a recurrence."""


class Reading:
    """One pass over the columns of a file with its mapping."""

    def __init__(
        self, records: CohortRecords, mapping: CohortMapping, statements: Statements, problems: Problems
    ) -> None:
        self.records = records
        self.mapping = mapping
        self.statements = statements
        self.problems = problems
        self.notes: list[str] = []
        self.patients = patients_of(records, mapping.cohort, mapping.rows, problems, self.notes)
        self.taking = Taking(records, self.patients, mapping.rows, problems, mapping.dates)
        self.words = CellWords(records, mapping.file.decimal, problems, self.notes)
        self.dates = DateColumns(records, mapping.dates, problems)
        self._note_unmet()

    def _note_unmet(self) -> None:
        """Note the cells that a `where` asks for and no row has: a misspelt one leaves every row out."""
        entries = (*self.mapping.read, *self.mapping.any_of, *self.mapping.differences)
        asked = [("[rows]", self.mapping.rows.where)] if self.mapping.rows else []
        asked += [(entry.field or getattr(entry, "name", ""), entry.where) for entry in entries]
        for of, where in asked:
            for column, cells in where.items():
                unmet = sorted({*cells} - self.records.columns[column].distinct() - {""})
                if unmet:
                    self.notes.append(f"{column}: where of {of} names cells that do not occur: {', '.join(unmet)}")

    def read(self) -> Statements:
        """Return what the file states."""
        first_rows = [self.records.rows[places[0]] for places in self.patients.places]
        for constant in self.mapping.constants:
            cells = Cells.repeated(constant.value, len(first_rows))
            self._add(constant.field, Taken(cells, first_rows), None, constant.name, constant.place)
        for column in self.mapping.columns:
            self._add_column(column)
        for first_of in self.mapping.first_of:
            self._add_first_of(first_of)
        for difference in self.mapping.differences:
            self._add_difference(difference)
        for any_of in self.mapping.any_of:
            self._add_any_of(any_of)
        return self.statements

    def _stated(self, entry: Column | FirstOf, column: str) -> Cells:
        """Return a column's cells without those that the mapping, or the file's own dictionary, calls missing."""
        cells = self.records.columns[column]
        coded = {cell: code for cell, code in self.records.missing.get(column, {}).items() if cell not in entry.values}
        missing = {*entry.missing, *coded}
        distinct = cells.distinct()
        if coded:
            codes = ", ".join(f"{cell} ({code})" if cell != code else cell for cell, code in sorted(coded.items()))
            count = cells.without(distinct - coded.keys()).filled().sum()
            self.notes.append(f"{column}: {count} missing by the file's own codes: {codes}")
        absent = sorted(set(entry.missing) - distinct)
        if absent:
            self.notes.append(f"{column}: the mapping names missing codes that do not occur: {', '.join(absent)}")
        undefined = sorted(self.records.undefined.get(column, frozenset()) - missing - set(entry.values))
        for cell in undefined:
            self.problems.add(
                "neither a code nor a label of the dictionary", file=self.records.name,
                row=self.records.rows[cells.index(cell)], column=column, found=cell,
                remedy="Name it in missing or values of the mapping",
            )  # fmt: skip
        return cells.without(missing)

    def _add_column(self, column: Column) -> None:
        taken = self._taken(column, column.name, self._stated(column, column.name))
        if column.field:
            self._add_words(column, column.field, taken)
        if column.says:
            self._add_says(column, taken)

    def _taken(self, entry: Column | FirstOf, name: str, cells: Cells) -> Taken:
        """Return each patient's cell; to find the largest, numbers are read as the column writes them."""
        sized = (entry.take or self.taking.rules.take) in ("smallest", "largest")
        plain = self.words.plain(entry, cells, name) if sized else {}
        return self.taking.take(name, cells, entry.where, entry.take, plain)

    def _add_first_of(self, entry: FirstOf) -> None:
        columns = [self._stated(entry, name) for name in entry.names]
        first = Cells.of(next((cell for cell in cells if cell), None) for cells in zip(*columns, strict=True))
        taken = self._taken(entry, entry.name, first)
        self._add_words(entry, entry.field, taken)

    def _add_words(self, entry: Column | FirstOf, field: str, taken: Taken) -> None:
        values = self.words.read(entry, field, taken, entry.name)
        unit, notes = entry.unit, []
        if entry.unit_reason:
            notes.append(f"{KEPT}{entry.unit_reason}")
        if entry.factor != 1:
            unit = FIELDS[field].unit or ""
            notes.append(f"1 {entry.unit} = {entry.factor:g} {unit}: {entry.factor_source}")
        self._add(field, taken, values, entry.name, entry.place, unit, "; ".join(notes) or None)

    def _add_says(self, column: Column, taken: Taken) -> None:
        """Add the facts that whole cells say; a cell that the mapping does not know is a problem."""
        known = {says.cell: says.facts for says in column.says}
        cells = taken.cells
        for row, cell in zip(taken.rows, cells.without(known), strict=True):
            if cell:
                self.problems.add("the mapping does not say what this cell says", file=self.records.name, row=row,
                                  column=column.name, found=cell, remedy="Add a [[column.says]] entry")  # fmt: skip
        for cell in sorted(set(known) - cells.distinct()):
            self.problems.add("the mapping explains a cell that does not occur", file=self.records.name,
                              column=column.name, found=cell, remedy="Remove or correct the entry")  # fmt: skip
        for name in sorted({name for facts in known.values() for name in facts}):
            said = {cell: value for cell, facts in known.items() if (value := facts.get(name))}
            stated = cells.without(cells.distinct() - said.keys())
            self._add(name, Taken(stated, taken.rows), cells.read(said), column.name, column.place)

    def _add_difference(self, entry: Difference) -> None:
        """Add the time between two dates; the dates themselves are not kept."""
        index = self.mapping.dates.index
        since = self.dates.of(self.taking, (entry.since or index,), {}, "")
        until = self.dates.of(self.taking, entry.until, entry.where, entry.take)
        times = self.dates.apart(since, until, entry.unit, entry.name(index))
        self._add(entry.field, times, None, entry.name(index), entry.place)
        origin = f"{entry.field}_origin"
        if self.mapping.dates.event and origin in FIELDS and entry.since in ("", index):
            events = times.cells.read(dict.fromkeys(times.cells.texts, self.mapping.dates.event))
            self._add(origin, Taken(events, times.rows), None, entry.name(index), entry.place)

    def _add_any_of(self, rule: AnyOf) -> None:
        columns = [self.records.columns[name] for name in rule.names]
        counted = matching(self.records, rule.where)
        said: dict[int, tuple[str, str]] = {}
        for place in counted:
            cells = [column[place] or "" for column in columns]
            yes, no = [], []
            for name, cell in zip(rule.names, cells, strict=True):
                if cell in rule.no:
                    no.append(f"{name}: {cell or 'empty'}")
                elif rule.yes_when_filled and cell:
                    yes.append(f"{name}: {FILLED}")
                elif cell in rule.yes:
                    yes.append(f"{name}: {cell}")
                elif cell:
                    self.problems.add(
                        "neither a yes nor a no of this any_of", file=self.records.name, row=self.records.rows[place],
                        column=name, found=cell, allowed=", ".join(word for word in (*rule.yes, *rule.no) if word),
                    )  # fmt: skip
            if yes or len(no) == len(rule.names):
                shown = "; ".join(f"{name}: {cell}" for name, cell in zip(rule.names, cells, strict=True) if cell)
                said[place] = ("yes" if yes else "no", "; ".join([*yes, *no]) if rule.yes_when_filled else shown)
        self._add_answers(rule, said)

    def _add_answers(self, rule: AnyOf, said: dict[int, tuple[str, str]]) -> None:
        """Add each patient's answer: yes when one of the rows says yes, no when every row that says anything does."""
        stated: list[str | None] = []
        values: list[str | None] = []
        rows: list[int | None] = []
        for places in self.patients.places:
            answers = {place: said[place] for place in places if place in said}
            place = next(
                (place for place, (answer, _) in answers.items() if answer == "yes"), next(iter(answers), None)
            )
            values.append(None if place is None else answers[place][0])
            stated.append(None if place is None else answers[place][1] or values[-1])
            rows.append(None if place is None else self.records.rows[place])
        self._add(rule.field, Taken(Cells.of(stated), rows), Cells.of(values), rule.name, rule.place)

    def _add(
        self, field: str, taken: Taken, values: Cells | None, column: str, place: str, unit: str = "",
        note: str | None = None,
    ) -> None:  # fmt: skip
        self.statements.add(
            "patient", self.patients.names, self.mapping.cohort.study_id, field, taken.cells, values=values,
            unit=unit or None, rows=taken.rows, column=column, notes=note,
            urls=self.mapping.cohort.source_url or None, places=place or None,
        )  # fmt: skip
