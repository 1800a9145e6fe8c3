"""The gate's verdict: what it is bound to, and the question every analysis asks before it opens a table."""

from __future__ import annotations

import json
from dataclasses import asdict

from catalog.errors import GateBlocked
from catalog.lineage import sha256
from catalog.rules import RULES
from catalog.store import Store
from catalog.tables import CHECKED, HARMONIZED_FROM, TABLES
from catalog.topic import Topic
from catalog.vocabulary import vocabulary

DATED = "overlap"
"""The harmonized table whose newest commit says from which versions of the sources all of them were made."""


def suite_hash(topic: Topic) -> str:
    """Return the checksum of all that decides what is checked: declaration, words, rules, the topic's own share."""
    fields = [field for name in CHECKED for field in TABLES[name].fields]
    words = sorted({field.vocabulary for field in fields if field.vocabulary})
    declared = {
        "tables": [asdict(TABLES[name]) for name in CHECKED],
        "fields": [asdict(field) for field in fields],
        "vocabularies": {name: vocabulary(name).codes for name in words},
        "rules": [[type(rule).__name__, asdict(rule)] for rule in (*RULES, *topic.rules)],
        "tuning": [asdict(tuning) for tuning in topic.tunings],
        "retracted": counts_retracted(topic),
        "twice": counts_twice(topic),
    }
    return sha256(json.dumps(declared, sort_keys=True).encode())


def counts_retracted(topic: Topic) -> tuple[str, ...]:
    """Return the analyses from which no rule of the topic leaves out every retracted study."""
    return tuple(
        f"{analysis.question} {analysis.id}"
        for analysis in topic.analyses
        if not any(
            rule.unit == "study" and rule.filled == ("retracted_by",) and not rule.when and not rule.missing
            and analysis.question in rule.questions and rule.code not in analysis.lift
            for rule in topic.exclusions
        )
    )  # fmt: skip


def counts_twice(topic: Topic) -> tuple[str, ...]:
    """Return the primary analyses that count both of a pair that may be one."""
    return tuple(one.question for one in topic.analyses if one.id == "primary" and one.overlaps == "all")


def outdated(store: Store, topic: Topic) -> str | None:
    """Return which sources have changed since they were harmonized, as a reason to wait, or None."""
    before = store.read_by(DATED) if store.version(DATED) is not None else {}
    now = store.versions(HARMONIZED_FROM) if before else {}
    moved = ", ".join(sorted(name for name in HARMONIZED_FROM if now.get(name) != before.get(name)))
    return f"sources have changed since they were harmonized: {moved}. {_run('harmonize', topic)}" if moved else None


def _run(stage: str, topic: Topic) -> str:
    return f"Run python -m {stage} --topic {topic.slug}"


def why_blocked(store: Store, topic: Topic) -> str | None:
    """Return why the tables as they are now may not be analysed, or None when they hold a passing verdict."""
    if reason := outdated(store, topic):
        return reason
    rows = store.read("verdict").to_pylist()
    remedy = _run("expectations", topic)
    if not rows:
        return f"the tables have not been checked. {remedy}"
    verdict = rows[0]
    if json.loads(verdict["table_versions"]) != store.versions(CHECKED):
        return f"the tables have changed since they were checked. {remedy}"
    if verdict["suite_hash"] != suite_hash(topic):
        return f"the rules have changed since the tables were checked. {remedy}"
    if verdict["verdict"] != "passed":
        return f"{verdict['n_critical']} critical checks failed; python -m expectations lists the rows"
    return None


def require_verdict(store: Store, topic: Topic) -> None:
    """Raise `GateBlocked` unless the tables as they are now hold a passing verdict."""
    reason = why_blocked(store, topic)
    if reason is not None:
        raise GateBlocked(f"the gate does not let the analysis see the tables: {reason}")
