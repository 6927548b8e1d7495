"""The owner's way into the database, for commands alone: pages never come here."""

from collections.abc import Iterator
from contextlib import contextmanager

from certus_admin import embedded
from certus_admin.config import Config, ConfigError


@contextmanager
def owner_database(config: Config) -> Iterator[str]:
    """The owner's URL, in libpq's form. Starts the embedded server for this block where it does not run yet.

    Raises ConfigError where a database is named but its owner is not, EmbeddedError when the server fails.
    """
    if config.embedded:
        server = embedded.start(config.var)
        try:
            yield server.owner_database_url
        finally:
            server.stop()
    elif config.owner_database_url is None:
        raise ConfigError(
            ["CERTUS_OWNER_DATABASE_URL is missing: this command works as the database's owner"]
        )
    else:
        yield config.owner_database_url
