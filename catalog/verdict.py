"""The gate's verdict: what it is bound to, and the question every analysis asks before it opens a table."""

from __future__ import annotations

import json
from dataclasses import asdict

from catalog.errors import GateBlocked
from catalog.lineage import sha256
from catalog.rules import RULES
from catalog.store import Store
from catalog.tables import GATED, TABLES
from catalog.topic import Topic
from catalog.vocabulary import vocabulary


def suite_hash(topic: Topic) -> str:
    """Return the checksum of all that decides what is checked: declaration, words, rules, the topic's tuning."""
    fields = [field for name in GATED for field in TABLES[name].fields]
    words = sorted({field.vocabulary for field in fields if field.vocabulary})
    declared = {
        "tables": [asdict(TABLES[name]) for name in GATED],
        "fields": [asdict(field) for field in fields],
        "vocabularies": {name: vocabulary(name).codes for name in words},
        "rules": [[type(rule).__name__, asdict(rule)] for rule in RULES],
        "tuning": [asdict(tuning) for tuning in topic.tunings],
    }
    return sha256(json.dumps(declared, sort_keys=True).encode())


def why_blocked(store: Store, topic: Topic) -> str | None:
    """Return why the tables as they are now may not be analysed, or None when they hold a passing verdict."""
    rows = store.read("verdict").to_pylist()
    remedy = f"Run python -m expectations --topic {topic.slug}"
    if not rows:
        return f"the tables have not been checked. {remedy}"
    verdict = rows[0]
    if json.loads(verdict["table_versions"]) != store.versions(GATED):
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
