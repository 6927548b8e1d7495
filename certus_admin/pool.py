"""Connections of the pool are tried before they are used, unless they have just been used.

A ping is a round trip to the database, and a page takes a connection twice: at 50 pages a second on a
connection it can only say what the last page said. A database that went away within the second costs the
page that finds out its answer (a 503), as it would between the ping and the first statement.
"""

from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

TRUSTED_SECONDS = 1.0


def ping_when_idle(engine: Engine) -> None:
    """Ping a connection at checkout when nobody used it for TRUSTED_SECONDS; one fault empties the pool."""
    dialect = engine.dialect

    def ping(connection: Any, record: Any, _fairy: Any) -> None:
        if monotonic() - record.info.get("used_at", 0.0) < TRUSTED_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    def note(_connection: Any, record: Any) -> None:
        record.info["used_at"] = monotonic()

    event.listen(engine, "checkout", ping)
    event.listen(engine, "checkin", note)
