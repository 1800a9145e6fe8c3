"""The data dictionary as Markdown, computed from the declaration; ``docs/dictionary.md`` is its output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from catalog.fields import DAYS_PER_MONTH, FIELDS, Field
from catalog.rules import RULES
from catalog.tables import TABLES, Table
from catalog.vocabulary import Vocabulary, vocabulary
from catalog.whole import write_whole

INTRODUCTION = f"""\
# Data dictionary

Computed from `catalog/fields.py`, `catalog/tables.py`, `catalog/rules.py` and `catalog/vocabularies/` by
`make dictionary`; a test fails when it is stale, so do not edit it.

## Conventions

- **Months.** One month is {DAYS_PER_MONTH} days (365.25 / 12), everywhere.
- **Times** are intervals in months, open on the left and closed on the right: `…_months_lower`,
  `…_months_upper`; equal when exact; an empty upper end is open.
- **Types.** *text*; *integer*; *number*; *boolean*; *code*: one word of a vocabulary; *codes*: several, joined by `;`
  in sorted order; *duration*: a time as stated (23 weeks, >35 months); *quantity*: a number as stated, perhaps with
  `>`, `<` or `~` before it, which a harmonized table splits into the number and its `…_qualifier`.
- **Always filled** columns are never empty. *Not reported*, *not applicable* and *no* are three different words.
- **Bounds.** What lies outside is refused, or, where a severity stands beside the bounds, found by the gate and
  reported with it.
"""
LAYERS = {
    "sheet": "what people write, and what a cohort's mapping maps onto; cells are words as stated",
    "source": "what sources state, each value with its place",
    "harmonized": "all sources on one schema",
    "result": "what the gate and the analyses found",
}


def dictionary() -> str:
    """Return the whole dictionary as Markdown: conventions, tables, vocabularies, rules."""
    return "\n".join([INTRODUCTION, *_tables(), *_vocabularies(), *_rules()])


def _tables() -> Iterator[str]:
    yield "## Tables\n"
    rows = [(f"[`{one.name}`](#table-{one.name})", one.layer, one.row_is) for one in TABLES.values()]
    yield from _grid(("table", "layer", "one row is"), rows)
    yield from (f"- **{layer}**: {meaning}" for layer, meaning in LAYERS.items())
    yield ""
    for table in TABLES.values():
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"### Table `{table.name}`\n"
    yield f"Layer: {table.layer}. One row is {table.row_is}. Key: `{table.key}`.\n"
    for pointer in table.foreign_keys:
        where = f", where `{pointer.where[0]}` is `{pointer.where[1]}`" if pointer.where else ""
        target = f"[`{pointer.table}`](#table-{pointer.table}) (`{pointer.target}`)"
        yield f"- `{pointer.column}` names a row of {target}{where}"
    if table.foreign_keys:
        yield ""
    filled = {table.key, *table.required}
    header = ("field", "type", "unit", "bounds", "vocabulary", "always filled", "meaning")
    yield from _grid(header, [_field(field, field.name in filled) for field in table.fields])


def _field(field: Field, filled: bool) -> tuple[str, ...]:
    words = f"[{field.vocabulary}](#vocabulary-{field.vocabulary})" if field.vocabulary else ""
    return (
        f"`{field.name}`",
        field.kind,
        field.unit or "",
        _bounds(field),
        words,
        "yes" if filled else "",
        field.description,
    )


def _bounds(field: Field) -> str:
    low, high = field.minimum, field.maximum
    if low is None and high is None:
        return ""
    if high is None:
        span = f"at least {low:.15g}"
    else:
        span = f"at most {high:.15g}" if low is None else f"{low:.15g} to {high:.15g}"
    return span if field.severity == "critical" else f"{span} ({field.severity})"


def _vocabularies() -> Iterator[str]:
    yield "## Vocabularies\n"
    yield "A value that is no code, label or other accepted word (capitals do not matter) is refused, never guessed.\n"
    for name in sorted({field.vocabulary for field in FIELDS.values() if field.vocabulary}):
        words = vocabulary(name)
        yield f"### Vocabulary `{name}`\n"
        rows = [(f"`{code}`", words.labels[code], _also(words, code), words.sources[code]) for code in words.codes]
        yield from _grid(("code", "label", "also accepted", "source"), rows)


def _also(words: Vocabulary, code: str) -> str:
    """Return what is accepted beside a code and its label, each once, with its capitals."""
    known = {code.casefold(), words.labels[code].casefold()}
    spelled: dict[str, str] = {}
    for spelling in sorted(words.spellings, reverse=True):  # capitals sort first, so they come last and stay
        if words.spellings[spelling] == code:
            spelled[spelling.casefold()] = spelling
    return ", ".join(spelling for folded, spelling in sorted(spelled.items()) if folded not in known)


def _rules() -> Iterator[str]:
    yield "## Rules\n"
    yield "The gate also checks what the tables above say of each field: keys, pointers, filled columns, bounds, words."
    yield "A *critical* rule blocks the analysis, a *warning* is printed in the report, an *info* is listed.\n"
    rows = [(rule.table, f"`{rule.name}`", rule.sentence, rule.severity, rule.standard) for rule in RULES]
    yield from _grid(("table", "rule", "what it asks", "severity", "standard"), rows)


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a Markdown table and an empty line; a column that is empty in every row is left out."""
    rows = list(rows)
    kept = [place for place in range(len(header)) if any(row[place] for row in rows)]
    for row in (header, ["---"] * len(header), *rows):
        yield "| " + " | ".join(row[place].replace("|", "\\|") for place in kept) + " |"
    yield ""


def write_to(path: Path) -> bool:
    """Write the dictionary, whole or not at all; return whether the file changed."""
    text = dictionary()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
    return True
