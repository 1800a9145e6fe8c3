"""Cohort files in a test: a file and a mapping, loaded into a folder of the test, and what was then stated or refused.

Nobody in these files exists.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.errors import InvalidInput
from catalog.store import Store
from catalog.topic import load_topic
from harmonize.tables import harmonize
from ingest.cohort.loading import load_cohort

TOPIC = "hcc-sorafenib-cr"
COHORT = '[cohort]\nstudy_id = "w"\npatient_id = "w_p{No}"\n'
STUDY = '[study]\ndesign = "cohort"\nn_treated = 40\ndenominator = "treated_population"\n'
CERTAIN = '[[constant]]\nfield = "cr_certainty"\nvalue = "confirmed"\n'


def column(name: str, field: str, **more: str) -> str:
    """Return a [[column]] entry; the further keys are written as they stand."""
    lines = [f'name = "{name}"', f'field = "{field}"', *(f"{key} = {value}" for key, value in more.items())]
    return "[[column]]\n" + "\n".join(lines) + "\n"


def ignored(*names: str) -> str:
    return "".join(f'[[ignored]]\nname = "{name}"\nreason = "not needed"\n' for name in names)


class Desk:
    """A folder with files, and the tables that loading them fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "data", TOPIC)
        self.said: list[str] = []

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, file: str | bytes | Path, *entries: str, head: str = COHORT, **options: Any) -> list[Any]:
        """Load a file (text is written as w.csv) through a mapping of `head` and `entries`."""
        path = file if isinstance(file, Path) else self.write("w.csv", file)
        mapping = self.write("w.toml", "\n".join([head, STUDY, CERTAIN, *entries]))
        self.said = []
        return load_cohort(path, mapping, load_topic(TOPIC), self.store, say=self.said.append, **options)

    def refused(self, file: str | bytes | Path, *entries: str, **options: Any) -> list[str]:
        """Load what is wrong, and return the problems; nothing may be written."""
        before = self.store.version("observation")
        with pytest.raises(InvalidInput) as raised:
            self.load(file, *entries, **options)
        assert self.store.version("observation") == before
        return [str(problem) for problem in raised.value.problems]

    def stated(self, field: str) -> dict[str, tuple[str, str | None]]:
        """Return what is stated of each patient about a field: the words and their declared reading."""
        rows = self.store.read("observation").to_pylist()
        return {row["unit_id"]: (row["stated"], row["value"]) for row in rows if row["field"] == field}

    def words(self, field: str) -> dict[str, str]:
        """Return for each patient the reading that harmonizing takes: the declared one, else the words."""
        return {patient: value or stated for patient, (stated, value) in self.stated(field).items()}

    def harmonized(self) -> dict[str, dict[str, Any]]:
        harmonize(load_topic(TOPIC), self.store)
        return {row["patient_id"]: row for row in self.store.read("patient").to_pylist()}

    def unharmonized(self) -> list[str]:
        """Return the problems of harmonizing."""
        with pytest.raises(InvalidInput) as raised:
            harmonize(load_topic(TOPIC), self.store)
        return [str(problem) for problem in raised.value.problems]
