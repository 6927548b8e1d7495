"""An embedded PostgreSQL: started, shared and stopped by the commands that use it.

It listens on loopback TCP alone. Every process that uses it holds a shared lock; whoever lets go last stops
the server, and the kernel lets go for a process that was killed, so that a crash never leaves a server that
nobody may stop.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from certus_admin.cluster import (
    SUPERUSER,
    EmbeddedError,
    Place,
    configure_cluster,
    find_place,
    make_cluster,
    programs_version,
)
from certus_admin.embedded_identity import (
    APP,
    DATABASE,
    OWNER,
    Identity,
    free_port,
    is_free,
    recall,
    remember,
)
from certus_admin.private_files import make_private_folder

__all__ = ["EmbeddedError", "EmbeddedServer", "start"]

START_ATTEMPTS = 5
# After kill -9 the old server's children hold its shared memory for a moment; a port may be taken just now.
PASSING_FAULTS = ("shared memory block", "Address already in use")


@dataclass
class EmbeddedServer:
    """A running server. URLs are in libpq's form; `pid` is the postmaster's."""

    database_url: str = field(repr=False)
    owner_database_url: str = field(repr=False)
    superuser_database_url: str = field(repr=False)
    pid: int
    place: Place = field(repr=False)
    var: Path
    users_lock: int | None = field(repr=False)

    def stop(self) -> None:
        """Let go of the server, and stop it when no other process uses it. Does nothing the second time."""
        lock, self.users_lock = self.users_lock, None
        if lock is None:
            return
        with _starting(self.var):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still uses it
            else:
                _stop_postmaster(self.place)
            finally:
                os.close(lock)


def start(
    var: Path, binaries: Path | None = None, settings: Mapping[str, str] | None = None
) -> EmbeddedServer:
    """Start the server whose state is in `var`, or join the one that runs; make the cluster at first start.

    `binaries` are another PostgreSQL's programs, `settings` go to its postgresql.conf. Blocks while another
    process starts or stops the same server. Raises EmbeddedError, with the server's own words, when it fails.
    """
    var = var.resolve()
    make_private_folder(var)
    with _starting(var):
        identity = recall(var)
        place = find_place(var, binaries, identity.home)
        if place.home.parent != var:  # a home inside `var` moves with it
            identity = remember(var, replace(identity, home=str(place.home)))
        if not (place.data / "PG_VERSION").exists():
            make_cluster(place, identity.superuser_password)
        _refuse_other_version(place)
        identity = _start_postmaster(var, identity, place, settings or {})
        _make_owner_and_database(identity)
        pid = _running_postmaster(place.data)
        if pid is None:
            raise EmbeddedError(f"The embedded database stopped at once; its log is in {place.data / 'log'}.")
        return EmbeddedServer(
            database_url=identity.url(APP, identity.app_password),
            owner_database_url=identity.url(OWNER, identity.owner_password),
            superuser_database_url=identity.url(SUPERUSER, identity.superuser_password),
            pid=pid,
            place=place,
            var=var,
            users_lock=_lock(var / "embedded.users", fcntl.LOCK_SH),
        )


@contextmanager
def _starting(var: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    lock = _lock(var / "embedded.lock", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


def _lock(path: Path, kind: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, kind)
    return descriptor


def _running_postmaster(data: Path) -> int | None:
    """The server's process id, None when it does not run.

    A process id left in a stale postmaster.pid may belong to anybody by now: it counts only when that process
    was started on this very data folder.
    """
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = psutil.Process(pid).cmdline()
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return None
    return pid if str(data) in command else None


def _start_postmaster(var: Path, identity: Identity, place: Place, settings: Mapping[str, str]) -> Identity:
    if _running_postmaster(place.data) is not None:
        return identity
    for attempt in range(START_ATTEMPTS):
        # PostgreSQL trusts a stale file as long as any process of its user has that number.
        (place.data / "postmaster.pid").unlink(missing_ok=True)
        if not is_free(identity.port):
            identity = remember(var, replace(identity, port=free_port()))
        configure_cluster(place, identity.port, settings)
        log = place.home / "start.log"
        log.unlink(missing_ok=True)
        result = place.run(
            "pg_ctl", "start", f"--pgdata={place.data}", f"--log={log}", "--wait", "--timeout=60"
        )
        if result.returncode == 0:
            return identity
        words = log.read_text(errors="replace").strip() if log.exists() else result.stderr.strip()
        if not any(fault in words for fault in PASSING_FAULTS):
            break
        time.sleep(attempt)
    raise EmbeddedError(f"The embedded database does not start:\n{words}")


def _stop_postmaster(place: Place) -> None:
    pid = _running_postmaster(place.data)
    if pid is not None:
        _must(place, "pg_ctl", "stop", f"--pgdata={place.data}", "--mode=fast", "--wait")
        with suppress(psutil.Error):
            psutil.Process(pid).wait(5)  # pg_ctl waits for its file to go, which is a moment earlier


def _refuse_other_version(place: Place) -> None:
    data_version = int((place.data / "PG_VERSION").read_text())
    version = programs_version(place)
    if data_version != version:
        raise EmbeddedError(
            f"{place.data} was made by PostgreSQL {data_version}, these programs are PostgreSQL {version}: "
            f"move the data with pg_dump, or remove the folder {place.home} to begin anew."
        )


def _make_owner_and_database(identity: Identity) -> None:
    """Also completes a start that was interrupted.

    The owner is no superuser, so that the SQL is tried as on a hosted database.
    """
    url = identity.url(SUPERUSER, identity.superuser_password, "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("select from pg_roles where rolname = %s", [OWNER]).fetchone() is None:
            verifier = connection.pgconn.encrypt_password(
                identity.owner_password.encode(), OWNER.encode(), b"scram-sha-256"
            )
            connection.execute(
                sql.SQL("create role {} login createrole password {}").format(
                    sql.Identifier(OWNER), sql.Literal(verifier.decode())
                )
            )
        # What the page about health shows of others' sessions, as on a hosted database.
        connection.execute(sql.SQL("grant pg_read_all_stats to {}").format(sql.Identifier(OWNER)))
        if connection.execute("select from pg_database where datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(
                sql.SQL("create database {} owner {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )


def _must(place: Place, program: str, *arguments: str) -> None:
    result = place.run(program, *arguments)
    if result.returncode != 0:
        raise EmbeddedError(f"{program} failed:\n{result.stderr.strip()}")
