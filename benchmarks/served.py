"""A back office to measure from outside: a database with bulk calls, gunicorn, and signed-in readers."""

import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

import psutil

from certus_admin import embedded
from certus_admin.config import CHECKOUT
from certus_admin.embedded_identity import free_port

SECONDS_TO_ANSWER = 60
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@contextmanager
def database(calls: int) -> Iterator[dict[str, str]]:
    """The environment of a database with the demo and `calls` bulk calls, gone at the end.

    With BENCH_VAR the database in that folder is used as it is, and stays.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CERTUS_")}
    environ |= {"CERTUS_LOG_LEVEL": "ERROR", "CERTUS_METRICS_PORT": "0"}
    kept = os.environ.get("BENCH_VAR")
    with tempfile.TemporaryDirectory(prefix="certus-bench-") as folder:
        environ["CERTUS_VAR"] = kept or folder
        server = embedded.start(Path(environ["CERTUS_VAR"]))
        try:
            if not kept:
                for command in (
                    ["db", "apply"],
                    ["seed", "demo"],
                    ["seed", "bulk", "--calls", str(calls), "--share"],
                ):
                    subprocess.run(
                        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
                        cwd=CHECKOUT,
                        env=environ,
                        check=True,
                    )
            yield environ | addresses(server)
        finally:
            server.stop()


def addresses(server: embedded.EmbeddedServer) -> dict[str, str]:
    """The variables by which measuring finds a running database."""
    return {
        "BENCH_OWNER_URL": server.owner_database_url,
        "BENCH_POSTMASTER": str(server.pid),
    }


@dataclass(frozen=True)
class Server:
    """gunicorn on loopback."""

    process: psutil.Popen
    port: int

    def workers(self) -> list[psutil.Process]:
        """Its worker processes."""
        return [
            child
            for child in self.process.children()
            if "certus_admin.exporter" not in " ".join(child.cmdline())
        ]

    def connect(self) -> http.client.HTTPConnection:
        """A connection that is kept open from request to request."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def sign_in(self, person: str) -> dict[str, str]:
        """The headers of one of the demo's people, with what a browser takes."""
        connection = self.connect()
        connection.request("GET", "/login")
        answer = connection.getresponse()
        token = CSRF.search(answer.read().decode())
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        form = {
            "email": f"{person}@certus.example",
            "password": "certus-demo",
            "csrf_token": token[1] if token else "",
        }
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 303:
            raise RuntimeError(f"{person} cannot sign in: {answer.status}")
        return {
            "Cookie": (answer.getheader("Set-Cookie") or "").partition(";")[0],
            "Accept-Encoding": "gzip, br, zstd",
        }


@contextmanager
def serving(environ: dict[str, str], workers: int, log: IO[bytes] | None = None) -> Iterator[Server]:
    """gunicorn.conf.py's server with so many workers; what it says goes to `log`, else to the terminal."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--workers", str(workers), "--log-level", "error"]
    process = psutil.Popen(
        [*command, "wsgi:create_app()"],
        cwd=CHECKOUT,
        env=environ | {"PORT": str(port)},
        stdout=log,
        stderr=log,
    )
    server = Server(process, port)
    try:
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not _answers(server):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("gunicorn does not answer")
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _answers(server: Server) -> bool:
    with suppress(OSError):
        connection = server.connect()
        connection.request("GET", "/healthz")
        return connection.getresponse().status in (200, 503)
    return False
