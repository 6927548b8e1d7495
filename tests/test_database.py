"""Transactions carry who asks, and leave nothing behind."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from certus_admin.config import Config
from certus_admin.database import Caller, acting_as, db, engine_options, own_session, statement_count
from certus_admin.login_role import (
    STOP_SERVING,
    PrivilegedLoginError,
    login_faults,
    refuse_privileged_login,
)
from tests.fixtures.core import MakeApp
from wsgi import create_app

ANN = Caller(UUID("0190aaaa-0000-7000-8000-000000000001"), uuid4(), "0" * 32, "203.0.113.7")
BOB = Caller(UUID("0190bbbb-0000-7000-8000-000000000002"), uuid4(), "1" * 32, "203.0.113.8")

WHO = text(
    """select current_user::text as role, nullif(current_setting('request.jwt.claims', true), '') as claims,
    nullif(current_setting('request.headers', true), '') as headers,
    auth.uid() as uid, pg_backend_pid() as backend"""
)
BARE_WHO = text(
    """select current_user::text as role, nullif(current_setting('request.jwt.claims', true), '') as claims,
    nullif(current_setting('request.headers', true), '') as headers, pg_backend_pid() as backend"""
)


@pytest.fixture
def app(one_connection: Flask) -> Flask:
    """A pool of one connection: whatever is left behind is found."""
    return one_connection


def uid() -> UUID | None:
    return db.session.execute(WHO).one().uid


def left_behind() -> tuple[str, str | None, str | None]:
    """What a transaction without a caller finds on the pool's one connection."""
    with db.engine.connect() as connection:
        row = connection.execute(BARE_WHO).one()
    return row.role, row.claims, row.headers


def test_a_transaction_runs_as_its_caller(app: Flask) -> None:
    with acting_as(ANN):
        row = db.session.execute(WHO).one()
    assert row.role == "authenticated"
    assert row.uid == ANN.user_id
    assert "203.0.113.7" in row.headers
    assert ANN.request_id in row.headers
    assert str(ANN.session_id) in row.claims


def test_without_a_caller_a_transaction_is_bare_and_reads_nothing(app: Flask) -> None:
    assert db.session.execute(BARE_WHO).one().role == "certus_app"
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("select count(*) from public.calls_v"))
    db.session.rollback()
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("select count(*) from public.call_logs"))


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_nothing_stays_in_the_connection_after_a(app: Flask, ending: str) -> None:
    with acting_as(ANN):
        assert uid() == ANN.user_id
        getattr(db.session, ending)()
    assert left_behind() == ("certus_app", None, None)


def test_nothing_stays_in_the_connection_after_an_error(app: Flask) -> None:
    with acting_as(ANN), pytest.raises(DBAPIError):
        db.session.execute(text("select 1 / 0"))
    assert left_behind() == ("certus_app", None, None)


def test_nothing_stays_when_a_block_forgets_to_end_its_transaction(app: Flask) -> None:
    with acting_as(ANN):
        first = db.session.execute(WHO).one()
    with acting_as(BOB):
        second = db.session.execute(WHO).one()
    assert (first.uid, second.uid) == (ANN.user_id, BOB.user_id)
    assert first.backend == second.backend
    assert left_behind() == ("certus_app", None, None)


def test_each_transaction_of_one_session_carries_the_caller_again(app: Flask) -> None:
    with acting_as(ANN):
        assert uid() == ANN.user_id
        db.session.commit()
        assert uid() == ANN.user_id
        db.session.rollback()
        assert uid() == ANN.user_id


def test_a_savepoint_rolled_back_keeps_the_caller(app: Flask) -> None:
    with acting_as(ANN):
        savepoint = db.session.begin_nested()
        assert uid() == ANN.user_id
        savepoint.rollback()
        assert uid() == ANN.user_id


def test_who_asks_is_said_in_one_statement(app: Flask) -> None:
    with app.test_request_context(), acting_as(ANN):
        uid()
        uid()
        assert statement_count() == 3


def test_acting_as_another_inside_a_transaction_is_refused(app: Flask) -> None:
    with acting_as(ANN):
        assert uid() == ANN.user_id
        with pytest.raises(RuntimeError, match="acting as"), acting_as(BOB):
            pass
        assert uid() == ANN.user_id


def test_autocommit_is_refused_for_a_caller(app: Flask) -> None:
    with acting_as(ANN), pytest.raises(RuntimeError, match="Autocommit"):
        db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


def test_a_session_of_its_own_carries_the_caller_too(app_of: MakeApp, config: Config) -> None:
    app = app_of(config)
    with app.app_context(), acting_as(ANN):
        assert uid() == ANN.user_id
        with own_session() as session:
            row = session.execute(WHO).one()
        assert row.uid == ANN.user_id
        assert row.backend != db.session.execute(WHO).one().backend


def test_requests_side_by_side_never_mix_up_their_callers(app_of: MakeApp, config: Config) -> None:
    app = app_of(config)
    callers = [replace(ANN, user_id=uuid4()) for _ in range(8)]
    seen: list[bool] = []

    def ask(caller: Caller) -> None:
        for _ in range(40):
            with app.app_context(), acting_as(caller):
                seen.append(uid() == caller.user_id)

    threads = [threading.Thread(target=ask, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 320
    assert all(seen)


def test_plans_are_made_for_the_values_at_hand_and_times_come_in_utc(app: Flask) -> None:
    for setting, wanted in (("plan_cache_mode", "force_custom_plan"), ("timezone", "UTC"), ("jit", "off")):
        assert db.session.execute(text("select current_setting(:name)"), {"name": setting}).scalar() == wanted


def test_behind_a_transaction_pooler_the_settings_travel_with_the_transaction(config: Config) -> None:
    pooled = engine_options("postgresql+psycopg://certus_app.abcdefgh:x@pooler.example:6543/postgres")
    assert "options" not in pooled["connect_args"]
    assert pooled["connect_args"]["prepare_threshold"] is None
    assert "options" in engine_options(config.sqlalchemy_url)["connect_args"]


def test_errors_do_not_carry_the_values_they_failed_on(app: Flask) -> None:
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("select cast(:value as uuid)"), {"value": "a secret"})
    assert "SQL parameters hidden" in str(caught.value)


def test_the_login_of_the_app_is_harmless(app: Flask) -> None:
    refuse_privileged_login()
    with db.engine.connect() as connection:
        assert login_faults(connection) == []


FAULTS = [
    ("superuser", "it is a superuser"),
    ("bypassrls", "it bypasses row-level security"),
    ("createrole", "it may create roles"),
    ("in role service_role", "it is a member of service_role"),
    ("inherit", "it inherits the rights of authenticated"),
]


@pytest.fixture
def login(superuser_url: str) -> Iterator[str]:
    """A login role of the test's own; its name, which is its password too."""
    name = f"login_{uuid4().hex[:8]}"
    yield name
    with psycopg.connect(superuser_url, autocommit=True) as owner:
        owner.execute(f"drop owned by {name}")
        owner.execute(f"drop role {name}")


def config_of(config: Config, name: str) -> Config:
    parts = psycopg.conninfo.conninfo_to_dict(config.database_url)
    url = f"postgresql://{name}:{name}@{parts['host']}:{parts['port']}/{parts['dbname']}"
    return replace(config, database_url=url)


def make_login(superuser_url: str, name: str, kind: str) -> None:
    inherits = "" if kind == "inherit" else "noinherit"
    with psycopg.connect(superuser_url, autocommit=True) as owner:
        owner.execute(f"create role {name} login {inherits} {kind} password '{name}'")
        owner.execute(f"grant authenticated to {name}")


@pytest.mark.parametrize(("kind", "fault"), FAULTS)
def test_a_login_that_may_do_more_is_refused(
    app_of: MakeApp, config: Config, superuser_url: str, login: str, kind: str, fault: str
) -> None:
    make_login(superuser_url, login, kind)
    app = app_of(config_of(config, login))
    with app.app_context(), pytest.raises(PrivilegedLoginError, match=fault):
        refuse_privileged_login()
    answer = app.test_client().get("/login")
    assert answer.status_code == 503
    assert fault not in answer.text
    assert app.test_client().get("/healthz").json == {"database": "refused"}


def test_a_login_that_owns_a_table_is_refused(
    app_of: MakeApp, config: Config, superuser_url: str, login: str
) -> None:
    make_login(superuser_url, login, "")
    with psycopg.connect(superuser_url, autocommit=True) as owner:
        owner.execute(f"create table public.of_{login} (id integer)")
        owner.execute(f"alter table public.of_{login} owner to {login}")
    app = app_of(config_of(config, login))
    with app.app_context(), pytest.raises(PrivilegedLoginError, match="it owns objects"):
        refuse_privileged_login()


def test_a_server_with_such_a_login_does_not_start(
    superuser_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CERTUS_DATABASE_URL", superuser_url)
    monkeypatch.setenv("CERTUS_SECRET_KEY", "k" * 40)
    with pytest.raises(SystemExit) as left:
        create_app()
    assert left.value.code == STOP_SERVING
    said = capsys.readouterr().err
    assert "it is a superuser" in said
    assert superuser_url not in said


def test_a_server_without_its_configuration_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CERTUS_DATABASE_URL", "mysql://somebody@nowhere")
    monkeypatch.setenv("CERTUS_SECRET_KEY", "short")
    with pytest.raises(SystemExit) as left:
        create_app()
    assert left.value.code == STOP_SERVING
    said = capsys.readouterr().err
    assert "CERTUS_DATABASE_URL" in said
    assert "CERTUS_SECRET_KEY" in said


def test_statements_of_a_request_are_counted(app: Flask) -> None:
    sent: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    with app.test_request_context(), acting_as(ANN):
        uid()
        assert statement_count() == len(sent) == 2
