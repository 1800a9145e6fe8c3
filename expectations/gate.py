"""The gate: run every check on the tables, keep the outcomes, give a verdict bound to the versions.

Drift is measured against the version of each table that last passed, which its own history still holds. So nothing
more is stored, and a gate that is asked again gives the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.errors import DamagedData, InvalidInput, Problem, nearest, repeated
from catalog.lineage import Lineage
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import CHECKED, GATED, TABLES
from catalog.topic import Topic
from catalog.verdict import outdated, suite_hash
from expectations.checks import Check, all_checks
from expectations.crossing import Tables, with_computed
from expectations.drift import drift
from expectations.findings import findings, write
from expectations.suite import Result, load_engine

Versions = Mapping[str, int]


@dataclass(frozen=True)
class Outcome:
    """What the checks found; `fresh` is False when the verdict already stood for these versions.

    With a `suite`, the checks of one table, which decide nothing about the whole.
    """

    checks: list[dict[str, Any]]
    versions: Versions
    findings_file: Path
    pages: Path
    fresh: bool
    suite: str | None = None
    outdated: str | None = None
    """Which sources have changed since they were harmonized; then what was checked is not what the sources say."""

    @property
    def passed(self) -> bool:
        """Whether no critical check failed or broke."""
        return not self.count("failed") and not self.count("error")

    def count(self, outcome: str) -> int:
        """Count the critical checks of an outcome."""
        return sum(check["severity"] == "critical" and check["outcome"] == outcome for check in self.checks)


def run_gate(topic: Topic, store: Store, *, again: bool = False, suite: str | None = None) -> Outcome:
    """Check the tables of a topic; a verdict that stands for the same versions is not made twice.

    With `suite`, a table's name, only its checks are run, and no verdict is given or changed. Raises `InvalidInput`
    for tables that are not there, an unknown suite, and a topic that tunes an unknown rule.
    """
    store.require(*GATED)
    versions = store.versions(CHECKED)
    checks = all_checks(topic.tunings, topic.rules)
    _refuse_unknown(topic, suite, checks, tuple(versions))
    old = outdated(store, topic)
    folder = store.root / "result"
    path, pages = folder / "findings.csv", folder / "data_docs" / "index.html"
    standing = store.read("verdict").to_pylist()
    if not again and standing and path.exists() and _stands(standing[0], versions, topic):
        rows = [row for row in store.read("check").to_pylist() if suite in (None, row["table"])]
        return Outcome(rows, versions, path, pages, fresh=False, suite=suite, outdated=old)
    asked = [check for check in checks if check.table in ((suite,) if suite else versions)]
    tables, computed = _tables(asked, topic, store, versions)
    results = _results(asked, tables, computed, store, versions)
    rows = [_row(result, versions) for result in results]
    if suite is not None:
        path = folder / f"findings_{suite}.csv"
    write(path, findings(results, _places(tables, results)))
    outcome = Outcome(rows, versions, path, pages, fresh=True, suite=suite, outdated=old)
    if suite is None:
        _keep(outcome, results, topic, store)
    return outcome


def _tables(checks: list[Check], topic: Topic, store: Store, versions: Versions) -> tuple[Tables, Tables]:
    """Return the tables as stored, and with what the checks look at beyond; loads the engine meanwhile.

    To read and compute leaves the interpreter to its import, which takes seconds.
    """

    def read() -> tuple[Tables, Tables]:
        tables = {name: store.read(name, versions.get(name), compact=True) for name in CHECKED}
        return tables, with_computed(tables, checks, topic)

    with ThreadPoolExecutor(1) as reading:
        found = reading.submit(read)
        load_engine()
        return found.result()


def _results(checks: list[Check], tables: Tables, computed: Tables, store: Store, versions: Versions) -> list[Result]:
    """Return what each check found, in the order of the checks."""
    from expectations.suite import run_checks

    asked = [check for check in checks if check.kind != "drift"]
    keys = {name: TABLES[name].key for name in tables}
    found = {result.check.id: result for result in run_checks(asked, computed, keys)}
    before = _last_passed(store, versions)
    for check in checks:
        if check.kind == "drift":
            found[check.id] = _drift(check, tables[check.table], store, before.get(check.table))
    return [found[check.id] for check in checks]


def _drift(check: Check, now: pa.Table, store: Store, version: int | None) -> Result:
    try:
        before = None if version is None else store.read(check.table, version, compact=True)
    except DamagedData as error:
        return Result(check, "error", 0, 0, message=str(error))
    return drift(check, before, now, version)


def _last_passed(store: Store, versions: Versions) -> dict[str, int]:
    """Return, for each table, the version before this one that a passing verdict was given on."""
    found: dict[str, int] = {}
    for commit in store.history("verdict"):
        was: dict[str, int] = json.loads(commit.get("tables", "{}"))
        new = {name for name in versions if name not in found and was.get(name, versions[name]) != versions[name]}
        if new and store.read("verdict", commit["version"])["verdict"].to_pylist() == ["passed"]:
            found |= {name: was[name] for name in new}
    return found


def _keep(outcome: Outcome, results: list[Result], topic: Topic, store: Store) -> None:
    """Write pages, checks and, last of all, the verdict: a run that dies before leaves none for these versions."""
    from expectations.pages import write_pages

    verdict = "passed" if outcome.passed else "blocked"
    write_pages(outcome.pages.parent, topic.title, verdict, results)
    broken = [row["severity"] for row in outcome.checks if row["outcome"] in ("failed", "error")]
    row = {
        "verdict_id": "gate",
        "verdict": verdict,
        "suite_hash": suite_hash(topic),
        "table_versions": json.dumps(dict(outcome.versions), sort_keys=True),
        "n_critical": broken.count("critical"),
        "n_warning": broken.count("warning"),
    }
    lineage = Lineage("expectations", {}, topic.sha256, outcome.versions)
    store.replace("check", from_rows(TABLES["check"], outcome.checks), lineage)
    store.replace("verdict", from_rows(TABLES["verdict"], [row]), lineage)


def _stands(verdict: dict[str, Any], versions: Versions, topic: Topic) -> bool:
    return json.loads(verdict["table_versions"]) == versions and verdict["suite_hash"] == suite_hash(topic)


def _places(tables: Mapping[str, pa.Table], results: list[Result]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return file and row of the rows that break something, by table and key."""
    places: dict[str, dict[str, dict[str, Any]]] = {}
    for name, table in tables.items():
        keys = {found["key"] for result in results if result.check.table == name for found in result.violations}
        if keys and {"file", "row"} <= set(table.column_names):
            key = TABLES[name].key
            rows = table.filter(pc.is_in(table[key], pa.array(sorted(filter(None, keys)), pa.string())))
            placed = rows.select([key, "file", "row"]).to_pylist()
            places[name] = {row[key]: row for row in reversed(placed)}
    return places


def _row(result: Result, versions: Versions) -> dict[str, Any]:
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


def _refuse_unknown(topic: Topic, suite: str | None, checks: list[Check], suites: tuple[str, ...]) -> None:
    problems = []
    if suite is not None and suite not in suites:
        problems.append(_unknown("no such suite", None, suite, suites))
    kinds = {check.id: check.kind for check in checks}
    for tuning in topic.tunings:
        if tuning.rule not in kinds:
            problems.append(_unknown("the topic tunes an unknown rule", topic.slug, tuning.rule, tuple(kinds)))
        elif tuning.bound is not None and kinds[tuning.rule] != "drift":
            problems.append(Problem("only a drift has a bound", file=topic.slug, column="bound", found=tuning.rule))
        elif tuning.bound is not None and not 0 <= tuning.bound < float("inf"):
            bound = f"{tuning.rule}: {tuning.bound:g}"
            problems.append(Problem("a bound is a share, 0 or more", file=topic.slug, column="bound", found=bound))
    for name in repeated(tuning.rule for tuning in topic.tunings):
        problems.append(Problem("the topic tunes a rule twice", file=topic.slug, found=name, remedy="Keep one"))
    if problems:
        raise InvalidInput(problems)


def _unknown(what: str, file: str | None, found: str, known: tuple[str, ...]) -> Problem:
    like = nearest(found, known)
    remedy = f"Did you mean {like!r}?" if like else None
    allowed = ", ".join(known) if file is None else None
    return Problem(what, file=file, found=found, allowed=allowed, remedy=remedy)
