"""The app behind a real transaction pooler: whole pages, and nothing left behind on its connections."""

import threading
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.rows import namedtuple_row
from sqlalchemy import text

from certus_admin.config import Config
from certus_admin.database import Caller, acting_as, db, engine_options, is_transaction_pooler, own_session
from tests.fixtures.core import MakeApp, Somebody, signed_in_client
from tests.fixtures.database import PEOPLE_PASSWORD, Database
from tests.fixtures.pooler import SERVER_CONNECTIONS, Pooler
from tests.sql.asking import PEOPLE

CALLS = {"operator": 5, "manager": 11, "manager_lyon": 2, "admin": 14}
LEFT_BEHIND = """select pg_backend_pid() as backend, current_user::text as role,
    nullif(current_setting('request.jwt.claims', true), '') as claims,
    (select count(*) from pg_prepared_statements) as prepared,
    (select count(*) from pg_cursors where is_holdable) as cursors,
    current_setting('statement_timeout') as statement_timeout, current_setting('timezone') as timezone"""


@pytest.fixture
def pooled(app_of: MakeApp, config: Config, pooler: Pooler) -> Flask:
    """The application with its database behind the pooler."""
    return app_of(replace(config, database_url=pooler.url))


@pytest.fixture
def bare(database: Database) -> Any:
    """A connection as a new login finds it."""
    with database.app() as connection:
        return connection.execute(LEFT_BEHIND.encode()).fetchone()


def server_connections(pooler: Pooler) -> list[Any]:
    """What lies on each of the pooler's connections to the server: as many transactions at once as it has."""
    with ExitStack() as stack:
        found = []
        for _ in range(SERVER_CONNECTIONS):
            connection = stack.enter_context(psycopg.connect(pooler.url, row_factory=namedtuple_row))
            connection.prepare_threshold = None
            found.append(connection.execute(LEFT_BEHIND.encode()).fetchone())
        assert len({row.backend for row in found}) == SERVER_CONNECTIONS
        return found


def assert_nothing_is_left(pooler: Pooler, bare: Any) -> None:
    for row in server_connections(pooler):
        assert row._replace(backend=0) == bare._replace(backend=0)


def test_pages_are_whole_and_leave_nothing_behind(pooled: Flask, pooler: Pooler, bare: Any) -> None:
    client = signed_in_client(pooled, Somebody(PEOPLE["manager"], "manager@certus.example", PEOPLE_PASSWORD))
    # More often than psycopg needs to prepare a statement.
    for _ in range(8):
        page = client.get("/calls/")
        assert page.status_code == 200
        assert page.text.count("data-row=") == CALLS["manager"]
    for path in ("/", "/orders/", "/analytics/", "/calls/export.csv", "/analytics/metrics.csv"):
        assert client.get(path, buffered=True).status_code == 200, path
    assert_nothing_is_left(pooler, bare)


def test_people_at_once_see_their_own_rows_on_shared_connections(
    pooled: Flask, pooler: Pooler, bare: Any
) -> None:
    seen: list[tuple[str, int, int]] = []

    def ask(who: str) -> None:
        with pooled.app_context():
            for _ in range(12):
                with acting_as(Caller(PEOPLE[who])):
                    row = db.session.execute(
                        text("select count(*), pg_backend_pid() from public.calls_v")
                    ).one()
                    # After a rollback psycopg forgets what it prepared: committed transactions would show it.
                    db.session.commit()
                    seen.append((who, *row))
            db.session.remove()

    threads = [threading.Thread(target=ask, args=(who,)) for who in CALLS for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 12 * len(threads)
    assert {(who, count) for who, count, _ in seen} == set(CALLS.items())
    assert len({backend for _, _, backend in seen}) <= SERVER_CONNECTIONS
    assert_nothing_is_left(pooler, bare)


def test_an_export_reads_through_a_cursor_that_ends_with_its_transaction(
    pooled: Flask, pooler: Pooler, bare: Any
) -> None:
    with pooled.app_context(), acting_as(Caller(PEOPLE["admin"])), own_session() as session:
        rows = session.execute(
            text("select id from public.calls_v"), execution_options={"stream_results": True, "yield_per": 5}
        )
        assert len({row.id for row in rows}) == CALLS["admin"]
    assert_nothing_is_left(pooler, bare)


def test_the_settings_hold_within_a_transaction_and_end_with_it(
    pooled: Flask, pooler: Pooler, bare: Any
) -> None:
    with pooled.app_context(), acting_as(Caller(PEOPLE["operator"])):
        held = db.session.execute(text(LEFT_BEHIND)).one()
        assert (held.role, held.statement_timeout, held.timezone) == ("authenticated", "5s", "UTC")
    assert_nothing_is_left(pooler, bare)


def test_statements_that_were_prepared_would_have_been_found(pooler: Pooler) -> None:
    with psycopg.connect(pooler.url, autocommit=True) as careless:
        careless.prepare_threshold = 0
        careless.execute("select 'careless'")
    found = server_connections(pooler)
    assert sum(row.prepared for row in found) == 1
    with psycopg.connect(pooler.url) as one, psycopg.connect(pooler.url) as other:
        for connection in (one, other):
            connection.prepare_threshold = None
            connection.execute("deallocate all")
    assert sum(row.prepared for row in server_connections(pooler)) == 0


@pytest.mark.parametrize(
    ("url", "pooled"),
    [
        ("postgresql://certus_app.abcdefghijklmnopqrst:x@pooler.example:6543/postgres", True),
        ("postgresql://certus_app.abcdefghijklmnopqrst:x@pooler.example:5432/postgres", True),
        ("postgresql://certus_app:x@db.example:6543/postgres", True),
        ("postgresql://certus_app:x@pgbouncer.example:6432/postgres", True),
        ("postgresql://certus_app:x@db.example:5432/postgres", False),
        ("postgresql://certus_app:x@db.example/postgres", False),
    ],
)
def test_a_pooler_is_known_by_its_port_or_by_the_name_of_the_login(url: str, pooled: bool) -> None:
    assert is_transaction_pooler(url) is pooled
    connect = engine_options(url)["connect_args"]
    assert ("options" in connect) is not pooled
    assert connect.get("prepare_threshold", 5) == (None if pooled else 5)
