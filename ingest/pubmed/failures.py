"""What an answer is that is no result: HTTP 200 is not success.

Every shape of failure that is on record (an error element, an HTML page, JSON with a raw line break, a prolog and
nothing else, XML that ends early) becomes one of four typed failures, and only the type decides what is tried
again. No message holds a key or the caller's address, which such bodies repeat.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class Failure(Exception):
    """An answer that is no result."""


class TryAgain(Failure):
    """The same request may succeed later; `wait` is what the service asked for, in seconds."""

    wait: float | None = None


class Unreachable(TryAgain):
    """The service as a whole does not answer, or wants fewer requests: a smaller request would fare no better."""


class Refused(Failure):
    """The same request will never succeed."""


class TooMuch(Refused):
    """The request is too long, or a part of it is wrong; its parts may succeed."""


class NotHeld(Refused):
    """The service has no such record."""


NOT_HELD = re.compile(r"cannot get document summary|empty id list|UID=\S+:?\s*not found|invalid uid", re.IGNORECASE)
NEVER = re.compile(
    r"invalid db name|neither query_key nor id|nothing to store|'retstart' cannot be larger", re.IGNORECASE
)
TOO_MUCH = re.compile(r"too many (?:UIDs|ids)|request[- ]URI too (?:large|long)", re.IGNORECASE)
TOO_FAST = re.compile(r"rate limit", re.IGNORECASE)
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<title)", re.IGNORECASE)
_TITLE = re.compile(rb"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*>")


def checked(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return the body of an answer that can be a result by its status; raises a `Failure` otherwise."""
    if status == 429:
        raise _with_wait(Unreachable("too many requests (429)"), headers)
    if status in (408, 500, 502, 503, 504):
        kind = Unreachable if status == 503 and "retry-after" in {name.lower() for name in headers} else TryAgain
        raise _with_wait(kind(f"the service failed (HTTP {status})"), headers)
    if status == 400 and re.search("api[ _-]?key", _text(body), re.IGNORECASE):
        raise Refused("the API key was refused (HTTP 400)")
    if status in (400, 413, 414):
        raise TooMuch(f"the request is too long or part of it is wrong (HTTP {status})")
    if 300 <= status < 400:
        raise Refused(f"the service has moved (HTTP {status}); its new address belongs into the settings")
    if status != 200:
        raise Refused(f"the service refuses the request (HTTP {status})")
    return body


def _with_wait(failure: TryAgain, headers: Mapping[str, str]) -> TryAgain:
    """Give the failure the wait of ``Retry-After``, in seconds or as a date (RFC 9110, 10.2.3)."""
    asked = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if asked.isdecimal():
        failure.wait = float(asked)
    elif asked:
        try:
            failure.wait = max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError):
            failure.wait = None
    return failure


def said(words: str) -> Failure:
    """Return the failure that the service's own words are."""
    if re.search(r"api[ _-]?key", words, re.IGNORECASE) and not TOO_FAST.search(words):
        return Refused("the API key was refused")  # the words repeat it
    short = " ".join(words.split())[:200]
    if TOO_FAST.search(words):
        return Unreachable(short)
    if TOO_MUCH.search(words):
        return TooMuch(short)
    if NOT_HELD.search(words):
        return NotHeld(short)
    return Refused(short) if NEVER.search(words) else TryAgain(short)


def instead(body: bytes, detail: str | None = None) -> Failure:
    """Return what a body is that is not what was asked for; plain text is not quoted, as it may hold a key."""
    start = body.lstrip()[:1]
    if not start:
        return TryAgain("an empty answer")
    if _HTML.match(body):
        title = _TITLE.search(body)
        return TryAgain("an HTML page instead of data" + (f": {_text(title[1]).strip()[:80]}" if title else ""))
    if start in (b"{", b"["):
        return _said_in_json(body)
    if start != b"<":
        return TryAgain("plain text instead of data")
    if not re.search(rb"<\w", _DOCTYPE.sub(b"", body)):
        return TryAgain("a prolog and nothing else")
    return TryAgain("XML that is cut short or damaged" + (f" ({detail})" if detail else ""))


def _said_in_json(body: bytes) -> Failure:
    try:
        answer = json.loads(body.decode("utf-8", "replace"), strict=False)
    except ValueError:
        return TryAgain("JSON that is cut short or damaged")
    inner = answer.get("esearchresult", answer) if isinstance(answer, dict) else {}
    words = inner.get("ERROR") or inner.get("error") if isinstance(inner, dict) else None
    return said(str(words)) if words else TryAgain("JSON instead of XML")


def _text(body: bytes) -> str:
    return body[:4096].decode("utf-8", "replace")
