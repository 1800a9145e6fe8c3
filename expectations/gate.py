"""The gate: run every check on the harmonized tables, keep the outcomes, give a verdict bound to the versions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.errors import InvalidInput, Problem, nearest
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import GATED, TABLES
from catalog.topic import Topic
from catalog.verdict import suite_hash
from expectations.checks import LISTED_FRAME, all_checks
from expectations.findings import findings, write

if TYPE_CHECKING:
    import pandas as pd

    from expectations.suite import Result


@dataclass(frozen=True)
class Outcome:
    """The verdict with the rows behind it; `fresh` is False when it already stood for these versions."""

    passed: bool
    checks: list[dict[str, Any]]
    findings_file: Path
    fresh: bool


def run_gate(topic: Topic, store: Store, *, again: bool = False) -> Outcome:
    """Check the harmonized tables of a topic; a verdict that stands for the same versions is not made twice."""
    store.require(*GATED)
    versions = store.versions(GATED)
    path = store.root / "result" / "findings.csv"
    standing = store.read("verdict").to_pylist()
    if not again and standing and path.exists() and _stands(standing[0], versions, topic):
        return Outcome(standing[0]["verdict"] == "passed", store.read("check").to_pylist(), path, fresh=False)
    from expectations.suite import run_checks

    tables = {name: store.read(name, version) for name, version in versions.items()}
    frames = {name: table.to_pandas() for name, table in tables.items()}
    frames[LISTED_FRAME] = _listed(frames["study"], frames["patient"])
    keys = {**{name: TABLES[name].key for name in GATED}, LISTED_FRAME: "study_id"}
    known = {name: set(frame[keys[name]]) for name, frame in frames.items()}
    known["report"] = set(store.read("report")["report_id"].to_pylist())
    known["patient"] |= set(_also(frames["patient"], "also_patient_ids"))
    checks = all_checks(topic.tunings, known)
    _refuse_unknown_tunings(topic, {check.id for check in checks})
    results = run_checks(checks, frames, keys)
    write(path, findings(results, _locators(frames, keys)))
    rows = [_row(result, versions) for result in results]
    broken = [row for row in rows if row["outcome"] in ("failed", "error")]
    verdict = {
        "verdict_id": "gate",
        "verdict": "blocked" if any(row["severity"] == "critical" for row in broken) else "passed",
        "suite_hash": suite_hash(topic),
        "table_versions": json.dumps(versions, sort_keys=True),
        "n_critical": sum(row["severity"] == "critical" for row in broken),
        "n_warning": sum(row["severity"] == "warning" for row in broken),
    }
    lineage = Lineage("expectations", {}, topic.sha256, versions)
    store.replace("check", from_rows(TABLES["check"], rows), lineage)
    store.replace("verdict", from_rows(TABLES["verdict"], [verdict]), lineage)
    return Outcome(verdict["verdict"] == "passed", rows, path, fresh=True)


def _stands(verdict: dict[str, Any], versions: dict[str, int], topic: Topic) -> bool:
    return json.loads(verdict["table_versions"]) == versions and verdict["suite_hash"] == suite_hash(topic)


def _listed(studies: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Return, for each study that lists patients, how many it counts and how many it lists.

    A patient whom two studies list, decided to be one and the same, is listed by both.
    """
    import pandas as pd

    listed = pd.Series([*patients["study_id"], *_also(patients, "also_study_ids")], name="study_id", dtype="str")
    return (
        listed.value_counts()
        .rename("n_listed")
        .reset_index()
        .merge(studies[["study_id", "n_cr"]], on="study_id", how="left")
    )


def _also(patients: pd.DataFrame, column: str) -> list[str]:
    """Return the further names, of patients or of their studies, that patients of several names have."""
    return [name for cell in patients[column].dropna() for name in cell.split(";")]


def _locators(frames: dict[str, pd.DataFrame], keys: dict[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    places = {
        name: frame.drop_duplicates(keys[name]).set_index(keys[name])[["file", "row"]].to_dict("index")
        for name, frame in frames.items()
        if "file" in frame.columns
    }
    return {**places, LISTED_FRAME: places.get("study", {})}


def _row(result: Result, versions: dict[str, int]) -> dict[str, Any]:
    check = result.check
    return {
        "check_id": check.id,
        "table": check.table,
        "table_version": versions[check.table],
        "rule": check.rule,
        "sentence": check.sentence,
        "severity": check.severity,
        "outcome": result.outcome,
        "n_rows": result.n_rows,
        "n_violated": result.n_violated,
        "note": check.note or None,
    }


def _refuse_unknown_tunings(topic: Topic, known: set[str]) -> None:
    problems = []
    for tuning in topic.tunings:
        if tuning.rule not in known:
            like = nearest(tuning.rule, known)
            remedy = f"Did you mean {like!r}?" if like else None
            problems.append(
                Problem("the topic tunes an unknown rule", file=topic.slug, found=tuning.rule, remedy=remedy)
            )
    if problems:
        raise InvalidInput(problems)
