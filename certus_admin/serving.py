"""The supervisor behind `flask serve`: database, metrics and web server, started and stopped as one."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType
from typing import LiteralString

import click
import psutil
import psycopg

from certus_admin import embedded
from certus_admin.apply import apply_files, enable_app_role, file_states
from certus_admin.config import CHECKOUT, Config
from certus_admin.embedded_identity import is_free
from certus_admin.owner import owner_database

REFRESH_EVERY = "30s"
SECONDS_TO_ANSWER = 60
SECONDS_TO_STOP = 15
DEMO_PEOPLE = ("admin@certus.example", "manager@certus.example", "operator@certus.example")

HAS_REFRESH_JOB = (
    "select exists (select from cron.job where active and command like '%private.update_metrics%')"
)


def serve(config: Config) -> None:
    """Bring everything up, print where it is, and stay until SIGINT or SIGTERM; then stop all of it in order.

    Raises ClickException when the port is taken, or when the web server ends by itself.
    """
    if not is_free(config.port):
        raise click.ClickException(f"Port {config.port} is taken: choose another one with PORT=8001 make run")
    Supervisor(config).run()


class Supervisor:
    """The processes of one running back office."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.stopping = False
        self.database: embedded.EmbeddedServer | None = None
        self.web: subprocess.Popen[bytes] | None = None
        self.refresher: subprocess.Popen[bytes] | None = None
        self.refreshes = False

    def run(self) -> None:
        """Start, watch, stop. Also stops what has started when something on the way fails."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._leave)
        try:
            self._prepare()
            self._start_children()
            self._announce()
            while not self.stopping:
                time.sleep(0.5)
                self._watch()
        finally:
            self._stop()

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _prepare(self) -> None:
        """The database is up, its SQL applied, and demo data in it where it is embedded and empty."""
        if self.config.embedded:
            self.database = embedded.start(self.config.var)
        elif self.config.owner_database_url is None:
            return
        with owner_database(self.config) as owner_url:
            if any(state.state != "applied" for state in file_states(owner_url)):
                apply_files(owner_url, click.echo)
            done = enable_app_role(owner_url, self.config.database_url)
            if done:
                click.echo(done)
            if self.config.embedded and _is_empty(owner_url):
                self._seed()
            self.refreshes = not _has_cron(owner_url)

    def _seed(self) -> None:
        """Demo data, unless Ctrl-C comes first; what is half done is rolled back."""
        seeding = _flask("seed", "demo")
        while seeding.poll() is None and not self.stopping:
            time.sleep(0.2)
        _end(seeding)
        if seeding.returncode != 0 and not self.stopping:
            raise click.ClickException("The demo data could not be made; the lines above say why.")

    def _start_children(self) -> None:
        if self.stopping:
            return
        if self.refreshes:
            self.refresher = _flask("metrics", "refresh", "--every", REFRESH_EVERY)
        self.web = _child(
            "gunicorn", "--no-control-socket", "--bind", f"127.0.0.1:{self.config.port}", "wsgi:create_app()"
        )

    def _announce(self) -> None:
        """Wait until the pages answer, then say where, and who may sign in."""
        address = f"http://127.0.0.1:{self.config.port}"
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not self.stopping and not _answers(f"{address}/healthz"):
            self._watch()
            if time.monotonic() > deadline:
                raise click.ClickException(f"{address}/healthz does not answer; the lines above say why.")
            time.sleep(0.1)
        if self.stopping:
            return
        click.echo(f"\nThe back office answers at {self.config.public_url}   (Ctrl-C stops it)")
        if self.config.embedded and self._has_demo_people():
            click.echo(f"Sign in as {', '.join(DEMO_PEOPLE)}; the password is certus-demo\n")

    def _has_demo_people(self) -> bool:
        with owner_database(self.config) as owner_url:
            return _ask(
                owner_url, "select exists (select from public.users where email = %s)", [DEMO_PEOPLE[0]]
            )

    def _watch(self) -> None:
        """Start again what may be started again; a web server that ends by itself ends all."""
        if self.web is not None and self.web.poll() is not None and not self.stopping:
            raise click.ClickException(f"The web server ended by itself (exit code {self.web.returncode}).")
        if self.database is not None and not psutil.pid_exists(self.database.pid) and not self.stopping:
            click.echo("The embedded database is gone; starting it again.", err=True)
            self.database.stop()
            self.database = embedded.start(self.config.var)
        if self.refresher is not None and self.refresher.poll() is not None and not self.stopping:
            click.echo("The metrics refresher is gone; starting it again.", err=True)
            self.refresher = _flask("metrics", "refresh", "--every", REFRESH_EVERY)

    def _stop(self) -> None:
        """Pages first, so that none is cut off; the database last."""
        for child in (self.web, self.refresher):
            if child is not None:
                _end(child)
        if self.database is not None:
            self.database.stop()


def _child(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own: Ctrl-C reaches the supervisor, which stops all in order."""
    return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=CHECKOUT, start_new_session=True)


def _flask(*arguments: str) -> subprocess.Popen[bytes]:
    return _child("flask", "--app", "wsgi", *arguments)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address, on loopback  # nosec B310
            return True
    except urllib.error.HTTPError:
        return True  # it answers, even if it says that metrics are old
    except OSError:
        return False


def _is_empty(owner_url: str) -> bool:
    return not _ask(
        owner_url, "select exists (select from public.users) or exists (select from public.accounts)"
    )


def _has_cron(owner_url: str) -> bool:
    try:
        return _ask(owner_url, HAS_REFRESH_JOB)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return False


def _ask(owner_url: str, question: LiteralString, values: list[str] | None = None) -> bool:
    with psycopg.connect(owner_url, application_name="flask serve") as connection:
        row = connection.execute(question, values).fetchone()
        return bool(row and row[0])
