"""JATS as PMC, the Cloud Service and Europe PMC give it; every article here is synthetic."""

from __future__ import annotations

import pytest

from catalog.lineage import sha256
from ingest.pubmed.jats import NotJats, parse_article
from ingest.pubmed.jats_tables import WIDEST, JatsTable

FRONT = (
    "<front><journal-meta><journal-title-group><journal-title>J Syn</journal-title></journal-title-group>"
    "</journal-meta><article-meta><article-id pub-id-type='pmid'>1</article-id>"
    "<article-id pub-id-type='pmc'>77</article-id><article-id pub-id-type='doi'>10.1/X</article-id>"
    "<title-group><article-title>A <italic>case</italic></article-title></title-group>{}"
    "<abstract><sec><title>Case</title><p>A man.</p></sec></abstract></article-meta></front>"
)
MAIL = "xlink:href='mailto:x@y'"
BY_3 = "xlink:href='https://creativecommons.org/licenses/by/3.0/'"
ALI = "xmlns:x='http://www.niso.org/schemas/ali/1.0/'"
LICENCE = "<permissions><license xmlns:xlink='http://www.w3.org/1999/xlink' {}>{}</license></permissions>"


def an_article(body: str = "", licence: str = "", around: str = "{}") -> bytes:
    inner = f"<article article-type='case-report'>{FRONT.format(licence)}{body}</article>"
    return around.format(inner).encode()


def texts(body: str) -> list[tuple[str, tuple[str, ...], str]]:
    units = parse_article(an_article(body)).units
    return [(unit.kind, unit.section, unit.text) for unit in units if unit.kind not in ("title", "abstract")]


def table(inner: str) -> JatsTable:
    (found,) = parse_article(an_article(f"<body><table-wrap>{inner}</table-wrap></body>")).tables
    return found


def test_front_matter() -> None:
    article = parse_article(an_article("<body><p>Words.</p></body>"))
    assert (article.article_type, article.title, article.journal) == ("case-report", "A case", "J Syn")
    assert (article.ids["pmid"], article.pmcid, article.ids["doi"]) == ("1", "PMC77", "10.1/X")
    assert [(unit.kind, unit.section, unit.text) for unit in article.units[:2]] == [
        ("title", (), "A case"), ("abstract", ("Abstract", "Case"), "A man."),
    ]  # fmt: skip


def test_paragraphs_know_their_sections_and_carry_their_checksum() -> None:
    body = (
        "<body><p>First.</p><sec><title>Case <b>1</b></title><p>10<sup>9</sup>/L</p><sec><p>Untitled.</p></sec></sec>"
        "</body>"
    )
    article = parse_article(an_article(body))
    *_, first, second, third = article.units
    assert (first.section, first.text) == ((), "First.")
    assert (second.section, second.text, second.xml_path) == (("Case 1",), "10^9/L", "/article/body/sec/p")
    assert third.section == ("Case 1",)
    assert second.id == sha256(b"10^9/L")


def test_blocks_in_a_paragraph_are_units_of_their_own() -> None:
    body = (
        "<body><p>Before <list><list-item><label>1.</label><p>one</p></list-item><list-item><p>two</p></list-item>"
        "</list> after.<fn><p>A note.</p></fn></p></body>"
    )
    assert texts(body) == [
        ("paragraph", (), "Before after."), ("paragraph", (), "one"), ("paragraph", (), "two"),
        ("footnote", (), "A note."),
    ]  # fmt: skip


def test_captions_are_filed_under_their_figure() -> None:
    body = (
        "<body><sec><title>R</title><fig><label>Figure 1</label><caption><title>CT.</title><p>Left: before.</p>"
        "</caption><graphic/></fig></sec></body>"
    )
    assert texts(body) == [("caption", ("R", "Figure 1"), "CT. Left: before.")]


def test_what_is_not_the_articles_own_account_is_left_out() -> None:
    body = (
        "<body><p>Own.</p></body><back><ack><p>Thanks.</p></ack><ref-list><ref><mixed-citation>Cited.</mixed-citation>"
        "</ref></ref-list><app-group><app><title>Appendix</title><p>More.</p></app></app-group></back>"
        "<sub-article><body><p>A reply.</p></body></sub-article>"
    )
    assert texts(body) == [("paragraph", (), "Own."), ("paragraph", ("Appendix",), "More.")]


def test_a_raised_citation_does_not_become_part_of_a_number() -> None:
    cited = "<sup><xref ref-type='bibr'>12</xref></sup>"
    body = f"<body><p>after 23{cited} weeks of remission<xref><sup>4</sup></xref></p></body>"
    assert texts(body) == [("paragraph", (), "after 23^12 weeks of remission^4")]


def test_a_closed_article_has_no_body() -> None:
    assert not parse_article(an_article("")).has_body
    assert not parse_article(an_article("<body><sec>\n</sec></body>")).has_body
    assert parse_article(an_article("<body><p>x</p></body>")).has_body


@pytest.mark.parametrize(
    ("attributes", "inner", "name"),
    [
        ("xlink:href='http://creativecommons.org/licenses/by-nc-nd/4.0/'", "", "CC BY-NC-ND 4.0"),
        ("", f"<license-p><ext-link {MAIL}/> <ext-link {BY_3}>this</ext-link></license-p>", "CC BY 3.0"),
        ("", f"<x:license_ref {ALI}>https://creativecommons.org/publicdomain/zero/1.0/</x:license_ref>", "CC0 1.0"),
        ("xlink:href='https://publisher.example/terms'", "", None),
    ],
)  # fmt: skip
def test_licences(attributes: str, inner: str, name: str | None) -> None:
    article = parse_article(an_article(licence=LICENCE.format(attributes, inner)))
    assert article.licence == name
    assert article.licence_url is not None


@pytest.mark.parametrize(
    "around",
    [
        "<pmc-articleset>{}</pmc-articleset>",
        "<OAI-PMH><GetRecord><record><metadata>{}</metadata></record></GetRecord></OAI-PMH>",
        '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "JATS-archivearticle1.dtd">{}',
    ],
)
def test_what_stands_around_an_article_does_not_matter(around: str) -> None:
    units = parse_article(an_article("<body><p>x</p></body>", around=around)).units
    assert units == parse_article(an_article("<body><p>x</p></body>")).units


def test_a_default_namespace_does_not_matter() -> None:
    data = an_article("<body><p>x</p></body>").replace(
        b"<article ", b'<article xmlns="https://jats.nlm.nih.gov/ns/1.3/" ', 1
    )
    assert parse_article(data).units == parse_article(an_article("<body><p>x</p></body>")).units


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html/>", "no article"),
        (an_article(around="<set>{0}{0}</set>"), "2 articles"),
        (an_article("<body><p>&nbsp;</p></body>"), "not well-formed|entity"),
        (an_article("<body><p>&nbsp;</p></body>", around='<!DOCTYPE article SYSTEM "x.dtd">{}'), "the entity &nbsp;"),
        (an_article(around='<!DOCTYPE article [<!ENTITY a "b">]>{}'), "internal DTD subset"),
        (an_article()[:-20], "not well-formed"),
        (b"", "not well-formed"),
    ],
)
def test_anything_else_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(NotJats, match=words):
        parse_article(data)


def test_spans_are_expanded() -> None:
    found = table(
        "<label>Table 1</label><caption><p>Cases</p></caption><table><thead><tr><th rowspan='2'>No</th><th colspan='2'>"
        "AFP</th></tr><tr><th>before</th><th>after</th></tr></thead><tbody><tr><td>1</td><td colspan='2'>normal</td>"
        "</tr><tr><td>2</td><td rowspan='0'>9</td><td>8<sup>a</sup></td></tr><tr><td>3</td><td>7</td></tr></tbody>"
        "</table><table-wrap-foot><fn><p><sup>a</sup> in ng/mL</p></fn><p>NR not reported</p></table-wrap-foot>"
    )
    assert (found.label, found.caption, found.header_rows, found.is_image) == ("Table 1", "Cases", 2, False)
    assert found.columns == ("No", "AFP / before", "AFP / after")
    assert found.rows[2:] == (("1", "normal", "normal"), ("2", "9", "8a"), ("3", "9", "7"))
    assert found.footnotes == ("a in ng/mL", "NR not reported")


def test_leading_rows_of_headings_are_a_header_where_none_is_marked() -> None:
    found = table("<table><tr><th>a</th><th>b</th></tr><tr><th>x</th><td>1</td></tr></table>")
    assert (found.header_rows, found.rows) == (1, (("a", "b"), ("x", "1")))


def test_rows_of_unequal_length_are_filled_up() -> None:
    assert table("<table><tbody><tr><td>1</td></tr><tr><td>1</td><td>2</td></tr></tbody></table>").rows == (
        ("1", ""),
        ("1", "2"),
    )


def test_a_table_that_is_a_picture_says_so() -> None:
    assert table("<label>Table 2</label><graphic/>").is_image


def test_a_wrong_span_does_not_fill_the_memory() -> None:
    found = table("<table><tr><td colspan='999999999' rowspan='999999999'>x</td><td colspan='two'>y</td></tr></table>")
    assert [len(row) for row in found.rows] == [WIDEST]
