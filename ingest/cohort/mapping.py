"""A cohort's mapping: which column says what, in which unit, with which words; data, never code.

Every column of the file is mapped or ignored with a reason. Unknown keys, fields and columns, and cells that are
explained but do not occur, are all listed at once. What holds of the cohort as a whole (its design, how many were
treated) stands in [study], for a cohort that no other source describes.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.errors import Problems, nearest
from catalog.fields import FIELDS
from catalog.tables import PATIENT_SHEET, STUDY_SHEET

NOT_MAPPED = {"study_id", "patient_id", "source_url", "where_in_source"}
MAPPABLE = tuple(name for name in PATIENT_SHEET if name not in NOT_MAPPED)
OF_STUDY = tuple(name for name in STUDY_SHEET if name != "study_id")


@dataclass(frozen=True)
class Cohort:
    """Names of the cohort and its patients; `{Column}` in `patient_id` stands for that column's cell."""

    study_id: str
    patient_id: str
    source_url: str = ""
    recorded_by: str = ""

    @property
    def columns(self) -> list[str]:
        """The columns whose cells make up a patient's name."""
        return re.findall(r"\{([^{}]+)\}", self.patient_id)


@dataclass(frozen=True)
class Constant:
    """A fact that holds for every patient of the file."""

    field: str
    value: str
    place: str = ""


@dataclass(frozen=True)
class Says:
    """What a cell with exactly these words says, as declared fields."""

    cell: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """One reading of one column; a column may be read more than once."""

    name: str
    field: str = ""
    unit: str = ""
    place: str = ""
    separator: str = ""
    thousands: str = ""
    missing: tuple[str, ...] = ()
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    says: tuple[Says, ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """A yes/no field that is yes when any of several columns is, and no when all are."""

    field: str
    names: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True)
class Ignored:
    """A column that is left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class CohortMapping:
    """A whole mapping file."""

    cohort: Cohort
    constants: tuple[Constant, ...]
    columns: tuple[Column, ...]
    any_of: tuple[AnyOf, ...]
    ignored: tuple[Ignored, ...]
    study: Mapping[str, str] = dataclasses.field(default_factory=dict)


KINDS: dict[str, type] = {
    "cohort": Cohort,
    "constant": Constant,
    "column": Column,
    "any_of": AnyOf,
    "ignored": Ignored,
}


TYPES = {
    "str": "text",
    "tuple[str, ...]": "a list of texts",
    "Mapping[str, str]": "words with the text each means",
    "tuple[Says, ...]": "a list of entries, each with a cell",
}


def parse_mapping(name: str, data: bytes, problems: Problems) -> CohortMapping | None:
    """Return the mapping in `data`, or None when it cannot be read; what is wrong goes into `problems`."""
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add(f"not a TOML file: {error}", file=name)
        return None
    before = len(problems)
    for key in content:
        if key not in (*KINDS, "study"):
            refuse_unknown("unknown section", key, (*KINDS, "study"), name, problems)
    if len(_list(content.get("cohort"))) != 1:
        problems.add("there must be one section [cohort]", file=name)
    parts = {key: tuple(_entry(key, entry, name, problems) for entry in _list(content.get(key))) for key in KINDS}
    study = _study(content.get("study", {}), name, problems)
    if len(problems) > before:
        return None
    return CohortMapping(
        parts["cohort"][0], parts["constant"], parts["column"], parts["any_of"], parts["ignored"], study
    )


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
    kind = KINDS[section]
    if not isinstance(entry, dict):
        problems.add(f"[{section}] must hold keys and values", file=file, found=entry)
        return None
    before = len(problems)
    known = tuple(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    where = f"[{section}] {entry.get('name') or entry.get('field') or ''}".strip()
    for key in entry:
        if key not in known:
            refuse_unknown(f"unknown key in {where}", key, known, file, problems)
    for key, declared in kind.__dataclass_fields__.items():  # type: ignore[attr-defined]
        if declared.default is declared.default_factory and entry.get(key, "") in ("", []):
            problems.add(f"{where} needs a key", file=file, column=key)
        if key in entry and not _right(str(declared.type), entry[key]):
            problems.add(f"wrong type in {where}", file=file, column=key, found=entry[key],
                         allowed=TYPES[str(declared.type)])  # fmt: skip
    if section in ("constant", "column", "any_of"):
        _check_field(entry.get("field"), where, file, problems)
    if section == "column" and not entry.get("field") and not entry.get("says"):
        problems.add(f"{where} needs a field, or says", file=file)
    if len(problems) > before:
        return None
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    if "says" in values:
        values["says"] = tuple(_says(says, where, file, problems) for says in entry["says"])
    return kind(**values)


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


def _right(declared: str, value: Any) -> bool:
    if declared.startswith("tuple[str"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if declared.startswith("tuple[Says"):
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if declared.startswith("Mapping"):
        return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    return isinstance(value, str)
