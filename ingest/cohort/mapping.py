"""A cohort's mapping: which column says what, in which unit, with which words; data, never code.

Every column of the file is mapped or ignored with a reason. Unknown keys, fields and columns, and cells that are
explained but do not occur, are all listed at once. What holds of the cohort as a whole (its design, how many were
treated) stands in [study], for a cohort that no other source describes.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from typing import Any

from catalog.errors import Problems, nearest, repeated
from catalog.fields import FIELDS
from catalog.tables import PATIENT_SHEET, STUDY_SHEET
from ingest.cohort.entries import (
    AnyOf,
    Cohort,
    CohortMapping,
    Column,
    Constant,
    Dates,
    Difference,
    FileForm,
    FirstOf,
    Ignored,
    Rows,
    Says,
)
from ingest.cohort.entry_checks import check_entry

NOT_MAPPED = {"study_id", "patient_id", "source_url", "where_in_source"}
MAPPABLE = tuple(name for name in PATIENT_SHEET if name not in NOT_MAPPED)
OF_STUDY = tuple(name for name in STUDY_SHEET if name != "study_id")
KINDS: dict[str, type] = {
    "cohort": Cohort, "file": FileForm, "rows": Rows, "dates": Dates, "constant": Constant, "column": Column,
    "first_of": FirstOf, "difference": Difference, "any_of": AnyOf, "ignored": Ignored,
}  # fmt: skip
AT_MOST_ONE = ("file", "rows", "dates")
FIELD_ENTRIES = ("constant", "column", "first_of", "difference", "any_of")
TYPES = {
    "str": "text",
    "bool": "true or false",
    "float": "a number",
    "tuple[str, ...]": "a list of texts",
    "Texts": "a text or a list of texts",
    "Where": "columns, each with a text or a list of texts",
    "Mapping[str, str]": "words with the text each means",
    "tuple[Says, ...]": "a list of entries, each with a cell",
}


def parse_mapping(name: str, data: bytes, problems: Problems) -> CohortMapping | None:
    """Return the mapping in `data`, or None when it cannot be read; what is wrong goes into `problems`."""
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:  # not UTF-8, not TOML, or a number of more digits than Python reads
        problems.add(f"not a TOML file: {error}", file=name)
        return None
    except RecursionError:
        problems.add("not a TOML file: brackets within brackets, too deep", file=name)
        return None
    before = len(problems)
    for key in content:
        if key not in (*KINDS, "study"):
            refuse_unknown("unknown section", key, (*KINDS, "study"), name, problems)
    if len(_list(content.get("cohort"))) != 1:
        problems.add("there must be one section [cohort]", file=name)
    for key in AT_MOST_ONE:
        if len(_list(content.get(key))) > 1:
            problems.add(f"there can be only one section [{key}]", file=name)
    parts = {key: tuple(_entry(key, entry, name, problems) for entry in _list(content.get(key))) for key in KINDS}
    study = _study(content.get("study", {}), name, problems)
    if len(problems) > before:
        return None
    one = {key: parts[key][0] for key in ("cohort", *AT_MOST_ONE) if parts[key]}
    return CohortMapping(
        **one, constants=parts["constant"], columns=parts["column"], first_of=parts["first_of"],
        differences=parts["difference"], any_of=parts["any_of"], ignored=parts["ignored"], study=study,
    )  # fmt: skip


def _study(section: Any, file: str, problems: Problems) -> dict[str, str]:
    """Return what [study] states, as text; only fields of a study, and only words and whole numbers."""
    if not isinstance(section, dict):
        problems.add("[study] must hold keys and values", file=file, found=section)
        return {}
    for key, value in section.items():
        if key not in OF_STUDY:
            refuse_unknown("unknown field in [study]", key, OF_STUDY, file, problems)
        elif type(value) not in (str, int):
            problems.add("wrong type in [study]", file=file, column=key, found=value, allowed="text or a whole number")
        elif FIELDS[key].kind == "integer" and not re.fullmatch("[0-9]{1,9}", str(value)):
            problems.add("wrong type in [study]", file=file, column=key, found=value, allowed="a whole number")
    return {key: str(value).strip() for key, value in section.items() if str(value).strip()}


def _list(section: Any) -> list:
    if section is None:
        return []
    return section if isinstance(section, list) else [section]


def refuse_unknown(what: str, found: str, known: tuple[str, ...], file: str, problems: Problems) -> None:
    """Add a problem about a word that is not known, with the nearest one that is."""
    like = nearest(found, known)
    remedy = f"Did you mean {like!r}?" if like else None
    problems.add(what, file=file, found=found, allowed=", ".join(known), remedy=remedy)


def _entry(section: str, entry: Any, file: str, problems: Problems) -> Any:
    """Return one entry of a section as its dataclass; None (and problems) when it is wrong."""
    if not isinstance(entry, dict):
        problems.add(f"[{section}] must hold keys and values", file=file, found=entry)
        return None
    before = len(problems)
    declared = {one.name: one for one in dataclasses.fields(KINDS[section])}
    where = f"[{section}] {entry.get('name') or entry.get('field') or ''}".strip()
    for key in entry:
        if key not in declared:
            refuse_unknown(f"unknown key in {where}", key, tuple(declared), file, problems)
    for key, one in declared.items():
        if one.default is one.default_factory and _blank(entry.get(key, "")):
            problems.add(f"{where} needs a key", file=file, column=key)
        if key in entry and not _right(str(one.type), entry[key]):
            problems.add(f"wrong type in {where}", file=file, column=key, found=entry[key],
                         allowed=TYPES[str(one.type)])  # fmt: skip
    if section in FIELD_ENTRIES:
        _check_field(entry.get("field"), where, file, problems)
    if section == "column" and not entry.get("field") and not entry.get("says"):
        problems.add(f"{where} needs a field, or says", file=file)
    if len(problems) > before:
        return None
    values = {key: _value(str(declared[key].type), value) for key, value in entry.items()}
    if "says" in values:
        values["says"] = tuple(_says(says, where, file, problems) for says in entry["says"])
        for cell in repeated(says.cell for says in values["says"]):
            problems.add(f"a cell is explained twice in {where}", file=file, column="cell", found=cell,
                         remedy="Keep one of the entries")  # fmt: skip
    made = KINDS[section](**values)
    check_entry(made, where, file, problems)
    return made


def _blank(value: Any) -> bool:
    return value == [] or (isinstance(value, str) and not value.strip())


def _says(entry: dict, where: str, file: str, problems: Problems) -> Says:
    facts = {key: str(value) for key, value in entry.items() if key != "cell"}
    for name in facts:
        _check_field(name, f"{where}, cell {entry.get('cell', '')!r}", file, problems)
    if "cell" not in entry:
        problems.add(f"{where} says something of no cell", file=file, column="cell")
    return Says(str(entry.get("cell", "")), facts)


def _check_field(name: Any, where: str, file: str, problems: Problems) -> None:
    if isinstance(name, str) and name and name not in MAPPABLE:
        refuse_unknown(f"unknown field in {where}", name, MAPPABLE, file, problems)


def _texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _right(declared: str, value: Any) -> bool:
    """Return whether a value of the file has the type that the entry's annotation names."""
    if declared == "tuple[Says, ...]":
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if declared in ("Where", "Mapping[str, str]"):
        of = _texts if declared == "Where" else lambda item: isinstance(item, str)
        return isinstance(value, dict) and all(of(item) for item in value.values())
    if declared == "float":
        return type(value) in (int, float)
    if declared == "bool":
        return isinstance(value, bool)
    return _texts(value) and (declared == "Texts" or isinstance(value, list) == (declared != "str"))


def _value(declared: str, value: Any) -> Any:
    """Return a value of the file as the entry holds it: lists as tuples, a text that may be a list as a list of one."""
    if declared == "Where":
        return {column: (cells,) if isinstance(cells, str) else tuple(cells) for column, cells in value.items()}
    if declared == "Texts" and isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value
