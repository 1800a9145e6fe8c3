"""``python -m synthesize.survival FILE.csv``: times to an event by every method, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.cli import application
from catalog.errors import Problems
from synthesize.command import check_plot, choose, read_table, show
from synthesize.survival.analyses import METHODS, Options, analyse, analyse_medians, notes_of, warnings_of
from synthesize.survival.medians_table import FORM as MEDIANS
from synthesize.survival.medians_table import holds_medians, read_medians
from synthesize.survival.plot import plot
from synthesize.survival.step_curve import CONF_TYPES, ConfType
from synthesize.survival.table import COLUMNS, FollowUp, follow_up_of

HELP = """Estimate times to an event (months) by every method that fits the file, and compare groups.

FILE is a CSV in one of four forms. A column `group` (or the one that --group names) adds comparisons; a
column `source` (or `study`) keeps the bootstrap of turnbull within each source.

\b
lower,upper,event
  The event lies in (lower, upper]: after `lower`, at `upper` or before, as in R.
  event 1, lower = upper: it happened in that month.
  event 1, lower < upper: found at `upper`, not yet there at `lower`
           (lower 0: known only to be before `upper`).
  event 0: not yet there at `lower` (right-censored); `upper` is empty or ignored.
  Without a column `event`, an empty `upper` means event 0.
  Closed intervals [lower, upper] have no form here: where the event may have been
  there at `lower` already, give an earlier `lower`.

\b
time,status
  status 1: the event at `time`; 0: censored then; 2, 3, …: a competing event.

\b
start,stop,status
  Rows (start, stop], one or more a patient: late entry, or a status that changes.

\b
study,n,median[,minimum,q1,q3,maximum]
  Medians as studies print them, to be pooled; an empty cell was not printed.

\b
Example:
  printf 'lower,upper,event\\n2,2,1\\n3,6,1\\n0,4,1\\n5,,0\\n' > times.csv
  python -m synthesize.survival times.csv
"""
app = application(HELP)


@app.command(help=HELP)
def survival(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.csv", help="times in months")] = None,
    method: Annotated[str, typer.Option(help="all, or one name from --methods")] = "all",
    level: Annotated[float, typer.Option(help="confidence level of the intervals")] = 0.95,
    conf_type: Annotated[str, typer.Option(help="scale of the Kaplan–Meier limits: log-log, log or plain")] = "log-log",
    group: Annotated[str | None, typer.Option(help="column that names the groups")] = None,
    resamples: Annotated[int, typer.Option(help="bootstrap resamples of turnbull; 0 for none")] = 2000,
    seed: Annotated[int, typer.Option(help="seed of the bootstrap")] = 1,
    figure: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="draw the curves: .svg or .png")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    methods: Annotated[bool, typer.Option("--methods", help="list the methods and stop")] = False,
) -> None:
    """Read the file, analyse, print."""
    if methods:
        for name, says in METHODS.items():
            print(f"{name:24} {says}")
        return
    check_call(file, level, conf_type, resamples, seed)
    assert file is not None
    if figure is not None:
        check_plot(figure)
    scale: ConfType = next(name for name in CONF_TYPES if name == conf_type)
    options = Options(level, scale, resamples, seed)
    table = read_table(file, COLUMNS)
    if holds_medians(table):
        printed = read_medians(file)
        results, groups, said = analyse_medians(printed, options), [], []
        read: dict[str, object] = {"file": str(file), "form": MEDIANS, "rows": len(printed), "level": level}
    else:
        data = follow_up_of(table, group)
        results, groups, said = analyse(data, options), data.groups, warnings_of(data)
        read = summary(file, data, options)
    chosen = choose(method, results)
    if figure is not None:
        plot(figure, results, groups, level)
    show(read, chosen, [*notes_of(chosen), *said], as_json=as_json)


def check_call(file: Path | None, level: float, conf_type: str, resamples: int, seed: int) -> None:
    """Refuse impossible options, all of them at once. Raises `InvalidInput`."""
    problems = Problems()
    if file is None:
        problems.add("no file given", remedy="Give a CSV with columns lower,upper,event; --help has an example")
    if not 0.0 < level < 1.0:
        problems.add("not a confidence level", found=level, allowed="between 0 and 1, for example 0.95")
    if conf_type not in CONF_TYPES:
        problems.add("not a kind of interval", found=conf_type, allowed=", ".join(CONF_TYPES))
    if not 0 <= resamples <= 1_000_000:
        problems.add("not a number of resamples", found=resamples, allowed="0 to 1000000")
    if seed < 0:
        problems.add("not a seed", found=seed, allowed="a whole number of at least 0")
    problems.raise_if_any()


def summary(file: Path, data: FollowUp, options: Options) -> dict[str, object]:
    """Return what was read, for the head of the output."""
    return {
        "file": str(file), "form": data.form, "rows": len(data), "events": sum(code == 1 for code in data.code),
        "competing_events": sum(code > 1 for code in data.code), "intervals": data.intervals,
        "groups": data.groups, "level": options.level, "conf_type": options.conf_type,
    }  # fmt: skip
