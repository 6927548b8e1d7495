"""CSV of everything that a list's filters leave: streamed by COPY from a connection of its own.

Memory stays constant and the policies in force. The rows are counted first, in the same snapshot, and the
export is in the audit log before its first byte: what the log promises is what is delivered.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select, text

from certus_admin.database import db, own_session
from certus_admin.models import Account
from certus_admin.queries.reach import Columns, Query, within
from certus_admin.queries.source import Source

# Excel reads a file without this mark in the machine's old code page: "Café" would become "CafÃ©".
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CHUNK = 64 * 1024
TIME_LIMIT = "10min"
# An export holds a connection and a thread of the server until its reader is done.
AT_ONCE = 2

RECORD_EXPORT = text("select public.record_export(:relation, cast(:filters as jsonb), :row_count)")
LIMIT_TIME = text("select set_config('statement_timeout', :limit, true)")

_slots = threading.BoundedSemaphore(AT_ONCE)


class TooManyExportsError(Exception):
    """As many exports run on this server as it carries."""


@dataclass(frozen=True)
class Export:
    """`relation` names it in the audit log and the file; `columns` give labelled columns of the model.

    Lines stand newest first, unless `order` says otherwise. Rows come with their account, unless they may
    belong to none and `with_account` is False.
    """

    relation: str
    source: Source
    columns: Columns
    order: Columns | None = None
    with_account: bool = True


@dataclass
class OpenExport:
    """An export that is counted and audited, and waits to be read once; close it in any case."""

    row_count: int
    _statement: Select[Any]
    _connection: Connection
    _resources: ExitStack

    def chunks(self) -> Iterator[bytes]:
        """The file: a byte order mark, a line of column names, then `row_count` lines."""
        compiled = self._statement.compile(dialect=self._connection.dialect)
        connection: Any = self._connection.connection.driver_connection
        buffer = bytearray(BYTE_ORDER_MARK)
        command = f"copy ({compiled.string}) to stdout (format csv, header)"
        try:
            with connection.cursor() as cursor, cursor.copy(command, compiled.params) as copy:
                for line in copy:
                    buffer += line
                    if len(buffer) >= CHUNK:
                        yield bytes(buffer)
                        buffer.clear()
            yield bytes(buffer)
        finally:
            self.close()

    def close(self) -> None:
        """Give the connection back; safe to call again."""
        self._resources.close()


def open_export(export: Export, query: Query, filters: dict[str, Any]) -> OpenExport:
    """Count what `query` leaves, write the audit line, and hand over the rows to come.

    `filters` is what the audit log keeps: no digits of numbers, no words searched for. TooManyExportsError
    when the server is busy with others.
    """
    resources = ExitStack()
    if not _slots.acquire(blocking=False):
        raise TooManyExportsError
    resources.callback(_slots.release)
    try:
        session = resources.enter_context(own_session())
        connection = session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(LIMIT_TIME, {"limit": TIME_LIMIT})
        model: Any = export.source.model
        conditions = within(model, query)
        row_count = session.scalars(select(func.count()).select_from(model).where(*conditions)).one()
        db.session.execute(
            RECORD_EXPORT,
            {"relation": export.relation, "filters": json.dumps(filters), "row_count": row_count},
        )
        db.session.commit()
        order = (export.order or _newest_first(export.source))(model)
        rows = select(*export.columns(model)).where(*conditions)
        if export.with_account:
            rows = rows.where(Account.id == model.account_id)
    except BaseException:
        resources.close()
        raise
    return OpenExport(row_count, rows.order_by(*order), connection, resources)


def _newest_first(source: Source) -> Columns:
    return lambda model: (getattr(model, source.at).desc(), model.id.desc())
