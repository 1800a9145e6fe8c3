"""Names, identifiers and years as people and programs write them."""

from __future__ import annotations

import pytest

from ingest.references.decisions import labelled, rayyan
from ingest.references.reference import author, authors, doi_in, pmcid_in, pmid_alone, pmid_in, year_of


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Kim, Jung Hyun", "Kim JH"),
        ("Kim, J.-H.", "Kim JH"),
        ("Kim JH", "Kim JH"),
        ("Kim J.H.", "Kim JH"),
        ("van der Berg A", "van der Berg A"),
        ("Jung Hyun Kim", "Kim JH"),
        ("de la Cruz, María", "de la Cruz M"),
        ("Liver Cancer Study Group of Japan", "Liver Cancer Study Group of Japan"),
    ],
)
def test_a_name(written: str, name: str) -> None:
    assert author(written).name == name


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Kim, J. H.; Lee, S.", ["Kim JH", "Lee S"]),
        ("Kim JH, Lee S, O'Brien TP.", ["Kim JH", "Lee S", "O'Brien TP"]),
        ("Kim J.H. and Lee S.", ["Kim JH", "Lee S"]),
        ("Kim, Jung Hyun", ["Kim JH"]),
        ("Anderson, B.", ["Anderson B"]),
        ("", []),
        (None, []),
    ],
)
def test_names_in_one_cell(cell: str | None, names: list[str]) -> None:
    assert [found.name for found in authors(cell)] == names


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1000/ABC.", "10.1000/ABC"),
        ("doi:10.1016/S0140-6736(12)60000-1", "10.1016/S0140-6736(12)60000-1"),
        ("(10.1000/abc)", "10.1000/abc"),
        ("10.1/short", None),
        (None, None),
    ],
)
def test_a_doi(text: str | None, doi: str | None) -> None:
    assert doi_in(text) == doi


def test_pmids() -> None:
    assert pmid_in("PMCID: PMC99 PMID: 123") == "123"
    assert pmid_in("https://www.ncbi.nlm.nih.gov/pubmed/00456") == "456"
    assert pmid_in("123", None) is None, "a number alone is no PMID"
    assert pmid_alone(" 123 ") == "123"
    assert pmid_alone("PMID: 7") == "7"
    assert pmid_alone("WOS:000123") is None
    assert pmcid_in("x pmc12") == "PMC12"
    assert (year_of("n.d.", "2012/03//"), year_of("120120")) == (2012, None)


def test_rayyan_notes() -> None:
    assert rayyan("nothing") is None
    agreed = rayyan('RAYYAN-INCLUSION: {"Ana"=>"Included", "Ben"=>"Included"} | RAYYAN-LABELS: x')
    assert agreed is not None
    assert (agreed.decision, agreed.decided_by, agreed.reason) == (
        "include", "Ana, Ben (Rayyan)", "Ana: included, Ben: included",
    )  # fmt: skip
    maybe = rayyan('{"Ana"=>"Maybe"}')
    assert maybe is not None
    assert maybe.decision == "read"


def test_labels() -> None:
    assert labelled("", "included") is None
    assert labelled("perhaps", "included") is None
    said = labelled("0", "included")
    assert said is not None
    assert (said.decision, said.decided_by) == ("exclude", "a person (column included)")
