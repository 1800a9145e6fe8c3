"""One run of the synthesis: load what passed the gate, estimate, keep the result tables, write the report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.lineage import Lineage, code_version
from catalog.schema import from_rows
from catalog.store import Store
from catalog.tables import TABLES
from catalog.topic import Topic
from synthesize.load import load
from synthesize.report.folder import is_current, write


@dataclass(frozen=True)
class Outcome:
    """Where the report is, and whether this run changed it."""

    folder: Path
    changed: bool


def run_synthesis(topic: Topic, store: Store, *, allow_unvalidated: bool = False) -> Outcome:
    """Make the result tables and the report; nothing is computed again when nothing has changed."""
    evidence = load(store, topic, allow_unvalidated=allow_unvalidated)
    folder = store.root / "report"
    inputs = {
        "tables": dict(evidence.versions),
        "topic": topic.sha256,
        "program": code_version(),
        "stamp": evidence.stamp,
    }
    if is_current(folder, inputs):
        return Outcome(folder, changed=False)
    from synthesize.analysis import estimate_rows, inclusion_rows, synthesise
    from synthesize.report.build import report_files

    synthesis = synthesise(evidence, topic)
    files = report_files(synthesis)
    lineage = Lineage("synthesize", {"allow_unvalidated": str(allow_unvalidated)}, topic.sha256, evidence.versions)
    store.replace("estimate", from_rows(TABLES["estimate"], estimate_rows(synthesis)), lineage)
    store.replace("inclusion", from_rows(TABLES["inclusion"], inclusion_rows(synthesis)), lineage)
    return Outcome(folder, write(folder, files, inputs))
