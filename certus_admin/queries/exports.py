"""CSV of everything that a list's filters leave: streamed by COPY from a connection of its own.

Memory stays constant and the policies in force. The rows are counted first, in the same snapshot, and the
export is in the audit log before its first byte: what the log promises is what is delivered, or the transfer
breaks off where a client sees it.
"""

import errno
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, text

from certus_admin.database import db, on_primary, own_session
from certus_admin.queries.export_rows import Export, export_statements
from certus_admin.queries.reach import Query
from certus_admin.readers import while_reading

logger = logging.getLogger(__name__)

# Excel reads a file without this mark in the machine's old code page: "Café" would become "CafÃ©".
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CHUNK = 64 * 1024
TIME_LIMIT = "60s"
# An export holds a connection and a thread of the server until its reader is done.
AT_ONCE = 2
# More than this is read in its order from an index, which takes no room; a sort of less is often faster.
MOST_SORTED = 200_000

RECORD_EXPORT = text("select public.record_export(:relation, cast(:filters as jsonb), :row_count)")
# An interval's text, which the offsets of times are made of, follows a setting.
SETTINGS = text(
    "select set_config('statement_timeout', :limit, true), set_config('intervalstyle', 'postgres', true)"
)
AVOID_SORTS = text("select set_config('enable_sort', 'off', true)")

_slots = threading.BoundedSemaphore(AT_ONCE)


class TooManyExportsError(Exception):
    """As many exports run on this server as it carries."""


class BrokenExportError(Exception):
    """The file ends before its last line: whoever sends it must not end it as if it were whole."""


@dataclass
class OpenExport:
    """An export that is counted and audited, and waits to be read once; close it in any case."""

    row_count: int
    _statement: Select[Any]
    _connection: Connection
    _resources: ExitStack
    left: threading.Event

    def chunks(self) -> Iterator[bytes]:
        """The file: a byte order mark, a line of column names, then `row_count` lines.

        Raises BrokenExportError where the database cannot go on, and the log says why; ConnectionResetError
        when the reader has left.
        """
        try:
            yield from self._chunks()
        except Exception as error:
            if self.left.is_set():
                logger.info("the reader of an export left")
                raise ConnectionResetError(errno.ECONNRESET, "The reader left.") from None
            logger.error("an export broke off", exc_info=error)
            raise BrokenExportError("The export broke off; the entry before this one says why.") from None
        finally:
            self.close()

    def _chunks(self) -> Iterator[bytes]:
        compiled = self._statement.compile(dialect=self._connection.dialect)
        connection: Any = self._connection.connection.driver_connection
        buffer = bytearray(BYTE_ORDER_MARK)
        # COPY binds nothing: psycopg writes the values into the command as literals.
        command = f"copy ({compiled.string}) to stdout (format csv, header)"
        with connection.cursor() as cursor:
            with cursor.copy(command, compiled.params) as copy:
                for line in copy:
                    buffer += line
                    if len(buffer) >= CHUNK:
                        yield bytes(buffer)
                        buffer.clear()
            if cursor.rowcount != self.row_count:
                raise BrokenExportError(f"{self.row_count} rows were promised, {cursor.rowcount} were read.")
        yield bytes(buffer)

    def close(self) -> None:
        """Give the connection back; safe to call again."""
        self._resources.close()


def open_export(
    export: Export, query: Query, filters: dict[str, Any], reader: socket.socket | None = None
) -> OpenExport:
    """Count what `query` leaves, write the audit line, and hand over the rows to come.

    `filters` is what the audit log keeps: no digits of numbers, no words searched for. When `reader`
    hangs up, the database stops at once. TooManyExportsError when the server is busy with others.
    """
    resources, left = ExitStack(), threading.Event()
    if not _slots.acquire(blocking=False):
        raise TooManyExportsError
    resources.callback(_slots.release)
    try:
        session = resources.enter_context(own_session())
        connection = session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        driver_connection: Any = connection.connection.driver_connection

        def stop() -> None:
            left.set()
            driver_connection.cancel_safe()

        resources.enter_context(while_reading(reader, stop))
        session.execute(SETTINGS, {"limit": TIME_LIMIT})
        statements = export_statements(export, query)
        row_count = session.scalars(statements.count).one()
        if row_count > MOST_SORTED:
            session.execute(AVOID_SORTS)
        with on_primary():
            db.session.execute(
                RECORD_EXPORT,
                {"relation": export.relation, "filters": json.dumps(filters), "row_count": row_count},
            )
            db.session.commit()
    except BaseException:
        resources.close()
        raise
    return OpenExport(row_count, statements.rows, connection, resources, left)
