"""``python -m synthesize.twobytwo A N1 C N2``: two proportions by every method, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.cli import application, run
from catalog.errors import InvalidInput, Problem, Problems, repeated
from synthesize.command import Column, Table, check_plot, choose, read_table, show
from synthesize.estimate import Estimate, NotEstimable, Result
from synthesize.tables2x2 import (
    METHODS,
    TwoByTwo,
    compare,
    compare_strata,
    missing_outcome_bounds,
    missing_outcomes,
    stratified,
)
from synthesize.tables2x2.plot import plot

app = application("Compare A events of N1 patients with C events of N2 patients.")
QUESTION = "two proportions"
EXAMPLE = "For example: python -m synthesize.twobytwo 1 5 2 2"
COUNTS = ("a", "n1", "c", "n2")
COLUMNS = (
    Column("label", "text", ("study", "name"), required=False),
    Column("a", "count", ("ai", "events1", "event.e")),
    Column("n1", "count", ("n1i", "total1", "n.e")),
    Column("c", "count", ("ci", "events2", "event.c")),
    Column("n2", "count", ("n2i", "total2", "n.c")),
    Column("stratum", "text", required=False),
)
OFFERED = {
    **METHODS,
    missing_outcomes.METHOD: "range over every completion of unreported outcomes (with --missing M1 M2)",
    **{name: f"{meaning} (with --file)" for name, meaning in stratified.METHODS.items()},
}


@app.command()
def main(
    a: Annotated[int | None, typer.Argument(help="events in group 1")] = None,
    n1: Annotated[int | None, typer.Argument(help="patients in group 1")] = None,
    c: Annotated[int | None, typer.Argument(help="events in group 2")] = None,
    n2: Annotated[int | None, typer.Argument(help="patients in group 2")] = None,
    file: Annotated[
        Path | None, typer.Option(help="CSV of tables: label, a, n1, c, n2 and, if wanted, stratum")
    ] = None,
    missing: Annotated[
        tuple[int, int] | None, typer.Option(help="further patients of each group with unreported outcome")
    ] = None,
    method: Annotated[str, typer.Option(help="one method, or all")] = "all",
    level: Annotated[float, typer.Option(help="confidence level of the intervals")] = 0.95,
    figure: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="draw them: .svg or .png")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    methods: Annotated[bool, typer.Option("--methods", help="list the methods and stop")] = False,
) -> None:
    """Compare A events of N1 patients (group 1) with C events of N2 patients (group 2).

    With --file the rows that share a stratum are added up (without that column each row is one); each
    stratum is compared, and then all of them together.
    """
    if methods:
        for name, meaning in OFFERED.items():
            print(f"{name:26s} {meaning}")
        return
    if figure is not None:
        check_plot(figure)
    counts = {name: count for name, count in zip(COUNTS, (a, n1, c, n2), strict=True) if count is not None}
    if file is None:
        given, results = _one_table(counts, missing, level)
    else:
        given, results = _many_tables(file, counts, missing, level)
    chosen = choose(method, results)
    if figure is not None:
        plot(figure, chosen, level)
    show(given, chosen, disagreements(results, level), as_json=as_json)


def _one_table(
    counts: dict[str, int], missing: tuple[int, int] | None, level: float
) -> tuple[dict[str, Any], list[Result]]:
    absent = [name.upper() for name in COUNTS if name not in counts]
    if absent:
        raise InvalidInput([Problem(f"four counts are needed; missing: {', '.join(absent)}", remedy=EXAMPLE)])
    a, n1, c, n2 = (counts[name] for name in COUNTS)
    results = compare(a, n1, c, n2, level=level, question=QUESTION)
    if missing is None:
        reason = "the number of patients with an unreported outcome was not given (--missing M1 M2)"
        return {**counts, "level": level}, [*results, NotEstimable(QUESTION, missing_outcomes.METHOD, reason)]
    bounds = missing_outcome_bounds(a, n1, c, n2, *missing, level=level, question=QUESTION)
    return {**counts, "missing": list(missing), "level": level}, [*results, bounds]


def _many_tables(
    file: Path, counts: dict[str, int], missing: tuple[int, int] | None, level: float
) -> tuple[dict[str, Any], list[Result]]:
    if counts or missing is not None:
        remedy = "Give either four counts or a file; --missing belongs to four counts"
        raise InvalidInput([Problem("counts and a file were both given", remedy=remedy)])
    rows = read_table(file, COLUMNS)
    strata = _strata(rows, _tables(rows))
    results: list[Result] = []
    for name, t in strata.items():
        results += compare(t.a, t.n1, t.c, t.n2, level=level, question=QUESTION, subset=name)
    together = list(strata.values())
    results += compare_strata(together, level=level, question=QUESTION, subset=f"{len(strata)} strata")
    return {"file": str(file), "tables": len(rows), "strata": len(strata), "level": level}, results


def _tables(rows: Table) -> list[TwoByTwo]:
    problems, tables = Problems(), []
    for place, number in enumerate(rows.rows):
        try:
            tables.append(TwoByTwo(*(rows.values[name][place] for name in COUNTS)))
        except InvalidInput as error:
            for problem in error.problems:
                problems.add(problem.what, file=rows.path, row=number, found=problem.found)
    problems.raise_if_any()
    return tables


def _strata(rows: Table, tables: list[TwoByTwo]) -> dict[str, TwoByTwo]:
    """Add up the tables of each stratum (say, the case reports); without that column each row is its own."""
    if not rows.has("stratum"):
        labels = rows.values["label"] if rows.has("label") else [""] * len(rows)
        names = [label or f"row {number}" for label, number in zip(labels, rows.rows, strict=True)]
        twice = set(repeated(names))
        return {
            f"{name} (row {number})" if name in twice else name: table
            for name, number, table in zip(names, rows.rows, tables, strict=True)
        }
    sums: dict[str, list[int]] = {}
    for name, table in zip(rows.values["stratum"], tables, strict=True):
        total = sums.setdefault(name, [0] * len(COUNTS))
        sums[name] = [held + getattr(table, count) for held, count in zip(total, COUNTS, strict=True)]
    return {name: TwoByTwo(*total) for name, total in sums.items()}


def disagreements(results: list[Result], level: float) -> list[str]:
    """Warn where the tests of one table fall on both sides of 1 − `level`: then the method decides."""
    alpha = 1 - level
    warnings = []
    for subset in dict.fromkeys(result.subset for result in results):
        p_values = {
            result.method: result.p_value
            for result in results
            if isinstance(result, Estimate) and result.subset == subset and result.p_value is not None
        }
        if p_values and min(p_values.values()) <= alpha < max(p_values.values()):
            listed = ", ".join(f"{name} {p:.3g}" for name, p in p_values.items())
            warnings.append(f"{subset}: tests on both sides of {alpha:.3g}, report all of them: {listed}")
    return warnings


if __name__ == "__main__":
    run(app, "python -m synthesize.twobytwo")
