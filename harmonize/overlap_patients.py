"""Patients who may be one and the same: every pair of two studies is looked at, few are worth a person's time.

A pair is a candidate when nothing in it is a veto, at least two numbers and three traits of the patients agree, and
the agreement weighs so much (see `overlap_evidence`) that a patient would have less than one such twin by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from harmonize.held import Held, cells
from harmonize.overlap_evidence import (
    Agreement,
    Comparison,
    Difference,
    Row,
    bits,
    counted_words,
    said_by_studies,
    word,
)
from harmonize.overlap_traits import NUMBERS, WORDS, Number, Word, courses_clash

LEAST_NUMBERS, LEAST_TRAITS = 2, 3


class Patients:
    """All patients with their studies, and how common each value is among those of whom it is known."""

    def __init__(self, patients: Sequence[Row], studies: list[Row]) -> None:
        import numpy as np

        held = isinstance(patients, Held)  # these stand in order of their names
        self.rows = patients if held else sorted(patients, key=lambda row: row["patient_id"])
        self.place = {name: index for index, name in enumerate(cells(self.rows, "patient_id"))}
        self._studies = {study["study_id"]: study for study in studies}
        self._exact = {number.name: np.array(number.exact(self.rows), dtype=float) for number in NUMBERS}
        self._sorted = {name: np.sort(values[~np.isnan(values)]) for name, values in self._exact.items()}
        self._words = {trait.name: counted_words(self.rows, trait.name) for trait in WORDS}
        self._contexts = {name: counted_words(studies, name) for name in ("first_author", "country")}

    def candidates(self) -> Iterator[Comparison]:
        """Yield the pairs of two studies that are worth a person's look, heaviest first."""
        least = math.log2(max(2, len(self.rows))) if len(self.rows) > 2 else 0.0
        found = [
            pair
            for first, second in self._two_numbers_alike()
            if not (pair := self.compare(first, second)).vetoed
            and _traits(pair) >= LEAST_TRAITS
            and pair.weight >= least
        ]
        yield from sorted(found, key=lambda pair: (-pair.weight, pair.first_id, pair.second_id))

    def _two_numbers_alike(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of places, of two studies, in which at least two exact numbers agree and none is a veto.

        The patients of the largest study are met only from outside it, so that a cohort of a million beside some
        hundred published patients costs hundreds of passes over arrays, not 10¹² comparisons.
        """
        import numpy as np

        names = cells(self.rows, "study_id")
        codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
        study = np.array([codes[name] for name in names], dtype=int)
        if len(codes) < 2:
            return
        largest = int(np.bincount(study).argmax())
        order = np.arange(len(study))
        for place in np.flatnonzero(study != largest):
            agreeing = np.zeros(len(study), dtype=np.int8)
            others = (study != study[place]) & ((study == largest) | (order > place))
            for number in NUMBERS:
                apart = np.abs(self._exact[number.name] - self._exact[number.name][place])
                agreeing += apart <= number.near
                others &= ~(apart > number.apart)
            for other in np.flatnonzero((agreeing >= LEAST_NUMBERS) & others):
                yield min(int(place), int(other)), max(int(place), int(other))

    def compare_named(self, first: str, second: str) -> Comparison:
        """Return the evidence for and against two patients by name."""
        return self.compare(*sorted((self.place[first], self.place[second])))

    def compare(self, first: int, second: int) -> Comparison:
        """Return the evidence for and against the patients at two places."""
        one, other = self.rows[first], self.rows[second]
        found: list[Agreement | Difference] = []
        for number in NUMBERS:
            found += self._number(number, one, other)
        for trait in WORDS:
            found += self._word(trait, one, other)
        found += self._context(one, other)
        found += [Difference(field, stated, also, hard=True) for field, stated, also in courses_clash(one, other)]
        return Comparison(
            "patient", one["patient_id"], other["patient_id"],
            tuple(part for part in found if isinstance(part, Agreement)),
            tuple(part for part in found if isinstance(part, Difference)),
        )  # fmt: skip

    def _number(self, number: Number, one: Row, other: Row) -> Iterator[Agreement | Difference]:
        (low, high), (least, most) = number.span(one), number.span(other)
        if math.isnan(low) or math.isnan(least):
            return
        gap = max(0.0, least - high, low - most)
        texts = number.text(one), number.text(other)
        if gap > number.near:
            yield Difference(number.name, *texts, hard=gap > number.apart)
        elif low == high and least == most:  # a number of which only a bound is known does not speak for it
            alike = max(self._alike(number, low), self._alike(number, least))
            yield Agreement(number.name, *texts, bits(alike, len(self._sorted[number.name])))

    def _alike(self, number: Number, value: float) -> int:
        """Return of how many patients a number agrees with `value`."""
        values = self._sorted[number.name]
        ends = values.searchsorted(value - number.near, "left"), values.searchsorted(value + number.near, "right")
        return int(ends[1] - ends[0])

    def _word(self, trait: Word, one: Row, other: Row) -> Iterator[Agreement | Difference]:
        stated, also = word(one, trait.name), word(other, trait.name)
        if stated is None or also is None:
            return
        counts = self._words[trait.name]
        if stated == also:
            yield Agreement(trait.name, stated, also, bits(counts[stated], counts.total()))
        else:
            shared = not set(stated.split(";")).isdisjoint(also.split(";"))
            yield Difference(trait.name, stated, also, hard=trait.hard and not shared)

    def _context(self, one: Row, other: Row) -> Iterator[Agreement | Difference]:
        """Yield what the two studies say: first author, country, and whether the years allow it."""
        study, also = (self._studies.get(row["study_id"], {}) for row in (one, other))
        yield from said_by_studies(self._contexts, study, also)
        for published, treated in ((study, also), (also, study)):
            year, start = published.get("year"), treated.get("start_year")
            if year is not None and start is not None and year < start:
                yield Difference("year", f"published {year}", f"treated from {start}", hard=True)


def _traits(pair: Comparison) -> int:
    """Return how many traits of the patients themselves agree, not of their studies."""
    of_patients: set[Any] = {trait.name for trait in (*NUMBERS, *WORDS)}
    return sum(one.field in of_patients for one in pair.agree)
