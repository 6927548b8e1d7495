"""What parts stand on: an embedded database of their own with the demo, and gunicorn in front of it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.served import Server, serving
from certus_admin import embedded
from certus_admin.config import CHECKOUT
from certus_admin.embedded import EmbeddedServer


@dataclass(frozen=True)
class Ground:
    """A database, the environment that leads there, and gunicorn's log (both its outputs) in `log`."""

    database: EmbeddedServer
    environ: dict[str, str]
    var: Path
    log: Path

    def flask(self, *command: str) -> str:
        """What a command of ours prints. Raises CalledProcessError where it fails."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=CHECKOUT,
            env=self.environ,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    @contextmanager
    def serving(self, workers: int = 2, environ: Mapping[str, str] | None = None) -> Iterator[Server]:
        """gunicorn.conf.py's server; `benchmarks.served.Server` signs the demo's people in."""
        with self.log.open("ab") as log, serving(self.environ | dict(environ or {}), workers, log) as server:
            yield server


@contextmanager
def standing(
    settings: Mapping[str, str] | None = None, environ: Mapping[str, str] | None = None, bulk_calls: int = 0
) -> Iterator[Ground]:
    """A database with the demo (and so many bulk calls) in a temporary folder; nothing is left afterwards.

    `settings` go to postgresql.conf, `environ` to every command and server.
    """
    with tempfile.TemporaryDirectory(prefix="certus-torture-", ignore_cleanup_errors=True) as folder:
        own = {name: value for name, value in os.environ.items() if not name.startswith("CERTUS_")}
        own |= {"CERTUS_VAR": folder, "CERTUS_METRICS_PORT": "0", **(environ or {})}
        server = embedded.start(Path(folder), settings=settings)
        try:
            ground = Ground(server, own, Path(folder), Path(folder) / "served.log")
            ground.flask("db", "apply")
            ground.flask("seed", "demo")
            if bulk_calls:
                ground.flask("seed", "bulk", "--calls", str(bulk_calls), "--people")
            yield ground
        finally:
            server.stop()
