"""An export over real sockets: readers that leave or fall asleep, databases that go away half way."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask

from certus_admin.database import Caller, acting_as
from certus_admin.queries import exports
from certus_admin.queries.export_columns import CALL_EXPORT
from certus_admin.queries.reach import Query
from certus_admin.queries.scope import Scope
from certus_admin.readers import SECONDS_ASLEEP, while_reading
from tests.fixtures.database import Database
from tests.fixtures.served import Gunicorn
from tests.made_calls import make_calls
from tests.sql.asking import PEOPLE

EXPORT = "/calls/export.csv"
# More than all the buffers of sockets on the way can hold, so that a reader who stops stops the database.
SUMMARY = 60_000
STATEMENTS = """select pid from pg_stat_activity
where datname = current_database() and usename = 'certus_app' and state = 'active'
    and (query like 'copy (%%' or wait_event_type = 'Lock') and query like %s"""
CONNECTIONS = """select count(*) from pg_stat_activity
where datname = current_database() and usename = 'certus_app' and state <> 'idle'"""


@pytest.fixture(scope="module", autouse=True)
def long_calls(database: Database) -> None:
    """Hundreds of calls with summaries that fill a file of tens of megabytes."""
    make_calls(database, "transfers ", 200)
    with database.owner() as owner:
        owner.execute(
            "update public.call_logs set summary_md = repeat('word ', %s) where provider_call_id like %s",
            [SUMMARY // 5, "transfers %"],
        )


@pytest.fixture(scope="module")
def cookie(gunicorn: Gunicorn) -> str:
    """An admin's, who sees every call."""
    return gunicorn.sign_in("admin")


@pytest.fixture
def watcher(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Sees what the app's connections do."""
    with database.superuser(autocommit=True) as connection:
        yield connection


def until(watcher: psycopg.Connection[Any], question: str, wanted: Any, *values: Any) -> None:
    """Ask again until the answer is as wanted."""
    deadline = time.monotonic() + 20
    while (found := watcher.execute(question.encode(), values).fetchone()) != wanted:
        assert time.monotonic() < deadline, f"still {found}"


def export_of(watcher: psycopg.Connection[Any], like: str = "copy (%") -> int:
    """The process of the export that runs just now."""
    deadline = time.monotonic() + 20
    while True:
        found = watcher.execute(STATEMENTS.encode(), [like]).fetchone()
        if found is not None:
            return int(found[0])
        assert time.monotonic() < deadline, "no export runs"


def whole(gunicorn: Gunicorn, cookie: str) -> None:
    """An export arrives with as many lines as it promised."""
    connection, answer = gunicorn.ask(EXPORT, cookie)
    assert answer.status == 200
    assert answer.read().count(b"\n") - 1 == int(answer.getheader("X-Row-Count") or 0) > 1000
    connection.close()


def test_a_reader_who_leaves_half_way_ends_the_statement_and_frees_the_connection(
    gunicorn: Gunicorn, cookie: str, watcher: psycopg.Connection[Any]
) -> None:
    # As many as run at once, and one more: each must have given its place back.
    for _ in range(exports.AT_ONCE + 1):
        connection, answer = gunicorn.ask(EXPORT, cookie)
        answer.read(1000)
        export_of(watcher)
        answer.close()
        connection.close()
        until(watcher, CONNECTIONS, (0,))
    whole(gunicorn, cookie)


def test_a_reader_who_leaves_before_the_first_byte_ends_the_statement(
    gunicorn: Gunicorn, cookie: str, database: Database, watcher: psycopg.Connection[Any]
) -> None:
    with database.owner() as owner:
        owner.execute("lock table public.call_logs in access exclusive mode")
        reader = socket.create_connection(("127.0.0.1", gunicorn.port))
        request = f"GET {EXPORT} HTTP/1.1\r\nHost: 127.0.0.1:{gunicorn.port}\r\nCookie: {cookie}\r\n\r\n"
        reader.sendall(request.encode())
        waiting = export_of(watcher, "%count(%")
        reader.close()
        # Well before lock_timeout would have ended it, which is 2 seconds.
        until(
            watcher,
            "select count(*) from pg_stat_activity where pid = %s and state = 'active'",
            (0,),
            waiting,
        )
        owner.rollback()
    whole(gunicorn, cookie)


def test_a_fault_half_way_breaks_the_transfer(
    gunicorn: Gunicorn, cookie: str, watcher: psycopg.Connection[Any]
) -> None:
    connection, answer = gunicorn.ask(EXPORT, cookie)
    answer.read(1000)
    watcher.execute("select pg_terminate_backend(%s)", [export_of(watcher)])
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        answer.read()
    connection.close()
    whole(gunicorn, cookie)


def test_a_file_is_sent_in_chunks_whose_end_is_marked(gunicorn: Gunicorn, cookie: str) -> None:
    connection, answer = gunicorn.ask(EXPORT, cookie)
    assert answer.getheader("Transfer-Encoding") == "chunked"
    assert answer.getheader("Content-Encoding") is None
    connection.close()


def test_a_file_with_other_lines_than_promised_is_not_ended(app: Flask) -> None:
    with app.app_context(), acting_as(Caller(PEOPLE["admin"])):
        opened = exports.open_export(CALL_EXPORT, Query(Scope(everything=True)), {})
        opened.row_count += 1
        with pytest.raises(exports.BrokenExportError):
            list(opened.chunks())


def test_a_reader_who_hangs_up_is_noticed_at_once() -> None:
    server, reader = socket.socketpair()
    left = threading.Event()
    with server, while_reading(server, left.set):
        reader.close()
        assert left.wait(20)


def test_a_reader_who_stays_is_left_alone_and_may_not_fall_asleep() -> None:
    server, reader = socket.socketpair()
    left = threading.Event()
    with server, reader:
        with while_reading(server, left.set):
            reader.sendall(b"the next request")
            assert server.gettimeout() == SECONDS_ASLEEP
        assert not left.is_set()
        assert server.recv(100) == b"the next request"
