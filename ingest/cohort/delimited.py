"""Delimited text as hospitals export it: encoding and delimiter are found out and stated, or asked for."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from itertools import islice

from catalog.errors import Problems
from catalog.lineage import sha256
from ingest.cohort.entries import FileForm
from ingest.cohort.records import CohortRecords
from ingest.files import parse_csv

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}  # fmt: skip
"""Byte order marks (Unicode Standard, section 23.8), that of UTF-32 before the one of UTF-16 with which it begins."""
OTHER_KINDS = {
    b"PK\x03\x04": "a ZIP archive or a workbook of Excel", b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old document of Office", b"%PDF": "a PDF", b"PAR1": "a Parquet file",
    b"$FL": "an SPSS file", b"<stata_dta>": "a Stata file", b"HEADER RECORD*": "a SAS transport file",
}  # fmt: skip
"""How files begin that are given to a reader of text by a wrong ending (the formats' own specifications)."""
CODE_PAGES = ("cp1252", "cp1250", "cp1251", "cp949", "gb18030", "shift_jis", "big5")
"""Shown to the person when a file is not Unicode: one and the same bytes are words in several of them."""
UNICODE = ("utf-8", "utf8", "utf-8-sig", "utf_8", "u8", "utf-16", "utf16", "utf-16-le", "utf-16-be", "utf-32")
SAMPLE = 500


def read_delimited(name: str, data: bytes, form: FileForm, problems: Problems) -> CohortRecords:
    """Return delimited text as records; what cannot be found out for certain is a problem that says what to declare."""
    nothing = CohortRecords(name, sha256(data), {}, [])
    other = next((kind for mark, kind in OTHER_KINDS.items() if data.startswith(mark)), None)
    if other:
        problems.add("not text, whatever its name says", file=name, found=other,
                     remedy="Unpack it, or give it the ending of what it is")  # fmt: skip
        return nothing
    encoding = form.encoding or next((coding for mark, coding in MARKS.items() if data.startswith(mark)), "utf-8")
    text = _decoded(name, data, encoding, declared=bool(form.encoding), problems=problems)
    if text is None:
        return nothing
    said = re.match(r"sep=(.)\r?\n", text)  # Excel's own first line
    if said:
        text = text.replace(said[0], said[0][len("sep=") + 1 :], 1)
    delimiter = form.delimiter or (said[1] if said else _delimiter(name, text, problems))
    if delimiter is None:
        return nothing
    records = parse_csv(name, text.encode(), problems, delimiter=delimiter)
    mark = " with byte order mark" if encoding in MARKS.values() else ""
    coded = (encoding.upper().removesuffix("-SIG") if encoding == "utf-8" or mark else encoding) + mark
    read_as = f"text in {coded}, cells separated by {DELIMITERS.get(delimiter, repr(delimiter))}"
    return CohortRecords(**{**vars(replace(records, sha256=sha256(data))), "read_as": read_as})


def _decoded(name: str, data: bytes, encoding: str, *, declared: bool, problems: Problems) -> str | None:
    if declared and not data.isascii() and encoding.casefold() not in UNICODE and _reads(data, "utf-8"):
        problems.add("the text is UTF-8, and the mapping declares another encoding", file=name, found=encoding,
                     remedy="Take encoding out of [file]")  # fmt: skip
        return None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        _ask_encoding(name, data, error, f"not {encoding if declared else 'UTF-8'}", problems)
        return None
    except (LookupError, ValueError):  # a name that Python does not know, or of something that is no encoding
        problems.add("no such encoding", file=name, found=encoding, allowed=f"utf-8, utf-16, {', '.join(CODE_PAGES)}")
        return None
    if "\0" in text:
        problems.add("the text holds zero bytes", file=name, row=text.count("\n", 0, text.index("\0")) + 1,
                     remedy='Declare encoding = "utf-16" in [file] of the mapping, or save as CSV UTF-8')  # fmt: skip
        return None
    return text.removeprefix("\ufeff")


def _ask_encoding(name: str, data: bytes, error: UnicodeDecodeError, what: str, problems: Problems) -> None:
    """Add a problem about bytes that the encoding does not have, with what they are in the usual code pages."""
    problems.add(
        f"{what} text", file=name, row=data.count(b"\n", 0, error.start) + 1,
        found=f"byte {data[error.start]:#x}", allowed="; ".join(_readings(data, error.start)) or None,
        remedy="Save the file as CSV UTF-8, or declare encoding in [file] of the mapping",
    )  # fmt: skip


def _reads(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _readings(data: bytes, at: int) -> list[str]:
    """Return how the word at a byte reads in each code page in which the whole file can be read."""
    before, after = re.search(rb'[^\s,;|"]*$', data[:at]), re.match(rb'[^\s,;|"]*', data[at:])
    word = (before[0] if before else b"") + (after[0] if after else b"")
    pages = (page for page in CODE_PAGES if _reads(data, page) and _reads(word, page))
    return [f"{page} reads {word.decode(page)!r}" for page in pages]


def _delimiter(name: str, text: str, problems: Problems) -> str | None:
    """Return the delimiter that splits the header and most rows alike; a problem when there are several."""
    fits = []
    written = text.encode()
    for delimiter in DELIMITERS:
        try:
            lines = io.TextIOWrapper(io.BytesIO(written), encoding="utf-8", newline="")
            sample = islice(csv.reader(lines, delimiter=delimiter), SAMPLE)
            widths = [len(cells) for cells in sample if any(cells)]
        except csv.Error:
            continue
        if widths and widths[0] > 1 and 2 * sum(width == widths[0] for width in widths) > len(widths):
            fits.append(delimiter)
    if len(fits) > 1:
        found = ", or by ".join(DELIMITERS[delimiter] for delimiter in fits)
        problems.add("the cells may be separated in several ways", file=name, found=f"by {found}",
                     remedy="Declare delimiter in [file] of the mapping")  # fmt: skip
        return None
    return fits[0] if fits else ","
