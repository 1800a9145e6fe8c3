"""``python -m harmonize``: all sources onto one schema."""

from __future__ import annotations

from pathlib import Path

from catalog.cli import Data, TopicName, application, run, say_commits

app = application("Bring all sources onto one schema.")


@app.command()
def harmonize(topic: TopicName = "hcc-sorafenib-cr", data: Data = Path("data")) -> None:
    """Build study, patient, measurement and overlap from what the sources state.

    Every problem is listed with file, row and column; the last good tables stay when there is one.
    Example: python -m harmonize --topic hcc-sorafenib-cr
    """
    from catalog.store import Store
    from catalog.topic import load_topic
    from harmonize.tables import harmonize as build

    loaded = load_topic(topic)
    say_commits(build(loaded, Store(data, loaded.slug)))


if __name__ == "__main__":
    run(app, "python -m harmonize")
