"""Columns that could tell who a patient is: by their name or label, and by what their cells look like.

Such a column is dropped by the mapping, or turned into what is needed (an age, a time between dates); it is never
stored. The words and patterns are those of the eighteen identifiers of HIPAA, 45 CFR 164.514(b)(2)(i), that occur in
clinical tables, in the languages of the centres that treat most liver cancer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import pairwise

from ingest.cohort.records import CohortRecords
from ingest.cohort.written_dates import holds_date

WORDS = {
    "a name": """
        name names surname lastname firstname forename familyname givenname middlename patientname initials kin
        nachname vorname familienname nom prénom prenom nombre apellido apellidos cognome
        姓名 氏名 名前 이름 성명 환자명""",
    "a record number": """
        mrn hospitalno hospitalnumber hospitalid recordnumber recordno chartno chartnumber fallnummer pid ssn nhs
        nhsnumber passport insurance versicherungsnummer versichertennummer versichertennr fallnr patientennummer nric
        hkid uhid mrno cpf curp dni
        病历号 住院号 病案号 身份证 カルテ番号 등록번호 차트번호 주민등록번호""",
    "a phone number": """
        phone phones telephone tel mobile cellphone fax telefon handy handynr téléfono teléfono
        电话 手机 電話 전화 연락처""",
    "an address": """
        address addresses street zip zipcode postcode postalcode anschrift adresse straße strasse plz wohnort dirección
        direccion indirizzo 地址 住址 住所 주소""",
    "an e-mail address": "email emails mail mailaddress 邮箱 이메일",
    "a date of birth": """
        dob birthdate birthday dateofbirth birthdt geburtsdatum geburtstag geb gebdat gebdatum naissance nacimiento
        出生日期 生年月日 생년월일""",
}
PHRASES = (
    (" of birth", "a date of birth"), ("birth date", "a date of birth"), ("medical record", "a record number"),
    ("hospital n", "a record number"), ("chart n", "a record number"),
)  # fmt: skip
MEANT = {word: what for what, words in WORDS.items() for word in words.split()}
OF_THINGS = {"centre", "center", "drug", "event", "form", "gene", "hospital", "regimen", "study", "test", "trial"}
"""What has a name and is no person."""

CALLED = ("mrn", "chart", "medical record", "hospital number", "hospital no", "fallnummer", "fallnr", "patient id")
"""What stands before a record number in prose."""

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(
    r"(?!\d+[.,]\d+$)(?=(?:\D*\d){9,15}\D*$)(?:(?:\+\d|\(?0)[\d\s()./-]+|\(?\d{2,4}\)?[\s-]\d{3,4}[\s-]\d{3,4}|\d{10,11})"
)
ADDRESS = re.compile(
    r"\d+.*\b(?:st|street|rd|road|ave|avenue|lane|ln|way|drive|dr|blvd|place|pl|court|ct)\b\.?"
    r"|.*(?:stra(?:ß|ss)e|str\.)\s*\d+|(?:rue|via|calle|avenida)\s.*\d+"
    r"|.*[路街区号동로길]\s*\d+.*|.*\d+[号丁番].*",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"[^\W\d_a-z][^\W\d_]+(?:-[^\W\d_]+)?,?(?: [^\W\d_a-z]\.?){0,2} [^\W\d_a-z][^\W\d_]+(?:-[^\W\d_]+)*"
)
PHONE_IN_PROSE = re.compile(r"(?<![\w+])\+\d{1,3}[ ()./-]{0,2}(?:\d[ ()./-]{0,2}){7,12}(?!\w)")
"""Only with the code of its country: other rows of digits may be anything."""
RECORD_NUMBER = re.compile(r"[A-Za-z]{0,3}-?\d{6,12}")
NUMBER_IN_PROSE = re.compile(
    rf"(?:\b(?:{'|'.join(CALLED)})|病历号|住院号|病案号|カルテ番号|등록번호|차트번호)\W{{0,3}}(?:no|nr|number|id)?\W{{0,3}}\d{{5,}}",
    re.IGNORECASE,
)
MOST, FEW = 0.5, 5
"""The share of cells that must look alike, and the number of distinct cells below which a likeness proves nothing."""


def named(column: str, label: str = "") -> str | None:
    """Return what a column's name or label says it holds that identifies a person, or None."""
    for text in (column, label):
        words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold())
        if "name" in words and OF_THINGS & set(words):
            continue
        pairs = (first + second for first, second in pairwise(words))
        found = next((MEANT[word] for word in (*words, *pairs, "".join(words)) if word in MEANT), None)
        if found:
            return found
        spaced = f" {' '.join(words)} "
        found = next((what for phrase, what in PHRASES if phrase in spaced), None)
        if found:
            return found
    return None


def said_of(records: CohortRecords, column: str) -> str | None:
    """Return what a column's name, label or dictionary entry says it holds that identifies a person, or None."""
    known = "an identifier, as its dictionary says" if column in records.identifying else None
    return named(column, records.labels.get(column, "")) or known


def shown_by_cells(cells: Iterable[str]) -> str | None:
    """Return what distinct cells look like that must not be stored whatever the column is for, or None.

    One e-mail address, one whole date, one number that is called a record's or one phone number with the code of its
    country is enough; other phone numbers must be most of the cells.
    """
    cells = list(cells)
    if any(NUMBER_IN_PROSE.search(cell) for cell in cells):
        return "a record number"
    if any("+" in cell and PHONE_IN_PROSE.search(cell) for cell in cells):
        return "a phone number"
    if any("@" in cell and EMAIL.search(cell) for cell in cells):
        return "an e-mail address"
    if any(holds_date(cell) for cell in cells):
        return "an exact date"
    if _most(PHONE, cells):
        return "a phone number"
    return None


def shown_by_words(cells: Collection[str], few: int = FEW) -> str | None:
    """Return what distinct cells of a column of words look like: persons' names, addresses, record numbers, or None.

    Nothing is said of fewer than `few` cells.
    """
    if len(cells) < few:
        return None
    for pattern, what in ((PERSON, "a name"), (ADDRESS, "an address"), (RECORD_NUMBER, "a record number")):
        if _most(pattern, cells):
            return what
    return None


def record_numbers(cells: Collection[str]) -> bool:
    """Return whether distinct cells look like the numbers of a hospital: six digits or more, most of one length."""
    return bool(cells) and _most(RECORD_NUMBER, cells)


def _most(pattern: re.Pattern[str], cells: Collection[str]) -> bool:
    return len(cells) > 0 and sum(bool(pattern.fullmatch(cell)) for cell in cells) > MOST * len(cells)


def suspected(records: CohortRecords, column: str) -> str | None:
    """Return what a column seems to hold that identifies a person, by its name, its label or its cells, or None."""
    cells = records.columns[column].distinct()
    return said_of(records, column) or shown_by_cells(cells) or shown_by_words(cells)
