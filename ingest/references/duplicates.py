"""Which entries of a file are publications that are held already, or stand in the file twice.

Identifiers first, then titles. What a person has decided on a pair is followed; what only a person can decide
becomes a pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.identity import pair_id
from ingest.references.likeness import ALIKE, UNLIKE, Likeness, Sketch, compare, similarity


@dataclass(frozen=True)
class Pair:
    """Two references that may be one publication."""

    first: Sketch
    second: Sketch
    likeness: Likeness

    @property
    def id(self) -> str:
        """The name of the pair, whichever comes first."""
        return pair_id(self.first.name, self.second.name)


@dataclass
class Matches:
    """For each entry the place of the publication it is (in `held`, then in the file itself), or None when new."""

    same: list[Sketch | None] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    contradicted: dict[int, str] = field(default_factory=dict)


def match(entries: Sequence[Sketch], held: Sequence[Sketch], decided: Mapping[str, str]) -> Matches:
    """Find each entry among `held` and the entries before it; `decided` holds persons' decisions by pair.

    An entry whose identifier belongs to a publication with another title and first author is contradicted: it is
    neither that publication nor a new one until somebody has looked.
    """
    known = _Known(held)
    found = Matches()
    for place, entry in enumerate(entries):
        one = known.by_identifier(entry)
        if one is not None and _contradicts(entry, one):
            found.contradicted[place] = f"its identifier belongs to “{one.citation}”"
            found.same.append(None)
            continue
        same = one or _decided_same(entry, known, decided, found)
        found.same.append(same)
        if same is None:
            known.add(entry)
        else:
            known.note(entry, same)
    return found


def _contradicts(entry: Sketch, one: Sketch) -> bool:
    if not entry.titles or not one.titles or (entry.surname and entry.surname == one.surname):
        return False
    return similarity(entry, one) < UNLIKE


def _decided_same(entry: Sketch, known: _Known, decided: Mapping[str, str], found: Matches) -> Sketch | None:
    """Return the publication that the entry is by its title, or by a person's decision; other pairs are noted."""
    unsure = []
    for other in known.alike(entry):
        decision = decided.get(pair_id(entry.name, other.name))
        likeness = compare(entry, other)
        if entry.pmid and other.pmid:
            continue  # two PMIDs are two records, whatever anybody decided before they were known
        if decision == "same" or (likeness.verdict == "same" and decision is None):
            return other
        if likeness.verdict == "unsure" or decision is not None:
            unsure.append(Pair(other, entry, likeness))
    found.pairs += unsure
    return None


class _Known:
    """Publications by identifier, and by title among those of about the same year."""

    def __init__(self, held: Sequence[Sketch]) -> None:
        self._by_id: dict[tuple[str, str], Sketch] = {}
        self._by_year: dict[int | None, list[Sketch]] = defaultdict(list)
        for one in held:
            self.add(one)

    def add(self, one: Sketch) -> None:
        self.note(one, one)
        self._by_year[one.year].append(one)

    def note(self, entry: Sketch, same: Sketch) -> None:
        """Let the entry's identifiers find `same` from now on."""
        for key in _identifiers(entry):
            self._by_id.setdefault(key, same)
        self._by_id.setdefault(("name", entry.name), same)

    def by_identifier(self, entry: Sketch) -> Sketch | None:
        """Return the publication with the entry's PMID, else DOI or PMCID if no PMID differs, else its name."""
        for kind, value in (*_identifiers(entry), ("name", entry.name)):
            one = self._by_id.get((kind, value))
            if one is not None and (kind == "pmid" or not (entry.pmid and one.pmid and entry.pmid != one.pmid)):
                return one
        return None

    def alike(self, entry: Sketch) -> list[Sketch]:
        """Return the publications with a title much like the entry's, the likest first."""
        from rapidfuzz import fuzz, process

        years = list(self._by_year) if entry.year is None else [entry.year - 1, entry.year, entry.year + 1, None]
        near = [one for year in dict.fromkeys(years) for one in self._by_year.get(year, ())]
        titles = {place: one.titles[0] for place, one in enumerate(near) if one.titles}
        best: dict[int, float] = {}
        for title in entry.titles:
            for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
                for _, score, place in process.extract(title, titles, scorer=scorer, score_cutoff=ALIKE, limit=None):
                    best[place] = max(score, best.get(place, 0.0))
        return [near[place] for place in sorted(best, key=lambda place: (-best[place], place))]


def _identifiers(entry: Sketch) -> list[tuple[str, str]]:
    stated = (("pmid", entry.pmid), ("doi", entry.doi), ("pmcid", entry.pmcid))
    return [(kind, value) for kind, value in stated if value]
