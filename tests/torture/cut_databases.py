"""Databases of a server, each for one command that is cut off."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import LiteralString

import psycopg
from psycopg import sql

from certus_admin.config import CHECKOUT
from certus_admin.drift import CatalogueError, compare, expected_catalogue, live_catalogue
from certus_admin.embedded_identity import OWNER
from tests.torture.ground import Ground

Counts = tuple[int, ...]
Process = subprocess.Popen[bytes]
CALLS: LiteralString = """with found as (select c.account_id, c.id from public.call_logs c where {})
select (select count(*) from found), (select count(*) from public.order_logs o join found f
    on f.account_id = o.account_id and f.id = o.call_id),
    (select count(*) from public.reservations r join found f
    on f.account_id = r.account_id and f.id = r.call_id)"""
BACKENDS = """select count(*) from pg_stat_activity
where datname = %s and backend_type = 'client backend' and application_name like 'flask %%'"""
SECONDS, EVERY = 120, 0.01


class Databases:
    """Databases of this server, each for one command."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.ground, self.folder = ground, folder
        self.making = Lock()

    def url(self, name: str, whose: str) -> str:
        """The address of one, in the name of the owner, the app or the superuser."""
        return f"{getattr(self.ground.database, whose).rpartition('/')[0]}/{name}"

    def order(self, statement: sql.Composed) -> None:
        """Run a statement as the superuser, outside of a transaction."""
        url = self.url("postgres", "superuser_database_url")
        with psycopg.connect(url, autocommit=True) as superuser:
            superuser.execute(statement)

    def make(self, name: str, template: str) -> None:
        """A copy of another one."""
        statement = sql.SQL("create database {} template {} owner {}")
        with self.making:  # a template has no other reader
            self.order(statement.format(*map(sql.Identifier, (name, template, OWNER))))

    def drop(self, name: str) -> None:
        """Whoever still is in there is ended."""
        self.order(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def start(self, name: str, command: Sequence[str]) -> Process:
        """`flask command` on this database, with a folder of its own for files."""
        environ = self.ground.environ | {
            "CERTUS_VAR": str(self.folder / name),
            "CERTUS_DATABASE_URL": self.url(name, "database_url"),
            "CERTUS_OWNER_DATABASE_URL": self.url(name, "owner_database_url"),
            "CERTUS_SECRET_KEY": "of-no-use-to-anybody-outside-this-database",
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
        return subprocess.Popen(
            flask, cwd=CHECKOUT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait(self, name: str, until: Callable[[int], bool], process: Process) -> None:
        """Until so many are connected, or the process is over; RuntimeError after SECONDS."""
        end = time.monotonic() + SECONDS
        url = self.url("postgres", "superuser_database_url")
        with psycopg.connect(url, autocommit=True) as superuser:
            while not until(*superuser.execute(BACKENDS, [name]).fetchone() or (0,)):
                if time.monotonic() > end:
                    raise RuntimeError(f"{process.args!r:.300} takes longer than {SECONDS} s")
                if process.poll() is not None and not until(0):
                    return
                time.sleep(EVERY)

    def is_as_files_make_it(self, name: str) -> bool:
        """Whether everything is there as the files make it."""
        try:
            return not compare(
                expected_catalogue(), live_catalogue(self.url(name, "owner_database_url"))
            ).changes
        except CatalogueError:
            return False

    def count(self, name: str, which: LiteralString | None) -> Counts:
        """Calls, orders and reservations of a command."""
        if which is None:
            return ()
        with psycopg.connect(self.url(name, "owner_database_url")) as owner:
            (row,) = owner.execute(sql.SQL(CALLS).format(sql.SQL(which))).fetchall()
            return tuple(row)
