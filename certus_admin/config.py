"""What the environment says, checked once at start and frozen."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from certus_admin.addresses import is_loopback
from certus_admin.embedded_identity import remembered_urls
from certus_admin.oidc_settings import OidcSettings, oidc_from_environment
from certus_admin.private_files import read_or_make

CHECKOUT = Path(__file__).resolve().parent.parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SECRET_KEY_LENGTH = 32


class ConfigError(Exception):
    """Everything that is missing or wrong, at once: `problems` holds one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            "The configuration is not complete:\n" + "\n".join(f"  - {problem}" for problem in problems)
        )
        self.problems = problems


@dataclass(frozen=True)
class Config:
    """The app's configuration. URLs are in libpq's form; `*sqlalchemy_url` has SQLAlchemy's.

    `embedded` is True when the database is the one in `var` that this app starts itself.
    Raises ConfigError for values that cannot work.
    """

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    owner_database_url: str | None = field(default=None, repr=False)
    replica_database_url: str | None = field(default=None, repr=False)
    public_url: str = "http://127.0.0.1:8000"
    port: int = 8000
    metrics_port: int = 0
    proxies: int = 0
    log_level: str = "INFO"
    var: Path = CHECKOUT / "var"
    embedded: bool = False
    oidc: OidcSettings | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "database_url", libpq_url(self.database_url))
        if self.owner_database_url is not None:
            object.__setattr__(self, "owner_database_url", libpq_url(self.owner_database_url))
        if self.replica_database_url is not None:
            object.__setattr__(self, "replica_database_url", libpq_url(self.replica_database_url))
        problems = list(_problems(self))
        if problems:
            raise ConfigError(problems)

    @property
    def sqlalchemy_url(self) -> str:
        """The app's URL as SQLAlchemy wants it, for psycopg 3."""
        return sqlalchemy_url(self.database_url)

    @property
    def owner_sqlalchemy_url(self) -> str | None:
        """The owner's URL as SQLAlchemy wants it; None where no owner is configured."""
        return None if self.owner_database_url is None else sqlalchemy_url(self.owner_database_url)

    @property
    def replica_sqlalchemy_url(self) -> str | None:
        """The replica's URL as SQLAlchemy wants it; None where lists are read from the primary."""
        return None if self.replica_database_url is None else sqlalchemy_url(self.replica_database_url)

    @property
    def is_https(self) -> bool:
        """True when browsers reach the app over https, so that cookies must be Secure."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def trusted_hosts(self) -> list[str]:
        """Host names a request may carry: the public one, or every name of loopback if that is loopback."""
        host = urlsplit(self.public_url).hostname or ""
        return ["127.0.0.1", "localhost", "[::1]"] if is_loopback(host) else [host]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the environment; with no database named, the embedded one in CERTUS_VAR (default `var/`).

        Makes the embedded database's secret key at first use. Raises ConfigError naming all that is wrong.
        """
        problems: list[str] = []
        var = Path(environ.get("CERTUS_VAR") or CHECKOUT / "var").resolve()
        port = _number(environ, "PORT", 8000, problems)
        database_url = environ.get("CERTUS_DATABASE_URL", "")
        owner_database_url = environ.get("CERTUS_OWNER_DATABASE_URL") or None
        secret_key = environ.get("CERTUS_SECRET_KEY", "")
        embedded = not database_url and not owner_database_url
        if embedded:
            database_url, owner_database_url = remembered_urls(var)
            secret_key = secret_key or read_or_make(var / "secret_key", lambda: secrets.token_urlsafe(48))
        values: dict[str, Any] = {
            "database_url": database_url,
            "secret_key": secret_key,
            "owner_database_url": owner_database_url,
            "replica_database_url": environ.get("CERTUS_REPLICA_DATABASE_URL") or None,
            "public_url": environ.get("CERTUS_PUBLIC_URL") or f"http://127.0.0.1:{port}",
            "port": port,
            "metrics_port": _number(environ, "CERTUS_METRICS_PORT", default_metrics_port(port), problems),
            "proxies": _number(environ, "CERTUS_PROXIES", 0, problems),
            "log_level": environ.get("CERTUS_LOG_LEVEL", "INFO").upper(),
            "var": var,
            "embedded": embedded,
            "oidc": oidc_from_environment(environ, problems),
        }
        try:
            config = cls(**values)
        except ConfigError as error:
            problems.extend(error.problems)
        if problems:
            raise ConfigError(problems)
        return config


def default_metrics_port(port: int) -> int:
    """Where the metrics are when nobody says: 1,000 above the pages, or 0 (nowhere) without such a port."""
    return port + 1000 if port < 64536 else 0


def libpq_url(url: str) -> str:
    """`url` without SQLAlchemy's driver name, so that psycopg itself takes it."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql{separator}{rest}" if scheme in {"postgres", "postgresql+psycopg"} else url


def sqlalchemy_url(url: str) -> str:
    """`url`, in libpq's form, with SQLAlchemy's name of the psycopg 3 driver."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _number(environ: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = environ.get(name) or str(default)
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    problems.append(f"{name} is not a whole number")
    return default


def _problems(config: Config) -> list[str]:
    problems = _database_problems("CERTUS_DATABASE_URL", config.database_url)
    if config.owner_database_url is not None:
        problems += _database_problems("CERTUS_OWNER_DATABASE_URL", config.owner_database_url)
    if config.replica_database_url is not None:
        problems += _database_problems("CERTUS_REPLICA_DATABASE_URL", config.replica_database_url)
        if config.replica_database_url == config.database_url:
            problems.append("CERTUS_REPLICA_DATABASE_URL must name another server than CERTUS_DATABASE_URL")
    if len(config.secret_key) < SECRET_KEY_LENGTH:
        fault = "is too short" if config.secret_key else "is missing"
        problems.append(f"CERTUS_SECRET_KEY {fault}: give at least {SECRET_KEY_LENGTH} random characters")
    problems += _public_url_problems(config.public_url)
    if not 0 < config.port < 65536:
        problems.append("PORT must lie between 1 and 65535")
    if config.metrics_port >= 65536 or config.metrics_port == config.port:
        problems.append("CERTUS_METRICS_PORT must be a port other than PORT, or 0 for none")
    if config.proxies > 10:
        problems.append("CERTUS_PROXIES is the number of trusted proxies in front of the app, at most 10")
    if config.log_level not in LOG_LEVELS:
        problems.append(f"CERTUS_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
    return problems


def _database_problems(name: str, url: str) -> list[str]:
    """The URL's faults in words that never repeat it: it holds a password."""
    if not url:
        return [f"{name} is missing"]
    try:
        parts = urlsplit(url)
        valid = parts.scheme == "postgresql" and bool(parts.username) and parts.path.strip("/") != ""
        valid = valid and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    return [] if valid else [f"{name} must look like postgresql://user:password@host:5432/database"]


def _public_url_problems(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        valid = parts.scheme in {"http", "https"} and host != "" and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        return ["CERTUS_PUBLIC_URL must look like https://backoffice.example, without a path"]
    if parts.scheme == "http" and not is_loopback(host):
        return ["CERTUS_PUBLIC_URL must be https: over plain http, anybody on the way reads the sessions"]
    return []
