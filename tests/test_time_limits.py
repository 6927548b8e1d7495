"""What takes too long ends: a statement, a wait for a lock, a transaction nobody goes on with, an export."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from certus_admin.config import Config
from certus_admin.database import SERVER_SETTINGS, db
from certus_admin.queries import exports
from tests.fixtures.core import MakeApp, MakePerson, signed_in_client
from tests.fixtures.database import Database

pytestmark = pytest.mark.usefixtures("no_attempts")

SOON = "100ms"
# Longer than SOON, and the end of it all where the limit that is tested is gone.
LATE = "3s"


@dataclass(frozen=True)
class Hurried:
    """The application with short limits, and an admin who is signed in to it."""

    app: Flask
    client: FlaskClient


Hurry = Callable[..., Hurried]


@pytest.fixture
def hurry(
    app_of: MakeApp,
    config: Config,
    database: Database,
    make_person: MakePerson,
    monkeypatch: pytest.MonkeyPatch,
) -> Hurry:
    """Shorten limits by their names, and start the application with them and two pages of ours."""

    def take_long() -> str:
        return str(db.session.scalar(text("select pg_sleep(1)")))

    def fall_asleep() -> str:
        pid = db.session.scalar(text("select pg_backend_pid()"))
        deadline = time.monotonic() + 20
        with database.superuser(autocommit=True) as watcher:
            while watcher.execute("select 1 from pg_stat_activity where pid = %s", [pid]).fetchone():
                assert time.monotonic() < deadline, "the connection is still held"
        return str(db.session.scalar(text("select 1")))

    def start(**limits: str) -> Hurried:
        for name, limit in limits.items():
            monkeypatch.setitem(SERVER_SETTINGS, name, limit)
        app = app_of(config)
        app.add_url_rule("/slow", view_func=take_long)
        app.add_url_rule("/asleep", view_func=fall_asleep)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        return Hurried(app, signed_in_client(app, make_person("admin", sees_everything=True)))

    return start


@pytest.fixture
def locked(database: Database) -> Iterator[psycopg.Connection]:
    """Somebody holds the table of calls until they roll back."""
    with database.owner() as owner:
        owner.execute("lock table public.call_logs in access exclusive mode")
        yield owner
        owner.rollback()


def test_a_statement_ends_when_its_time_is_over(hurry: Hurry) -> None:
    hurried = hurry(statement_timeout="500ms")
    answer = hurried.client.get("/slow")
    assert answer.status_code == 503
    assert "Narrow your filters" in answer.text
    assert hurried.client.get("/account/password").status_code == 200


def test_who_waits_for_a_lock_is_soon_told_to_try_again(hurry: Hurry, locked: psycopg.Connection) -> None:
    hurried = hurry(lock_timeout=SOON, statement_timeout=LATE)
    answer = hurried.client.get("/calls/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Somebody else is changing this just now" in answer.text
    locked.rollback()
    assert hurried.client.get("/calls/").status_code == 200


def test_a_transaction_nobody_goes_on_with_ends_and_its_page_says_come_back(hurry: Hurry) -> None:
    # Every page is idle while it is drawn: less would end the ones before and after.
    hurried = hurry(idle_in_transaction_session_timeout="1s")
    answer = hurried.client.get("/asleep")
    assert answer.status_code == 503
    assert "Nothing is lost" in answer.text
    assert hurried.client.get("/account/password").status_code == 200


def test_an_export_ends_when_its_own_time_is_over(
    hurry: Hurry, locked: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A page has longer: what ends here is the export, by its own limit.
    hurried = hurry(lock_timeout=LATE, statement_timeout=LATE)
    monkeypatch.setattr(exports, "TIME_LIMIT", SOON)
    for _ in range(exports.AT_ONCE + 1):
        answer = hurried.client.get("/calls/export.csv")
        assert answer.status_code == 503
        assert "That took too long" in answer.text
    locked.rollback()
    monkeypatch.undo()
    with hurried.client.get("/calls/export.csv") as whole:
        assert whole.status_code == 200
