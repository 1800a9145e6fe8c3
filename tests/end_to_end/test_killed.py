"""Killed at any moment and run again, the chain ends in the same evidence table."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

CHAIN = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from support.chain import fill_and_harmonize, pass_the_gate, shipped_topic, store_of
from synthesize.run import run_synthesis
data = Path({data!r})
fill_and_harmonize(data)
pass_the_gate(data)
run_synthesis(shipped_topic(), store_of(data))
"""
MOMENTS = (
    "source/observation/_delta_log",
    "result/check/_delta_log",
    "report",
)


def start(data: Path) -> subprocess.Popen:
    code = CHAIN.format(tests=str(Path(__file__).parents[1]), data=str(data))
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)


def kill_when_there(data: Path, moment: str) -> None:
    """Kill the chain as soon as `moment` exists under the topic's folder."""
    process = start(data)
    target = data / "hcc-sorafenib-cr" / moment
    while not target.exists():
        assert process.poll() is None, process.stderr.read().decode()  # type: ignore[union-attr]
        time.sleep(0.002)
    process.kill()
    process.communicate()


def test_a_killed_chain_ends_in_the_same_report(tmp_path: Path) -> None:
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    for moment in MOMENTS:
        kill_when_there(killed, moment)
    for data in (straight, killed):
        _, said = start(data).communicate()
        assert said.decode() == ""
    reports = [data / "hcc-sorafenib-cr" / "report" for data in (straight, killed)]
    names = [sorted(path.name for path in report.iterdir()) for report in reports]
    assert names[0] == names[1]
    for name in names[0]:
        assert (reports[0] / name).read_bytes() == (reports[1] / name).read_bytes(), name
