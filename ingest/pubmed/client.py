"""Asks the services over one session: at the agreed pace, patiently, and only again when that can help.

A key travels in the body of a POST and never in an address, so that no log, error or proxy sees it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import requests
import stamina
import urllib3

from ingest.pubmed.failures import Failure, Refused, TooMuch, TryAgain, Unreachable, checked
from ingest.pubmed.rate import Pace, shared_file
from ingest.pubmed.settings import TOOL, Settings

Answer = TypeVar("Answer")
Params = Sequence[tuple[str, str]]
IDS_IN_ADDRESS, LONGEST_ADDRESS = 200, 1_500
"""More identifiers or characters than these are posted (NBK25499)."""
LARGEST = 512 << 20
"""Bytes of the largest answer that is taken in."""
logging.getLogger("stamina").addHandler(logging.NullHandler())  # retries are told to `on_retry`, not to stderr


class Client:
    """One session with NCBI and its neighbours. `on_retry` is told of each failure that is tried again."""

    def __init__(self, settings: Settings, *, on_retry: Callable[[str], None] = lambda _: None) -> None:
        self.settings = settings
        self.on_retry = on_retry
        self.requests = 0
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"{TOOL}/{version(TOOL)} (mailto:{settings.email})"
        self._paces: dict[str, Pace] = {}

    def ask(
        self, utility: str, params: Params, read: Callable[[bytes], Answer], *, attempts: int | None = None
    ) -> Answer:
        """Ask a utility of E-utilities and return what `read` makes of the answer.

        `read` raises a `Failure` for a body that is no result. Raises the last failure when tries or time are used
        up, or at once when another try cannot help.
        """
        who = [("tool", TOOL), ("email", self.settings.email)]
        if self.settings.api_key:
            who.append(("api_key", self.settings.api_key))
        url = f"{self.settings.eutils_url}{utility}.fcgi"
        query = urlencode([*params, *who], quote_via=quote)
        ids = sum(value.count(",") + 1 for name, value in params if name == "id")
        post = bool(self.settings.api_key) or ids > IDS_IN_ADDRESS or len(query) > LONGEST_ADDRESS
        return self._patiently(lambda: read(self._fetch(url, query, post=post)), attempts)

    def get(self, url: str, params: Params, read: Callable[[bytes], Answer]) -> Answer | None:
        """Return what `read` makes of a file or service beside E-utilities, or None where there is none (404)."""
        query = urlencode([*params], quote_via=quote)
        return self._patiently(lambda: self._found(url, query, read), None)

    def _found(self, url: str, query: str, read: Callable[[bytes], Answer]) -> Answer | None:
        body = self._fetch(url, query, post=False, absent=(403, 404))  # a bucket says 403 for what it does not hold
        return None if body is None else read(body)

    def _patiently(self, once: Callable[[], Answer], attempts: int | None) -> Answer:
        settings = self.settings
        until = time.monotonic() + settings.retry_seconds
        left = attempts or settings.attempts

        def again(failure: Exception) -> bool | float:
            nonlocal left
            left -= 1
            wait = failure.wait if isinstance(failure, TryAgain) else None
            if not isinstance(failure, TryAgain) or not left or time.monotonic() + (wait or 0.0) >= until:
                return False
            self.on_retry(str(failure))
            return True if wait is None else wait

        for attempt in stamina.retry_context(
            on=again,
            attempts=left,
            timeout=settings.retry_seconds,
            wait_initial=settings.first_wait_seconds * 0.75,
            wait_jitter=settings.first_wait_seconds * 0.5,
            wait_max=settings.longest_wait_seconds,
        ):
            with attempt:
                return once()
        raise AssertionError("a retry loop ends with a result or a failure")

    def _fetch(self, url: str, query: str, *, post: bool, absent: Sequence[int] = ()) -> Any:
        """Make one request and return the whole body; every way of not getting one is a `Failure`."""
        self._pace(url).wait()
        self.requests += 1
        eutils = url.startswith(self.settings.eutils_url)
        try:
            with closing(
                self._session.request(
                    "POST" if post else "GET",
                    url if post or not query else f"{url}?{query}",
                    data=query.encode() if post else None,
                    headers={"Content-Type": "application/x-www-form-urlencoded"} if post else None,
                    timeout=(15, 60),
                    stream=True,
                    allow_redirects=not eutils,
                )
            ) as response:
                if response.status_code in absent:
                    return None
                return checked(response.status_code, response.headers, self._body(response))
        except urllib3.exceptions.HTTPError as error:
            raise TryAgain(_broken(error)) from None
        except requests.RequestException as error:
            raise _failure(error, urlsplit(url).netloc) from None

    def _body(self, response: requests.Response) -> bytes:
        """Return the body, within the time and size that an answer may have."""
        until = time.monotonic() + self.settings.answer_seconds
        parts, size = [], 0
        while part := response.raw.read1(1 << 16, decode_content=True):  # what has come, without waiting for more
            parts.append(part)
            size += len(part)
            if time.monotonic() > until:
                raise TryAgain("the answer came too slowly")
            if size > LARGEST:
                raise TooMuch("the answer is too large")
        return b"".join(parts)

    def _pace(self, url: str) -> Pace:
        """Return the pace of a host; PMC and E-utilities are both NCBI's and share one."""
        host = urlsplit(self.settings.eutils_url if url.startswith(self.settings.pmc_url) else url).netloc
        if host not in self._paces:
            name = "".join(letter if letter.isalnum() else "-" for letter in host)
            self._paces[host] = Pace(self.settings.requests_per_second, shared_file(name))
        return self._paces[host]


def _broken(error: urllib3.exceptions.HTTPError) -> str:
    """Say what happened to a body on its way."""
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return "no answer in time"
    if isinstance(error, urllib3.exceptions.DecodeError):
        return "the answer is damaged (compression)"
    return "the answer broke off"


def _failure(error: requests.RequestException, host: str) -> Failure:
    """Return a failure to get an answer at all, in words of our own: the library's text holds the whole address."""
    if isinstance(error, requests.exceptions.SSLError):
        return Refused(f"{host} does not identify itself as it should (TLS)")
    if isinstance(error, requests.ReadTimeout):
        return TryAgain("no answer in time")
    if isinstance(error, requests.ConnectionError):
        cause = str(error).lower()
        return TryAgain("the connection was cut") if "aborted" in cause else Unreachable(f"no connection to {host}")
    return Refused(f"the request cannot be made ({type(error).__name__})")
