"""A small synthetic data folder that is right, and the commands with which a person would spoil it.

Nobody in the sheets and in the ward's file exists. Every command is called as a shell does; `refused` holds it to
exit code 2, no traceback, and a data folder that is the same byte for byte.
"""

from __future__ import annotations

from pathlib import Path

import typer
from support.command import call

from catalog.lineage import sha256
from catalog.store import Store

SLUG = "hcc-sorafenib-cr"
STUDIES = """\
study_id,first_author,year,design,n_treated,n_cr,denominator,monotherapy,criterion,source_url,where_in_source,note
synthetic1,Nobody A,2020,cohort,90,2,treated_population,yes,mRECIST,https://example.org/1,abstract,
synthetic2,,2021,case_report,,1,numerator_only,yes,,https://example.org/2,abstract,"one, two"
"""
PATIENTS = """\
study_id,patient_id,age_years,sex,etiology,time_to_cr,time_to_cr_origin,cr_certainty,drug_after_cr,drug_stop,\
drug_stop_origin,recurrence,disease_free,disease_free_origin,source_url,where_in_source
synthetic1,synthetic1_p1,61,M,HBV,3 months,start_of_drug,confirmed,stopped_after_cr,6 months,start_of_drug,yes,\
12 months,start_of_drug,https://example.org/1,table 2
synthetic1,synthetic1_p2,70,F,HCV;alcohol,3-6 months,start_of_drug,confirmed,maintained,,,no,>20 months,CR,\
https://example.org/1,table 2
synthetic2,synthetic2_p1,55,M,,<=9 months,start_of_drug,confirmed,unclear,,,,,,https://example.org/2,abstract
"""
CLAIMS = """\
claim_id,study_id,subject,field,category,statistic,printed,unit,of_total,source_url,where_in_source
c1,synthetic1,CR patients,age_years,,median,65.5,years,2,https://example.org/1,results
"""
OVERLAPS = """\
unit_kind,first_id,second_id,overlap_decision,evidence_for,evidence_against,decided_by,decided_on
study,synthetic1,synthetic2,different,same country,other years,a reader,2026-01-01
"""
SHEETS = {"studies.csv": STUDIES, "patients.csv": PATIENTS, "claims.csv": CLAIMS, "overlaps.csv": OVERLAPS}
WARD = """\
No,Age,Sex,Course,Months
1,48,M,kept,2
2,43,F,stopped,6
"""
MAPPING = """\
[cohort]
study_id = "ward7"
patient_id = "ward7_p{No}"

[study]
design = "cohort"
n_treated = 40
n_cr = 2
denominator = "treated_population"

[[constant]]
field = "cr_certainty"
value = "confirmed"

[[column]]
name = "Age"
field = "age_years"

[[column]]
name = "Sex"
field = "sex"

[[column]]
name = "Course"
says = [{ cell = "kept", drug_after_cr = "maintained" }, { cell = "stopped", drug_after_cr = "stopped_after_cr" }]

[[column]]
name = "Months"
field = "time_to_cr"
unit = "months"
"""


def fill(folder: Path) -> Path:
    """Write the good files into `folder` and fill `folder`/data from them."""
    from catalog.topic import load_topic
    from harmonize.tables import harmonize
    from ingest.cohort.loading import load_cohort
    from ingest.curation.importing import import_folder

    (folder / "sheets").mkdir()
    for name, text in SHEETS.items():
        (folder / "sheets" / name).write_text(text, encoding="utf-8")
    (folder / "ward7.csv").write_text(WARD, encoding="utf-8")
    (folder / "ward7.toml").write_text(MAPPING, encoding="utf-8")
    topic, store = load_topic(SLUG), Store(folder / "data", SLUG)
    import_folder(folder / "sheets", topic, store)
    load_cohort(folder / "ward7.csv", folder / "ward7.toml", topic, store)
    harmonize(topic, store)
    return folder


class Workplace:
    """A folder with sheets, a cohort's file, its mapping and filled tables, and the commands that read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file in place of a good one, or beside them."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def stored(self) -> dict[str, str]:
        """Return the checksum of every file under the data folder: tables with their versions, and raw bytes."""
        found = sorted((self.folder / "data").rglob("*"))
        return {str(path): sha256(path.read_bytes()) for path in found if path.is_file()}

    def refused(self, app: typer.Typer, *arguments: object) -> list[str]:
        """Return the problems that a command lists; it leaves with 2, and nothing is written."""
        before = self.stored()
        called = call(app, *arguments, "--data", self.folder / "data")
        assert called.code == 2, called
        assert "Traceback" not in called.err + called.out
        assert self.stored() == before
        head, *problems = called.err.removeprefix("error: ").rstrip("\n").split("\n  - ")
        assert head == ("1 problem:" if len(problems) == 1 else f"{len(problems)} problems:")
        assert not any("None" in problem or "nan" in problem.split() for problem in problems)
        return problems

    def import_sheets(self, **spoiled: str | bytes) -> list[str]:
        """Import sheets, some of them spoiled, and return the problems."""
        from ingest.curation.__main__ import app

        for name, content in spoiled.items():
            self.write(f"sheets/{name}.csv", content)
        return self.refused(app, "import", self.folder / "sheets")

    def load_cohort(self, records: str | bytes = WARD, mapping: str | bytes = MAPPING) -> list[str]:
        """Load a cohort's file through a mapping, one of them spoiled, and return the problems."""
        from ingest.cohort.__main__ import app

        mapping_path = self.write("ward7.toml", mapping)
        return self.refused(app, self.write("ward7.csv", records), "--mapping", mapping_path)

    def harmonize(self, **spoiled: str) -> list[str]:
        """Import sheets that are well formed but say something impossible; return the problems of harmonizing."""
        from harmonize.__main__ import app as harmonize
        from ingest.curation.__main__ import app as curation

        for name, content in spoiled.items():
            self.write(f"sheets/{name}.csv", content)
        called = call(curation, "import", self.folder / "sheets", "--data", self.folder / "data")
        assert called.code == 0, called
        return self.refused(harmonize)
