"""How far the chain reaches: synthetic patients from a CSV to a verdict, beside the bare work of the same rows.

    python -m benchmarks.reach [ROWS]

ROWS patients (default 100,000; nobody in them exists, see `benchmarks.synthetic_patients`) go through
``python -m ingest.cohort``, ``harmonize`` and ``expectations``, each a process of its own. The bare work is to read
the CSV with pyarrow, cast it, write Parquet, and validate the declared columns once with Great Expectations as it
comes. Printed: seconds on the clock, CPU seconds, and the largest memory of any process.
Aims at a million rows: under 4 GB, at most 4 times the bare work, a row at most 1.3 times that of 100,000.

Last measured, one run each, on two cores that little else used:

| rows      | stage         | clock   | CPU     | memory   |
|-----------|---------------|---------|---------|----------|
| 100,000   | bare work     |   5.6 s |   5.8 s |   432 MB |
|           | ingest.cohort |   3.5 s |   4.0 s |   581 MB |
|           | harmonize     |   4.0 s |   4.5 s |   573 MB |
|           | expectations  |   8.1 s |   8.7 s |   556 MB |
| 1,000,000 | bare work     |  29.0 s |  30.0 s | 1,406 MB |
|           | ingest.cohort |  33.1 s |  39.9 s | 3,094 MB |
|           | harmonize     |  32.9 s |  36.8 s | 2,846 MB |
|           | expectations  |  20.6 s |  22.0 s | 1,756 MB |

All three aims are kept: 3.1 GB, 3.0 times the bare work (2.9 to 3.5 in five runs; 2.8 at 100,000), and a row costs 0.6
of the time that it costs among 100,000. The file's words stand in quotes, but no cell holds a quote or a line break: a
file with one such cell is read by Python's own `csv`, some 25 s slower. What takes most are the checksum of 31 million
statements, which is made once and verified once, and writing and reading their names.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.synthetic_patients import write_cohort

BARE = "--bare"


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    seconds: float
    cpu: float
    megabytes: float


def cost(arguments: list[str]) -> Cost:
    """Run a Python command that must succeed; its output is not shown."""
    started = time.perf_counter()
    child = os.posix_spawn(
        sys.executable, [sys.executable, *arguments], os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )  # fmt: skip
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"python {' '.join(arguments)} left with {os.waitstatus_to_exitcode(status)}")
    return Cost(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


def bare(records: Path, target: Path) -> None:
    """Read, cast, write Parquet, and validate every declared column once: what nobody can do without."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    from catalog.fields import FIELDS
    from catalog.vocabulary import vocabulary

    table = pa.csv.read_csv(records, convert_options=pa.csv.ConvertOptions(strings_can_be_null=True))
    kinds = {"integer": pa.int64(), "number": pa.float64(), "quantity": pa.float64(), "duration": pa.float64()}
    declared = [FIELDS[name] for name in table.column_names[1:]]
    casts = {field.name: kinds.get(field.kind, pa.string()) for field in declared}
    table = table.cast(pa.schema([("Case", pa.string()), *casts.items()]))
    pq.write_table(table, target)
    checks = [gxe.ExpectColumnValuesToBeUnique(column="Case")]
    for field in declared:
        if field.vocabulary:
            checks.append(
                gxe.ExpectColumnValuesToBeInSet(column=field.name, value_set=list(vocabulary(field.vocabulary).codes))
            )
        elif field.kind in kinds:
            low, high = (field.minimum, field.maximum) if field.minimum is not None else (0, 360)
            checks.append(gxe.ExpectColumnValuesToBeBetween(column=field.name, min_value=low, max_value=high))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("bare").add_dataframe_asset("bare")
    batch = asset.add_batch_definition_whole_dataframe("bare").get_batch({"dataframe": table.to_pandas()})
    validation = batch.validate(gx.ExpectationSuite(name="bare", expectations=checks))
    assert validation.success, "the synthetic patients break the declaration"


def main() -> None:
    if BARE in sys.argv:
        bare(Path(sys.argv[-2]), Path(sys.argv[-1]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        records, mapping = write_cohort(Path(folder), rows)
        data = ["--data", str(Path(folder) / "data")]
        measured = {"bare work": cost(["-m", "benchmarks.reach", BARE, str(records), f"{folder}/bare.parquet"])}
        print(f"{rows:,} synthetic patients, {records.stat().st_size / 1e6:.1f} MB of CSV", flush=True)
        show("bare work", measured["bare work"])
        for stage, more in (("ingest.cohort", [str(records), "--mapping", str(mapping)]), ("harmonize", []),
                            ("expectations", [])):  # fmt: skip
            measured[stage] = cost(["-m", stage, *more, *data])
            show(stage, measured[stage])
    summary(rows, measured)


def show(what: str, one: Cost) -> None:
    print(f"{what:<14}{one.seconds:8.1f} s {one.cpu:8.1f} s CPU {one.megabytes:8.0f} MB", flush=True)


def summary(rows: int, measured: dict[str, Cost]) -> None:
    floor = measured.pop("bare work")
    seconds, cpu = (sum(getattr(one, name) for one in measured.values()) for name in ("seconds", "cpu"))
    most = max(one.megabytes for one in measured.values())
    print(f"chain: {seconds / floor.seconds:.1f} times the bare work, {cpu / floor.cpu:.1f} of its CPU")
    print(f"largest process: {most:.0f} MB")
    print(f"a row: {1e6 * seconds / rows:.0f} µs, {1e6 * cpu / rows:.0f} µs CPU")


if __name__ == "__main__":
    main()
