"""Reading one element after another into what is known of a record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ingest.pubmed.markup import collapse, text_of


class Fields(dict[str, Any]):
    """What has been read of one record; `blanks_kept` says how it was parsed."""

    blanks_kept = False


Reader = Callable[[Any, Fields], None] | str
"""What is done with an element: a function, or the name under which its plain text is kept."""


class BlanksInDoubt(Exception):
    """Dropping the layout may have dropped a blank that is text: ``<b>P</b> <i>x</i>``."""


def plain(element: Any) -> str:
    """Return the text of an element that has no markup, without the blanks that some records put around it."""
    text = element.text
    if text is None:
        return ""
    return collapse(text) if "\n" in text else text.strip()


def marked_up(element: Any, fields: Fields) -> str:
    """Return a text that may have markup in it.

    libxml2 keeps all blanks of an element that begins with text (`areBlanks` in its SAX2.c); any other one that
    holds elements is read again from a tree with all blanks.
    """
    if len(element):
        if not fields.blanks_kept and any(len(part) and not part.text for part in element.iter()):
            raise BlanksInDoubt
        return text_of(element)
    text = element.text
    return collapse(text) if text else ""


def read(readers: dict[str, Reader], element: Any, fields: Fields) -> None:
    """Hand each child to the reader of its name; of plain texts under one name the first counts."""
    for child in element:
        reader = readers.get(child.tag)
        if reader is None:
            continue
        if isinstance(reader, str):
            text = plain(child)
            if text:
                fields.setdefault(reader, text)
        else:
            reader(child, fields)


def within(readers: dict[str, Reader]) -> Callable[[Any, Fields], None]:
    """Return a reader of an element that only holds others."""
    return partial(read, readers)
