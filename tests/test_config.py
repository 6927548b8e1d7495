"""The environment is read once, and everything wrong with it is said at once."""

import stat
from pathlib import Path

import pytest

from certus_admin.config import Config, ConfigError

APP = "postgresql://certus_app:secret-word@database.example:5432/certus"
OWNER = "postgresql://owner:other-word@database.example:5432/certus"
HOSTED = {
    "CERTUS_DATABASE_URL": APP,
    "CERTUS_OWNER_DATABASE_URL": OWNER,
    "CERTUS_SECRET_KEY": "k" * 32,
    "CERTUS_PUBLIC_URL": "https://backoffice.example",
}


def read(**changes: str) -> Config:
    return Config.from_environment({**HOSTED, **changes})


def problems_of(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Config.from_environment(environ)
    return caught.value.problems


def test_a_hosted_configuration_is_taken_as_it_is():
    config = read(PORT="9000", CERTUS_PROXIES="2", CERTUS_LOG_LEVEL="warning")
    assert (config.database_url, config.owner_database_url) == (APP, OWNER)
    assert (config.port, config.proxies, config.log_level) == (9000, 2, "WARNING")
    assert config.is_https
    assert not config.embedded
    assert config.trusted_hosts == ["backoffice.example"]


def test_urls_come_in_both_spellings():
    config = read(CERTUS_DATABASE_URL=APP.replace("postgresql", "postgresql+psycopg"))
    assert config.database_url == APP
    assert config.sqlalchemy_url == APP.replace("postgresql", "postgresql+psycopg")
    assert config.owner_sqlalchemy_url == OWNER.replace("postgresql", "postgresql+psycopg")
    assert read(CERTUS_DATABASE_URL=APP.replace("postgresql", "postgres")).database_url == APP


def test_everything_wrong_is_named_at_once():
    environ = {"CERTUS_OWNER_DATABASE_URL": "mysql://x", "PORT": "eighty", "CERTUS_LOG_LEVEL": "loud"}
    named = " ".join(problems_of({**environ, "CERTUS_PUBLIC_URL": "http://backoffice.example"}))
    for name in ("CERTUS_DATABASE_URL", "CERTUS_OWNER_DATABASE_URL", "CERTUS_SECRET_KEY", "PORT"):
        assert name in named
    for name in ("CERTUS_LOG_LEVEL", "CERTUS_PUBLIC_URL"):
        assert name in named


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CERTUS_DATABASE_URL", "postgresql://database.example/certus"),
        ("CERTUS_REPLICA_DATABASE_URL", "postgresql://replica.example/certus"),
        ("CERTUS_REPLICA_DATABASE_URL", "mysql://certus_app:secret-word@replica.example/certus"),
        ("CERTUS_REPLICA_DATABASE_URL", APP),
        ("CERTUS_DATABASE_URL", "postgresql://certus_app:secret-word@database.example:nine/certus"),
        ("CERTUS_DATABASE_URL", "postgresql://certus_app:secret-word@database.example"),
        ("CERTUS_SECRET_KEY", "k" * 31),
        ("CERTUS_PUBLIC_URL", "http://backoffice.example"),
        ("CERTUS_PUBLIC_URL", "https://backoffice.example/path"),
        ("CERTUS_PUBLIC_URL", "backoffice.example"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٣"),
        ("CERTUS_PROXIES", "-1"),
        ("CERTUS_PROXIES", "11"),
        ("CERTUS_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(name: str, value: str):
    (problem,) = problems_of({**HOSTED, name: value})
    assert problem.startswith(name)
    assert "secret-word" not in problem


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"])
def test_plain_http_is_for_loopback_alone(url: str):
    config = read(CERTUS_PUBLIC_URL=url)
    assert not config.is_https
    assert "127.0.0.1" in config.trusted_hosts


def test_the_address_follows_the_port_when_none_is_given():
    environ = {name: value for name, value in HOSTED.items() if name != "CERTUS_PUBLIC_URL"}
    assert Config.from_environment({**environ, "PORT": "8123"}).public_url == "http://127.0.0.1:8123"


def test_the_owner_may_be_left_out_but_not_the_app():
    without_owner = {name: value for name, value in HOSTED.items() if name != "CERTUS_OWNER_DATABASE_URL"}
    assert Config.from_environment(without_owner).owner_database_url is None
    without_app = {name: value for name, value in HOSTED.items() if name != "CERTUS_DATABASE_URL"}
    assert problems_of(without_app) == ["CERTUS_DATABASE_URL is missing"]


def test_without_a_database_the_embedded_one_is_used(tmp_path: Path):
    var = tmp_path / "var"
    config = Config.from_environment({"CERTUS_VAR": str(var)})
    assert config.embedded
    assert "certus_app:" in config.database_url
    assert "certus_owner:" in (config.owner_database_url or "")
    assert len(config.secret_key) >= 32
    assert Config.from_environment({"CERTUS_VAR": str(var)}) == config
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in var.iterdir()} == {0o600}


def test_nothing_secret_is_in_the_representation():
    words = repr(read())
    assert "secret-word" not in words
    assert "other-word" not in words
    assert "k" * 32 not in words
