"""Studies whose patients may be the same: one publication, one first author, or one country at one time.

A patient is randomised once, so two arms of trials never share one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from harmonize.overlap_evidence import (
    SEVERAL,
    Agreement,
    Comparison,
    Difference,
    Row,
    bits,
    counted_words,
    said_by_studies,
)

SHARED = ("report_id", "first_author", "country")


class Studies:
    """All studies, and how common each author, country and time of treatment is among them."""

    def __init__(self, studies: list[Row]) -> None:
        self.rows = {row["study_id"]: row for row in sorted(studies, key=lambda row: row["study_id"])}
        self._counts = {name: counted_words(list(self.rows.values()), name) for name in SHARED}
        self._periods = [period for row in self.rows.values() if (period := _period(row))]

    def candidates(self) -> Iterator[Comparison]:
        """Yield the pairs that are worth a person's look, heaviest first.

        A country alone is no reason: it takes two periods of treatment in it that are known to overlap. Nor is the
        first author of a multinational trial, who leads it for many centres.
        """
        pairs = (self.compare(first, second) for first, second in combinations(self.rows, 2))
        found = [pair for pair in pairs if not pair.vetoed and self._reason(pair)]
        yield from sorted(found, key=lambda pair: (-pair.weight, pair.first_id, pair.second_id))

    def _reason(self, pair: Comparison) -> bool:
        agreeing = {one.field for one in pair.agree}
        if "first_author" in agreeing:
            countries = (self.rows[name].get("country") or "" for name in (pair.first_id, pair.second_id))
            return not any(country.startswith(SEVERAL) for country in countries)
        return "report_id" in agreeing or agreeing >= {"country", "years"}

    def compare(self, first: str, second: str) -> Comparison:
        """Return the evidence for and against two studies sharing patients."""
        first, second = sorted((first, second))
        found = list(self._compare(self.rows[first], self.rows[second]))
        return Comparison(
            "study", first, second,
            tuple(part for part in found if isinstance(part, Agreement)),
            tuple(part for part in found if isinstance(part, Difference)),
        )  # fmt: skip

    def _compare(self, one: Row, other: Row) -> Iterator[Agreement | Difference]:
        yield from said_by_studies(self._counts, one, other)
        yield from self._years(one, other)
        designs = one.get("design"), other.get("design")
        if designs == ("trial_arm", "trial_arm"):
            yield Difference("design", "trial_arm", "trial_arm", hard=True)

    def _years(self, one: Row, other: Row) -> Iterator[Agreement | Difference]:
        """Yield whether the periods of treatment overlap, and a publication before the other's first treatment."""
        periods = _period(one), _period(other)
        if periods[0] and periods[1]:
            texts = [f"{start} to {end}" for start, end in (periods[0], periods[1])]
            if _overlap(periods[0], periods[1]):
                share = max(sum(_overlap(period, known) for known in self._periods) for period in periods if period)
                yield Agreement("years", texts[0], texts[1], bits(share, len(self._periods)))
            else:
                yield Difference("years", texts[0], texts[1], hard=True)
        for published, treated in ((one, other), (other, one)):
            year, start = published.get("year"), treated.get("start_year")
            if year is not None and start is not None and year < start:
                yield Difference("years", f"published {year}", f"treated from {start}", hard=True)


def _period(row: Row) -> tuple[int, int] | None:
    start, end = row.get("start_year"), row.get("end_year")
    return None if start is None or end is None else (start, end)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
