"""Contradictions within one patient's row: two statements of one source that cannot both be right.

A time that is printed in whole months may be off by half a month, so a sum of several may be off by half a month each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.fields import FIELDS, Severity
from catalog.tables import LOCATOR
from harmonize.audit_finding import Finding
from harmonize.audit_groups import ON_DRUG, STOPPED, Row, span_of
from harmonize.audit_text import months, number, shown, span
from harmonize.overlap_evidence import UNKNOWN
from harmonize.scores import (
    albi_grade,
    albi_score,
    albumin_points,
    bclc_advanced,
    bilirubin_points,
    child_pugh_class,
    child_pugh_span,
    inr_points,
)

if TYPE_CHECKING:
    import pyarrow as pa

HALF = 0.5
"""Months by which a time printed in whole months may be off."""
ALBI_SLACK = 0.011
"""A printed ALBI score has two decimals as a rule."""
NOTHING = UNKNOWN | {"none", "no"}
PARENTS = (
    ("recurrence", "recurrence_site"),
    ("recurrence", "salvage_treatment"),
    ("extrahepatic_metastasis", "extrahepatic_sites"),
)
CHILD_PUGH = ("bilirubin_mg_dl", "albumin_g_dl", "inr")
POINTS = dict(zip(CHILD_PUGH, (bilirubin_points, albumin_points, inr_points), strict=True))
ALBI = CHILD_PUGH[:2]
SPREAD = ("portal_vein_invasion", "extrahepatic_metastasis")
PORTAL = re.compile(r"portal|\bP[1-8]\b|trunk", re.IGNORECASE)


@dataclass(frozen=True)
class Clash:
    """What a row says of `field`, and what it says `instead` by another field, `by`."""

    field: str
    says: str
    instead: str
    by: str
    why: str = ""
    severity: Severity = "warning"


@dataclass(frozen=True)
class Check:
    """A rule about one row, and the columns that decide whether it finds anything.

    Values of a column that is named in `alike` count as one when what that makes of them is the same.
    """

    find: Callable[[Row], Iterator[Clash]]
    reads: tuple[str, ...]
    alike: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)


def clashes_in(patients: Sequence[Row]) -> list[tuple[Row, Clash]]:
    """Return every contradiction within the rows, each with its row."""
    return [(row, clash) for row in patients for check in CHECKS for clash in check.find(row)]


def inconsistencies(clashes: Sequence[tuple[Row, Clash]], observations: pa.Table | None = None) -> list[Finding]:
    """Return contradictions within rows as findings, with the source's own words where `observations` have them."""
    words = _words({row["patient_id"] for row, _ in clashes}, observations)
    return [_finding(row, clash, words.get((row["patient_id"], clash.by))) for row, clash in clashes]


def _words(patients: set[str], observations: pa.Table | None) -> dict[tuple[str, str], str]:
    """Return what sources say of some patients in words that a mapping gave a meaning, by patient and field."""
    if observations is None or not patients:
        return {}
    import pyarrow as pa
    import pyarrow.compute as pc

    about = pc.and_(pc.is_valid(observations["value"]), pc.equal(observations["unit_kind"], "patient"))
    about = pc.and_(about, pc.is_in(observations["unit_id"], pa.array(sorted(patients), pa.string())))
    found = observations.select(["unit_id", "field", "stated"]).filter(about).to_pylist()
    return {(one["unit_id"], one["field"]): one["stated"] for one in found}


def _finding(row: Row, clash: Clash, words: str | None) -> Finding:
    declared = FIELDS.get(clash.field)
    claim = {
        "study_id": row["study_id"],
        "patient_id": row["patient_id"],
        "subject": row["patient_id"],
        "field": clash.field,
        "printed": clash.says,
        "unit": declared.unit if declared else None,
        **{name: row.get(name) for name in LOCATOR},
    }
    why = "; ".join(filter(None, (clash.why, f"in the source's words: {words}" if words else None)))
    return Finding(claim, "contradicted", clash.instead, why, clash.severity, "row_inconsistency")


def _ends(row: Row, name: str) -> tuple[float, float] | None:
    """Return both ends of a time, or None unless both are known."""
    found = span_of(row, name)
    return found if found and all(map(math.isfinite, found)) else None


def _stop_against_duration(row: Row) -> Iterator[Clash]:
    """Time on the drug against the time of its stop, both from the start."""
    stop, duration = _ends(row, "drug_stop"), _ends(row, "drug_duration")
    if stop is None or duration is None:
        return
    to_cr = _ends(row, "time_to_cr")
    origin = row.get("drug_stop_origin")
    if origin in ("start_of_drug", "start_of_drug_presumed"):
        start = (0.0, 0.0)
    elif origin == "CR" and to_cr is not None:
        start = to_cr
    else:
        return
    least, most = start[0] + stop[0], start[1] + stop[1]
    if duration[0] > most + 2 * HALF or duration[1] < least - 2 * HALF:
        when = f"stopped {months(row, 'drug_stop')} after"
        why = f"CR at {months(row, 'time_to_cr')}, {when} CR" if origin == "CR" else f"{when} the start"
        yield Clash("drug_duration", months(row, "drug_duration"), span(least, most, "months"), "drug_stop", why)


def _duration_against_follow_up(row: Row) -> Iterator[Clash]:
    """Time on a drug that was kept against time to CR plus follow-up."""
    if row.get("drug_after_cr") not in ON_DRUG or _stopped_later(row):
        return
    duration, to_cr = span_of(row, "drug_duration"), span_of(row, "time_to_cr")
    if duration is None or to_cr is None:
        return
    free = span_of(row, "disease_free_from_cr")
    seen = to_cr[0] + (max(0.0, free[0]) if free else 0.0)
    if duration[1] < seen - 3 * HALF:
        instead = f"at least {number(seen)} months"
    elif free and row.get("recurrence") == "no" and duration[0] > to_cr[1] + free[1] + 3 * HALF:
        instead = f"at most {number(to_cr[1] + free[1])} months"
    else:
        return
    why = f"the drug went on after CR at {months(row, 'time_to_cr')}"
    why += f", then {months(row, 'disease_free_from_cr')} without recurrence" if free else ""
    yield Clash("drug_duration", months(row, "drug_duration"), instead, "drug_after_cr", why)


def _stopped_later(row: Row) -> bool:
    """Return whether a stop is timed beside a drug that went on: it came after the follow-up."""
    return row.get("drug_stop_from_cr_months_lower") is not None


def _side_of_cr(row: Row) -> Iterator[Clash]:
    """A stop before or after CR against the time on the drug."""
    status = row.get("drug_after_cr")
    if status not in STOPPED:
        return
    duration, to_cr = span_of(row, "drug_duration"), span_of(row, "time_to_cr")
    if duration is None or to_cr is None:
        return
    beyond = status == "stopped_before_cr" and duration[0] > to_cr[1] + 2 * HALF
    if beyond or (status == "stopped_after_cr" and duration[1] < to_cr[0] - 2 * HALF):
        instead = f"{months(row, 'drug_duration')} on the drug"
        yield Clash("drug_after_cr", str(status), instead, "drug_duration", f"CR at {months(row, 'time_to_cr')}")


def _status(row: Row) -> Iterator[Clash]:
    """What became of the drug, in the table and in the footnotes."""
    kept, status, reason = row.get("drug_maintained"), str(row.get("drug_after_cr")), row.get("drug_stop_reason")
    if (kept == "no" and status in ON_DRUG) or (kept == "yes" and status == "stopped_before_cr"):
        yield Clash("drug_maintained", str(kept), status, "drug_after_cr")
    if status == "reduced" and row.get("dose_reduction") == "no":
        yield Clash("dose_reduction", "no", status, "drug_after_cr")
    if status not in ON_DRUG:
        return
    if reason not in NOTHING and not _stopped_later(row):
        yield Clash("drug_after_cr", status, f"a reason for stopping: {reason}", "drug_stop_reason")
    stop, free = row.get("drug_stop_from_cr_months_upper"), row.get("disease_free_from_cr_months_lower")
    if stop is not None and free is not None and stop < free - 2 * HALF:
        yield Clash("drug_after_cr", status, f"stopped {months(row, 'drug_stop_from_cr')} after CR", "drug_stop",
                    f"followed for {months(row, 'disease_free_from_cr')}")  # fmt: skip


def _harms(row: Row) -> Iterator[Clash]:
    """No side effects, yet a dose reduced or a drug stopped for them."""
    if row.get("harms") != "no":
        return
    if "adverse_event" in str(row.get("drug_stop_reason")).split(";"):
        yield Clash("harms", "no", "stopped for an adverse event", "drug_stop_reason")
    if row.get("dose_reduction") == "yes":
        yield Clash("harms", "no", "dose reduced", "dose_reduction", severity="info")


def _parents(row: Row) -> Iterator[Clash]:
    """Details of something that is said not to be there."""
    for parent, child in PARENTS:
        if row.get(parent) == "no" and row.get(child) not in NOTHING:
            yield Clash(parent, "no", f"{child}: {shown(row, child)}", child)
    if row.get("portal_vein_invasion") == "no" and PORTAL.search(str(row.get("vessel_site") or "")):
        yield Clash("portal_vein_invasion", "no", f"vessel_site: {row['vessel_site']}", "vessel_site")
    if row.get("recurrence") == "no" and row.get("status_last") == "dead_hcc":
        yield Clash("recurrence", "no", "status_last: dead_hcc", "status_last")


def _child_pugh(row: Row) -> Iterator[Clash]:
    """Child–Pugh class against the score, and either against the parts that are known."""
    score, grade = row.get("child_pugh_score"), row.get("child_pugh_class")
    least, most = child_pugh_span(*(row.get(name) for name in CHILD_PUGH))
    why = f"{_known_parts(row, CHILD_PUGH)}; doi:10.1002/bjs.1800600817"
    if score is None:
        lowest, highest = child_pugh_class(least), child_pugh_class(most)
        if grade not in UNKNOWN and not lowest <= str(grade) <= highest:
            instead = lowest if lowest == highest else f"{lowest} to {highest}"
            yield Clash("child_pugh_class", str(grade), instead, CHILD_PUGH[0], why)
        return
    if grade not in UNKNOWN and grade != child_pugh_class(score):
        yield Clash("child_pugh_class", str(grade), child_pugh_class(score), "child_pugh_score", f"score {score}")
    if not least <= score <= most:
        yield Clash("child_pugh_score", str(score), f"{least} to {most}", CHILD_PUGH[0], why)


def _bclc(row: Row) -> Iterator[Clash]:
    """A stage below C although the tumour has invaded or spread."""
    stage = row.get("bclc_stage")
    if stage in UNKNOWN or stage in ("C", "D"):
        return
    if bclc_advanced(row.get("portal_vein_invasion"), row.get("extrahepatic_metastasis")):
        why = f"{_known_parts(row, SPREAD)}; doi:10.1016/j.jhep.2021.11.018"
        yield Clash("bclc_stage", str(stage), "C", SPREAD[0], why)


def _albi(row: Row) -> Iterator[Clash]:
    """A printed ALBI score against bilirubin and albumin, and the grade against the score."""
    bilirubin, albumin, score = (row.get(name) for name in (*ALBI, "albi_score"))
    if score is None:
        return
    source = "doi:10.1200/JCO.2014.57.9151"
    if bilirubin and bilirubin > 0 and albumin is not None and not _albi_can_be(score, bilirubin, albumin):
        exact = f"{albi_score(bilirubin, albumin):.2f}"
        yield Clash("albi_score", f"{score:.2f}", exact, ALBI[0], f"{_known_parts(row, ALBI)}; {source}")
    grade = row.get("albi_grade")
    if grade not in UNKNOWN and grade != albi_grade(score):
        yield Clash("albi_grade", str(grade), albi_grade(score), "albi_score", f"score {score:.2f}; {source}")


def _albi_can_be(score: float, bilirubin: float, albumin: float) -> bool:
    """Return whether a score can be that of values which round to these; it was computed before they were rounded."""
    slack = max(ALBI_SLACK, _half_digit(score))
    off_b, off_a = _half_digit(bilirubin), _half_digit(albumin)
    least = albi_score(max(bilirubin - off_b, bilirubin / 2), albumin + off_a)
    most = albi_score(bilirubin + off_b, albumin - off_a)
    return least - slack <= score <= most + slack


def _half_digit(number: float) -> float:
    """Return half of the last decimal of a number; 4 may have been 4.0, and no laboratory states less than that."""
    return 0.5 * 10 ** -max(1, len(f"{number!r}".partition(".")[2]))


def _known_parts(row: Row, names: Sequence[str]) -> str:
    return ", ".join(f"{name} {shown(row, name)}" for name in names if row.get(name) not in UNKNOWN)


def _both(name: str) -> tuple[str, str]:
    return f"{name}_months_lower", f"{name}_months_upper"


CHECKS: tuple[Check, ...] = (
    Check(
        _stop_against_duration,
        ("drug_stop_origin", *_both("drug_stop"), *_both("drug_duration"), *_both("time_to_cr")),
    ),
    Check(
        _duration_against_follow_up,
        (
            "drug_after_cr", "drug_stop_from_cr_months_lower", "recurrence",
            *_both("drug_duration"), *_both("time_to_cr"), *_both("disease_free_from_cr"),
        ),
    ),
    Check(_side_of_cr, ("drug_after_cr", *_both("drug_duration"), *_both("time_to_cr"))),
    Check(
        _status,
        (
            "drug_maintained", "drug_after_cr", "drug_stop_reason", "dose_reduction",
            *_both("drug_stop_from_cr"), "disease_free_from_cr_months_lower",
        ),
    ),
    Check(_harms, ("harms", "drug_stop_reason", "dose_reduction")),
    Check(_parents, (
        *dict.fromkeys(name for pair in PARENTS for name in pair), "portal_vein_invasion", "vessel_site", "status_last",
    )),
    Check(_child_pugh, ("child_pugh_score", "child_pugh_class", *CHILD_PUGH), POINTS),
    Check(_bclc, ("bclc_stage", *SPREAD)),
    Check(_albi, (*ALBI, "albi_score", "albi_grade")),
)  # fmt: skip
