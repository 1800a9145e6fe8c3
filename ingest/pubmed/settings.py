"""How the services are asked: who asks, at which addresses, how fast, how patiently.

Each value is taken from the command line, else the environment, else the configuration file, else the default.
The key is held here and goes nowhere else but into the body of a request.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from catalog.errors import InvalidInput, Problem, Problems, nearest

TOOL = "cr-meta-synthesis"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PER_SECOND, PER_SECOND_WITH_KEY = 2.7, 9.0
"""NCBI allows 3 requests a second, 10 with a key; exactly a third of a second apart sometimes hits the limit."""
VARIABLES = {
    "email": "NCBI_EMAIL",
    "api_key": "NCBI_API_KEY",
    "eutils_url": "NCBI_EUTILS_URL",
    "pmc_url": "NCBI_PMC_URL",
    "pmc_cloud_url": "NCBI_PMC_CLOUD_URL",
    "europe_pmc_url": "EUROPEPMC_URL",
    "requests_per_second": "NCBI_REQUESTS_PER_SECOND",
    "first_wait_seconds": "NCBI_FIRST_WAIT_SECONDS",
}
URLS = {
    "eutils_url": "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
    "pmc_url": "https://pmc.ncbi.nlm.nih.gov/",
    "pmc_cloud_url": "https://pmc-oa-opendata.s3.amazonaws.com/",
    "europe_pmc_url": "https://www.ebi.ac.uk/europepmc/webservices/rest/",
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True)
class Settings:
    """What a refresh needs to know of the world; `repr` never shows the key."""

    email: str
    api_key: str | None = field(default=None, repr=False)
    eutils_url: str = URLS["eutils_url"]
    pmc_url: str = URLS["pmc_url"]
    pmc_cloud_url: str = URLS["pmc_cloud_url"]
    europe_pmc_url: str = URLS["europe_pmc_url"]
    requests_per_second: float = PER_SECOND
    first_wait_seconds: float = 2.0
    """Before the first retry; each further wait is twice as long."""
    longest_wait_seconds: float = 30.0
    attempts: int = 6
    answer_seconds: float = 180.0
    """An answer that is not whole by then is given up, however steadily it drips."""
    retry_seconds: float = 300.0
    """All tries of one request together."""


def settings(
    options: Mapping[str, str | None],
    *,
    environment: Mapping[str, str] = os.environ,
    api_key_env: str | None = None,
    config: Path | None = None,
) -> Settings:
    """Return the settings; raises `InvalidInput` with every value that is missing or cannot be."""
    problems = Problems()
    said: dict[str, str] = _read(config, environment, problems)
    variables = {**VARIABLES, **({"api_key": api_key_env} if api_key_env else {})}
    said.update({name: environment[variable] for name, variable in variables.items() if environment.get(variable)})
    said.update({name: value for name, value in options.items() if value})
    if api_key_env and not environment.get(api_key_env):
        problems.add("the environment variable that should hold the API key is not set", found=api_key_env)
    if "pmc_url" in said and "pmc_cloud_url" not in said:
        said["pmc_cloud_url"] = said["pmc_url"]  # a mirror of PMC is asked for its files too
    if not _EMAIL.fullmatch(said.get("email", "")):
        problems.add("NCBI asks for the e-mail address of whoever runs this; none that can be written to was given",
                     found=said.get("email"), remedy="Give --email or set NCBI_EMAIL")  # fmt: skip
    for name in URLS:
        if name in said:
            said[name] = _url(name, said[name], bool(said.get("api_key")), problems)
    problems.raise_if_any()
    numbers = _numbers(said, problems)
    problems.raise_if_any()
    return Settings(**{**said, **numbers})  # type: ignore[arg-type]


def _read(config: Path | None, environment: Mapping[str, str], problems: Problems) -> dict[str, str]:
    """Return what the configuration file says, as text; without one, nothing."""
    home = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".config")
    path = config or home / TOOL / "config.toml"
    if not path.is_file():
        if config is not None:
            problems.add("no such configuration file", file=str(config))
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput([Problem(f"not a TOML file: {error}", file=str(path))]) from None
    for name in content.keys() - VARIABLES.keys():
        like = nearest(name, VARIABLES)
        problems.add("unknown key", file=str(path), found=name, allowed=", ".join(VARIABLES),
                     remedy=f"Did you mean {like!r}?" if like else None)  # fmt: skip
    return {name: str(value) for name, value in content.items() if name in VARIABLES}


def _url(name: str, value: str, keyed: bool, problems: Problems) -> str:
    """Return the address with a slash at its end; a key travels encrypted, or not beyond this machine."""
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and parts.port != 0
    except ValueError:  # brackets that do not match, a port that is no number
        whole = False
    if not whole:
        problems.add(f"{name} is not a web address", found=value, remedy=f"For example {URLS[name]}")
    elif name == "eutils_url" and keyed and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        problems.add("an API key is not sent over http, where others can read it", found=value, remedy="Use https")
    return value.rstrip("/") + "/"


def _numbers(said: Mapping[str, str], problems: Problems) -> dict[str, float]:
    """Return rate and wait as numbers; faster than NCBI allows only towards this machine itself."""
    allowed = PER_SECOND_WITH_KEY if said.get("api_key") else PER_SECOND
    numbers = {"requests_per_second": allowed}
    for name in ("requests_per_second", "first_wait_seconds"):
        if name in said:
            try:
                numbers[name] = float(said[name])
            except ValueError:
                problems.add(f"{name} is not a number", found=said[name])
                continue
            if not 0 < numbers[name] < 1e6:
                problems.add(f"{name} is not a number above 0", found=said[name])
    local = urlsplit(said.get("eutils_url", URLS["eutils_url"])).hostname in LOOPBACK
    if numbers["requests_per_second"] > allowed and not local:
        problems.add("more requests a second than NCBI allows", found=f"{numbers['requests_per_second']:g}",
                     allowed=f"at most {allowed:g}", remedy="With an API key 9 are allowed")  # fmt: skip
    return numbers


assert set(VARIABLES) <= {known.name for known in fields(Settings)}
