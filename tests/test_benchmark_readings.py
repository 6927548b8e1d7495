"""What `make bench` reads: processor time that never falls, few rows at any size, whole answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from benchmarks import export
from benchmarks.reading import ask
from benchmarks.timing import server_seconds
from seeds.bulk import load_bulk
from tests.fixtures.database import Cluster, Database


def test_a_server_process_that_ended_still_counts(cluster: Cluster, database: Database) -> None:
    connection = database.owner()
    connection.execute("select count(*) from generate_series(1, 1000000)")
    backend = psutil.Process(connection.info.backend_pid)
    before = server_seconds(cluster.server.pid)
    assert sum(backend.cpu_times()[:2]) > 0
    connection.close()
    psutil.wait_procs([backend], timeout=10)
    assert server_seconds(cluster.server.pid) >= before


def test_few_rows_are_some_but_not_all(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    name, database = cluster.clone()
    try:
        with database.owner() as connection:
            connection.execute("truncate public.call_logs cascade")
        load_bulk(database.owner_url, 8_000, 20, 1, share=False)
        # As with millions: a day of all calls is more than a few rows, a day of one account is not.
        monkeypatch.setattr(export, "FEW", 10)
        assert "&" in export._few({"BENCH_OWNER_URL": database.owner_url})
        monkeypatch.setattr(export, "FEW", 10_000)
        assert "&" not in export._few({"BENCH_OWNER_URL": database.owner_url})
    finally:
        cluster.drop(name)


class Page(BaseHTTPRequestHandler):
    """Says what was asked for; `/gone` is not there."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"x" * 100_000
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@contextmanager
def answering() -> Iterator[int]:
    """The port of a server of Page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_readers_count_whole_answers() -> None:
    with answering() as port:
        taken = ask(port, "/", {}, 0.3, 3)
    assert len(taken) > 3 * 25  # more than one connection each
    assert all(0 < milliseconds < 300 for milliseconds in taken)


def test_readers_do_not_count_a_page_that_is_not_there() -> None:
    with answering() as port, pytest.raises(RuntimeError, match="/gone answers 404"):
        ask(port, "/gone", {}, 0.3, 3)
