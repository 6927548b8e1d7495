"""The embedded PostgreSQL starts, is shared, survives a kill and a reboot, and leaves nothing behind."""

import os
import shutil
import signal
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from certus_admin import embedded
from certus_admin.cluster import SYSTEM_STATE, ordinary_user, packaged_binaries
from certus_admin.embedded_identity import is_free, recall, remembered_urls

Answer = tuple[object, ...]


@pytest.fixture
def var() -> Iterator[Path]:
    """A state folder where also the ordinary user that PostgreSQL runs as can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="certus-embedded-"))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def server(var: Path) -> Iterator[embedded.EmbeddedServer]:
    server = embedded.start(var, settings={"fsync": "off"})
    yield server
    server.stop()
    assert not psutil.pid_exists(server.pid)


def ask(url: str, question: str) -> Answer:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return row


def test_it_is_postgresql_18_owned_by_no_superuser(server: embedded.EmbeddedServer):
    version, is_superuser, checksums, encoding, upper = ask(
        server.owner_database_url,
        """select current_setting('server_version_num')::int / 10000, rolsuper,
        current_setting('data_checksums'), current_setting('server_encoding'), upper('é')
        from pg_roles where rolname = current_user""",
    )
    assert (version, is_superuser, checksums, encoding, upper) == (18, False, "on", "UTF8", "É")


def test_its_urls_are_known_without_starting_it(server: embedded.EmbeddedServer, var: Path):
    assert remembered_urls(var) == (server.database_url, server.owner_database_url)


def test_it_answers_on_loopback_and_never_without_a_password(server: embedded.EmbeddedServer, var: Path):
    addresses = {
        connection.laddr.ip
        for connection in psutil.Process(server.pid).net_connections(kind="all")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}
    port = recall(var).port
    assert port < 32768
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/certus")


def test_passwords_and_data_are_for_nobody_else(server: embedded.EmbeddedServer, var: Path):
    assert stat.S_IMODE((var / "embedded.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.place.data.stat().st_mode) == 0o700
    assert not list(server.place.home.glob(".password"))
    assert var.stat().st_mode & 0o066 == 0


def test_it_never_runs_as_root(server: embedded.EmbeddedServer):
    assert psutil.Process(server.pid).uids().effective != 0
    assert server.place.data.stat().st_uid == psutil.Process(server.pid).uids().effective


def test_the_last_user_stops_it(server: embedded.EmbeddedServer, var: Path):
    second = embedded.start(var)
    assert second.pid == server.pid
    server.stop()
    assert psutil.pid_exists(second.pid)
    second.stop()
    assert not psutil.pid_exists(second.pid)
    second.stop()


def test_two_that_start_at_once_share_one_server(var: Path):
    servers: list[embedded.EmbeddedServer] = []
    starters = [threading.Thread(target=lambda: servers.append(embedded.start(var))) for _ in range(2)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert servers[0].pid == servers[1].pid
    for server in servers:
        server.stop()
    assert not psutil.pid_exists(servers[0].pid)


def test_after_a_kill_it_starts_again_with_its_data(var: Path):
    server = embedded.start(var)
    with psycopg.connect(server.owner_database_url) as connection:
        connection.execute("create table kept as select 7 as number")
    os.kill(server.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(server.pid)] if psutil.pid_exists(server.pid) else [], timeout=10)
    again = embedded.start(var)
    assert again.pid != server.pid
    assert ask(again.owner_database_url, "select number from kept") == (7,)
    server.stop()
    again.stop()
    assert not psutil.pid_exists(again.pid)


def test_a_stale_process_id_of_somebody_else_is_no_server(var: Path):
    server = embedded.start(var)
    server.stop()
    lines = f"{os.getpid()}\n{server.place.data}\n1\n1\n\n127.0.0.1\n1 1\nready\n"
    (server.place.data / "postmaster.pid").write_text(lines)
    again = embedded.start(var)
    assert again.pid != os.getpid()
    assert ask(again.owner_database_url, "select 1") == (1,)
    again.stop()


def test_it_moves_to_another_port_when_its_own_is_taken(var: Path):
    port = recall(var).port
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        assert not is_free(port)
        server = embedded.start(var)
        assert recall(var).port != port
        assert ask(server.owner_database_url, "select 1") == (1,)
        server.stop()


def test_under_a_closed_folder_data_and_programs_live_elsewhere():
    if os.geteuid() != 0:
        assert ordinary_user() is None  # PostgreSQL runs as ourselves, and reaches whatever we reach
        return
    closed = Path(tempfile.mkdtemp(prefix="certus-closed-"))
    packaged = packaged_binaries().parent
    package, libraries = packaged.parent, packaged.parent.with_name(f"{packaged.parent.name}.libs")
    shutil.copytree(packaged, closed / package.name / packaged.name)
    shutil.copytree(libraries, closed / libraries.name)
    binaries = closed / package.name / packaged.name / "bin"
    server = embedded.start(closed / "var", binaries)
    try:
        assert server.place.home.is_relative_to(SYSTEM_STATE)
        assert server.place.binaries.is_relative_to(server.place.home)
        assert stat.S_IMODE(server.place.home.stat().st_mode) == 0o700
        assert ask(server.owner_database_url, "select 1") == (1,)
        server.stop()
        again = embedded.start(closed / "var", binaries)
        assert again.place.home == server.place.home
        again.stop()
    finally:
        shutil.rmtree(server.place.home)
        shutil.rmtree(closed)


def test_data_of_another_version_is_refused(var: Path):
    server = embedded.start(var)
    server.stop()
    (server.place.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(
        embedded.EmbeddedError, match="made by PostgreSQL 17, these programs are PostgreSQL 18"
    ):
        embedded.start(var)


def test_a_server_that_cannot_start_says_why(var: Path):
    with pytest.raises(embedded.EmbeddedError, match="no_such_setting"):
        embedded.start(var, settings={"no_such_setting": "on"})
