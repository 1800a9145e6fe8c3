"""``python -m catalog``: list, show, dictionary, trace, diff, verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from catalog.cli import Data, TopicName, application, run

app = application("See what is stored, what it means, where it came from, and whether it is still whole.")

TableName = Annotated[str, typer.Argument(metavar="TABLE", help="A stored table; python -m catalog list names them.")]
Shape = Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="How to print it.")]


@app.command("list")
def list_(topic: TopicName = "hcc-sorafenib-cr", data: Data = Path("data")) -> None:
    """List every table: rows, version, when it was written, by which command, what one row is; and the topics.

    Example: python -m catalog list --topic hcc-sorafenib-cr
    """
    from catalog.errors import DamagedData
    from catalog.overview import lines, overview
    from catalog.store import Store
    from catalog.topic import load_topic

    store = Store(data, load_topic(topic).slug)
    found = overview(store)
    print("\n".join(lines(store, found)))
    damage = [one.damage for one in found if one.damage]
    if damage:
        raise DamagedData("\n".join(damage))


@app.command()
def show(
    table: TableName,
    version: Annotated[int | None, typer.Option("--version", help="An earlier version; else the current one.")] = None,
    rows: Annotated[int | None, typer.Option("--rows", min=0, help="At most so many rows.")] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="COLUMN=VALUE", help="Only such rows; may be repeated.")
    ] = None,
    shape: Shape = "table",
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Print the rows of a table; one too wide for the terminal is printed record by record without empty cells.

    Example: python -m catalog show patient --where recurrence=yes --where etiology=HCV
    """
    from catalog.rows import chosen, printed
    from catalog.store import Store
    from catalog.topic import load_topic

    store = Store(data, load_topic(topic).slug)
    store.require(table)
    found = chosen(store.read(table, version, compact=True), table, where or [])
    sys.stdout.writelines(printed(found, shape, rows))


@app.command()
def dictionary(
    write: Annotated[Path | None, typer.Option("--write", help="File to write; else it is printed.")] = None,
) -> None:
    """Print the data dictionary as Markdown: tables, fields, vocabularies, rules, the convention for months.

    Example: python -m catalog dictionary --write docs/dictionary.md
    """
    from catalog.dictionary import dictionary as text
    from catalog.dictionary import write_to

    if write is None:
        print(text(), end="")
    else:
        print(f"{write}: {'written' if write_to(write) else 'unchanged'}")


@app.command()
def trace(
    target: Annotated[str, typer.Argument(help="A table, an estimate, a study or a patient.")],
    kind: Annotated[
        Literal["table", "estimate", "study", "patient"] | None,
        typer.Option("--as", help="What TARGET is, when the name means several things."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Walk from a table or number back to who counted, the stated words, the files and the commands.

    Example: python -m catalog trace cr_rate.primary.glmm_t
    """
    from catalog.disclosure import shown_row
    from catalog.rows import as_json as to_json
    from catalog.store import Store
    from catalog.topic import load_topic
    from catalog.tracing import trace as trace_back
    from catalog.tracing_text import lines

    loaded = load_topic(topic)
    document = shown_row(trace_back(Store(data, loaded.slug), loaded, target, kind))
    print(to_json(document) if as_json else "\n".join(lines(document)))


@app.command()
def diff(
    table: TableName,
    from_: Annotated[int | None, typer.Option("--from", help="The earlier version; else the one before.")] = None,
    to: Annotated[int | None, typer.Option("--to", help="The later version; else the current one.")] = None,
    shape: Shape = "table",
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Print what changed between two versions of a table: rows added and removed, cells changed; counts first.

    Example: python -m catalog diff patient --from 0 --to 1
    """
    from catalog.difference import difference, printed
    from catalog.store import Store
    from catalog.topic import load_topic

    store = Store(data, load_topic(topic).slug)
    store.require(table)
    later = (store.version(table) or 0) if to is None else to
    earlier = max(later - 1, 0) if from_ is None else from_
    sys.stdout.writelines(printed(difference(store, table, earlier, later), shape))


@app.command()
def verify(topic: TopicName = "hcc-sorafenib-cr", data: Data = Path("data")) -> None:
    """Check that everything stored is still what was written; leaves with 5 and the whole list when it is not.

    Example: python -m catalog verify --data data
    """
    from catalog.rows import as_table
    from catalog.store import Store
    from catalog.topic import load_topic
    from catalog.verifying import raise_if_damaged
    from catalog.verifying import verify as check

    checked = check(Store(data, load_topic(topic).slug))
    rows = [(one.what, one.count, len(one.damage)) for one in checked]
    print("\n".join(as_table(("checked", "number", "damaged"), rows)))
    raise_if_damaged(checked)


if __name__ == "__main__":
    run(app, "python -m catalog")
