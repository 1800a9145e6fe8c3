"""Bytes as received: kept once under their checksum, whole, with a sidecar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog import raw
from catalog.lineage import sha256

DATA = b"<xml/>"
DIGEST = sha256(DATA)


def test_bytes_are_kept_under_their_checksum_with_their_request(tmp_path: Path) -> None:
    assert raw.keep(tmp_path, DATA, ".xml", {"address": "https://example.org"}) == DIGEST
    path = raw.held(tmp_path, DIGEST)
    assert path is not None
    assert path.read_bytes() == DATA
    assert json.loads(raw.sidecar(tmp_path, DIGEST).read_text()) == {"address": "https://example.org"}
    assert raw.kept(tmp_path) == [path]
    assert raw.damaged(tmp_path) == []


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    raw.keep(tmp_path, DATA, ".xml.gz", {"turn": "first"})
    raw.keep(tmp_path, DATA, ".xml.gz", {"turn": "second"})
    assert len(raw.kept(tmp_path)) == 1
    assert "first" in raw.sidecar(tmp_path, DIGEST).read_text()
    assert raw.damaged(tmp_path) == []


def test_changed_bytes_are_found(tmp_path: Path) -> None:
    raw.keep(tmp_path, DATA, ".xml", {})
    path = raw.held(tmp_path, DIGEST)
    assert path is not None
    path.write_bytes(b"<xm")
    assert raw.damaged(tmp_path) == [f"{path}: the bytes do not match the checksum in the name"]


def test_bytes_that_are_not_held_are_none(tmp_path: Path) -> None:
    assert raw.held(tmp_path, DIGEST) is None
    assert raw.kept(tmp_path) == []


def test_what_a_killed_run_left_half_written_is_no_kept_file(tmp_path: Path) -> None:
    raw.keep(tmp_path, DATA, ".xml", {})
    (raw.sidecar(tmp_path, DIGEST).parent / f".{DIGEST}.xml.4711").write_bytes(b"<x")
    assert len(raw.kept(tmp_path)) == 1
    assert raw.damaged(tmp_path) == []


def test_the_suffix_of_the_sidecar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sidecar"):
        raw.keep(tmp_path, b"{}", ".json", {})
