"""Printed summaries of groups whose patients are not listed: whether the figures agree among themselves."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog.fields import FIELDS
from catalog.vocabulary import vocabulary
from harmonize.audit_explain import Explanation, counts_giving, of_percent
from harmonize.audit_figures import Printed, read_printed, text
from harmonize.audit_finding import Finding, unchecked
from harmonize.audit_text import listed
from harmonize.overlap_evidence import UNKNOWN
from harmonize.units import divisor, unlike

Row = dict[str, Any]
CR = ("response", "CR")
REST = frozenset({"other", "none"})
"""Categories that take in whoever is in no other."""
WHOLE = re.compile(r"^$|^(the |whole |entire |all )*(cohort|survey|trial arms?|arm|study|series|patients)( \(.*\))?$")
"""Subjects that mean everybody treated; of a part of them the study's own counts say nothing."""
ORDERED = ("min", "median", "max")


class Whole:
    """The claims of all sources and the studies they are about, to be compared with each other."""

    def __init__(self, claims: Sequence[Row], studies: Mapping[str, Row], n_listed: Mapping[str, int]) -> None:
        self._claims = {_key(claim): claim for claim in claims}
        self._counts: dict[tuple[Any, ...], list[float]] = defaultdict(list)
        for claim in self._claims.values():
            if claim["statistic"] == "count" and (printed := read_printed(claim["printed"])):
                self._counts[_group(claim)].append(printed.value)
        self._studies = studies
        self._n_listed = n_listed

    def check(self, claim: Row, printed: Printed) -> Finding:
        """Return what the other printed figures, and the study's own counts, say of a claim."""
        if claim["statistic"] == "count":
            return self._count(claim, printed)
        if claim["statistic"] == "percent":
            return self._percent(claim, printed)
        return _implausible(claim, printed) or unchecked(claim, "the patients are not listed")

    def _count(self, claim: Row, printed: Printed) -> Finding:
        total = claim["of_total"]
        if printed.value < 0:
            return Finding(claim, "contradicted", "0 or more", "fewer than nobody", "warning")
        if total is not None and printed.value > total:
            return Finding(claim, "contradicted", str(total), "more than there are", "warning")
        if (claim["field"], claim["category"]) == CR and (found := self._cr(claim, printed)):
            return found
        percent = self._claims.get(_key({**claim, "statistic": "percent"}))
        share = read_printed(percent["printed"]) if percent else None
        if share is None or not total:
            return self._added(claim)
        if share.covers((100 * printed.value / total,) * 2):
            return Finding(claim, "agrees", f"{printed.digits} of {total}", f"gives the printed {share.digits} %")
        return unchecked(claim, f"does not give the percentage printed beside it: see {(percent or claim)['claim_id']}")

    def _cr(self, claim: Row, printed: Printed) -> Finding | None:
        """Hold a count of CR against what enters the analysis, or against the patients listed; None without either."""
        names = claim["study_id"].split("+")
        rows = [self._studies.get(name, {}) for name in names]
        count, total = (_added_up(row.get(column) for row in rows) for column in ("n_cr", "n_treated"))
        if count is not None and (WHOLE.match(claim["subject"] or "") or claim["of_total"] == total):
            same = printed.value == count and (total is None or claim["of_total"] in (None, total))
            recomputed = f"{count}" if total is None else f"{count} of {total}"
            if same:
                return Finding(claim, "agrees", recomputed, "what enters the analysis")
            return Finding(claim, "contradicted", recomputed, "what enters the analysis", "warning")
        listed_patients = sum(self._n_listed.get(name, 0) for name in names)
        if printed.value < listed_patients:
            return Finding(claim, "contradicted", str(listed_patients), "patients are listed", "warning")
        return Finding(claim, "agrees", str(listed_patients)) if printed.value == listed_patients else None

    def _added(self, claim: Row) -> Finding:
        """Say whether the counts of all categories of the group add to its total."""
        counts = self._counts[_group(claim)]
        if len(counts) > 1 and sum(counts) == claim["of_total"]:
            return Finding(claim, "agrees", explanation=f"the counts add to {claim['of_total']}")
        return unchecked(claim, "the patients are not listed, and nothing is printed that would show it")

    def _percent(self, claim: Row, printed: Printed) -> Finding:
        total = claim["of_total"]
        if not total:
            return unchecked(claim, "the size of the group is not printed")
        partner = self._claims.get(_key({**claim, "statistic": "count"}))
        beside = read_printed(partner["printed"]) if partner else None
        if beside is None:
            return _attainable(claim, printed, total)
        count = int(beside.value)
        exact = 100 * count / total
        recomputed = text((exact, exact), printed.decimals)
        if printed.covers((exact, exact)):
            return Finding(claim, "agrees", recomputed, f"{count} of {total}")
        return _percent_off(claim, recomputed, f"{count} of {total}", of_percent(printed, count, total))


def _attainable(claim: Row, printed: Printed, total: int) -> Finding:
    """Say whether any count gives a percentage whose count is not printed."""
    fitting = counts_giving(printed, total)
    if fitting:
        counts = str(fitting[0]) if len(fitting) == 1 else f"{fitting[0]} to {fitting[-1]}"
        return Finding(claim, "agrees", f"{counts} of {total}", "some whole number of patients gives it")
    nearest = round(printed.value * total / 100)
    exact = 100 * nearest / total
    slip = of_percent(printed, nearest, total)
    words = f"no whole number of {total} gives {printed.digits} %; {nearest} of {total} is the nearest"
    return _percent_off(claim, text((exact, exact), printed.decimals), words, slip)


def _percent_off(claim: Row, recomputed: str, words: str, slip: Explanation | None) -> Finding:
    explanation = words + (f"; {slip.text}" if slip else "")
    return Finding(claim, "contradicted", recomputed, explanation, "info" if slip and slip.minor else "warning")


def _implausible(claim: Row, printed: Printed) -> Finding | None:
    """Return what is wrong with the unit of a printed mean or median, if it cannot be right."""
    field = FIELDS.get(claim["field"])
    if field is None or claim["statistic"] not in ("mean_sd", "median") or claim["unit"] == field.unit:
        return None
    per = divisor(field, claim["unit"])
    likely = unlike(field, claim["unit"], [printed.value / per]) if per else []
    if not likely:
        return None
    units = " or ".join(unit.name for unit in likely)
    why = f"{printed.digits} {claim['unit'] or 'without a unit'} cannot be; as {units} it would be usual"
    return Finding(claim, "contradicted", f"{printed.digits} {units}", why, "info")


def _added_up(numbers: Iterable[int | None]) -> int | None:
    """Return the sum, or None when one of the numbers is not known."""
    found = list(numbers)
    known = [number for number in found if number is not None]
    return sum(known) if len(known) == len(found) else None


def _group(claim: Row) -> tuple[Any, ...]:
    return tuple(claim[name] for name in ("study_id", "subject", "field"))


def _key(claim: Row) -> tuple[Any, ...]:
    return (*_group(claim), claim["category"], claim["statistic"])


def among_claims(claims: Sequence[Row], is_listed: Mapping[str, bool]) -> Iterator[Finding]:
    """Yield contradictions between printed figures of one group whose patients are not listed.

    Counts of categories that do not add to the total, percentages that do not add to 100, a count and its percentage of
    two totals, a median outside the printed range, and one figure printed twice with different values. `is_listed` says
    of each claim, by its id, whether it was recomputed from patients.
    """
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for claim in claims:
        if not is_listed[claim["claim_id"]] and read_printed(claim["printed"]):
            groups[_group(claim)].append(claim)
    for own in groups.values():
        yield from _twice(own)
        yield from _of_two_totals(own)
        yield from _sums(own)
        yield from _disordered(own)


def _value(claim: Row) -> Printed:
    found = read_printed(claim["printed"])
    assert found is not None  # `among_claims` takes no other
    return found


def _together(claims: Sequence[Row], what: str, printed: str, recomputed: str, explanation: str) -> Finding:
    """Return a contradiction of several claims as one of the group."""
    first = {**claims[0], "claim_id": None, "category": what, "printed": printed}
    names = listed([str(claim["claim_id"]) for claim in claims])
    return Finding(first, "contradicted", recomputed, f"{explanation} ({names})", "warning", "claims_disagree")


def _twice(own: Sequence[Row]) -> Iterator[Finding]:
    first: dict[tuple[Any, ...], Row] = {}
    for claim in own:
        before = first.setdefault(_key(claim), claim)
        one, other = _value(before), _value(claim)
        coarser, finer = (one, other) if one.decimals <= other.decimals else (other, one)
        if not coarser.covers((finer.value, finer.value)):
            yield _together((before, claim), str(claim["category"] or ""), one.digits, other.digits,
                            "one figure printed twice")  # fmt: skip


def _of_two_totals(own: Sequence[Row]) -> Iterator[Finding]:
    """Yield counts that give the percentage beside them, but of another total than their own."""
    shares = {claim["category"]: claim for claim in own if claim["statistic"] == "percent" and claim["of_total"]}
    for claim in own:
        share = shares.get(claim["category"]) if claim["statistic"] == "count" and claim["of_total"] else None
        if share is None or share["of_total"] == claim["of_total"]:
            continue
        if _value(share).covers((100 * _value(claim).value / share["of_total"],) * 2):
            total, other = f"of {claim['of_total']}", f"of {share['of_total']}"
            yield _together((claim, share), str(claim["category"] or ""), total, other,
                            "a count and its percentage are of two totals")  # fmt: skip


def _sums(own: Sequence[Row]) -> Iterator[Finding]:
    """Yield counts that do not add to the total, or, where only percentages are printed, these."""
    counts = {claim["category"]: claim for claim in own if claim["statistic"] == "count" and claim["category"]}
    shares = {claim["category"]: claim for claim in own if claim["statistic"] == "percent" and claim["category"]}
    several = FIELDS[own[0]["field"]].kind == "codes" if own[0]["field"] in FIELDS else False
    share = math.fsum(_value(claim).value for claim in shares.values())
    slack = math.fsum(0.5 * 10.0 ** -_value(claim).decimals for claim in shares.values()) + 1e-9
    full = len(shares) > 1 and abs(share - 100) <= slack
    totals = {claim["of_total"] for claim in counts.values()}
    if len(counts) > 1 and len(totals) == 1 and (total := totals.pop()):
        added = sum(int(_value(claim).value) for claim in counts.values())
        complete = _exhaustive(own[0]["field"], set(counts)) or (full and set(shares) == set(counts))
        if (added > total and not several) or (added < total and complete):
            yield _together(list(counts.values()), "all", str(added), str(total), "the counts do not add to the total")
            return
    if len(shares) > 1 and not full:
        complete = _exhaustive(own[0]["field"], set(shares))
        if (share > 100 and not several) or (share < 100 and complete):
            yield _together(list(shares.values()), "all", f"{share:.6g}", "100", "the percentages do not add to 100")


def _exhaustive(field: str, categories: set[str]) -> bool:
    """Return whether nobody can be in none of the categories: all words of the vocabulary, or one for the rest."""
    if len(categories) < 2:
        return False
    if categories & REST:
        return True
    name = FIELDS[field].vocabulary if field in FIELDS else None
    return name is not None and set(vocabulary(name).codes) - set(UNKNOWN) <= categories


def _disordered(own: Sequence[Row]) -> Iterator[Finding]:
    found = {claim["statistic"]: claim for claim in own if claim["statistic"] in ORDERED and not claim["category"]}
    for smaller, larger in (("min", "median"), ("median", "max"), ("min", "max")):
        if smaller in found and larger in found:
            pair = found[smaller], found[larger]
            low, high = map(_value, pair)
            if low.value > high.value:
                yield _together(pair, "", low.digits, high.digits, f"the {smaller} is above the {larger}")
