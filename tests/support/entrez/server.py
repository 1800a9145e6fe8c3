"""The synthetic PubMed over HTTP on loopback: ESearch, EPost, EFetch, ESummary, ELink, ID Converter, full texts."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.entrez.mischief import Asked, Trick, When, never
from support.entrez.world import HEAD, World

ESEARCH = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)
ESUMMARY = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSummaryResult PUBLIC "-//NLM//DTD esummary v1 20041029//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20041029/esummary-v1.dtd">\n'
)
ELINK = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eLinkResult PUBLIC "-//NLM//DTD elink 20101123//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20101123/elink.dtd">\n'
)
EPOST = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE ePostResult PUBLIC "-//NLM//DTD epost 20090526//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20090526/epost.dtd">\n'
)
WINDOW = 9_999
PAST_WINDOW = (
    "<eSearchResult><ERROR>Search Backend failed: Exception:\n'retstart' cannot be larger than 9998.</ERROR>"
    "</eSearchResult>"
)


class Entrez:
    """A server in a thread; `log` holds every request with its time, `mischief` decides which of them fail."""

    def __init__(self, world: World, mischief: When = never) -> None:
        self.world = world
        self.mischief = mischief
        self.log: list[tuple[float, Asked, str]] = []
        self.routes_without: set[str] = set()
        """Full-text services that hold nothing: efetch_pmc, cloud, europepmc, idconv, elink."""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Entrez:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def root(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def eutils(self) -> str:
        """The address of E-utilities."""
        return f"{self.root}entrez/eutils/"

    def asked(self, utility: str) -> list[Asked]:
        """Return the requests to one utility, in order."""
        return [asked for _, asked, _ in self.log if asked.utility == utility]

    def fetched(self) -> list[str]:
        """Return every PMID that EFetch was asked for, as often as it was."""
        return [pmid for asked in self.asked("efetch") if asked.params["db"] == ["pubmed"] for pmid in asked.ids]

    def note(self, utility: str, method: str, params: dict[str, list[str]], path: str) -> tuple[Asked, Trick | None]:
        """Log a request and decide whether it fails."""
        with self._lock:
            asked = Asked(utility, method, params, len(self.log))
            self.log.append((time.monotonic(), asked, path))
            return asked, self.mischief(asked)

    # --- answers ---------------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> tuple[int, bytes, str]:
        """Return status, body and content type of a good answer."""
        make = getattr(self, f"_{asked.utility}", None)
        if make is None or asked.utility in self.routes_without:
            return 404, b"not here", "text/plain"
        body = make(asked)
        if body is None:
            return 404, b"not here", "text/plain"
        return (200, body, "application/json") if isinstance(body, bytes) else (200, body.encode(), "text/xml")

    def _esearch(self, asked: Asked) -> str:
        def one(name: str, default: str) -> str:
            return asked.params.get(name, [default])[0]

        hits = self.world.search(one("term", ""))
        start, most = int(one("retstart", "0")), min(int(one("retmax", "20")), WINDOW)
        if start > WINDOW - 1:
            return ESEARCH + PAST_WINDOW
        shown = hits[start : min(start + most, WINDOW)]
        listed = "\n".join(f"<Id>{pmid}</Id>" for pmid in shown)
        return (
            f"{ESEARCH}<eSearchResult><Count>{len(hits)}</Count><RetMax>{len(shown)}</RetMax><RetStart>{start}</RetStart>"
            f"<IdList>\n{listed}\n</IdList><TranslationSet/><QueryTranslation>synthetic</QueryTranslation>"
            f"{self.world.warnings}</eSearchResult>"
        )

    def _epost(self, asked: Asked) -> str:
        return f"{EPOST}<ePostResult><QueryKey>1</QueryKey><WebEnv>MCID_synthetic</WebEnv></ePostResult>"

    def _efetch(self, asked: Asked) -> str | None:
        if asked.params["db"] == ["pmc"]:
            return None if "efetch_pmc" in self.routes_without else self._pmc(asked)
        world = self.world
        given = [world.papers[pmid] for pmid in asked.ids if pmid in world.papers and pmid not in world.withheld]
        return f"{HEAD}<PubmedArticleSet>{''.join(paper.xml() for paper in given)}</PubmedArticleSet>"

    def _pmc(self, asked: Asked) -> str:
        parts = []
        for number in (one.removeprefix("PMC") for one in asked.ids):
            jats = self.world.jats.get(number)
            parts.append(jats or f'<error id="{number}">The following PMCID is not available: {number}</error>')
        return f"<?xml version='1.0'?>\n<pmc-articleset>{''.join(parts)}</pmc-articleset>"

    def _esummary(self, asked: Asked) -> str:
        parts = []
        for pmid in asked.ids:
            if pmid in self.world.papers:
                parts.append(f'<DocSum><Id>{pmid}</Id><Item Name="RecordStatus" Type="String">PubMed</Item></DocSum>')
            elif pmid in self.world.merged:
                parts.append(
                    f'<DocSum><Id>{pmid}</Id><Item Name="Status" Type="String">merged</Item>'
                    f'<Item Name="ReplacedBy" Type="String">{self.world.merged[pmid]}</Item></DocSum>'
                )
            else:
                parts.append(f"<ERROR>UID={pmid}: cannot get document summary</ERROR>")
        return f"{ESUMMARY}<eSummaryResult>{''.join(parts)}</eSummaryResult>"

    def _elink(self, asked: Asked) -> str:
        sets = []
        for pmid in asked.ids:
            paper = self.world.papers.get(pmid)
            link = (
                f"<LinkSetDb><DbTo>pmc</DbTo><LinkName>pubmed_pmc</LinkName><Link><Id>{paper.pmcid[3:]}</Id></Link></LinkSetDb>"
                if paper and paper.pmcid
                else ""
            )
            sets.append(f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>{pmid}</Id></IdList>{link}</LinkSet>")
        return f"{ELINK}<eLinkResult>{''.join(sets)}</eLinkResult>"

    def _idconv(self, asked: Asked) -> bytes:
        records: list[dict[str, Any]] = []
        for pmid in asked.ids:
            paper = self.world.papers.get(pmid)
            if paper and paper.pmcid:
                records.append({"requested-id": pmid, "pmid": int(pmid), "pmcid": paper.pmcid, "doi": paper.doi})
            else:
                records.append({"requested-id": pmid, "status": "error", "errmsg": "Identifier not found in PMC"})
        return json.dumps({"status": "ok", "records": records}).encode()

    def _metadata(self, asked: Asked) -> bytes | None:
        number = asked.params["pmcid"][0]
        if "cloud" in self.routes_without or number not in self.world.jats:
            return None
        url = f"{self.root}PMC{number}.1/PMC{number}.1.xml?md5=0"
        said = {"pmcid": f"PMC{number}", "version": 1, "license_code": "CC BY", "is_retracted": False, "xml_url": url}
        return json.dumps(said).encode()

    def _listing(self, asked: Asked) -> str | None:
        number = asked.params["prefix"][0].removeprefix("metadata/PMC").rstrip(".")
        held = "cloud" not in self.routes_without and number in self.world.jats
        key = f"<Contents><Key>metadata/PMC{number}.1.json</Key></Contents>" if held else ""
        return f'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{key}</ListBucketResult>'

    def _cloud(self, asked: Asked) -> str | None:
        return self.world.jats.get(asked.params["pmcid"][0])

    def _europepmc(self, asked: Asked) -> str | None:
        return self.world.jats.get(asked.params["pmcid"][0])


def route(path: str) -> tuple[str, dict[str, list[str]]]:
    """Return the utility that an address names, and what the address itself says."""
    parts = [part for part in path.split("/") if part]
    last = parts[-1] if parts else ""
    if last.endswith(".fcgi"):
        return last.removesuffix(".fcgi"), {}
    if "idconv" in parts:
        return "idconv", {}
    if "metadata" in parts:
        return "metadata", {"pmcid": [last.removeprefix("PMC").split(".")[0]]}
    if last == "fullTextXML":
        return "europepmc", {"pmcid": [parts[-2].removeprefix("PMC")]}
    if last.startswith("PMC") and last.endswith(".xml"):
        return "cloud", {"pmcid": [last.removeprefix("PMC").split(".")[0]]}
    return ("listing", {}) if not parts else (last, {})


def _handler(entrez: Entrez) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each body waits 40 ms for its headers to be acknowledged

        def do_GET(self) -> None:
            self._serve(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

        def _serve(self, query: str) -> None:
            utility, said = route(urlsplit(self.path).path)
            params = {**parse_qs(query, keep_blank_values=True), **said}
            asked, trick = entrez.note(utility, self.command, params, self.path)
            status, body, content_type = entrez.answer(asked)
            if trick is None:
                self._send(status, body, content_type)
            elif trick.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            else:
                time.sleep(trick.pause)
                body = trick.spoil(body) if trick.spoil else body if trick.body is None else trick.body
                self._send(trick.status, body, trick.content_type, trick)

        def _send(self, status: int, body: bytes, content_type: str, trick: Trick | None = None) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                for name, value in trick.headers if trick else ():
                    self.send_header(name, value)
                self.end_headers()
                if trick and trick.cut:
                    self.wfile.write(body[: len(body) // 2])
                    self.close_connection = True
                elif trick and trick.drip:
                    for byte in body:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(trick.drip)
                else:
                    self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def handle(self) -> None:
            with contextlib.suppress(OSError):  # whoever asked has been killed
                super().handle()

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
