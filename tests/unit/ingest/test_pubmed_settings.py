"""Where the settings of a refresh come from, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import InvalidInput
from ingest.pubmed.settings import PER_SECOND, PER_SECOND_WITH_KEY, settings

ME = {"NCBI_EMAIL": "me@ward.org", "XDG_CONFIG_HOME": "nowhere"}


def test_a_key_allows_more_requests() -> None:
    assert settings({}, environment=ME).requests_per_second == PER_SECOND < 3
    keyed = settings({}, environment={**ME, "NCBI_API_KEY": "k"})
    assert keyed.requests_per_second == PER_SECOND_WITH_KEY < 10
    assert "'k'" not in repr(keyed)


def test_the_command_line_wins_over_environment_and_file(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('email = "file@ward.org"\nrequests_per_second = 1\npmc_url = "https://pmc.example.org"\n')
    read = settings({}, environment={"XDG_CONFIG_HOME": "nowhere"}, config=config)
    assert (read.email, read.requests_per_second) == ("file@ward.org", 1.0)
    assert read.pmc_cloud_url == read.pmc_url == "https://pmc.example.org/"
    assert settings({}, environment=ME, config=config).email == "me@ward.org"
    assert settings({"email": "you@ward.org"}, environment=ME, config=config).email == "you@ward.org"


def test_the_file_in_the_home_folder_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "cr-meta-synthesis"
    folder.mkdir()
    (folder / "config.toml").write_text('email = "home@ward.org"\n')
    assert settings({}, environment={"XDG_CONFIG_HOME": str(tmp_path)}).email == "home@ward.org"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"NCBI_EMAIL": ""}, "NCBI asks for the e-mail address"),
        ({"NCBI_EMAIL": "nobody"}, "none that can be written to was given; found 'nobody'"),
        ({"NCBI_EUTILS_URL": "eutils.ncbi.nlm.nih.gov"}, "eutils_url is not a web address"),
        ({"NCBI_EUTILS_URL": "http://[broken"}, "eutils_url is not a web address"),
        ({"NCBI_EUTILS_URL": "https://x.org:port/"}, "eutils_url is not a web address"),
        ({"NCBI_EUTILS_URL": "https://x.org/?api_key=1"}, "eutils_url is not a web address"),
        ({"NCBI_EUTILS_URL": "http://x.org/", "NCBI_API_KEY": "k"}, "an API key is not sent over http"),
        ({"NCBI_REQUESTS_PER_SECOND": "4"}, "more requests a second than NCBI allows; found '4'; allowed: at most 2.7"),
        ({"NCBI_REQUESTS_PER_SECOND": "fast"}, "requests_per_second is not a number"),
        ({"NCBI_REQUESTS_PER_SECOND": "nan"}, "requests_per_second is not a number above 0"),
        ({"NCBI_FIRST_WAIT_SECONDS": "-1"}, "first_wait_seconds is not a number above 0"),
    ],
)
def test_what_cannot_be_is_refused(said: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        settings({}, environment={**ME, **said})
    assert words in str(refused.value)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('emial = "me@ward.org"\n')
    with pytest.raises(InvalidInput) as refused:
        settings({}, environment={"NCBI_EUTILS_URL": "x"}, api_key_env="WARD_KEY", config=config)
    for words in ("Did you mean 'email'?", "is not set; found 'WARD_KEY'", "e-mail address", "is not a web address"):
        assert words in str(refused.value)


def test_a_configuration_file_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such configuration file"):
        settings({}, environment=ME, config=tmp_path / "none.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("email =")
    with pytest.raises(InvalidInput, match="not a TOML file"):
        settings({}, environment=ME, config=broken)
