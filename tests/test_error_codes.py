"""Each error that the database knows is answered by its class, and tells nothing of what the server said."""

import logging
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import errors
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from certus_admin.config import Config
from certus_admin.database import db
from certus_admin.database_faults import SECONDS_UNTIL_RETRY, STATE_KINDS
from tests.fixtures.pages import ClientOf
from wsgi import create_app

CODES = {
    found.sqlstate: found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, psycopg.Error) and found.sqlstate
}
# A value, a statement and names of the inside, none of which any answer may hold.
CANARIES = ("+1 415 555 0199", "canary_table", "canary_key", "insert into", "psycopg", "sqlalchemy")
MESSAGE = 'value violates "canary_key" of "canary_table"\nDETAIL: Key (phone)=(+1 415 555 0199): insert into'
FACES = {
    "page": {},
    "fragment": {"HX-Request": "true"},
    "program": {"Accept": "application/json"},
}

# The status by the state's class, or by the state itself where it differs from its class. All others are
# mistakes of ours: 500, as are XX001 and XX002, for damaged data stays damaged until somebody mends it.
# 58 is the machine below the database (58030 a disk that cannot be read or written): the request was right
# and passes once the machine is mended, which is what 503 says.
STATUSES = {
    "08": 503,
    "22": 400,
    "23": 409,
    "25006": 503,
    "25P03": 503,
    "25P04": 503,
    "28": 503,
    "3D": 503,
    "40": 503,
    "42501": 403,
    "53": 503,
    "54000": 400,
    "54001": 400,
    "55006": 503,
    "55P03": 503,
    "57": 503,
    "58": 503,
    "F0": 503,
    "P0002": 404,
}
BUSY = ("40000", "40001", "40002", "40P01", "55006", "55P03")
FULL = "53100"


def status_of(state: str) -> int:
    return STATUSES.get(state) or STATUSES.get(state[:2]) or 500


def raise_it(state: str) -> str:
    """Fail as SQLAlchemy does when the server answers a statement with this state."""
    statement, values = "insert into canary_table values (%(phone)s)", {"phone": "+1 415 555 0199"}
    raise DBAPIError.instance(statement, values, CODES[state](MESSAGE), psycopg.Error)


def raise_it_bare(state: str) -> str:
    """Fail as psycopg does where nothing wraps it."""
    raise CODES[state](MESSAGE)


@pytest.fixture(scope="module")
def app(config: Config) -> Iterator[Flask]:
    """The whole application, with a page for each error of the database."""
    app = create_app(config)
    app.add_url_rule("/faulty/<state>", view_func=raise_it)
    app.add_url_rule("/faulty/<state>/bare", view_func=raise_it_bare)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def admin(client_of: ClientOf) -> FlaskClient:
    """The admin of everything, who would be told the most."""
    return client_of("admin")


def assert_tells_nothing(answer: TestResponse) -> None:
    whole = f"{answer.text}\n{answer.headers}".lower()
    assert [canary for canary in CANARIES if canary in whole] == []
    assert answer.headers["X-Request-Id"] in answer.text


def test_the_driver_knows_the_errors_that_are_asked_about() -> None:
    assert len(CODES) > 240
    assert {"22P02", "23505", "40P01", "53100", "57P01", "58030", "XX001"} <= set(CODES)
    begun = {state[:length] for state in CODES for length in (2, 5)}
    assert sorted((set(STATUSES) | set(STATE_KINDS)) - begun) == []


@pytest.mark.parametrize("state", sorted(CODES))
def test_an_error_of_the_database_is_answered_by_its_class(admin: FlaskClient, state: str) -> None:
    for address in (f"/faulty/{state}", f"/faulty/{state}/bare"):
        for face, headers in FACES.items():
            answer = admin.get(address, headers=headers)
            assert answer.status_code == status_of(state), face
            wait = str(SECONDS_UNTIL_RETRY) if answer.status_code == 503 else None
            assert answer.headers.get("Retry-After") == wait
            assert answer.is_json == (face == "program")
            assert ("<html" in answer.text) == (face == "page")
            busy = "Another change to the same entry was under way." in answer.text
            assert busy == (state in BUSY)
            assert_tells_nothing(answer)


def test_a_state_that_the_driver_has_no_class_for_is_answered_by_what_it_begins_with(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unknown(psycopg.OperationalError):
        sqlstate = "22ZZZ"

    monkeypatch.setitem(CODES, "22ZZZ", Unknown)
    assert admin.get("/faulty/22ZZZ").status_code == 400


@pytest.mark.parametrize("face", FACES)
def test_a_full_disk_says_that_nothing_was_saved(
    admin: FlaskClient, caplog: pytest.LogCaptureFixture, face: str
) -> None:
    answer = admin.get(f"/faulty/{FULL}", headers=FACES[face])
    assert answer.status_code == 503
    assert "The database has no room left." in answer.text
    if face != "program":
        assert "Nothing can be saved just now" in answer.text
        assert "Nothing was saved. Whoever runs this server finds the reason in its log." in answer.text
    assert [record.levelno for record in caplog.records if "database fault" in record.getMessage()] == [
        logging.ERROR
    ]
