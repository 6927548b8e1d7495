"""Keeping the daily metrics fresh where no pg_cron does it, by the same SQL function."""

import signal
import threading
from types import FrameType

import psycopg
import structlog

STATEMENT = "select refreshed, metric_rows, seconds, error_code, error from private.refresh_metrics_by(%s)"
WHO = "flask metrics refresh"
LONGEST_RETRY_SECONDS = 15

logger = structlog.get_logger(__name__)


class RefreshError(Exception):
    """The refresh failed in the database, which has written that down."""


def refresh_once(owner_url: str) -> str:
    """Refresh and say in a sentence what happened. Raises RefreshError, or psycopg.Error."""
    with psycopg.connect(owner_url, autocommit=True, application_name=WHO) as connection:
        return _refresh(connection)


def keep_refreshing(owner_url: str, every: int) -> None:
    """Refresh now and then every `every` seconds, until SIGTERM or SIGINT, which cancel a refresh under way.

    A database that is away or restarts is logged and asked again soon; it never ends the loop.
    """
    stop = threading.Event()
    running: list[psycopg.Connection] = []

    def leave(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        for connection in running:
            connection.cancel()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    while not stop.is_set():
        wait = every
        try:
            with psycopg.connect(
                owner_url, autocommit=True, application_name=WHO, connect_timeout=5
            ) as connection:
                running.append(connection)
                logger.info(_refresh(connection), next_seconds=every)
        except (psycopg.Error, RefreshError) as error:
            if not stop.is_set():
                wait = min(every, LONGEST_RETRY_SECONDS)
                logger.warning("metrics not refreshed", reason=str(error).strip(), next_seconds=wait)
        finally:
            running.clear()
        stop.wait(wait)


def _refresh(connection: psycopg.Connection) -> str:
    row = connection.execute(STATEMENT, [WHO]).fetchone()
    if row is not None and row[3]:
        raise RefreshError(f"the metrics were not refreshed: {row[4]} (SQLSTATE {row[3]})")
    if row is None or not row[0]:
        return "another refresh is running; nothing done"
    return f"metrics refreshed: {row[1]:,} rows in {row[2]} s"
