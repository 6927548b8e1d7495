"""Which database a list is read from: a streaming replica, or the primary where that is not good enough.

A person always reads their own writes: after one, a cookie holds how far the primary's log (WAL) had come,
and the replica serves that browser once it has replayed as much. What others write is there within MOST_LAG
seconds, or the primary is asked. A replica that is away, behind or not safe costs nobody a page.
"""

import logging
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from certus_admin.config import Config
from certus_admin.database import REPLICA, db, roll_back
from certus_admin.database_faults import kind_of
from certus_admin.instruments import READS, REPLICA_LAG, REPLICA_UP
from certus_admin.login_role import login_faults

logger = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ENDPOINTS = frozenset({"overview.index", "analytics.index", "analytics.metrics"})
LIST_ENDPOINTS = (".index_view", ".export_csv")

MOST_LAG = 30
# What the replica said of itself is believed for so long; when it failed, it is left alone for longer.
SECONDS_BELIEVED, SECONDS_LEFT_ALONE, SECONDS_TO_WAIT = 1.0, 5.0, 0.25
# A replica that has not replayed a write after so long is too far behind anyway.
COOKIE_SECONDS = 600
LSN = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")
NEVER_REPLAYED = "FFFFFFFF/FFFFFFFF"

WRITTEN = text("select pg_current_wal_insert_lsn()::text")
# A receiver that has replayed all it received has no lag, however long ago the last write was. Of
# pg_stat_wal_receiver our login sees no more than that it has a row.
STATE = text(
    """select pg_is_in_recovery() as in_recovery,
    (pg_last_wal_replay_lsn() - '0/0')::bigint as replayed,
    case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            and exists (select from pg_stat_wal_receiver) then 0
        else extract(epoch from now() - pg_last_xact_replay_timestamp()) end::float as lag"""
)
FAULTS = {
    "away": "does not answer",
    "behind": f"is more than {MOST_LAG} seconds behind",
    "primary": "is no replica, or not any more",
    "refused": "has a login with other rights than the app may have",
}


@dataclass
class Replica:
    """The replica as this process knows it. `fault` is a key of FAULTS; `lag` is in seconds."""

    engine: Engine
    fault: str | None = None
    lag: float | None = None
    replayed: int = -1
    asked_at: float = -SECONDS_LEFT_ALONE
    login_is_safe: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reason_against(self, written: int = -1) -> str | None:
        """Why a list cannot be read here by somebody whose last write is at `written`; None where it can."""
        if not self.lock.acquire(timeout=SECONDS_TO_WAIT):
            return "away"  # somebody else waits for its answer
        try:
            age = time.monotonic() - self.asked_at
            old = age > (SECONDS_LEFT_ALONE if self.fault else SECONDS_BELIEVED)
            if old or (self.fault is None and self.replayed < written):
                self._ask()
            return self.fault or ("own write" if self.replayed < written else None)
        finally:
            self.lock.release()

    def failed(self) -> None:
        """A statement failed there: leave it alone for a while."""
        with self.lock:
            self._found("away")

    def _ask(self) -> None:
        try:
            with self.engine.connect() as connection:
                if not self.login_is_safe and login_faults(connection):
                    self._found("refused")
                    return
                self.login_is_safe = True
                row: Any = connection.execute(STATE).one()
        except SQLAlchemyError as error:
            self._found("away", error)
            return
        self.lag, self.replayed = row.lag, row.replayed if row.in_recovery else -1
        behind = self.lag is None or self.lag > MOST_LAG
        self._found("primary" if not row.in_recovery else "behind" if behind else None)

    def _found(self, fault: str | None, error: Exception | None = None) -> None:
        if fault != self.fault:
            if fault:
                logger.warning(
                    "the replica %s: lists are read from the primary", FAULTS[fault], exc_info=error
                )
            else:
                logger.warning("the replica serves lists again")
        self.fault, self.asked_at = fault, time.monotonic()
        host = self.engine.url.host or ""
        REPLICA_UP.labels(host).set(fault is None)
        if self.lag is not None:
            REPLICA_LAG.labels(host).set(self.lag)


def init_replica(app: Flask, config: Config) -> None:
    """Choose before each list, and remember each write. Without a replica there is nothing to do."""
    if config.replica_database_url is None:
        return
    cookie = "__Host-certus-written" if config.is_https else "certus-written"
    with app.app_context():
        replica = Replica(db.engines[REPLICA])
    app.extensions["certus_replica"] = replica

    @app.before_request
    def choose() -> None:
        if request.method in SAFE_METHODS and _is_a_list(request.endpoint or ""):
            reason = replica.reason_against(position(request.cookies.get(cookie, "")))
            g.from_replica = reason is None
            READS.labels("primary" if reason else "replica", reason or "fresh").inc()

    @app.after_request
    def remember(response: Response) -> Response:
        # Sign-ins and the like write without a session, and every one of them is no GET.
        if g.get("wrote") or (request.method not in SAFE_METHODS and response.status_code < 500):
            response.set_cookie(
                cookie,
                _written(),
                max_age=COOKIE_SECONDS,
                secure=config.is_https,
                httponly=True,
                samesite="Lax",
            )
        return response

    if not event.contains(db.session, "after_commit", _note_write):
        event.listen(db.session, "after_commit", _note_write)


def replica_of(app: Flask) -> Replica | None:
    """The app's replica, None where none is configured."""
    found: Replica | None = app.extensions.get("certus_replica")
    return found


def position(lsn: str) -> int:
    """A place in the log as a number of bytes; -1 for what is none."""
    found = LSN.fullmatch(lsn)
    return (int(found[1], 16) << 32) + int(found[2], 16) if found else -1


def answer_from_primary(error: Exception) -> Response | None:
    """The page once more, from the primary, where it failed at the replica; None where it did not."""
    replica = replica_of(current_app)
    if replica is None or not g.get("from_replica") or kind_of(error) in ("too slow", "bad value"):
        return None
    logger.warning("the replica failed a page; it is read from the primary", exc_info=error)
    replica.failed()
    READS.labels("primary", "failed").inc()
    roll_back()
    g.from_replica = False
    try:
        answer = current_app.dispatch_request()
    except Exception as fault:  # as for any page: a refusal of ours, or the primary's own fault
        answer = current_app.handle_user_exception(fault)
    return current_app.make_response(answer)


def _is_a_list(endpoint: str) -> bool:
    return endpoint in ENDPOINTS or endpoint.endswith(LIST_ENDPOINTS)


def _note_write(_session: Any) -> None:
    """Pages commit what they write, and nothing else."""
    if has_request_context():
        g.wrote = True


def _written() -> str:
    """Where the primary's log is now; further than any replica comes when the primary does not say."""
    try:
        with db.engine.connect() as connection:
            return str(connection.execute(WRITTEN).scalar_one())
    except SQLAlchemyError as error:
        logger.warning("the place of a write is not known; its reader stays with the primary", exc_info=error)
        return NEVER_REPLAYED
