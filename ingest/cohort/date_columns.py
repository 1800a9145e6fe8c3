"""The dates of a cohort's file: read by the declared formats, turned into times, and let go."""

from __future__ import annotations

import re

from catalog.errors import Problems
from ingest.cohort.dates import Span, apart, earliest, fitting, read_date
from ingest.cohort.entries import Dates, Where
from ingest.cohort.records import Cells, CohortRecords
from ingest.cohort.rows import Taken, Taking

Days = list[tuple[Span, int] | None]
"""For each patient the days that a date can be, and the row of the file it stands in."""
SERIAL = re.compile(r"[1-6]\d{4}")
DAYS_OF_EXCEL = "Days counted from 1900 or 1904, as Excel stores them: show them as dates in Excel, and save"
ZONED = re.compile(r"\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$")


class DateColumns:
    """Reads date columns once each, by distinct cell."""

    def __init__(self, records: CohortRecords, dates: Dates, problems: Problems) -> None:
        self.records = records
        self.dates = dates
        self.problems = problems
        self._spans: dict[str, dict[str, Span | None]] = {}

    def of(self, taking: Taking, columns: tuple[str, ...], where: Where, take: str) -> Days:
        """Return each patient's date: that of the column, or the earliest of several."""
        days: Days = [None] * len(taking.patients.names)
        for column in columns:
            spans = self._read(column)
            taken = taking.take(column, self._without_missing(column), where, take)
            for patient, (cell, row) in enumerate(zip(taken.cells, taken.rows, strict=True)):
                span = spans.get(cell) if cell else None
                if span is None or row is None:
                    continue
                standing = days[patient]
                days[patient] = (span, row) if standing is None else (earliest((standing[0], span)), standing[1])
        return days

    def apart(self, since: Days, until: Days, unit: str, name: str) -> Taken:
        """Return the times between two dates of each patient; a second date before the first is a problem."""
        cells: list[str | None] = []
        rows: list[int | None] = []
        for begin, end in zip(since, until, strict=True):
            time = apart(begin[0], end[0], unit) if begin and end else None
            cells.append(time)
            rows.append(end[1] if time and end else None)
            if time is None and begin and end:
                back = (begin[0][0] - end[0][1]).days
                what = f"the second date is {back} days before the first" if back > 0 else (
                    "a date without its day, so the age cannot be told")  # fmt: skip
                self.problems.add(what, file=self.records.name, row=end[1], column=name, remedy="Check both dates")
        return Taken(Cells.of(cells), rows)

    def _without_missing(self, column: str) -> Cells:
        missing = {*self.dates.missing, *self.records.missing.get(column, ())}
        return self.records.columns[column].without(missing)

    def _read(self, column: str) -> dict[str, Span | None]:
        """Return what each distinct cell of a column means; a cell that is no date is a problem with its row."""
        if column not in self._spans:
            cells = self._without_missing(column).distinct()
            form = "" if column in self.records.dates else self.dates.formats.get(column, self.dates.format)
            spans = {cell: read_date(cell, form) for cell in sorted(cells)}
            self._spans[column] = spans
            unread = [cell for cell, span in spans.items() if span is None]
            if unread and not form and len(unread) == len(cells) and column not in self.records.dates:
                self._ask_format(column, cells)
                return spans
            for cell in unread:
                self._refuse(column, cell, form)
        return self._spans[column]

    def _ask_format(self, column: str, cells: set[str]) -> None:
        fits = ", ".join(repr(form) for form in fitting(cells)) or None
        remedy = "Declare format or formats in [dates] of the mapping"
        if not fits:
            remedy = DAYS_OF_EXCEL if all(map(SERIAL.fullmatch, cells)) else f"{remedy}; no usual one fits all cells"
        self.problems.add("the format of the dates is not declared", file=self.records.name, column=column,
                          found=None if fits else min(cells), allowed=fits, remedy=remedy)  # fmt: skip

    def _refuse(self, column: str, cell: str, form: str) -> None:
        remedy = "Correct it, or name it in missing of [dates]"
        if ZONED.search(cell):
            remedy = "Its day depends on the zone: write the day alone, as it was where the patient was"
        elif SERIAL.fullmatch(cell):
            remedy = DAYS_OF_EXCEL
        elif column in self.records.dates:  # what Excel could not read in the day and month order of its own country
            remedy += "; the other cells are real dates, in which a program may have swapped day and month"
        self.problems.add(
            "not a date", file=self.records.name, row=self.records.rows[self.records.columns[column].index(cell)],
            column=column, found=cell, allowed=form or "a date as 2012-03-05, 2012-03 or 2012",
            remedy=remedy,
        )  # fmt: skip
