"""The same from a shell: a real process leaves with 2, says what is wrong on standard error, and shows no traceback."""

import subprocess
import sys

import pytest
from support.workplace import PATIENTS

from catalog.errors import InvalidInput
from catalog.unwritable import writing


def shell(*arguments):
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_users_mistake_leaves_with_2(work):
    work.write("sheets/patients.csv", PATIENTS.replace("synthetic2_p1", "synthetic1_p1"))
    done = shell("ingest.curation", "import", work.folder / "sheets", "--data", work.folder / "data")
    assert done.returncode == 2
    assert done.stderr.startswith("error: 1 problem:\n  - patients.csv, row 4, column 'patient_id'")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_missing_argument_leaves_with_2():
    done = shell("ingest.cohort", "ward7.csv")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "Missing option '--mapping'" in done.stderr


def test_nothing_ingested_names_the_command_that_comes_first(tmp_path):
    done = shell("harmonize", "--data", tmp_path)
    assert done.returncode == 2
    assert "table 'observation' is not there yet. Run python -m ingest.curation import" in done.stderr


def test_a_data_folder_that_cannot_be_is_said(work):
    work.write("sheets/patients.csv", PATIENTS)
    file = work.write("taken", "")
    done = shell("ingest.curation", "import", work.folder / "sheets", "--data", file)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "cannot be written: Not a directory. Choose a folder that can be written with --data" in done.stderr


def test_the_disk_is_full_while_the_engine_writes(tmp_path):
    """Words of delta-rs 1.x; as root, no folder of a test is without permission."""
    with pytest.raises(InvalidInput, match="cannot be written: No space left on device"), writing(tmp_path):
        raise RuntimeError("Generic LocalFileSystem error: Unable to copy data to file (os error 28)")
    with pytest.raises(RuntimeError), writing(tmp_path):
        raise RuntimeError("a fault of the program")
