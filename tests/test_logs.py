"""One JSON line a request, and nothing personal in any line."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import text

from certus_admin.database import db
from certus_admin.logs import MASK, mask, shown_path
from tests.fixtures.core import MakePerson, signed_in_client, try_sign_in

pytestmark = pytest.mark.usefixtures("no_attempts")

PHONE = "+14155550123"
CALL = "0190aaaa-1234-7000-8000-000000000001"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What has been logged since the last call, each line read as JSON."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def requests(logged: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in logged if line["event"] == "request"]


def test_a_request_is_one_line_with_what_it_cost(pages: Flask, make_person: MakePerson, lines: Lines) -> None:
    ann = make_person()
    client = signed_in_client(pages, ann)
    lines()
    answer = client.get("/no-such-page?digits=0123")
    (line,) = requests(lines())
    assert line["method"] == "GET"
    assert line["path"] == "/no-such-page"
    assert line["status"] == 404
    assert line["statements"] == 1
    assert line["ms"] > 0
    assert line["user_id"] == str(ann.user_id)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert "0123" not in json.dumps({**line, "at": "", "request_id": "", "user_id": "", "ms": 0})


def test_a_sign_in_leaves_neither_email_nor_password(
    pages: Flask, make_person: MakePerson, lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    ann = make_person()
    for _ in range(11):
        try_sign_in(pages.test_client(), ann.email, "a-wrong-password")
    out = capsys.readouterr().out
    assert out.count('"request"') == 22
    assert ann.email not in out
    assert "a-wrong-password" not in out


def test_a_proxys_request_id_is_kept_only_when_it_is_one(pages: Flask) -> None:
    client = pages.test_client()
    for good in ("0" * 31 + "f", "0190aaaa-0000-7000-8000-000000000001"):
        assert client.get("/healthz", headers={"X-Request-Id": good}).headers["X-Request-Id"] == good
    for bad in ("", "1", PHONE, "a" * 33, "<script>", "ann@people.example"):
        kept = client.get("/healthz", headers={"X-Request-Id": bad}).headers["X-Request-Id"]
        assert kept != bad
        assert len(kept) == 32


@pytest.mark.parametrize(
    "personal",
    [
        PHONE,
        "415-555-0123",
        "(415) 555-0123",
        "1 415 555 0123",
        "ann@people.example",
        "Ann.O'Neil@people.example",
    ],
)
def test_what_looks_like_a_number_or_an_address_is_masked(personal: str) -> None:
    assert mask(f"about {personal}.") == f"about {MASK}."
    assert mask({"nested": [personal]}) == {"nested": [MASK]}


@pytest.mark.parametrize(
    "harmless",
    ["0190aaaa-1234-7000-8000-000000000001", "/calls/0190aaaa-1234-7000-8000-000000000001", "took 12.5 ms"],
)
def test_ids_and_measures_stay_readable(harmless: str) -> None:
    assert mask(harmless) == harmless


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/calls/{CALL}/notes", f"/calls/{CALL}/notes"),
        ("/configuration/exceptions/2026-12-25/delete", "/configuration/exceptions/2026-12-25/delete"),
        ("/settings/ai_voice/export.csv", "/settings/ai_voice/export.csv"),
        ("/calls/+1 617-555-0142", f"/calls/{MASK}"),
        ("/recordings/Ann wants her deposit back.wav", f"/recordings/{MASK}"),
        ("/x/ghp4f9Kd82Lq71Zx/ann@people.example", f"/x/{MASK}/{MASK}"),
        ("/%0a", f"/{MASK}"),
    ],
)  # fmt: skip
def test_of_an_address_only_what_ours_are_made_of_is_logged(path: str, shown: str) -> None:
    assert shown_path(path) == shown


def test_libraries_are_logged_the_same_way(pages: Flask, lines: Lines) -> None:
    lines()
    logging.getLogger("some.library").warning("call %s back", PHONE)
    structlog.get_logger("ours").warning("reached", email="ann@people.example")
    first, second = lines()
    assert first["event"] == f"call {MASK} back"
    assert first["level"] == "warning"
    assert second["email"] == MASK


def test_an_exception_is_logged_as_code_without_what_it_said(
    pages: Flask, make_person: MakePerson, lines: Lines
) -> None:
    note = "the guest said something private"

    def fail() -> str:
        raise ValueError(note)

    pages.add_url_rule("/fails", view_func=fail, endpoint="fails")
    client = signed_in_client(pages, make_person())
    lines()
    answer = client.get("/fails")
    assert answer.status_code == 500
    logged = lines()
    (fault,) = [line for line in logged if "exception" in line]
    assert fault["exception"] == "builtins.ValueError"
    assert fault["request_id"] == answer.headers["X-Request-Id"]
    assert any("test_logs.py" in frame and "raise ValueError" in frame for frame in fault["traceback"])
    assert note not in json.dumps(logged)


def test_a_database_error_is_logged_with_its_code_and_no_values(
    pages: Flask, make_person: MakePerson, lines: Lines
) -> None:
    private = "private words"

    def ask() -> str:
        return str(db.session.execute(text("select cast(:value as uuid)"), {"value": private}).scalar())

    pages.add_url_rule("/asks", view_func=ask, endpoint="asks")
    client = signed_in_client(pages, make_person())
    lines()
    assert client.get("/asks").status_code == 400
    logged = lines()
    (fault,) = [line for line in logged if "exception" in line]
    assert fault["sqlstate"] == "22P02"
    assert fault["exception"] == "sqlalchemy.exc.DataError"
    assert private not in json.dumps(logged)
