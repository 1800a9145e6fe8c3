"""Every command is documented, and every documented command exists, with its subcommands and options."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PACKAGES = ("catalog", "ingest", "harmonize", "expectations", "synthesize")
COMMAND = re.compile(r"python -m ([\w.]+)((?:[^\S\n]+[^\s`#]+)*)")
"""A command up to the end of its line, of its code span, or to a comment."""


HELP = {"-h", "--help"}
UNSAID = {("ingest.cohort", ""): "load", ("harmonize", "overlaps"): "overlaps list"}
"""What a command does when no subcommand is given, for those that have a name for it."""


def written() -> list[tuple[str, str, list[str]]]:
    """Page, module and arguments of every command on the pages."""
    found = []
    for page in PAGES:
        for module, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
            found.append((page.name, module.rstrip("."), rest.split()))
    return [one for one in found if one[1].partition(".")[0] in PACKAGES]


def commands() -> dict[str, dict[str, set[str]]]:
    """The options of every subcommand ("" where there is none) of every module that runs as a command."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            ran = re.search(r'run\(app, "python -m ([\w.]+)"\)', path.read_text(encoding="utf-8"))
            if ran:
                module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                found[ran[1]] = _subcommands(module.app)
    return found


def _subcommands(app: typer.Typer) -> dict[str, set[str]]:
    root = get_command(app)
    parts = {"": root, **getattr(root, "commands", {})}
    parts |= {f"{name} {sub}": one for name, part in list(parts.items()) if name
              for sub, one in getattr(part, "commands", {}).items()}  # fmt: skip
    return {name: {option for one in part.params for option in one.opts} | HELP for name, part in parts.items()}


KNOWN = commands()


def _place(module: str, arguments: list[str]) -> str:
    """The longest subcommand that the arguments begin with."""
    plain = [word for word in arguments if not word.startswith(("-", "["))]
    names = [name for name in KNOWN[module] if name.split() == plain[: len(name.split())]]
    longest = max(names, key=len)
    return UNSAID.get((module, longest), longest)


@pytest.mark.parametrize(("page", "module", "arguments"), written())
def test_what_is_written_exists(page: str, module: str, arguments: list[str]) -> None:
    assert module in KNOWN, f"{page}: there is no such command"
    options = {word.strip("[]").partition("=")[0] for word in arguments if word.strip("[]").startswith("-")}
    unknown = options - KNOWN[module][_place(module, arguments)]
    assert not unknown, f"{page}: python -m {module} {' '.join(arguments)}"


@pytest.mark.parametrize("module", KNOWN)
def test_every_command_and_subcommand_is_written_somewhere(module: str) -> None:
    used = {_place(one, arguments) for _, one, arguments in written() if one == module}
    assert used, "no page mentions it"
    leaves = {name for name in KNOWN[module] if not any(other.startswith(f"{name} ") for other in KNOWN[module])}
    assert leaves - used - {""} == set()


@pytest.mark.parametrize("module", KNOWN)
def test_every_command_shows_an_example(module: str) -> None:
    """`--help` is where people look first."""
    path = ROOT.joinpath(*module.split("."))
    sources = [path.with_suffix(".py"), path / "__main__.py", path / "command.py"]
    text = "".join(source.read_text(encoding="utf-8") for source in sources if source.exists())
    assert re.search(rf"(Example|For example).*?python -m {re.escape(module)}", text, re.DOTALL)
