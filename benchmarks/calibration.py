"""How often every interval holds the truth: simulate, keep the tables, write them into docs/validation.md.

    python -m benchmarks.calibration [--replicates N] [--jobs 2] [--scheduler ADDRESS] [--only PART] [--again]

One task a cell (a size, a rate, a spread), on local processes or on a Dask cluster that can import this folder. A cell
is kept in docs/calibration/PART.csv when it is done, so a run that was stopped goes on where it stood; a cell stands
until it is asked for with more replicates, or `--again`. Seeds: `calibration_tally.generator`.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from benchmarks import (
    calibration_bootstrap,
    calibration_medians,
    calibration_page,
    calibration_rates,
    calibration_status,
    calibration_tables,
)
from benchmarks.calibration_tally import OUTCOMES, Cell, Row

FOLDER = Path(__file__).parents[1] / "docs" / "calibration"


@dataclass(frozen=True)
class Part:
    """One table: its cells and what gives the rows of one of them."""

    cells: tuple[Cell, ...]
    simulate: Callable[[Cell, int], list[Row]]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.cells[0], "method", "truth", "replicates", *OUTCOMES)


PARTS = {
    "rates": Part(calibration_rates.CELLS, calibration_rates.simulate),
    "bootstrap": Part(calibration_bootstrap.CELLS, calibration_bootstrap.simulate),
    "medians": Part(calibration_medians.CELLS, calibration_medians.simulate),
    "status": Part(calibration_status.CELLS, calibration_status.simulate),
    "tables": Part(calibration_tables.CELLS, calibration_tables.enumerate_tables),
}
Task = tuple[str, int, int]
"""Name of the part, place of the cell, replicates."""


def work(task: Task) -> tuple[Task, list[dict[str, str]]]:
    """Return the rows of one task as they stand in the CSV."""
    name, place, replicates = task
    part = PARTS[name]
    cell = part.cells[place]
    rows = [{**cell, "replicates": replicates, **row} for row in part.simulate(cell, replicates)]
    return task, [{column: _text(row.get(column)) for column in part.columns} for row in rows]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def open_tasks(name: str, replicates: int, again: bool) -> list[Task]:
    """Return the cells that the CSV does not hold with as many replicates."""
    part, stored = PARTS[name], [] if again else read(FOLDER / f"{name}.csv")
    done = {_key(part, row) for row in stored if int(row["replicates"]) >= replicates}
    return [(name, place, replicates) for place, cell in enumerate(part.cells) if _key(part, cell) not in done]


def _key(part: Part, row: Cell) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in part.cells[0])


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV, none where there is no file yet."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def keep(name: str, rows: list[dict[str, str]]) -> None:
    """Put the rows of one cell in place of those that stood for it, cells in their declared order."""
    part, path = PARTS[name], FOLDER / f"{name}.csv"
    order = {_key(part, cell): place for place, cell in enumerate(part.cells)}
    fresh = _key(part, rows[0])
    kept = [row for row in read(path) if _key(part, row) in order and _key(part, row) != fresh] + rows
    kept.sort(key=lambda row: order[_key(part, row)])
    text = io.StringIO()
    writer = csv.DictWriter(text, part.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(text.getvalue(), encoding="utf-8")
    beside.replace(path)


def local(tasks: list[Task], jobs: int) -> Iterator[tuple[Task, list[dict[str, str]]]]:
    """Yield results as they come from `jobs` processes of this machine."""
    with ProcessPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(work, task) for task in tasks]):
            yield done.result()


def cluster(tasks: list[Task], address: str) -> Iterator[tuple[Task, list[dict[str, str]]]]:
    """Yield results as they come from the workers of a Dask scheduler."""
    try:
        from dask import distributed
    except ImportError:
        raise SystemExit("--scheduler needs Dask: pip install distributed") from None
    with distributed.Client(address) as client:
        for done in distributed.as_completed(client.map(work, tasks, pure=False)):
            yield done.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000, help="data sets a cell (default 1000)")
    parser.add_argument("--jobs", type=int, default=2, help="local processes (default 2)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler instead of local processes")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part (may be repeated)")
    parser.add_argument("--again", action="store_true", help="simulate what is there too")
    asked = parser.parse_args()
    if asked.replicates < 1 or asked.jobs < 1:
        parser.error("--replicates and --jobs are at least 1")
    tasks = [task for name in asked.only or PARTS for task in open_tasks(name, asked.replicates, asked.again)]
    print(f"{len(tasks)} cells to simulate, {asked.replicates} data sets each", flush=True)
    results = cluster(tasks, asked.scheduler) if asked.scheduler else local(tasks, asked.jobs)
    for count, ((name, place, _), rows) in enumerate(results, start=1):
        keep(name, rows)
        print(f"{count} of {len(tasks)}: {name}, {PARTS[name].cells[place]}", flush=True)
    calibration_page.write({name: read(FOLDER / f"{name}.csv") for name in PARTS})


if __name__ == "__main__":
    main()
