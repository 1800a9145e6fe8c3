"""``python -m harmonize``: all sources onto one schema; pairs that may be one; printed against recomputed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.cli import Data, TopicName, application, run, say_commits

if TYPE_CHECKING:
    from catalog.store import Store
    from catalog.topic import Topic

app = application("Bring all sources onto one schema.")
overlaps = application("Pairs of studies or patients that may be one and the same: list, decide, replay.")
app.add_typer(overlaps, name="overlaps")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback(invoke_without_command=True)
def harmonize(context: typer.Context, topic: TopicName = "hcc-sorafenib-cr", data: Data = Path("data")) -> None:
    """Build study, patient, measurement, overlap and discrepancy from what the sources state.

    Every problem is listed with file, row and column; the last good tables stay when there is one.
    Example: python -m harmonize --topic hcc-sorafenib-cr
    """
    if context.invoked_subcommand is not None:
        context.default_map = {context.invoked_subcommand: {"topic": topic, "data": data}}
        return
    from harmonize.tables import harmonize as build

    say_commits(build(*_opened(topic, data)))


@overlaps.callback(invoke_without_command=True)
def _overlaps(
    context: typer.Context, topic: TopicName = "hcc-sorafenib-cr", data: Data = Path("data"), as_json: Json = False
) -> None:
    """List the pairs, or record decisions on them. Example: python -m harmonize overlaps --json."""
    if context.invoked_subcommand is None:
        list_(topic, data, as_json=as_json)
    else:
        context.default_map = {context.invoked_subcommand: {"topic": topic, "data": data, "as_json": as_json}}


@overlaps.command("list")
def list_(topic: TopicName = "hcc-sorafenib-cr", data: Data = Path("data"), as_json: Json = False) -> None:
    """List every pair that may be one and the same, with the evidence for and against it and what was decided.

    Example: python -m harmonize overlaps list
    """
    from catalog.rows import as_json as to_json
    from harmonize.overlap_list import document, lines
    from harmonize.tables import look_for_overlaps

    found = look_for_overlaps(_opened(topic, data)[1])
    print(to_json(document(*found)) if as_json else "\n".join(lines(*found)))


@overlaps.command()
def decide(
    pair: Annotated[str, typer.Argument(metavar="PAIR", help="Both names, joined by | or a comma, in quotes.")],
    decision: Annotated[str, typer.Argument(metavar="same|different|unsure")],
    why: Annotated[str, typer.Option("--why", help="The reason, in a sentence.")],
    by: Annotated[str | None, typer.Option("--by", help="Who decides; else the name of the account.")] = None,
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Record a decision on a pair; it survives every rerun and import, and the latest one holds.

    Example: python -m harmonize overlaps decide 'park2015_p4|park2017_ol_p1' same --why "same hospital and dates"
    """
    from harmonize.overlap_decisions import decide as record
    from harmonize.overlap_list import against
    from harmonize.tables import known_names, pairs_as_they_are

    loaded, store = _opened(topic, data)
    say_commits([record(loaded, store, known_names(store), pair, decision, why, by)])
    print("".join(f"{line}\n" for line in against(pairs_as_they_are(store), pair)), end="")
    print("python -m harmonize applies it")


@overlaps.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV in the columns of overlaps.csv.")],
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Record all decisions of a file, or none when something in it is wrong.

    Example: python -m harmonize overlaps replay decisions.csv
    """
    from harmonize.overlap_decisions import replay as record
    from harmonize.tables import known_names

    loaded, store = _opened(topic, data)
    say_commits([record(loaded, store, known_names(store), file)])
    print("python -m harmonize applies them")


@app.command()
def audit(
    patients: Annotated[
        Path | None, typer.Option("--patients", help="CSV of patients, in the columns of patients.csv.")
    ] = None,
    claims: Annotated[
        Path | None, typer.Option("--claims", help="CSV of printed summaries, in the columns of claims.csv.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what agrees, and what cannot be checked.")] = False,
    as_json: Json = False,
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Recompute every printed summary from the patients that its source lists, and look for contradictions in rows.

    Without files it takes the topic's sources as they are now.
    Example: python -m harmonize audit --patients patients.csv --claims claims.csv --json
    """
    from catalog.rows import as_json as to_json
    from harmonize.audit_report import document, lines

    if patients is None and claims is None:
        from harmonize.tables import audit_sources

        findings = audit_sources(_opened(topic, data)[1])
    else:
        from harmonize.audit_sheets import audit_files

        findings = audit_files(patients, claims)
    print(
        to_json(document(findings, everything=everything))
        if as_json
        else "\n".join(lines(findings, everything=everything))
    )


def _opened(topic: str, data: Path) -> tuple[Topic, Store]:
    from catalog.store import Store
    from catalog.topic import load_topic

    loaded = load_topic(topic)
    return loaded, Store(data, loaded.slug)


if __name__ == "__main__":
    run(app, "python -m harmonize")
