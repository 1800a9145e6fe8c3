"""How fast PubMed XML becomes records, beside pubmed_parser and a bare lxml loop; CPU time, one machine, one run.

    python -m benchmarks.medline [--corpus FILE.xml.gz] [--peer PYTHON]

The records of the corpus (default ``../shared/corpus/pubmed-bulk``) are cycled to 30,000 with new PMIDs. PYTHON is an
interpreter of its own that has pubmed_parser; without one its row is left out:

    python -m venv PEER && PEER/bin/pip install pubmed_parser==0.5.1

Aims: at least 3 times pubmed_parser, at least 0.8 of a bare loop that touches PMID, title and abstract, under 150 MB.
Of each reader the quickest of three rounds counts, because whatever else the machine does can only slow it down.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "pubmed-bulk" / "pubmed_unique_shared.xml.gz"
RECORDS = 30_000
ROUNDS = 3
OUR_NAME = "iter_records of a verified file, every field"
AIMS = {"bare lxml.iterparse": "at least 0.8", "pubmed_parser": "at least 3"}
_HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n'
_RECORD = re.compile(rb"<PubmedArticle>.*?</PubmedArticle>", re.DOTALL)
_PMID = re.compile(rb"(<PMID[^>]*>)\d+")

OURS = """
import gzip
from ingest.pubmed.medline import iter_records
def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as stream:
        return sum(1 for _ in iter_records(stream, verified=VERIFIED))
"""
BARE = """
import gzip
from lxml import etree
def read(path):
    count = 0
    stream = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
    for _, record in etree.iterparse(stream, tag="PubmedArticle"):
        record.findtext("MedlineCitation/PMID")
        "".join(record.find("MedlineCitation/Article/ArticleTitle").itertext())
        [
            "".join(part.itertext())
            for part in record.iterfind("MedlineCitation/Article/Abstract/AbstractText")
        ]
        record.clear()
        while record.getprevious() is not None:
            del record.getparent()[0]
        count += 1
    return count
"""
PEER = """
from pubmed_parser import parse_medline_xml
def read(path):
    return sum(1 for _ in parse_medline_xml(path))
"""
TIMED = """
import json, resource, sys, time
start = time.process_time()
count = read(sys.argv[1])
seconds = time.process_time() - start
print(json.dumps([count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def write_cycled(corpus: Path, target: Path) -> None:
    """Write the corpus' records again and again, each time under a new PMID, until there are `RECORDS`."""
    with gzip.open(corpus) as stream:
        records = _RECORD.findall(stream.read())
    with target.open("wb") as out:
        out.write(_HEAD)
        for number in range(1, RECORDS + 1):
            out.write(_PMID.sub(rb"\g<1>%d" % number, records[number % len(records)], count=1) + b"\n")
        out.write(b"</PubmedArticleSet>\n")


def measure(python: str, code: str, path: Path) -> tuple[float, float]:
    """Return records a CPU second and the peak memory in MB of one reading in a process of its own."""
    done = subprocess.run([python, "-c", code + TIMED, str(path)], check=True, stdout=subprocess.PIPE)
    count, seconds, memory = json.loads(done.stdout)
    assert count == RECORDS, f"{count} records were read"
    return count / seconds, memory


def compare(path: Path, readers: dict[str, tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return the best speed and the peak memory of each reader on one file."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        for name, (python, code) in readers.items():
            best[name] = max(best.get(name, (0.0, 0.0)), measure(python, code, path))
    return best


def say(what: str, best: dict[str, tuple[float, float]]) -> None:
    print(what)
    for name, (speed, peak) in best.items():
        ratio = f"; ours is {best[OUR_NAME][0] / speed:.2f} times as fast (aim: {AIMS[name]})" if name in AIMS else ""
        print(f"  {name}: {speed:,.0f} records a CPU second, {peak:.0f} MB{ratio}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--peer", help="interpreter that has pubmed_parser")
    asked = parser.parse_args()
    if not asked.corpus.exists():
        raise SystemExit(f"there is no corpus at {asked.corpus}; name one with --corpus")
    readers = {
        OUR_NAME: (sys.executable, "VERIFIED = True" + OURS),
        "the same, references parsed": (sys.executable, "VERIFIED = False" + OURS),
        "bare lxml.iterparse": (sys.executable, BARE),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cycled.xml"
        write_cycled(asked.corpus, path)
        say(f"{RECORDS} records, {path.stat().st_size / 1e6:.0f} MB of XML", compare(path, readers))
        packed = path.with_suffix(".xml.gz")
        with path.open("rb") as plain, gzip.open(packed, "wb", compresslevel=6) as out:
            shutil.copyfileobj(plain, out)
        if asked.peer:
            readers["pubmed_parser"] = (asked.peer, PEER)
        say(f"the same, {packed.stat().st_size / 1e6:.0f} MB as gzip, as NLM gives it", compare(packed, readers))
    if not asked.peer:
        print("pubmed_parser, which reads gzip only, is left out; see the head of this file")


if __name__ == "__main__":
    main()
