"""The sheet in which a person says whether two references are one publication: ``source/report_pairs.csv``.

An import adds pairs to it and follows what is decided in it; a decided pair stays for good. The cells `decision`,
`why` and `decided_by` are the person's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from catalog.errors import Problems
from catalog.vocabulary import vocabulary
from catalog.whole import write_whole
from ingest.files import parse_csv, read_bytes
from ingest.references.duplicates import Pair

COLUMNS = (
    "pair_id", "first_id", "second_id", "first", "second", "score", "evidence_for", "evidence_against", "decision",
    "why", "decided_by",
)  # fmt: skip
Row = dict[str, str]


def sheet_of(root: Path) -> Path:
    """Return the path of the sheet in a topic's data folder."""
    return root / "source" / "report_pairs.csv"


def read_pairs(path: Path, problems: Problems) -> dict[str, Row]:
    """Return the pairs of the sheet by name; a decision that is no word of the vocabulary is a problem."""
    if not path.exists():
        return {}
    records = parse_csv(path.name, read_bytes(path), problems)
    if not records.columns:
        return {}
    missing = [column for column in COLUMNS if column not in records.columns]
    for column in missing:
        problems.add("a required column is missing", file=path.name, row=1, column=column)
    if missing:
        return {}
    words = vocabulary("overlap_decision")
    pairs = {}
    for place, row in enumerate(records.rows):
        pair = {column: records.columns[column][place] or "" for column in COLUMNS}
        if pair["decision"] and words.code(pair["decision"]) is None:
            problems.add("unknown decision", file=path.name, row=row, column="decision", found=pair["decision"],
                         allowed=words.allowed)  # fmt: skip
        pair["decision"] = words.code(pair["decision"]) or ""
        pairs[pair["pair_id"]] = pair
    return pairs


def decisions(pairs: dict[str, Row]) -> dict[str, str]:
    """Return the decisions that were made, by pair."""
    return {name: pair["decision"] for name, pair in pairs.items() if pair["decision"]}


def with_new(pairs: dict[str, Row], found: Iterable[Pair]) -> dict[str, Row]:
    """Return the pairs with those found now added, or told anew; what a person wrote stays."""
    told = dict(pairs)
    for pair in found:
        before = told.get(pair.id, {})
        told[pair.id] = {
            "pair_id": pair.id,
            "first_id": pair.first.name,
            "second_id": pair.second.name,
            "first": pair.first.citation,
            "second": pair.second.citation,
            "score": f"{pair.likeness.score:.0f}",
            "evidence_for": pair.likeness.evidence_for,
            "evidence_against": pair.likeness.evidence_against,
            **{column: before.get(column, "") for column in ("decision", "why", "decided_by")},
        }
    return told


def write_pairs(path: Path, pairs: dict[str, Row]) -> None:
    """Write the sheet whole, the undecided pairs first, the likest of them on top; nothing when nothing changed."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(pairs.values(), key=lambda pair: (bool(pair["decision"]), -float(pair["score"] or 0),
                                                              pair["pair_id"])))  # fmt: skip
    data = text.getvalue().encode()
    if (path.exists() and path.read_bytes() == data) or not pairs:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
