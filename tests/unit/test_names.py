"""The five top-level names belong to this distribution, and its wheel holds them and nothing else."""

from __future__ import annotations

import importlib.util
import tomllib
from importlib.metadata import PackagePath, distribution, files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("catalog", "expectations", "harmonize", "ingest", "synthesize")
DISTRIBUTION = "cr-meta-synthesis"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_resolves_into_this_distribution(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    found = Path(spec.origin).resolve()
    installed = [Path(str(path.locate())).resolve() for path in _files() if path.suffix == ".py"]
    editable = ROOT.resolve() / name / "__init__.py"
    assert found in (*installed, editable), f"{name} is {found}, which is not this project's"
    assert name in (distribution(DISTRIBUTION).read_text("top_level.txt") or "").split()


def _files() -> list[PackagePath]:
    return files(DISTRIBUTION) or []


def test_the_wheel_holds_the_five_packages_and_not_the_tests() -> None:
    from setuptools import find_packages

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    find = project["tool"]["setuptools"]["packages"]["find"]
    packages = find_packages(str(ROOT), **find)
    assert {package.split(".")[0] for package in packages} == set(NAMES)
    with_code = {
        str(path.parent.relative_to(ROOT)).replace("/", ".") for name in NAMES for path in ROOT.glob(f"{name}/**/*.py")
    }
    assert with_code == set(packages), "a folder with modules has no __init__.py, so it would be left out of the wheel"


def test_every_data_file_is_shipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped: dict[str, set[Path]] = {
        package: {path for pattern in patterns for path in (ROOT / package).glob(pattern)}
        for package, patterns in project["tool"]["setuptools"]["package-data"].items()
    }
    for name in NAMES:
        data = {path for path in (ROOT / name).rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
        assert data <= shipped.get(name, set()), f"not in package-data: {data - shipped.get(name, set())}"
