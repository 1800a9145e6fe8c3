"""Ways in which a service fails, each as seen in public reports (a name an entry), and when it does so."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

ERROR = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eEfetchResult PUBLIC "-//NLM//DTD efetch 20131226//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20131226/efetch.dtd">\n<eFetchResult>\n\t<ERROR>{}</ERROR>\n</eFetchResult>\n'
)


@dataclass(frozen=True)
class Asked:
    """What a request asks for."""

    utility: str
    method: str
    params: dict[str, list[str]]
    number: int
    """How many requests came before it."""

    @property
    def ids(self) -> list[str]:
        """The identifiers asked for."""
        return [one for several in self.params.get("id", []) + self.params.get("ids", []) for one in several.split(",")]


@dataclass(frozen=True)
class Trick:
    """What to do instead of answering well: a status and body of its own, or something to do to the good body."""

    name: str
    status: int = 200
    body: bytes | None = None
    content_type: str = "text/xml; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()
    spoil: Callable[[bytes], bytes] | None = None
    reset: bool = False
    cut: bool = False
    """Promise the whole body and send half of it."""
    drip: float = 0.0
    """Seconds between two bytes."""
    pause: float = 0.0
    """Seconds before answering."""


def cut_short(body: bytes) -> bytes:
    """End in the middle of a record, with a length that agrees."""
    return body[: max(len(body) * 2 // 3, 1)]


def corrupt(body: bytes) -> bytes:
    """Break one tag somewhere in the middle (as in ``</publisher-lo`` followed by a backquote)."""
    at = body.find(b"</", len(body) // 2)
    return body[: at + 2] + b"\x60" + body[at + 3 :]


def prolog_only(body: bytes) -> bytes:
    """A prolog and a DOCTYPE and nothing else: the backend ended early."""
    return body[: body.find(b">", body.find(b"<!DOCTYPE")) + 1]


TRICKS = {
    trick.name: trick
    for trick in (
        Trick("429", 429, b'{"error":"API rate limit exceeded","api-key":"192.0.2.1","count":"5","limit":"3"}',
              "application/json"),
        Trick("429 with Retry-After", 429, b'{"error":"API rate limit exceeded","count":"11"}', "application/json",
              (("Retry-After", "1"),)),
        Trick("500", 500, b"<head> <title>NCBI/eutils202 - WWW Error 500 Diagnostic</title></head>", "text/html"),
        Trick("502", 502, b""),
        Trick("503", 503, b"Service Unavailable", "text/plain"),
        Trick("reset", reset=True),
        Trick("broken off", cut=True),
        Trick("cut short", spoil=cut_short),
        Trick("corrupt", spoil=corrupt),
        Trick("prolog only", spoil=prolog_only),
        Trick("empty", body=b""),
        Trick("search backend", body=ERROR.format("Search Backend failed: Database is not supported: pubmed").encode()),
        Trick("external viewer", body=ERROR.format(
            " Error: External viewer error: Empty Response. Bytes read: 0 Status: Timeout").encode()),
        Trick("C++ trace", body=b"TXCLIENT::readAll EOF\n at exLinkSrv2 ... address table is empty",
              content_type="text/plain"),
        Trick("blocked", body=b"<!DOCTYPE html><html><head><title>WWW Error Blocked Diagnostic</title></head></html>",
              content_type="text/html"),
        Trick("route", body=b"Unable to route request!\n\nservice name: /http/service/ratecontrol\n",
              content_type="text/plain"),
        Trick("raw newline", body=b'{"esearchresult":{"ERROR":"Search Backend failed: Exception:\n\'x\' timed out"}}',
              content_type="application/json"),
    )
}  # fmt: skip
"""Failures after which the same request may succeed."""

When = Callable[[Asked], Trick | None]


def never(asked: Asked) -> Trick | None:
    """Behave."""
    return None


def at_random(share: float, seed: int) -> When:
    """Fail a share of all requests, each time in another way that asks for no wait; the same for the same seed."""
    chance = random.Random(seed)
    tricks = [trick for trick in TRICKS.values() if not trick.headers]
    return lambda asked: chance.choice(tricks) if chance.random() < share else None


def first(times: int, trick: Trick, utility: str | None = None) -> When:
    """Fail the first requests of a utility (or of any), then behave."""
    left = [times]

    def when(asked: Asked) -> Trick | None:
        if (utility is None or asked.utility == utility) and left[0] > 0:
            left[0] -= 1
            return trick
        return None

    return when


def slowly(seconds: float) -> When:
    """Answer well, each time after a pause."""
    return lambda asked: Trick("slow", spoil=lambda body: body, pause=seconds)


def whenever_asked_for(pmid: str, trick: Trick) -> When:
    """Fail every request that asks for one record."""
    return lambda asked: trick if asked.utility == "efetch" and pmid in asked.ids else None
