"""The outcomes as pages: an index of ours, and of each table the Data Docs of Great Expectations.

The engine's own pages fetch their style and scripts from six servers. Here its renderers write the sections, and the
shell around them is ours: one file a page, nothing from the network, no time of day, so that equal outcomes give equal
bytes. Called by `expectations.gate`; imports the engine, as `expectations.suite` does, only when there is something
of it to show.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from catalog.fields import SEVERITIES
from expectations.suite import Outcome, Result, found

SHOWN = 20
"""How many rows of a failed check a page shows; the findings list them all."""
OUTCOMES: tuple[Outcome, ...] = ("failed", "error", "passed", "not_applicable")
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; } h2, h5 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; }
h6 { font-size: 1rem; margin: .6rem 0; }
a { color: inherit; } code { font-size: .92em; }
table { border-collapse: collapse; margin: .4rem 0 .8rem; } th, td { padding: .3rem .7rem; text-align: left; }
th, td { border-bottom: 1px solid var(--line); vertical-align: top; } td.number, th.number { text-align: right; }
td p { margin: 0; } thead[hidden] { display: none; }
.failed, .error, .text-danger { color: #c0271a; } .passed, .text-success { color: #1a7f37; }
.not_applicable { opacity: .65; }
@media (prefers-color-scheme: dark) { .failed, .error, .text-danger { color: #ff8a80; }
  .passed, .text-success { color: #7bd88f; } }
.fa-check-circle::before { content: "\\2713"; } .fa-times::before { content: "\\2717"; }
.fa-exclamation-triangle::before { content: "!"; }
.badge { background: var(--soft); border-radius: .25rem; padding: 0 .3rem; } .ge-section { margin-bottom: 1rem; }
""".strip()


def write_pages(folder: Path, title: str, verdict: str, results: Sequence[Result]) -> Path:
    """Write the index and a page a table into `folder`, whole or not at all; return the index."""
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    tables = list(dict.fromkeys(result.check.table for result in results))
    paged = []
    for name in tables:
        own = [r for r in results if r.check.table == name and r.entry and r.outcome in ("passed", "failed")]
        if own:
            text = page(f"{title}: table {name}", ['<p><a href="index.html">All tables</a></p>', *sections(name, own)])
            (fresh / f"{name}.html").write_text(text, encoding="utf-8")
            paged.append(name)
    (fresh / "index.html").write_text(page(f"{title}: data checks", index(verdict, results, paged)), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)
    return folder / "index.html"


def page(title: str, parts: Iterable[str]) -> str:
    """Return a whole page."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>\n<h1>{escape(title)}</h1>\n' + "\n".join(
        (*parts, "</body></html>\n")
    )


def index(verdict: str, results: Sequence[Result], paged: Sequence[str]) -> Iterable[str]:
    """Yield the verdict, the outcomes by table, and every check with what it asks and where it comes from."""
    yield f'<p>Verdict: <strong class="{"passed" if verdict == "passed" else "failed"}">{escape(verdict)}</strong></p>'
    tables = list(dict.fromkeys(result.check.table for result in results))
    counts = []
    for name in tables:
        own = [result.outcome for result in results if result.check.table == name]
        link = f'<a href="{name}.html">{name}</a>' if name in paged else name
        counts.append((link, *(str(own.count(outcome)) for outcome in OUTCOMES)))
    yield _grid(("table", *(_said(outcome) for outcome in OUTCOMES)), counts, numbers=range(1, 5))
    for outcome in OUTCOMES:
        listed = [result for result in results if result.outcome == outcome]
        listed.sort(key=lambda result: SEVERITIES.index(result.check.severity))
        if listed:
            yield f"<h2>{_said(outcome).capitalize()} ({len(listed)})</h2>"
            yield _grid(
                ("severity", "table", "what is asked", "rule", "broken", "rows", "comes from"),
                [_line(result) for result in listed], numbers=(4, 5),
            )  # fmt: skip


def _line(result: Result) -> tuple[str, ...]:
    check = result.check
    rule = check.rule.replace("_", "_<wbr>")
    words = escape(check.sentence) + (f"<br>{escape(result.message)}" if result.message else "")
    return (
        check.severity, check.table, f'<span class="{result.outcome}">{words}</span>', f"<code>{rule}</code>",
        str(result.n_violated), str(result.n_rows), escape(check.note),
    )  # fmt: skip


def _said(outcome: str) -> str:
    return outcome.replace("_", " ")


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int]) -> str:
    right = set(numbers)

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(f"<{tag}{' class=number' if at in right else ''}>{cell}</{tag}>" for at, cell in enumerate(row))

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', header)}</tr></thead><tbody>\n{body}\n</tbody></table>"


def sections(name: str, results: Sequence[Result]) -> Iterable[str]:
    """Yield what the engine's renderers say of one table: an overview, then its columns."""
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaSectionView

    passed = sum(result.outcome == "passed" for result in results)
    validation = ExpectationSuiteValidationResult(
        success=passed == len(results),
        results=[_shortened(result) for result in results],
        suite_name=name,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(results) - passed,
            "success_percent": 100 * passed / len(results),
        },
        meta={},
    )
    document = ValidationResultsPageRenderer(run_info_at_end=True).render(validation)
    view = DefaultJinjaSectionView()
    for place, section in enumerate(document.to_json_dict()["sections"][1:-1], 1):
        yield view.render({"section": section, "section_loop": {"index": place}})


def _shortened(result: Result) -> Any:
    """Return the engine's result with no more rows than a page shows, and of how many rows its percentage is.

    The engine prints its share of the rows that have a value beside the number of all rows. Values of several columns
    are joined here: the engine would put them in an order that differs from run to run.
    """
    entry, columns = result.entry, result.check.columns
    entry.result["element_count"] = result.n_rows
    for name in ("unexpected_list", "unexpected_index_list", "partial_unexpected_index_list"):
        if name in entry.result:
            entry.result[name] = entry.result[name][:SHOWN]
    if len(columns) > 1 and (rows := entry.result.get("unexpected_index_list")):
        entry.result["unexpected_index_list"] = [
            {", ".join(columns): found(result.check, row), **{name: row[name] for name in row if name not in columns}}
            for row in rows
        ]
    entry.result.pop("unexpected_rows", None)
    return entry
