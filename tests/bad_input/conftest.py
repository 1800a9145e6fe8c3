from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.workplace import Workplace, fill


@pytest.fixture(scope="session")
def good_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("workplace"))


@pytest.fixture
def work(good_folder: Path, tmp_path: Path) -> Workplace:
    """The good folder, copied, to be spoiled."""
    return Workplace(Path(shutil.copytree(good_folder, tmp_path / "work")))
