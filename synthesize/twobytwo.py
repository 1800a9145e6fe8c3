"""``python -m synthesize.twobytwo A N1 C N2``: two proportions by every method, side by side."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from catalog.cli import application, run
from catalog.errors import InvalidInput, Problem
from synthesize.command import choose, show
from synthesize.estimate import Estimate, Result
from synthesize.tables2x2 import METHODS, compare

app = application("Compare A events of N1 patients with C events of N2 patients.")
QUESTION = "two proportions"


@app.command()
def main(
    a: Annotated[int | None, typer.Argument(help="events in group 1")] = None,
    n1: Annotated[int | None, typer.Argument(help="patients in group 1")] = None,
    c: Annotated[int | None, typer.Argument(help="events in group 2")] = None,
    n2: Annotated[int | None, typer.Argument(help="patients in group 2")] = None,
    method: Annotated[str, typer.Option(help="one method, or all")] = "all",
    level: Annotated[float, typer.Option(help="confidence level of the intervals")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    methods: Annotated[bool, typer.Option("--methods", help="list the methods and stop")] = False,
) -> None:
    """Compare A events of N1 patients (group 1) with C events of N2 patients (group 2)."""
    if methods:
        for name, meaning in METHODS.items():
            print(f"{name:26s} {meaning}")
        return
    counts = _counts({"a": a, "n1": n1, "c": c, "n2": n2})
    results = compare(*counts.values(), level=level, question=QUESTION)
    show({**counts, "level": level}, choose(method, results), disagreement(results, level), as_json=as_json)


def _counts(given: dict[str, int | None]) -> dict[str, int]:
    missing = [name.upper() for name, count in given.items() if count is None]
    if missing:
        remedy = "For example: python -m synthesize.twobytwo 1 5 2 2"
        raise InvalidInput([Problem(f"four counts are needed; missing: {', '.join(missing)}", remedy=remedy)])
    return {name: count for name, count in given.items() if count is not None}


def disagreement(results: list[Result], level: float) -> list[str]:
    """Warn when the offered tests fall on both sides of 1 − `level`: the method decides."""
    p_values: dict[str, Any] = {
        result.method: result.p_value
        for result in results
        if isinstance(result, Estimate) and result.p_value is not None
    }
    alpha = 1 - level
    if not p_values or min(p_values.values()) > alpha or max(p_values.values()) <= alpha:
        return []
    listed = ", ".join(f"{method} {p:.3g}" for method, p in p_values.items())
    return [f"the tests fall on both sides of {alpha:.3g}, so report all of them: {listed}"]


if __name__ == "__main__":
    run(app, "python -m synthesize.twobytwo")
