"""What ``python -m synthesize`` costs beside importing the packages it stands on; CPU time, one machine, one run.

    python -m benchmarks.synthesize_cost [DATA]

DATA is a data folder whose tables have passed the gate (default ``data``; ``make evidence`` makes it). The report is
made from nothing in a copy, three times; the ratio of the medians is printed. Aim: at most 3.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

IMPORTS = "import pandas, pyarrow, scipy, matplotlib"
ROUNDS = 3


def cpu_seconds(command: list[str]) -> float:
    """Return user and system time of a command that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "data")
    times: dict[str, list[float]] = {"imports": [], "synthesize": []}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(source, data)
        for _ in range(ROUNDS):
            for report in data.glob("*/report"):
                shutil.rmtree(report)
            times["imports"].append(cpu_seconds([sys.executable, "-c", IMPORTS]))
            times["synthesize"].append(cpu_seconds([sys.executable, "-m", "synthesize", "--data", str(data)]))
    imports, whole = (statistics.median(values) for values in times.values())
    print(f"{IMPORTS}: {imports:.2f} s CPU")
    print(f"python -m synthesize: {whole:.2f} s CPU; ratio {whole / imports:.2f} (aim: at most 3)")


if __name__ == "__main__":
    main()
