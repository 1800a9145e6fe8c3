"""Cut a stream of PubMed XML at record boundaries, so that one record is in memory at a time.

Each piece is then parsed on its own: a full XML parse, but no tree of the whole file, and a damaged record is
known by its number. There is no DTD in a piece, so an entity that XML itself does not define cannot occur in it.
Only what stands between records is looked at here; a cut in the wrong place (an end tag inside a comment) makes
a piece that does not parse, which is an error, never a wrong record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from catalog.errors import UserError

BLOCK = 1 << 20
LONGEST = 64 << 20
"""Bytes of the longest record that is read; the longest real ones are under 3 MB."""

_MISC = rb"(?>\s+|<!--.*?-->|<\?.*?\?>)*+"
_PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?" + _MISC + rb"(?:<!DOCTYPE[^\[>]*>)?" + _MISC + rb"<(\w[\w.-]*)((?:\s[^>]*?)?)(/?)>",
    re.DOTALL,
)
_NEXT = re.compile(_MISC + rb"<(/?\w+)", re.DOTALL)
_REST = re.compile(_MISC + rb"\Z", re.DOTALL)
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']+)""")
SETS = frozenset((b"PubmedArticleSet", b"PubmedBookArticleSet", b"MedlineCitationSet"))
RECORDS = frozenset((b"PubmedArticle", b"PubmedBookArticle", b"MedlineCitation", b"DeleteCitation"))


class NotPubMedXML(UserError):
    """The bytes are not whole and well-formed PubMed XML; the message says where and why."""


def split(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of each record of a PubMed, MEDLINE or book set (UTF-8), in order.

    Raises `NotPubMedXML` for another root element, an internal DTD subset, another encoding, something that is no
    record, and a stream that ends before its root element does.
    """
    head = stream.read(BLOCK)
    found = _PROLOG.match(head)
    if found is None or found[1] not in SETS:
        raise NotPubMedXML(_refusal(head, found[1] if found else None))
    encoding = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf").lstrip())
    if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise NotPubMedXML(f"the encoding is {encoding[1].decode('ascii', 'replace')}, not UTF-8")
    root, attributes, empty = found.groups()
    buffer = _Buffer(stream, head, found.end())
    if not empty:
        for name in iter(lambda: buffer.name_of_next(root), b"/" + root):
            piece = buffer.through(b"</" + name + b">")
            if attributes:  # namespaces that the root declares
                piece = piece.replace(b"<" + name, b"<" + name + attributes, 1)
            yield piece
        buffer.through(b">")
    if not buffer.at_end():
        raise NotPubMedXML("something follows the end of the root element")


class _Buffer:
    """A window on the stream that starts where the last record ended."""

    def __init__(self, stream: BinaryIO, data: bytes, start: int) -> None:
        self.stream = stream
        self.data = data
        self.start = start

    def name_of_next(self, root: bytes) -> bytes:
        """Return the name of the next tag, with a slash before it when it is the root's end tag."""
        while (found := _NEXT.match(self.data, self.start)) is None or found.end() == len(self.data):
            self._more()
        if found[1] not in RECORDS and found[1] != b"/" + root:
            raise NotPubMedXML(f"<{found[1].decode()}> stands where a record should")
        self.start = found.start(1) - 1
        return found[1]

    def through(self, end: bytes) -> bytes:
        """Return the bytes up to and with `end`, and move behind them."""
        look_from = self.start
        while (at := self.data.find(end, look_from)) < 0:
            behind = len(self.data) - self.start - len(end)
            self._more()
            look_from = self.start + max(behind, 0)
        piece = self.data[self.start : at + len(end)]
        self.start = at + len(end)
        return piece

    def at_end(self) -> bool:
        """Whether nothing but white space and comments is left."""
        rest = self.data[self.start :] + self.stream.read(BLOCK)
        return _REST.match(rest) is not None

    def _more(self) -> None:
        block = self.stream.read(BLOCK)
        if not block:
            raise NotPubMedXML("the data end in the middle: the root element is not closed")
        self.data = self.data[self.start :] + block
        self.start = 0
        if len(self.data) > LONGEST:
            raise NotPubMedXML(f"a record is longer than {LONGEST >> 20} MiB")


def _refusal(head: bytes, root: bytes | None) -> str:
    if not head.strip():
        return "there is nothing in it"
    if re.search(rb"<!DOCTYPE[^>]*\[|<!ENTITY", head):
        return "an internal DTD subset or an entity is not accepted"
    if root is not None:
        said = re.search(rb"<ERROR>(.*?)</ERROR>", head, re.IGNORECASE | re.DOTALL)
        words = f": {said[1].decode('utf-8', 'replace').strip()[:200]}" if said else ""
        return f"the root element is {root.decode('utf-8', 'replace')}, not a set of PubMed records{words}"
    return f"it is not XML; it begins with {head.strip()[:60].decode('utf-8', 'replace')!r}"
