"""Prometheus' page, as gunicorn's workers fill it: whole numbers, on loopback alone, and nobody's data."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from certus_admin.config import CHECKOUT, Config, default_metrics_port
from certus_admin.embedded_identity import free_port
from tests.fixtures.database import Database


@dataclass(frozen=True)
class Served:
    """The back office as gunicorn.conf.py serves it."""

    process: subprocess.Popen[bytes]
    port: int
    metrics_port: int
    counts: Path

    def get(self, path: str, port: int | None = None, **headers: str) -> tuple[int, str]:
        """Status and body; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response.status, body

    def wait_for(self, path: str, port: int) -> None:
        """Until somebody answers there."""
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError):
                self.get(path, port)
                return
        raise AssertionError(f"nobody answers at {port}")

    def samples(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """Every number of the page."""
        status, body = self.get("/metrics", self.metrics_port)
        assert status == 200
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(body)
            for sample in family.samples
        }

    def number(self, name: str, **labels: str) -> float:
        return self.samples().get((name, frozenset(labels.items())), 0.0)


@pytest.fixture(scope="module")
def served(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two workers and the exporter, on free ports."""
    port, metrics_port = free_port(), free_port()
    temporary = tmp_path_factory.mktemp("counts")
    environment = os.environ | {
        "CERTUS_DATABASE_URL": config.database_url,
        "CERTUS_SECRET_KEY": config.secret_key,
        "PORT": str(port),
        "CERTUS_METRICS_PORT": str(metrics_port),
        "CERTUS_LOG_LEVEL": "ERROR",
        "TMPDIR": str(temporary),
    }
    environment.pop("CERTUS_OWNER_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:create_app()"], cwd=CHECKOUT, env=environment
    )
    served = Served(process, port, metrics_port, temporary)
    served.wait_for("/healthz", port)
    served.wait_for("/metrics", metrics_port)
    yield served
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def workers(served: Served) -> list[psutil.Process]:
    children = psutil.Process(served.process.pid).children()
    return [child for child in children if "certus_admin.exporter" not in " ".join(child.cmdline())]


def test_requests_of_all_workers_are_counted_whole(served: Served) -> None:
    labels = {"method": "GET", "route": "/login", "status": "200"}
    before = served.number("certus_http_requests_total", **labels)
    for _ in range(60):
        assert served.get("/login")[0] == 200
    assert len(workers(served)) == 2
    assert served.number("certus_http_requests_total", **labels) == before + 60
    assert served.number("certus_http_request_seconds_count", route="/login") == before + 60


def test_what_a_worker_counted_outlives_it_and_its_connections_do_not(served: Served) -> None:
    for _ in range(20):
        served.get("/healthz")
    labels = {"method": "GET", "route": "/healthz", "status": "200"}
    counted = served.number("certus_http_requests_total", **labels)
    assert counted >= 20
    assert served.number("certus_database_pool_open") >= 1
    killed = workers(served)
    for worker in killed:
        worker.kill()
    psutil.wait_procs(killed, 20)
    deadline = time.monotonic() + 30
    while served.number("certus_database_pool_open") > 0 and time.monotonic() < deadline:
        served.process.poll()
    assert served.number("certus_database_pool_open") == 0
    assert served.number("certus_http_requests_total", **labels) == counted
    served.get("/healthz")
    assert served.number("certus_http_requests_total", **labels) == counted + 1


def test_unknown_addresses_and_methods_are_one_label_each(served: Served) -> None:
    guest = uuid4().hex
    for path in (f"/nowhere/{guest}", f"/calls/{guest}", f"/{guest}?phone=5550142", "/metrics/x"):
        served.get(path, Accept="application/json")
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.request("BREW", f"/{guest}")
    connection.getresponse().read()
    connection.close()
    labels = {(name, value) for _, pairs in served.samples() for name, value in pairs}
    assert ("route", "unmatched") in labels
    assert ("method", "other") in labels
    assert not any(guest in value or "555" in value for _, value in labels)


def test_labels_are_routes_methods_statuses_and_bounds_alone(served: Served) -> None:
    served.get("/calls/ca110000-0000-7000-8000-000000000001")
    names = {name for _, pairs in served.samples() for name, _ in pairs}
    assert names == {"method", "route", "status", "le"}
    routes = {dict(pairs)["route"] for _, pairs in served.samples() if "route" in dict(pairs)}
    assert "/calls/<uuid:call_id>" in routes
    assert not any("ca110000" in route for route in routes)


def test_the_databases_figures_are_among_them(served: Served, database: Database) -> None:
    before = served.samples()
    alone: frozenset[tuple[str, str]] = frozenset()
    assert before["certus_database_up", alone] == 1
    assert before["certus_metrics_age_seconds", alone] >= 0
    assert before["certus_metrics_refresh_failing", alone] == 0
    with database.owner(autocommit=True) as owner:
        owner.execute(
            """insert into private.metrics_refreshes (started_at, finished_at, error_code, error)
            values (now(), now(), '22000', 'no')"""
        )
    after = served.samples()
    failures = ("certus_metrics_refresh_failures", alone)
    assert after[failures] == before[failures] + 1
    assert after["certus_metrics_refresh_failing", alone] == 1
    assert ("certus_calls_unknown_status", alone) in after


def test_a_database_that_is_away_is_a_number_and_no_failure(served: Served, database: Database) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        superuser.execute("alter role certus_app nologin")
        try:
            found = served.samples()
        finally:
            superuser.execute("alter role certus_app login")
    assert found["certus_database_up", frozenset()] == 0
    assert any(name == "certus_http_requests_total" for name, _ in found)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/health/metrics"])
def test_the_public_port_has_no_metrics(served: Served, path: str) -> None:
    assert "certus_http" not in served.get(path)[1]
    status, _ = served.get(path, Accept="application/json")
    assert status in (401, 404)


def test_the_metrics_port_has_nothing_else_and_listens_on_loopback_alone(served: Served) -> None:
    for path in ("/", "/login", "/metrics/", "/static/img/mark.svg"):
        assert served.get(path, served.metrics_port)[0] == 404
    listening = {
        socket.laddr.ip
        for socket in psutil.net_connections("inet")
        if socket.status == psutil.CONN_LISTEN and socket.laddr.port == served.metrics_port
    }
    assert listening == {"127.0.0.1"}


def test_a_name_that_is_none_of_loopback_gets_nothing(served: Served) -> None:
    for host in ("evil.example", f"evil.example:{served.metrics_port}", ""):
        assert served.get("/metrics", served.metrics_port, Host=host)[0] == 404
    assert served.get("/metrics", served.metrics_port, Host=f"localhost:{served.metrics_port}")[0] == 200


def test_the_exporter_goes_with_gunicorn(served: Served) -> None:
    children = psutil.Process(served.process.pid).children(recursive=True)
    assert any("certus_admin.exporter" in " ".join(child.cmdline()) for child in children)
    served.process.send_signal(signal.SIGTERM)
    served.process.wait(30)
    gone, alive = psutil.wait_procs(children, 20)
    assert alive == []
    assert len(gone) >= 3


def test_the_metrics_are_a_thousand_above_the_pages_unless_said() -> None:
    assert default_metrics_port(8000) == 9000
    assert default_metrics_port(65000) == 0
