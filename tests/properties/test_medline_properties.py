"""What holds for any text, any cut of the bytes, any table and any pair of references."""

from __future__ import annotations

import contextlib
import io
from unittest.mock import patch
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.pubmed import split as splitting
from ingest.pubmed.jats_tables import read_table
from ingest.pubmed.markup import text_of
from ingest.pubmed.medline import iter_records
from ingest.pubmed.record import Author, Record
from ingest.pubmed.split import NotPubMedXML
from ingest.references.likeness import compare, sketch

LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=12)
WORDS = LETTERS.map(lambda text: text.replace("\u2028", " "))


@st.composite
def marked_up(draw: st.DrawFn) -> str:
    """Text with inline markup, as XML."""
    parts = draw(st.lists(st.tuples(st.sampled_from(("", "b", "i", "sub", "sup", "u")), WORDS), max_size=5))
    return "".join(f"<{tag}>{escape(text)}</{tag}>" if tag else escape(text) for tag, text in parts)


@given(marked_up())
def test_no_letter_of_a_text_is_lost_or_added_but_marks(xml: str) -> None:
    element = etree.fromstring(f"<a>{xml}</a>")
    whole = "".join(element.itertext())
    text = text_of(element)
    marks = text.count("^") + text.count("_") - whole.count("^") - whole.count("_")
    assert 0 <= marks <= xml.count("<su")
    remaining = iter(text.replace(" ", ""))
    assert all(letter in remaining for letter in whole.replace(" ", "")), "the letters stand in their order"
    assert len(text.replace(" ", "")) == len(whole.replace(" ", "")) + marks


def a_set(titles: list[str]) -> bytes:
    records = (
        f"<PubmedArticle>\n <MedlineCitation>\n  <PMID>{number}</PMID>\n  <Article><ArticleTitle>{title}</ArticleTitle>"
        "</Article></MedlineCitation>\n</PubmedArticle>"
        for number, title in enumerate(titles, 1)
    )
    return f"<?xml version='1.0'?><PubmedArticleSet>{' '.join(records)}</PubmedArticleSet>".encode()


@given(st.lists(marked_up(), max_size=4), st.integers(120, 400))
def test_where_the_blocks_of_a_stream_end_does_not_matter(titles: list[str], block: int) -> None:
    data = a_set(titles)
    whole = list(iter_records(io.BytesIO(data)))
    assert [record.pmid for record in whole] == [str(number) for number in range(1, len(titles) + 1)]  # type: ignore[union-attr]
    expected = [text_of(etree.fromstring(f"<a>{title}</a>")) or None for title in titles]
    assert [record.title for record in whole] == expected  # type: ignore[union-attr]
    with patch.object(splitting, "BLOCK", block):
        assert list(iter_records(io.BytesIO(data))) == whole


@given(st.lists(marked_up(), min_size=1, max_size=3), st.data())
def test_a_cut_or_spoiled_stream_is_refused_or_read_never_anything_else(titles: list[str], data: st.DataObject) -> None:
    whole = a_set(titles)
    place = data.draw(st.integers(0, len(whole) - 1))
    spoiled = data.draw(st.sampled_from((whole[:place], whole[:place] + b"`" + whole[place + 1 :])))
    with contextlib.suppress(NotPubMedXML):
        assert len(list(iter_records(io.BytesIO(spoiled)))) <= len(titles)


CELLS = st.tuples(st.sampled_from(("td", "th")), st.integers(-1, 5), st.integers(-1, 5), st.sampled_from("abc"))


@given(st.lists(st.lists(CELLS, max_size=4), max_size=5), st.booleans())
def test_a_table_is_a_rectangle_that_holds_every_cell(rows: list[list[tuple[str, int, int, str]]], head: bool) -> None:
    lines = "".join(
        "<tr>" + "".join(f"<{tag} colspan='{c}' rowspan='{r}'>{text}</{tag}>" for tag, c, r, text in row) + "</tr>"
        for row in rows
    )
    header = "<thead><tr><th>h</th></tr></thead>" if head else ""
    xml = f"<table-wrap><table>{header}<tbody>{lines}</tbody></table></table-wrap>"
    table = read_table(etree.fromstring(xml), (), "")
    assert len({len(row) for row in table.rows}) <= 1
    assert 0 <= table.header_rows <= len(table.rows)
    assert {text for row in rows for _, _, _, text in row} <= {cell for row in table.rows for cell in row}


@st.composite
def references(draw: st.DrawFn) -> Record:
    surname = draw(st.sampled_from((None, "Kim", "Lee")))
    return Record(
        pmid=draw(st.sampled_from(("", "1", "2"))),
        doi=draw(st.sampled_from((None, "10.1/A", "10.1/a", "10.2/b"))),
        title=draw(st.sampled_from((None, "A case report", "Complete remission of liver cancer under a drug",
                                    "Complete remission of liver cancers under a drug"))),
        year=draw(st.sampled_from((None, 2012, 2013, 2015))),
        journal=draw(st.sampled_from((None, "J Hepatol", "Journal of Hepatology", "Oncology"))),
        pages=draw(st.sampled_from((None, "1-9", "e5"))),
        authors=(Author(surname, None, None, None, None, ()),) if surname else (),
    )  # fmt: skip


@given(references(), references())
def test_likeness_does_not_depend_on_which_comes_first(one: Record, other: Record) -> None:
    a, b = sketch(one, "a"), sketch(other, "b")
    forth, back = compare(a, b), compare(b, a)
    assert (forth.verdict, forth.score) == (back.verdict, back.score)
    if forth.verdict == "same":
        assert not (a.pmid and b.pmid and a.pmid != b.pmid)
        assert not (a.doi and b.doi and a.doi != b.doi)
