"""A worker answers so many requests at once; who finds no place is told to come back."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.test import Client

from certus_admin.admission import BUSY, TURNED_AWAY, Admission
from certus_admin.database import SERVER_SETTINGS
from certus_admin.queries import exports
from tests.call_pages import counted
from tests.fixtures.pages import ClientOf

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/broken":
        raise ValueError("broken")
    status = "503 Busy" if TURNED_AWAY in environ else "200 OK"
    start_response(status, [("Content-Type", "text/plain")])
    return iter([b"a", b"b"])


def client() -> Client:
    return Client(Admission(application, places=1, waiting=1, seconds=0.01))


def test_who_finds_no_place_is_turned_away():
    asking = client()
    first = asking.get("/calls/")
    assert asking.get("/calls/").status_code == 503
    first.close()
    assert asking.get("/calls/").status_code == 200


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "text/html"),
        ({"Accept": "application/json"}, "application/json"),
        ({"HX-Request": "true"}, "text/html"),
    ],
)
def test_who_is_turned_away_is_told_to_come_back_and_the_database_nothing(
    app: Flask, client_of: ClientOf, headers: dict[str, str], kind: str
):
    operator = client_of("operator")
    with counted(app) as sent:
        answer = operator.post("/calls/", headers=headers, environ_overrides={TURNED_AWAY: True})
    assert sent == []
    assert (answer.status_code, answer.mimetype) == (503, kind)
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src" in answer.headers["Content-Security-Policy"]
    assert BUSY.message in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert ("<html" in answer.text) == (not headers)


@pytest.mark.parametrize("path", ["/healthz", "/static/app.css"])
def test_health_and_static_files_need_no_place(path: str):
    asking = client()
    first = asking.get("/calls/")
    assert asking.get(path).status_code == 200
    first.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/healthz"), ("POST", "/static/app.css"), ("GET", "/static/"), ("GET", "/static//a")],
)
def test_what_only_looks_like_them_needs_one(method: str, path: str):
    asking = client()
    first = asking.get("/calls/")
    assert asking.open(path, method=method).status_code == 503
    first.close()


def test_a_static_file_that_is_not_there_asks_the_database_nothing(app: Flask, client_of: ClientOf):
    operator = client_of("operator")
    with counted(app) as sent:
        answer = operator.get("/static/nothing.css")
        assert (answer.status_code, sent) == (404, [])
        assert answer.headers["X-Request-Id"] in answer.text
        assert operator.get("/no-such-page").status_code == 404
        assert sent


def test_a_fault_gives_its_place_back():
    asking = client()
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            asking.get("/broken")
    assert asking.get("/calls/").status_code == 200


def test_the_limits_are_these():
    limits = {name: SERVER_SETTINGS[name] for name in SERVER_SETTINGS if name.endswith("_timeout")}
    assert limits == {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "15s",
    }
    assert exports.TIME_LIMIT == "60s"
