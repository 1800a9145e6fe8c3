"""A first mapping of a cohort's file, for a person to correct: what is guessed is marked, what is not is listed.

A draft is complete enough to be loaded, and incomplete on purpose wherever loading would otherwise rest on a guess:
such columns are ignored with the reason "decide".
"""

from __future__ import annotations

from pathlib import Path

from catalog.errors import InvalidInput, Problem, Problems
from catalog.fields import FIELDS
from ingest.cohort.draft_text import draft_text
from ingest.cohort.entries import FileForm
from ingest.cohort.guessing import ENOUGH, filled, guesses, likeness, plain_name
from ingest.cohort.privacy import MOST, named, suspected
from ingest.cohort.readers import read_records
from ingest.cohort.records import CohortRecords
from ingest.cohort.redcap import STRUCTURE
from ingest.cohort.verdicts import Verdicts
from ingest.cohort.wordings import INDEX_WORDS, UNTIL_WORDS
from ingest.cohort.written_dates import whole_date

ID_WORDS = (
    "no", "nr", "id", "number", "patient", "patient no", "patient id", "record id", "study id", "case", "subject id",
)  # fmt: skip


def draft_mapping(
    path: Path, out: Path | None, form: FileForm, *, sheet: str = "", dictionary: Path | None = None
) -> str:
    """Return the draft as TOML, or write it to `out` and return what was done; a file that is there is left alone."""
    if out is not None and out.exists():
        raise InvalidInput([Problem("the file is there already", file=str(out), remedy="Choose another name")])
    problems = Problems()
    records = read_records(path, problems, form, sheet=sheet, dictionary=dictionary)
    if not records.columns and not len(problems):
        problems.add("no columns", file=path.name)
    problems.raise_if_any()
    verdicts = judged(records)
    text = draft_text(verdicts, path.stem, {**vars(form), "sheet": sheet or form.sheet})
    if out is None:
        return text
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput([Problem(f"cannot be written: {error.strerror}", file=str(out))]) from None
    mapped = len(verdicts.fields) + len(verdicts.untils)
    done = f"{mapped} of {len(verdicts.columns)} columns have a likely field, the rest are ignored, each with a reason"
    return f"read as {records.read_as}\nwrote {out}: {done}"


def judged(records: CohortRecords) -> Verdicts:
    """Return what each column of a file probably is."""
    cells = {column: found.distinct() for column, found in records.columns.items()}
    boxes = {part for parts in records.parts.values() for part in parts}
    columns = [column for column in records.columns if column not in boxes]
    dates = [column for column in columns if column in records.dates or _dated(cells[column])]
    private = {column: what for column in columns if (what := suspected(records, column))}
    identity = _identity(records, columns, cells)
    free = [column for column in columns if column not in {*dates, *private, *STRUCTURE, identity}]
    likely = guesses(records, free)
    index = _best(dates, INDEX_WORDS)
    return Verdicts(
        records=records,
        columns=columns,
        cells=cells,
        identity=identity,
        dates=dates,
        private=private,
        fields={column: field for column, field in likely.items() if FIELDS[field].kind != "text"},
        free_text={column: field for column, field in likely.items() if FIELDS[field].kind == "text"},
        index=index,
        untils=_untils([column for column in dates if column != index], private, set(likely.values())) if index else {},
    )


def _dated(cells: set[str]) -> bool:
    stated = filled(cells)
    return sum(map(whole_date, stated)) > MOST * len(stated)


def _identity(records: CohortRecords, columns: list[str], cells: dict[str, set[str]]) -> str | None:
    """Return the column that names the patients: another cell in each row and called a number, or REDCap's first."""
    repeated = any(column in records.columns for column in STRUCTURE)
    names = [column for column in columns if repeated or len(cells[column]) == len(records)]
    names = [column for column in names if not named(column, records.labels.get(column, ""))]
    return names[0] if repeated and names else _best(names, ID_WORDS)


def _best(columns: list[str], wordings: tuple[str, ...]) -> str | None:
    """Return the column whose name is most like one of the wordings, if any is like enough."""
    scores = {column: likeness([plain_name(column)], wordings) for column in columns}
    best = max(scores, key=lambda column: scores[column], default=None)
    return best if best is not None and scores[best] >= ENOUGH else None


def _untils(dates: list[str], private: dict[str, str], taken: set[str]) -> dict[str, str]:
    """Return the time or age that each column of days makes with the index event, as far as its name tells."""
    found: dict[str, str] = {}
    for column in dates:
        scores = {field: likeness([plain_name(column)], words) for field, words in UNTIL_WORDS.items()}
        field = max(scores, key=lambda one: scores[one])
        if "birth" in private.get(column, ""):
            field, scores["age_years"] = "age_years", 100.0
        if scores[field] >= ENOUGH and field not in taken:
            found[column] = field
            taken.add(field)
    return found
