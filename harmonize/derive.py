"""What follows from what is stated: times from CR, class from score, and an explicit word for what is not stated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog.errors import Problems
from catalog.fields import FIELDS
from catalog.tables import TABLES
from catalog.vocabulary import vocabulary
from harmonize.scores import albi_grade, albi_score, child_pugh_class

Row = dict[str, Any]
Interval = tuple[float | None, float | None]
UNSAID = ("not_reported", "not_stated", "unclear")


def fill_unsaid(table: str, row: Row, problems: Problems) -> None:
    """Write *not reported* (or the vocabulary's word for it) into required codes that nobody stated."""
    for name in TABLES[table].required:
        field = FIELDS[name]
        if row.get(name) is not None or not field.vocabulary:
            continue
        unsaid = unsaid_word(field.vocabulary)
        if unsaid is None:
            problems.add(f"{name} of {row[TABLES[table].key]} must be stated", file=row["file"], row=row["row"],
                         allowed=vocabulary(field.vocabulary).allowed,
                         remedy="Fill the column or give a constant")  # fmt: skip
        row[name] = unsaid


def unsaid_word(name: str) -> str | None:
    """Return the word of a vocabulary for what nobody stated, or None when it has none."""
    return next((word for word in UNSAID if word in vocabulary(name).codes), None)


def derive_patient(row: Row) -> None:
    """Add to a patient's row what follows from it; what does not follow stays empty."""
    for one in DERIVATIONS:
        one.derive(row)


def _derive_class(row: Row) -> None:
    score = row.get("child_pugh_score")
    if row.get("child_pugh_class") is None and score is not None:
        row["child_pugh_class"] = child_pugh_class(score)


def _derive_times(row: Row) -> None:
    """Say what became of the drug where that follows, and count its stop and the end of remission from CR."""
    if row.get("drug_after_cr") is None and row.get("drug_maintained") == "yes":
        row["drug_after_cr"] = "maintained"
    stop = _from_cr(row, "drug_stop")
    if row.get("drug_after_cr") == "stopped_after_cr":
        stop = _not_before_cr(stop)
    free = _from_cr(row, "disease_free")
    if row.get("disease_free_origin") == "stop":
        free = _plus(_get(row, "disease_free"), stop)
    if row.get("disease_free_origin") == "surgery" and row.get("drug_after_cr") == "surgery":
        free = _get(row, "disease_free")  # CR of a resected tumour is found in the specimen, on the day of surgery
    _set(row, "drug_stop_from_cr", stop)
    _set(row, "disease_free_from_cr", _not_before_cr(free))


def _derive_albi(row: Row) -> None:
    bilirubin, albumin = row.get("bilirubin_mg_dl"), row.get("albumin_g_dl")
    if row.get("albi_score") is None and bilirubin is not None and bilirubin > 0 and albumin is not None:
        row["albi_score"] = albi_score(bilirubin, albumin)
    if row.get("albi_grade") is None and row.get("albi_score") is not None:
        row["albi_grade"] = albi_grade(row["albi_score"])


def _from_cr(row: Row, name: str) -> Interval:
    """Return a stated time counted from CR, as far as its origin allows."""
    stated, time_to_cr = _get(row, name), _get(row, "time_to_cr")
    origin = row.get(f"{name}_origin")
    if origin == "CR":
        return stated
    if origin in ("start_of_drug", "start_of_drug_presumed"):
        return _minus(stated, time_to_cr)
    if origin == "start_of_drug_or_cr":
        return _minus(stated, time_to_cr)[0], stated[1]
    return None, None


def _not_before_cr(interval: Interval) -> Interval:
    """Cut off the part that lies before CR. An interval that ends before CR stays as it is, to be refused."""
    lower, upper = interval
    return (0.0 if lower is not None and lower < 0 and (upper is None or upper >= 0) else lower), upper


def _get(row: Row, name: str) -> Interval:
    return row.get(f"{name}_months_lower"), row.get(f"{name}_months_upper")


def _set(row: Row, name: str, interval: Interval) -> None:
    row[f"{name}_months_lower"], row[f"{name}_months_upper"] = interval


def _plus(first: Interval, second: Interval) -> Interval:
    return _sum(first[0], second[0]), _sum(first[1], second[1])


def _minus(first: Interval, second: Interval) -> Interval:
    """Return the range of differences: lower end less upper end, upper end less lower end."""
    return _sum(first[0], _negative(second[1])), _sum(first[1], _negative(second[0]))


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _ends(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_months_{end}" for name in names for end in ("lower", "upper"))


@dataclass(frozen=True)
class Derivation:
    """One thing that follows from a row: the columns it is told from, and those it may fill or change."""

    derive: Callable[[Row], None]
    reads: tuple[str, ...]
    fills: tuple[str, ...]


DERIVATIONS = (
    Derivation(_derive_class, ("child_pugh_score", "child_pugh_class"), ("child_pugh_class",)),
    Derivation(
        _derive_albi, ("bilirubin_mg_dl", "albumin_g_dl", "albi_score", "albi_grade"), ("albi_score", "albi_grade")
    ),
    Derivation(
        _derive_times,
        (
            "drug_maintained", "drug_after_cr", "drug_stop_origin", "disease_free_origin",
            *_ends("time_to_cr", "drug_stop", "disease_free"),
        ),
        ("drug_after_cr", *_ends("drug_stop_from_cr", "disease_free_from_cr")),
    ),
)  # fmt: skip
