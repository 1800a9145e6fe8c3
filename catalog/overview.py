"""What is stored of a topic: each declared table with its rows, version, time and command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.ancestry import written
from catalog.errors import DamagedData
from catalog.store import Store
from catalog.tables import STORED
from catalog.topic import shipped_topics


@dataclass(frozen=True)
class Standing:
    """A declared table as it stands; `version` is None when it was never written, `damage` says what is wrong."""

    table: str
    layer: str
    row_is: str
    version: int | None = None
    rows: int | None = None
    written: str | None = None
    command: str | None = None
    damage: str | None = None


def overview(store: Store) -> list[Standing]:
    """Return every table that can be stored, in the declared order; reads the logs, not the rows."""
    return [_standing(store, name) for name in STORED]


def _standing(store: Store, name: str) -> Standing:
    table = STORED[name]
    try:
        history = store.history(name)
    except DamagedData as error:
        return Standing(name, table.layer, table.row_is, damage=str(error))
    if not history:
        return Standing(name, table.layer, table.row_is)
    newest = history[0]
    return Standing(
        name,
        table.layer,
        table.row_is,
        version=newest["version"],
        rows=int(newest["rows"]),
        written=written(newest),
        command=newest["command"],
    )


def lines(store: Store, found: list[Standing]) -> Iterator[str]:
    """Yield the overview as text: layer by layer, then the topics that come with the project."""
    layer = ""
    for one in found:
        if one.layer != layer:
            layer = one.layer
            yield f"{layer}, in {store.root / layer}"
        if one.damage:
            state = "DAMAGED: python -m catalog verify lists what is wrong"
        elif one.version is None:
            state = "never written"
        else:
            state = f"{one.rows} rows, version {one.version}, {one.written}, python -m {one.command}"
        yield f"  {one.table:<15} {state}"
        yield f"  {'':<15} one row is {one.row_is}"
    yield f"topics that come with the project: {', '.join(shipped_topics())}"
