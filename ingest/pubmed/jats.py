"""A JATS article as text units and tables, each with its place; nothing is interpreted.

A unit is an immutable string (a paragraph, a caption, a list item) with the SHA-256 of its text, so that an offset
into it means the same thing for ever; the path of its section and its place in the XML stand beside it. Cited
references and replies to the article are left out. Source: JATS Archiving 1.3
(https://jats.nlm.nih.gov/archiving/tag-library/1.3/) and its forerunners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from lxml import etree

from catalog.errors import UserError
from catalog.lineage import sha256
from ingest.pubmed.jats_tables import JatsTable, read_table
from ingest.pubmed.markup import text_of

Kind = Literal["title", "abstract", "paragraph", "caption", "footnote"]
_XLINK = "{http://www.w3.org/1999/xlink}href"
_LICENCE_REF = "{http://www.niso.org/schemas/ali/1.0/}license_ref"
_CC = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)", re.IGNORECASE)
_BLOCKS = frozenset((
    "boxed-text", "def-list", "disp-quote", "fig", "fig-group", "fn", "list", "preformat", "sec", "statement",
    "supplementary-material", "table-wrap", "table-wrap-group", "verse-group",
))  # fmt: skip
"""What may stand in a paragraph but is a unit, or holds units, of its own."""
_LEFT_OUT = frozenset((
    "ack", "alt-text", "attrib", "bio", "fn-group", "glossary", "graphic", "label", "long-desc", "media", "notes",
    "object-id", "permissions", "ref-list", "response", "sec-meta", "sub-article", "title",
))  # fmt: skip
_TEXTS = frozenset(("p", "disp-formula", "preformat", "term", "verse-line"))


class NotJats(UserError):
    """The bytes are not one well-formed JATS article; the message says why."""


class Unit(NamedTuple):
    """A piece of text: its kind, the titles of the sections it stands in, and its place in the XML."""

    id: str
    kind: Kind
    section: tuple[str, ...]
    text: str
    xml_path: str


@dataclass(frozen=True)
class Article:
    """One article. `licence` is a short name such as "CC BY 4.0", or None; `licence_text` what the article says.

    `has_body` is False for a closed article, of which PMC gives no more than its front matter.
    """

    article_type: str | None
    title: str | None
    journal: str | None
    ids: dict[str, str]
    licence: str | None
    licence_url: str | None
    licence_text: str | None
    has_body: bool
    units: tuple[Unit, ...]
    tables: tuple[JatsTable, ...]

    @property
    def pmcid(self) -> str | None:
        """The PMCID with its letters."""
        number = self.ids.get("pmc") or self.ids.get("pmcid") or self.ids.get("pmcaid")
        return f"PMC{number.removeprefix('PMC')}" if number else None


def parse_article(data: bytes) -> Article:
    """Return the one article in `data`: JATS itself, or a set or an OAI-PMH envelope around it.

    No DTD is loaded, nothing is fetched, no entity is resolved. Raises `NotJats` for anything else.
    """
    root = _article(data)
    meta = root.find("front/article-meta")
    reading = _Reading(root)
    reading.read(meta)
    address, said = _licence(meta)
    body = root.find("body")
    return Article(
        article_type=root.get("article-type"),
        title=_first(meta, "title-group/article-title"),
        journal=_first(root, "front/journal-meta//journal-title"),
        ids=_ids(meta),
        licence=_licence_name(address),
        licence_url=address,
        licence_text=said,
        has_body=body is not None and any(text.strip() for text in body.itertext()),
        units=tuple(reading.units),
        tables=tuple(reading.tables),
    )


class _Reading:
    """One walk over an article, in the order of the document."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.tree = etree.ElementTree(root)  # so that a path begins at the article, whatever is around it
        self.units: list[Unit] = []
        self.tables: list[JatsTable] = []

    def read(self, meta: Any) -> None:
        """Take up title, abstracts, body, appendices and what floats."""
        if meta is not None:
            for title in meta.iterfind("title-group/article-title"):
                self.add("title", title, ())
            for abstract in meta.iterchildren("abstract", "trans-abstract"):
                self.walk(abstract, (_first(abstract, "title") or "Abstract",), "abstract")
        for part in self.root.iterchildren("body", "back", "floats-group"):
            self.walk(part, (), "paragraph")

    def add(self, kind: Kind, element: Any, section: tuple[str, ...]) -> None:
        """Add the element's own text, without the blocks in it, as a unit."""
        text = text_of(element, _BLOCKS)
        if text:
            self.units.append(Unit(sha256(text.encode()), kind, section, text, self.tree.getpath(element)))

    def walk(self, element: Any, section: tuple[str, ...], kind: Kind) -> None:
        """Take up everything in `element`; `kind` is what its paragraphs are."""
        for child in element:
            tag = child.tag
            if tag in _TEXTS:
                self.add(kind, child, section)
                for block in _blocks(child):
                    self.visit(block, section, kind)
            elif tag not in _LEFT_OUT:
                self.visit(child, section, kind)

    def visit(self, element: Any, section: tuple[str, ...], kind: Kind) -> None:
        """Take up a block: a section, a table, a figure, a list …"""
        tag = element.tag
        if tag in ("table-wrap", "caption"):
            if tag == "caption":
                self.add("caption", element, section)
            else:
                self.tables.append(read_table(element, section, self.tree.getpath(element)))
            return
        name = _first(element, "label" if tag in ("fig", "supplementary-material") else "title")
        inner = (*section, name) if name and tag != "list" else section
        self.walk(element, inner, "footnote" if tag == "fn" else kind)


def _blocks(element: Any) -> Iterator[Any]:
    """Yield the blocks that stand in a paragraph, at whatever depth."""
    for child in element:
        if child.tag in _BLOCKS:
            yield child
        else:
            yield from _blocks(child)


def _article(data: bytes) -> Any:
    """Return the article element, its tags without the namespace that some providers give them."""
    if re.search(rb"<!DOCTYPE[^>]*\[|<!ENTITY", data[:65536]):
        raise NotJats("an internal DTD subset or an entity is not accepted")
    parser = etree.XMLParser(
        load_dtd=False, no_network=True, resolve_entities=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotJats(f"it is not well-formed XML: {error}") from None
    for element in root.iter():
        if element.tag is etree.Entity:
            raise NotJats(f"it uses the entity {element.text}, which XML does not define")
        if element.tag.startswith("{") and "jats" in element.tag.partition("}")[0].lower():
            element.tag = etree.QName(element).localname
    found = [root] if root.tag == "article" else list(root.iter("article"))
    if len(found) != 1:
        count = "no article" if not found else f"{len(found)} articles"
        raise NotJats(f"there is {count} in it; the root element is {root.tag}")
    return found[0]


def _first(element: Any, path: str) -> str | None:
    """Return the text of the first element at `path`, or None."""
    found = None if element is None else element.find(path)
    return None if found is None else text_of(found) or None


def _ids(meta: Any) -> dict[str, str]:
    found = (
        {} if meta is None else {item.get("pub-id-type", ""): text_of(item) for item in meta.iterchildren("article-id")}
    )
    return {kind: value for kind, value in found.items() if kind and value}


def _licence(meta: Any) -> tuple[str | None, str | None]:
    """Return the licence's address and words: an address of Creative Commons before any other."""
    licences = [] if meta is None else meta.findall("permissions/license")
    stated = [address for licence in licences for address in _addresses(licence)]
    address = next((one for one in stated if _CC.search(one)), stated[0] if stated else None)
    return address, " ".join(filter(None, map(text_of, licences))) or None


def _addresses(licence: Any) -> list[str]:
    linked = [licence.get(_XLINK), *(link.get(_XLINK) for link in licence.iter("ext-link", "uri"))]
    stated = [*linked[:1], *(text_of(ref) for ref in licence.iter(_LICENCE_REF)), *linked[1:]]
    return [address for address in stated if address and not address.startswith("mailto:")]


def _licence_name(address: str | None) -> str | None:
    """Return the short name of a Creative Commons licence: ``CC BY-NC 4.0``, ``CC0 1.0``."""
    found = _CC.search(address or "")
    if not found:
        return None
    if found[1].lower() == "licenses":
        return f"CC {found[2].upper()} {found[3]}"
    return f"CC0 {found[3]}" if found[2].lower() == "zero" else f"Public Domain Mark {found[3]}"
