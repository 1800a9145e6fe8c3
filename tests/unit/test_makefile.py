"""The order in which ``make refresh`` runs the commands."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_refresh_knows_the_curated_reports_and_ends_in_the_evidence_table() -> None:
    dry = subprocess.run(["make", "--dry-run", "refresh"], cwd=ROOT, capture_output=True, text=True, check=True)
    said = dry.stdout.split("-m ingest.curation import", 1)[1]  # a retracted one must be found on the first run
    commands = ("ingest.pubmed", "ingest.curation import", "ingest.cohort", "harmonize", "expectations", "synthesize")
    places = [said.index(f"-m {command} ") for command in commands]
    assert places == sorted(places)
