"""Who may import whom: stages meet only in the catalog, and heavy packages are opened in one module each."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAGES = ("ingest", "harmonize", "expectations", "synthesize")
PACKAGES = ("catalog", *STAGES)
ONLY_IN = {
    "great_expectations": {"expectations/suite.py", "expectations/custom.py", "expectations/pages.py"},
    "deltalake": {"catalog/store.py", "catalog/merge.py"},
}
"""`catalog/merge.py` is the store's own: it brings rows into a table that the store has opened. `custom` and `pages`
are the suite's own: its expectations and its Data Docs."""

HEAVY = ("scipy", "pandas", "matplotlib", "great_expectations")


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything a file imports anywhere, also inside functions and for type checkers."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides which package is meant"
            yield node.module or ""


def modules(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"no modules in {package}"
    return found


def imported_from(package: str, forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imports(path)
        if name.split(".")[0] in forbidden
    ]


def test_the_catalog_imports_nothing_of_ours() -> None:
    assert imported_from("catalog", STAGES) == []


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another(stage: str) -> None:
    assert imported_from(stage, tuple(other for other in STAGES if other != stage)) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_imports_the_tests(package: str) -> None:
    assert imported_from(package, ("tests", "support", "conftest")) == []


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_heavy_package_is_imported_in_one_place(package: str) -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for ours in PACKAGES
        for path in modules(ours)
        if package in {name.split(".")[0] for name in imports(path)}
    }
    assert found <= ONLY_IN[package]
    assert found, f"nothing imports {package} any more: correct this test"


def light_modules() -> list[str]:
    """Every command's module and everything in `catalog`: what a person waits for before anything happens."""
    commands = [path for package in PACKAGES for path in modules(package) if path.name == "__main__.py"]
    found = {*commands, *modules("catalog"), ROOT / "synthesize" / "__init__.py"}
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(found))
    return [name.removesuffix(".__init__") for name in names]


def test_importing_a_command_imports_nothing_heavy() -> None:
    """One process imports one module after the other and says which one first brought in which heavy package."""
    program = f"""
import contextlib, importlib, sys
sys.argv = ["command", "--help"]  # a command that starts when it is imported shows its help
for name in {light_modules()!r}:
    with contextlib.suppress(SystemExit):
        importlib.import_module(name)
    for heavy in {HEAVY!r}:
        if heavy in sys.modules:
            sys.exit(f"importing {{name}} imports {{heavy}}")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_only_the_catalog_starts_and_ends_commands() -> None:
    """Exit codes belong to the errors: no other module leaves the process."""
    leaving = [
        str(path.relative_to(ROOT))
        for package in STAGES
        for path in modules(package)
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if (node.value.id, node.attr) in {("sys", "exit"), ("os", "_exit")}
    ]
    assert leaving == []
