"""What is counted while pages are served, for Prometheus; exporter.py tells it.

Labels hold words of ours alone: a route's template, never the path that was asked for, and one word for all
that is no route. Under gunicorn each worker writes files in PROMETHEUS_MULTIPROC_DIR, which the exporter adds
up; elsewhere the numbers stay in this process.
"""

import time
from http import HTTPMethod
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Engine, event

from certus_admin.database import POOL_OVERFLOW, POOL_SIZE, db

NO_ROUTE = "unmatched"
OTHER_METHOD = "other"
METHODS = frozenset(method.value for method in HTTPMethod)
# From a page without a question to one that runs into the statement timeout.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30)

REQUESTS = Counter(
    "certus_http_requests", "Requests answered, by route and status.", ("method", "route", "status")
)
DURATIONS = Histogram(
    "certus_http_request_seconds", "Time until an answer begins, by route.", ("route",), buckets=SECONDS
)
POOL_OPEN = Gauge(
    "certus_database_pool_open", "Connections that the workers' pools hold.", multiprocess_mode="livesum"
)
POOL_IN_USE = Gauge(
    "certus_database_pool_in_use",
    "Connections of the workers' pools that serve a request.",
    multiprocess_mode="livesum",
)
POOL_LIMIT = Gauge(
    "certus_database_pool_limit",
    "How many connections the workers' pools may hold together.",
    multiprocess_mode="livesum",
)
READS = Counter(
    "certus_replica_choices",
    "Lists and exports, by the database that they were read from and why.",
    ("database", "reason"),
)
# The label keeps both away where no replica is configured.
REPLICA_UP = Gauge(
    "certus_replica_up",
    "Whether lists may be read from the replica.",
    ("host",),
    multiprocess_mode="mostrecent",
)
REPLICA_LAG = Gauge(
    "certus_replica_lag_seconds",
    "How old the replica's rows are.",
    ("host",),
    multiprocess_mode="mostrecent",
)


def init_instruments(app: Flask) -> None:
    """Count requests, and the connections of the app's pool."""
    app.after_request(count_request)
    with app.app_context():
        engines = list(db.engines.values())
        for engine in engines:
            _watch_pool(engine, (POOL_SIZE + POOL_OVERFLOW) * len(engines))


def count_request(response: Response) -> Response:
    """One request more."""
    route = request.url_rule.rule if request.url_rule else NO_ROUTE
    method = request.method if request.method in METHODS else OTHER_METHOD
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    if "started" in g:
        DURATIONS.labels(route).observe(time.perf_counter() - g.started)
    return response


def _watch_pool(engine: Engine, limit: int) -> None:
    def opened(*_arguments: Any) -> None:
        POOL_OPEN.inc()
        POOL_LIMIT.set(limit)

    event.listen(engine, "connect", opened)
    event.listen(engine, "close", lambda *_arguments: POOL_OPEN.dec())
    event.listen(engine, "checkout", lambda *_arguments: POOL_IN_USE.inc())
    event.listen(engine, "checkin", lambda *_arguments: POOL_IN_USE.dec())
