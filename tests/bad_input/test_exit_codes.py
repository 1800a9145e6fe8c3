"""The same from a shell: a real process leaves with 2, says what is wrong on standard error, and shows no traceback."""

import subprocess
import sys

from support.workplace import PATIENTS


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
    assert "table 'observation' is not there yet. Run python -m ingest first" in done.stderr
