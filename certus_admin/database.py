"""The app's database: one engine, and sessions whose every transaction says who is asking.

Row-level security decides by `role` and `request.jwt.claims`, as for PostgREST. Both are set for one
transaction only (`set_config(..., true)`), so a pooled connection goes back as bare as it came: the login
role can read nothing.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask, g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as AppSession
from sqlalchemy import URL, Connection, DateTime, Engine, Numeric, Text, event, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction

from certus_admin.config import Config
from certus_admin.database_faults import is_away
from certus_admin.pool import ping_when_idle

logger = logging.getLogger(__name__)

# A page that needs longer than this is asked for narrower filters; an export sets its own limit.
STATEMENT_TIMEOUT = "5s"
# Supabase's poolers in transaction mode, and PgBouncer's own.
TRANSACTION_POOLER_PORTS = (6543, 6432)
# Two more are kept than there are places: /healthz opens no connection while eight slow requests hold theirs.
POOL_SIZE, POOL_OVERFLOW = 10, 6
# A page waits for it, and then asks the primary; libpq takes nothing shorter.
REPLICA_CONNECT_TIMEOUT = 2

# plan_cache_mode: after ten executions a generic plan made the page of a location without calls 2,000 times
# slower. idle_in_transaction_session_timeout: an export whose reader fell asleep gives its connection back.
SERVER_SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": STATEMENT_TIMEOUT,
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "15s",
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
}

CONTEXT = """select set_config('role', 'authenticated', true),
    set_config('request.jwt.claims', :claims, true),
    set_config('request.headers', :headers, true)"""
CONTEXT_STATEMENT = text(CONTEXT)
# Who looks as somebody else changes nothing: Postgres refuses to take this back within the transaction.
READ_ONLY = ",\n    set_config('transaction_read_only', 'on', true)"
# A transaction pooler hands each transaction to any server connection, so the settings
# travel with the context.
POOLER_CONTEXT = CONTEXT + "".join(
    f",\n    set_config('{name}', '{value}', true)" for name, value in SERVER_SETTINGS.items()
)
POOLER_CONTEXT_STATEMENT = text(POOLER_CONTEXT)
VIEWING_STATEMENTS = {True: text(POOLER_CONTEXT + READ_ONLY), False: text(CONTEXT + READ_ONLY)}


class Base(DeclarativeBase):
    """What mapped views and tables inherit (not `db.Model`); annotations choose the column types."""

    type_annotation_map = {
        str: Text(),
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 2),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


REPLICA = "replica"


class RoutedSession(AppSession):
    """Asks the replica in a request that may read from it (certus_admin/replica.py), else the primary."""

    def get_bind(self, *arguments: Any, **options: Any) -> Engine | Connection:
        """The engine of the next transaction."""
        if has_app_context() and g.get("from_replica"):
            return db.engines[REPLICA]
        return super().get_bind(*arguments, **options)


db = SQLAlchemy(session_options={"class_": RoutedSession})


@dataclass(frozen=True)
class Caller:
    """Who a transaction is for. `address` is the client's, as the audit log keeps it.

    `viewer_id` is the admin who looks as this person: their transactions are read only.
    """

    user_id: UUID
    session_id: UUID | None = None
    request_id: str | None = None
    address: str | None = None
    viewer_id: UUID | None = None

    @property
    def claims(self) -> str:
        """JSON for `request.jwt.claims`, in the shape of a Supabase token; `act` is RFC 8693's actor."""
        session_id = str(self.session_id) if self.session_id else None
        claims = {"sub": str(self.user_id), "role": "authenticated", "session_id": session_id}
        return json.dumps(claims | ({"act": {"sub": str(self.viewer_id)}} if self.viewer_id else {}))

    @property
    def headers(self) -> str:
        """JSON for `request.headers`: what the audit trigger writes down about the request."""
        headers = {
            "x-request-id": self.request_id,
            "x-forwarded-for": self.address,
            "x-application": "back office",
        }
        return json.dumps({name: value for name, value in headers.items() if value})


_acting_as: ContextVar[Caller | None] = ContextVar("acting_as", default=None)


def current_caller() -> Caller | None:
    """The caller of an `acting_as` block, else the signed-in person of the running request, else None."""
    return _acting_as.get() or (g.get("caller") if has_app_context() else None)


@contextmanager
def acting_as(caller: Caller) -> Iterator[None]:
    """Run the transactions of this block for `caller`; needs an app context.

    What the block does not commit is rolled back at its end, so that nothing later runs in its name.
    Raises RuntimeError inside an open transaction: its statements would keep the caller it began with.
    """
    if db.session().in_transaction():
        raise RuntimeError("Commit or roll back before acting as somebody else.")
    token = _acting_as.set(caller)
    try:
        yield
    finally:
        _acting_as.reset(token)
        db.session.rollback()


def roll_back(_error: BaseException | None = None) -> None:
    """End the request's transaction, also where the server went away and has done so by itself.

    What was drawn before stands: without this, the extension's own end of a session cuts the answer off.
    """
    if not db.session.registry.has():
        return
    try:
        db.session.rollback()
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        logger.warning("the database went away before the rollback", exc_info=error)
        db.session().invalidate()


@contextmanager
def own_session() -> Iterator[Session]:
    """A session with a connection of its own, for exports; transactions carry the caller like all others."""
    session: Session = db.session.session_factory()
    try:
        yield session
    finally:
        session.close()


@contextmanager
def on_primary() -> Iterator[None]:
    """Statements of this block go to the primary, whatever the request reads from; needs an app context."""
    before = g.get("from_replica", False)
    g.from_replica = False
    try:
        yield
    finally:
        g.from_replica = before


def statement_count() -> int:
    """How many statements this request has sent so far, the context's included."""
    return int(g.get("statements", 0)) if has_app_context() else 0


def init_database(app: Flask, config: Config) -> None:
    """Give `app` its engines. Nothing connects yet: a database that is away must not stop the start."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.sqlalchemy_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config.sqlalchemy_url)
    if url := config.replica_sqlalchemy_url:
        options = engine_options(url)
        options["connect_args"]["connect_timeout"] = REPLICA_CONNECT_TIMEOUT
        app.config["SQLALCHEMY_BINDS"] = {REPLICA: {"url": url, **options}}
    db.init_app(app)
    app.teardown_appcontext(roll_back)  # before the extension's own, which was registered before it
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", _count_statement)
            ping_when_idle(engine)
    if not event.contains(db.session, "after_begin", _begin_for_caller):
        event.listen(db.session, "after_begin", _begin_for_caller)


def is_transaction_pooler(url: str | URL) -> bool:
    """True for a URL of Supavisor or PgBouncer: a login named role.project, or their ports."""
    parts = make_url(url)
    return "." in (parts.username or "") or parts.port in TRANSACTION_POOLER_PORTS


def engine_options(url: str) -> dict[str, Any]:
    """SQLAlchemy's options: a pool that survives a restarted database, and settings for each connection."""
    connect: dict[str, Any] = {
        "connect_timeout": 3,
        "application_name": "certus back office",
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # milliseconds until a server that acknowledges nothing is given up
    }
    if is_transaction_pooler(url):
        connect["prepare_threshold"] = None  # a prepared statement would be looked for on another connection
    else:
        connect["options"] = " ".join(f"-c {name}={value}" for name, value in SERVER_SETTINGS.items())
    return {
        "pool_size": POOL_SIZE,
        "max_overflow": POOL_OVERFLOW,
        "pool_timeout": 1,  # whole seconds; shorter than lock_timeout, as is the wait for a place
        "pool_recycle": 1800,
        "hide_parameters": True,
        "connect_args": connect,
    }


def _count_statement(*_arguments: Any) -> None:
    if has_app_context():
        g.statements = g.get("statements", 0) + 1


def _begin_for_caller(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Say who asks as a transaction's first statement; a savepoint has it from the transaction around."""
    caller = current_caller()
    if caller is None or transaction.nested:
        return
    driver_connection = connection.connection.driver_connection
    if driver_connection is None or driver_connection.autocommit:
        # There each statement is its own transaction: the context would be gone before the next one.
        raise RuntimeError("Autocommit drops the caller: row-level security would hide everything.")
    pooled = is_transaction_pooler(connection.engine.url)
    statement = POOLER_CONTEXT_STATEMENT if pooled else CONTEXT_STATEMENT
    if caller.viewer_id:
        statement = VIEWING_STATEMENTS[pooled]
    connection.execute(statement, {"claims": caller.claims, "headers": caller.headers})
