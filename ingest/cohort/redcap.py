"""REDCap exports with their data dictionary: labels for codes, one column a checkbox field, identifiers known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalog.errors import Problems, repeated
from ingest.cohort.delimited import DELIMITERS, read_delimited
from ingest.cohort.entries import FileForm
from ingest.cohort.records import Cells, CohortRecords
from ingest.files import Records

HEADINGS = {
    "name": ("Variable / Field Name", "field_name"),
    "kind": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": (
        "Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number",
    ),
    "identifier": ("Identifier?", "identifier"),
}  # fmt: skip
"""Column names of a dictionary as downloaded from the project's page, and as its API gives it."""
CHOSEN = ("radio", "dropdown", "checkbox")
FIXED = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
PERSONAL = ("email", "phone", "zipcode", "ssn", "mrn")
TICKS = {"1": "Checked", "0": "Unchecked", "Checked": "Checked", "Unchecked": "Unchecked"}
STRUCTURE = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")


@dataclass(frozen=True)
class FormField:
    """One field of a REDCap project, as its dictionary describes it."""

    name: str
    kind: str
    label: str
    choices: Mapping[str, str]
    validation: str
    identifier: bool

    def box(self, code: str) -> str:
        """Return the export's column for one box: three underscores and the code, as in field____90 for -90."""
        return f"{self.name}___{re.sub('[^a-z0-9_]', '_', code.lower())}"


def read_dictionary(name: str, data: bytes, problems: Problems) -> dict[str, FormField]:
    """Return the fields of a data dictionary by name; a file that is none is a problem."""
    records = read_delimited(name, data, FileForm(delimiter=_delimiter(data)), problems)
    found = {key: next((word for word in words if word in records.columns), "") for key, words in HEADINGS.items()}
    for key in ("name", "kind", "choices"):
        if records.columns and not found[key]:
            problems.add("not a REDCap data dictionary: a column is missing", file=name, row=1,
                         allowed=" or ".join(HEADINGS[key]))  # fmt: skip
            return {}
    fields: dict[str, FormField] = {}
    for place, row in enumerate(records.rows):
        field = _field(records, found, place)
        if field.name in fields:
            problems.add("the dictionary describes a field twice", file=name, row=row, found=field.name)
        choices = _choices(records.columns[found["choices"]][place] or "") if field.kind in CHOSEN else []
        for code in repeated(code for code, _ in choices):
            problems.add("the dictionary gives a code two labels", file=name, row=row, column=found["choices"],
                         found=code, remedy="Correct the dictionary, in REDCap and in the file")  # fmt: skip
        fields[field.name] = field
    return fields


def _delimiter(data: bytes) -> str:
    """Return what follows the first name of the header, a comma until a spreadsheet saves it anew; "" if unknown."""
    first = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "ignore").lstrip('"')
    after = (first.removeprefix(word).removeprefix('"')[:1] for word in HEADINGS["name"] if first.startswith(word))
    return next((mark for mark in after if mark in DELIMITERS), "")


def _field(records: Records, found: Mapping[str, str], place: int) -> FormField:
    said = {key: (records.columns[column][place] if column else None) or "" for key, column in found.items()}
    label = " ".join(re.sub("<[^>]*>", " ", said["label"]).split())
    choices = FIXED.get(said["kind"]) or (_labels(_choices(said["choices"])) if said["kind"] in CHOSEN else {})
    personal = said["identifier"] == "y" or said["validation"].startswith(PERSONAL)
    return FormField(said["name"], said["kind"], label, choices, said["validation"], personal)


def _choices(text: str) -> list[tuple[str, str]]:
    """Return code and label of ``1, one | 2, two`` as they stand."""
    pairs = (part.partition(",") for part in text.split("|") if part.strip())
    return [(code.strip(), " ".join(re.sub("<[^>]*>", " ", label).split())) for code, _, label in pairs]


def _labels(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the label of each code; one that two codes share carries its code."""
    choices = dict(pairs)
    twice = repeated(choices.values())
    return {code: f"{label} ({code})" if label in twice else label or code for code, label in choices.items()}


def with_dictionary(records: CohortRecords, fields: Mapping[str, FormField], problems: Problems) -> CohortRecords:
    """Return an export with labels in the place of codes and one column for each checkbox field.

    A cell that is neither a code nor a label of its field stays as it is and is listed in `undefined`. A box that is
    not ticked says nothing by itself: REDCap exports 0 for forms that nobody opened.
    """
    boxes = {field.box(code): (field, label) for field in fields.values() for code, label in field.choices.items()}
    if fields and not (set(records.columns) & ({*fields} | {*boxes})):
        problems.add("the dictionary describes none of the columns", file=records.name, row=1,
                     found=", ".join(records.columns), allowed=", ".join(fields))  # fmt: skip
        return records
    columns: dict[str, Cells] = {}
    undefined: dict[str, frozenset[str]] = {}
    labels = dict(records.labels)
    parts: dict[str, tuple[str, ...]] = {}
    for column, cells in records.columns.items():
        field, box = fields.get(column), boxes.get(column)
        if box and box[0].kind == "checkbox":
            of, label = box
            for cell in sorted(cells.distinct() - {*TICKS}):
                problems.add("a box is neither ticked nor not", file=records.name, column=column, found=cell,
                             row=records.rows[cells.index(cell)], allowed=", ".join(TICKS))  # fmt: skip
            columns[column], labels[column] = cells.replaced(TICKS), f"{of.label}: {label}"
            parts[of.name] = (*parts.get(of.name, ()), column)
            columns.setdefault(of.name, cells)  # its place; what stands there is made below
            labels[of.name] = of.label
        elif field is None:
            columns[column] = cells
        else:
            columns[column], labels[column] = cells.replaced(field.choices), field.label
            unknown = cells.distinct() - {*field.choices, *field.choices.values()}
            if field.choices and unknown:
                undefined[column] = frozenset(unknown)
    for name, own in parts.items():
        ticked = [(boxes[column][1], columns[column]) for column in own]
        columns[name] = _joined(ticked, len(records))
    shown = [field for field in fields.values() if field.name in columns]
    return replace(
        records,
        columns=columns,
        read_as=f"{records.read_as}, REDCap export with its dictionary",
        labels=labels,
        undefined=undefined,
        parts=parts,
        dates=frozenset(field.name for field in shown if field.validation.startswith(("date_", "datetime_"))),
        identifying=frozenset(field.name for field in shown if field.identifier),
        decimals={field.name: "," for field in shown if "comma_decimal" in field.validation},
    )


def _joined(ticked: list[tuple[str, Cells]], count: int) -> Cells:
    """Return for each row the labels of the boxes that are ticked, joined by ``;``."""
    chosen: list[list[str]] = [[] for _ in range(count)]
    for label, cells in ticked:
        for place, cell in enumerate(cells):
            if cell == "Checked":
                chosen[place].append(label.replace(";", ","))
    return Cells.of("; ".join(labels) for labels in chosen)
