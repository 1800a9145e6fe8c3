"""Cohort files of every format as the same records; the ending says which."""

from __future__ import annotations

from pathlib import Path

from catalog.errors import InvalidInput, Problem, Problems
from catalog.lineage import sha256
from ingest.cohort.delimited import read_delimited
from ingest.cohort.entries import FileForm
from ingest.cohort.excel import read_excel
from ingest.cohort.parquet import read_parquet
from ingest.cohort.records import CohortRecords
from ingest.cohort.redcap import read_dictionary, with_dictionary
from ingest.cohort.statistical import PROGRAMS, read_statistical
from ingest.files import read_bytes

DELIMITED = (".csv", ".tsv", ".txt")
EXCEL = (".xlsx", ".xlsm")
PARQUET = ".parquet"
ENDINGS = (*DELIMITED, *EXCEL, *PROGRAMS, PARQUET)
SAVE_AS = {
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".numbers"), "Save it as .xlsx"),
    **dict.fromkeys((".zip", ".gz", ".7z"), "Unpack it"),
    **dict.fromkeys((".rda", ".rdata", ".rds"), "Write it from R as CSV or Parquet"),
}
"""What to do with what is often sent."""
OF_FORM = {"encoding": (*DELIMITED, *PROGRAMS), "delimiter": DELIMITED, "sheet": EXCEL}
"""The keys of [file] that only some kinds of file have, with their endings."""
AS_DECLARED = FileForm()


def read_records(
    path: Path, problems: Problems, form: FileForm = AS_DECLARED, *, sheet: str = "", dictionary: Path | None = None
) -> CohortRecords:
    """Return the file's records by its ending; with `dictionary`, a REDCap export with the labels of its dictionary.

    `sheet` (of a workbook) goes before the sheet that `form` names. Raises `InvalidInput` for another ending and for a
    file that is not there; everything else that is wrong goes into `problems`.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        allowed, remedy = ", ".join(ENDINGS), SAVE_AS.get(ending)
        raise InvalidInput(
            [Problem("no reader for this kind of file", file=str(path), found=ending, allowed=allowed, remedy=remedy)]
        )
    data = read_bytes(path)
    if not data:
        problems.add("the file is empty", file=path.name)
        return CohortRecords(path.name, sha256(data), {}, [])
    for key, endings in OF_FORM.items():
        if getattr(form, key) and ending not in endings:
            problems.add(f"[file] declares a {key}, which this kind of file does not have", file=path.name,
                         found=getattr(form, key), remedy="Take the key out of the mapping")  # fmt: skip
    if ending in DELIMITED:
        records = read_delimited(path.name, data, form, problems)
    elif ending in EXCEL:
        records = read_excel(path.name, data, sheet or form.sheet, problems)
    elif ending == PARQUET:
        records = read_parquet(path.name, data, problems)
    else:
        records = read_statistical(path.name, ending, data, form.encoding, problems)
    if sheet and ending not in EXCEL:
        problems.add("only a workbook has sheets", file=path.name, found=sheet)
    if dictionary is None:
        return records
    before = len(problems)
    fields = read_dictionary(dictionary.name, read_bytes(dictionary), problems)
    if len(problems) > before:  # without it the columns have other names, which is no fault of the mapping
        return CohortRecords(records.name, records.sha256, {}, [])
    return with_dictionary(records, fields, problems)
