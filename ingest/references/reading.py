"""A reference file of any known format into entries; what cannot be read is listed with its place."""

from __future__ import annotations

import io
from dataclasses import dataclass

from catalog.errors import InvalidInput, Problem, Problems
from ingest.references import bibtex, endnote, nbib, ris, spreadsheet
from ingest.references.reference import Reference
from ingest.references.sniff import FORMATS, Format, decoded, packed, sniff


@dataclass(frozen=True)
class Entries:
    """The entries of a file, its format and the columns not used."""

    format: Format
    references: tuple[Reference, ...]
    unused: tuple[str, ...] = ()


def read_entries(name: str, data: bytes, stated: Format | None = None) -> Entries:
    """Return the entries of a file; `stated` is the format that the person names.

    Raises `InvalidInput` with everything that is wrong: an unknown format, another one than named, damaged entries.
    """
    problems = Problems()
    text = _text(name, data)
    found = sniff(text)
    if found is None or (stated is not None and stated != found):
        looks = f"it looks like {found}" if found else "its content is none of the formats read here"
        raise InvalidInput([Problem(f"not a reference file in {stated or 'a known format'}: {looks}", file=name,
                                    allowed=", ".join(FORMATS))])  # fmt: skip
    references, unused = _read(found, name, data, text, problems)
    if not references and not len(problems):
        problems.add("there are no entries in it", file=name)
    problems.raise_if_any()
    return Entries(found, tuple(references), unused)


def _text(name: str, data: bytes) -> str:
    what = packed(data)
    if what:
        raise InvalidInput([Problem(f"it is {what}", file=name, remedy="Unpack it, or export as RIS or CSV")])
    text = decoded(data)
    if text is None:
        raise InvalidInput([Problem("not UTF-8 text", file=name, remedy="Save or export it as UTF-8")])
    if not text.strip():
        raise InvalidInput([Problem("the file is empty", file=name)])
    return text


def _read(
    found: Format, name: str, data: bytes, text: str, problems: Problems
) -> tuple[list[Reference], tuple[str, ...]]:
    if found == "csv":
        return spreadsheet.read(text, name, problems)
    if found == "pubmed_xml":
        return _pubmed(name, data, problems), ()
    if found == "endnote_xml":
        return endnote.read(data, name, problems), ()
    if found == "bibtex":
        return bibtex.read(text, name, problems), ()
    try:
        return (nbib if found == "nbib" else ris).read(text), ()
    except ValueError as error:
        problems.add(f"not all of its entries can be read: {error}", file=name,
                     remedy="Export it again, or close each entry as the format wants")  # fmt: skip
        return [], ()


def _pubmed(name: str, data: bytes, problems: Problems) -> list[Reference]:
    from ingest.pubmed.medline import iter_records
    from ingest.pubmed.record import Record
    from ingest.pubmed.split import NotPubMedXML

    try:
        found = list(iter_records(io.BytesIO(data)))
    except NotPubMedXML as error:
        problems.add(str(error), file=name)
        return []
    return [Reference(place, record) for place, record in enumerate(found, 1) if isinstance(record, Record)]
