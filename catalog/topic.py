"""A topic is one TOML file: the question, its words, who does not count and why, the analyses.

Unknown keys are refused with the nearest known one; columns and codes are checked against the declaration, so
that a typing error never becomes a rule that silently fits nobody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from catalog.errors import InvalidInput, Problem, Problems, nearest
from catalog.fields import FIELDS
from catalog.lineage import sha256
from catalog.rule_kinds import Rule
from catalog.tables import TABLES
from catalog.topic_rules import build_rules
from catalog.vocabulary import vocabulary

QUESTIONS = ("cr_rate", "time_to_cr", "recurrence")
SCREENED = ("title", "abstract", "text", "mesh", "publication_type", "substance", "keyword", "language")
"""What a screening rule may look at; `text` is title, abstract and keywords together."""
Conditions = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Words:
    """A name with its synonyms and MeSH identifier."""

    name: str
    abbreviation: str = ""
    synonyms: tuple[str, ...] = ()
    mesh: str = ""


@dataclass(frozen=True)
class Search:
    """A search of PubMed: every block must match, and within a block any of its terms, in PubMed's own syntax."""

    blocks: Conditions


@dataclass(frozen=True)
class ScreeningRule:
    """A decision on reports; the first rule that fits decides.

    A rule fits when, of what it names, `any` has a hit of some term in some field, `all` has a hit in each field,
    `none` has no hit in any field, and the fields in `filled` are there at all (see `SCREENED`). ``@drug``,
    ``@disease`` and ``@response`` stand for the topic's own words.
    """

    code: str
    reason: str
    decision: Literal["include", "exclude", "read"]
    any: Conditions = field(default_factory=dict)
    all: Conditions = field(default_factory=dict)
    none: Conditions = field(default_factory=dict)
    filled: tuple[str, ...] = ()


UNREPORTED = frozenset({"not_reported", "not_stated", "unclear"})


@dataclass(frozen=True)
class Exclusion:
    """A rule that leaves a study or a patient out of questions, with its reason code.

    It fits a unit in which every column of `when` holds one of the values listed, every column of `missing` is
    empty and every column of `filled` is not.
    """

    code: str
    reason: str
    unit: Literal["study", "patient"]
    questions: tuple[str, ...]
    when: Conditions = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()

    @property
    def lacks_information(self) -> bool:
        """Whether units are left out for what is not reported of them, not for what is."""
        unsaid = all(set(values) <= UNREPORTED for values in self.when.values())
        return bool(self.when or self.missing) and unsaid and not self.filled


@dataclass(frozen=True)
class Analysis:
    """One analysis of a question; `id` "primary" is the main one, the others are sensitivity analyses."""

    id: str
    question: str
    title: str
    keep: Conditions = field(default_factory=dict)
    lift: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    overlaps: Literal["once", "all"] = "once"
    stopped_before_cr: Literal["off", "on", "left_out"] = "off"
    ends: Literal["lower", "upper"] = "lower"


@dataclass(frozen=True)
class Tuning:
    """A rule's severity for this topic, and the bound of a drift, with the written reason."""

    rule: str
    severity: Literal["critical", "warning", "info"]
    reason: str
    bound: float | None = None


@dataclass(frozen=True)
class Topic:
    """What a topic file says; `slug` is the file's name, `sha256` its checksum."""

    slug: str
    sha256: str
    folder: Path
    title: str
    question: str
    drug: Words
    disease: Words
    response: Words | None = None
    search: Search | None = None
    screening: tuple[ScreeningRule, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    tunings: tuple[Tuning, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def evidence(self) -> Path:
        """The folder of the topic's curated evidence, beside the topics folder or beside the file."""
        shipped = self.folder.parent / "evidence" / self.slug
        return shipped if shipped.is_dir() else self.folder / self.slug

    def of(self, question: str) -> tuple[Analysis, ...]:
        """The analyses of one question, the primary one first."""
        found = [analysis for analysis in self.analyses if analysis.question == question]
        return tuple(sorted(found, key=lambda analysis: analysis.id != "primary"))


CHOICES = {
    "unit": ("study", "patient"),
    "overlaps": ("once", "all"),
    "stopped_before_cr": ("off", "on", "left_out"),
    "ends": ("lower", "upper"),
    "severity": ("critical", "warning", "info"),
    "decision": ("include", "exclude", "read"),
    "question": QUESTIONS,
}
SECTIONS: dict[str, tuple[type, bool]] = {
    "drug": (Words, False),
    "disease": (Words, False),
    "response": (Words, False),
    "search": (Search, False),
    "screening": (ScreeningRule, True),
    "exclusion": (Exclusion, True),
    "analysis": (Analysis, True),
    "tuning": (Tuning, True),
}
PLAIN = ("title", "question")


def shipped_topics() -> list[str]:
    """Return the slugs of the topics that come with the project."""
    return sorted(path.name[:-5] for path in (files("catalog") / "topics").iterdir() if path.name.endswith(".toml"))


def load_topic(slug_or_path: str) -> Topic:
    """Return a shipped topic by slug, or one from a TOML file by path. Raises `InvalidInput` with all problems."""
    path = _find(slug_or_path)
    data = path.read_bytes()
    name = str(path) if path.name == slug_or_path or "/" in slug_or_path else f"topic {slug_or_path}"
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput([Problem(f"not a TOML file: {error}", file=name)]) from None
    except RecursionError:
        raise InvalidInput([Problem("not a TOML file: brackets within brackets, too deep", file=name)]) from None
    problems = Problems()
    _refuse_unknown(content, (*PLAIN, *SECTIONS, "rule"), "", name, problems)
    for key in ("title", "question", "drug", "disease", "analysis"):
        if not content.get(key):
            problems.add("a required key is missing or empty", file=name, column=key)
    for key in PLAIN:
        if not isinstance(content.get(key, ""), str):
            problems.add("wrong type", file=name, column=key, found=content[key], allowed="text")
    parts = {key: _section(key, content.get(key), name, problems) for key in SECTIONS}
    _check_meaning(parts, name, problems)
    rules = build_rules(content.get("rule"), name, problems)
    problems.raise_if_any()
    return Topic(
        slug=path.stem,
        sha256=sha256(data),
        folder=path.parent,
        title=content["title"],
        question=content["question"],
        drug=parts["drug"],
        disease=parts["disease"],
        response=parts["response"],
        search=parts["search"],
        screening=parts["screening"],
        exclusions=parts["exclusion"],
        analyses=parts["analysis"],
        tunings=parts["tuning"],
        rules=rules,
    )


def _find(slug_or_path: str) -> Path:
    if slug_or_path.endswith(".toml"):
        path = Path(slug_or_path)
        if not path.is_file():
            raise InvalidInput([Problem("no such topic file", file=slug_or_path)])
        return path
    if slug_or_path not in shipped_topics():
        like = nearest(slug_or_path, shipped_topics())
        remedy = f"Did you mean {like!r}?" if like else "A path must end in .toml"
        raise InvalidInput(
            [Problem("no such topic", found=slug_or_path, allowed=", ".join(shipped_topics()), remedy=remedy)]
        )
    return Path(str(files("catalog") / "topics" / f"{slug_or_path}.toml"))


def _refuse_unknown(content: Mapping, known: tuple, where: str, file: str, problems: Problems) -> None:
    for key in content:
        if key not in known:
            like = nearest(key, known)
            remedy = f"Did you mean {like!r}?" if like else None
            problems.add(f"unknown key{where}", file=file, found=key, allowed=", ".join(known), remedy=remedy)


def _section(key: str, content: Any, file: str, problems: Problems) -> Any:
    """Return the section's dataclass, or a tuple of them where it repeats; problems go into the list."""
    kind, repeats = SECTIONS[key]
    if isinstance(content, list) and not repeats:
        problems.add(f"[{key}] stands once, in single brackets", file=file)
        return None
    entries = content if isinstance(content, list) else [] if content is None else [content]
    built = [_entry(kind, entry, f" in [{key}] number {place}", file, problems)
             for place, entry in enumerate(entries, 1)]  # fmt: skip
    whole = tuple(entry for entry in built if entry is not None)
    if repeats:
        return whole
    return whole[0] if whole else None


def _entry(kind: type, entry: Any, where: str, file: str, problems: Problems) -> Any:
    known = tuple(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    if not isinstance(entry, dict):
        problems.add(f"not a table of keys{where}", file=file, found=entry)
        return None
    before = len(problems)
    _refuse_unknown(entry, known, where, file, problems)
    for name, declared in kind.__dataclass_fields__.items():  # type: ignore[attr-defined]
        required = declared.default is declared.default_factory  # both MISSING
        if required and name not in entry:
            problems.add(f"a required key is missing{where}", file=file, column=name)
        if name in CHOICES and name in entry and entry[name] not in CHOICES[name]:
            allowed = ", ".join(CHOICES[name])
            problems.add(f"unknown value{where}", file=file, column=name, found=entry[name], allowed=allowed)
        if name in entry and not _right_type(str(declared.type), entry[name]):
            problems.add(f"wrong type{where}", file=file, column=name, found=entry[name], allowed=str(declared.type))
        elif required and entry.get(name) is not None and not str(entry[name]).strip():
            problems.add(f"a required key is empty{where}", file=file, column=name)
    if len(problems) > before:
        return None
    return kind(**{name: _frozen(value) for name, value in entry.items()})


def _right_type(declared: str, value: Any) -> bool:
    if declared.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if declared == "Conditions":
        return isinstance(value, dict) and all(_right_type("tuple", inner) for inner in value.values())
    if declared.startswith("float"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return value


def _check_meaning(parts: Mapping[str, Any], file: str, problems: Problems) -> None:
    """Check columns and codes against the declaration, and that each question has one primary analysis."""
    _check_screening(parts, file, problems)
    for rule in parts["exclusion"]:
        _check_conditions(rule.unit, rule.when, f"exclusion {rule.code}", file, problems)
        for column in (*rule.missing, *rule.filled):
            _column(rule.unit, column, f"exclusion {rule.code}", file, problems)
        for question in rule.questions:
            if question not in QUESTIONS:
                problems.add(f"unknown question in exclusion {rule.code}", file=file, found=question,
                             allowed=", ".join(QUESTIONS))  # fmt: skip
        if not rule.when and not rule.missing and not rule.filled:
            problems.add(f"exclusion {rule.code} has no condition: it would fit everybody", file=file)
    codes = {rule.code for rule in parts["exclusion"]}
    seen: set[tuple[str, str]] = set()
    for analysis in parts["analysis"]:
        unit = "study" if analysis.question == "cr_rate" else "patient"
        _check_conditions(unit, analysis.keep, f"analysis {analysis.id}", file, problems)
        for code in set(analysis.lift) - codes:
            problems.add(f"analysis {analysis.id} lifts an unknown exclusion", file=file, found=code,
                         allowed=", ".join(sorted(codes)))  # fmt: skip
        if (analysis.question, analysis.id) in seen:
            problems.add("an analysis is declared twice", file=file, found=f"{analysis.question} {analysis.id}")
        seen.add((analysis.question, analysis.id))
    for question in QUESTIONS:
        if (question, "primary") not in seen and parts["analysis"]:
            problems.add(f"no primary analysis of {question}", file=file,
                         remedy='Add an [[analysis]] with id = "primary"')  # fmt: skip


def _check_screening(parts: Mapping[str, Any], file: str, problems: Problems) -> None:
    """Check that the search has terms and that screening rules look at what there is."""
    for name, terms in (parts["search"].blocks if parts["search"] else {}).items():
        if not terms:
            problems.add("a block of the search has no terms", file=file, column=name)
    for rule in parts["screening"]:
        terms = [term for group in (rule.any, rule.all, rule.none) for listed in group.values() for term in listed]
        for name in {*rule.any, *rule.all, *rule.none, *rule.filled} - set(SCREENED):
            problems.add(f"screening rule {rule.code} looks at something unknown", file=file, found=name,
                         allowed=", ".join(SCREENED))  # fmt: skip
        for term in terms:
            if term.startswith("@") and not (term[1:] in ("drug", "disease", "response") and parts[term[1:]]):
                problems.add(f"screening rule {rule.code} names words that the topic does not declare", file=file,
                             found=term, allowed="@drug, @disease, @response, each with its section")  # fmt: skip


def _check_conditions(unit: str, conditions: Conditions, where: str, file: str, problems: Problems) -> None:
    for column, values in conditions.items():
        declared = _column(unit, column, where, file, problems)
        if declared and FIELDS[declared].vocabulary:
            words = vocabulary(str(FIELDS[declared].vocabulary))
            for value in set(values) - set(words.codes):
                problems.add(f"unknown code in {where}", file=file, column=column, found=value, allowed=words.allowed)


def _column(unit: str, column: str, where: str, file: str, problems: Problems) -> str | None:
    """Return the field that a condition names; ``study.…`` reaches from a patient to the study."""
    table, name = ("study", column[6:]) if column.startswith("study.") else (unit, column)
    if name in TABLES[table].columns:
        return name
    like = nearest(name, TABLES[table].columns)
    remedy = f"Did you mean {like!r}?" if like else None
    problems.add(f"{where} names a column that table {table} does not have", file=file, found=column, remedy=remedy)
    return None
