"""What every test may ask for: data folders filled by the chain, built once a session.

- `harmonized_data`, `gated_data`: the folder itself, shared by all tests: look, do not touch.
- `harmonized_copy`, `gated_copy`: a copy under the test's own `tmp_path`, to be changed or damaged at will.

`support.chain.store_of(folder)` opens the tables; `support.chain.copied(folder, target)` makes further copies.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from support.chain import copied, fill_and_harmonize, pass_the_gate

# A first import or a busy machine is no failure of a property; nothing here is about time.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def harmonized_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped evidence and the example cohort, ingested and harmonized."""
    return fill_and_harmonize(tmp_path_factory.mktemp("harmonized"))


@pytest.fixture(scope="session")
def gated_data(harmonized_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a passing verdict of the gate."""
    return pass_the_gate(copied(harmonized_data, tmp_path_factory.mktemp("gated") / "data"))


@pytest.fixture
def harmonized_copy(harmonized_data: Path, tmp_path: Path) -> Path:
    return copied(harmonized_data, tmp_path / "data")


@pytest.fixture
def gated_copy(gated_data: Path, tmp_path: Path) -> Path:
    return copied(gated_data, tmp_path / "data")
