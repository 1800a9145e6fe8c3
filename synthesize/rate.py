"""`python -m synthesize.rate`: pool the proportions of any CSV by every method."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import application, run
from catalog.errors import Problems, nearest
from synthesize.command import check_plot, choose, show
from synthesize.estimate import Result
from synthesize.proportions import METHODS, pool, regression, study_intervals, subgroups
from synthesize.proportions.plot import plot
from synthesize.proportions.regression import meta_regression
from synthesize.proportions.sensitivity import cumulative, leave_one_out
from synthesize.proportions.table import Proportions, read_proportions

OFFERED = {**METHODS, **subgroups.METHODS, **regression.METHODS}
QUESTION = "rate"
HELP = """Pool proportions (events out of total per study) by every method offered for that many studies.

FILE is a CSV with columns study,events,total[,stratum]; xi,ni and event,n are understood too.
Each stratum is pooled by itself after all studies together.

\b
Example:
  printf 'study,events,total\\nA,7,523\\nB,18,3047\\nC,2,90\\nD,0,449\\n' > rates.csv
  python -m synthesize.rate rates.csv
"""
app = application(HELP)


@dataclass(frozen=True)
class Options:
    """What was asked for beside the file."""

    method: str
    level: float
    subgroup: str | None = None
    moderator: str | None = None
    without_each: bool = False
    cumulative: str | None = None


@app.command(help=HELP)
def rate(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.csv", help="study,events,total[,stratum]")] = None,
    method: Annotated[str, typer.Option(help="all, or one name from --methods")] = "all",
    level: Annotated[float, typer.Option(help="confidence level of the intervals")] = 0.95,
    subgroup: Annotated[str | None, typer.Option(metavar="COLUMN", help="compare groups of studies")] = None,
    moderator: Annotated[str | None, typer.Option(metavar="COLUMN", help="regress on a number of each study")] = None,
    without_each: Annotated[bool, typer.Option("--leave-one-out", help="pool without each study in turn")] = False,
    by: Annotated[str | None, typer.Option("--cumulative", metavar="COLUMN", help="pool up to each value")] = None,
    figure: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="draw a forest: .svg or .png")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    methods: Annotated[bool, typer.Option("--methods", help="list the methods and stop")] = False,
) -> None:
    """Read the file, pool, print."""
    if methods:
        for name, says in OFFERED.items():
            print(f"{name:24} {says}")
        return
    options = Options(method, level, subgroup, moderator, without_each, by)
    check_call(file, options)
    assert file is not None
    if figure is not None:
        check_plot(figure)
    data = read_proportions(file)
    results = pooled(data, options)
    chosen = choose(method, results)
    if figure is not None:
        own = study_intervals(data.events, data.totals, data.labels, level, question=QUESTION)
        groups = data.texts(subgroup) if subgroup is not None else data.strata or [""] * len(data)
        plot(figure, own, groups, [one for one in chosen if one.subset == "all"], "Events")
    summary = {
        "file": str(file),
        "studies": len(data),
        "events": sum(data.events),
        "total": sum(data.totals),
        "level": level,
    }
    show(summary, chosen, warnings_of(chosen), as_json=as_json)


def check_call(file: Path | None, options: Options) -> None:
    """Refuse a call without a file, with an impossible level or an unknown method. Raises `InvalidInput`."""
    problems = Problems()
    if file is None:
        problems.add("no file given", remedy="Give a CSV with columns study,events,total; --help has an example")
    if not 0.0 < options.level < 1.0:
        problems.add("not a confidence level", found=options.level, allowed="between 0 and 1, for example 0.95")
    if options.method != "all" and options.method not in OFFERED:
        like = nearest(options.method, OFFERED)
        remedy = f"Did you mean {like!r}?" if like else "--methods lists them"
        problems.add("unknown method", found=options.method, allowed=", ".join(OFFERED), remedy=remedy)
    for name, option, holders in (("--subgroup", options.subgroup, subgroups.METHODS),
                                  ("--moderator", options.moderator, regression.METHODS)):  # fmt: skip
        if options.method in holders and option is None:
            problems.add(f"{options.method} compares studies by a column", remedy=f"Name it with {name} COLUMN")
    problems.raise_if_any()


def pooled(data: Proportions, options: Options) -> list[Result]:
    """Return all results: all studies, each stratum, and what the options ask for beside them."""
    asked = None if options.method == "all" else [name for name in (options.method,) if name in METHODS]
    level, question = options.level, QUESTION
    results = pool(data.events, data.totals, level=level, question=question, methods=asked)
    results += _each_group(data, data.strata, options, asked)
    if options.subgroup is not None:
        groups = data.texts(options.subgroup)
        if groups != data.strata:
            if set(groups) & set(data.strata):  # two groups of one name would look like one
                groups = [f"{options.subgroup} {group}" for group in groups]
            results += _each_group(data, groups, options, asked)
        results += subgroups.subgroups(data.events, data.totals, groups, level=level, question=question)
    if options.moderator is not None:
        numbers = data.numbers(options.moderator)
        results.append(meta_regression(data.events, data.totals, numbers, level=level, question=question,
                                       name=options.moderator))  # fmt: skip
    method = asked[0] if asked else "glmm_t"
    if options.without_each:
        results += leave_one_out(data.events, data.totals, data.labels, level=level, question=question, method=method)
    if options.cumulative is not None:
        order = data.order(options.cumulative)
        results += cumulative(data.events, data.totals, order, level=level, question=question, method=method)
    return results


def _each_group(data: Proportions, groups: list[str], options: Options, asked: list[str] | None) -> list[Result]:
    results: list[Result] = []
    for group in dict.fromkeys(groups):
        rows = [row for row, name in enumerate(groups) if name == group]
        results += pool(
            [data.events[row] for row in rows], [data.totals[row] for row in rows],
            level=options.level, question=QUESTION, subset=group, methods=asked,
        )  # fmt: skip
    return results


def warnings_of(results: list[Result]) -> list[str]:
    """Return each note of the results once, with the methods and the subset it belongs to."""
    said: dict[str, list[str]] = {}
    for result in results:
        for note in getattr(result, "notes", ()):
            said.setdefault(f"{note} ({result.subset})", []).append(result.method)
    return [f"{', '.join(names)}: {note}" for note, names in said.items()]


if __name__ == "__main__":
    run(app, "python -m synthesize.rate")
