"""`python -m synthesize.rate`: pool the proportions of any CSV by every method."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import application, run
from catalog.errors import InvalidInput, Problem, Problems
from synthesize.command import Column, Table, choose, read_table, show
from synthesize.estimate import Result
from synthesize.proportions import METHODS, pool

COLUMNS = (
    Column("study", "text", ("label", "name", "slab", "author"), required=False),
    Column("events", "count", ("xi", "event", "r")),
    Column("total", "count", ("ni", "n", "totals"), minimum=1),
    Column("stratum", "text", ("strata",), required=False),
)
HELP = """Pool proportions (events out of total per study) by every method offered for that many studies.

FILE is a CSV with columns study,events,total[,stratum]; xi,ni and event,n are understood too.

Example:

  printf 'study,events,total\\nA,7,523\\nB,18,3047\\nC,2,90\\nD,0,449\\n' > rates.csv

  python -m synthesize.rate rates.csv
"""
app = application(HELP)


@app.command(help=HELP)
def rate(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.csv", help="study,events,total[,stratum]")] = None,
    method: Annotated[str, typer.Option(help="all, or one name from --methods")] = "all",
    level: Annotated[float, typer.Option(help="confidence level of the intervals")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    methods: Annotated[bool, typer.Option("--methods", help="list the methods and stop")] = False,
) -> None:
    """Read the file, pool, print."""
    if methods:
        for name, says in METHODS.items():
            print(f"{name:24} {says}")
        return
    check_call(file, level)
    assert file is not None
    table = read_table(file, COLUMNS)
    check_counts(table)
    results = pooled(table, level)
    summary = {
        "file": str(file),
        "studies": len(table),
        "events": sum(table.values["events"]),
        "total": sum(table.values["total"]),
        "level": level,
    }
    chosen = choose(method, results)
    show(summary, chosen, warnings_of(chosen), as_json=as_json)


def check_call(file: Path | None, level: float) -> None:
    """Refuse a call without a file or with an impossible level. Raises `InvalidInput`."""
    problems = Problems()
    if file is None:
        problems.add("no file given", remedy="Give a CSV with columns study,events,total; --help has an example")
    if not 0.0 < level < 1.0:
        problems.add("not a confidence level", found=level, allowed="between 0 and 1, for example 0.95")
    problems.raise_if_any()


def check_counts(table: Table) -> None:
    """Refuse studies with more events than patients, all of them at once. Raises `InvalidInput`."""
    problems = [
        Problem(
            "more events than patients",
            file=table.path,
            row=row,
            column="events",
            found=f"{events} of {total}",
            allowed=f"0 to {total}",
            remedy="Check whether the two columns are exchanged",
        )
        for row, events, total in zip(table.rows, table.values["events"], table.values["total"], strict=True)
        if events > total
    ]
    if problems:
        raise InvalidInput(problems)


def pooled(table: Table, level: float) -> list[Result]:
    """Return the results for all studies, then for each stratum in order of appearance."""
    events, totals = table.values["events"], table.values["total"]
    results = pool(events, totals, level=level)
    strata = table.values.get("stratum", [])
    for stratum in dict.fromkeys(strata):
        rows = [row for row, name in enumerate(strata) if name == stratum]
        subset = stratum or "stratum not stated"
        results += pool([events[row] for row in rows], [totals[row] for row in rows], level=level, subset=subset)
    return results


def warnings_of(results: list[Result]) -> list[str]:
    """Return each note of the results once, with the methods it belongs to."""
    said: dict[str, list[str]] = {}
    for result in results:
        for note in getattr(result, "notes", ()):
            said.setdefault(f"{note} ({result.subset})", []).append(result.method)
    return [f"{', '.join(names)}: {note}" for note, names in said.items()]


if __name__ == "__main__":
    run(app, "python -m synthesize.rate")
