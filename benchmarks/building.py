"""The database of a run: embedded, of its own, grown by `flask seed bulk` to one size after the other."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psycopg

from certus_admin import embedded
from certus_admin.config import CHECKOUT
from certus_admin.embedded import EmbeddedServer


@dataclass(frozen=True)
class Grown:
    """What one `flask seed bulk` did, in its own words and by the clock."""

    calls: int
    said: str
    calls_a_second: int
    seconds: float


@dataclass
class Building:
    """The running server and how to add to it."""

    server: EmbeddedServer
    environ: Mapping[str, str]
    calls: int = 0

    def grow(self, calls: int) -> Grown:
        """Add bulk calls until there are `calls`; then vacuum, so that no autovacuum falls into a timing."""
        began, added = perf_counter(), calls - self.calls
        said = self._flask("seed", "bulk", "--calls", str(added), "--people", "--seed", str(calls))
        line = next(line for line in said.splitlines() if line.startswith("Loaded "))
        self.calls = calls
        with psycopg.connect(self.server.owner_database_url, autocommit=True) as connection:
            connection.execute("vacuum (analyze)")
        with psycopg.connect(self.server.superuser_database_url, autocommit=True) as connection:
            connection.execute("checkpoint")
        rate = int(line.split(": ")[1].split(" a second")[0].replace(",", ""))
        return Grown(added, line, rate, perf_counter() - began)

    def _flask(self, *command: str) -> str:
        """Run a command of ours; its progress bar goes to the terminal when that is one."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=CHECKOUT,
            env=dict(self.environ),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout


@contextmanager
def built(environ: Mapping[str, str] = os.environ) -> Iterator[Building]:
    """An embedded database with the demo in a temporary folder; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="certus-bench-", ignore_cleanup_errors=True) as folder:
        own = dict(environ) | {"CERTUS_VAR": folder, "CERTUS_LOG_LEVEL": "WARNING"}
        for name in ("CERTUS_DATABASE_URL", "CERTUS_OWNER_DATABASE_URL"):
            own.pop(name, None)
        server = embedded.start(Path(folder))
        try:
            building = Building(server, own)
            building._flask("db", "apply")
            building._flask("seed", "demo")
            yield building
        finally:
            server.stop()
