"""``python -m ingest.cohort``: a group's own records into the source tables, through a mapping; or a first mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from catalog.cli import Data, TopicName, application, run, say_commits


class LoadUnlessNamed(TyperGroup):
    """Takes a call that does not begin with a command for one to `load`, so that the file may come first."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `load` before a file or an option of it."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["load", *args]
        return super().parse_args(ctx, args)


app = application("Load a group's own records through a mapping; draft a first mapping.")
app.info.cls = LoadUnlessNamed

Records = Annotated[
    Path,
    typer.Argument(help="The records: CSV or other delimited text, Excel, SPSS, Stata, SAS, Parquet or REDCap export."),
]
Sheet = Annotated[str, typer.Option("--sheet", help="Sheet of an Excel workbook, when it has several.")]
Dictionary = Annotated[Path | None, typer.Option("--dictionary", help="Data dictionary of a REDCap export, as CSV.")]


@app.command()
def load(
    file: Records,
    mapping: Annotated[Path, typer.Option("--mapping", help="What each column means, as TOML.")],
    sheet: Sheet = "",
    dictionary: Dictionary = None,
    topic: TopicName = "hcc-sorafenib-cr",
    data: Data = Path("data"),
) -> None:
    """Load FILE as stated; the file itself is not copied, only its name and checksum are kept.

    `load` may be left out. Example: python -m ingest.cohort ward7.xlsx --mapping ward7.toml --sheet Patients
    """
    from catalog.store import Store
    from catalog.topic import load_topic
    from ingest.cohort.loading import load_cohort

    loaded = load_topic(topic)
    store = Store(data, loaded.slug)
    say_commits(load_cohort(file, mapping, loaded, store, sheet=sheet, dictionary=dictionary, say=print))


@app.command()
def draft(
    file: Records,
    out: Annotated[Path | None, typer.Option("--out", help="New file to write; without it the draft is shown.")] = None,
    sheet: Sheet = "",
    dictionary: Dictionary = None,
    encoding: Annotated[str, typer.Option("--encoding", help="Encoding of the text, when it cannot be told.")] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", help="Delimiter of the cells, when it cannot be told.")] = "",
) -> None:
    """Write a first mapping of FILE for a person to correct: fields and units are guesses and are marked so.

    Nothing of the file is stored. Example: python -m ingest.cohort draft ward7.sav --out ward7.toml
    """
    from ingest.cohort.draft import draft_mapping
    from ingest.cohort.entries import FileForm

    form = FileForm(encoding=encoding, delimiter=delimiter)
    print(draft_mapping(file, out, form, sheet=sheet, dictionary=dictionary))


if __name__ == "__main__":
    run(app, "python -m ingest.cohort")
