import hashlib

import pytest

from catalog import name_hashes
from catalog.name_hashes import Hashing, hashes

NAMES = [f"patient\x1fp{number}".encode() for number in range(50)]
AFTER = (b"\x1fage_years\x1fa\x1fAge", b"\x1fsex\x1fa\x1fSex", b"")


def chosen(every):
    return bytes(number % every == 0 for number in range(len(NAMES)))


def expected(every, after):
    return b"".join(hashlib.sha256(name + after).digest()[:10] for name in NAMES[::every])


def asked():
    hashing = Hashing(NAMES)
    made = [(every, after, hashing.ask(chosen(every), after)) for every in (1, 2, 7) for after in AFTER]
    hashing.close()
    return made


def test_a_hash_is_the_beginning_of_the_sha256_of_name_and_what_comes_after():
    assert hashes(NAMES[::7], AFTER[0]) == expected(7, AFTER[0])


@pytest.mark.parametrize("many", [1, 1000])
def test_a_second_python_gives_the_same_hashes(monkeypatch, many):
    monkeypatch.setattr(name_hashes, "MANY", many)
    for every, after, answer in asked():  # the first ones first, so that the second Python makes some of them
        assert answer() == expected(every, after)


@pytest.mark.parametrize("python", ["/bin/false", "/nowhere/python"])
def test_without_a_second_python_everything_is_hashed_here(monkeypatch, python):
    monkeypatch.setattr(name_hashes, "MANY", 1)
    monkeypatch.setattr(name_hashes.sys, "executable", python)
    for every, after, answer in reversed(asked()):
        assert answer() == expected(every, after)
