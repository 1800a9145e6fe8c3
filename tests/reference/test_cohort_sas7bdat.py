"""SAS data sets as R's haven ships and writes them; without R or haven beside the project these tests are skipped.

`pyreadstat` reads .sas7bdat and writes none, so files come from another program: haven 2.5.1 on R 4.2.2.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

import pytest
from support.cohort_files import COHORT, Desk, column

from catalog.errors import Problems
from ingest.cohort.readers import read_records
from ingest.cohort.records import CohortRecords

WRITE = """
suppressWarnings(suppressMessages(library(haven)))
ward <- data.frame(No = c(1, 2, 3), AGE = c(48.5, NA, 61), START = as.Date(c("2012-03-05", "2013-01-02", NA)),
                   SEEN = as.POSIXct(c("2012-06-05 10:11:12", "2014-01-01 00:00:00", NA), tz = "UTC"),
                   CAUSE = c("HBV", "", "Gr\\u00fcn"))
attr(ward$AGE, "label") <- "Age at diagnosis"
suppressWarnings(write_sas(ward, commandArgs(TRUE)[1]))
"""


@functools.cache
def haven() -> Path | None:
    """Return the folder of R's haven, or None."""
    if shutil.which("Rscript") is None:
        return None
    call = ["Rscript", "-e", 'cat(system.file(package = "haven"))']
    found = subprocess.run(call, capture_output=True, text=True, check=False).stdout.strip()
    return Path(found) if found else None


pytestmark = pytest.mark.skipif(haven() is None, reason="R with haven, which writes .sas7bdat, is not installed")


def read(path: Path) -> CohortRecords:
    problems = Problems()
    records = read_records(path, problems)
    assert [str(problem) for problem in problems] == []
    return records


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    path = tmp_path / "ward.sas7bdat"
    subprocess.run(["Rscript", "-e", WRITE, str(path)], check=True, capture_output=True)
    return path


def test_the_example_of_haven() -> None:
    """head(read_sas(path)) of haven: 150 flowers in three species, the first 5.1, 3.5, 1.4, 0.2."""
    folder = haven()
    assert folder is not None
    records = read(folder / "examples" / "iris.sas7bdat")
    assert len(records) == 150
    assert [cells[0] for cells in records.columns.values()] == ["5.1", "3.5", "1.4", "0.2", "setosa"]
    assert records.read_as == "SAS file in WINDOWS-1252"


def test_numbers_dates_labels_and_empty_cells(ward: Path) -> None:
    records = read(ward)
    assert records.columns == {
        "No": ["1", "2", "3"],
        "AGE": ["48.5", None, "61"],
        "START": ["2012-03-05", "2013-01-02", None],
        "SEEN": ["2012-06-05 10:11:12", "2014-01-01", None],
        "CAUSE": ["HBV", None, "Grün"],
    }
    assert (records.dates, records.labels) == ({"START", "SEEN"}, {"AGE": "Age at diagnosis"})


def test_a_sas_data_set_loads_through_a_mapping(ward: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    dates = '[dates]\nindex = "START"\nevent = "start_of_drug"\n[[difference]]\nfield = "time_to_cr"\nuntil = "SEEN"\n'
    cause = column("CAUSE", "etiology", values='{ "Grün" = "other" }')
    desk.load(ward, dates, column("AGE", "age_years"), cause, head=COHORT)
    assert desk.words("age_years") == {"w_p1": "48.5", "w_p3": "61"}
    assert desk.words("etiology") == {"w_p1": "HBV", "w_p3": "other"}
    assert desk.words("time_to_cr") == {"w_p1": "92 days", "w_p2": "364 days"}
