"""Prometheus' page: a process of its own beside gunicorn, on loopback alone (gunicorn.conf.py starts it).

It answers while every worker is busy and while the database is away, adds up the workers' numbers, and asks
the database for the rest as the app's bare login role, which sees figures and no rows.
"""

import os
import socketserver
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import psycopg
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from certus_admin.addresses import is_loopback
from certus_admin.config import Config

ADDRESS = "127.0.0.1"
FIGURES = """select metrics_refreshed_at, metrics_failing_since, refresh_failures, unknown_calls
from back_office.health_figures()"""
SECONDS_TO_ASK = 5

StartResponse = Callable[..., Any]


class DatabaseCollector(Collector):
    """What the database says of itself, asked at each scrape."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """`certus_database_up`, and the rest while it is 1. An age that is not known is left out."""
        try:
            with psycopg.connect(
                self.database_url,
                connect_timeout=SECONDS_TO_ASK,
                application_name="certus exporter",
                autocommit=True,
                prepare_threshold=None,
            ) as connection:
                row = connection.execute(FIGURES).fetchone()
        except psycopg.Error:
            row = None
        yield _gauge("certus_database_up", "Whether the database answers.", float(row is not None))
        if row is None:
            return
        refreshed_at, failing_since, failures, unknown = row
        if refreshed_at is not None:
            age = (datetime.now(UTC) - refreshed_at).total_seconds()
            yield _gauge("certus_metrics_age_seconds", "How old the daily numbers are.", age)
        failing = float(failing_since is not None)
        yield _gauge("certus_metrics_refresh_failing", "Whether the last refresh failed.", failing)
        yield _gauge("certus_metrics_refresh_failures", "Failed refreshes of the last 24 hours.", failures)
        yield _gauge(
            "certus_calls_unknown_status",
            "Calls of the last 24 hours whose status no rule knows (10,000 at most).",
            unknown,
        )


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_text, value=value)


def metrics_app(database_url: str) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """The WSGI application: GET /metrics for names of loopback, 404 for everything else."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(DatabaseCollector(database_url))
    tell = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        # A page in somebody's browser may know this port; it cannot know it under a name of loopback.
        host = environ.get("HTTP_HOST", "").rpartition(":")[0].strip("[]")
        if environ["REQUEST_METHOD"] != "GET" or environ["PATH_INFO"] != "/metrics" or not is_loopback(host):
            start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"Nothing here.\n"]
        answered: Iterable[bytes] = tell(environ, start_response)
        return answered

    return answer


class MetricsServer(socketserver.ThreadingMixIn, WSGIServer):
    """A server that a slow reader does not hold up."""

    daemon_threads = True
    timeout = 1


class QuietHandler(WSGIRequestHandler):
    """Writes no line for each scrape, and leaves a reader that says nothing."""

    timeout = 10

    def log_message(self, *_arguments: Any) -> None:
        """Nothing."""


def main() -> None:
    """Serve until the process that started this one is gone."""
    config = Config.from_environment()
    parent = os.getppid()
    if not config.metrics_port:
        return
    try:
        server = MetricsServer((ADDRESS, config.metrics_port), QuietHandler)
    except OSError as error:
        # The pages are worth more than their numbers: they are served all the same.
        sys.exit(f"No metrics: port {config.metrics_port} on {ADDRESS} cannot be used ({error.strerror}).")
    with server:
        server.set_app(metrics_app(config.database_url))
        while os.getppid() == parent:
            server.handle_request()


if __name__ == "__main__":
    main()
