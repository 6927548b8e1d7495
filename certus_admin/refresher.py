"""Keeping the daily metrics fresh where no pg_cron does it, by the same SQL functions."""

import signal
import threading
import time
from types import FrameType
from typing import LiteralString

import psycopg
import structlog

RUN = "select refreshed, metric_rows, seconds, error_code, error from private.{}(%s)"
FULL, CHANGES = RUN.format("refresh_metrics_by"), RUN.format("update_metrics_by")
WHO = "flask metrics refresh"
LONGEST_RETRY_SECONDS = 15
SECONDS_BETWEEN_FULL = 3600

logger = structlog.get_logger(__name__)


class RefreshError(Exception):
    """The refresh failed in the database, which has written that down."""


def refresh_once(owner_url: str) -> str:
    """Refresh in full and say in a sentence what happened. Raises RefreshError, or psycopg.Error."""
    with psycopg.connect(owner_url, autocommit=True, application_name=WHO) as connection:
        return _run(connection, FULL)


def keep_refreshing(owner_url: str, every: int) -> None:
    """Compute what changed, now and then every `every` seconds, until SIGTERM or SIGINT, which cancel a run.

    At the start and once an hour the full refresh with its comparison follows. A database that is away or
    restarts is logged and asked again soon; it never ends the loop.
    """
    stop = threading.Event()
    running: list[psycopg.Connection] = []

    def leave(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        for connection in running:
            connection.cancel()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    full_at = time.monotonic()
    while not stop.is_set():
        wait = every
        try:
            with psycopg.connect(
                owner_url, autocommit=True, application_name=WHO, connect_timeout=5
            ) as connection:
                running.append(connection)
                logger.info(_run(connection, CHANGES), next_seconds=every)
                if time.monotonic() >= full_at:
                    logger.info(_run(connection, FULL), next_seconds=SECONDS_BETWEEN_FULL)
                    full_at = time.monotonic() + SECONDS_BETWEEN_FULL
        except (psycopg.Error, RefreshError) as error:
            if not stop.is_set():
                wait = min(every, LONGEST_RETRY_SECONDS)
                logger.warning("metrics not refreshed", reason=str(error).strip(), next_seconds=wait)
        finally:
            running.clear()
        stop.wait(wait)


def _run(connection: psycopg.Connection, statement: LiteralString) -> str:
    row = connection.execute(statement, [WHO]).fetchone()
    if row is not None and row[3]:
        raise RefreshError(f"the metrics were not refreshed: {row[4]} (SQLSTATE {row[3]})")
    if row is None or not row[0]:
        return "another refresh is running; nothing done"
    what = "metrics refreshed" if statement == FULL else "changes of metrics computed"
    return f"{what}: {row[1]:,} rows in {row[2]} s"
