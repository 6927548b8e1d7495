"""Every fault gets a clear page with the request's id, and none tells about the inside."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from certus_admin import database
from certus_admin.config import Config
from certus_admin.database import db
from certus_admin.database_faults import FAULTS, kind_of
from tests.fixtures.core import MakeApp, MakePerson, signed_in_client

pytestmark = pytest.mark.usefixtures("no_attempts")

SECRET = "+1 415 555 0123"
# What no page may show: statements, their values, names of tables and of what we are built from.
INSIDES = ("select", "call_logs", "psycopg", "sqlalchemy", "Traceback", SECRET, "certus_app")


def execute(statement: str, **values: object) -> Callable[[], str]:
    def view() -> str:
        return str(db.session.execute(text(statement), values).scalar())

    return view


def fail() -> str:
    raise ValueError(SECRET)


def refuse_with_a_reason() -> str:
    abort(400, "That day does not exist.")


def ask_too_much() -> str:
    db.session.execute(text("select set_config('statement_timeout', '20ms', true)"))
    return str(db.session.execute(text("select pg_sleep(2)")).scalar())


FAULTY_PAGES: dict[str, tuple[Callable[[], str], int, str]] = {
    "ours": (fail, 500, "Our mistake"),
    "reason": (refuse_with_a_reason, 400, "That day does not exist."),
    "bad-cast": (execute("select cast(:v as uuid)", v=SECRET), 400, "we cannot read"),
    "nul": (execute("select cast(:v as text)", v="a\x00b"), 400, "we cannot read"),
    "overflow": (execute("select cast(cast(:v as numeric) as integer)", v=10**30), 400, "we cannot read"),
    "forbidden": (execute("select from_number from public.call_logs"), 403, "Not for your role"),
    "missing": (
        execute("do $$ begin raise exception 'x' using errcode = 'no_data_found'; end $$"),
        404,
        "Nothing here",
    ),
    "syntax": (execute("selec 1"), 500, "Our mistake"),
    "slow": (ask_too_much, 503, "Narrow your filters"),
    "contradiction": (
        execute("do $$ begin raise exception 'x' using errcode = 'unique_violation'; end $$"),
        409,
        "Not saved",
    ),
    "busy": (
        execute("do $$ begin raise exception 'x' using errcode = 'lock_not_available'; end $$"),
        503,
        "Somebody else is changing this just now",
    ),
    "huge": (lambda: str(float(10**400)), 400, "could not be read"),
}


@pytest.fixture
def pages(pages: Flask) -> Flask:
    """The application with pages that fail, each in its way."""
    for name, (view, _, _) in FAULTY_PAGES.items():
        pages.add_url_rule(f"/faulty/{name}", view_func=view, endpoint=f"faulty_{name}")
    return pages


@pytest.fixture
def client(pages: Flask, make_person: MakePerson) -> FlaskClient:
    """Somebody signed in."""
    return signed_in_client(pages, make_person())


def assert_tells_nothing(answer: TestResponse) -> None:
    assert not [inside for inside in INSIDES if inside.lower() in answer.text.lower()]


@pytest.mark.parametrize("name", FAULTY_PAGES)
def test_a_fault_has_its_page(client: FlaskClient, name: str) -> None:
    _, code, words = FAULTY_PAGES[name]
    answer = client.get(f"/faulty/{name}")
    assert answer.status_code == code
    assert words in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert_tells_nothing(answer)
    assert ("Retry-After" in answer.headers) == (code == 503)


@pytest.mark.parametrize("name", FAULTY_PAGES)
def test_a_program_gets_the_same_as_json(client: FlaskClient, name: str) -> None:
    _, code, _ = FAULTY_PAGES[name]
    answer = client.get(f"/faulty/{name}", headers={"Accept": "application/json"})
    assert answer.status_code == code
    assert answer.json is not None
    assert set(answer.json) == {"error", "request_id"}
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert_tells_nothing(answer)


def test_htmx_gets_a_fragment(client: FlaskClient) -> None:
    answer = client.get("/faulty/ours", headers={"HX-Request": "true"})
    assert answer.status_code == 500
    assert answer.text.startswith("<div")
    assert "<html" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_a_fault_leaves_the_connection_fit_for_the_next_page(client: FlaskClient) -> None:
    assert client.get("/faulty/syntax").status_code == 500
    assert client.get("/faulty/bad-cast").status_code == 400
    assert client.get("/no-such-page").status_code == 404


def end_backend(superuser_url: str, backend: int) -> None:
    """End a process of PostgreSQL, and wait until it is gone."""
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        superuser.execute("select pg_terminate_backend(%s, 5000)", [backend])


def test_a_server_that_goes_away_after_a_fault_makes_no_other_fault_of_it(
    pages: Flask, make_person: MakePerson, superuser_url: str
) -> None:
    def fail_and_lose_the_server() -> str:
        backend = db.session.execute(text("select pg_backend_pid()")).scalar_one()
        try:
            return execute("select cast(:v as uuid)", v=SECRET)()
        finally:
            end_backend(superuser_url, backend)

    pages.add_url_rule("/faulty/lost", view_func=fail_and_lose_the_server)
    client = signed_in_client(pages, make_person())
    answer = client.get("/faulty/lost")
    assert answer.status_code == 400
    assert "we cannot read" in answer.text
    assert client.get("/faulty/bad-cast").status_code == 400


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.get("/logout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_every_kind_of_database_fault_has_an_answer() -> None:
    assert kind_of(psycopg.errors.UndefinedTable("x")) == "ours"
    assert kind_of(psycopg.errors.DeadlockDetected("x")) == "busy"
    assert kind_of(psycopg.errors.AdminShutdown("x")) == "away"
    assert {fault.code for fault in FAULTS.values()} == {400, 403, 404, 409, 500, 503}


@pytest.fixture
def nowhere(app_of: MakeApp, config: Config) -> Iterator[Flask]:
    """The application while its database is away: a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        yield app_of(replace(config, database_url=f"postgresql://certus_app:x@127.0.0.1:{port}/postgres"))


@pytest.mark.parametrize("path", ["/", "/login", "/no-such-page"])
def test_without_a_database_pages_say_come_back(nowhere: Flask, path: str) -> None:
    answer = nowhere.test_client().get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Nothing is lost" in answer.text
    assert_tells_nothing(answer)


def test_without_a_database_healthz_says_so(nowhere: Flask) -> None:
    answer = nowhere.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"database": "unavailable"})


def test_a_database_that_goes_away_is_503_and_comes_back(client: FlaskClient, pages: Flask) -> None:
    assert client.get("/no-such-page").status_code == 404
    with pages.app_context():
        engine = db.engine
        good = engine.pool._creator  # type: ignore[attr-defined]
        engine.pool.dispose()

    def nobody_there(*_arguments: object) -> None:
        raise psycopg.OperationalError("connection refused")

    engine.pool._creator = engine.pool._invoke_creator = nobody_there  # type: ignore[attr-defined]
    answer = client.get("/no-such-page")
    assert answer.status_code == 503
    engine.pool._creator = engine.pool._invoke_creator = good  # type: ignore[attr-defined]
    assert client.get("/no-such-page").status_code == 404


def test_a_page_stands_though_the_database_goes_away_after_it_was_drawn(
    client: FlaskClient, pages: Flask, superuser_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def view() -> str:
        end_backend(superuser_url, db.session.execute(text("select pg_backend_pid()")).scalar_one())
        return "drawn"

    monkeypatch.setitem(pages.view_functions, "faulty_ours", view)
    assert client.get("/faulty/ours").text == "drawn"
    assert client.get("/no-such-page").status_code == 404


def test_a_pool_without_a_free_connection_is_503(
    app_of: MakeApp, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = database.engine_options
    few = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.2}
    monkeypatch.setattr(database, "engine_options", lambda url: options(url) | few)
    app = app_of(config)
    with app.app_context():
        assert app.test_client().get("/login").status_code == 200
        with db.engine.connect():
            started = time.monotonic()
            answer = app.test_client().get("/healthz")
            assert (answer.status_code, answer.json) == (503, {"database": "unavailable"})
            assert time.monotonic() - started < 2


def test_healthz_tells_the_age_of_the_metrics(pages: Flask, owner_url: str) -> None:
    answer = pages.test_client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["database"] == "ok"
    assert answer.json["metrics_age_seconds"] is None or answer.json["metrics_age_seconds"] >= 0
    with psycopg.connect(owner_url) as owner:
        owner.execute("select private.refresh_metrics()")
    answer = pages.test_client().get("/healthz")
    assert answer.json is not None
    assert 0 <= answer.json["metrics_age_seconds"] < 60
